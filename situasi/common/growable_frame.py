"""Rows that grow: columns with room for more, of which every frame handed out is a view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# New room is this part of what is there: so each row is moved a few times at most.
_GROWTH_DIVISOR = 8
_MIN_GROWTH = 1_024

Array = npt.NDArray[Any]


class GrowableFrame:
    """Columns of equal length that only grow at their end.

    A frame costs the same however many rows it has: nothing is copied, and nobody may write
    into it. Rows added later lie behind the end of the frames that were handed out before.
    """

    def __init__(self, dtypes: Mapping[str, str]) -> None:
        self._dtypes = dict(dtypes)
        self._length = 0
        self._buffers: dict[str, list[Array]] = {
            name: [np.empty(0, array.dtype) for array in _to_arrays(pd.Series(dtype=dtype), dtype)]
            for name, dtype in dtypes.items()
        }

    def __len__(self) -> int:
        return self._length

    def add(self, columns: Mapping[str, Any] | pd.DataFrame) -> None:
        """Add rows: a frame, or arrays of one length by name, for every column."""
        parts = {name: _to_arrays(columns[name], dtype) for name, dtype in self._dtypes.items()}
        more = len(next(iter(parts.values()))[0])
        end = self._length + more
        for name, arrays in parts.items():
            for at, array in enumerate(arrays):
                self._ensure_capacity(name, at, end)[self._length : end] = array
        self._length = end

    def set_column(self, name: str, cells: Array) -> None:
        """Give a column other cells (as of `array`); frames handed out before keep theirs."""
        assert len(cells) == self._length, "a cell for each row"
        self._buffers[name][0] = cells

    def array(self, name: str) -> Array:
        """The cells of a column as numbers, moments as microseconds; nobody may write into it."""
        return _read_only(self._buffers[name][0][: self._length])

    def frame(self) -> pd.DataFrame:
        """All rows by now."""
        index = pd.RangeIndex(self._length)
        columns = {
            name: _to_series([_read_only(array[: self._length]) for array in arrays], index, dtype)
            for (name, arrays), dtype in zip(
                self._buffers.items(), self._dtypes.values(), strict=True
            )
        }
        return pd.DataFrame(columns, index, copy=False)

    def _ensure_capacity(self, name: str, at: int, end: int) -> Array:
        held = self._buffers[name][at]
        if len(held) < end:
            roomy = np.empty(end + max(end // _GROWTH_DIVISOR, _MIN_GROWTH), dtype=held.dtype)
            roomy[: self._length] = held[: self._length]
            self._buffers[name][at] = held = roomy
        return held


def _read_only(array: Array) -> Array:
    view = array[:]
    view.flags.writeable = False
    return view


def _to_arrays(cells: Any, dtype: str) -> list[Array]:
    """The plain arrays that a column is kept as: its cells, and which of them are missing."""
    if dtype == "Int64":
        masked = pd.array(cells, dtype="Int64")
        return [masked._data, masked._mask]
    if dtype.startswith("datetime64"):
        return [pd.DatetimeIndex(cells).as_unit("us").asi8]
    return [np.asarray(cells, dtype=dtype)]


def _to_series(arrays: list[Array], index: pd.RangeIndex, dtype: str) -> pd.Series[Any]:
    cells: Any = arrays[0]
    if dtype == "Int64":
        cells = pd.arrays.IntegerArray(arrays[0], arrays[1])
    elif dtype.startswith("datetime64"):
        cells = pd.DatetimeIndex(
            arrays[0], dtype=dtype, copy=False
        )  # the only way that copies none
    return pd.Series(cells, index, dtype=dtype, copy=False)  # the dtype: else texts are looked at
