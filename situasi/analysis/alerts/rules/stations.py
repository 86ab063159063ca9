"""Spells of TPS: not open in time, silent for too long, a count that cannot be, a box not there."""

from __future__ import annotations

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
    build_intervals,
    concat_intervals,
    filter_known_by,
    first_known_times,
)
from situasi.analysis.stations.deadlines import Deadline, list_deadlines
from situasi.analysis.stations.reports import TpsReports, build_tps_reports
from situasi.analysis.stations.status import ARRIVED_BOX_PHASES
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
        """By TPS, when the first of these reports was known."""
        return first_known_times(
            self.tps_count, self.reports.station_index[mask], self.known_us[mask]
        )


def build_station_reports(rows: pd.DataFrame, register: Register, at: datetime) -> StationReports:
    """rows: of the feed, known."""
    there, known = filter_known_by(rows, at)
    reports = build_tps_reports(there, register)
    reports = reports.take(reports.station_index >= 0)
    seq = there["seq"].to_numpy("int64")
    order = np.argsort(seq, kind="stable")
    mine = known[order[np.searchsorted(seq[order], reports.seq)]] if len(reports) else known[:0]
    return StationReports(reports, mine, len(register.tps))


def find_unopened(
    station_reports: StationReports, rule: AlertRule, register: Register
) -> pd.DataFrame:
    """TPS not known to be open so long after the time that rules.toml says."""
    due = next(
        (one for one in list_deadlines(register.election) if one.report_kind == "dibuka"), None
    )
    if due is None:
        return concat_intervals([])
    late = timestamps.to_us(due.late_after + rule.grace) + 1  # at its time it is not late yet
    met = _find_met_times(due, station_reports, register)
    return _build_station_intervals(
        "belum_dibuka", register, np.full(station_reports.tps_count, late), met, station_reports
    )


def find_silent(
    station_reports: StationReports, rule: AlertRule, register: Register
) -> pd.DataFrame:
    """TPS that owe a report for longer than the rule says."""
    owed = [
        due
        for due in list_deadlines(register.election)
        if due.report_kind not in rule.excluded_phases
    ]
    begin = [
        np.full(
            station_reports.tps_count,
            timestamps.to_us(due.late_after + rule.grace) + 1,
            dtype="int64",
        )
        for due in owed
    ]
    met = [_find_met_times(due, station_reports, register) for due in owed]
    return _build_station_intervals(
        "tps_diam",
        register,
        np.array(begin),
        np.array(met),
        station_reports,
        np.array([due.report_kind for due in owed], dtype=object),
    )


def _find_met_times(
    deadline: Deadline, station_reports: StationReports, register: Register
) -> Micros:
    """When each TPS was first known to owe this report no longer: see reporting.judged."""
    reports = station_reports.reports
    counted = ~np.isnan(reports.voters_present)
    if deadline.hour is None:
        met = reports.fase_index >= deadline.fase_index
        if deadline.fase_index <= _OPEN:  # heads that were counted say that it was opened
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
    """Boxes that are on their way for longer than the rule says."""
    reports = station_reports.reports
    moved = np.flatnonzero(np.isin(reports.fase_index, [_BOX_LEFT, _BOX_AT_PPS]))
    there = station_reports.first_known_times(
        np.isin(reports.fase_index, [FASE.index(fase) for fase in ARRIVED_BOX_PHASES])
    )
    moved = moved[
        np.lexsort(
            (reports.seq[moved], station_reports.known_us[moved], reports.station_index[moved])
        )
    ]
    place, known = reports.station_index[moved], station_reports.known_us[moved]
    # Of a word without its minute the time when it was known is taken.
    since = np.where(reports.has_exact_minute[moved], reports.occurred_us[moved], known)
    furthest = _running_max(place, since)
    following = np.append(np.where(place[1:] == place[:-1], known[1:], FOREVER), FOREVER)
    late = furthest + int(rule.grace.total_seconds()) * _US_PER_S + 1
    begin = np.maximum(known, late)
    end = np.minimum(following[: len(moved)], there[place])
    table = register.tps
    return build_intervals(
        "kotak",
        subject=table["kecamatan"].to_numpy()[place],
        kecamatan=table["kecamatan"].to_numpy()[place],
        member=table["code"].to_numpy()[place],
        begin=begin,
        end=end,
        value=[timestamps.from_us(int(one)) for one in since],
        feed=TPS.name,
        seq=reports.seq[moved],
        latihan=reports.is_exercise[moved],
    )


def _running_max(place: npt.NDArray[np.int64], values: Micros) -> Micros:
    """The greatest so far of each place; rows of one place stand together."""
    found = values.copy()
    for at in range(1, len(found)):
        if place[at] == place[at - 1]:
            found[at] = max(found[at], found[at - 1])
    return found


