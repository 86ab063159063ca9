"""The interval: few days widen it, the past narrows it, and a slow way gives the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from situasi.analysis.turnout.forecast_interval import (
    TotalLimits,
    compute_intervals,
    weigh_total,
)
from situasi.analysis.turnout.forecast_model import ErrorCovariance
from situasi.domain.forecast_parameters import TurnoutPrior
from tests.analysis.builders_outlook import CALIBRATED

LIMITS = TotalLimits(dpt=1000.0, least=0.0, most=1000.0)


def test_the_past_is_weighed_as_bayes_says() -> None:
    """The slow way: both densities multiplied and integrated."""
    prior = TurnoutPrior(0.8, 0.1, 3, 2)
    found = weigh_total(600.0, 90.0**2, 7.0, LIMITS, prior, 90)

    def density(rate: float) -> float:
        of_counts = stats.t(7).pdf((np.log(rate) - np.log(0.6)) / 0.15)
        return float(of_counts * (0.95 * stats.t(3).pdf((rate - 0.8) / 0.1) / 0.1 + 0.05))

    whole = integrate.quad(density, 0.05, 1)[0]
    below = [integrate.quad(density, 0.05, voters / 1000)[0] / whole for voters in found]
    assert below == pytest.approx([0.05, 0.5, 0.95], abs=0.01)


def test_where_no_past_is_known_the_list_still_bounds_what_is_likely() -> None:
    """The slow way: t in the log of the voters, of which only what the list allows is left."""
    found = weigh_total(600.0, 240.0**2, 7.0, LIMITS, None, 90)

    def density(log_voters: float) -> float:
        return float(stats.t(7).pdf((log_voters - np.log(600)) / 0.4))

    least, most = np.log(600) - 12 * 0.4, np.log(1000)
    whole = integrate.quad(density, least, most)[0]
    below = [integrate.quad(density, least, np.log(voters))[0] / whole for voters in found]
    assert below == pytest.approx([0.05, 0.5, 0.95], abs=0.005)
    assert found.high < 1000


def test_bounds_that_are_far_away_change_nothing() -> None:
    found = weigh_total(600.0, 30.0**2, 7.0, LIMITS, None, 90)
    side = stats.t(7).ppf(0.95) * 0.05
    expected = 600 * np.exp([-side, 0, side])
    assert found == pytest.approx(expected, rel=1e-4)


def test_sure_counts_are_not_moved_by_the_past() -> None:
    found = weigh_total(320.0, 5.0**2, 7.0, LIMITS, TurnoutPrior(0.85, 0.12, 3, 2), 90)
    assert found.centre == pytest.approx(320, abs=1)
    side = stats.t(7).ppf(0.95) * 5
    assert (found.low, found.high) == pytest.approx((320 - side, 320 + side), abs=1)


def test_what_was_counted_bounds_what_the_past_may_say() -> None:
    limits = replace(LIMITS, least=700.0)
    found = weigh_total(750.0, 100.0**2, 7.0, limits, TurnoutPrior(0.5, 0.05, 3, 2), 90)
    assert found.low >= 700


def test_early_counts_of_less_than_half_the_past_are_not_argued_away() -> None:
    """At 09.00 of a day to which 32 % came, with 85 % as the past; the past was never so wrong."""
    prior = TurnoutPrior(0.85, 0.12, 3, 2)
    found = weigh_total(320.0, (0.4 * 320) ** 2, 9.0, LIMITS, prior, 90)
    assert found.low < 320
    assert np.log(found.centre / found.low) > 2 * np.log(found.high / found.centre)
    agreed = weigh_total(800.0, (0.4 * 800) ** 2, 9.0, LIMITS, prior, 90)
    assert agreed.high - agreed.low < found.high - found.low


def test_errors_of_many_days_and_of_single_tps_are_normal_errors_of_few_days_are_not() -> None:
    total = np.full((1, 1), 30.0**2)
    widths = []
    for pace, degrees in ((0.0, 7), (1.0, 100), (1.0, 7), (1.0, 3)):
        found = compute_intervals(
            np.array([600.0]),
            ErrorCovariance(pace * total, total),
            LIMITS,
            replace(CALIBRATED, degrees=degrees),
            90,
        )
        widths.append(float(np.log(found["high"][0] / 600) / (30 / 600)))
    assert widths[0] == pytest.approx(1.645, abs=0.01)
    assert widths[1] == pytest.approx(1.66, abs=0.01)
    assert widths[2:] == pytest.approx([stats.t(7).ppf(0.95), stats.t(3).ppf(0.95)], rel=1e-2)


def test_what_many_days_measured_takes_the_place_of_t() -> None:
    total = np.full((1, 1), 30.0**2)
    parameters = replace(CALIBRATED, degrees=24, day_quantile=2.5)
    found = compute_intervals(
        np.array([600.0]), ErrorCovariance(total, total), LIMITS, parameters, 90
    )
    assert np.log(found["high"][0] / 600) / (30 / 600) == pytest.approx(2.5, rel=5e-3)


def test_a_part_has_the_tail_of_its_own_error_not_that_of_the_total() -> None:
    """Of three degrees as far as few days tell; what is its own was measured on many places."""
    few = np.array([[900.0, 300.0], [300.0, 100.0]])
    total = few + np.diag([0.0, 800.0])
    found = compute_intervals(
        np.array([600.0, 200.0]),
        ErrorCovariance(few, total),
        LIMITS,
        replace(CALIBRATED, degrees=3),
        90,
    )
    tail = stats.t(3 / (100 / 900) ** 2).ppf(0.95)
    assert tail < 1.66 < stats.t(3).ppf(0.95)
    assert np.log(found["high"][1] / 200) * 200 == pytest.approx(tail * 30, rel=1e-2)


def test_parts_move_with_the_total_and_add_up_to_it() -> None:
    shared = np.array([[900.0, 450.0, 450.0], [450.0, 250.0, 200.0], [450.0, 200.0, 250.0]])
    prior = TurnoutPrior(0.65, 0.05, 3, 2)
    found = compute_intervals(
        np.array([600.0, 400.0, 200.0]),
        ErrorCovariance(shared, shared),
        LIMITS,
        replace(CALIBRATED, prior=prior),
        90,
    )
    assert found["centre"][0] > 600
    assert found["centre"][1:].sum() == pytest.approx(found["centre"][0])
    assert (found["sigma"] < np.sqrt(np.diag(shared))).all()
