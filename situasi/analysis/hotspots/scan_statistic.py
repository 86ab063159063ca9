"""Clusters: incidents that lie closer together in place and time than chance would explain.

Kulldorff's prospective space-time scan (2001): each place with its neighbours, over each time
span that reaches to now, is a cylinder. The one with the highest likelihood ratio is compared
with simulated days on which the same number of incidents, in each time step, falls on the TPS by
chance. As each step keeps its own number, hours in which more happens everywhere (opening,
closing) are no cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.hotspots.exposure import Floats, ObservedDay
from situasi.analysis.runs import is_first_of_run
from situasi.domain.rules import ClusterRules

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# Centres of the kecamatan: (code, longitude, latitude).
Centres = tuple[tuple[str, float, float], ...]

_BATCH_DAYS = 111  # days simulated at a time
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Cluster:
    """One cylinder: a desa, or all of these kecamatan, from start until the moment.

    expected: number of incidents by chance. p_value: share of simulated days whose best cylinder is
    at least as good. cases: keys of those observed, oldest first.
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
    """clusters: the likeliest first, without overlap, each with p at most the significance level.

    scanned_count: incidents in the scanned steps; with_desa_count: those that name a known desa.
    best_p_value: of the best cylinder, cluster or not; None without any.
    """

    clusters: tuple[Cluster, ...]
    scanned_count: int
    with_desa_count: int
    best_p_value: float | None
    simulated_days: int


@dataclass(frozen=True)
class SpatialUnits:
    """The places in which a case can be: each desa, and each kecamatan for cases without a desa.

    codes: of both. kecamatan_index: index of the kecamatan of each unit; tps_counts: its TPS.
    """

    kecamatan: tuple[str, ...]
    codes: tuple[str, ...]
    kecamatan_index: Counts
    tps_counts: Floats
    is_desa: Mask


@dataclass(frozen=True)
class NullDraw:
    """Incidents that chance may move: this many in one step, onto units with these weights."""

    step: int
    count: int
    weights: Floats


@dataclass(frozen=True)
class CylinderStatistics:
    """Cylinders by steps back (rows) and zone. log_likelihood_ratio: 0 where there is none."""

    observed: Counts
    expected: Floats
    log_likelihood_ratio: Floats


def scan(day: ObservedDay, tps: pd.DataFrame, centres: Centres, rules: ClusterRules) -> ScanResult:
    """Find the clusters active at the moment. tps: of the register. centres: of the kecamatan."""
    steps = _step_starts(day, rules)
    no_result = ScanResult((), 0, 0, None, 0)
    if not len(steps):
        return no_result
    units = build_units(tps, list(day.tps_counts.index))
    step = _find_step_index(day, len(steps), rules)
    unit = _find_unit_index(day.cases, units)
    is_recent = step >= 0
    counts = np.zeros((len(steps), len(units.codes)), dtype="int64")
    np.add.at(counts, (step[is_recent], unit[is_recent]), 1)
    draws = build_null_draws(counts, units, day.exposure_hours(steps, rules.bin_width))
    zones = build_zones(units, centres, rules.max_tps_share)
    best = compute_cylinders(counts, draws, units, zones, len(day.cases), rules)
    scanned, with_desa = int(counts.sum()), int(counts[:, units.is_desa].sum())
    if not best.log_likelihood_ratio.any():
        return ScanResult((), scanned, with_desa, None, 0)
    chosen = select_disjoint(best, units, zones)
    p_values, days = compute_p_values([ratio for ratio, *_ in chosen], draws, units, zones,
                           len(day.cases), rules)  # fmt: skip
    clusters = [
        _build_cluster(day, best, units, zones, steps[back], (back, zone), p, (step, unit))
        for (_ratio, back, zone), p in zip(chosen, p_values, strict=True)
        if p <= rules.significance_level
    ]
    return ScanResult(tuple(clusters), scanned, with_desa, p_values[0], days)


def _step_starts(day: ObservedDay, rules: ClusterRules) -> pd.DatetimeIndex:
    """Return the starts of the steps, the newest first; none before the day began."""
    step_count = int(min(rules.max_duration, day.at - day.start) / rules.bin_width)
    return pd.DatetimeIndex([day.at - rules.bin_width * (back + 1) for back in range(step_count)])


def _find_step_index(
    day: ObservedDay, step_count: int, rules: ClusterRules
) -> npt.NDArray[np.intp]:
    """Return how many steps back each case happened; -1 for those before the first step."""
    age_us = timestamps.to_us(day.at) - timestamps.column_to_us(day.cases["occurred_at"])
    back = (age_us - 1) // (rules.bin_width // timestamps.MICROSECOND)
    return np.where(back < step_count, back, -1)


