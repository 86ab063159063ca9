"""Clusters: those that chance hardly gives, and no others; fast as a slow scan finds them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from situasi.analysis.hotspots import scan_statistic
from situasi.analysis.hotspots.exposure import ObservedDay
from situasi.analysis.hotspots.scan_statistic import ScanResult, SpatialUnits
from situasi.domain.rules import ClusterRules
from tests.analysis.builders_hot import NOW, Planted, centres, day, small, watched
from tests.analysis.builders_tps import whole
from tests.bench import hot as bench
from tests.effort import examples

RULES = whole().election.rules.clusters
CENTRES = centres(whole())
SMALL = small()
PLACES = [*SMALL.kecamatan, *dict.fromkeys(SMALL.tps["desa"])]
FEW = replace(
    RULES, max_duration=timedelta(hours=2), max_tps_share=0.7, min_incidents=2, replications=19
)

one = st.tuples(st.sampled_from(PLACES), st.integers(1, 300))
some = st.lists(one, max_size=14)


def of(told: list[tuple[str, int]]) -> ObservedDay:
    """A day of incidents in these desa or kecamatan, so many minutes ago."""
    return watched(
        [NOW - timedelta(minutes=ago) for _, ago in told],
        [code if code in SMALL.kecamatan else code.rpartition(".")[0] for code, _ in told],
        [None if code in SMALL.kecamatan else code for code, _ in told],
        NOW,
        SMALL,
    )


def slow(
    at: ObservedDay, rules: ClusterRules
) -> dict[tuple[frozenset[str], int], tuple[int, float, float]]:
    """The obvious way: every cylinder, every incident. By units and steps: what was observed,
    expected, and the log likelihood ratio."""
    tps, size = SMALL.tps, {}
    for code in SMALL.kecamatan:
        size[code] = int((tps["kecamatan"] == code).sum())
        for desa in tps.loc[tps["kecamatan"] == code, "desa"]:
            size[desa] = size.get(desa, 0) + 1
    all_tps = sum(size[code] for code in SMALL.kecamatan)
    found = {}
    for zone in _zones(rules, size, all_tps):
        for steps in range(1, int(rules.max_duration / rules.bin_width) + 1):
            observed, expected = 0, 0.0
            for row in at.cases.itertuples():
                if row.occurred_at < at.at - steps * rules.bin_width:
                    continue
                layer = "desa" if row.desa else "kecamatan"
                place = row.desa or row.kecamatan
                observed += place in zone
                for code in zone:
                    if (layer == "desa") == (code.count(".") == 3):
                        expected += size[code] / all_tps
            found[zone, steps] = observed, expected, _ratio(observed, expected, at, rules)
    return found


def _ratio(observed: int, expected: float, at: ObservedDay, rules: ClusterRules) -> float:
    total = len(at.cases)
    if observed < rules.min_incidents or observed <= expected:
        return 0.0
    inside = observed * math.log(observed / expected)
    left = total - observed
    return inside + (left * math.log(left / (total - expected)) if left else 0.0)


def _zones(rules: ClusterRules, size: dict[str, int], all_tps: int) -> Iterator[frozenset[str]]:
    points = {code: (lon, lat) for code, lon, lat in CENTRES}
    middle = math.radians(sum(lat for _, lat in points.values()) / len(points))

    def away(one: str, other: str) -> float:
        (a, b), (c, d) = points[one], points[other]
        return math.hypot((a - c) * math.cos(middle), b - d)

    for desa in dict.fromkeys(SMALL.tps["desa"]):
        yield frozenset([desa])
    for code in SMALL.kecamatan:
        near = sorted(SMALL.kecamatan, key=lambda other: away(code, other))
        for last in range(1, len(near) + 1):
            if last == 1 or sum(size[k] for k in near[:last]) <= rules.max_tps_share * all_tps:
                yield frozenset(c for c in size if any(c.startswith(k) for k in near[:last]))


def _units() -> SpatialUnits:
    return scan_statistic.build_units(SMALL.tps, list(SMALL.kecamatan))


@settings(max_examples=examples(40))
@given(some)
def test_the_best_cylinder_is_that_of_looking_at_every_one(told: list[tuple[str, int]]) -> None:
    at = of(told)
    by_hand = slow(at, FEW)
    best = max((ratio for *_, ratio in by_hand.values()), default=0.0)
    found = scan_statistic.scan(
        at, SMALL.tps, CENTRES, replace(FEW, significance_level=1.0)
    ).clusters
    assert bool(found) == (best > 0)
    if found:
        first = found[0]
        zone = frozenset([first.desa] if first.desa else
                         [c for c in PLACES if c.startswith(first.kecamatan)])  # fmt: skip
        steps = round((NOW - first.start) / FEW.bin_width)
        observed, expected, ratio = by_hand[zone, steps]
        assert ratio == pytest.approx(best, rel=1e-6)
        assert (first.observed, first.expected) == (observed, pytest.approx(expected))
        assert len(first.cases) == observed


@settings(max_examples=examples(40))
@given(some)
def test_clusters_share_no_place_and_each_holds_its_cases(told: list[tuple[str, int]]) -> None:
    at = of(told)
    found = scan_statistic.scan(
        at, SMALL.tps, CENTRES, replace(FEW, significance_level=1.0)
    ).clusters
    cases = [case for one in found for case in one.cases]
    assert len(cases) == len(set(cases))
    rows = at.cases.set_index("case")
    for cluster in found:
        own = rows.loc[list(cluster.cases)]
        assert (own["occurred_at"] >= cluster.start).all()
        assert own["kecamatan"].isin(cluster.kecamatan).all()
        assert cluster.desa is None or (own["desa"] == cluster.desa).all()


@settings(max_examples=examples(40))
@given(some)
def test_the_ratio_of_a_day_thrown_by_chance_is_that_of_the_slow_way(
    told: list[tuple[str, int]],
) -> None:
    """What is thrown is held to the same rule as what was observed: read as a day, it scores so."""
    at = of(told)
    units, steps = _units(), int(FEW.max_duration / FEW.bin_width)
    zones = scan_statistic.build_zones(units, CENTRES, FEW.max_tps_share)
    counts = np.zeros((steps, len(units.codes)), dtype="int64")
    for code, ago in told:
        if (back := (ago * 60 - 1) // (30 * 60)) < steps:
            counts[back, units.codes.index(code)] += 1
    thrown = scan_statistic.build_null_draws(counts, units, np.ones((len(SMALL.kecamatan), steps)))
    mean = scan_statistic.compute_expected(thrown, units, zones, steps)
    score = scan_statistic.compute_max_statistics(
        counts[:, None, :], mean, units, zones, len(told), FEW.min_incidents
    )
    by_hand = max((ratio for *_, ratio in slow(at, FEW).values()), default=0.0)
    assert score[0] == pytest.approx(by_hand, rel=1e-6)


@given(some, st.integers(0, 9))
def test_chance_keeps_the_number_of_each_step_and_of_those_without_desa(
    told: list[tuple[str, int]], seed: int
) -> None:
    units = _units()
    counts = np.zeros((10, len(units.codes)), dtype="int64")
    for code, ago in told:
        counts[(ago - 1) // 30, units.codes.index(code)] += 1
    thrown = scan_statistic.build_null_draws(counts, units, np.ones((len(SMALL.kecamatan), 10)))
    days = scan_statistic.simulate_days(
        thrown, len(units.codes), 10, 5, np.random.default_rng(seed)
    )
    for layer in (units.is_desa, ~units.is_desa):
        assert (days[:, :, layer].sum(axis=2) == counts[:, None, layer].sum(axis=2)).all()


def test_nothing_comes_from_a_kecamatan_that_nobody_heard() -> None:
    at = of([(PLACES[0], 10), (PLACES[0], 20), (PLACES[0], 25)])
    silent = at.observed_until.copy()
    silent.iloc[1:] = pd.NaT
    found = scan_statistic.scan(replace(at, observed_until=silent), SMALL.tps, CENTRES, FEW)
    assert found.clusters == ()  # all that was heard of is where all was heard: no more than due


def test_an_hour_in_which_more_happens_everywhere_is_no_cluster() -> None:
    # In each place as many as it has TPS, though all came in five minutes.
    tps = whole().tps
    minutes = [NOW - timedelta(minutes=5)] * len(tps)
    at = watched(minutes, tps["kecamatan"].tolist(), tps["desa"].tolist(), NOW, whole())
    found = scan_statistic.scan(at, tps, CENTRES, RULES)
    assert found.scanned_count == len(tps)
    assert found.clusters == ()


def test_the_same_day_gives_the_same_clusters_each_time() -> None:
    def again() -> ScanResult:
        at = day(60, np.random.default_rng(3), planted=[Planted(9, "16.10.10", bench.WITHIN)])
        return scan_statistic.scan(at, whole().tps, CENTRES, RULES)

    assert again() == again()
    assert again().clusters


def test_an_empty_day_and_a_day_that_has_not_begun_have_none() -> None:
    nothing = of([])
    assert scan_statistic.scan(nothing, SMALL.tps, CENTRES, RULES) == ScanResult((), 0, 0, None, 0)
    early = replace(nothing, at=nothing.start)
    assert scan_statistic.scan(early, SMALL.tps, CENTRES, RULES).clusters == ()


def test_those_without_a_desa_count_for_their_kecamatan() -> None:
    code = "16.10.10"
    at = day(30, np.random.default_rng(0), planted=[Planted(14, code, bench.WITHIN)], with_desa=0)
    found = scan_statistic.scan(at, whole().tps, CENTRES, RULES)
    assert found.with_desa_count == 0 < found.scanned_count
    assert code in found.clusters[0].kecamatan and found.clusters[0].desa is None


def test_days_without_clusters_are_called_no_oftener_than_said() -> None:
    """A smaller version of tests.bench.hot."""
    days = 80
    called = bench.false_clusters(days, replications=199)
    assert called <= stats.binom.ppf(0.9999, days, RULES.significance_level)
    assert called >= stats.binom.ppf(0.0001, days, RULES.significance_level / 2)


def test_a_planted_cluster_is_found_on_most_days() -> None:
    days = 20
    for planted in (
        Planted(8, bench.DESA, bench.WITHIN),
        Planted(14, bench.KECAMATAN, bench.WITHIN),
    ):
        assert bench.power(days, planted, replications=99) >= 0.8 * days


def test_a_stopped_count_tells_the_same_chance_as_a_whole_one() -> None:
    at = day(60, np.random.default_rng(5))
    stopped = scan_statistic.scan(at, whole().tps, CENTRES, RULES)
    every = scan_statistic.scan(at, whole().tps, CENTRES, replace(RULES, stop_after=10_000))
    assert stopped.simulated_days < every.simulated_days == RULES.replications
    assert stopped.best_p_value is not None and every.best_p_value is not None
    assert abs(stopped.best_p_value - every.best_p_value) < 0.2
