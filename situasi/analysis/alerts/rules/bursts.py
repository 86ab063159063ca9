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
from situasi.analysis.alerts.case_history import CaseHistory
from situasi.analysis.alerts.intervals import build_intervals, empty_intervals
from situasi.analysis.timestamps import Micros
from situasi.domain.alert_rules import AlertRule, BurstRule
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.register import Register

_MICROSECOND = timedelta(microseconds=1)
_HOUR_US = 3_600_000_000
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _ReportSeries:
    """The new reports of the day, in the order known. area: the place of their kecamatan."""

    known_us: Micros
    kecamatan_index: npt.NDArray[np.intp]
    merged_intervals: list[tuple[int, int, int]]  # which of them was merged into another, when

    def count_within(
        self, since: Micros, until: Micros, kecamatan_index: npt.NDArray[np.intp] | None
    ) -> _Floats:
        """How many came after `since` up to `until`, of this area (None: of all), each merged one
        left out from when it was."""
        if kecamatan_index is None:
            counted = _count_between(self.known_us, since, until)
        else:
            counted = np.zeros(len(since))
            for one in np.unique(kecamatan_index):
                mine = kecamatan_index == one
                counted[mine] = _count_between(
                    self.known_us[self.kecamatan_index == one], since[mine], until[mine]
                )
        if not self.merged_intervals:
            return counted
        at, begin, end = np.array(self.merged_intervals, dtype="int64").T
        for one in [None] if kecamatan_index is None else np.unique(kecamatan_index):
            mine = np.ones(len(until), bool) if one is None else kecamatan_index == one
            some = np.ones(len(at), bool) if one is None else self.kecamatan_index[at] == one
            known, asked = self.known_us[at[some]], (since[mine], until[mine])
            # Known before it was merged; so it is gone where that began by then and did not end.
            gone = _count_ended_since(known, begin[some], *asked) - _count_ended_since(
                known, end[some], *asked
            )
            counted[mine] -= gone
        return counted


def _count_ended_since(known_us: Micros, end_us: Micros, since: Micros, until: Micros) -> _Floats:
    """How many of these were known after each `since`, and are `by` its `until`."""
    order, asked = np.argsort(-known_us, kind="stable"), np.argsort(-since, kind="stable")
    found, begun, at = np.zeros(len(since)), list[int](), 0
    late, when = known_us[order].tolist(), end_us[order].tolist()
    for one in asked.tolist():
        while at < len(late) and late[at] > since[one]:
            insort(begun, when[at])
            at += 1
        found[one] = bisect_right(begun, int(until[one]))
    return found


def _count_between(known_us: Micros, since: Micros, until: Micros) -> _Floats:
    upto = np.searchsorted(known_us, until, side="right")
    return (upto - np.searchsorted(known_us, since, side="right")).astype("float64")


