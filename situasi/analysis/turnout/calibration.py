"""Calibrate the turnout forecast on summaries of real days (real_day_pace)."""

from collections.abc import Sequence

import numpy as np

from situasi.analysis.turnout import real_day_pace
from situasi.domain.election import Election
from situasi.domain.forecast_parameters import ForecastParameters, TurnoutPrior
from situasi.domain.real_days import DaySummary, RealDays

# Elections of different kinds differ by more than the real days tell: Ogan Ilir had 83.6 and 85.8 %
# before some 64 to 66 %, shares of the list; three elections, so two degrees.
_KINDS_SD, _KINDS_DEGREES = 0.115, 2


def calibrate(
    election: Election, real_days: RealDays, own_days: Sequence[DaySummary] = ()
) -> ForecastParameters:
    """Calibrate the forecast of this election on real days; own_days: of this place."""
    estimate = real_day_pace.estimate_pace(real_days, own_days, election)
    countries = dict.fromkeys(day.country for day in real_days.days)
    return ForecastParameters(
        confidence_percent=election.rules.forecast.confidence_percent,
        days=len(real_days.days) + len(own_days),
        own_days=len(own_days),
        degrees=estimate.degrees,
        past_sd=real_days.turnout.past_stations,
        past_share=min(real_days.turnout.past_stations / real_days.turnout.stations, 1.0),
        sources=tuple(countries),
        pace=estimate.pace,
        prior=estimate_prior(election, real_days, own_days),
        day_quantile=estimate.day_quantile,
        tested=real_days.tested,
    )


def estimate_prior(
    election: Election, real_days: RealDays, own_days: Sequence[DaySummary] = ()
) -> TurnoutPrior | None:
    """Estimate what past elections of this kabupaten say of its turnout; None: none is known.

    The sd is that of one place between real days and between kinds of elections, pooled by their
    degrees of freedom: two local elections alone would look too sure, and so would days among which
    is none that hardly anybody came to.
    """
    past = [reference.percent / 100 for reference in election.rules.turnout.references]
    past += [day.turnout for day in own_days if np.isfinite(day.turnout)]
    if not past:
        return None
    degrees = max(real_days.turnout.days - 1, 0)
    squares = degrees * real_days.turnout.between_days**2 + _KINDS_DEGREES * _KINDS_SD**2
    degrees += _KINDS_DEGREES
    spread = max(np.sqrt(squares / degrees), float(np.std(past)))
    sd = spread * np.sqrt(1 + 1 / len(past))
    return TurnoutPrior(float(np.mean(past)), float(sd), degrees, len(past))
