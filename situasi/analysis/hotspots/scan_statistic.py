"""Clusters: incidents that lie together in place and time more than chance would have them.

Kulldorff's prospective space-time scan (2001): each place with its neighbours, over each stretch
of time that reaches to now, is a cylinder. The one with the highest likelihood ratio is held
against days on which the same number of incidents, in each step of time, falls on the TPS by
chance. As each step keeps its own number, hours in which more happens everywhere (opening,
closing) are no cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.hotspots.exposure import Floats, ObservedDay
from situasi.domain.rules import ClusterRules

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# Where the names of kecamatan stand: (code, longitude, latitude).
Centres = tuple[tuple[str, float, float], ...]

_BATCH_DAYS = 111  # days thrown at a time
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Cluster:
    """One cylinder: desa, or all of these kecamatan, from start until the moment.

    expected: how many incidents chance would put there. chance: p, the share of days thrown by
    chance whose best cylinder is at least as good. cases: keys of those observed, oldest first.
    """

    kecamatan: tuple[str, ...]
    desa: str | None
    start: datetime
    end: datetime
    observed: int
    expected: float
    p_value: float
    cases: tuple[str, ...]


@dataclass(frozen=True)
class ScanResult:
    """clusters: the likeliest first, none overlaps another, each with p at most the level.

    among: incidents that lie in the steps scanned; of these with_desa name a known desa. best: p
    of the best cylinder, cluster or not; None where there was none. thrown: days by chance.
    """

    clusters: tuple[Cluster, ...]
    scanned_count: int
    with_desa_count: int
    best_p_value: float | None
    simulated_days: int


@dataclass(frozen=True)
class SpatialUnits:
    """The places in which a case can be: each desa, and each kecamatan without saying which desa.

    codes: of both. inside: for each, the number of its kecamatan; sizes: its TPS. desa: which are.
    """

    kecamatan: tuple[str, ...]
    codes: tuple[str, ...]
    kecamatan_index: Counts
    tps_counts: Floats
    is_desa: Mask


@dataclass(frozen=True)
class NullDraw:
    """Incidents that chance may move: so many in one step, onto units with these weights."""

    step: int
    count: int
    weights: Floats


@dataclass(frozen=True)
class CylinderStatistics:
    """Cylinders by steps back (rows) and zone. ratio: log likelihood ratio, 0 where none."""

    observed: Counts
    expected: Floats
    log_likelihood_ratio: Floats


def scan(day: ObservedDay, tps: pd.DataFrame, centres: Centres, rules: ClusterRules) -> ScanResult:
    """The clusters alive at the moment. tps: of the register. centres: of the kecamatan."""
    steps = _step_starts(day, rules)
    nothing = ScanResult((), 0, 0, None, 0)
    if not len(steps):
        return nothing
    units = build_units(tps, list(day.tps_counts.index))
    at = _find_step_index(day, len(steps), rules)
    unit = _find_unit_index(day.cases, units)
    recent = at >= 0
    counts = np.zeros((len(steps), len(units.codes)), dtype="int64")
    np.add.at(counts, (at[recent], unit[recent]), 1)
    thrown = build_null_draws(counts, units, day.exposure_hours(steps, rules.bin_width))
    zones = build_zones(units, centres, rules.max_tps_share)
    best = compute_cylinders(counts, thrown, units, zones, len(day.cases), rules)
    among, known = int(counts.sum()), int(counts[:, units.is_desa].sum())
    if not best.log_likelihood_ratio.any():
        return ScanResult((), among, known, None, 0)
    chosen = select_disjoint(best, units, zones)
    chances, days = compute_p_values([ratio for ratio, *_ in chosen], thrown, units, zones,
                           len(day.cases), rules)  # fmt: skip
    found = [
        _build_cluster(day, best, units, zones, steps[back], (back, zone), p, (at, unit))
        for (_ratio, back, zone), p in zip(chosen, chances, strict=True)
        if p <= rules.significance_level
    ]
    return ScanResult(tuple(found), among, known, chances[0], days)


def _step_starts(day: ObservedDay, rules: ClusterRules) -> pd.DatetimeIndex:
    """The starts of the steps, the newest first; none before the day began."""
    most = int(min(rules.max_duration, day.at - day.start) / rules.bin_width)
    return pd.DatetimeIndex([day.at - rules.bin_width * (back + 1) for back in range(most)])


def _find_step_index(
    day: ObservedDay, step_count: int, rules: ClusterRules
) -> npt.NDArray[np.intp]:
    """How many steps back each case happened; -1 for those before the first."""
    ago = timestamps.to_us(day.at) - timestamps.column_to_us(day.cases["occurred_at"])
    back = (ago - 1) // (rules.bin_width // timedelta(microseconds=1))
    return np.where(back < step_count, back, -1)


def build_units(tps: pd.DataFrame, kecamatan: Sequence[str]) -> SpatialUnits:
    """The units of the register's TPS; ordered by kecamatan, its own unit first."""
    codes: list[str] = []
    inside: list[int] = []
    sizes: list[float] = []
    for number, code in enumerate(kecamatan):
        own = tps.loc[tps["kecamatan"] == code, "desa"].value_counts(sort=False)
        codes += [code, *map(str, own.index)]
        inside += [number] * (len(own) + 1)
        sizes += [float(own.sum()), *map(float, own)]
    names = set(kecamatan)
    return SpatialUnits(
        tuple(kecamatan),
        tuple(codes),
        np.array(inside, dtype="int64"),
        np.array(sizes),
        np.array([code not in names for code in codes]),
    )


