"""Status of each TPS of the register: its phase, whether it reports, and who must ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.queries import reads
from situasi.analysis.runs import find_last_positions
from situasi.analysis.stations.anomalies import find_anomalies
from situasi.analysis.stations.ballot_boxes import BOX_PHASES
from situasi.analysis.stations.count_rounds import build_round_columns
from situasi.analysis.stations.reporting_status import (
    STATES,
    StationSummary,
    compute_reporting_status,
)
from situasi.analysis.stations.reports import TpsReports, build_tps_reports, select_current_counts
from situasi.analysis.timestamps import NEVER, Micros, index_from_us
from situasi.domain.feed_schemas import FASE, TPS, empty_frame
from situasi.domain.register import Register

# Of a TPS without any phase.
NO_PHASE = "belum"
# The two states of a TPS that tells nothing though a report is due. "Terlambat" is always the first
# alone: a TPS is in one state, so that counts of both may be added.
SILENT_STATES = ("terlambat", "tak_terjangkau")


@reads(TPS)
def build_station_table(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Build one row for each TPS, in the register's order.

    Reports that match none are in reports.find_unmatched_reports. Columns of register.tps (code,
    desa, kecamatan, nomor, dpt, estimated, kerawanan) and:
    fase: the furthest phase reached (None: none); counted heads mean that the TPS was opened.
    one column for each of FASE: when it was reached, NaT where its minute is not known.
    hadir, hadir_at: the newest count and its time; hadir_dptb, hadir_dpk: its voters of those
    lists, where reported; count_hour, is_stale, hadir_common, common_hour: of
    count_rounds.build_round_columns. last_at: the last report of any kind.
    state: exactly one of STATES. owed: the earliest report still missing, a phase or "hadir"
    (owed_hour: its hour), owed_at: since when it is late. late_min: minutes late, missing unless
    late; chaser: who must ask now. box: the newest phase of its box (None: not moved), box_at;
    escort. doubts: rules.ANOMALY_KINDS of its newest count, joined by ", ".
    latihan: whether any of its reports is made up.
    """
    rows = frames.get(TPS.name)
    # A viewer who may not see the feed sees what nobody told: nothing is known of any TPS.
    reports = build_tps_reports(empty_frame(TPS) if rows is None else rows, register)
    reports = reports.take(reports.station_index >= 0)
    by_report_time = reports.take(np.argsort(reports.reported_us, kind="stable"))
    size = len(register.tps)
    reported, times = _find_reached_phases(by_report_time, size)
    newest = _find_newest_counts(reports, register)
    contacts = _find_last_contacts(by_report_time, size)
    opened = np.where(newest["hadir"].fillna(0) > 0, FASE.index("dibuka"), -1)
    reached = np.maximum(reported, opened)
    summary = StationSummary(
        fase_index=reached,
        opened_us=times[:, FASE.index("dibuka")],
        counted_us=timestamps.column_to_us(newest["hadir_at"]),
        has_doubted_count=(newest["doubts"] != "").to_numpy(bool),
        has_reported=contacts.reported_us != NEVER,
        is_unreachable=contacts.is_unreachable,
    )
    phases = np.array([*FASE, None], dtype=object)[reached]
    has_moved = np.isin(phases, BOX_PHASES)
    current = pd.DataFrame(
        {
            "last_at": index_from_us(contacts.reported_us),
            "escort": pd.Series(contacts.escort, dtype="object"),
            "latihan": contacts.is_exercise,
            "fase": pd.Series(phases, dtype="object"),
            "box": pd.Series(phases, dtype="object").where(has_moved, None),
            "box_at": index_from_us(np.where(has_moved, times[np.arange(size), reached], NEVER)),
        }
    )
    by_phase = pd.DataFrame({fase: index_from_us(times[:, rank]) for rank, fase in enumerate(FASE)})
    table = register.tps.reset_index(drop=True)
    parts = [table, by_phase, newest, current, compute_reporting_status(summary, register, at)]
    return pd.concat(parts, axis=1)


def count_by_kecamatan(station_table: pd.DataFrame) -> pd.DataFrame:
    """Count the TPS of each kecamatan by phase and by state.

    station_table: of build_station_table. Index: kecamatan, in the register's order. Columns: tps
    (all of them), NO_PHASE and each of FASE (they add up to tps), each of STATES (they add up to
    tps).
    """
    area, names = pd.factorize(station_table["kecamatan"])
    columns = [NO_PHASE, *FASE, *STATES]
    counts = np.zeros((len(names), len(columns)), dtype="int64")
    for values in (station_table["fase"].fillna(NO_PHASE), station_table["state"]):
        np.add.at(counts, (area, pd.Index(columns).get_indexer(pd.Index(values))), 1)
    table = pd.DataFrame(counts, pd.Index(names, name="kecamatan"), columns)
    table.insert(0, "tps", np.bincount(area, minlength=len(names)))
    return table


