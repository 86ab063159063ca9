"""Which TPS of the register a report is about, and which count of it stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis.incidents import told_at
from situasi.analysis.works import reads
from situasi.records import TPS
from situasi.regions import Register

# What the questions about TPS need of a row: fewer columns are sorted quicker.
_COLUMNS = (
    "seq", "id", "occurred_at", "precision", "tps", "fase", "hadir_dpt", "hadir_dptb",
    "hadir_dpk", "kontak", "pengawal", "latihan",
)  # fmt: skip


def of_stations(rows: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Rows about one TPS, with what the other questions need.

    Added: `place`, the position of the TPS in register.tps (-1: not in the register); `told`,
    when it was told; `heads`, all voters present, which is the sum of the parts where a sender
    gave only those. Totals of a desa or kecamatan are left out. Oldest first, by occurrence,
    then by when it was told.
    """
    total = rows["lingkup"].isin(["desa", "kecamatan"])
    one = rows[~total] if total.any() else rows
    told = told_at(one).astype("datetime64[us, UTC]")
    order = np.lexsort((one["seq"], told.astype("int64"), one["occurred_at"].astype("int64")))
    found = one[list(_COLUMNS)].assign(place=_places(one, register), told=told, heads=heads(one))
    return found.take(order)


def _places(rows: pd.DataFrame, register: Register) -> npt.NDArray[np.int64]:
    """The position in register.tps of the TPS that each row names by desa and number."""
    at = {code: place for place, code in enumerate(register.tps["code"])}
    named = zip(rows["desa"].tolist(), rows["tps"].tolist(), strict=True)
    return np.array([at.get(f"{desa}.{tps}", -1) for desa, tps in named], dtype="int64")


def heads(rows: pd.DataFrame) -> pd.Series:
    """All voters present by row; missing where nobody was counted."""
    others = rows["hadir_dptb"].fillna(0) + rows["hadir_dpk"].fillna(0)
    counted: pd.Series = rows["hadir"].fillna(rows["hadir_dpt"] + others)
    return counted


def counts(reports: pd.DataFrame, register: Register) -> pd.DataFrame:
    """The counts that stand: one for each TPS and moment of the election day, the last told.

    A count of another day (a repeated voting) is not added to this one. Sorted by TPS, then
    oldest first.
    """
    election = register.election
    start, end = election.local(datetime.min.time()), election.day_end
    at = reports["occurred_at"]
    counted = reports[
        (reports["place"] >= 0) & reports["heads"].notna() & (at >= start) & (at <= end)
    ]
    standing = counted.drop_duplicates(["place", "occurred_at"], keep="last")
    return standing.sort_values("place", kind="stable")


@reads(TPS)
def unmatched(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:  # noqa: ARG001
    """Reports that belong to nothing in the register: listed, never lost.

    Of a TPS that it does not have, or totals of an unknown desa or kecamatan.
    """
    rows = known["tps"]
    reports = of_stations(rows, register)
    stray = rows["seq"].isin(reports.loc[reports["place"] < 0, "seq"])
    desa, kecamatan = rows["lingkup"] == "desa", rows["lingkup"] == "kecamatan"
    stray |= desa & ~rows["desa"].isin(list(register.desa))
    stray |= kecamatan & ~rows["kecamatan"].isin(list(register.kecamatan))
    return rows[stray]
