"""Situasi: the state of the crowd in each kecamatan, as the field stated it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.incidents.cases import filter_open
from situasi.domain.feed_schemas import SITUASI

# What the state is read from; the texts need not be carried along.
_COLUMNS = ["kecamatan", "jenis", "status", "situasi", "situasi_at", "occurred_at", "precision"]


def build_kecamatan_table(
    cases: pd.DataFrame, kecamatan: Sequence[str], at: datetime, valid_for: timedelta
) -> pd.DataFrame:
    """One row per kecamatan: `kecamatan`, `situasi` (missing: no current word), `stated_at`.

    found: cases (analysis.incidents.cases). Situasi is only ever stated, never derived
    from the weight of a report. Kuning and merah hold until their case is closed or
    restated, however old; hijau holds for `valid`, then it is silence again. Nihil states
    hijau.
    """
    told = cases[_COLUMNS]
    alarms = _elevated_by_kecamatan(told)
    calm = _hijau_by_kecamatan(told, at - valid_for)
    rows = []
    for code in kecamatan:
        stated = alarms.get(code) or calm.get(code)
        state, when = stated if stated else (None, pd.NaT)
        rows.append({"kecamatan": code, "situasi": state, "stated_at": when})
    return pd.DataFrame(rows, columns=["kecamatan", "situasi", "stated_at"])


def _elevated_by_kecamatan(cases: pd.DataFrame) -> dict[str, tuple[str, pd.Timestamp]]:
    """The worst kuning or merah of the open cases of each kecamatan."""
    lively = filter_open(cases)
    lively = lively[lively["situasi"].isin(SITUASI[1:]) & lively["kecamatan"].notna()]
    worst: dict[str, tuple[str, pd.Timestamp]] = {}
    for code, state, when in lively[["kecamatan", "situasi", "situasi_at"]].itertuples(index=False):
        held = worst.get(code)
        if held is None or SITUASI.index(state) > SITUASI.index(held[0]):
            worst[code] = (state, when)
    return worst


def _hijau_by_kecamatan(
    cases: pd.DataFrame, since: datetime
) -> dict[str, tuple[str, pd.Timestamp]]:
    """The newest hijau of each kecamatan that is not too old."""
    stated = (cases["situasi"] == "hijau") | (cases["jenis"] == "nihil")
    # A word that comes late is as old as what it tells of.
    spoken = cases["situasi_at"].where(cases["precision"] != "menit", _effective_times(cases))
    fresh = cases[stated & (spoken >= since)].assign(_spoken=spoken)
    newest = fresh.groupby("kecamatan")["_spoken"].max()
    return {str(code): ("hijau", when) for code, when in newest.items()}


def _effective_times(cases: pd.DataFrame) -> pd.Series:
    """When a nihil was true: when it was told, or when it says that it looked."""
    nihil = cases["jenis"] == "nihil"
    looked: pd.Series = cases["situasi_at"].where(
        ~nihil | (cases["situasi_at"] < cases["occurred_at"]), cases["occurred_at"]
    )
    return looked


def find_kabupaten_state(cases: pd.DataFrame) -> str | None:
    """The worst kuning or merah stated for the whole kabupaten, in no one kecamatan."""
    lively = filter_open(cases)
    stated = set(lively.loc[lively["kecamatan"].isna(), "situasi"])
    return next((state for state in reversed(SITUASI[1:]) if state in stated), None)


def count_states(states: pd.DataFrame) -> dict[str | None, int]:
    """How many kecamatan are in each state; None for those without a current word."""
    found = states["situasi"].value_counts(dropna=False)
    return {state if isinstance(state, str) else None: int(n) for state, n in found.items()}


def find_reporting_kecamatan(cases: pd.DataFrame, at: datetime, valid_for: timedelta) -> set[str]:
    """The kecamatan from which any word at all came within `valid`, nihil included."""
    return {
        str(code) for code in cases.loc[cases["known_at"] >= at - valid_for, "kecamatan"].dropna()
    }