def count_reached(station_table: pd.DataFrame, fase: str) -> int | None:
    """Count the TPS that have reached this phase; None where none of them ever told anything.

    station_table: of build_station_table.
    """
    if len(station_table) and station_table["last_at"].isna().all():
        return None
    return int(station_table["fase"].isin(FASE[FASE.index(fase) :]).sum())


def _find_reached_phases(
    ordered_reports: TpsReports, station_count: int
) -> tuple[npt.NDArray[np.int64], Micros]:
    """Find the furthest phase of each TPS (-1: none), and when each phase was reached.

    The earliest time counts if several reports give one. A later row of the same report (its id)
    corrects the earlier. ordered_reports: by report time.
    """
    rows = ordered_reports.take(ordered_reports.fase_index >= 0)
    report = pd.factorize(rows.id, use_na_sentinel=False)[0]
    cell = rows.station_index * len(FASE) + rows.fase_index
    rows = rows.take(~pd.Index(cell + report * (station_count * len(FASE))).duplicated(keep="last"))
    reached = np.full(station_count, -1, dtype=np.int64)
    np.maximum.at(reached, rows.station_index, rows.fase_index)
    never = np.iinfo("int64").max
    times = np.full((station_count, len(FASE)), never)
    exact = rows.take(rows.has_exact_minute)
    np.minimum.at(times, (exact.station_index, exact.fase_index), exact.occurred_us)
    times[times == never] = NEVER
    return reached, times


def _find_newest_counts(reports: TpsReports, register: Register) -> pd.DataFrame:
    """Find the newest count of each TPS, by its time, its hour and its anomalies."""
    counts = select_current_counts(reports, register)
    anomalies = find_anomalies(counts, register)
    kinds = anomalies[anomalies["current"]].groupby("code")["kind"].agg(", ".join).to_dict()
    newest = find_last_positions(counts.station_index, len(register.tps))
    table = pd.DataFrame(
        {
            "hadir": _to_nullable_int(_take_or_default(counts.voters_present, newest, np.nan)),
            "hadir_at": index_from_us(_take_or_default(counts.occurred_us, newest, NEVER)),
            "hadir_dptb": _to_nullable_int(_take_or_default(counts.present_dptb, newest, np.nan)),
            "hadir_dpk": _to_nullable_int(_take_or_default(counts.present_dpk, newest, np.nan)),
            "doubts": [kinds.get(code, "") for code in register.tps["code"]],
        }
    )
    return table.join(build_round_columns(counts, newest, register))


@dataclass(frozen=True)
class _LastContacts:
    """For each TPS: its last report, whether it is unreachable, and the escort of its box."""

    reported_us: Micros
    is_unreachable: npt.NDArray[np.bool_]
    escort: npt.NDArray[np.object_]
    is_exercise: npt.NDArray[np.bool_]


def _find_last_contacts(ordered_reports: TpsReports, station_count: int) -> _LastContacts:
    """Find the last contacts. ordered_reports: by report time."""
    has_content = (ordered_reports.fase_index >= 0) | ~np.isnan(ordered_reports.voters_present)

    def last(column: str, counted: npt.NDArray[np.bool_], default: Any) -> npt.NDArray[Any]:
        """Return the value in the last of these reports of each TPS."""
        rows = find_last_positions(ordered_reports.station_index, station_count, counted)
        return _take_or_default(getattr(ordered_reports, column), rows, default)

    has_contact = has_content | pd.notna(ordered_reports.contact)
    return _LastContacts(
        reported_us=last("reported_us", has_content, NEVER),
        is_unreachable=last("contact", has_contact, None) == "tak_terjangkau",
        escort=last("escort", pd.notna(ordered_reports.escort), None),
        is_exercise=np.isin(
            np.arange(station_count), ordered_reports.station_index[ordered_reports.is_exercise]
        ),
    )


def _take_or_default(
    values: npt.NDArray[Any], rows: npt.NDArray[np.int64], default: Any
) -> npt.NDArray[Any]:
    """Return the values at these positions; `default` at -1."""
    return np.append(values, np.array([default], values.dtype))[rows]


def _to_nullable_int(numbers: npt.NDArray[np.float64]) -> pd.api.extensions.ExtensionArray:
    return pd.arrays.IntegerArray(np.nan_to_num(numbers).astype("int64"), np.isnan(numbers))