def _find_unit_index(cases: pd.DataFrame, units: SpatialUnits) -> Counts:
    """The unit of each case: its desa where it is known there, else its kecamatan."""
    index = pd.Index(units.codes)
    desa = index.get_indexer(pd.Index(cases["desa"].astype("object")))
    kecamatan = index.get_indexer(pd.Index(cases["kecamatan"].astype("object")))
    agrees = (desa >= 0) & (units.kecamatan_index[desa] == units.kecamatan_index[kecamatan])
    return np.where(agrees, desa, kecamatan)


def build_null_draws(counts: Counts, units: SpatialUnits, hours: Floats) -> list[NullDraw]:
    """What chance moves. Those of which nobody said the desa stay such.

    hours: watched, by kecamatan and step: no incident can come from where nobody is heard.
    """
    found = []
    for step, row in enumerate(counts):
        size = units.tps_counts * hours[units.kecamatan_index, step]
        for layer in (units.is_desa, ~units.is_desa):
            number, weights = int(row[layer].sum()), np.where(layer, size, 0.0)
            if number and weights.any():
                found.append(NullDraw(step, number, weights / weights.sum()))
    return found


def build_zones(units: SpatialUnits, centres: Centres, max_share: float) -> Mask:
    """Each kecamatan with its nearest neighbours, up to this share of the TPS; as rows.

    Each kecamatan alone is always one.
    """
    points = {code: (lon, lat) for code, lon, lat in centres}
    size = np.bincount(
        units.kecamatan_index, units.tps_counts * units.is_desa, len(units.kecamatan)
    )
    place = np.array([points.get(code, (np.nan, np.nan)) for code in units.kecamatan])
    narrower = np.cos(np.radians(np.nanmean(place[:, 1]))) if len(points) else 1.0
    found: dict[tuple[int, ...], None] = {}
    for one in range(len(units.kecamatan)):
        away = np.hypot((place[:, 0] - place[one, 0]) * narrower, place[:, 1] - place[one, 1])
        order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")
        near = [one, *(int(n) for n in order if n != one and np.isfinite(away[n]))]
        covered = np.cumsum(size[near])
        for last in range(len(near)):
            if last == 0 or covered[last] <= max_share * size.sum():
                found[tuple(sorted(near[: last + 1]))] = None
    zones = np.zeros((len(found), len(units.kecamatan)), dtype=bool)
    for row, members in enumerate(found):
        zones[row, list(members)] = True
    return zones


