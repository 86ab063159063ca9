"""The calibration of the turnout outlook: reproducible, for its rules alone, and it holds."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import time

import numpy as np
import pytest

from situasi.analysis.turnout import calibration, simulated_days
from situasi.analysis.turnout.calibration import ForecastSample
from situasi.domain import election, forecast_parameters
from situasi.domain.forecast_parameters import KABUPATEN, KECAMATAN, ConformalFactor
from tests.analysis.builders_outlook import CALIBRATED
from tests.analysis.builders_tps import whole

DAYS = 120


def rows(truth: list[float], centre: list[float], sigma: list[float]) -> ForecastSample:
    cells = {name: np.array(values) for name, values in
             {"truth": truth, "centre": centre, "sigma": sigma}.items()}  # fmt: skip
    plain = dict.fromkeys(("scaled", "so_far", "paced"), cells["truth"] * 0.9)
    ends = {"low": cells["centre"] - cells["sigma"], "high": cells["centre"] + cells["sigma"]}
    return ForecastSample({**cells, **plain, **ends, "dpt": np.full(len(truth), 1000.0)})


def test_the_calibration_of_this_election_fits_its_rules() -> None:
    found = whole().election.turnout_parameters
    assert found is not None, "run: python -m situasi calibrate"
    assert found.confidence_percent == whole().election.rules.forecast.confidence_percent
    assert {(one.at, one.level) for one in found.evaluation} == {
        (at, level)
        for at in whole().election.rules.forecast.scoring_times
        for level in (KABUPATEN, KECAMATAN)
    }


def test_what_is_written_is_read_again(tmp_path) -> None:
    one = calibration.compute_score(time(9), KABUPATEN, rows([600, 700], [610, 650], [20, 20]))
    (tmp_path / forecast_parameters.FILE_NAME).write_text(
        forecast_parameters.format_toml(replace(CALIBRATED, evaluation=(one,)), "abc"), "utf-8"
    )
    found = forecast_parameters.load(tmp_path, "abc")
    assert found is not None
    assert found.conformal_factors == CALIBRATED.conformal_factors
    assert found.evaluation == (one,)
    assert np.allclose(found.pace.covariance, CALIBRATED.pace.covariance, atol=1e-6)


def test_a_calibration_for_other_rules_is_none(tmp_path) -> None:
    (tmp_path / forecast_parameters.FILE_NAME).write_text(
        forecast_parameters.format_toml(CALIBRATED, "abc"), "utf-8"
    )
    assert forecast_parameters.load(tmp_path, "xyz") is None
    assert forecast_parameters.load(tmp_path / "nowhere", "abc") is None


def test_a_changed_rule_or_assumption_asks_for_another_calibration(tmp_path) -> None:
    here = whole().election
    rules = replace(here.rules, forecast=replace(here.rules.forecast, winsor_sd=2.5))
    assert election.forecast_fingerprint(here) != election.forecast_fingerprint(
        replace(here, rules=rules)
    )
    (tmp_path / forecast_parameters.DAYS_FILE_NAME).write_text("[turnout]", "utf-8")
    assert election.forecast_fingerprint(here) != election.forecast_fingerprint(
        replace(here, folder=tmp_path)
    )


def test_the_stretch_holds_so_many_of_a_hundred_and_one_more() -> None:
    away = np.random.default_rng(1).normal(size=199)
    sample = rows((500 + away * 7).tolist(), [500.0] * 199, [7.0] * 199)
    [found] = calibration.fit_conformal_factors(
        whole(), CALIBRATED, calibration.list_fitting_times(whole())[:1],
        [calibration.SamplesAtTime(sample, sample)],
    )  # fmt: skip
    # The slow way: the 180th of 199 by distance, (199 + 1) x 90 %.
    assert found.whole == pytest.approx(sorted(abs(away))[179])
    assert found.after_min == 90


def test_between_two_moments_the_stretch_is_interpolated() -> None:
    one = replace(
        CALIBRATED,
        conformal_factors=(ConformalFactor(60, 1.0, 2.0), ConformalFactor(120, 2.0, 4.0)),
    )
    assert one.interval_factors(90) == (1.5, 3.0)
    assert one.interval_factors(30) == (1.0, 2.0)
    assert one.interval_factors(900) == (2.0, 4.0)


def test_errors_are_in_points_of_the_list() -> None:
    one = calibration.compute_score(time(9), KABUPATEN, rows([600, 700], [610, 650], [20, 20]))
    assert one.covered == 50
    assert one.width == pytest.approx(2)
    assert one.model == pytest.approx((1 + 5) / 2)
    assert one.so_far == pytest.approx((6 + 7) / 2)


def test_the_pace_of_days_is_that_of_their_truth() -> None:
    given, of = (
        simulated_days.load_assumptions(whole().election.folder),
        simulated_days.build_area(whole()),
    )
    many = list(simulated_days.simulate_days(of, given, 30, 11))
    found = calibration.estimate_pace(many, of)
    nine = [
        np.log(day.true_counts[:, 1].sum() / day.final_counts.sum()) - np.log(0.38) for day in many
    ]
    assert found.offset[1] == pytest.approx(np.mean(nine))
    assert found.covariance[1, 1] == pytest.approx(np.var(nine, ddof=1))


def bounds(count: int, share: float, doubt: float = 0.001) -> tuple[float, float]:
    """Between which shares of so many trials a true share is seen, but for so many in all."""
    chance = [math.comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(count + 1)]
    below = np.cumsum(chance)
    low = int(np.searchsorted(below, doubt / 2))
    high = int(np.searchsorted(below, 1 - doubt / 2))
    return 100 * low / count, 100 * high / count


@pytest.mark.slow
def test_the_interval_holds_the_truth_of_days_that_it_never_saw() -> None:
    """The small version of `python -m tests.bench outlook`: other days, fewer of them."""
    found = whole().election.turnout_parameters
    assert found is not None
    given, of = (
        simulated_days.load_assumptions(whole().election.folder),
        simulated_days.build_area(whole()),
    )
    seed = found.seed + found.test_seed + 1
    for one in calibration.compute_scores(
        whole(), found, simulated_days.simulate_days(of, given, DAYS, seed)
    ):
        low, high = bounds(DAYS, 0.9)
        assert low <= one.covered <= high, one
        assert one.model < min(one.paced, one.scaled, one.so_far), one
