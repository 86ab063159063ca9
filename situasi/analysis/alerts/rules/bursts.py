"""Bursts: more new reports of one kecamatan within a short time than is usual there and then.

The usual number follows a Gamma-Poisson model: the rate of the kabupaten in the same window (from
the other kecamatan) times the ratio of this kecamatan's reports today to its share, both shrunk to
their prior. The number in the window is then negative binomial, and an alert is raised when so many
or more would occur by chance less often than the rule says.
"""

from bisect import bisect_right, insort
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.case_history import CaseHistory
from situasi.analysis.alerts.intervals import build_intervals, empty_intervals
from situasi.analysis.timestamps import MICROSECOND, Micros
from situasi.domain.alert_rules import AlertRule, BurstRule
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.register import Register

_HOUR_US = 3_600_000_000
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _ReportSeries:
    """The new reports of the day in the order known. kecamatan_index: index of their kecamatan."""

    known_us: Micros
    kecamatan_index: npt.NDArray[np.intp]
    merged_intervals: list[tuple[int, int, int]]  # (report, begin, end) while merged

    def count_within(
        self, since: Micros, until: Micros, kecamatan_index: npt.NDArray[np.intp] | None
    ) -> _Floats:
        """Return how many reports came after `since` up to `until`, of one kecamatan (None: all),
        without merged ones from when they were merged."""
        if kecamatan_index is None:
            counted = _count_between(self.known_us, since, until)
        else:
            counted = np.zeros(len(since))
            for code in np.unique(kecamatan_index):
                in_area = kecamatan_index == code
                counted[in_area] = _count_between(
                    self.known_us[self.kecamatan_index == code], since[in_area], until[in_area]
                )
        if not self.merged_intervals:
            return counted
        positions, begin, end = np.array(self.merged_intervals, dtype="int64").T
        for code in [None] if kecamatan_index is None else np.unique(kecamatan_index):
            in_area = np.ones(len(until), bool) if code is None else kecamatan_index == code
            chosen = (
                np.ones(len(positions), bool)
                if code is None
                else self.kecamatan_index[positions] == code
            )
            known, windows = self.known_us[positions[chosen]], (since[in_area], until[in_area])
            # Known before it was merged; excluded if a merge began by then and has not ended.
            merged = _count_ended_since(known, begin[chosen], *windows) - _count_ended_since(
                known, end[chosen], *windows
            )
            counted[in_area] -= merged
        return counted


def _count_ended_since(known_us: Micros, end_us: Micros, since: Micros, until: Micros) -> _Floats:
    """Count per window the reports known after its `since` with `end_us` not after its `until`."""
    order, window_order = np.argsort(-known_us, kind="stable"), np.argsort(-since, kind="stable")
    counts, end_times, position = np.zeros(len(since)), list[int](), 0
    known_values, end_values = known_us[order].tolist(), end_us[order].tolist()
    for window in window_order.tolist():
        while position < len(known_values) and known_values[position] > since[window]:
            insort(end_times, end_values[position])
            position += 1
        counts[window] = bisect_right(end_times, int(until[window]))
    return counts


def _count_between(known_us: Micros, since: Micros, until: Micros) -> _Floats:
    until_index = np.searchsorted(known_us, until, side="right")
    return (until_index - np.searchsorted(known_us, since, side="right")).astype("float64")


