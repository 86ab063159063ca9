"""Bursts: more new reports of one kecamatan within a short time than is usual there and then.

How many are usual is a Gamma-Poisson: the pace of the kabupaten in the same window (told by the
other kecamatan) times what this kecamatan has had today against its share, both shrunk to what was
held before anybody told. The number in the window is then a negative binomial, and an alert is
raised when so many or more would come by chance less often than the rule says.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.case_history import Pieces
from situasi.analysis.alerts.intervals import none, spells
from situasi.analysis.timestamps import Micros
from situasi.domain.alert_rules import AlertRule, BurstRule
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.register import Register

_US = timedelta(microseconds=1)
_HOUR = 3_600_000_000
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Told:
    """The new reports of the day, in the order known. area: the place of their kecamatan."""

    known: Micros
    area: npt.NDArray[np.intp]
    away: list[tuple[int, int, int]]  # which of them was merged into another, when

    def within(self, since: Micros, until: Micros, area: npt.NDArray[np.intp] | None) -> _Numbers:
        """How many came after `since` up to `until`, of this area (None: of all), each merged one
        left out from when it was."""
        if area is None:
            counted = _between(self.known, since, until)
        else:
            counted = np.zeros(len(since))
            for one in np.unique(area):
                mine = area == one
                counted[mine] = _between(self.known[self.area == one], since[mine], until[mine])
        if not self.away:
            return counted
        at, begin, end = np.array(self.away, dtype="int64").T
        for one in [None] if area is None else np.unique(area):
            mine = np.ones(len(until), bool) if one is None else area == one
            some = np.ones(len(at), bool) if one is None else self.area[at] == one
            known, asked = self.known[at[some]], (since[mine], until[mine])
            # Known before it was merged; so it is gone where that began by then and did not end.
            gone = _later(known, begin[some], *asked) - _later(known, end[some], *asked)
            counted[mine] -= gone
        return counted


def _later(known: Micros, by: Micros, since: Micros, until: Micros) -> _Numbers:
    """How many of these were known after each `since`, and are `by` its `until`."""
    order, asked = np.argsort(-known, kind="stable"), np.argsort(-since, kind="stable")
    found, begun, at = np.zeros(len(since)), list[int](), 0
    late, when = known[order].tolist(), by[order].tolist()
    for one in asked.tolist():
        while at < len(late) and late[at] > since[one]:
            insort(begun, when[at])
            at += 1
        found[one] = bisect_right(begun, int(until[one]))
    return found


def _between(known: Micros, since: Micros, until: Micros) -> _Numbers:
    upto = np.searchsorted(known, until, side="right")
    return (upto - np.searchsorted(known, since, side="right")).astype("float64")


def bursts(found: Pieces, rule: AlertRule, register: Register) -> pd.DataFrame:
    """A spell of each report in a window that is more than chance, from when the last of it came.

    It lasts as long as the window after that report. value: how many would be usual.
    """
    burst, first = rule.burst, found.first
    start = timestamps.of(register.election.day_start)
    end = timestamps.of(register.election.day_end)
    inside = (first["known"] > start) & (first["known"] <= end)
    inside &= first["kecamatan"].isin(list(register.kecamatan))
    some = first[inside].sort_values(["known", "seq"], kind="stable").reset_index(drop=True)
    if burst is None or some.empty:
        return none()
    names = list(register.kecamatan)
    area = pd.Index(names).get_indexer(pd.Index(some["kecamatan"]))
    place = {case: at for at, case in enumerate(some["case"])}
    away = [(place[case], begin, gone) for case, begin, gone in found.away if case in place]
    told = _Told(some["known"].to_numpy("int64"), area, away)
    tps = np.bincount(pd.Index(names).get_indexer(pd.Index(register.tps["kecamatan"])),
                      minlength=len(names)).astype("float64")  # fmt: skip
    parts = [_of_window(told, some, window // _US, burst, tps, start) for window in burst.windows]
    return pd.concat(parts, ignore_index=True)


def _of_window(
    told: _Told, some: pd.DataFrame, window: int, burst: BurstRule, tps: _Numbers, start: int
) -> pd.DataFrame:
    until = told.known
    since = np.maximum(until - window, start)
    counted = told.within(since, until, told.area)
    usual, chance = _chances(told, since, until, counted, burst, tps, start)
    level = np.full(len(until), -1)
    for place, rare in burst.level_probabilities:
        level[(chance < rare / len(burst.windows)) & (counted >= burst.min_count)] = place
    return _spells(some, told, np.flatnonzero(level >= 0), since, window, level, usual)


def _spells(
    some: pd.DataFrame,
    told: _Told,
    rare: npt.NDArray[np.intp],
    since: Micros,
    window: int,
    level: npt.NDArray[np.int64],
    usual: _Numbers,
) -> pd.DataFrame:
    """The reports of each window that is more than chance. rare: the last report of each."""
    pairs = [
        _first_called(told, rare[(told.area[rare] == area) & (level[rare] == place)], since, area)
        for area, place in {(int(told.area[at]), int(level[at])) for at in rare.tolist()}
    ]
    last = np.concatenate([at for at, _member in pairs] or [rare])
    rows = some.take(np.concatenate([member for _at, member in pairs] or [rare]))
    code = some["kecamatan"].to_numpy()[last]
    return spells(
        "beruntun",
        subject=code,
        kecamatan=code,
        member=rows["case"].to_numpy(),
        begin=told.known[last],
        end=rows["known"].to_numpy("int64") + window,
        level=level[last],
        value=usual[last],
        feed=INCIDENTS.name,
        seq=rows["seq"].to_numpy(),
        latihan=rows["latihan"].to_numpy(),
    )


def _first_called(
    told: _Told, rare: npt.NDArray[np.intp], since: Micros, area: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Each report that was in any of these windows (given by their last report) of one kecamatan,
    and the last report of the first window it was in: from then on it is one of a burst."""
    mine = np.flatnonzero(told.area == area)
    turn = np.searchsorted(told.known[rare], told.known[mine], side="left")
    mine, turn = mine[turn < len(rare)], turn[turn < len(rare)]
    at = rare[turn]
    inside = since[at] < told.known[mine]
    if told.away:
        away = pd.DataFrame(told.away, columns=["mine", "begin", "end"])
        asked = pd.DataFrame({"mine": mine, "turn": np.arange(len(mine)), "then": told.known[at]})
        met = asked.merge(away, on="mine")
        gone = met["turn"][(met["begin"] <= met["then"]) & (met["then"] < met["end"])]
        inside[gone.to_numpy()] = False
    return at[inside], mine[inside]


