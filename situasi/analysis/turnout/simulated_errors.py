"""What is told wrongly of the counts of a simulated day, all TPS at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]

_LATE_START_SHARE = 0.15  # of the heads, while a TPS has not looked at its list
_UNDERCOUNTED_HOURS = 3  # the count, from 0, at which it does


def add_count_errors(
    true_counts: _Ints,
    desa: npt.NDArray[np.intp],
    error_shares: Mapping[str, float],
    rng: np.random.Generator,
) -> _Floats:
    """The counts as told. true: by TPS and time, the last the final one. wrong: of days.toml."""
    found = true_counts.copy()
    hours = found[:, :-1]
    slow = rng.random(len(found)) < error_shares["late_start"]
    hours[slow, :_UNDERCOUNTED_HOURS] = np.round(
        _LATE_START_SHARE * hours[slow, :_UNDERCOUNTED_HOURS]
    )
    _copy_within_desa(hours, desa, error_shares["copied_desa"], rng)
    again = rng.random(hours.shape) < error_shares["same_again"]
    again[:, 0] = False
    hours[again] = np.roll(hours, 1, axis=1)[again]
    tens = rng.random(len(found)) < error_shares["rounded"]
    hours[tens] = np.round(hours[tens], -1)
    for name, typed in _TYPING_ERRORS.items():
        hit = rng.random(found.shape) < error_shares[name]
        found[hit] = typed(found[hit])
    return found.astype("float64")


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
