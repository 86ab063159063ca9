"""Assigning: HiGHS finds what trying everything finds, and is never behind the plain way."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.analysis.redeployment.greedy import greedy
from situasi.analysis.redeployment.milp import best
from situasi.analysis.redeployment.problem import Problem, Solution

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
        km=np.array([[draw(ways) for _ in range(places)] for _ in range(groups)]),
        count=np.array(count),
        kind=np.array(draw(st.lists(st.integers(0, 1), min_size=groups, max_size=groups))),
        most=np.array(draw(st.lists(st.integers(0, 3), min_size=2, max_size=2))),
        need=np.array(draw(st.lists(st.integers(1, 2), min_size=places, max_size=places))),
        first=np.array(draw(several)),
        last=np.array(draw(several)),
        takes=tuple((bound, tuple(draw(takes).items())) for _ in range(count[bound]))
        if bound >= 0
        else (),
        spare=np.array([draw(st.sampled_from([0.0, 0.25, 0.5, 1.0])) for _ in range(3)]),
    )


def keeps_the_rules(of: Problem, made: Solution) -> bool:
    """Whether a solution is one, told anew from what a problem says."""
    gone = np.zeros(len(of.spare))
    for who in made.going:
        for tps, share in of.takes[who][1]:
            gone[tps] += share
    from_group = made.sent.sum(axis=1)
    told = np.bincount([of.takes[who][0] for who in made.going], minlength=len(of.count))
    return bool(
        (from_group <= of.count).all()
        and (np.bincount(of.kind, from_group, minlength=2) <= of.most).all()
        and (made.sent.sum(axis=0) <= of.need).all()
        and np.isfinite(of.km[made.sent > 0]).all()
        and (gone <= of.spare + 1e-6).all()
        and all(told[group] == from_group[group] for group in of.bound)
    )


def by_trying_everything(of: Problem) -> tuple[tuple[int, ...], float]:
    """The rank of the best of all solutions there are."""
    bound = [(group, who) for who, (group, _) in enumerate(of.takes)]
    free = [(group, None) for group, n in enumerate(of.count) for _ in range(n)
            if group not in of.bound]  # fmt: skip
    everybody = [*bound, *free]
    ranks = []
    for choice in itertools.product(range(-1, len(of.need)), repeat=len(everybody)):
        sent = np.zeros(of.km.shape, dtype=np.intp)
        chosen = [(one, place) for one, place in zip(everybody, choice, strict=True) if place >= 0]
        for (group, _), place in chosen:
            sent[group, place] += 1
        made = Solution(sent, tuple(who for (_, who), _ in chosen if who is not None))
        if keeps_the_rules(of, made):
            ranks.append(made.rank(of))
    return min(ranks)


@given(problems())
@settings(max_examples=150)
def test_no_other_choice_of_officers_and_places_is_better(of: Problem) -> None:
    found = best(of, SECONDS)
    assert found.proven
    assert keeps_the_rules(of, found)
    assert found.rank(of) == by_trying_everything(of)


@given(problems())
@settings(max_examples=150)
def test_the_plain_way_keeps_the_rules_and_is_never_ahead(of: Problem) -> None:
    plain = greedy(of)
    assert keeps_the_rules(of, plain)
    assert best(of, SECONDS).rank(of) <= plain.rank(of)


def test_the_plain_way_is_beaten_where_the_nearest_is_needed_elsewhere() -> None:
    of = Problem(
        km=np.array([[1.0, 2.0], [9.0, 50.0]]), count=np.array([1, 1]), kind=np.array([0, 0]),
        most=np.array([2]), need=np.array([1, 1]), first=np.array([[1], [1]]),
        last=np.array([[0], [0]]),
    )  # fmt: skip
    assert (greedy(of).km(of), best(of, SECONDS).km(of)) == (51.0, 11.0)


def test_one_of_a_graver_tier_goes_before_any_number_of_a_lighter_one() -> None:
    of = Problem(
        km=np.array([[90.0, 1.0]]), count=np.array([1]), kind=np.array([0]), most=np.array([1]),
        need=np.array([1, 1]), first=np.array([[1, 0], [0, 400]]), last=np.zeros((2, 2), int),
    )  # fmt: skip
    assert best(of, SECONDS).removed(of) == (1, 0)


def test_without_time_the_plain_way_stands_and_is_not_called_the_best() -> None:
    of = Problem(
        km=np.array([[1.0]]), count=np.array([1]), kind=np.array([0]), most=np.array([1]),
        need=np.array([1]), first=np.array([[1]]), last=np.array([[0]]),
    )  # fmt: skip
    found = best(of, 0.0)
    assert (found.removed(of), found.proven) == ((1,), False)