def _chances(
    told: _Told,
    since: Micros,
    until: Micros,
    counted: _Numbers,
    burst: BurstRule,
    tps: _Numbers,
    start: int,
) -> tuple[_Numbers, _Numbers]:
    """How many are usual in each window, and how likely so many or more are."""
    from scipy.special import betainc  # dear to load, and only here

    mine, others = tps[told.area], tps.sum() - tps[told.area]
    begun = np.full(len(until), start)
    # Reports for each TPS and hour, of the other kecamatan: before the window, and in it.
    held = np.full(len(until), burst.prior_rate)
    before = _rate(told, begun, since, others, held, burst.prior_hours * tps.sum())
    within = _rate(told, since, until, others, before, burst.pace_hours * tps.sum())
    shape = burst.gamma_shape + told.within(begun, since, told.area)
    factor = shape / (burst.gamma_shape + before * mine * (since - begun) / _HOUR)
    usual = factor * within * mine * (until - since) / _HOUR
    # The tail of the negative binomial: scipy.stats.nbinom.sf, without loading all of it.
    chance = betainc(counted, shape, usual / (shape + usual))
    return usual, np.asarray(chance)


def _rate(
    told: _Told, since: Micros, until: Micros, others: _Numbers, held: _Numbers, weight: float
) -> _Numbers:
    """What the other kecamatan told for each TPS and hour, shrunk to what was held before.

    weight: of what was held, in hours of TPS.
    """
    heard = told.within(since, until, None) - told.within(since, until, told.area)
    return (heard + held * weight) / (others * (until - since) / _HOUR + weight)
