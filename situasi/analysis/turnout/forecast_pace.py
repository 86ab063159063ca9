"""How the day runs against the assumed curve: learned from TPS that counted twice, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from situasi.analysis.turnout.forecast_inputs import Floats, Mask, TurnoutCounts, VoterRolls
from situasi.domain.forecast_parameters import Pace
from situasi.domain.rules import ForecastRules as Rules

# Of a normal distribution: its sd by the median of the absolute deviations.
SD_PER_MAD = 1.4826
_MIN_PAIRS = 5
_MIN_SD = 0.02


@dataclass(frozen=True)
class PacePosterior:
    """By how much more had come than assumed at each full hour and at the end, in log.

    ahead: the best guess. covariance: of its error. The end is sure: all have come.
    """

    mean: Floats
    covariance: Floats


def compute_pace_posterior(
    counts: TurnoutCounts, rolls: VoterRolls, pace: Pace, rules: Rules
) -> PacePosterior:
    """How the day runs, as far as its own growth from hour to hour tells.

    Before any count it is as assumed, with the covariance of pace. That a tenth more came at
    both hours cannot be told from a higher turnout; that more came between them can.
    """
    size = len(pace.offset) + 1
    before = np.zeros((size, size))
    before[:-1, :-1] = pace.covariance
    growth, variance, rows = [], [], []
    steps = np.append(pace.kecamatan, 0.0)
    for slot in range(1, size):
        found = _measure_growth(counts, slot, rolls, rules)
        if found is None:
            continue
        more, own, kecamatan = found
        row = np.zeros(size)
        row[slot], row[slot - 1] = 1.0, -1.0
        growth.append(more)
        variance.append(own + (steps[slot] - steps[slot - 1]) ** 2 / kecamatan)
        rows.append(row)
    if not rows:
        return PacePosterior(np.zeros(size), before)
    seen = np.array(rows)
    gain = before @ seen.T @ np.linalg.inv(seen @ before @ seen.T + np.diag(variance))
    return PacePosterior(gain @ np.array(growth), before - gain @ seen @ before)


def _measure_growth(
    counts: TurnoutCounts, slot: int, rolls: VoterRolls, rules: Rules
) -> tuple[float, float, int] | None:
    """By how much more came within this hour than assumed, of TPS that counted at both its ends.

    In log; then its variance, and of how many kecamatan they are. None of too few.
    """
    first, then = _select_consecutive_counts(counts, slot)
    grown = np.log(then.voters_present / then.expected_share) - np.log(
        first.voters_present / first.expected_share
    )
    if len(grown) < _MIN_PAIRS:
        return None
    alike = _is_within_robust_sd(grown, rules.growth_winsor_sd)
    expected = first.voters_present * then.expected_share / first.expected_share
    more = float(np.log(then.voters_present[alike].sum() / expected[alike].sum()))
    homes = len(np.unique(rolls.kecamatan_index[first.station_index[alike]]))
    return more, float(np.var(grown[alike])) / int(alike.sum()), homes


def _select_consecutive_counts(
    counts: TurnoutCounts, slot: int
) -> tuple[TurnoutCounts, TurnoutCounts]:
    """Neighbouring counts of one TPS, of the hour before and of this; those of nobody left out."""
    next_to = counts.station_index[1:] == counts.station_index[:-1]
    hours = (counts.slot[1:] == slot) & (counts.slot[:-1] == slot - 1)
    some = (counts.voters_present[1:] > 0) & (counts.voters_present[:-1] > 0)
    at = np.flatnonzero(next_to & hours & some)
    return counts.take(at), counts.take(at + 1)


def _is_within_robust_sd(values: Floats, limit: float) -> Mask:
    """Which lie within so many robust sd of the median."""
    away = np.abs(values - np.median(values))
    return away <= limit * max(SD_PER_MAD * float(np.median(away)), _MIN_SD)
