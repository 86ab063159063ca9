"""Growing tables: columns with spare capacity; every frame returned is a view of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# Capacity grows by this part of the length, so that each row is copied a few times at most.
_GROWTH_DIVISOR = 8
_MIN_GROWTH = 1_024

Array = npt.NDArray[Any]


class GrowableFrame:
    """Columns of equal length that only grow at their end.

    A frame costs the same for any number of rows: nothing is copied, and the frames are read-only.
    Rows added later lie behind the end of the frames that were returned before.
    """

    def __init__(self, dtypes: Mapping[str, str]) -> None:
        self._dtypes = dict(dtypes)
        self._length = 0
        self._buffers: dict[str, list[Array]] = {
            name: [np.empty(0, stored) for stored in _list_stored_dtypes(dtype)]
            for name, dtype in dtypes.items()
        }

    def __len__(self) -> int:
        return self._length

    def add(self, columns: Mapping[str, Any] | pd.DataFrame) -> None:
        """Add rows: a frame, or arrays of equal length by column name, for every column."""
        parts = {name: _to_arrays(columns[name], dtype) for name, dtype in self._dtypes.items()}
        added = len(next(iter(parts.values()))[0])
        end = self._length + added
        for name, arrays in parts.items():
            for position, array in enumerate(arrays):
                self._ensure_capacity(name, position, end)[self._length : end] = array
        self._length = end

    def set_column(self, name: str, cells: Array) -> None:
        """Replace the cells of a column (as from `array`); earlier frames keep the old cells."""
        assert len(cells) == self._length, "a cell for each row"
        self._buffers[name][0] = cells

    def array(self, name: str) -> Array:
        """Return the cells of a column as numbers (times as microseconds), read-only."""
        return _read_only(self._buffers[name][0][: self._length])

    def frame(self) -> pd.DataFrame:
        """Return all current rows as a frame."""
        index, dtypes = pd.RangeIndex(self._length), self._dtypes.items()
        columns = {
            name: _to_series([_read_only(array[: self._length]) for array in arrays], index, dtype)
            for (name, dtype), arrays in zip(dtypes, self._buffers.values(), strict=True)
        }
        return pd.DataFrame(columns, index, copy=False)

    def _ensure_capacity(self, name: str, position: int, end: int) -> Array:
        buffer = self._buffers[name][position]
        if len(buffer) < end:
            larger = np.empty(end + max(end // _GROWTH_DIVISOR, _MIN_GROWTH), dtype=buffer.dtype)
            larger[: self._length] = buffer[: self._length]
            self._buffers[name][position] = buffer = larger
        return buffer


def _read_only(array: Array) -> Array:
    view = array[:]
    view.flags.writeable = False
    return view


@cache  # a board has two hundred columns of six dtypes
def _list_stored_dtypes(dtype: str) -> list[np.dtype[Any]]:
    """Return the dtypes of the plain arrays that hold a column."""
    return [array.dtype for array in _to_arrays(pd.Series(dtype=dtype), dtype)]


def _to_arrays(cells: Any, dtype: str) -> list[Array]:
    """Return the plain arrays that hold a column: its cells, and the mask of missing Int64."""
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
        cells = pd.DatetimeIndex(arrays[0], dtype=dtype, copy=False)  # the only way without a copy
    # Without the dtype pandas inspects texts.
    return pd.Series(cells, index, dtype=dtype, copy=False)
