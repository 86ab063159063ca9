"""Interval of a coming day from many days: hierarchical conformal, the day the unit.

Dunn, Wasserman and Ramdas (2022); Lee, Barber and Willett (2023): each day's scores share one
weight, and a day that is to come has the same, at infinity. So places and hours of one day, which
miss together, never count as so many days.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]

MIN_DAYS = 20  # with fewer, t with days - 1 degrees is the better guess


def fit_day_quantile(groups: Sequence[_Floats], confidence_percent: float) -> float | None:
    """Fit by what the sd of a day is multiplied; None where there are too few days.

    groups: of each place, the log shares of its days (a row each) at the hours.
    """
    if sum(len(curves) for curves in groups) < MIN_DAYS:
        return None
    scores = [score for curves in groups if len(curves) > 2 for score in _score_days(curves)]
    return compute_hierarchical_quantile(scores, confidence_percent) if scores else None


def _score_days(curves: _Floats) -> list[_Floats]:
    """Return how many sd each day lies from the mean of the others, by hour."""
    scores = []
    for row in range(len(curves)):
        others = np.delete(curves, row, axis=0)
        sd = others.std(axis=0, ddof=1) * np.sqrt(1 + 1 / len(others))
        varies = sd > 0
        away = np.abs(curves[row] - others.mean(axis=0))
        scores.append(away[varies] / sd[varies])
    return [score for score in scores if len(score)]


def compute_hierarchical_quantile(
    scores_by_day: Sequence[_Floats], confidence_percent: float
) -> float:
    """Compute the quantile of scores of which those of one day share one weight.

    The largest score where the days are too few for this confidence.
    """
    weight = 1 / (len(scores_by_day) + 1)
    scores = np.concatenate(scores_by_day)
    weights = np.concatenate([np.full(len(day), weight / len(day)) for day in scores_by_day])
    order = np.argsort(scores, kind="stable")
    reached = np.cumsum(weights[order]) >= confidence_percent / 100 - 1e-12
    return float(scores[order][np.argmax(reached)] if reached.any() else scores.max())
