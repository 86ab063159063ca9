"""Alert intervals of TPS: not open in time, silent for too long, a wrong count, an overdue box."""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.intervals import (
    FOREVER,
    build_station_intervals,
    concat_intervals,
    filter_known_by,
    first_known_times,
)
from situasi.analysis.runs import is_first_of_run, next_in_run
from situasi.analysis.stations.anomalies import compute_voter_limits
from situasi.analysis.stations.ballot_boxes import ARRIVED_BOX_PHASES
from situasi.analysis.stations.deadlines import Deadline, list_deadlines
from situasi.analysis.stations.reports import TpsReports, build_tps_reports
from situasi.analysis.timestamps import Micros
from situasi.domain.alert_rules import AlertRule
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.register import Register

_US_PER_S = 1_000_000
_OPEN, _CLOSED = FASE.index("dibuka"), FASE.index("ditutup")
_BOX_LEFT, _BOX_AT_PPS = FASE.index("kotak_bergeser"), FASE.index("kotak_tiba_pps")


@dataclass(frozen=True)
class StationReports:
    """Reports of TPS of the register, and when each was known."""

    reports: TpsReports
    known_us: Micros
    tps_count: int

    def first_known_times(self, mask: npt.NDArray[np.bool_]) -> Micros:
        """Return by TPS when the first of these reports was known."""
        return first_known_times(
            self.tps_count, self.reports.station_index[mask], self.known_us[mask]
        )


def build_station_reports(rows: pd.DataFrame, register: Register, at: datetime) -> StationReports:
    """Build the reports of registered TPS that were known by `at` from rows of the TPS feed."""
    known_rows, known = filter_known_by(rows, at)
    reports = build_tps_reports(known_rows, register)
    reports = reports.take(reports.station_index >= 0)
    seq = known_rows["seq"].to_numpy("int64")
    order = np.argsort(seq, kind="stable")
    known_us = known[order[np.searchsorted(seq[order], reports.seq)]] if len(reports) else known[:0]
    return StationReports(reports, known_us, len(register.tps))


def find_unopened(
    station_reports: StationReports, rule: AlertRule, register: Register
) -> pd.DataFrame:
    """Find TPS not known to be open after the opening time plus the rule's grace time."""
    due = next((d for d in list_deadlines(register.election) if d.report_kind == "dibuka"), None)
    if due is None:
        return concat_intervals([])
    late = timestamps.to_us(due.late_after + rule.grace) + 1  # not late at the very time
    met = _find_met_times(due, station_reports, register)
    return _build_station_intervals(
        "belum_dibuka", register, np.full(station_reports.tps_count, late), met, station_reports
    )


def find_silent(
    station_reports: StationReports, rule: AlertRule, register: Register
) -> pd.DataFrame:
    """Find TPS whose report is overdue for longer than the rule allows."""
    deadlines = [
        deadline
        for deadline in list_deadlines(register.election)
        if deadline.report_kind not in rule.excluded_phases
    ]
    begin = [
        np.full(
            station_reports.tps_count,
            timestamps.to_us(deadline.late_after + rule.grace) + 1,
            dtype="int64",
        )
        for deadline in deadlines
    ]
    met_us = [_find_met_times(deadline, station_reports, register) for deadline in deadlines]
    return _build_station_intervals(
        "tps_diam",
        register,
        np.array(begin),
        np.array(met_us),
        station_reports,
        np.array([deadline.report_kind for deadline in deadlines], dtype=object),
    )


def _find_met_times(
    deadline: Deadline, station_reports: StationReports, register: Register
) -> Micros:
    """Return when each TPS was first known to owe this report no more; see reporting_status."""
    reports = station_reports.reports
    counted = ~np.isnan(reports.voters_present)
    if deadline.hour is None:
        met = reports.fase_index >= deadline.fase_index
        if deadline.fase_index <= _OPEN:  # a count of voters shows that it was opened
            met |= counted & (reports.voters_present > 0)
        return station_reports.first_known_times(met)
    awaited, hour = timestamps.to_us(deadline.expected_from), timestamps.to_us(deadline.hour)
    met = counted & (reports.occurred_us >= awaited)
    met |= (reports.fase_index == _OPEN) & reports.has_exact_minute & (reports.occurred_us >= hour)
    election = register.election
    if deadline.hour + election.rules.tps.count_interval <= election.local_time(
        election.tps_closes
    ):
        met |= reports.fase_index >= _CLOSED
    return station_reports.first_known_times(met)


