"""Each TPS of the register: how far it is, whether it reports, and whose turn it is to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.queries import reads
from situasi.analysis.stations.anomalies import find_anomalies
from situasi.analysis.stations.reporting_status import (
    STATES,
    StationSummary,
    compute_reporting_status,
)
from situasi.analysis.stations.reports import TpsReports, build_tps_reports, select_current_counts
from situasi.analysis.timestamps import NEVER, Micros, index_from_us
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.register import Register

# Of a TPS that has reached no phase.
NO_PHASE = "belum"
# Where a box is no longer the concern of its TPS.
ARRIVED_BOX_PHASES = ("kotak_tiba_ppk", "kotak_tiba_kpu")
BOX_PHASES = tuple(fase for fase in FASE if fase.startswith("kotak"))


@reads(TPS)
def build_station_table(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """One row for each TPS of the register, in its order; what matches none is in `unmatched`.

    Columns of register.tps (code, desa, kecamatan, nomor, dpt, estimated, kerawanan) and:
    fase: the furthest phase reached (None: none); heads counted say that it was opened.
    one column for each of FASE: when it was reached, NaT where nobody told its minute.
    hadir, hadir_at: the newest count and when it was taken; hadir_dptb, hadir_dpk: the
    voters of those lists in it, where told apart. last_at: when it last told anything.
    state: exactly one of STATES. owed: the earliest report still missing, a phase or "hadir"
    (owed_hour: of which hour), owed_at: since when it is late. late_min: minutes late, missing
    unless late; chaser: who asks it now. box: the newest phase of its box (None: not moved),
    box_at; escort. doubts: kinds (doubts.KINDS) of its newest count, ", " between.
    latihan: whether any of its reports is made up.
    """
    reports = build_tps_reports(frames["tps"], register)
    reports = reports.take(reports.station_index >= 0)
    in_turn = reports.take(np.argsort(reports.reported_us, kind="stable"))
    size = len(register.tps)
    told, times = _find_reached_phases(in_turn, size)
    counted = _find_newest_counts(reports, register)
    words = _find_last_contacts(in_turn, size)
    # Heads that were counted say that it was opened.
    opened = np.where(counted["hadir"].fillna(0) > 0, FASE.index("dibuka"), -1)
    reached = np.maximum(told, opened)
    spoken = StationSummary(
        fase_index=reached,
        opened_us=times[:, FASE.index("dibuka")],
        counted_us=timestamps.column_to_us(counted["hadir_at"]),
        has_doubted_count=(counted["doubts"] != "").to_numpy(bool),
        has_reported=words.reported_us != NEVER,
        is_unreachable=words.is_unreachable,
    )
    phases = np.array([*FASE, None], dtype=object)[reached]
    moved = np.isin(phases, BOX_PHASES)
    last = pd.DataFrame(
        {
            "last_at": index_from_us(words.reported_us),
            "escort": pd.Series(words.escort, dtype="object"),
            "latihan": words.is_exercise,
            "fase": pd.Series(phases, dtype="object"),
            "box": pd.Series(phases, dtype="object").where(moved, None),
            "box_at": index_from_us(np.where(moved, times[np.arange(size), reached], NEVER)),
        }
    )
    by_phase = pd.DataFrame({fase: index_from_us(times[:, rank]) for rank, fase in enumerate(FASE)})
    table = register.tps.reset_index(drop=True)
    parts = [table, by_phase, counted, last, compute_reporting_status(spoken, register, at)]
    return pd.concat(parts, axis=1)


def count_by_kecamatan(station_table: pd.DataFrame) -> pd.DataFrame:
    """How many TPS of each kecamatan are in each phase and each state.

    found: of `stations`. Index: kecamatan, in the register's order. Columns: tps (all of them),
    NO_PHASE and each of FASE (they add up to tps), each of STATES (they add up to tps).
    """
    home, names = pd.factorize(station_table["kecamatan"])
    columns = [NO_PHASE, *FASE, *STATES]
    counted = np.zeros((len(names), len(columns)), dtype="int64")
    for each in (station_table["fase"].fillna(NO_PHASE), station_table["state"]):
        np.add.at(counted, (home, pd.Index(columns).get_indexer(pd.Index(each))), 1)
    table = pd.DataFrame(counted, pd.Index(names, name="kecamatan"), columns)
    table.insert(0, "tps", np.bincount(home, minlength=len(names)))
    return table


def _find_reached_phases(
    ordered_reports: TpsReports, station_count: int
) -> tuple[npt.NDArray[np.int64], Micros]:
    """The furthest phase told of each TPS (-1: none), and when each phase was reached.

    The earliest time told, where several posts told it. A later row of the same report (its
    id) corrects the earlier. in_turn: by when they were told.
    """
    told = ordered_reports.take(ordered_reports.fase_index >= 0)
    report = pd.factorize(told.id, use_na_sentinel=False)[0]
    cell = told.station_index * len(FASE) + told.fase_index
    told = told.take(~pd.Index(cell + report * (station_count * len(FASE))).duplicated(keep="last"))
    reached = np.full(station_count, -1, dtype=np.int64)
    np.maximum.at(reached, told.station_index, told.fase_index)
    never = np.iinfo("int64").max
    times = np.full((station_count, len(FASE)), never)
    exact = told.take(told.has_exact_minute)
    np.minimum.at(times, (exact.station_index, exact.fase_index), exact.occurred_us)
    times[times == never] = NEVER
    return reached, times


def _find_newest_counts(reports: TpsReports, register: Register) -> pd.DataFrame:
    """The newest count of each TPS, by when it was taken, and what is doubted of it."""
    standing = select_current_counts(reports, register)
    doubted = find_anomalies(standing, register)
    kinds: dict[str, str] = {}
    for code, kind, current in zip(
        doubted["code"], doubted["kind"], doubted["current"], strict=True
    ):
        if current:
            kinds[code] = f"{kinds[code]}, {kind}" if code in kinds else kind
    newest = _find_last_rows(standing.station_index, len(register.tps))
    return pd.DataFrame(
        {
            "hadir": _to_nullable_int(_take_or_default(standing.voters_present, newest, np.nan)),
            "hadir_at": index_from_us(_take_or_default(standing.occurred_us, newest, NEVER)),
            "hadir_dptb": _to_nullable_int(_take_or_default(standing.present_dptb, newest, np.nan)),
            "hadir_dpk": _to_nullable_int(_take_or_default(standing.present_dpk, newest, np.nan)),
            "doubts": [kinds.get(code, "") for code in register.tps["code"]],
        }
    )


@dataclass(frozen=True)
class _LastContacts:
    """Of each TPS its last word, whether it cannot be reached, and who goes with its box."""

    reported_us: Micros
    is_unreachable: npt.NDArray[np.bool_]
    escort: npt.NDArray[np.object_]
    is_exercise: npt.NDArray[np.bool_]


def _find_last_contacts(ordered_reports: TpsReports, station_count: int) -> _LastContacts:
    """in_turn: by when they were told."""
    spoke = (ordered_reports.fase_index >= 0) | ~np.isnan(ordered_reports.voters_present)
    said = ordered_reports.take(spoke)
    reached = ordered_reports.take(spoke | pd.notna(ordered_reports.contact))
    escorted = ordered_reports.take(pd.notna(ordered_reports.escort))
    contact = _take_or_default(
        reached.contact, _find_last_rows(reached.station_index, station_count), None
    )
    return _LastContacts(
        reported_us=_take_or_default(
            said.reported_us, _find_last_rows(said.station_index, station_count), NEVER
        ),
        is_unreachable=contact == "tak_terjangkau",
        escort=_take_or_default(
            escorted.escort, _find_last_rows(escorted.station_index, station_count), None
        ),
        is_exercise=np.isin(
            np.arange(station_count), ordered_reports.station_index[ordered_reports.is_exercise]
        ),
    )


def _find_last_rows(
    station_index: npt.NDArray[np.int64], station_count: int
) -> npt.NDArray[np.int64]:
    """The position of the last row of each TPS; -1 where there is none."""
    last = np.full(station_count, -1, dtype=np.int64)
    last[station_index] = np.arange(len(station_index))  # of several rows of one TPS the last stays
    return last


def _take_or_default(
    values: npt.NDArray[Any], rows: npt.NDArray[np.int64], default: Any
) -> npt.NDArray[Any]:
    """The values at these positions; `otherwise` at -1."""
    return np.append(values, np.array([default], values.dtype))[rows]


def _to_nullable_int(numbers: npt.NDArray[np.float64]) -> pd.api.extensions.ExtensionArray:
    return pd.arrays.IntegerArray(np.nan_to_num(numbers).astype("int64"), np.isnan(numbers))
