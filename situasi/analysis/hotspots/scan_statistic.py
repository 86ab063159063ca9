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
from situasi.analysis.hotspots.exposure import Floats, Watched
from situasi.domain.rules import ClusterRules

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# Where the names of kecamatan stand: (code, longitude, latitude).
Centres = tuple[tuple[str, float, float], ...]

_BATCH = 111  # days thrown at a time
_SAME = 1e-9


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
    chance: float
    cases: tuple[str, ...]


@dataclass(frozen=True)
class Scan:
    """clusters: the likeliest first, none overlaps another, each with p at most the level.

    among: incidents that lie in the steps scanned; of these with_desa name a known desa. best: p
    of the best cylinder, cluster or not; None where there was none. thrown: days by chance.
    """

    clusters: tuple[Cluster, ...]
    among: int
    with_desa: int
    best: float | None
    thrown: int


@dataclass(frozen=True)
class Units:
    """The places in which a case can be: each desa, and each kecamatan without saying which desa.

    codes: of both. inside: for each, the number of its kecamatan; sizes: its TPS. desa: which are.
    """

    kecamatan: tuple[str, ...]
    codes: tuple[str, ...]
    inside: Counts
    sizes: Floats
    desa: Mask


@dataclass(frozen=True)
class Thrown:
    """Incidents that chance may move: so many in one step, onto units with these weights."""

    step: int
    number: int
    weights: Floats


@dataclass(frozen=True)
class Best:
    """Cylinders by steps back (rows) and zone. ratio: log likelihood ratio, 0 where none."""

    observed: Counts
    expected: Floats
    ratio: Floats


def scan(day: Watched, tps: pd.DataFrame, centres: Centres, rules: ClusterRules) -> Scan:
    """The clusters alive at the moment. tps: of the register. centres: of the kecamatan."""
    steps = _steps(day, rules)
    nothing = Scan((), 0, 0, None, 0)
    if not len(steps):
        return nothing
    units = units_of(tps, list(day.tps.index))
    at = _step_of(day, len(steps), rules)
    unit = _unit_of(day.counted, units)
    recent = at >= 0
    counts = np.zeros((len(steps), len(units.codes)), dtype="int64")
    np.add.at(counts, (at[recent], unit[recent]), 1)
    thrown = movable(counts, units, day.exposure(steps, rules.bin_width))
    zones = zones_of(units, centres, rules.max_tps_share)
    best = cylinders(counts, thrown, units, zones, len(day.counted), rules)
    among, known = int(counts.sum()), int(counts[:, units.desa].sum())
    if not best.ratio.any():
        return Scan((), among, known, None, 0)
    chosen = apart(best, units, zones)
    chances, days = chance([ratio for ratio, *_ in chosen], thrown, units, zones,
                           len(day.counted), rules)  # fmt: skip
    found = [
        _cluster(day, best, units, zones, steps[back], (back, zone), p, (at, unit))
        for (_ratio, back, zone), p in zip(chosen, chances, strict=True)
        if p <= rules.significance_level
    ]
    return Scan(tuple(found), among, known, chances[0], days)


def _steps(day: Watched, rules: ClusterRules) -> pd.DatetimeIndex:
    """The starts of the steps, the newest first; none before the day began."""
    most = int(min(rules.max_duration, day.at - day.start) / rules.bin_width)
    return pd.DatetimeIndex([day.at - rules.bin_width * (back + 1) for back in range(most)])


def _step_of(day: Watched, steps: int, rules: ClusterRules) -> npt.NDArray[np.intp]:
    """How many steps back each case happened; -1 for those before the first."""
    ago = timestamps.of(day.at) - timestamps.column(day.counted["occurred_at"])
    back = (ago - 1) // (rules.bin_width // timedelta(microseconds=1))
    return np.where(back < steps, back, -1)


def units_of(tps: pd.DataFrame, kecamatan: Sequence[str]) -> Units:
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
    return Units(
        tuple(kecamatan),
        tuple(codes),
        np.array(inside, dtype="int64"),
        np.array(sizes),
        np.array([code not in names for code in codes]),
    )


