"""Errors in the reported counts of a simulated day, for all TPS at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]

_LATE_START_SHARE = 0.15  # of the voters, while a TPS has not checked its list
_MOST_ABOVE_END = 1.3  # of the final turnout
# Of those that count above the end, so many do so again at the next hour: 6 % of people's counts
# lay above it, yet only 5 % of second counts fell; if each stood alone, a fall would follow each.
_STAYS_ABOVE = 0.6
_UNDERCOUNTED_HOURS = 3  # the TPS checks it at the count with this index, from 0


def add_count_errors(
    true_counts: _Ints,
    desa: npt.NDArray[np.intp],
    error_shares: Mapping[str, float],
    rng: np.random.Generator,
) -> _Floats:
    """Add errors to true_counts (by TPS and time, the last final); error_shares: of days.toml."""
    counts = true_counts.copy()
    hours = counts[:, :-1]
    is_late_start = rng.random(len(counts)) < error_shares["late_start"]
    hours[is_late_start, :_UNDERCOUNTED_HOURS] = np.round(
        _LATE_START_SHARE * hours[is_late_start, :_UNDERCOUNTED_HOURS]
    )
    _copy_within_desa(hours, desa, error_shares["copied_desa"], rng)
    is_repeated = rng.random(hours.shape) < error_shares["same_again"]
    is_repeated[:, 0] = False
    hours[is_repeated] = np.roll(hours, 1, axis=1)[is_repeated]
    _put_above_end(hours, true_counts[:, -1:], error_shares["above_end"], rng)
    is_rounded = rng.random(len(counts)) < error_shares["rounded"]
    hours[is_rounded] = np.round(hours[is_rounded], -1)
    for name, apply_error in _TYPING_ERRORS.items():
        is_hit = rng.random(counts.shape) < error_shares[name]
        counts[is_hit] = apply_error(counts[is_hit])
    return counts.astype("float64")


def _put_above_end(
    hours: _Ints, final_counts: _Ints, share: float, rng: np.random.Generator
) -> None:
    """Put such a share of the counts above the end, in runs, and a run never falls."""
    starts = share * (1 - _STAYS_ABOVE) / (1 - share)  # so that the share is the same at each hour
    draws = rng.random(hours.shape)
    is_above = draws < starts
    is_above[:, 0] = draws[:, 0] < share
    for hour in range(1, hours.shape[1]):
        is_above[:, hour] |= is_above[:, hour - 1] & (draws[:, hour] < _STAYS_ABOVE)
    factor = np.sort(rng.uniform(1.0, _MOST_ABOVE_END, hours.shape), axis=1)
    above = np.round(final_counts * factor).astype("int64")
    hours[is_above] = above[is_above]


def _copy_within_desa(
    hourly_counts: _Ints, desa: npt.NDArray[np.intp], share: float, rng: np.random.Generator
) -> None:
    for code in np.flatnonzero(rng.random(desa.max() + 1) < share):
        step = rng.integers(hourly_counts.shape[1])
        hourly_counts[desa == code, step] = np.median(hourly_counts[desa == code, step])


def _drop_digit(counts: _Ints) -> _Ints:
    return counts // 10


def _double_last_digit(counts: _Ints) -> _Ints:
    return counts * 10 + counts % 10


def _swap_last_digits(counts: _Ints) -> _Ints:
    return counts - counts % 100 + (counts % 10) * 10 + counts // 10 % 10


_TYPING_ERRORS: dict[str, Any] = {
    "lost_digit": _drop_digit,
    "doubled_digit": _double_last_digit,
    "swapped_digits": _swap_last_digits,
}
