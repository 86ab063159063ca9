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
from situasi.analysis.alerts.intervals import FOREVER, first, heard, joined, spells
from situasi.analysis.stations.deadlines import Due, dues
from situasi.analysis.stations.reports import Reports, of_stations
from situasi.analysis.stations.status import ARRIVED
from situasi.analysis.timestamps import Micros
from situasi.domain.alert_rules import AlertRule
from situasi.domain.feed_schemas import FASE, TPS
from situasi.domain.register import Register

_US = 1_000_000
_OPEN, _CLOSED = FASE.index("dibuka"), FASE.index("ditutup")
_LEFT, _AT_PPS = FASE.index("kotak_bergeser"), FASE.index("kotak_tiba_pps")


@dataclass(frozen=True)
class Told:
    """Reports of TPS of the register, and when each was known."""

    reports: Reports
    known: Micros
    size: int

    def first(self, which: npt.NDArray[np.bool_]) -> Micros:
        """By TPS, when the first of these reports was known."""
        return first(self.size, self.reports.place[which], self.known[which])


def told(rows: pd.DataFrame, register: Register, at: datetime) -> Told:
    """rows: of the feed, known."""
    there, known = heard(rows, at)
    reports = of_stations(there, register)
    reports = reports.take(reports.place >= 0)
    seq = there["seq"].to_numpy("int64")
    order = np.argsort(seq, kind="stable")
    mine = known[order[np.searchsorted(seq[order], reports.seq)]] if len(reports) else known[:0]
    return Told(reports, mine, len(register.tps))


def unopened(found: Told, rule: AlertRule, register: Register) -> pd.DataFrame:
    """TPS not known to be open so long after the time that rules.toml says."""
    due = next((one for one in dues(register.election) if one.what == "dibuka"), None)
    if due is None:
        return joined([])
    late = timestamps.of(due.late + rule.grace) + 1  # at its time it is not late yet
    met = _met(due, found, register)
    return _spells("belum_dibuka", register, np.full(found.size, late), met, found)


def silent(found: Told, rule: AlertRule, register: Register) -> pd.DataFrame:
    """TPS that owe a report for longer than the rule says."""
    owed = [due for due in dues(register.election) if due.what not in rule.excluded_phases]
    begin = [
        np.full(found.size, timestamps.of(due.late + rule.grace) + 1, dtype="int64") for due in owed
    ]
    met = [_met(due, found, register) for due in owed]
    return _spells("tps_diam", register, np.array(begin), np.array(met), found,
                   np.array([due.what for due in owed], dtype=object))  # fmt: skip


def _met(due: Due, found: Told, register: Register) -> Micros:
    """When each TPS was first known to owe this report no longer: see reporting.judged."""
    reports = found.reports
    counted = ~np.isnan(reports.heads)
    if due.hour is None:
        met = reports.fase >= due.rank
        if due.rank <= _OPEN:  # heads that were counted say that it was opened
            met |= counted & (reports.heads > 0)
        return found.first(met)
    awaited, hour = timestamps.of(due.awaited), timestamps.of(due.hour)
    met = counted & (reports.at >= awaited)
    met |= (reports.fase == _OPEN) & reports.exact & (reports.at >= hour)
    election = register.election
    if due.hour + election.rules.tps.count_interval <= election.local_time(election.tps_closes):
        met |= reports.fase >= _CLOSED
    return found.first(met)


def boxes(found: Told, rule: AlertRule, register: Register) -> pd.DataFrame:
    """Boxes that are on their way for longer than the rule says."""
    reports = found.reports
    moved = np.flatnonzero(np.isin(reports.fase, [_LEFT, _AT_PPS]))
    there = found.first(np.isin(reports.fase, [FASE.index(fase) for fase in ARRIVED]))
    moved = moved[np.lexsort((reports.seq[moved], found.known[moved], reports.place[moved]))]
    place, known = reports.place[moved], found.known[moved]
    # Of a word without its minute the time when it was known is taken.
    since = np.where(reports.exact[moved], reports.at[moved], known)
    furthest = _running_max(place, since)
    following = np.append(np.where(place[1:] == place[:-1], known[1:], FOREVER), FOREVER)
    late = furthest + int(rule.grace.total_seconds()) * _US + 1
    begin = np.maximum(known, late)
    end = np.minimum(following[: len(moved)], there[place])
    table = register.tps
    return spells(
        "kotak",
        subject=table["kecamatan"].to_numpy()[place],
        kecamatan=table["kecamatan"].to_numpy()[place],
        member=table["code"].to_numpy()[place],
        begin=begin,
        end=end,
        value=[timestamps.moment(int(one)) for one in since],
        feed=TPS.name,
        seq=reports.seq[moved],
        latihan=reports.made_up[moved],
    )