def _unit_of(found: pd.DataFrame, units: Units) -> Counts:
    """The unit of each case: its desa where it is known there, else its kecamatan."""
    index = pd.Index(units.codes)
    desa = index.get_indexer(pd.Index(found["desa"].astype("object")))
    kecamatan = index.get_indexer(pd.Index(found["kecamatan"].astype("object")))
    agrees = (desa >= 0) & (units.inside[desa] == units.inside[kecamatan])
    return np.where(agrees, desa, kecamatan)


def movable(counts: Counts, units: Units, hours: Floats) -> list[Thrown]:
    """What chance moves. Those of which nobody said the desa stay such.

    hours: watched, by kecamatan and step: no incident can come from where nobody is heard.
    """
    found = []
    for step, row in enumerate(counts):
        size = units.sizes * hours[units.inside, step]
        for layer in (units.desa, ~units.desa):
            number, weights = int(row[layer].sum()), np.where(layer, size, 0.0)
            if number and weights.any():
                found.append(Thrown(step, number, weights / weights.sum()))
    return found


def zones_of(units: Units, centres: Centres, share: float) -> Mask:
    """Each kecamatan with its nearest neighbours, up to this share of the TPS; as rows.

    Each kecamatan alone is always one.
    """
    points = {code: (lon, lat) for code, lon, lat in centres}
    size = np.bincount(units.inside, units.sizes * units.desa, len(units.kecamatan))
    place = np.array([points.get(code, (np.nan, np.nan)) for code in units.kecamatan])
    narrower = np.cos(np.radians(np.nanmean(place[:, 1]))) if len(points) else 1.0
    found: dict[tuple[int, ...], None] = {}
    for one in range(len(units.kecamatan)):
        away = np.hypot((place[:, 0] - place[one, 0]) * narrower, place[:, 1] - place[one, 1])
        order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")
        near = [one, *(int(n) for n in order if n != one and np.isfinite(away[n]))]
        covered = np.cumsum(size[near])
        for last in range(len(near)):
            if last == 0 or covered[last] <= share * size.sum():
                found[tuple(sorted(near[: last + 1]))] = None
    zones = np.zeros((len(found), len(units.kecamatan)), dtype=bool)
    for row, members in enumerate(found):
        zones[row, list(members)] = True
    return zones


def _summed(counts: Counts, units: Units, zones: Mask) -> Counts:
    """Of each desa alone, then of each zone. counts: units last; what comes before, stays."""
    first = np.flatnonzero(np.r_[True, np.diff(units.inside) > 0])
    whole = np.add.reduceat(counts, first, axis=-1)
    # Of whole numbers: multiplied so, nothing waits for the threads of a library for large ones.
    together = whole @ zones.T.astype(whole.dtype)
    return np.concatenate([counts[..., units.desa], together], axis=-1)


def cylinders(
    counts: Counts,
    thrown: Sequence[Thrown],
    units: Units,
    zones: Mask,
    total: int,
    rules: ClusterRules,
) -> Best:
    """All cylinders of what was observed. total: incidents of the whole day."""
    expected = expectation(thrown, units, zones, len(counts))
    observed = _summed(np.cumsum(counts, axis=0), units, zones)
    ratio = likelihood(observed, expected, total, rules.min_incidents)
    return Best(observed, expected, ratio)


def expectation(thrown: Sequence[Thrown], units: Units, zones: Mask, steps: int) -> Floats:
    """How many incidents chance puts into each cylinder."""
    mean = np.zeros((steps, len(units.codes)))
    for one in thrown:
        mean[one.step] += one.number * one.weights
    first = np.flatnonzero(np.r_[True, np.diff(units.inside) > 0])
    back = np.cumsum(mean, axis=0)
    whole = np.add.reduceat(back, first, axis=-1) @ zones.T
    alone: Floats = np.concatenate([back[:, units.desa], whole], axis=-1)
    return alone


def likelihood(observed: Counts, expected: Floats, total: int, least: int) -> Floats:
    """Kulldorff's log likelihood ratio; 0 where not more than expected, or fewer than `least`."""
    c, e = np.asarray(observed, dtype="float64"), np.broadcast_to(expected, np.shape(observed))
    more = (c > e) & (c >= least) & (e > 0)
    ratio = np.zeros(c.shape)
    inside, mean = c[more], e[more]
    outside, rest = total - inside, total - mean
    value = inside * np.log(inside / mean)
    left = outside > 0
    value[left] += outside[left] * np.log(outside[left] / rest[left])
    ratio[more] = value
    return ratio


