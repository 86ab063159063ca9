"""Rates: how often something happens in a kecamatan at an hour, smoothed, and how sure that is.

A kecamatan's rate is the kabupaten's rate of that hour times a factor of its own. The factor is
Gamma distributed around 1 among kecamatan and hours (Clayton and Kaldor 1987), so that one
incident in a small kecamatan does not make it the worst. How similar they are follows from the
day itself, averaged over all likely priors: intervals of the likeliest alone are too narrow.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from situasi.analysis.hotspots.exposure import Floats, ObservedDay
from situasi.domain.rules import RiskRules

HOUR = timedelta(hours=1)
_PRIOR_STEPS = 24  # priors that are tried, evenly spaced by ratio


@dataclass(frozen=True)
class SmoothedRates:
    """Incidents per TPS and hour by kecamatan (rows) and hour; missing where not observed.

    low, high: ends of the credible interval. kabupaten_rate: of the whole kabupaten, by hour.
    prior_weight: weight of the others in incidents, averaged over the likely priors.
    """

    rate: Floats
    low: Floats
    high: Floats
    kabupaten_rate: Floats
    prior_weight: float


def build_rate_table(day: ObservedDay, rules: RiskRules) -> pd.DataFrame:
    """Build a row per kecamatan and hour of the day so far; no rows where too little happened.

    kecamatan, hour (its start); hours: observed, if 0 the other values are missing; count; rate,
    low, high, common: incidents per `rules.per_tps` TPS and hour; wide: the interval says little;
    above: all of it lies above `common`.
    """
    codes = list(day.tps_counts.index)
    end = pd.Timestamp(day.at)
    starts = pd.date_range(day.start, end, freq=HOUR, inclusive="left")
    if len(day.cases) < rules.min_incidents or not len(starts):
        return pd.DataFrame(columns=COLUMNS)
    hours = day.exposure_hours(starts, HOUR)
    counts = _count_by_hour(day.cases, codes, starts)
    smoothed = smooth_rates(counts, hours * day.tps_counts.to_numpy("float64")[:, None], rules)
    index = pd.MultiIndex.from_product([codes, starts], names=["kecamatan", "hour"])
    columns = {
        "count": np.where(hours > 0, counts, np.nan).ravel(),
        "hours": hours.ravel(),
        "rate": smoothed.rate.ravel() * rules.per_tps,
        "low": smoothed.low.ravel() * rules.per_tps,
        "high": smoothed.high.ravel() * rules.per_tps,
        "common": np.tile(smoothed.kabupaten_rate, len(codes)) * rules.per_tps,
        "wide": (smoothed.high >= rules.wide_interval_ratio * smoothed.low).ravel(),
        "above": (smoothed.low > smoothed.kabupaten_rate).ravel(),
    }
    return pd.DataFrame(columns, index).reset_index()[COLUMNS]


COLUMNS = ["kecamatan", "hour", "count", "hours", "rate", "low", "high", "common", "wide", "above"]


def _count_by_hour(cases: pd.DataFrame, kecamatan: list[str], starts: pd.DatetimeIndex) -> Floats:
    place = pd.Index(kecamatan).get_indexer(pd.Index(cases["kecamatan"]))
    hour = ((cases["occurred_at"] - starts[0]) // HOUR).to_numpy("int64")
    counts = np.zeros((len(kecamatan), len(starts)))
    np.add.at(counts, (place, hour), 1)
    return counts


def smooth_rates(counts: Floats, exposure: Floats, rules: RiskRules) -> SmoothedRates:
    """Smooth the rates. counts, exposure (TPS times hours): by kecamatan and hour.

    Incidents counted where nothing was observed (reported by another kecamatan) are left out:
    without exposure there is no rate.
    """
    from scipy import special  # slow to import, needed only for this page

    observed = exposure > 0
    counted = np.where(observed, counts, 0.0)
    kernel = _gaussian_kernel(counts.shape[1], rules)
    nearby_counts, nearby_exposure = counted @ kernel, exposure @ kernel
    # Counts behind the kabupaten's rate, plus half an incident: it is never known to be zero.
    shape = nearby_counts.sum(axis=0) + 0.5
    total = nearby_exposure.sum(axis=0)
    common = np.divide(shape, total, out=np.full(len(total), np.nan), where=total > 0)
    expected = common * exposure
    priors, weights = _prior_grid(
        _sum_blocks(counted, rules), _sum_blocks(np.nan_to_num(expected), rules), rules
    )
    # One cell per prior (first axis), then combined: how similar they are is not known either.
    prior = priors[:, None, None]
    posterior = prior + nearby_counts
    means = common * posterior / (prior + np.nan_to_num(expected) @ kernel)
    # Second moment of a product of two Gamma variables, as a multiple of the squared mean.
    squares = means**2 * (1 + 1 / shape) * (1 + 1 / posterior)
    rate, square = (np.tensordot(weights, moment, axes=1) for moment in (means, squares))
    spread = rate**2 / (square - rate**2)  # of the Gamma with this mean and variance
    tail = (1 - rules.credible_share) / 2
    low, high = (special.gammaincinv(spread, share) * rate / spread for share in (tail, 1 - tail))
    mask = np.where(observed, 1.0, np.nan)
    return SmoothedRates(rate * mask, low * mask, high * mask, common, float(weights @ priors))


def _gaussian_kernel(size: int, rules: RiskRules) -> Floats:
    """Return the weight of each hour for each other; 1 for itself."""
    distance = np.subtract.outer(np.arange(size), np.arange(size)) * (HOUR / rules.bandwidth)
    weights: Floats = np.exp(-0.5 * distance**2)
    return weights


def _sum_blocks(values: Floats, rules: RiskRules) -> Floats:
    """Sum over hours that inform one another: single ones hold too few incidents to compare."""
    size = max(1, round(2 * rules.bandwidth / HOUR))
    sums: Floats = np.add.reduceat(values, np.arange(0, values.shape[1], size), axis=1)
    return sums


def _prior_grid(counts: Floats, expected: Floats, rules: RiskRules) -> tuple[Floats, Floats]:
    """Return priors to try and the weight of each; counts are negative binomial around expected."""
    from scipy import special

    priors = np.geomspace(rules.prior_min, rules.prior_max, _PRIOR_STEPS)
    a, has_exposure = priors[:, None], expected > 0
    n, mean = counts[has_exposure], expected[has_exposure]
    log = (
        special.gammaln(n + a)
        - special.gammaln(a)
        + a * np.log(a / (a + mean))
        + n * np.log(mean / (a + mean))
    ).sum(axis=1)
    likelihood = np.exp(log - log.max())
    return priors, likelihood / likelihood.sum()