def _running_max(place: npt.NDArray[np.int64], values: Micros) -> Micros:
    """The greatest so far of each place; rows of one place stand together."""
    found = values.copy()
    for at in range(1, len(found)):
        if place[at] == place[at - 1]:
            found[at] = max(found[at], found[at - 1])
    return found


def wrong(found: Told, register: Register) -> pd.DataFrame:
    """TPS whose newest count is smaller than the one before, or above its list."""
    limits, voters = _limits(register), _voters(register)
    spelled = [
        spell
        for place, rows in _suspects(found, limits, register)
        for spell in _replayed(place, rows, found, limits[place], voters[place])
    ]
    parts = []
    for rule in ("hadir_turun", "hadir_lebih"):
        mine = [one for one in spelled if one[0] == rule]
        place = np.array([one[1] for one in mine], dtype=np.intp)
        parts.append(
            spells(
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
    return joined(parts)


def _suspects(
    found: Told, limits: npt.NDArray[np.float64], register: Register
) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """TPS that ever had a falling or too high count, with the positions of their counts."""
    reports, election = found.reports, register.election
    start = timestamps.of(election.local_time(datetime.min.time()))
    today = (reports.at >= start) & (reports.at <= timestamps.of(election.day_end))
    counted = np.flatnonzero(~np.isnan(reports.heads) & today)
    counted = counted[np.argsort(reports.place[counted], kind="stable")]  # oldest first in each
    place, heads = reports.place[counted], reports.heads[counted]
    fell = np.append(False, (place[1:] == place[:-1]) & (heads[1:] < heads[:-1]))[: len(place)]
    above = _listed(reports, counted) > limits[place]
    for suspect in np.unique(place[fell | above]).tolist():
        low, high = np.searchsorted(place, [suspect, suspect + 1])
        yield suspect, counted[low:high]


def _listed(reports: Reports, at: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    return np.where(np.isnan(reports.on_list[at]), reports.heads[at], reports.on_list[at])


def _limits(register: Register) -> npt.NDArray[np.float64]:
    """From how many heads on each list is exceeded, as in analysis.doubts; NaN: never."""
    voters = _voters(register)
    wide = register.election.rules.tps.estimated_list_factor
    limit: npt.NDArray[np.float64] = np.where(voters > 0, voters, np.nan) * np.where(
        register.tps["estimated"].to_numpy(bool), wide, 1.0
    )
    return limit


def _voters(register: Register) -> npt.NDArray[np.float64]:
    """On the list of each TPS; NaN: not known."""
    return register.tps["dpt"].to_numpy("float64", na_value=np.nan)


def _replayed(
    place: int, rows: npt.NDArray[np.intp], found: Told, limit: float, voters: float
) -> Iterator[tuple[Any, ...]]:
    """rule, place, begin, end, what it was held against, seq, latihan of each spell of a TPS."""
    reports = found.reports
    inturn = rows[np.lexsort((reports.seq[rows], found.known[rows]))].tolist()
    standing: dict[int, int] = {}
    moments: list[int] = []  # of standing, in order
    for turn, row in enumerate(inturn):
        moment = int(reports.at[row])
        held = standing.get(moment)
        rank = (int(reports.told[row]), int(reports.seq[row]))
        if held is None:
            insort(moments, moment)
        if held is None or rank > (int(reports.told[held]), int(reports.seq[held])):
            standing[moment] = row
        begin = int(found.known[row])
        end = int(found.known[inturn[turn + 1]]) if turn + 1 < len(inturn) else FOREVER
        last = standing[moments[-1]]
        told_of = (int(reports.seq[last]), bool(reports.made_up[last]))
        earlier = standing[moments[-2]] if len(moments) > 1 else last
        if reports.heads[last] < (before := reports.heads[earlier]):
            yield ("hadir_turun", place, begin, end, float(before), *told_of)
        if _listed(reports, np.array([last]))[0] > limit:
            yield ("hadir_lebih", place, begin, end, voters, *told_of)


def _spells(
    rule: str,
    register: Register,
    begin: Micros,
    end: Micros,
    found: Told,
    what: npt.NDArray[np.object_] | None = None,
) -> pd.DataFrame:
    """Spells of TPS by kecamatan, until the watch is over: then nobody is asked any more.

    begin, end: of each TPS (columns), of one report or of several (rows), `what`.
    """
    end = np.minimum(end, timestamps.of(register.election.day_end))
    turn, late = np.nonzero(np.atleast_2d(begin < end))
    area = register.tps["kecamatan"].to_numpy("object")[late]
    return spells(
        rule,
        subject=area,
        kecamatan=area,
        member=register.tps["code"].to_numpy("object")[late],
        begin=np.atleast_2d(begin)[turn, late],
        end=np.atleast_2d(end)[turn, late],
        value=None if what is None else what[turn],
        latihan=bool(found.reports.made_up.any()),
    )