def find_overdue_boxes(
    station_reports: StationReports, rule: AlertRule, register: Register
) -> pd.DataFrame:
    """Find ballot boxes that are on their way for longer than the rule allows."""
    reports = station_reports.reports
    boxes = np.flatnonzero(np.isin(reports.fase_index, [_BOX_LEFT, _BOX_AT_PPS]))
    arrived_us = station_reports.first_known_times(
        np.isin(reports.fase_index, [FASE.index(fase) for fase in ARRIVED_BOX_PHASES])
    )
    place, known_us = reports.station_index[boxes], station_reports.known_us[boxes]
    order = np.lexsort((reports.seq[boxes], known_us, place))
    boxes, place, known_us = boxes[order], place[order], known_us[order]
    since = _replay_box_phases(place, boxes, station_reports)
    late_us = since + int(rule.grace.total_seconds()) * _US_PER_S + 1
    begin = np.maximum(known_us, late_us)
    end = np.minimum(next_in_run(known_us, FOREVER, place), arrived_us[place])
    return build_station_intervals(
        "kotak",
        register,
        place,
        begin=begin,
        end=end,
        value=[timestamps.from_us(int(time_us)) for time_us in since],
        feed=TPS.name,
        seq=reports.seq[boxes],
        latihan=reports.is_exercise[boxes],
    )


def _replay_box_phases(
    place: npt.NDArray[np.int64], boxes: npt.NDArray[np.intp], station_reports: StationReports
) -> Micros:
    """Return for each report of a box when it came to where it then was known to be.

    boxes: positions of reports, as known, one place after the other. As in the table of stations:
    of the furthest phase the earliest time counts, and a later row of a report corrects it. Where
    no report gives the minute: since it was known.
    """
    reports, since = station_reports.reports, np.empty(len(boxes), dtype="int64")
    # Of each phase by report: (is without its minute, time), and the order of the row.
    times: dict[int, dict[Any, tuple[bool, int]]] = {}
    orders: dict[tuple[int, Any], tuple[int, int]] = {}
    earliest: dict[int, tuple[bool, int]] = {}
    for i, is_first in enumerate(is_first_of_run(place)):
        if is_first:
            times, orders, earliest = {_BOX_LEFT: {}, _BOX_AT_PPS: {}}, {}, {}
        row = boxes[i]
        phase, report = int(reports.fase_index[row]), reports.id[row]
        order = (int(reports.reported_us[row]), int(reports.seq[row]))
        if order >= orders.get((phase, report), order):
            is_exact = bool(reports.has_exact_minute[row])
            time_us = reports.occurred_us[row] if is_exact else station_reports.known_us[row]
            is_corrected = report in times[phase]
            orders[phase, report] = order
            times[phase][report] = time = (not is_exact, int(time_us))
            known = times[phase].values() if is_corrected else (earliest.get(phase, time), time)
            earliest[phase] = min(known)
        since[i] = earliest[max(earliest)][1]
    return since


def find_count_anomalies(station_reports: StationReports, register: Register) -> pd.DataFrame:
    """Find TPS whose newest count is below the one before it, or above the voter list."""
    limits = compute_voter_limits(register)
    voters = register.tps["dpt"].to_numpy("float64", na_value=np.nan)
    anomalies = [
        anomaly
        for place, rows in _find_suspects(station_reports, limits, register)
        for anomaly in _replay_counts(place, rows, station_reports, limits[place], voters[place])
    ]
    table = pd.DataFrame(anomalies, columns=["rule", "place", *_ANOMALY_COLUMNS], dtype="object")
    parts = []
    for rule in ("hadir_turun", "hadir_lebih"):
        part = table[table["rule"] == rule]
        place, cells = part["place"].to_numpy("int64"), part[list(_ANOMALY_COLUMNS)]
        parts.append(build_station_intervals(rule, register, place, feed=TPS.name, **cells))
    return concat_intervals(parts)


