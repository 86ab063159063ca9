"""Which TPS of the register a report is about, and which count of it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.queries import reads
from situasi.analysis.timestamps import Micros
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.register import Register
from situasi.domain.row_order import reported_time

_Floats = npt.NDArray[np.float64]
_Objects = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Reports:
    """Rows about one TPS each, as columns of one length. NaN, None and NEVER: nobody told.

    place: the position of the TPS in register.tps (-1: not in the register). at, told: when it
    was so, and when that was told (microseconds); exact: whether its minute is known. fase: the
    place in FASE, -1 for none. heads: all voters present, the sum of the parts where a sender
    gave only those; on_list, dptb, dpk: of which list they are.
    """

    seq: npt.NDArray[np.int64]
    id: _Objects
    place: npt.NDArray[np.int64]
    at: Micros
    told: Micros
    exact: npt.NDArray[np.bool_]
    fase: npt.NDArray[np.intp]
    heads: _Floats
    on_list: _Floats
    dptb: _Floats
    dpk: _Floats
    contact: _Objects
    escort: _Objects
    made_up: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.seq)

    def take(self, which: npt.NDArray[Any]) -> Reports:
        """These rows alone (by position, or by which are to stay)."""
        return Reports(*(getattr(self, column.name)[which] for column in fields(self)))


def of_stations(rows: pd.DataFrame, register: Register) -> Reports:
    """The reports about one TPS; totals of a desa or kecamatan are left out.

    Oldest first, by occurrence, then by when it was told.
    """
    total = rows["lingkup"].isin(["desa", "kecamatan"])
    one = rows[~total] if total.any() else rows
    found = Reports(
        seq=one["seq"].to_numpy("int64"),
        id=one["id"].to_numpy("object"),
        place=_places(one, register),
        at=timestamps.column_to_us(one["occurred_at"]),
        told=timestamps.column_to_us(reported_time(one)),
        exact=(one["precision"] == "menit").to_numpy(bool),
        fase=pd.Index(FASE).get_indexer(pd.Index(one["fase"])),
        heads=_numbers(heads(one)),
        on_list=_numbers(one["hadir_dpt"]),
        dptb=_numbers(one["hadir_dptb"]),
        dpk=_numbers(one["hadir_dpk"]),
        contact=one["kontak"].to_numpy("object"),
        escort=one["pengawal"].to_numpy("object"),
        made_up=one["latihan"].to_numpy(bool),
    )
    return found.take(np.lexsort((found.seq, found.told, found.at)))


def _numbers(column: pd.Series) -> _Floats:
    return column.to_numpy("float64", na_value=np.nan)


def _places(rows: pd.DataFrame, register: Register) -> npt.NDArray[np.int64]:
    """The position in register.tps of the TPS that each row names by desa and number."""
    at = {tuple(code.rsplit(".", 1)): place for place, code in enumerate(register.tps["code"])}
    named = zip(rows["desa"].tolist(), rows["tps"].tolist(), strict=True)
    return np.array([at.get(name, -1) for name in named], dtype="int64")


def heads(rows: pd.DataFrame) -> pd.Series:
    """All voters present by row; missing where nobody was counted."""
    others = rows["hadir_dptb"].fillna(0) + rows["hadir_dpk"].fillna(0)
    counted: pd.Series = rows["hadir"].fillna(rows["hadir_dpt"] + others)
    return counted


def counts(reports: Reports, register: Register) -> Reports:
    """The counts that stand: one for each TPS and moment of the election day, the last told.

    A count of another day (a repeated voting) is not added to this one. Sorted by TPS, then
    oldest first.
    """
    election = register.election
    start = timestamps.to_us(election.local_time(datetime.min.time()))
    today = (reports.at >= start) & (reports.at <= timestamps.to_us(election.day_end))
    counted = reports.take((reports.place >= 0) & ~np.isnan(reports.heads) & today)
    ordered = counted.take(np.argsort(counted.place, kind="stable"))
    return ordered.take(ends(ordered.place, ordered.at))


def ends(*columns: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which rows are the last of a stretch of rows that are equal in these columns."""
    last = np.ones(len(columns[0]), dtype=bool)
    last[:-1] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return last


@reads(TPS)
def unmatched(known: Mapping[str, pd.DataFrame], register: Register, at: datetime) -> pd.DataFrame:  # noqa: ARG001
    """Reports that belong to nothing in the register: listed, never lost.

    Of a TPS that it does not have, or totals of an unknown desa or kecamatan.
    """
    rows = known["tps"]
    reports = of_stations(rows, register)
    stray = rows["seq"].isin(reports.seq[reports.place < 0])
    desa, kecamatan = rows["lingkup"] == "desa", rows["lingkup"] == "kecamatan"
    stray |= desa & ~rows["desa"].isin(list(register.desa))
    stray |= kecamatan & ~rows["kecamatan"].isin(list(register.kecamatan))
    return rows[stray]