def build_units(tps: pd.DataFrame, kecamatan: Sequence[str]) -> SpatialUnits:
    """Build the units of the register's TPS, ordered by kecamatan, its own unit first."""
    codes: list[str] = []
    kecamatan_index: list[int] = []
    tps_counts: list[float] = []
    for index, code in enumerate(kecamatan):
        desa_counts = tps.loc[tps["kecamatan"] == code, "desa"].value_counts(sort=False)
        codes += [code, *map(str, desa_counts.index)]
        kecamatan_index += [index] * (len(desa_counts) + 1)
        tps_counts += [float(desa_counts.sum()), *map(float, desa_counts)]
    names = set(kecamatan)
    return SpatialUnits(
        tuple(kecamatan),
        tuple(codes),
        np.array(kecamatan_index, dtype="int64"),
        np.array(tps_counts),
        np.array([code not in names for code in codes]),
    )


def _find_unit_index(cases: pd.DataFrame, units: SpatialUnits) -> Counts:
    """Return the unit of each case: its desa if known in its kecamatan, else its kecamatan."""
    index = pd.Index(units.codes)
    desa = index.get_indexer(pd.Index(cases["desa"].astype("object")))
    kecamatan = index.get_indexer(pd.Index(cases["kecamatan"].astype("object")))
    is_inside = (desa >= 0) & (units.kecamatan_index[desa] == units.kecamatan_index[kecamatan])
    return np.where(is_inside, desa, kecamatan)


def build_null_draws(counts: Counts, units: SpatialUnits, hours: Floats) -> list[NullDraw]:
    """Build the draws of what chance moves. Incidents without a stated desa stay without one.

    hours: observed, by kecamatan and step: an unobserved kecamatan cannot have incidents.
    """
    draws = []
    for step, row in enumerate(counts):
        size = units.tps_counts * hours[units.kecamatan_index, step]
        for layer in (units.is_desa, ~units.is_desa):
            count, weights = int(row[layer].sum()), np.where(layer, size, 0.0)
            if count and weights.any():
                draws.append(NullDraw(step, count, weights / weights.sum()))
    return draws


def build_zones(units: SpatialUnits, centres: Centres, max_share: float) -> Mask:
    """Build the zones (rows): each kecamatan with its nearest neighbours, up to this share of TPS.

    Each kecamatan alone is always a zone.
    """
    points = {code: (lon, lat) for code, lon, lat in centres}
    size = np.bincount(
        units.kecamatan_index, units.tps_counts * units.is_desa, len(units.kecamatan)
    )
    place = np.array([points.get(code, (np.nan, np.nan)) for code in units.kecamatan])
    narrower = np.cos(np.radians(np.nanmean(place[:, 1]))) if len(points) else 1.0
    zone_members: dict[tuple[int, ...], None] = {}
    for i in range(len(units.kecamatan)):
        distance = np.hypot((place[:, 0] - place[i, 0]) * narrower, place[:, 1] - place[i, 1])
        order = np.argsort(np.where(np.isnan(distance), np.inf, distance), kind="stable")
        nearest = [i, *(int(n) for n in order if n != i and np.isfinite(distance[n]))]
        covered = np.cumsum(size[nearest])
        for last in range(len(nearest)):
            if last == 0 or covered[last] <= max_share * size.sum():
                zone_members[tuple(sorted(nearest[: last + 1]))] = None
    zones = np.zeros((len(zone_members), len(units.kecamatan)), dtype=bool)
    for row, members in enumerate(zone_members):
        zones[row, list(members)] = True
    return zones


def _sum_by_zone(counts: Counts, units: SpatialUnits, zones: Mask) -> Counts:
    """Sum for each desa alone, then for each zone. counts: units are the last axis."""
    first = np.flatnonzero(is_first_of_run(units.kecamatan_index))
    by_kecamatan = np.add.reduceat(counts, first, axis=-1)
    # Integers are multiplied without the threads of a linear algebra library.
    by_zone = by_kecamatan @ zones.T.astype(by_kecamatan.dtype)
    return np.concatenate([counts[..., units.is_desa], by_zone], axis=-1)


def compute_cylinders(
    counts: Counts,
    null_draws: Sequence[NullDraw],
    units: SpatialUnits,
    zones: Mask,
    total: int,
    rules: ClusterRules,
) -> CylinderStatistics:
    """Compute all cylinders of the observed incidents. total: incidents of the whole day."""
    expected = compute_expected(null_draws, units, zones, len(counts))
    observed = _sum_by_zone(np.cumsum(counts, axis=0), units, zones)
    ratios = compute_log_likelihood_ratio(observed, expected, total, rules.min_incidents)
    return CylinderStatistics(observed, expected, ratios)