_ANOMALY_COLUMNS = ("begin", "end", "value", "seq", "latihan")


def _find_suspects(
    station_reports: StationReports, limits: npt.NDArray[np.float64], register: Register
) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Yield TPS that ever had a falling or too high count, with the positions of their counts."""
    reports, election = station_reports.reports, register.election
    start = timestamps.to_us(election.midnight)
    today = (reports.occurred_us >= start) & (
        reports.occurred_us <= timestamps.to_us(election.day_end)
    )
    counted = np.flatnonzero(~np.isnan(reports.voters_present) & today)
    # oldest first in each TPS
    counted = counted[np.argsort(reports.station_index[counted], kind="stable")]
    place, heads = reports.station_index[counted], reports.voters_present[counted]
    fell = ~is_first_of_run(place)
    fell[1:] &= heads[1:] < heads[:-1]
    above = reports.listed_voters[counted] > limits[place]
    for suspect in np.unique(place[fell | above]).tolist():
        low, high = np.searchsorted(place, [suspect, suspect + 1])
        yield suspect, counted[low:high]


def _replay_counts(
    place: int,
    rows: npt.NDArray[np.intp],
    station_reports: StationReports,
    limit: float,
    voters: float,
) -> Iterator[tuple[Any, ...]]:
    """Yield the intervals of one TPS: rule, place, begin, end, the count or list that the newest
    count is compared with, seq, latihan."""
    reports, listed_voters = station_reports.reports, station_reports.reports.listed_voters
    ordered = rows[np.lexsort((reports.seq[rows], station_reports.known_us[rows]))].tolist()
    row_by_time: dict[int, int] = {}
    times: list[int] = []  # keys of row_by_time, in order
    for i, row in enumerate(ordered):
        time_us = int(reports.occurred_us[row])
        old = row_by_time.get(time_us)
        rank = (int(reports.reported_us[row]), int(reports.seq[row]))
        if old is None:
            insort(times, time_us)
        if old is None or rank > (int(reports.reported_us[old]), int(reports.seq[old])):
            row_by_time[time_us] = row
        begin = int(station_reports.known_us[row])
        end = int(station_reports.known_us[ordered[i + 1]]) if i + 1 < len(ordered) else FOREVER
        last = row_by_time[times[-1]]
        source = (int(reports.seq[last]), bool(reports.is_exercise[last]))
        earlier = row_by_time[times[-2]] if len(times) > 1 else last
        if reports.voters_present[last] < (before := reports.voters_present[earlier]):
            yield ("hadir_turun", place, begin, end, float(before), *source)
        if listed_voters[last] > limit:
            yield ("hadir_lebih", place, begin, end, voters, *source)


def _build_station_intervals(
    rule: str,
    register: Register,
    begin: Micros,
    end: Micros,
    station_reports: StationReports,
    deadline_codes: npt.NDArray[np.object_] | None = None,
) -> pd.DataFrame:
    """Build intervals of TPS by kecamatan, at most until the watched day ends: then nothing is due.

    begin, end: by TPS (columns), of one report or of several (rows, see deadline_codes).
    """
    end = np.minimum(end, timestamps.to_us(register.election.day_end))
    deadline_index, station = np.nonzero(np.atleast_2d(begin < end))
    begin, end = (np.atleast_2d(times)[deadline_index, station] for times in (begin, end))
    value = None if deadline_codes is None else deadline_codes[deadline_index]
    has_exercise = bool(station_reports.reports.is_exercise.any())
    return build_station_intervals(
        rule, register, station, begin=begin, end=end, value=value, latihan=has_exercise
    )