def apart(best: Best, units: Units, zones: Mask) -> list[tuple[float, int, int]]:
    """The best cylinder, then the best that shares no place with those before: (ratio, row, zone).

    All reach to the moment, so that only their places can keep them apart.
    """
    members = _members(units, zones)
    free = np.ones(len(units.codes), dtype=bool)
    peak = best.ratio.max(axis=0)
    found = []
    for zone in np.argsort(-peak, kind="stable"):
        if peak[zone] <= 0:
            break
        if free[members[zone]].all():
            found.append((float(peak[zone]), int(best.ratio[:, zone].argmax()), int(zone)))
            free[members[zone]] = False
    return found


def _members(units: Units, zones: Mask) -> Mask:
    alone = np.eye(len(units.codes), dtype=bool)[units.desa]
    return np.concatenate([alone, zones[:, units.inside]])


def chance(
    ratios: Sequence[float],
    thrown: Sequence[Thrown],
    units: Units,
    zones: Mask,
    total: int,
    rules: ClusterRules,
) -> tuple[list[float], int]:
    """p of each of these ratios, the highest first, and how many days were thrown.

    Besag and Clifford (1991): once so many days (`stop_after`) are at least as good as the best,
    it is chance, and its p is told from those thrown.
    """
    expected = expectation(thrown, units, zones, _last(thrown) + 1)
    rng = np.random.default_rng(rules.seed)
    best = np.empty(0)
    while len(best) < rules.replications:
        days = min(_BATCH, rules.replications - len(best))
        counts = days_by_chance(thrown, len(units.codes), len(expected), days, rng)
        ratio = highest(counts, expected, units, zones, total, rules.min_incidents)
        best = np.concatenate([best, ratio])
        above = np.cumsum(best >= ratios[0] - _SAME)
        if above[-1] >= rules.stop_after:
            best = best[: int(np.searchsorted(above, rules.stop_after)) + 1]
            return _stopped(ratios, best), len(best)
    return [float((1 + (best >= r - _SAME).sum()) / (len(best) + 1)) for r in ratios], len(best)


def _stopped(ratios: Sequence[float], best: Floats) -> list[float]:
    return [float((best >= ratio - _SAME).sum() / len(best)) for ratio in ratios]


def _last(thrown: Sequence[Thrown]) -> int:
    return max((one.step for one in thrown), default=0)


def days_by_chance(
    thrown: Sequence[Thrown], size: int, steps: int, days: int, rng: np.random.Generator
) -> Counts:
    """Days by chance: incidents by step, day and unit."""
    counts = np.zeros((steps, days, size), dtype="int64")
    for one in thrown:
        edges = np.cumsum(one.weights)
        unit = np.searchsorted(edges / edges[-1], rng.random(days * one.number), side="right")
        cell = np.repeat(np.arange(days), one.number) * size + unit
        counts[one.step] += np.bincount(cell, minlength=days * size).reshape(days, size)
    return counts


def highest(
    counts: Counts, expected: Floats, units: Units, zones: Mask, total: int, least: int
) -> Floats:
    """The best ratio of each day, over all cylinders."""
    summed = _summed(np.cumsum(counts, axis=0), units, zones)
    ratio = likelihood(summed, expected[:, None, :], total, least)
    highest: Floats = ratio.max(axis=(0, 2))
    return highest


def _cluster(
    day: Watched,
    best: Best,
    units: Units,
    zones: Mask,
    start: pd.Timestamp,
    cylinder: tuple[int, int],
    chance: float,
    placed: tuple[npt.NDArray[np.intp], Counts],
) -> Cluster:
    back, zone = cylinder
    member = _members(units, zones)[zone]
    step, unit = placed
    held = (step >= 0) & (step <= back) & member[unit]
    of = day.counted[held].sort_values(["occurred_at", "seq"])
    single = np.flatnonzero(member)[0] if zone < int(units.desa.sum()) else None
    codes = dict.fromkeys(units.kecamatan[n] for n in units.inside[member])
    return Cluster(
        kecamatan=tuple(codes),
        desa=None if single is None else units.codes[single],
        start=start.to_pydatetime(),
        end=day.at,
        observed=int(best.observed[back, zone]),
        expected=float(best.expected[back, zone]),
        chance=chance,
        cases=tuple(of["case"]),
    )
