"""The parts of the outlook's error: each counts once; a wrong count is told from a right one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from situasi.domain.forecast_parameters import Pace
from situasi.domain.register import Register
from tests.analysis.builders_outlook import CALIBRATED, PACE, at_rate, codes, of_all, register

COUNT_ERROR = 0.055


def with_pace(pace: Pace, degrees: int = 7) -> Register:
    parameters = replace(CALIBRATED, pace=pace, degrees=degrees)
    return replace(register(), election=replace(register().election, turnout_parameters=parameters))


def test_what_was_measured_on_many_places_is_no_matter_of_few_days() -> None:
    here = with_pace(replace(PACE, of_days=0.2 * PACE.covariance), degrees=2)
    one = of_all(*at_rate(0.64, codes(), "10.00"), at="10.15", of=here)
    width = np.log(one.high / one.centre) * one.centre / one.sigma
    assert 1.645 < width < 1.75