def compute_expected(
    null_draws: Sequence[NullDraw], units: SpatialUnits, zones: Mask, step_count: int
) -> Floats:
    """Compute how many incidents chance puts into each cylinder."""
    mean = np.zeros((step_count, len(units.codes)))
    for draw in null_draws:
        mean[draw.step] += draw.count * draw.weights
    first = np.flatnonzero(is_first_of_run(units.kecamatan_index))
    cumulative = np.cumsum(mean, axis=0)
    by_zone = np.add.reduceat(cumulative, first, axis=-1) @ zones.T
    expected: Floats = np.concatenate([cumulative[:, units.is_desa], by_zone], axis=-1)
    return expected


def compute_log_likelihood_ratio(
    observed: Counts, expected: Floats, total: int, min_count: int
) -> Floats:
    """Compute Kulldorff's log likelihood ratio; 0 if not above expected, or below `min_count`."""
    c, e = np.asarray(observed, dtype="float64"), np.broadcast_to(expected, np.shape(observed))
    is_excess = (c > e) & (c >= min_count) & (e > 0)
    ratio = np.zeros(c.shape)
    inside, mean = c[is_excess], e[is_excess]
    outside, rest = total - inside, total - mean
    value = inside * np.log(inside / mean)
    has_outside = outside > 0
    value[has_outside] += outside[has_outside] * np.log(outside[has_outside] / rest[has_outside])
    ratio[is_excess] = value
    return ratio


def select_disjoint(
    statistics: CylinderStatistics, units: SpatialUnits, zones: Mask
) -> list[tuple[float, int, int]]:
    """Select the best cylinder, then the best that shares no place with these: (ratio, row, zone).

    All reach to the moment, so that only their places can separate them.
    """
    members = _zone_members(units, zones)
    free = np.ones(len(units.codes), dtype=bool)
    peak = statistics.log_likelihood_ratio.max(axis=0)
    selected = []
    for zone in np.argsort(-peak, kind="stable"):
        if peak[zone] <= 0:
            break
        if free[members[zone]].all():
            row = int(statistics.log_likelihood_ratio[:, zone].argmax())
            selected.append((float(peak[zone]), row, int(zone)))
            free[members[zone]] = False
    return selected


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
    """Compute the p of each ratio, the highest ratio first, and the number of simulated days.

    Besag and Clifford (1991): once `stop_after` days are at least as good as the best, it is due to
    chance, and its p follows from the days simulated so far.
    """
    expected = compute_expected(null_draws, units, zones, _last_step(null_draws) + 1)
    rng = np.random.default_rng(rules.seed)
    best = np.empty(0)
    while len(best) < rules.replications:
        day_count = min(_BATCH_DAYS, rules.replications - len(best))
        counts = simulate_days(null_draws, len(units.codes), len(expected), day_count, rng)
        ratio = compute_max_statistics(counts, expected, units, zones, total, rules.min_incidents)
        best = np.concatenate([best, ratio])
        exceed_counts = np.cumsum(best >= ratios[0] - _TOLERANCE)
        if exceed_counts[-1] >= rules.stop_after:
            best = best[: int(np.searchsorted(exceed_counts, rules.stop_after)) + 1]
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
    return max((draw.step for draw in null_draws), default=0)


def simulate_days(
    null_draws: Sequence[NullDraw],
    unit_count: int,
    step_count: int,
    day_count: int,
    rng: np.random.Generator,
) -> Counts:
    """Simulate days by chance: incidents by step, day and unit."""
    counts = np.zeros((step_count, day_count, unit_count), dtype="int64")
    for draw in null_draws:
        edges = np.cumsum(draw.weights)
        unit = np.searchsorted(edges / edges[-1], rng.random(day_count * draw.count), side="right")
        cell = np.repeat(np.arange(day_count), draw.count) * unit_count + unit
        counts[draw.step] += np.bincount(cell, minlength=day_count * unit_count).reshape(
            day_count, unit_count
        )
    return counts


def compute_max_statistics(
    counts: Counts, expected: Floats, units: SpatialUnits, zones: Mask, total: int, min_count: int
) -> Floats:
    """Compute the best ratio of each day over all cylinders."""
    observed = _sum_by_zone(np.cumsum(counts, axis=0), units, zones)
    ratio = compute_log_likelihood_ratio(observed, expected[:, None, :], total, min_count)
    best: Floats = ratio.max(axis=(0, 2))
    return best


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
    is_inside = (step >= 0) & (step <= back) & member[unit]
    members = day.cases[is_inside].sort_values(["occurred_at", "seq"])
    desa_unit = np.flatnonzero(member)[0] if zone < int(units.is_desa.sum()) else None
    codes = dict.fromkeys(units.kecamatan[i] for i in units.kecamatan_index[member])
    return Cluster(
        kecamatan=tuple(codes),
        desa=None if desa_unit is None else units.codes[desa_unit],
        start=start.to_pydatetime(),
        end=day.at,
        observed=int(statistics.observed[back, zone]),
        expected=float(statistics.expected[back, zone]),
        p_value=p_value,
        cases=tuple(members["case"]),
    )
