"""Risk by kecamatan and hour: smoothed, with honest intervals, never reckoned from silence."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from situasi.analysis.hotspots import rates
from situasi.analysis.hotspots.exposure import Floats
from tests.analysis.builders_hot import NOW, START, centres, day, watched
from tests.analysis.builders_tps import whole
from tests.bench import hot as bench

RULES = whole().election.rules.risk
FIXED = replace(RULES, prior_min=3.0, prior_max=3.0)

counted = arrays.arrays("float64", (3, 4), elements=st.integers(0, 9).map(float))
exposed = arrays.arrays("float64", (3, 4), elements=st.sampled_from([0.0, 10.0, 40.0]))


def slow(counts: Floats, exposure: Floats) -> list[list[tuple[float, float, float] | None]]:
    """The obvious way, cell by cell, with the prior of FIXED."""
    rows, hours = counts.shape

    def bell(one: int, other: int) -> float:
        return math.exp(-0.5 * ((one - other) * 60 / (RULES.bandwidth / timedelta(minutes=1))) ** 2)

    def seen(row: int, hour: int) -> float:
        return counts[row, hour] if exposure[row, hour] else 0.0

    shape = [
        0.5 + sum(bell(h, o) * seen(r, o) for r in range(rows) for o in range(hours))
        for h in range(hours)
    ]
    common = []
    for h in range(hours):
        total = sum(bell(h, o) * exposure[r, o] for r in range(rows) for o in range(hours))
        common.append(shape[h] / total if total else 0.0)
    found: list[list[tuple[float, float, float] | None]] = []
    for r in range(rows):
        found.append([])
        for h in range(hours):
            if not exposure[r, h]:
                found[-1].append(None)
                continue
            own = 3.0 + sum(bell(h, o) * seen(r, o) for o in range(hours))
            due = 3.0 + sum(bell(h, o) * common[o] * exposure[r, o] for o in range(hours))
            mean = common[h] * own / due
            second = (1 + 1 / shape[h]) * (1 + 1 / own) * mean**2
            spread = mean**2 / (second - mean**2)
            ends = stats.gamma.ppf([0.05, 0.95], spread, scale=mean / spread)
            found[-1].append((mean, *map(float, ends)))
    return found


@given(counted, exposed)
def test_the_rates_are_those_of_reckoning_cell_by_cell(counts: Floats, exposure: Floats) -> None:
    found, by_hand = rates.smooth_rates(counts, exposure, FIXED), slow(counts, exposure)
    for row, hour in np.ndindex(3, 4):
        told = (found.rate[row, hour], found.low[row, hour], found.high[row, hour])
        cell = by_hand[row][hour]
        assert np.isnan(told).all() if cell is None else told == pytest.approx(cell, rel=1e-6)


@given(counted, exposed)
def test_a_rate_lies_in_its_interval_and_is_never_zero(counts: Floats, exposure: Floats) -> None:
    found = rates.smooth_rates(counts, exposure, RULES)
    heard = exposure > 0
    assert (np.isnan(found.rate) == ~heard).all()
    assert (found.low[heard] < found.rate[heard]).all()
    assert (found.rate[heard] < found.high[heard]).all()
    assert (found.high[heard] > 0).all()


def test_one_incident_in_a_small_kecamatan_does_not_make_it_the_worst() -> None:
    exposure = np.array([[5.0], [100.0], [100.0]])
    counts = np.array([[1.0], [12.0], [3.0]])
    found = rates.smooth_rates(counts, exposure, FIXED)
    plain = counts / exposure
    assert plain[0, 0] > plain[1, 0]
    assert found.rate[0, 0] < found.rate[1, 0]
    assert found.high[0, 0] / found.low[0, 0] > found.high[1, 0] / found.low[1, 0]


def test_where_more_is_told_the_interval_is_narrower() -> None:
    exposure = np.full((4, 3), 50.0)
    few, many = (rates.smooth_rates(np.full((4, 3), n), exposure, FIXED) for n in (1.0, 20.0))
    assert (few.high / few.low > many.high / many.low).all()


def test_the_day_itself_says_how_alike_the_kecamatan_are() -> None:
    exposure = np.full((16, 10), 40.0)
    rng = np.random.default_rng(1)
    alike = rng.poisson(2.0, exposure.shape).astype("float64")
    unlike = rng.poisson(rng.gamma(0.7, 2 / 0.7, exposure.shape)).astype("float64")
    assert (
        rates.smooth_rates(unlike, exposure, RULES).prior_weight
        < 3
        < rates.smooth_rates(alike, exposure, RULES).prior_weight
    )


def test_hours_that_no_word_reaches_are_missing_and_not_zero() -> None:
    at = day(60, np.random.default_rng(2))
    silent = at.observed_until.copy()
    silent["16.10.01"] = pd.NaT
    silent["16.10.02"] = pd.Timestamp(START + timedelta(hours=5, minutes=30)).tz_convert("UTC")
    cells = rates.build_rate_table(replace(at, observed_until=silent), RULES).set_index(
        ["kecamatan", "hour"]
    )
    assert cells.loc["16.10.01"][["count", "rate", "low", "high"]].isna().all(axis=None)
    assert not cells.loc["16.10.01"][["wide", "above"]].any(axis=None)
    heard = cells.loc["16.10.02"]
    assert heard["hours"].tolist() == [1.0] * 5 + [0.5] + [0.0] * 3
    assert heard["rate"].notna().tolist() == [True] * 6 + [False] * 3
    assert cells.loc["16.10.03", "rate"].notna().all()


def test_the_cells_hold_every_incident_that_counts_and_end_with_the_moment() -> None:
    at = day(80, np.random.default_rng(4), at=NOW + timedelta(minutes=20))
    cells = rates.build_rate_table(at, RULES)
    assert cells["count"].sum() == 80
    assert cells["hour"].max() == pd.Timestamp(NOW)
    last = cells[cells["hour"] == pd.Timestamp(NOW)]
    assert last["hours"].to_numpy() == pytest.approx(1 / 3)


def test_of_a_handful_of_incidents_nothing_is_reckoned() -> None:
    few = day(RULES.min_incidents - 1, np.random.default_rng(0))
    assert rates.build_rate_table(few, RULES).empty
    assert len(rates.build_rate_table(day(RULES.min_incidents, np.random.default_rng(0)), RULES))
    assert rates.build_rate_table(watched([], [], [], NOW, whole()), RULES).empty


def test_centres_are_there_for_every_kecamatan() -> None:
    assert {code for code, *_ in centres(whole())} == set(whole().kecamatan)


@pytest.mark.parametrize("likeness", [1.0, 10.0])
def test_intervals_hold_the_truth_about_as_often_as_they_say(likeness: float) -> None:
    """A smaller version of tests.bench.hot."""
    told = bench.coverage(25, likeness)
    assert 0.84 <= told.held <= 0.97
    assert told.smoothed < 0.6 * told.plain