def find_bursts(history: CaseHistory, rule: AlertRule, register: Register) -> pd.DataFrame:
    """Find the reports in windows with more than chance, from when the last report of one came.

    An interval lasts as long as the window after that report. value: the usual number.
    """
    burst, first = rule.burst, history.first_reports
    start = timestamps.to_us(register.election.day_start)
    end = timestamps.to_us(register.election.day_end)
    inside = (first["known"] > start) & (first["known"] <= end)
    inside &= first["kecamatan"].isin(list(register.kecamatan))
    reports = first[inside].sort_values(["known", "seq"], kind="stable").reset_index(drop=True)
    if burst is None or reports.empty:
        return empty_intervals()
    codes = list(register.kecamatan)
    area = pd.Index(codes).get_indexer(pd.Index(reports["kecamatan"]))
    position_by_case = {case: index for index, case in enumerate(reports["case"])}
    merged = [
        (position_by_case[case], begin, end_us)
        for case, begin, end_us in history.merged_intervals
        if case in position_by_case
    ]
    series = _ReportSeries(reports["known"].to_numpy("int64"), area, merged)
    tps_counts = np.bincount(pd.Index(codes).get_indexer(pd.Index(register.tps["kecamatan"])),
                      minlength=len(codes)).astype("float64")  # fmt: skip
    parts = [
        _find_window_bursts(series, reports, window // MICROSECOND, burst, tps_counts, start)
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
    for place, probability in burst.level_probabilities:
        level[(chance < probability / len(burst.windows)) & (counted >= burst.min_count)] = place
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
    """Build intervals for the reports of these windows, each given by its last report."""
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
            (int(series.kecamatan_index[i]), int(level[i])) for i in last_reports.tolist()
        }
    ]
    last = np.concatenate([first for first, _member in pairs] or [last_reports])
    rows = reports.take(np.concatenate([member for _first, member in pairs] or [last_reports]))
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
    """Return each report inside any of these windows (given by their last report) of one kecamatan,
    and the last report of the first such window: from then on the report is part of a burst."""
    members = np.flatnonzero(series.kecamatan_index == kecamatan_index)
    window = np.searchsorted(series.known_us[last_reports], series.known_us[members], side="left")
    members, window = members[window < len(last_reports)], window[window < len(last_reports)]
    first = last_reports[window]
    inside = since[first] < series.known_us[members]
    if series.merged_intervals:
        merged = pd.DataFrame(series.merged_intervals, columns=["mine", "begin", "end"])
        windows = pd.DataFrame(
            {"mine": members, "turn": np.arange(len(members)), "then": series.known_us[first]}
        )
        overlaps = windows.merge(merged, on="mine")
        is_merged = (overlaps["begin"] <= overlaps["then"]) & (overlaps["then"] < overlaps["end"])
        inside[overlaps.loc[is_merged, "turn"].to_numpy()] = False
    return first[inside], members[inside]


def _compute_tail_probabilities(
    series: _ReportSeries,
    since: Micros,
    until: Micros,
    counted: _Floats,
    burst: BurstRule,
    tps_counts: _Floats,
    start_us: int,
) -> tuple[_Floats, _Floats]:
    """Return the usual number in each window, and the probability of so many or more reports."""
    from scipy.special import betainc  # slow to import, needed only here

    own_tps = tps_counts[series.kecamatan_index]
    other_tps = tps_counts.sum() - own_tps
    day_start = np.full(len(until), start_us)
    # Reports per TPS and hour of the other kecamatan: before the window, and in it.
    prior_rate = np.full(len(until), burst.prior_rate)
    before = _compute_shrunk_rate(
        series, day_start, since, other_tps, prior_rate, burst.prior_hours * tps_counts.sum()
    )
    within = _compute_shrunk_rate(
        series, since, until, other_tps, before, burst.pace_hours * tps_counts.sum()
    )
    shape = burst.gamma_shape + series.count_within(day_start, since, series.kecamatan_index)
    factor = shape / (burst.gamma_shape + before * own_tps * (since - day_start) / _HOUR_US)
    usual = factor * within * own_tps * (until - since) / _HOUR_US
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
    """Return the reports per TPS and hour of the other kecamatan, shrunk to the prior rate.

    prior_weight: in TPS hours.
    """
    other_counts = series.count_within(since, until, None) - series.count_within(
        since, until, series.kecamatan_index
    )
    return (other_counts + prior_rate * prior_weight) / (
        other_tps * (until - since) / _HOUR_US + prior_weight
    )
