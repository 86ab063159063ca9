"""Situasi: the state of the crowd in each kecamatan, as stated by the field."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.incidents.cases import count_by_word, filter_open
from situasi.domain.feed_schemas import SITUASI

# The columns that decide the state; texts are left out.
_COLUMNS = ["kecamatan", "jenis", "status", "situasi", "situasi_at", "occurred_at", "precision"]


def build_kecamatan_table(
    cases: pd.DataFrame, kecamatan: Sequence[str], at: datetime, valid_for: timedelta
) -> pd.DataFrame:
    """Build one row per kecamatan: `kecamatan`, `situasi` (missing: none current), `stated_at`.

    cases: from CaseIndex.to_frame. Situasi is only ever stated, never derived from the tingkat
    of a report. Kuning and merah hold until their case is closed or restated, however old; hijau
    holds for `valid_for`, then it counts as silence. Nihil states hijau.
    """
    columns = cases[_COLUMNS]
    elevated = _elevated_by_kecamatan(columns)
    hijau = _hijau_by_kecamatan(columns, at - valid_for)
    rows = []
    for code in kecamatan:
        state_and_time = elevated.get(code) or hijau.get(code)
        state, stated_at = state_and_time if state_and_time else (None, pd.NaT)
        rows.append({"kecamatan": code, "situasi": state, "stated_at": stated_at})
    return pd.DataFrame(rows, columns=["kecamatan", "situasi", "stated_at"])


def _elevated_by_kecamatan(cases: pd.DataFrame) -> dict[str, tuple[str, pd.Timestamp]]:
    """Return the worst kuning or merah of the open cases of each kecamatan."""
    opened = filter_open(cases)
    opened = opened[opened["situasi"].isin(SITUASI[1:]) & opened["kecamatan"].notna()]
    worst: dict[str, tuple[str, pd.Timestamp]] = {}
    for code, state, time in opened[["kecamatan", "situasi", "situasi_at"]].itertuples(index=False):
        current = worst.get(code)
        if current is None or SITUASI.index(state) > SITUASI.index(current[0]):
            worst[code] = (state, time)
    return worst


def _hijau_by_kecamatan(
    cases: pd.DataFrame, since: datetime
) -> dict[str, tuple[str, pd.Timestamp]]:
    """Return the newest hijau of each kecamatan that is not too old."""
    stated = (cases["situasi"] == "hijau") | (cases["jenis"] == "nihil")
    # A late report is as old as the event that it is about.
    effective = cases["situasi_at"].where(cases["precision"] != "menit", _effective_times(cases))
    valid = cases[stated & (effective >= since)].assign(_spoken=effective)
    newest = valid.groupby("kecamatan")["_spoken"].max()
    return {str(code): ("hijau", time) for code, time in newest.items()}


def _effective_times(cases: pd.DataFrame) -> pd.Series:
    """Return when a nihil was true: when it was reported, or the observation time that it names."""
    nihil = cases["jenis"] == "nihil"
    effective: pd.Series = cases["situasi_at"].where(
        ~nihil | (cases["situasi_at"] < cases["occurred_at"]), cases["occurred_at"]
    )
    return effective


def find_kabupaten_state(cases: pd.DataFrame) -> str | None:
    """Return the worst kuning or merah stated for the whole kabupaten, in no single kecamatan."""
    open_cases = filter_open(cases)
    stated = set(open_cases.loc[open_cases["kecamatan"].isna(), "situasi"])
    return next((state for state in reversed(SITUASI[1:]) if state in stated), None)


def count_states(states: pd.DataFrame) -> dict[str | None, int]:
    """Count the kecamatan in each state; None for those without a current report."""
    return count_by_word(states["situasi"])


def find_reporting_kecamatan(cases: pd.DataFrame, at: datetime, valid_for: timedelta) -> set[str]:
    """Return the kecamatan from which any report came within `valid_for`, nihil included."""
    return {
        str(code) for code in cases.loc[cases["known_at"] >= at - valid_for, "kecamatan"].dropna()
    }
