"""The parts of the outlook's error: each counts once; a wrong count is told from a right one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from situasi.analysis.turnout.forecast import build_kecamatan_table
from situasi.analysis.turnout.forecast_inputs import TurnoutCounts, build_voter_rolls
from situasi.analysis.turnout.forecast_model import ForecastComponents
from situasi.analysis.turnout.forecast_pace import PacePosterior, compute_pace_posterior
from situasi.domain.forecast_parameters import Pace
from situasi.domain.register import Register
from tests.analysis.builders_outlook import (
    CALIBRATED,
    PACE,
    at_rate,
    codes,
    found,
    of_all,
    register,
)

HOME, COUNT_ERROR = "16.10.01", 0.055


def with_pace(pace: Pace, degrees: int = 7) -> Register:
    parameters = replace(CALIBRATED, pace=pace, degrees=degrees)
    return replace(register(), election=replace(register().election, turnout_parameters=parameters))


def test_what_was_measured_on_many_places_is_no_matter_of_few_days() -> None:
    here = with_pace(replace(PACE, of_days=0.2 * PACE.covariance), degrees=2)
    one = of_all(*at_rate(0.64, codes(), "10.00"), at="10.15", of=here)
    width = np.log(one.high / one.centre) * one.centre / one.sigma
    assert 1.645 < width < 1.75


def test_the_pace_of_kecamatan_is_that_of_deviations_from_their_sum() -> None:
    """The slow way: deviations drawn, what they have in common taken off, and added up."""
    rng = np.random.default_rng(3)
    centre, sd = np.array([300.0, 200.0, 100.0]), np.array([30.0, 20.0, 25.0])
    nothing = np.zeros(3)
    parts = ForecastComponents(
        tps=nothing, used=nothing, ended=nothing, counted=nothing, most=nothing, centre=centre,
        weight_by_slot=np.zeros((3, 1)), silent_sd=nothing, pace_sd=sd,
        own_variance=nothing,
    )  # fmt: skip
    member = np.vstack([np.ones(3), np.eye(3)])
    still = PacePosterior(np.zeros(1), np.zeros((1, 1)), np.zeros((1, 1)))
    drawn = rng.normal(size=(200_000, 3))
    drawn -= np.outer(drawn @ centre, centre) / (centre @ centre)
    expected = np.cov(member @ (sd[:, None] * drawn.T))
    total = parts.compute_error_covariance(member, still).total
    assert total == pytest.approx(expected, abs=6)


def test_where_all_told_one_hour_only_their_counts_may_be_wrong() -> None:
    """The share that came by then is measured for all together: their own paces add up to it."""
    here = with_pace(replace(PACE, covariance=np.zeros((6, 6)), chance=np.full(6, 5.0)))
    everyone = of_all(*at_rate(0.64, codes(), "10.00"), at="10.15", of=here)
    final = 0.64 * register().tps["dpt"].to_numpy(float)
    assert everyone.sigma == pytest.approx(COUNT_ERROR * np.linalg.norm(final), rel=0.1)
    half = of_all(*at_rate(0.64, codes()[::2], "10.00"), at="10.15", of=here)
    assert half.sigma > 2 * everyone.sigma


def test_who_sees_one_kecamatan_alone_is_told_that_it_may_differ_from_the_others() -> None:
    """Its own pace is no less unknown where the board shows nothing of the other kecamatan."""
    here = with_pace(replace(PACE, covariance=np.zeros((6, 6))))
    rows = at_rate(0.64, codes(), "10.00")
    alone = of_all(
        *(row for row in rows if row["kecamatan"] == HOME),
        at="10.15", of=here.restrict_to([HOME]),
    )  # fmt: skip
    among = build_kecamatan_table(found(*rows, at="10.15", of=here)).loc[HOME]
    assert alone.sigma > PACE.kecamatan[2] * alone.centre
    assert alone.sigma == pytest.approx(among.sigma, rel=0.1)


def test_tps_at_another_hour_than_the_rest_deviate_for_themselves() -> None:
    wide = replace(PACE, covariance=np.zeros((6, 6)), kecamatan=np.zeros(6), tps=np.full(6, 0.5))
    here, late = with_pace(wide), codes()[::10]
    ended = at_rate(0.64, [code for code in codes() if code not in late], "13.00", fase="ditutup")
    one = of_all(*ended, *at_rate(0.64, late, "10.00"), at="13.30", of=here)
    final = 0.64 * register().tps.set_index("code")["dpt"][late].to_numpy(float)
    assert one.sigma == pytest.approx(0.5 * np.linalg.norm(final), rel=0.1)


def test_when_voters_come_says_nothing_of_how_far_the_turnout_of_silent_tps_differs() -> None:
    """TPS of one turnout whose first hour differs by half; none of one kecamatan told anything."""
    here = with_pace(replace(PACE, covariance=np.zeros((6, 6)), tps=np.full(6, 0.5)))
    told = [code for code in codes() if not code.startswith(HOME)]
    paces = np.exp(np.random.default_rng(8).normal(0, 0.5, len(told)))
    rows = [
        row
        for code, pace in zip(told, paces, strict=True)
        for row in at_rate(0.5 * pace, [code], "08.00")
    ]
    silent = 0.5 * register().tps.set_index("code")["dpt"][codes(HOME)].to_numpy(float)
    parts = found(*rows, at="08.30", of=here).components
    assert parts is not None
    own = np.sqrt(parts.own_variance[parts.used == 0])
    assert own == pytest.approx(CALIBRATED.past_sd * np.linalg.norm(silent), rel=0.5)
    ended = at_rate(0.5, told[::2], "13.00", fase="ditutup")
    ended += at_rate(0.8, told[1::2], "13.00", fase="ditutup")
    parts = found(*ended, at="13.30", of=here).components
    assert parts is not None
    assert np.sqrt(parts.own_variance[parts.used == 0]) > 1.5 * own


def test_growth_is_as_unsure_as_the_sums_that_it_is_measured_by() -> None:
    """The slow way: twenty TPS drawn again and again, one as large as all others together."""
    rng, here, rules = np.random.default_rng(6), register(), register().election.rules.forecast
    wide = replace(PACE, covariance=np.diag([0.0, 1e6, 0, 0, 0, 0]), kecamatan=np.zeros(6))
    before = np.append(np.full(19, 100.0), 1900.0)
    learned = []
    for _ in range(300):
        after = before * np.exp(rng.normal(0, 0.1, 20))
        counts = TurnoutCounts(
            np.repeat(np.arange(20), 2), np.tile([0, 1], 20),
            np.column_stack([before, after]).ravel(), *np.ones((3, 40)),
        )  # fmt: skip
        learned.append(compute_pace_posterior(counts, build_voter_rolls(here), wide, rules))
    variance = np.mean([one.covariance[1, 1] for one in learned])
    assert variance == pytest.approx(np.var([one.mean[1] for one in learned]), rel=0.25)


def test_a_count_too_high_does_not_set_the_right_one_after_it_aside() -> None:
    before = at_rate(0.64, codes(), "09.00") + at_rate(0.64, codes(), "10.00")
    middle, after = at_rate(0.64, codes(), "11.00"), at_rate(0.64, codes(), "12.00")
    high = [{**row, "hadir": round(1.25 * row["hadir"])} for row in middle[::5]]
    mixed = [row for at, row in enumerate(middle) if at % 5] + high
    right = of_all(*before, *middle, *after, at="12.15")
    wrong = of_all(*before, *mixed, *after, at="12.15")
    assert wrong.set_aside == 0
    assert wrong.centre == pytest.approx(right.centre, rel=2e-3)


def test_a_count_that_falls_is_set_aside_for_the_one_before() -> None:
    before = at_rate(0.64, codes(), "09.00") + at_rate(0.64, codes(), "10.00")
    after = at_rate(0.64, codes(), "11.00")
    low = [{**row, "hadir": round(0.6 * row["hadir"])} for row in after[::5]]
    mixed = [row for at, row in enumerate(after) if at % 5] + low
    right, wrong = of_all(*before, *after), of_all(*before, *mixed)
    assert wrong.set_aside == len(low)
    assert wrong.centre == pytest.approx(right.centre, rel=5e-3)
