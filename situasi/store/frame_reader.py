"""Reading of cursor rows into a frame with exact dtypes, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

TIME_DTYPE = "datetime64[us, UTC]"

# Rows converted to arrays at a time: few Python tuples are in memory at once, so few
# that the garbage collector has no reason to run.
_FETCH_ROWS = 600
_NAT = np.iinfo(np.int64).min
# A column with more different texts than this is not a column of repeated words.
_MAX_INTERNED_TEXTS = 50_000


def read_frame(
    connection: sa.Connection, statement: sa.Select[Any], dtypes: Mapping[str, str]
) -> pd.DataFrame:
    """Return the rows of `statement` as a frame with these columns and dtypes, in this order.

    `statement` selects the columns of `dtypes` in the same order. Texts are object columns with
    None where missing.
    """
    interned_texts: dict[str, dict[str | None, str | None]] = {name: {} for name in dtypes}
    chunks: dict[str, list[Any]] = {name: [] for name in dtypes}
    for rows in fetch_chunks(connection, statement, _FETCH_ROWS):
        for name, cells in zip(dtypes, zip(*rows, strict=True), strict=True):
            chunks[name].append(_CONVERTERS[dtypes[name]](cells, interned_texts[name]))
    if not any(chunks.values()):
        return _empty_frame(tuple(dtypes.items())).copy()
    return pd.DataFrame({name: _series(chunks[name], dtype) for name, dtype in dtypes.items()})


def fetch_chunks(
    connection: sa.Connection, query: sa.Select[Any], row_count: int
) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query in chunks, with unconverted cells.

    By the driver's own cursor: the engine's Row objects would double the time.
    """
    result = connection.execute(query)
    cursor = result.cursor
    assert cursor is not None, "a SELECT always has a cursor"
    while rows := cursor.fetchmany(row_count):
        yield rows
    result.close()


@cache
def _empty_frame(dtypes: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    """Return an empty frame; cached, because each new version has rows of few feeds."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in dtypes})


def _series(chunks: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype == "Int64":
        numbers, missing = (np.concatenate(arrays) for arrays in zip(*chunks, strict=True))
        return pd.Series(pd.arrays.IntegerArray(numbers, missing))
    values = np.concatenate(chunks)
    if dtype == TIME_DTYPE:
        return pd.Series(values.view("datetime64[us]")).dt.tz_localize("UTC")
    return pd.Series(values, dtype=dtype, copy=False)


def _integers(cells: Sequence[int | None], missing: int) -> Any:
    try:
        return np.array(cells, dtype=np.int64)
    except TypeError:  # None among them
        return np.array([missing if cell is None else cell for cell in cells], dtype=np.int64)


def _masked(cells: Sequence[int | None]) -> tuple[Any, Any]:
    return _integers(cells, 0), np.array([cell is None for cell in cells], dtype=bool)


def _texts(cells: Sequence[str | None], interned: dict[str | None, str | None]) -> Any:
    """Return an array in which equal texts are one object: the same words occur a million times."""
    texts = np.empty(len(cells), dtype=object)
    if len(interned) > _MAX_INTERNED_TEXTS:
        texts[:] = cells
        return texts
    texts[:] = list(map(interned.setdefault, cells, cells))
    return texts


_CONVERTERS: dict[str, Callable[[Sequence[Any], dict[str | None, str | None]], Any]] = {
    "int64": lambda cells, _: np.array(cells, dtype=np.int64),
    "Int64": lambda cells, _: _masked(cells),
    "float64": lambda cells, _: np.array(cells, dtype=np.float64),
    "bool": lambda cells, _: np.array(cells, dtype=bool),
    "object": _texts,
    TIME_DTYPE: lambda cells, _: _integers(cells, _NAT),
}
