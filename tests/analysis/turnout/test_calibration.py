"""The calibration of the turnout outlook: for its rules alone, from real days, and it says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import numpy as np
import pytest

from situasi.analysis.turnout import calibration, real_day_pace
from situasi.domain import election, forecast_parameters, real_days
from situasi.domain.forecast_parameters import KABUPATEN, TurnoutPrior
from situasi.domain.real_days import DaySummary, LeftOutScore, RealDays, TurnoutSpreads
from tests.analysis.builders_outlook import CALIBRATED
from tests.analysis.builders_tps import whole
from tests.simulated_days import days as simulated_days
from tests.simulated_days import scores
from tests.simulated_days.scores import ForecastSample

SIXTHS = np.arange(1, 6) / 6
SHARES = np.array([0.1, 0.3, 0.52, 0.72, 0.9])
NO_DAYS = TurnoutSpreads(0, 0.0, 0.1, 0.15, 0.14)


def day(
    number: int, shares: np.ndarray = SHARES, country: str = "Rumania", **more: object
) -> DaySummary:
    entries = {"source": "uji", "turnout": 0.6, "elapsed": SIXTHS, **more}
    return DaySummary(
        day=date(2020, 1, number), country=country, log_share=np.log(shares), **entries
    )


def facts(*days: DaySummary) -> RealDays:
    """Days whose places differ by a tenth, half of it for good."""
    spread = np.eye(5) * 0.01
    measured = [
        replace(one, between_places=spread, parts=SIXTHS / 10, stations=SIXTHS / 5, chance=SIXTHS)
        for one in days
    ]
    return RealDays(
        persistent=spread / 2,
        least_day_sd=np.zeros(5),
        turnout=TurnoutSpreads(len(days), 0.08, 0.1, 0.15, 0.14),
        days=tuple(measured),
    )


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
    assert found.days == len(real_days.load_shipped().days)
    assert found.tested == real_days.load_shipped().tested


def test_the_calibration_of_this_election_is_what_calibrate_makes_of_the_real_days() -> None:
    found = whole().election.turnout_parameters
    assert found is not None
    made = calibration.calibrate(whole().election, real_days.load_shipped())
    assert np.allclose(found.pace.covariance, made.pace.covariance, atol=2e-5)
    assert np.allclose(found.pace.offset, made.pace.offset, atol=2e-5)
    assert (found.degrees, found.days) == (made.degrees, made.days)


def test_what_is_written_is_read_again(tmp_path) -> None:
    tested = LeftOutScore(time(9), KABUPATEN, 4, 90.5, 70.25, 9.5, 3.5, 4.5, 30.25, 40.5)
    prior = TurnoutPrior(0.85, 0.12, 3, 2)
    (tmp_path / forecast_parameters.FILE_NAME).write_text(
        forecast_parameters.format_toml(replace(CALIBRATED, tested=(tested,), prior=prior), "abc"),
        "utf-8",
    )
    found = forecast_parameters.load(tmp_path, "abc")
    assert found is not None
    assert (found.tested, found.prior, found.sources) == ((tested,), prior, CALIBRATED.sources)
    assert np.allclose(found.pace.covariance, CALIBRATED.pace.covariance, atol=1e-5)


def test_a_calibration_for_other_rules_is_none(tmp_path) -> None:
    (tmp_path / forecast_parameters.FILE_NAME).write_text(
        forecast_parameters.format_toml(CALIBRATED, "abc"), "utf-8"
    )
    assert forecast_parameters.load(tmp_path, "xyz") is None
    assert forecast_parameters.load(tmp_path / "nowhere", "abc") is None


def test_a_changed_rule_or_a_day_recorded_here_asks_for_another_calibration(tmp_path) -> None:
    here = whole().election
    rules = replace(here.rules, forecast=replace(here.rules.forecast, winsor_sd=2.5))
    empty = replace(here, folder=tmp_path)
    before = election.forecast_fingerprint(empty)
    assert election.forecast_fingerprint(replace(empty, rules=rules)) != before
    real_days.record_own(tmp_path, day(1, place="Ogan Ilir"))
    assert election.forecast_fingerprint(empty) != before


def test_days_of_this_place_are_kept_one_a_date(tmp_path) -> None:
    for number, shares in ((2, SHARES), (1, SHARES), (2, SHARES**2)):
        real_days.record_own(tmp_path, day(number, shares, place="Ogan Ilir"))
    first, second = real_days.load_own(tmp_path)
    assert (first.day.day, second.day.day) == (1, 2)
    assert second.log_share == pytest.approx(np.log(SHARES**2), abs=1e-4)


def test_a_day_known_from_noon_began_as_the_days_that_were_known_from_the_start() -> None:
    slow = np.array([0.05, 0.25, 0.5, 0.72, 0.9])
    late = {"elapsed": SIXTHS[2:], "country": "Italia"}
    made = facts(day(1, slow), day(2, slow))
    noon = replace(day(3, slow[2:] * 1.1, **late), parts=None, stations=None)
    found = real_day_pace.estimate_pace(
        replace(made, days=(*made.days, noon)), (), whole().election
    ).pace
    plain = real_day_pace.estimate_pace(made, (), whole().election).pace
    # A tenth more at its first hour, and so at those before: half of that in the mean of countries.
    assert found.offset[:3] - plain.offset[:3] == pytest.approx(np.log(1.1) / 2)


def test_between_far_hours_a_day_goes_as_the_others_did() -> None:
    """A country whose days go as all do is no other one for being known at two hours."""
    known = np.array([5 / 16, 12 / 16])
    usual = facts(day(1), day(2))
    at_known = real_day_pace.build_interpolation(SIXTHS, known) @ np.log(SHARES)
    at_known += np.log(np.minimum(known / SIXTHS[0], 1))
    two = {"elapsed": known, "country": "Italia"}
    other = replace(day(3, np.exp(at_known), **two), parts=None, stations=None)
    both = replace(usual, days=(*usual.days, other))
    found, alone = (
        real_day_pace.estimate_pace(made, (), whole().election).pace for made in (both, usual)
    )
    assert found.offset == pytest.approx(alone.offset, abs=1e-9)


def test_the_pace_is_the_mean_curve_of_the_countries_not_of_the_days() -> None:
    late = SHARES * 0.8
    made = facts(day(1), day(2), day(3), day(4, late, "Italia"))
    found = real_day_pace.estimate_pace(made, (), whole().election).pace
    assumed = np.log([0.17, 0.38, 0.59, 0.77, 0.92])
    expected = (np.log(SHARES) + np.log(late)) / 2 - assumed
    assert found.offset[:5] == pytest.approx(expected, abs=1e-9)
    assert found.offset[5] == pytest.approx(0)


def test_a_day_is_as_unsure_as_days_places_and_the_country_together() -> None:
    made = facts(day(1, SHARES * 1.1), day(2, SHARES / 1.1))
    found = real_day_pace.estimate_pace(made, (), whole().election)
    between = 2 * np.log(1.1) ** 2
    unknown = (np.log(0.17) - np.log(0.1)) ** 2 / 2  # one country, and the curve that is assumed
    # A day has 1 + 1/days, of t with days - 1 degrees (Higgins, Thompson and Spiegelhalter 2009).
    # How far another country lies is measured from the mean as it is, so it has not; what places
    # keep, and how a day takes each otherwise, was measured on many.
    kept, of_place_and_day = 0.005, 0.005
    few = between + (between + of_place_and_day) / 2 + unknown
    assert found.pace.of_days[0, 0] == pytest.approx(few)
    many = found.pace.covariance[0, 0] - found.pace.of_days[0, 0]
    assert many == pytest.approx(kept + of_place_and_day)
    assert found.degrees == 1


def test_what_own_days_leave_open_is_what_bayes_says() -> None:
    """The slow way: precisions of the usual curve and of two days seen, added."""
    made, here = facts(day(1, SHARES * 1.1), day(2, SHARES / 1.1)), whole().election
    own = [day(10 + n, SHARES**0.7, "Indonesia") for n in range(2)]
    gap = np.log(SHARES) - np.log([0.17, 0.38, 0.59, 0.77, 0.92])
    usual = np.outer(gap, gap) / 2 + np.eye(5) * 0.005
    of_day = np.full((5, 5), 2 * np.log(1.1) ** 2) + np.eye(5) * 0.005
    of_mean = of_day / 2  # of two days, which own days correct as they do the country
    left = np.linalg.inv(np.linalg.inv(usual + of_mean) + 2 * np.linalg.inv(of_day))
    pace = real_day_pace.estimate_pace(made, own, here).pace
    few, many = pace.of_days, pace.covariance - pace.of_days
    assert (few + many)[:5, :5] == pytest.approx(left + of_day, abs=1e-6)
    assert np.linalg.eigvalsh(many).min() > -1e-9
    assert 0.005 < many[0, 0] < 0.01  # of the day itself, and what is left of the place


def test_each_day_of_this_place_narrows_the_interval_and_moves_the_curve_to_it() -> None:
    made, early = facts(day(1), day(2, SHARES * 1.05)), SHARES**0.7
    here = whole().election
    found = [
        real_day_pace.estimate_pace(
            made, [day(10 + n, early, "Indonesia") for n in range(count)], here
        ).pace
        for count in (0, 1, 3)
    ]
    sds = [np.sqrt(pace.covariance[1, 1]) for pace in found]
    assert sds == sorted(sds, reverse=True)
    wanted = np.log(early[1] / 0.38)
    misses = [abs(pace.offset[1] - wanted) for pace in found]
    assert misses == sorted(misses, reverse=True)
    assert misses[-1] < 0.25 * misses[0]


def test_no_sd_of_a_day_is_below_the_least_that_is_believed() -> None:
    made = replace(facts(day(1), day(2)), least_day_sd=np.full(5, 0.5))
    found = real_day_pace.estimate_pace(made, (), whole().election).pace
    assert (np.sqrt(np.diag(found.covariance))[:5] > 0.5).all()
    assert np.linalg.eigvalsh(found.covariance).min() > -1e-9


def test_a_curve_given_at_other_hours_is_moved_to_these() -> None:
    weights = real_day_pace.build_interpolation(np.array([0.25, 0.75]), np.array([0.25, 0.75, 1]))
    assert weights == pytest.approx(np.array([[1, 0], [0, 1], [0, 0]]))


def test_past_turnout_is_a_prior_no_surer_than_days_differ() -> None:
    here = whole().election
    found = calibration.estimate_prior(here, facts(day(1), day(2), day(3), day(4)))
    assert found is not None
    assert found.mean == pytest.approx((0.8358 + 0.8581) / 2)
    # Four real days and three elections of different kinds, by their degrees.
    pooled = np.sqrt((3 * 0.08**2 + 2 * 0.115**2) / 5)
    assert found.sd == pytest.approx(pooled * np.sqrt(1.5))
    assert found.degrees == 5
    one = calibration.estimate_prior(here, replace(facts(day(1)), turnout=NO_DAYS))
    assert one is not None
    assert (one.degrees, one.sd > found.sd) == (2, True)
    nothing = replace(here.rules.turnout, references=())
    bare = replace(here, rules=replace(here.rules, turnout=nothing))
    assert calibration.estimate_prior(bare, facts(day(1))) is None


def test_errors_are_in_points_of_the_list() -> None:
    one = scores.compute_score(time(9), KABUPATEN, rows([600, 700], [610, 650], [20, 20]))
    assert one.covered == 50
    assert one.width == pytest.approx(2)
    assert one.model == pytest.approx((1 + 5) / 2)
    assert one.so_far == pytest.approx((6 + 7) / 2)


@pytest.mark.slow
def test_the_interval_holds_the_truth_of_simulated_days_as_often_as_it_says_or_more() -> None:
    """The small version of `python -m tests.bench outlook`: a check of reports, not of days."""
    here = whole()
    bare = replace(here.election.rules.turnout, references=())
    plain = replace(here.election, rules=replace(here.election.rules, turnout=bare))
    found = calibration.calibrate(plain, real_days.load_shipped())
    given = simulated_days.load_assumptions()
    days = simulated_days.simulate_days(simulated_days.build_area(here), given, 40, 3)
    for one in scores.compute_scores(here, found, days):
        assert one.covered > 75, one
