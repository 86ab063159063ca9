"""Many days: each is one, however many hours and places it has."""

from __future__ import annotations

import numpy as np
import pytest

from situasi.analysis.turnout import day_conformal
from situasi.analysis.turnout.day_conformal import compute_hierarchical_quantile


def test_few_days_have_no_quantile_of_their_own() -> None:
    curves = np.random.default_rng(1).normal(size=(day_conformal.MIN_DAYS - 1, 5))
    assert day_conformal.fit_day_quantile([curves], 90) is None


def test_with_one_score_a_day_it_is_split_conformal() -> None:
    scores = np.random.default_rng(2).exponential(size=199)
    found = compute_hierarchical_quantile([np.array([one]) for one in scores], 90)
    # The slow way: the 180th of 199, (199 + 1) x 90 %.
    assert found == pytest.approx(sorted(scores)[179])


def test_a_day_that_is_told_by_many_places_weighs_as_one() -> None:
    quiet = [np.array([1.0]) for _ in range(29)]
    loud = np.full(1000, 5.0)
    assert compute_hierarchical_quantile([*quiet, loud], 90) == 1.0


def test_too_few_days_for_the_level_give_the_largest_score() -> None:
    assert compute_hierarchical_quantile([np.array([1.0, 3.0]), np.array([2.0])], 90) == 3.0


def test_the_quantile_of_many_days_holds_days_to_come_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    level = rng.normal(size=(60, 1))  # all hours of a day miss together
    curves = level + 0.1 * rng.normal(size=(60, 5))
    quantile = day_conformal.fit_day_quantile([curves], 90)
    assert quantile is not None
    to_come = rng.normal(size=(4000, 1)) + 0.1 * rng.normal(size=(4000, 5))
    sd = curves.std(axis=0, ddof=1) * np.sqrt(1 + 1 / 60)
    held = np.abs(to_come - curves.mean(axis=0)) <= quantile * sd
    assert 0.82 < held.mean() < 0.98
