"""Interval of the final turnout: few real days widen it, past elections narrow it.

The error is taken as t-distributed in the log. Its degrees of freedom are those of the real days as
far as the error was measured on them alone, and more as far as it is that of places and of single
TPS, of which there are many (Satterthwaite). Past turnout is weighed against the counts by a t with
long tails: where the two disagree by far, the counts are believed.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from situasi.analysis.turnout.forecast_inputs import Floats
from situasi.analysis.turnout.forecast_model import ErrorCovariance
from situasi.domain.forecast_parameters import ForecastParameters, TurnoutPrior

_MAX_DEGREES = 200.0
_GRID_SIZE = 801
_GRID_SDS = 12.0


@dataclass(frozen=True)
class TotalLimits:
    """Of all kecamatan together, in voters: dpt; least: counted; most: that can come."""

    dpt: float
    least: float
    most: float


def compute_intervals(
    centre: Floats,
    errors: ErrorCovariance,
    limits: TotalLimits,
    parameters: ForecastParameters,
    confidence_percent: float,
) -> dict[str, Floats]:
    """Compute centre, sigma, low and high of areas, the first of which is all kecamatan together.

    What past turnout says of the total reaches each area as far as its error goes with that of the
    total, so that the sum of kecamatan stays the total.
    """
    variance = np.diag(errors.total).copy()
    degrees = _compute_degrees(np.diag(errors.few), variance, parameters.degrees)
    if parameters.prior is not None and variance[0] > 0 and centre[0] > 0:
        moved, narrowed = weigh_prior(centre[0], variance[0], degrees[0], limits, parameters.prior)
        slope = errors.total[:, 0] / variance[0]
        centre = centre + slope * (moved - centre[0])
        variance = (variance - slope**2 * (variance[0] - narrowed)).clip(0.0)
    sigma = np.sqrt(variance)
    level = 0.5 + confidence_percent / 200
    tail = _find_t_quantile(degrees, level)
    if parameters.day_quantile is not None:
        share = _divide(np.diag(errors.few), np.diag(errors.total))
        single = _find_t_quantile(_MAX_DEGREES, level)
        tail = np.sqrt(share * parameters.day_quantile**2 + (1 - share) * single**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.where(centre > 0, tail * sigma / centre, 0.0)
    return {
        "centre": centre,
        "sigma": sigma,
        "low": centre * np.exp(-width),
        "high": centre * np.exp(width),
    }


def _compute_degrees(few: Floats, total: Floats, degrees: int) -> Floats:
    """Return the degrees of freedom by the part of the variance that rests on few days."""
    share = _divide(few, total)
    return np.clip(degrees / np.maximum(share, 1e-3) ** 2, 1.0, _MAX_DEGREES)


def _divide(part: Floats, total: Floats) -> Floats:
    return np.asarray(np.divide(part, total, out=np.zeros(len(total)), where=total > 0))


def weigh_prior(
    centre: float, variance: float, degrees: float, limits: TotalLimits, prior: TurnoutPrior
) -> tuple[float, float]:
    """Weigh past turnout against the counts; return centre (median) and variance, in voters.

    variance: such that the interval of a t with these degrees is as wide as that of the result.
    """
    sd = np.sqrt(variance) / centre
    grid = np.log(centre) + sd * np.linspace(-_GRID_SDS, _GRID_SDS, _GRID_SIZE)
    rate = np.exp(grid) / limits.dpt
    density = _log_density((grid - np.log(centre)) / sd, degrees)
    density += _log_density((rate - prior.mean) / prior.sd, prior.degrees) + grid
    density[(np.exp(grid) < limits.least) | (np.exp(grid) > limits.most)] = -np.inf
    if not np.isfinite(density).any():
        return centre, variance
    mass = np.cumsum(np.exp(density - density.max()))
    low, middle, high = np.interp([0.05, 0.5, 0.95], mass / mass[-1], grid)
    moved = float(np.exp(middle))
    narrowed = (high - low) / 2 / _find_t_quantile(degrees, 0.95) * moved
    return moved, min(narrowed**2, variance * (moved / centre) ** 2)


def _log_density(deviation: Floats, degrees: float) -> Floats:
    """Return the log density of t, but for a constant."""
    density: Floats = -(degrees + 1) / 2 * np.log1p(deviation**2 / degrees)
    return density


def _find_t_quantile(degrees: Floats | float, level: float) -> Any:
    """Return the quantile of Student's t with these degrees of freedom."""
    from scipy.special import stdtrit  # slow to import, and not for the first page

    return stdtrit(degrees, level)
