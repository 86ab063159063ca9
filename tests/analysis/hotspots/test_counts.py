"""The count model: beside a slow plain way, and how often it calls where nothing is planted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from situasi.analysis.hotspots.counts import (
    COLUMNS,
    LEAST_SHOWN,
    CountChanges,
    compute_tail,
    find_excesses,
    state_rates,
)
from tests.analysis.builders_hot import RULES, STEPS, TPS, Day, Planted, Quiet, day, told_soon
from tests.bench import hot as bench

ALL = replace(RULES, marked_chance=1.0, min_count=1)


def test_where_nothing_is_told_again_the_tail_is_that_of_the_negative_binomial() -> None:
    count, usual, shape = np.array([1.0, 3.0, 9.0]), np.full(3, 1.2), np.full(3, 3.5)
    plain = nbinom.sf(count - 1, shape, shape / (shape + usual))
    assert compute_tail(count, usual, shape, 0.0) == pytest.approx(plain)


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_the_tail_of_incidents_told_again_and_again_is_that_of_numbers_thrown(share: float) -> None:
    rng = np.random.default_rng(1)
    shape, usual = 2.5, 1.3
    incidents = rng.poisson(rng.gamma(shape, usual * (1 - share) / shape, 400_000))
    again = rng.negative_binomial(np.maximum(incidents, 1), 1 - share)
    reports = incidents + np.where(incidents > 0, again, 0)
    count = np.array([1.0, 2.0, 4.0, 7.0])
    thrown = [(reports >= n).mean() for n in count]
    tail = compute_tail(count, np.full(4, usual), np.full(4, shape), share)
    assert tail == pytest.approx(thrown, rel=0.05)


def test_a_great_number_has_almost_the_same_tail_as_one_less() -> None:
    count = np.array([100.0, 101.0, 102.0])
    tail = compute_tail(count, np.full(3, 60.0), np.full(3, 20.0), 0.08)
    assert tail[1] / tail[0] == pytest.approx(tail[2] / tail[1], abs=0.03)
    assert 0 < compute_tail(*np.array([[5_000.0], [4_900.0], [10_000.0]]), 0.08)[0] < 0.5


def plainly(changes: CountChanges) -> pd.DataFrame:
    """The obvious way: each time a window grew, count all changes again."""
    rows = []
    columns = (changes.place, changes.step, changes.known_us, changes.change)
    every = list(zip(*(column.tolist() for column in columns), strict=True))
    for place, step, known, change in every:
        for size in ALL.window_steps:
            for first in range(step - size + 1, step + 1):
                if change < 0 or first < 0 or first + size > STEPS:
                    continue
                then = [one for one in every if one[2] <= known]
                own = sum(c for p, s, _, c in then if p == place and first <= s < first + size)
                rows.append((place, first, first + size, known, own))
    return pd.DataFrame(rows, columns=COLUMNS[:5]).drop_duplicates()


def test_numbers_are_those_of_the_plain_way_also_where_incidents_were_merged_and_split() -> None:
    rng = np.random.default_rng(4)
    told = day(rng, Quiet(lag=told_soon, times=0.4)).changes()
    chosen = rng.integers(0, len(told.place), 10)
    later = told.known_us[chosen] + rng.integers(0, 10**9, 10)
    known = np.r_[told.known_us, later, later + 5 * 10**8]
    order = np.argsort(known, kind="stable")
    changes = CountChanges(
        np.r_[told.place, told.place[chosen], told.place[chosen]][order],
        np.r_[told.step, told.step[chosen], told.step[chosen]][order],
        known[order],
        np.r_[told.change, np.full(10, -1), np.ones(10, dtype="int64")][order],
    )
    found = find_excesses(changes, TPS, STEPS, ALL)
    plain = plainly(changes)
    merged = found.merge(plain, on=COLUMNS[:5])
    assert len(merged) == len(found) > 50
    # Of each window the rarest number is there.
    window = COLUMNS[:3]
    most = plain.groupby(window)["count"].max()
    assert (found.groupby(window)["count"].max() <= most.loc[lambda m: m > 0]).all()
    assert set(found.groupby(window).groups) == set(most[most > 0].index)


def test_one_place_alone_is_compared_with_its_own_day() -> None:
    often = Day(np.arange(0.0, 1190.0, 20), np.arange(0.0, 1190.0, 20), np.zeros(60, "int64"))
    usual = find_excesses(often.changes(), np.array([40.0]), STEPS, RULES)
    late = usual[usual["known_us"] > 4 * 3_600_000_000]
    assert (late["per_day"] > 0.3).all()  # it is usual by then
    burst = np.sort(np.r_[often.occurred, np.linspace(700, 715, 9)])
    some = Day(burst, burst, np.zeros(len(burst), "int64"))
    found = find_excesses(some.changes(), np.array([40.0]), STEPS, RULES)
    assert found["per_day"][found["first"].isin([22, 23])].min() < 0.5


def test_a_window_that_fills_is_judged_by_all_it_may_hold() -> None:
    # Three reports are as rare in the first minute of a half hour as in its last.
    occurred = np.array([600.1, 600.2, 600.3])
    early = Day(occurred, occurred, np.zeros(3, "int64")).excesses(ALL)
    late = Day(occurred, occurred + 29, np.zeros(3, "int64")).excesses(ALL)
    pair = [found["per_day"][found["count"] == 3].min() for found in (early, late)]
    assert pair[0] / pair[1] == pytest.approx(1, abs=0.7)


def test_nothing_known_calls_nothing() -> None:
    none = np.empty(0)
    assert Day(none, none, np.empty(0, "int64")).excesses().empty


def test_what_is_stated_grows_with_the_model_and_is_never_less() -> None:
    modelled = np.geomspace(1e-6, 600, 200)
    stated = state_rates(modelled)
    assert (np.diff(stated) > 0).all()
    assert (stated >= modelled - 1e-9).all()
    assert stated[modelled < 0.005].max() < LEAST_SHOWN


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "share"),
    [
        # Days as the model takes them, and the worst that were tried.
        ("one kecamatan 4 times as busy, 8 % twins", 0.6),
        ("all catch up after 3 h", 0.6),
        ("8 % told 2 to 4 times", 1.0),
    ],
)
def test_false_calls_a_day_are_no_more_than_is_stated(kind: str, share: float) -> None:
    rates = bench.false_a_day(bench.KINDS[kind], 60)
    for stated, found in rates.items():
        # 60 days: two standard errors of a number that is Poisson, or nearly.
        assert found <= share * stated + 2 * np.sqrt(share * stated / 60), (kind, stated)


@pytest.mark.slow
def test_a_kecamatan_hour_eight_times_as_busy_is_marked_on_most_days() -> None:
    marked, called = bench.STATED[0], bench.STATED[2]
    assert bench.power(120, 8)[marked] >= 0.5
    largest = bench.power(60, 8, int(np.argmax(TPS)))
    assert largest[marked] >= 0.65 and largest[called] >= 0.3


def test_a_busy_hour_everywhere_is_no_excess_of_one_place() -> None:
    quiet = Quiet(likeness=30.0, busy=1.0, twins=0.0)
    one = day(np.random.default_rng(2), quiet)
    rush = np.repeat(np.linspace(500, 529, 4), len(TPS))
    place = np.r_[one.place, np.tile(np.arange(len(TPS)), 4)]
    busy = Day(np.r_[one.occurred, rush], np.r_[one.known, rush], place)
    found = busy.excesses()
    assert found["per_day"][found["first"] <= 17].min() > 1


def test_what_is_planted_is_named_where_and_when_it_was() -> None:
    found = day(np.random.default_rng(3), Quiet(), Planted(5, 6, 40.0)).excesses()
    rarest = found.loc[found["per_day"].idxmin()]
    assert rarest["place"] == 5
    assert rarest["first"] < 14 and rarest["end"] > 12