def _sum_by_zone(counts: Counts, units: SpatialUnits, zones: Mask) -> Counts:
    """Of each desa alone, then of each zone. counts: units last; what comes before, stays."""
    first = np.flatnonzero(np.r_[True, np.diff(units.kecamatan_index) > 0])
    whole = np.add.reduceat(counts, first, axis=-1)
    # Of whole numbers: multiplied so, nothing waits for the threads of a library for large ones.
    together = whole @ zones.T.astype(whole.dtype)
    return np.concatenate([counts[..., units.is_desa], together], axis=-1)


def compute_cylinders(
    counts: Counts,
    null_draws: Sequence[NullDraw],
    units: SpatialUnits,
    zones: Mask,
    total: int,
    rules: ClusterRules,
) -> CylinderStatistics:
    """All cylinders of what was observed. total: incidents of the whole day."""
    expected = compute_expected(null_draws, units, zones, len(counts))
    observed = _sum_by_zone(np.cumsum(counts, axis=0), units, zones)
    ratio = compute_log_likelihood_ratio(observed, expected, total, rules.min_incidents)
    return CylinderStatistics(observed, expected, ratio)


def compute_expected(
    null_draws: Sequence[NullDraw], units: SpatialUnits, zones: Mask, step_count: int
) -> Floats:
    """How many incidents chance puts into each cylinder."""
    mean = np.zeros((step_count, len(units.codes)))
    for one in null_draws:
        mean[one.step] += one.count * one.weights
    first = np.flatnonzero(np.r_[True, np.diff(units.kecamatan_index) > 0])
    back = np.cumsum(mean, axis=0)
    whole = np.add.reduceat(back, first, axis=-1) @ zones.T
    alone: Floats = np.concatenate([back[:, units.is_desa], whole], axis=-1)
    return alone


def compute_log_likelihood_ratio(
    observed: Counts, expected: Floats, total: int, min_count: int
) -> Floats:
    """Kulldorff's log likelihood ratio; 0 where not more than expected, or fewer than `least`."""
    c, e = np.asarray(observed, dtype="float64"), np.broadcast_to(expected, np.shape(observed))
    more = (c > e) & (c >= min_count) & (e > 0)
    ratio = np.zeros(c.shape)
    inside, mean = c[more], e[more]
    outside, rest = total - inside, total - mean
    value = inside * np.log(inside / mean)
    left = outside > 0
    value[left] += outside[left] * np.log(outside[left] / rest[left])
    ratio[more] = value
    return ratio


def select_disjoint(
    statistics: CylinderStatistics, units: SpatialUnits, zones: Mask
) -> list[tuple[float, int, int]]:
    """The best cylinder, then the best that shares no place with those before: (ratio, row, zone).

    All reach to the moment, so that only their places can keep them apart.
    """
    members = _zone_members(units, zones)
    free = np.ones(len(units.codes), dtype=bool)
    peak = statistics.log_likelihood_ratio.max(axis=0)
    found = []
    for zone in np.argsort(-peak, kind="stable"):
        if peak[zone] <= 0:
            break
        if free[members[zone]].all():
            found.append(
                (
                    float(peak[zone]),
                    int(statistics.log_likelihood_ratio[:, zone].argmax()),
                    int(zone),
                )
            )
            free[members[zone]] = False
    return found


def _zone_members(units: SpatialUnits, zones: Mask) -> Mask:
    alone = np.eye(len(units.codes), dtype=bool)[units.is_desa]
    return np.concatenate([alone, zones[:, units.kecamatan_index]])


