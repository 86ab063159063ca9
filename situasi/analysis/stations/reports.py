"""Reports of TPS: matching them to the register, and selecting the counts that are current."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.queries import reads
from situasi.analysis.runs import is_last_of_run
from situasi.analysis.timestamps import Micros
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.register import Register

_Floats = npt.NDArray[np.float64]
_Objects = npt.NDArray[np.object_]

_CLOSED = FASE.index("ditutup")


@dataclass(frozen=True)
class TpsReports:
    """Rows about one TPS each, as columns of one length; NaN, None and NEVER: not reported.

    station_index: position in register.tps (-1: not in the register). occurred_us, reported_us:
    microseconds. fase_index: position in FASE, -1 for none. voters_present: the sum of the parts
    where a sender gave only those; present_dpt, present_dptb, present_dpk: by list.
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

    @cached_property
    def listed_voters(self) -> _Floats:
        """The voters present of the TPS's own list; all of them where that is not known."""
        return np.where(np.isnan(self.present_dpt), self.voters_present, self.present_dpt)

    def take(self, rows: npt.NDArray[Any]) -> TpsReports:
        """Return only these rows (by position or by mask)."""
        return TpsReports(*(getattr(self, column.name)[rows] for column in fields(self)))


def build_tps_reports(rows: pd.DataFrame, register: Register) -> TpsReports:
    """Build the reports about one TPS each, without totals of a desa or kecamatan.

    Oldest first, by occurrence, then by report time.
    """
    is_total = rows["lingkup"].isin(["desa", "kecamatan"])
    single = rows[~is_total] if is_total.any() else rows
    reports = TpsReports(
        seq=single["seq"].to_numpy("int64"),
        id=single["id"].to_numpy("object"),
        station_index=_find_station_indices(single, register),
        occurred_us=timestamps.column_to_us(single["occurred_at"]),
        reported_us=timestamps.reported_us(single),
        has_exact_minute=(single["precision"] == "menit").to_numpy(bool),
        fase_index=pd.Index(FASE).get_indexer(pd.Index(single["fase"])),
        voters_present=_to_floats(compute_voters_present(single)),
        present_dpt=_to_floats(single["hadir_dpt"]),
        present_dptb=_to_floats(single["hadir_dptb"]),
        present_dpk=_to_floats(single["hadir_dpk"]),
        contact=single["kontak"].to_numpy("object"),
        escort=single["pengawal"].to_numpy("object"),
        is_exercise=single["latihan"].to_numpy(bool),
    )
    return reports.take(np.lexsort((reports.seq, reports.reported_us, reports.occurred_us)))


def _to_floats(column: pd.Series) -> _Floats:
    return column.to_numpy("float64", na_value=np.nan)


def _find_station_indices(rows: pd.DataFrame, register: Register) -> npt.NDArray[np.int64]:
    """Find the position in register.tps of the TPS that each row names by desa and number."""
    lookup = {tuple(code.rsplit(".", 1)): index for index, code in enumerate(register.tps["code"])}
    keys = zip(rows["desa"].tolist(), rows["tps"].tolist(), strict=True)
    return np.array([lookup.get(key, -1) for key in keys], dtype="int64")


def compute_voters_present(rows: pd.DataFrame) -> pd.Series:
    """Return all voters present by row; missing where nobody was counted."""
    others = rows["hadir_dptb"].fillna(0) + rows["hadir_dpk"].fillna(0)
    counted: pd.Series = rows["hadir"].fillna(rows["hadir_dpt"] + others)
    return counted


def select_current_counts(reports: TpsReports, register: Register) -> TpsReports:
    """Select one count for each TPS and time of the election day, the last reported.

    A count told with the end of the voting stands before one of the same minute without: an hourly
    count of 13.00 that comes in later is not the end. A count of another day (a repeated voting)
    is not added to it, nor one without its hour: it would stand as though counted at midnight.
    Sorted by TPS, oldest first.
    """
    election = register.election
    start = timestamps.to_us(election.midnight)
    today = (reports.occurred_us >= start) & (
        reports.occurred_us <= timestamps.to_us(election.day_end)
    )
    is_count = (reports.station_index >= 0) & ~np.isnan(reports.voters_present)
    counted = reports.take(is_count & today & reports.has_exact_minute)
    is_final = counted.fase_index >= _CLOSED
    # Stable: of equal ones the last reported remains last.
    ordered = counted.take(np.lexsort((is_final, counted.occurred_us, counted.station_index)))
    return ordered.take(is_last_of_run(ordered.station_index, ordered.occurred_us))


@reads(TPS)
def find_unmatched_reports(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,  # noqa: ARG001
) -> pd.DataFrame:
    """List reports that match nothing in the register, so that none is lost.

    They are of an unknown TPS, or totals of an unknown desa or kecamatan.
    """
    rows = frames["tps"]
    reports = build_tps_reports(rows, register)
    is_unmatched = rows["seq"].isin(reports.seq[reports.station_index < 0])
    desa, kecamatan = rows["lingkup"] == "desa", rows["lingkup"] == "kecamatan"
    is_unmatched |= desa & ~rows["desa"].isin(list(register.desa))
    is_unmatched |= kecamatan & ~rows["kecamatan"].isin(list(register.kecamatan))
    return rows[is_unmatched]
