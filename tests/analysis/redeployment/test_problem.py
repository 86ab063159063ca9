"""Assigning: HiGHS finds what trying everything finds, and is never behind the plain way."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.redeployment.greedy import solve_greedily
from situasi.analysis.redeployment.milp import solve_optimally
from situasi.analysis.redeployment.problem import Problem, Solution
from tests.effort import examples

SECONDS = 60.0  # on a busy machine nothing may be left unproven


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to five officers in three groups, and up to three places with two tiers."""
    groups, places, tiers = (draw(st.integers(1, 3)) for _ in range(3))
    ways = st.one_of(st.integers(1, 30).map(float), st.just(math.inf))
    count = draw(st.lists(st.integers(0, 2), min_size=groups, max_size=groups))
    few = st.lists(st.integers(0, 2), min_size=tiers, max_size=tiers)
    bound = draw(st.integers(-1, groups - 1))
    share = st.sampled_from([1.0, 0.5, 1 / 3, 0.25])
    takes = st.dictionaries(st.integers(0, 2), share, min_size=1, max_size=2)
    several = st.lists(few, min_size=places, max_size=places)
    return Problem(
        distance_km=np.array([[draw(ways) for _ in range(places)] for _ in range(groups)]),
        officer_counts=np.array(count),
        group_kinds=np.array(draw(st.lists(st.integers(0, 1), min_size=groups, max_size=groups))),
        max_by_kind=np.array(draw(st.lists(st.integers(0, 3), min_size=2, max_size=2))),
        needed_officers=np.array(
            draw(st.lists(st.integers(1, 2), min_size=places, max_size=places))
        ),
        first_officer_gain=np.array(draw(several)),
        last_officer_gain=np.array(draw(several)),
        coverage_removed=tuple((bound, tuple(draw(takes).items())) for _ in range(count[bound]))
        if bound >= 0
        else (),
        spare=np.array([draw(st.sampled_from([0.0, 0.25, 0.5, 1.0])) for _ in range(3)]),
    )


def keeps_the_rules(of: Problem, made: Solution) -> bool:
    """Return whether a solution is allowed, worked out anew from the problem."""
    gone = np.zeros(len(of.spare))
    for who in made.departing:
        for tps, share in of.coverage_removed[who][1]:
            gone[tps] += share
    from_group = made.officers_sent.sum(axis=1)
    told = np.bincount(
        [of.coverage_removed[who][0] for who in made.departing], minlength=len(of.officer_counts)
    )
    return bool(
        (from_group <= of.officer_counts).all()
        and (np.bincount(of.group_kinds, from_group, minlength=2) <= of.max_by_kind).all()
        and (made.officers_sent.sum(axis=0) <= of.needed_officers).all()
        and np.isfinite(of.distance_km[made.officers_sent > 0]).all()
        and (gone <= of.spare + 1e-6).all()
        and all(told[group] == from_group[group] for group in of.bound_groups)
    )


def by_trying_everything(of: Problem) -> tuple[tuple[int, ...], float]:
    """The rank of the best of all solutions there are."""
    bound = [(group, who) for who, (group, _) in enumerate(of.coverage_removed)]
    free = [(group, None) for group, n in enumerate(of.officer_counts) for _ in range(n)
            if group not in of.bound_groups]  # fmt: skip
    everybody = [*bound, *free]
    ranks = []
    for choice in itertools.product(range(-1, len(of.needed_officers)), repeat=len(everybody)):
        sent = np.zeros(of.distance_km.shape, dtype=np.intp)
        chosen = [(one, place) for one, place in zip(everybody, choice, strict=True) if place >= 0]
        for (group, _), place in chosen:
            sent[group, place] += 1
        made = Solution(sent, tuple(who for (_, who), _ in chosen if who is not None))
        if keeps_the_rules(of, made):
            ranks.append(made.compute_rank(of))
    return min(ranks)


@given(problems())
@settings(max_examples=examples(150))
def test_no_other_choice_of_officers_and_places_is_better(of: Problem) -> None:
    found = solve_optimally(of, SECONDS)
    assert found.is_optimal
    assert keeps_the_rules(of, found)
    assert found.compute_rank(of) == by_trying_everything(of)


@given(problems())
@settings(max_examples=examples(150))
def test_the_plain_way_keeps_the_rules_and_is_never_ahead(of: Problem) -> None:
    plain = solve_greedily(of)
    assert keeps_the_rules(of, plain)
    assert solve_optimally(of, SECONDS).compute_rank(of) <= plain.compute_rank(of)


def test_the_plain_way_is_beaten_where_the_nearest_is_needed_elsewhere() -> None:
    of = Problem(
        distance_km=np.array([[1.0, 2.0], [9.0, 50.0]]),
        officer_counts=np.array([1, 1]),
        group_kinds=np.array([0, 0]),
        max_by_kind=np.array([2]),
        needed_officers=np.array([1, 1]),
        first_officer_gain=np.array([[1], [1]]),
        last_officer_gain=np.array([[0], [0]]),
    )
    assert (
        solve_greedily(of).compute_total_km(of),
        solve_optimally(of, SECONDS).compute_total_km(of),
    ) == (51.0, 11.0)


def test_one_of_a_graver_tier_goes_before_any_number_of_a_lighter_one() -> None:
    of = Problem(
        distance_km=np.array([[90.0, 1.0]]),
        officer_counts=np.array([1]),
        group_kinds=np.array([0]),
        max_by_kind=np.array([1]),
        needed_officers=np.array([1, 1]),
        first_officer_gain=np.array([[1, 0], [0, 400]]),
        last_officer_gain=np.zeros((2, 2), int),
    )
    assert solve_optimally(of, SECONDS).count_removed(of) == (1, 0)


def test_without_time_the_plain_way_stands_and_is_not_called_the_best() -> None:
    of = Problem(
        distance_km=np.array([[1.0]]),
        officer_counts=np.array([1]),
        group_kinds=np.array([0]),
        max_by_kind=np.array([1]),
        needed_officers=np.array([1]),
        first_officer_gain=np.array([[1]]),
        last_officer_gain=np.array([[0]]),
    )
    found = solve_optimally(of, 0.0)
    assert (found.count_removed(of), found.is_optimal) == ((1,), False)