def compute_p_values(
    ratios: Sequence[float],
    null_draws: Sequence[NullDraw],
    units: SpatialUnits,
    zones: Mask,
    total: int,
    rules: ClusterRules,
) -> tuple[list[float], int]:
    """p of each of these ratios, the highest first, and how many days were thrown.

    Besag and Clifford (1991): once so many days (`stop_after`) are at least as good as the best,
    it is chance, and its p is told from those thrown.
    """
    expected = compute_expected(null_draws, units, zones, _last_step(null_draws) + 1)
    rng = np.random.default_rng(rules.seed)
    best = np.empty(0)
    while len(best) < rules.replications:
        days = min(_BATCH_DAYS, rules.replications - len(best))
        counts = simulate_days(null_draws, len(units.codes), len(expected), days, rng)
        ratio = compute_max_statistics(counts, expected, units, zones, total, rules.min_incidents)
        best = np.concatenate([best, ratio])
        above = np.cumsum(best >= ratios[0] - _TOLERANCE)
        if above[-1] >= rules.stop_after:
            best = best[: int(np.searchsorted(above, rules.stop_after)) + 1]
            return _early_stopped_p_values(ratios, best), len(best)
    return [float((1 + (best >= r - _TOLERANCE).sum()) / (len(best) + 1)) for r in ratios], len(
        best
    )


def _early_stopped_p_values(ratios: Sequence[float], simulated_ratios: Floats) -> list[float]:
    return [
        float((simulated_ratios >= ratio - _TOLERANCE).sum() / len(simulated_ratios))
        for ratio in ratios
    ]


def _last_step(null_draws: Sequence[NullDraw]) -> int:
    return max((one.step for one in null_draws), default=0)


def simulate_days(
    null_draws: Sequence[NullDraw],
    unit_count: int,
    step_count: int,
    day_count: int,
    rng: np.random.Generator,
) -> Counts:
    """Days by chance: incidents by step, day and unit."""
    counts = np.zeros((step_count, day_count, unit_count), dtype="int64")
    for one in null_draws:
        edges = np.cumsum(one.weights)
        unit = np.searchsorted(edges / edges[-1], rng.random(day_count * one.count), side="right")
        cell = np.repeat(np.arange(day_count), one.count) * unit_count + unit
        counts[one.step] += np.bincount(cell, minlength=day_count * unit_count).reshape(
            day_count, unit_count
        )
    return counts


def compute_max_statistics(
    counts: Counts, expected: Floats, units: SpatialUnits, zones: Mask, total: int, min_count: int
) -> Floats:
    """The best ratio of each day, over all cylinders."""
    summed = _sum_by_zone(np.cumsum(counts, axis=0), units, zones)
    ratio = compute_log_likelihood_ratio(summed, expected[:, None, :], total, min_count)
    highest: Floats = ratio.max(axis=(0, 2))
    return highest


def _build_cluster(
    day: ObservedDay,
    statistics: CylinderStatistics,
    units: SpatialUnits,
    zones: Mask,
    start: pd.Timestamp,
    cylinder: tuple[int, int],
    p_value: float,
    case_positions: tuple[npt.NDArray[np.intp], Counts],
) -> Cluster:
    back, zone = cylinder
    member = _zone_members(units, zones)[zone]
    step, unit = case_positions
    held = (step >= 0) & (step <= back) & member[unit]
    of = day.cases[held].sort_values(["occurred_at", "seq"])
    single = np.flatnonzero(member)[0] if zone < int(units.is_desa.sum()) else None
    codes = dict.fromkeys(units.kecamatan[n] for n in units.kecamatan_index[member])
    return Cluster(
        kecamatan=tuple(codes),
        desa=None if single is None else units.codes[single],
        start=start.to_pydatetime(),
        end=day.at,
        observed=int(statistics.observed[back, zone]),
        expected=float(statistics.expected[back, zone]),
        p_value=p_value,
        cases=tuple(of["case"]),
    )
