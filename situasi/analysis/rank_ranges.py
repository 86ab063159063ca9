"""Ranks by weights that are a proposal, and between which ranks they stay when the weights move."""

from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

_Floats = npt.NDArray[np.float64]

# Each weight may be so much higher or lower, as a share of itself.
WEIGHT_DOUBT = 0.25


def compute_scores(parts: _Floats, weights: _Floats) -> _Floats:
    """Compute the mean of the known parts of each row, by weight; missing where none is known.

    A row of the result for each row of weights.
    """
    known_weight = weights @ ~np.isnan(parts).T
    points = weights @ np.nan_to_num(parts).T
    scores: _Floats = np.full(points.shape, np.nan)
    return np.divide(points, known_weight, out=scores, where=known_weight > 0)


def try_weights(parts: _Floats, weights: _Floats, counts: npt.ArrayLike = 1) -> _Floats:
    """Rank the rows of `parts`, 1 the gravest, when each weight is at either end of its doubt.

    A row of the result for each combination, the first of them the weights as they are. counts: how
    many are alike in each row of `parts`. Missing where there is no score.
    """
    ends = list(product((1 - WEIGHT_DOUBT, 1 + WEIGHT_DOUBT), repeat=len(weights)))
    scores = compute_scores(parts, weights * np.array([(1.0,) * len(weights), *ends]))
    is_higher = scores[:, None, :] > scores[:, :, None] + 1e-9
    ranks: _Floats = 1.0 + (is_higher * np.asarray(counts, dtype="float64")).sum(axis=2)
    return np.where(np.isnan(scores), np.nan, ranks)


def build_rank_columns(ranks: _Floats) -> pd.DataFrame:
    """Build `rank`, `rank_first` and `rank_last` from rows of try_weights."""
    columns = {"rank": ranks[0], "rank_first": ranks.min(axis=0), "rank_last": ranks.max(axis=0)}
    return pd.DataFrame(columns)
