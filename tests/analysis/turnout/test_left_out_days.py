"""The evaluation on real days, on made-up ones: spreads are found again, scores are right."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from situasi.analysis.turnout import calibration
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.register import Register
from tests.analysis.builders_tps import whole
from tests.bench import outlook_levels, real_days, real_facts, real_reports, real_scores
from tests.bench.real_days import PARTS, RealDay

CURVE = np.array([0.1, 0.3, 0.52, 0.72, 0.9])
PART_SD, PLACE_SD, DAY_SD = 0.08, 0.1, 0.05


def made(days: int = 4, counties: int = 12, communes: int = 64, seed: int = 5) -> list[RealDay]:
    """Days whose log shares differ by day, by county for good, and by part."""
    rng = np.random.default_rng(seed)
    usual = rng.normal(0, PLACE_SD, counties)
    found = []
    for day in range(days):
        of_day = rng.normal(0, DAY_SD)
        for county in range(counties):
            part = np.arange(communes) * PARTS // communes
            own = usual[county] + of_day + rng.normal(0, PART_SD, PARTS)[part]
            shares = (CURVE * np.exp(own[:, None] * (1 - CURVE))).clip(0.01, 0.99)
            dpt = rng.integers(2000, 6000, communes).astype(float)
            final = np.round(dpt * rng.normal(0.5, 0.05, communes))
            came = np.column_stack([np.zeros(communes), np.round(shares * final[:, None]), final])
            names = tuple(f"k{number}" for number in range(communes))
            found.append(RealDay(f"2020-0{day + 1}-01", f"c{county}", names, dpt, part, came))
    return found


def test_spreads_put_into_days_are_found_in_them() -> None:
    facts = real_facts.derive(made(counties=30))
    ahead = 1 - CURVE
    persistent = np.sqrt(np.diag(facts.persistent))
    assert persistent == pytest.approx(PLACE_SD * ahead, rel=0.35)
    parts = np.mean([day.parts for day in facts.days], axis=0)
    assert parts == pytest.approx(PART_SD * ahead, rel=0.2)
    assert [day.places for day in facts.days] == [30] * 4


def test_silent_stations_lie_about_a_quarter_lower_where_that_is_asked() -> None:
    day = made()[0]
    wide = RealDay(
        day.day, day.county, day.names, day.dpt, day.part,
        np.round(day.voters_present * np.linspace(0.5, 1.4, len(day.dpt))[:, None]),
    )  # fmt: skip
    silent = real_reports.draw_low_stations(wide, 0.3, np.random.default_rng(1))
    rate = wide.voters_present[:, -1] / wide.dpt
    assert silent.mean() == pytest.approx(0.3, abs=0.02)
    assert 0.65 < rate[silent].mean() / rate[~silent].mean() < 0.85


@pytest.mark.parametrize("way", real_reports.WAYS)
def test_each_way_of_reporting_is_the_same_for_a_seed_and_a_fifth_never_tell_the_end(
    way: str,
) -> None:
    day, election = made()[0], whole().election
    one, again = (real_reports.build_reports(day, way, election, 7) for _ in range(2))
    assert (one.reported_us == again.reported_us).all()
    assert (one.reported_us > one.counted_us).all()
    ended = len(np.unique(one.station_index[one.fase_index >= 0]))
    assert ended <= 0.95 * len(day.dpt)


def test_places_of_other_sizes_are_made_of_all_voters_of_the_counties() -> None:
    days = made(days=2, counties=10)
    levels = outlook_levels.build_levels(days)
    assert [len(places) for places in levels.values()] == [40, 4, 2]
    voters = sum(day.voters_present[:, -1].sum() for day in days)
    for places in levels.values():
        assert sum(place.voters_present[:, -1].sum() for place in places) == voters
        assert {len(np.unique(place.part)) for place in places} <= {10, PARTS}


def test_a_country_made_up_has_the_same_voters_at_other_hours() -> None:
    day = made()[0]
    early, late = (outlook_levels.bend(day, power).voters_present for power in (0.8, 1.2))
    for present in (early, late):
        assert (present[:, [0, -1]] == day.voters_present[:, [0, -1]]).all()
        assert (np.diff(present, axis=1) >= 0).all()
    inner = (one.sum(axis=0)[1:-1] for one in (early, day.voters_present, late))
    assert (np.diff(list(inner), axis=0) < 0).all()
    assert (outlook_levels.bend(day, 1.0).voters_present == day.voters_present).all()


def test_scores_are_those_of_the_literature() -> None:
    row = {"day": "a", "level": "whole", "centre": 50.0, "low": 45.0, "high": 55.0}
    plain = dict.fromkeys(real_scores.PLAIN_WAYS, 40.0)
    rows = pd.DataFrame([{**row, **plain, "truth": truth} for truth in (50.0, 56.0)])
    scored = real_scores.add_scores(rows)
    assert scored["score"].tolist() == [10.0, 10.0 + 20 * 1.0]
    assert scored["covered"].tolist() == [100.0, 0.0]
    assert scored["miss"].tolist() == [0.0, -6.0]
    # The CRPS of a normal at its centre: sd (sqrt(2) - 1) / sqrt(pi).
    sd = 5 / 1.6449
    assert scored["crps"][0] == pytest.approx(sd * (np.sqrt(2) - 1) / np.sqrt(np.pi), rel=1e-4)


def test_a_day_counts_once_however_many_places_it_has() -> None:
    row = {"level": "whole", "centre": 50.0, "low": 45.0, "high": 55.0}
    plain = dict.fromkeys(real_scores.PLAIN_WAYS, 40.0)
    truths = {"a": [50.0] * 9, "b": [60.0]}
    rows = pd.DataFrame(
        [{**row, **plain, "day": day, "truth": one} for day in truths for one in truths[day]]
    )
    mean = real_scores.by_day(real_scores.add_scores(rows), "level").loc["whole"]
    assert (mean["covered"], mean["worst"]) == (50.0, 0.0)


def test_intervals_that_hold_alone_need_not_hold_together() -> None:
    look = {"time": "1/2", "county": "c", "way": "all", "level": "part"}
    outside = {"a": 0, "b": 1, "c": 3, "d": 4}  # of ten parts each
    rows = pd.DataFrame(
        [
            {**look, "day": day, "covered": 100.0 * (part >= number)}
            for day, number in outside.items()
            for part in range(10)
        ]
    )
    found = real_scores.together(rows).loc["1/2"]
    assert (found["all"], found["outside"]) == (25.0, 2.0)
    assert found["many"] == pytest.approx(3.7)


def test_days_left_out_are_held_about_as_often_as_the_interval_says_and_not_by_being_wide() -> None:
    days = made(counties=6)
    election = whole().election

    def calibrate(day: RealDay) -> tuple[ForecastParameters, Register]:
        facts = real_facts.derive([one for one in days if one.day != day.day])
        register = real_days.build_register(day, election)
        return calibration.calibrate(election, facts), register

    asked = real_scores.Asked(days[::3], ways=("random", "late"), times=("1/2", "3/4"))
    scored = real_scores.add_scores(real_scores.collect(asked, calibrate))
    assert scored["covered"].mean() > 85
    parts = scored[scored["level"] == "part"]
    assert 88 < parts["covered"].mean() < 98
    assert parts["half"].mean() < 3.5 * parts["error"].mean()  # 2.1 of a normal, 2.6 of t with 4
