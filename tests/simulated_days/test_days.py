"""Simulated days: the same for the same seed, honest in their truth, wrong as often as assumed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.analysis.builders_tps import whole
from tests.simulated_days import count_errors
from tests.simulated_days.days import (
    DayAssumptions,
    DayDraw,
    DayKind,
    SimulatedArea,
    SimulatedDay,
    build_area,
    draw_days,
    load_assumptions,
    simulate_day,
    simulate_days,
)

FLAWLESS = {
    "lost_digit": 0.0,
    "doubled_digit": 0.0,
    "swapped_digits": 0.0,
    "same_again": 0.0,
    "late_start": 0.0,
    "rounded": 0.0,
    "copied_desa": 0.0,
    "above_end": 0.0,
}


@cache
def given() -> DayAssumptions:
    return load_assumptions()


@cache
def here() -> SimulatedArea:
    return build_area(whole())


@cache
def some() -> list[SimulatedDay]:
    return list(simulate_days(here(), given(), 12, 5))


def kind(name: str) -> DayKind:
    return next(one for one in given().kinds if one.name == name)


def of(name: str, seed: int = 3, **assumptions: object) -> SimulatedDay:
    """A day of this kind, in the middle of what is assumed."""
    return simulate_day(
        here(),
        replace(given(), **assumptions),
        DayDraw(kind(name), 0.5, 0.5, 0.0, 0.0, (0.0,) * 6, (seed, 0)),
    )


def paced(name: str, **lot: float) -> np.ndarray:
    """Voters present at each hour of such a day."""
    middle = DayDraw(kind(name), 0.5, 0.5, 0.0, 0.0, (0.0,) * 6, (3, 0))
    return simulate_day(here(), given(), replace(middle, **lot)).true_counts.sum(axis=0)


def delays(one: SimulatedDay) -> np.ndarray:
    return (one.reported_us - one.counted_us) / 60e6


def test_the_same_seed_gives_the_same_days() -> None:
    for one, other in zip(some(), simulate_days(here(), given(), 12, 5), strict=True):
        assert np.array_equal(one.true_counts, other.true_counts)
        assert np.array_equal(one.reported_counts, other.reported_counts)
        assert np.array_equal(one.reported_us, other.reported_us)


def test_another_seed_gives_other_days() -> None:
    [other] = simulate_days(here(), given(), 1, 6)
    assert not any(np.array_equal(one.final_counts, other.final_counts) for one in some())


def test_who_came_stays_and_the_turnout_is_within_what_is_assumed() -> None:
    low, high = given().turnout["level"]
    for one in some():
        assert (np.diff(one.true_counts, axis=1) >= 0).all()
        assert low - 0.05 < one.final_counts.sum() / here().dpt.sum() < high + 0.05


def test_nothing_is_told_before_it_was_counted() -> None:
    for one in some():
        assert (one.reported_us > one.counted_us).all()
        assert (one.counted_us > here().opens_us).all()


def test_each_kind_of_day_comes_as_often_as_its_weight() -> None:
    count = sum(one.weight for one in given().kinds)
    drawn = Counter(lot.kind.name for lot in draw_days(here(), given(), int(count), 1))
    assert drawn == {one.name: one.weight for one in given().kinds}


def test_levels_and_paces_are_spread_in_even_steps() -> None:
    levels = sorted(lot.turnout_level for lot in draw_days(here(), given(), 40, 1))
    assert [int(level * 40) for level in levels] == list(range(40))
    assert np.mean(
        [lot.pace_deviation for lot in draw_days(here(), given(), 40, 1)]
    ) == pytest.approx(0, abs=0.05)


def test_a_late_day_is_behind_at_every_hour() -> None:
    early, late = (paced("biasa", pace_deviation=pace) for pace in (-1.5, 1.5))
    assert (late[:-2] < early[:-2]).all()
    assert (late[-2:] == early[-2:]).all()  # at the closing and after it


def test_on_a_day_of_a_rush_fewer_come_at_both_ends() -> None:
    wide, close = (paced("biasa", peak_deviation=peak) for peak in (-1.5, 1.5))
    assert close[0] < wide[0]
    assert close[4] > wide[4]
    assert close[-1] == wide[-1]


def test_words_come_late_on_a_slow_day_and_some_never() -> None:
    usual, slow = of("biasa"), of("lambat")
    assert np.median(delays(usual)) == pytest.approx(kind("biasa").median_min, rel=0.15)
    assert np.median(delays(slow)) > 2 * np.median(delays(usual))
    assert len(slow.station_index) < 0.85 * len(usual.station_index)


def test_whole_kecamatan_are_not_heard_on_a_day_that_is_cut() -> None:
    one = of("terputus")
    heard = one.reported_us <= here().opens_us + 150 * 60_000_000
    silent = set(here().kecamatan) - set(here().kecamatan[one.station_index[heard]])
    assert len(silent) >= 2


def test_without_slips_what_is_told_is_true() -> None:
    one = of("biasa", wrong=FLAWLESS)
    step = np.where(one.fase_index >= 0, 6, (one.counted_us - here().opens_us) // 3_600_000_000 - 1)
    assert np.array_equal(one.reported_counts, one.true_counts[one.station_index, step])


@pytest.mark.parametrize(
    ("name", "told"),
    [("lost_digit", 12), ("doubled_digit", 1233), ("swapped_digits", 132)],
)
def test_a_slip_of_the_thumb_is_what_its_name_says(name: str, told: int) -> None:
    rng = np.random.default_rng(1)
    found = count_errors.add_count_errors(
        np.array([[123, 123]]), np.array([0]), {**FLAWLESS, name: 1.0}, rng
    )
    assert found.tolist() == [[told, told]]


def test_a_desa_that_copies_tells_one_count() -> None:
    rng = np.random.default_rng(1)
    true = np.arange(10, 22).reshape(4, 3)
    found = count_errors.add_count_errors(
        true, np.zeros(4, dtype=int), {**FLAWLESS, "copied_desa": 1.0}, rng
    )
    assert sum(len(set(column)) == 1 for column in found.T) == 1


def test_the_real_lists_add_up_to_the_register_so_that_the_turnout_stays() -> None:
    full = {**given().turnout, "level": [0.6, 0.6], "kecamatan_sd": 0, "tps_sd": 0, "order_sd": 0}
    one = of("biasa", turnout=full)
    assert one.final_counts.sum() == pytest.approx(0.6 * here().dpt.sum(), rel=1e-3)
    assert np.std(one.final_counts / here().dpt) > 0.05


def test_where_nobody_is_ordered_few_tell_late_and_the_silent_have_a_lower_turnout() -> None:
    """As measured on 1,687 reports of two days of 2019 (jtannen/turnout_tracker, MIT)."""
    ratios, told, lags = [], [], []
    for seed in range(8):
        day = of("sukarela", seed)
        told.append(len(np.unique(day.station_index)) / len(here()))
        lags.append((day.reported_us - day.counted_us) / 60_000_000)
        silent = np.setdiff1d(np.arange(len(here())), day.station_index)
        rate = day.final_counts / here().dpt
        ratios.append(rate[silent].mean() / np.delete(rate, silent).mean())
    assert 0.72 < np.mean(ratios) < 0.79
    assert np.mean(told) == pytest.approx(0.22, abs=0.03)
    lag = np.concatenate(lags)
    within = [np.mean(lag <= minutes) for minutes in (19, 113, 357)]
    assert within == pytest.approx([0.5, 0.75, 0.9], abs=0.02)
    assert np.log(lag).std() == pytest.approx(1.85, abs=0.1)


def test_of_second_counts_as_many_fall_and_of_counts_as_many_lie_above_the_end_as_measured() -> (
    None
):
    falls, is_above = [], []
    for seed in range(8):
        day = of("sukarela", seed)
        order = np.lexsort((day.counted_us, day.station_index))
        station, count = day.station_index[order], day.reported_counts[order]
        is_first = np.append(True, np.diff(station) > 0)
        is_second = np.append(False, is_first[:-1]) & ~is_first
        falls.append(np.diff(count, prepend=0.0)[is_second] < 0)
        is_above.append(count > day.final_counts[station])
    assert np.concatenate(falls).mean() == pytest.approx(0.05, abs=0.01)
    assert np.concatenate(is_above).mean() == pytest.approx(0.06, abs=0.01)
