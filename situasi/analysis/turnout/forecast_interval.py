"""Interval of the final turnout: few real days widen it, past elections narrow it.

No fewer can have come in the end than were counted, and no more than the lists have: the interval
is that of what is left between these two, not cut off at them, and so is its middle.

The error is taken as t-distributed in the log. Its degrees of freedom are those of the real days as
far as the error was measured on them alone, and more as far as it is that of places and of single
TPS, of which there are many (Satterthwaite). Past turnout is weighed against the counts by a t with
long tails, and with some belief that today is like no past day: where the two disagree by far, the
counts are believed, and the interval reaches from one to the other.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from situasi.analysis.turnout.forecast_inputs import Floats
from situasi.analysis.turnout.forecast_model import ErrorCovariance
from situasi.domain.forecast_parameters import ForecastParameters, TurnoutPrior

_MAX_DEGREES = 200.0
_GRID_SIZE = 801
_GRID_SDS = 12.0
# How far it is believed that today is like no past day, and any turnout as likely: one day in
# twenty (robust prior, Schmidli et al. 2014).
_UNLIKE_THE_PAST = 0.05


@dataclass(frozen=True)
class TotalLimits:
    """Of all kecamatan together, in voters: dpt; least: counted; most: that can come."""

    dpt: float
    least: float
    most: float


class WeighedTotal(NamedTuple):
    """The interval of the total once limits and past were weighed in, in voters; centre: median."""

    low: float
    centre: float
    high: float


def compute_intervals(
    centre: Floats,
    errors: ErrorCovariance,
    limits: TotalLimits,
    parameters: ForecastParameters,
    confidence_percent: float,
) -> dict[str, Floats]:
    """Compute centre, sigma, low and high of areas, the first of which is all kecamatan together.

    All in voters. What the list and past turnout say of the total reaches each area as far as its
    error goes with that of the total, so that the sum of kecamatan stays the total. confidence: of
    both sides together. An area's tail is that of its own degrees, for all of its error.
    """
    variance = np.diag(errors.total).copy()
    degrees = _compute_degrees(np.diag(errors.few), variance, parameters.degrees)
    level = 0.5 + confidence_percent / 200
    t_quantile = _find_t_quantile(degrees, level)
    tail = t_quantile
    if parameters.day_quantile is not None:
        share = _divide(np.diag(errors.few), np.diag(errors.total))
        single = _find_t_quantile(_MAX_DEGREES, level)
        tail = np.sqrt(share * parameters.day_quantile**2 + (1 - share) * single**2)
    below = above = tail * np.sqrt(variance)
    if variance[0] > 0 and centre[0] > 0:
        total = weigh_total(
            centre[0], variance[0], degrees[0], limits, parameters.prior, confidence_percent
        )
        slope = errors.total[:, 0] / variance[0]
        centre = centre + slope * (total.centre - centre[0])
        rest = tail**2 * (variance - slope**2 * variance[0]).clip(0.0)
        sides = np.log([total.centre / total.low, total.high / total.centre]) * total.centre
        below, above = (
            np.sqrt((slope * tail / t_quantile[0] * side) ** 2 + rest) for side in sides
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = (np.where(centre > 0, side / centre, 0.0) for side in (-below, above))
    return {
        "centre": centre,
        "sigma": _divide((below + above) / 2, tail),
        "low": centre * np.exp(low),
        "high": centre * np.exp(high),
    }


def _compute_degrees(few: Floats, total: Floats, degrees: int) -> Floats:
    """Return the degrees of freedom by the part of the variance that rests on few days."""
    share = _divide(few, total)
    return np.clip(degrees / np.maximum(share, 1e-3) ** 2, 1.0, _MAX_DEGREES)


def _divide(part: Floats, total: Floats) -> Floats:
    return np.asarray(np.divide(part, total, out=np.zeros(len(total)), where=total > 0))


def weigh_total(
    centre: float,
    variance: float,
    degrees: float,
    limits: TotalLimits,
    prior: TurnoutPrior | None,
    confidence_percent: float,
) -> WeighedTotal:
    """Weigh the limits and past turnout against the counts, which say this centre and variance.

    In voters and their square. prior: None where no past turnout is known. The ends need not lie as
    far from the middle: where past and counts disagree, one is far.
    """
    sd = np.sqrt(variance) / centre
    grid = np.log(centre) + sd * np.linspace(-_GRID_SDS, _GRID_SDS, _GRID_SIZE)
    voters = np.exp(grid)
    rate = voters / limits.dpt
    density = np.exp(_log_t_density((grid - np.log(centre)) / sd, degrees))
    if prior is not None:
        past = np.exp(_log_t_density((rate - prior.mean) / prior.sd, prior.degrees)) / prior.sd
        density *= (1 - _UNLIKE_THE_PAST) * past + _UNLIKE_THE_PAST * (rate <= 1)
        density *= rate  # the grid is in log
    density[(voters < limits.least) | (voters > limits.most)] = 0.0
    tail = 0.5 - confidence_percent / 200
    mass = np.cumsum(density) - density / 2  # of a cell, half lies below its middle
    if not mass[-1] > 0:
        side = float(np.exp(_find_t_quantile(degrees, 1 - tail) * sd))
        return WeighedTotal(centre / side, centre, centre * side)
    found = np.exp(np.interp([tail, 0.5, 1 - tail], mass / mass[-1], grid))
    return WeighedTotal(*map(float, found))


def _log_t_density(deviation: Floats, degrees: float) -> Floats:
    """Return the log density of Student's t."""
    from scipy.special import gammaln  # slow to import, and not for the first page

    constant = gammaln((degrees + 1) / 2) - gammaln(degrees / 2) - np.log(degrees * np.pi) / 2
    density: Floats = constant - (degrees + 1) / 2 * np.log1p(deviation**2 / degrees)
    return density


def _find_t_quantile(degrees: Floats | float, level: float) -> Any:
    """Return the quantile of Student's t with these degrees of freedom."""
    from scipy.special import stdtrit  # slow to import, and not for the first page

    return stdtrit(degrees, level)