def find_bursts(history: CaseHistory, rule: AlertRule, register: Register) -> pd.DataFrame:
    """A spell of each report in a window that is more than chance, from when the last of it came.

    It lasts as long as the window after that report. value: how many would be usual.
    """
    burst, first = rule.burst, history.first_reports
    start = timestamps.to_us(register.election.day_start)
    end = timestamps.to_us(register.election.day_end)
    inside = (first["known"] > start) & (first["known"] <= end)
    inside &= first["kecamatan"].isin(list(register.kecamatan))
    some = first[inside].sort_values(["known", "seq"], kind="stable").reset_index(drop=True)
    if burst is None or some.empty:
        return empty_intervals()
    names = list(register.kecamatan)
    area = pd.Index(names).get_indexer(pd.Index(some["kecamatan"]))
    place = {case: at for at, case in enumerate(some["case"])}
    away = [
        (place[case], begin, gone)
        for case, begin, gone in history.merged_intervals
        if case in place
    ]
    told = _ReportSeries(some["known"].to_numpy("int64"), area, away)
    tps = np.bincount(pd.Index(names).get_indexer(pd.Index(register.tps["kecamatan"])),
                      minlength=len(names)).astype("float64")  # fmt: skip
    parts = [
        _find_window_bursts(told, some, window // _MICROSECOND, burst, tps, start)
        for window in burst.windows
    ]
    return pd.concat(parts, ignore_index=True)


def _find_window_bursts(
    series: _ReportSeries,
    reports: pd.DataFrame,
    window_us: int,
    burst: BurstRule,
    tps_counts: _Floats,
    start_us: int,
) -> pd.DataFrame:
    until = series.known_us
    since = np.maximum(until - window_us, start_us)
    counted = series.count_within(since, until, series.kecamatan_index)
    usual, chance = _compute_tail_probabilities(
        series, since, until, counted, burst, tps_counts, start_us
    )
    level = np.full(len(until), -1)
    for place, rare in burst.level_probabilities:
        level[(chance < rare / len(burst.windows)) & (counted >= burst.min_count)] = place
    return _build_burst_intervals(
        reports, series, np.flatnonzero(level >= 0), since, window_us, level, usual
    )


def _build_burst_intervals(
    reports: pd.DataFrame,
    series: _ReportSeries,
    last_reports: npt.NDArray[np.intp],
    since: Micros,
    window_us: int,
    level: npt.NDArray[np.int64],
    usual: _Floats,
) -> pd.DataFrame:
    """The reports of each window that is more than chance. rare: the last report of each."""
    pairs = [
        _find_first_membership(
            series,
            last_reports[
                (series.kecamatan_index[last_reports] == area) & (level[last_reports] == place)
            ],
            since,
            area,
        )
        for area, place in {
            (int(series.kecamatan_index[at]), int(level[at])) for at in last_reports.tolist()
        }
    ]
    last = np.concatenate([at for at, _member in pairs] or [last_reports])
    rows = reports.take(np.concatenate([member for _at, member in pairs] or [last_reports]))
    code = reports["kecamatan"].to_numpy()[last]
    return build_intervals(
        "beruntun",
        subject=code,
        kecamatan=code,
        member=rows["case"].to_numpy(),
        begin=series.known_us[last],
        end=rows["known"].to_numpy("int64") + window_us,
        level=level[last],
        value=usual[last],
        feed=INCIDENTS.name,
        seq=rows["seq"].to_numpy(),
        latihan=rows["latihan"].to_numpy(),
    )


def _find_first_membership(
    series: _ReportSeries, last_reports: npt.NDArray[np.intp], since: Micros, kecamatan_index: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Each report that was in any of these windows (given by their last report) of one kecamatan,
    and the last report of the first window it was in: from then on it is one of a burst."""
    mine = np.flatnonzero(series.kecamatan_index == kecamatan_index)
    turn = np.searchsorted(series.known_us[last_reports], series.known_us[mine], side="left")
    mine, turn = mine[turn < len(last_reports)], turn[turn < len(last_reports)]
    at = last_reports[turn]
    inside = since[at] < series.known_us[mine]
    if series.merged_intervals:
        away = pd.DataFrame(series.merged_intervals, columns=["mine", "begin", "end"])
        asked = pd.DataFrame(
            {"mine": mine, "turn": np.arange(len(mine)), "then": series.known_us[at]}
        )
        met = asked.merge(away, on="mine")
        gone = met["turn"][(met["begin"] <= met["then"]) & (met["then"] < met["end"])]
        inside[gone.to_numpy()] = False
    return at[inside], mine[inside]


def _compute_tail_probabilities(
    series: _ReportSeries,
    since: Micros,
    until: Micros,
    counted: _Floats,
    burst: BurstRule,
    tps_counts: _Floats,
    start_us: int,
) -> tuple[_Floats, _Floats]:
    """How many are usual in each window, and how likely so many or more are."""
    from scipy.special import betainc  # dear to load, and only here

    mine, others = (
        tps_counts[series.kecamatan_index],
        tps_counts.sum() - tps_counts[series.kecamatan_index],
    )
    begun = np.full(len(until), start_us)
    # Reports for each TPS and hour, of the other kecamatan: before the window, and in it.
    held = np.full(len(until), burst.prior_rate)
    before = _compute_shrunk_rate(
        series, begun, since, others, held, burst.prior_hours * tps_counts.sum()
    )
    within = _compute_shrunk_rate(
        series, since, until, others, before, burst.pace_hours * tps_counts.sum()
    )
    shape = burst.gamma_shape + series.count_within(begun, since, series.kecamatan_index)
    factor = shape / (burst.gamma_shape + before * mine * (since - begun) / _HOUR_US)
    usual = factor * within * mine * (until - since) / _HOUR_US
    # The tail of the negative binomial: scipy.stats.nbinom.sf, without loading all of it.
    chance = betainc(counted, shape, usual / (shape + usual))
    return usual, np.asarray(chance)


def _compute_shrunk_rate(
    series: _ReportSeries,
    since: Micros,
    until: Micros,
    other_tps: _Floats,
    prior_rate: _Floats,
    prior_weight: float,
) -> _Floats:
    """What the other kecamatan told for each TPS and hour, shrunk to what was held before.

    weight: of what was held, in hours of TPS.
    """
    heard = series.count_within(since, until, None) - series.count_within(
        since, until, series.kecamatan_index
    )
    return (heard + prior_rate * prior_weight) / (
        other_tps * (until - since) / _HOUR_US + prior_weight
    )
