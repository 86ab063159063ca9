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
class TpsReports:
    """Rows about one TPS each, as columns of one length. NaN, None and NEVER: nobody told.

    place: the position of the TPS in register.tps (-1: not in the register). at, told: when it
    was so, and when that was told (microseconds); exact: whether its minute is known. fase: the
    place in FASE, -1 for none. heads: all voters present, the sum of the parts where a sender
    gave only those; on_list, dptb, dpk: of which list they are.
    """

    seq: npt.NDArray[np.int64]
    id: _Objects
    station_index: npt.NDArray[np.int64]
    occurred_us: Micros
    reported_us: Micros
    has_exact_minute: npt.NDArray[np.bool_]
    fase_index: npt.NDArray[np.intp]
    voters_present: _Floats
    present_dpt: _Floats
    present_dptb: _Floats
    present_dpk: _Floats
    contact: _Objects
    escort: _Objects
    is_exercise: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.seq)

    def take(self, rows: npt.NDArray[Any]) -> TpsReports:
        """These rows alone (by position, or by which are to stay)."""
        return TpsReports(*(getattr(self, column.name)[rows] for column in fields(self)))


def build_tps_reports(rows: pd.DataFrame, register: Register) -> TpsReports:
    """The reports about one TPS; totals of a desa or kecamatan are left out.

    Oldest first, by occurrence, then by when it was told.
    """
    total = rows["lingkup"].isin(["desa", "kecamatan"])
    one = rows[~total] if total.any() else rows
    found = TpsReports(
        seq=one["seq"].to_numpy("int64"),
        id=one["id"].to_numpy("object"),
        station_index=_find_station_indices(one, register),
        occurred_us=timestamps.column_to_us(one["occurred_at"]),
        reported_us=timestamps.column_to_us(reported_time(one)),
        has_exact_minute=(one["precision"] == "menit").to_numpy(bool),
        fase_index=pd.Index(FASE).get_indexer(pd.Index(one["fase"])),
        voters_present=_to_floats(compute_voters_present(one)),
        present_dpt=_to_floats(one["hadir_dpt"]),
        present_dptb=_to_floats(one["hadir_dptb"]),
        present_dpk=_to_floats(one["hadir_dpk"]),
        contact=one["kontak"].to_numpy("object"),
        escort=one["pengawal"].to_numpy("object"),
        is_exercise=one["latihan"].to_numpy(bool),
    )
    return found.take(np.lexsort((found.seq, found.reported_us, found.occurred_us)))


def _to_floats(column: pd.Series) -> _Floats:
    return column.to_numpy("float64", na_value=np.nan)


def _find_station_indices(rows: pd.DataFrame, register: Register) -> npt.NDArray[np.int64]:
    """The position in register.tps of the TPS that each row names by desa and number."""
    at = {tuple(code.rsplit(".", 1)): place for place, code in enumerate(register.tps["code"])}
    named = zip(rows["desa"].tolist(), rows["tps"].tolist(), strict=True)
    return np.array([at.get(name, -1) for name in named], dtype="int64")


def compute_voters_present(rows: pd.DataFrame) -> pd.Series:
    """All voters present by row; missing where nobody was counted."""
    others = rows["hadir_dptb"].fillna(0) + rows["hadir_dpk"].fillna(0)
    counted: pd.Series = rows["hadir"].fillna(rows["hadir_dpt"] + others)
    return counted


def select_current_counts(reports: TpsReports, register: Register) -> TpsReports:
    """The counts that stand: one for each TPS and moment of the election day, the last told.

    A count of another day (a repeated voting) is not added to this one. Sorted by TPS, then
    oldest first.
    """
    election = register.election
    start = timestamps.to_us(election.local_time(datetime.min.time()))
    today = (reports.occurred_us >= start) & (
        reports.occurred_us <= timestamps.to_us(election.day_end)
    )
    counted = reports.take((reports.station_index >= 0) & ~np.isnan(reports.voters_present) & today)
    ordered = counted.take(np.argsort(counted.station_index, kind="stable"))
    return ordered.take(is_last_of_run(ordered.station_index, ordered.occurred_us))


def is_last_of_run(*columns: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which rows are the last of a stretch of rows that are equal in these columns."""
    last = np.ones(len(columns[0]), dtype=bool)
    last[:-1] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return last


@reads(TPS)
def find_unmatched_reports(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,  # noqa: ARG001
) -> pd.DataFrame:
    """Reports that belong to nothing in the register: listed, never lost.

    Of a TPS that it does not have, or totals of an unknown desa or kecamatan.
    """
    rows = frames["tps"]
    reports = build_tps_reports(rows, register)
    stray = rows["seq"].isin(reports.seq[reports.station_index < 0])
    desa, kecamatan = rows["lingkup"] == "desa", rows["lingkup"] == "kecamatan"
    stray |= desa & ~rows["desa"].isin(list(register.desa))
    stray |= kecamatan & ~rows["kecamatan"].isin(list(register.kecamatan))
    return rows[stray]
