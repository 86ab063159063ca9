"""Runs: consecutive rows that are equal in some columns, as of one TPS in rows sorted by TPS.

And the last row of each group in rows of any order.
"""

from typing import Any

import numpy as np
import numpy.typing as npt


def is_last_of_run(*columns: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which rows are the last of a run of rows that are equal in these columns."""
    last = np.ones(len(columns[0]), dtype=bool)
    last[:-1] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return last


def is_first_of_run(*columns: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return which rows are the first of a run of rows that are equal in these columns."""
    return is_last_of_run(*(column[::-1] for column in columns))[::-1]


def next_in_run(
    values: npt.NDArray[np.int64], end: int, *columns: npt.NDArray[Any]
) -> npt.NDArray[np.int64]:
    """Return the value of the next row of the same run; `end` for the last row of each."""
    following = np.append(values[1:], end)[: len(values)]
    return np.where(is_last_of_run(*columns), end, following)


def find_last_positions(
    group: npt.NDArray[np.integer[Any]],
    size: int,
    counted: npt.NDArray[np.bool_] | None = None,
) -> npt.NDArray[np.intp]:
    """Return the position of the last row of each group (0 to size - 1); -1 where there is none.

    counted: only these rows; None: all.
    """
    positions = np.arange(len(group)) if counted is None else np.flatnonzero(counted)
    last = np.full(size, -1)
    last[group[positions]] = positions  # of several of one group the last one stays
    return last
