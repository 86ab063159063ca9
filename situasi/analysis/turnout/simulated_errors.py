"""What is told wrongly of the counts of a simulated day, all TPS at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]

_TOO_FEW = 0.15  # of the heads, while a TPS has not looked at its list
_LOOKS = 3  # the count, from 0, at which it does


def told(
    true: _Ints, desa: npt.NDArray[np.intp], wrong: Mapping[str, float], rng: np.random.Generator
) -> _Floats:
    """The counts as told. true: by TPS and time, the last the final one. wrong: of days.toml."""
    found = true.copy()
    hours = found[:, :-1]
    slow = rng.random(len(found)) < wrong["late_start"]
    hours[slow, :_LOOKS] = np.round(_TOO_FEW * hours[slow, :_LOOKS])
    _copied(hours, desa, wrong["copied_desa"], rng)
    again = rng.random(hours.shape) < wrong["same_again"]
    again[:, 0] = False
    hours[again] = np.roll(hours, 1, axis=1)[again]
    tens = rng.random(len(found)) < wrong["rounded"]
    hours[tens] = np.round(hours[tens], -1)
    for name, typed in _TYPED.items():
        hit = rng.random(found.shape) < wrong[name]
        found[hit] = typed(found[hit])
    return found.astype("float64")


def _copied(
    hours: _Ints, desa: npt.NDArray[np.intp], share: float, rng: np.random.Generator
) -> None:
    for code in np.flatnonzero(rng.random(desa.max() + 1) < share):
        step = rng.integers(hours.shape[1])
        hours[desa == code, step] = np.median(hours[desa == code, step])


def _lost(counts: _Ints) -> _Ints:
    return counts // 10


def _doubled(counts: _Ints) -> _Ints:
    return counts * 10 + counts % 10


def _swapped(counts: _Ints) -> _Ints:
    return counts - counts % 100 + (counts % 10) * 10 + counts // 10 % 10


_TYPED: dict[str, Any] = {
    "lost_digit": _lost,
    "doubled_digit": _doubled,
    "swapped_digits": _swapped,
}