def find_count_anomalies(station_reports: StationReports, register: Register) -> pd.DataFrame:
    """TPS whose newest count is smaller than the one before, or above its list."""
    limits, voters = _voter_limits(register), _registered_voters(register)
    spelled = [
        spell
        for place, rows in _find_suspects(station_reports, limits, register)
        for spell in _replay_counts(place, rows, station_reports, limits[place], voters[place])
    ]
    parts = []
    for rule in ("hadir_turun", "hadir_lebih"):
        mine = [one for one in spelled if one[0] == rule]
        place = np.array([one[1] for one in mine], dtype=np.intp)
        parts.append(
            build_intervals(
                rule,
                subject=register.tps["kecamatan"].to_numpy()[place],
                kecamatan=register.tps["kecamatan"].to_numpy()[place],
                member=register.tps["code"].to_numpy()[place],
                begin=[one[2] for one in mine],
                end=[one[3] for one in mine],
                value=[one[4] for one in mine],
                feed=TPS.name,
                seq=[one[5] for one in mine],
                latihan=[one[6] for one in mine],
            )
        )
    return concat_intervals(parts)


def _find_suspects(
    station_reports: StationReports, limits: npt.NDArray[np.float64], register: Register
) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """TPS that ever had a falling or too high count, with the positions of their counts."""
    reports, election = station_reports.reports, register.election
    start = timestamps.to_us(election.local_time(datetime.min.time()))
    today = (reports.occurred_us >= start) & (
        reports.occurred_us <= timestamps.to_us(election.day_end)
    )
    counted = np.flatnonzero(~np.isnan(reports.voters_present) & today)
    counted = counted[
        np.argsort(reports.station_index[counted], kind="stable")
    ]  # oldest first in each
    place, heads = reports.station_index[counted], reports.voters_present[counted]
    fell = np.append(False, (place[1:] == place[:-1]) & (heads[1:] < heads[:-1]))[: len(place)]
    above = _listed_voters(reports, counted) > limits[place]
    for suspect in np.unique(place[fell | above]).tolist():
        low, high = np.searchsorted(place, [suspect, suspect + 1])
        yield suspect, counted[low:high]


def _listed_voters(reports: TpsReports, positions: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    return np.where(
        np.isnan(reports.present_dpt[positions]),
        reports.voters_present[positions],
        reports.present_dpt[positions],
    )


def _voter_limits(register: Register) -> npt.NDArray[np.float64]:
    """From how many heads on each list is exceeded, as in analysis.doubts; NaN: never."""
    voters = _registered_voters(register)
    wide = register.election.rules.tps.estimated_list_factor
    limit: npt.NDArray[np.float64] = np.where(voters > 0, voters, np.nan) * np.where(
        register.tps["estimated"].to_numpy(bool), wide, 1.0
    )
    return limit


def _registered_voters(register: Register) -> npt.NDArray[np.float64]:
    """On the list of each TPS; NaN: not known."""
    return register.tps["dpt"].to_numpy("float64", na_value=np.nan)


def _replay_counts(
    place: int,
    rows: npt.NDArray[np.intp],
    station_reports: StationReports,
    limit: float,
    voters: float,
) -> Iterator[tuple[Any, ...]]:
    """rule, place, begin, end, what it was held against, seq, latihan of each spell of a TPS."""
    reports = station_reports.reports
    inturn = rows[np.lexsort((reports.seq[rows], station_reports.known_us[rows]))].tolist()
    standing: dict[int, int] = {}
    moments: list[int] = []  # of standing, in order
    for turn, row in enumerate(inturn):
        moment = int(reports.occurred_us[row])
        held = standing.get(moment)
        rank = (int(reports.reported_us[row]), int(reports.seq[row]))
        if held is None:
            insort(moments, moment)
        if held is None or rank > (int(reports.reported_us[held]), int(reports.seq[held])):
            standing[moment] = row
        begin = int(station_reports.known_us[row])
        end = int(station_reports.known_us[inturn[turn + 1]]) if turn + 1 < len(inturn) else FOREVER
        last = standing[moments[-1]]
        told_of = (int(reports.seq[last]), bool(reports.is_exercise[last]))
        earlier = standing[moments[-2]] if len(moments) > 1 else last
        if reports.voters_present[last] < (before := reports.voters_present[earlier]):
            yield ("hadir_turun", place, begin, end, float(before), *told_of)
        if _listed_voters(reports, np.array([last]))[0] > limit:
            yield ("hadir_lebih", place, begin, end, voters, *told_of)


def _build_station_intervals(
    rule: str,
    register: Register,
    begin: Micros,
    end: Micros,
    station_reports: StationReports,
    deadline_codes: npt.NDArray[np.object_] | None = None,
) -> pd.DataFrame:
    """Spells of TPS by kecamatan, until the watch is over: then nobody is asked any more.

    begin, end: of each TPS (columns), of one report or of several (rows), `what`.
    """
    end = np.minimum(end, timestamps.to_us(register.election.day_end))
    turn, late = np.nonzero(np.atleast_2d(begin < end))
    area = register.tps["kecamatan"].to_numpy("object")[late]
    return build_intervals(
        rule,
        subject=area,
        kecamatan=area,
        member=register.tps["code"].to_numpy("object")[late],
        begin=np.atleast_2d(begin)[turn, late],
        end=np.atleast_2d(end)[turn, late],
        value=None if deadline_codes is None else deadline_codes[turn],
        latihan=bool(station_reports.reports.is_exercise.any()),
    )
