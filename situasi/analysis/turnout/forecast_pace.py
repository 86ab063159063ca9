"""Pace of the day against the assumed curve, learned from TPS that counted in two hours running."""

from dataclasses import dataclass

import numpy as np

from situasi.analysis.turnout.forecast_inputs import Floats, Mask, TurnoutCounts, VoterRolls
from situasi.domain.forecast_parameters import Pace
from situasi.domain.rules import ForecastRules as Rules

# Ratio of the sd of a normal distribution to the median of the absolute deviations.
SD_PER_MAD = 1.4826
_MIN_PAIRS = 5
_MIN_SD = 0.02


@dataclass(frozen=True)
class PacePosterior:
    """By how much more voters had come than assumed at each full hour and the end, in log.

    mean: the best estimate. covariance: of its error; of_days: the part of it that was measured on
    few days. The end is certain: all have come.
    """

    mean: Floats
    covariance: Floats
    of_days: Floats


def compute_pace_posterior(
    counts: TurnoutCounts, rolls: VoterRolls, pace: Pace, rules: Rules
) -> PacePosterior:
    """Estimate the pace of the day from its own growth from hour to hour.

    Before any count the pace is as assumed, with the covariance of pace. If a tenth more came at
    both hours, that cannot be told from a higher turnout; if more came between them, it can.
    """
    size = len(pace.offset) + 1
    prior, few = np.zeros((2, size, size))
    prior[:-1, :-1] = pace.covariance
    few[:-1, :-1] = pace.covariance if pace.of_days is None else pace.of_days
    growth, variance, rows = [], [], []
    sd = np.append(pace.kecamatan, 0.0)
    for slot in range(1, size):
        measured = _measure_growth(counts, slot, rolls, rules)
        if measured is None:
            continue
        log_growth, own, units = measured
        row = np.zeros(size)
        row[slot], row[slot - 1] = 1.0, -1.0
        growth.append(log_growth)
        variance.append(own + (sd[slot] - sd[slot - 1]) ** 2 / units)
        rows.append(row)
    if not rows:
        return PacePosterior(np.zeros(size), prior, few)
    design = np.array(rows)
    gain = prior @ design.T @ np.linalg.inv(design @ prior @ design.T + np.diag(variance))
    left = np.eye(size) - gain @ design
    return PacePosterior(gain @ np.array(growth), left @ prior, left @ few @ left.T)


def _measure_growth(
    counts: TurnoutCounts, slot: int, rolls: VoterRolls, rules: Rules
) -> tuple[float, float, int] | None:
    """Measure how much more came in this hour than assumed, by TPS that counted at both ends.

    Returns log growth, that of their voters together; its variance (jackknife, for TPS are of
    different sizes); and the number of kecamatan. None where there are too few TPS.
    """
    before, after = _select_consecutive_counts(counts, slot)
    growth = np.log(after.voters_present / after.expected_share) - np.log(
        before.voters_present / before.expected_share
    )
    if len(growth) < _MIN_PAIRS:
        return None
    typical = _is_within_robust_sd(growth, rules.growth_winsor_sd)
    expected = before.voters_present * after.expected_share / before.expected_share
    total = float(np.log(after.voters_present[typical].sum() / expected[typical].sum()))
    share = expected[typical] / expected[typical].sum()
    moved = (growth[typical] - total) * share / (1 - share).clip(_MIN_SD)  # by leaving one TPS out
    units = len(np.unique(rolls.kecamatan_index[before.station_index[typical]]))
    return total, float((moved**2).sum()), units


def _select_consecutive_counts(
    counts: TurnoutCounts, slot: int
) -> tuple[TurnoutCounts, TurnoutCounts]:
    """Select pairs of counts of one TPS, of the hour before and of this; none of 0 voters."""
    is_same_station = counts.station_index[1:] == counts.station_index[:-1]
    is_consecutive = (counts.slot[1:] == slot) & (counts.slot[:-1] == slot - 1)
    has_voters = (counts.voters_present[1:] > 0) & (counts.voters_present[:-1] > 0)
    rows = np.flatnonzero(is_same_station & is_consecutive & has_voters)
    return counts.take(rows), counts.take(rows + 1)


def _is_within_robust_sd(values: Floats, limit: float) -> Mask:
    """Return which values lie within so many robust sd of the median."""
    distances = np.abs(values - np.median(values))
    return distances <= limit * max(SD_PER_MAD * float(np.median(distances)), _MIN_SD)
