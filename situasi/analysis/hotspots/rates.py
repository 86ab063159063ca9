"""Risk: how often something happens in a kecamatan at an hour, smoothed, and how sure that is.

A kecamatan's rate is the kabupaten's rate of that hour times a factor of its own. The factor is
Gamma distributed around 1 among kecamatan and hours (Clayton and Kaldor 1987), so that one incident
in a small kecamatan does not make it the worst. How alike they are the day itself shows; all that
is likely of that is averaged, for intervals of the one likeliest are too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from situasi.analysis.hotspots.exposure import Floats, ObservedDay
from situasi.domain.rules import RiskRules

HOUR = timedelta(hours=1)
_PRIOR_STEPS = 24  # priors that are tried, evenly by ratio


@dataclass(frozen=True)
class SmoothedRates:
    """Incidents per TPS and hour by kecamatan (rows) and hour; missing where nobody was heard.

    low, high: the ends of the credible interval. common: of the whole kabupaten, by hour.
    prior: as how many incidents the others weigh, on average of what is likely.
    """

    rate: Floats
    low: Floats
    high: Floats
    kabupaten_rate: Floats
    prior_weight: float


def build_rate_table(day: ObservedDay, rules: RiskRules) -> pd.DataFrame:
    """A row for each kecamatan and hour of the day so far; none where too little happened.

    kecamatan, hour (its start); hours: watched, 0 where not, and then the rest is missing; count;
    rate, low, high, common: incidents per `rules.per` TPS and hour; wide: the interval says
    little; above: all of it lies above `common`.
    """
    codes = list(day.tps_counts.index)
    ends = pd.Timestamp(day.at)
    starts = pd.date_range(day.start, ends, freq=HOUR, inclusive="left")
    if len(day.cases) < rules.min_incidents or not len(starts):
        return pd.DataFrame(columns=COLUMNS)
    hours = day.exposure_hours(starts, HOUR)
    counts = _count_by_hour(day.cases, codes, starts)
    found = smooth_rates(counts, hours * day.tps_counts.to_numpy("float64")[:, None], rules)
    index = pd.MultiIndex.from_product([codes, starts], names=["kecamatan", "hour"])
    told = {
        "count": np.where(hours > 0, counts, np.nan).ravel(),
        "hours": hours.ravel(),
        "rate": found.rate.ravel() * rules.per_tps,
        "low": found.low.ravel() * rules.per_tps,
        "high": found.high.ravel() * rules.per_tps,
        "common": np.tile(found.kabupaten_rate, len(codes)) * rules.per_tps,
        "wide": (found.high >= rules.wide_interval_ratio * found.low).ravel(),
        "above": (found.low > found.kabupaten_rate).ravel(),
    }
    return pd.DataFrame(told, index).reset_index()[COLUMNS]


COLUMNS = ["kecamatan", "hour", "count", "hours", "rate", "low", "high", "common", "wide", "above"]


def _count_by_hour(cases: pd.DataFrame, kecamatan: list[str], starts: pd.DatetimeIndex) -> Floats:
    place = pd.Index(kecamatan).get_indexer(pd.Index(cases["kecamatan"]))
    hour = ((cases["occurred_at"] - starts[0]) // HOUR).to_numpy("int64")
    counts = np.zeros((len(kecamatan), len(starts)))
    np.add.at(counts, (place, hour), 1)
    return counts


def smooth_rates(counts: Floats, exposure: Floats, rules: RiskRules) -> SmoothedRates:
    """Smoothed rates. counts, exposure (TPS times hours): by kecamatan and hour.

    What was counted where nobody was heard (a report that came with another's word) is left
    out: without exposure there is no rate.
    """
    from scipy import special  # dear to load, and for this page alone

    watched = exposure > 0
    counted = np.where(watched, counts, 0.0)
    bell = _gaussian_kernel(counts.shape[1], rules)
    near, weight = counted @ bell, exposure @ bell
    # What the kabupaten's rate is known from; half an incident: it is never known to be zero.
    shape = near.sum(axis=0) + 0.5
    total = weight.sum(axis=0)
    common = np.divide(shape, total, out=np.full(len(total), np.nan), where=total > 0)
    expected = common * exposure
    tried, likely = _prior_grid(
        _sum_blocks(counted, rules), _sum_blocks(np.nan_to_num(expected), rules), rules
    )
    # Cells of one prior each (first axis), then as one: how alike they are is not known either.
    prior = tried[:, None, None]
    own = prior + near
    means = common * own / (prior + np.nan_to_num(expected) @ bell)
    # The square of a product of two Gamma variables, in squares of its mean.
    squares = means**2 * (1 + 1 / shape) * (1 + 1 / own)
    rate, square = (np.tensordot(likely, one, axes=1) for one in (means, squares))
    spread = rate**2 / (square - rate**2)  # of the Gamma with this mean and variance
    tail = (1 - rules.credible_share) / 2
    low, high = (special.gammaincinv(spread, share) * rate / spread for share in (tail, 1 - tail))
    hidden = np.where(watched, 1.0, np.nan)
    return SmoothedRates(rate * hidden, low * hidden, high * hidden, common, float(likely @ tried))


def _gaussian_kernel(size: int, rules: RiskRules) -> Floats:
    """How much each hour tells of each other; of itself all."""
    apart = np.subtract.outer(np.arange(size), np.arange(size)) * (HOUR / rules.bandwidth)
    weights: Floats = np.exp(-0.5 * apart**2)
    return weights


def _sum_blocks(values: Floats, rules: RiskRules) -> Floats:
    """Sums over hours that tell of one another: single ones hold too few to compare."""
    size = max(1, round(2 * rules.bandwidth / HOUR))
    sums: Floats = np.add.reduceat(values, np.arange(0, values.shape[1], size), axis=1)
    return sums


def _prior_grid(counts: Floats, expected: Floats, rules: RiskRules) -> tuple[Floats, Floats]:
    """Priors to try, and how likely each is: counts are negative binomial around the expected."""
    from scipy import special

    tried = np.geomspace(*rules.prior_bounds, _PRIOR_STEPS)
    a, there = tried[:, None], expected > 0
    n, mean = counts[there], expected[there]
    log = (
        special.gammaln(n + a)
        - special.gammaln(a)
        + a * np.log(a / (a + mean))
        + n * np.log(mean / (a + mean))
    ).sum(axis=1)
    likely = np.exp(log - log.max())
    return tried, likely / likely.sum()
