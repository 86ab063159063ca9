"""Encoding of accepted frames as plain values for the database, and digests of row content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from situasi.domain.feed_schemas import ColumnKind, Feed

Values = list[Any]

# The flags of our own checks are not the sender's content: the same file, checked
# again by better rules, contains the same reports.
NON_CONTENT_COLUMNS = frozenset({"flags"})

_SEPARATOR, _ESCAPE = "\x1f", "\x1e"
_UNSTORABLE = "\ufffd"


def encode_frame(feed: Feed, frame: pd.DataFrame) -> dict[str, Values]:
    """Return the feed's columns of `frame` as lists of str, int, float, bool or None.

    Times become microseconds since 1970 UTC (finer parts cut off). The same content gives the same
    values for every dtype. Raises KeyError for a missing column; TypeError or ValueError, with the
    column's name, for values of the wrong kind.
    """
    values = {}
    for column in feed.columns:
        series = frame[column.name]
        try:
            values[column.name] = _ENCODERS[column.kind](series)
        except (TypeError, ValueError) as error:
            error.add_note(f"column {column.name!r} of feed {feed.name!r} holds {column.kind}")
            raise
    return values


def encode_times(series: pd.Series[Any]) -> Values:
    """Return aware times of any resolution and zone as microseconds since 1970 UTC, or None."""
    missing = series.isna().to_numpy()
    if missing.all():
        return [None] * len(series)
    if not isinstance(series.dtype, pd.DatetimeTZDtype):
        if any(getattr(moment, "tzinfo", None) is None for moment in series[~missing]):
            raise ValueError("a moment without a time zone cannot be stored")
        series = pd.to_datetime(series, utc=True)
    micros = series.dt.as_unit("us").to_numpy(dtype="datetime64[us]").astype(np.int64)
    return _with_missing(micros, missing)


def compute_digests(values: Mapping[str, Values]) -> list[bytes]:
    """Return 16 bytes per row over all content; equal content has an equal digest in all versions.

    The hashed text lists `name=value` of every cell that is not missing, sorted by name: a missing
    cell differs from an empty one, and adding a column to the feed does not change the digests of
    rows without it.
    """
    names = sorted(values.keys() - NON_CONTENT_COLUMNS)
    size = len(values[names[0]])
    parts = [part for name in names for part in _digest_parts(name, values[name])]
    texts = map("".join, zip(repeat("", size), *parts, strict=True))
    return [blake2b(text.encode(), digest_size=16).digest() for text in texts]


def _digest_parts(name: str, values: Values) -> list[Iterable[str]]:
    """Return the column's part of each row; label and cell are separate where none is missing."""
    label = f"{_SEPARATOR}{name}="
    present = _without_missing(values)
    if len(present) == len(values):
        return [repeat(label, len(values)), _to_texts(values)]
    texts = iter(_to_texts(present))
    return [["" if value is None else label + next(texts) for value in values]]


def _to_texts(cells: Values) -> Iterable[str]:
    """Return texts unchanged where nothing in them must be escaped; other cells as text."""
    if not cells or not isinstance(cells[0], str | float):
        return map(repr, cells)
    if isinstance(cells[0], float):
        return _decimal_texts(cells)
    joined = "".join(cells)
    return map(_escape, cells) if _SEPARATOR in joined or _ESCAPE in joined else cells


def _decimal_texts(cells: Values) -> Iterable[str]:
    """Return decimals as `repr` does; for usual sizes Arrow gives the same in a third of the time.

    Arrow writes whole numbers without `.0`, and very small and large ones with another exponent.
    """
    numbers = np.array(cells, dtype=np.float64)
    size = np.abs(numbers)
    if not ((size >= 1e-3) & (size < 1e9) & (size != np.floor(size))).all():
        return map(repr, cells)
    texts: list[str] = pa.array(numbers).cast(pa.string()).to_pylist()
    return texts


def _escape(text: str) -> str:
    return text.replace(_ESCAPE, _ESCAPE + "e").replace(_SEPARATOR, _ESCAPE + "s")


def _encode_texts(series: pd.Series[Any]) -> Values:
    values: Values = series.tolist()
    try:
        joined = "".join(_without_missing(values))
    except TypeError:  # missing values other than None, or no texts at all
        objects = np.array(series, dtype=object)
        objects[series.isna().to_numpy()] = None
        values = objects.tolist()
        joined = "".join(_without_missing(values))
    if _is_storable(joined):
        return values
    return [None if value is None else clean_text(value) for value in values]


def _without_missing(values: Values) -> Values:
    return [value for value in values if value is not None]


def _is_storable(text: str) -> bool:
    """Return False for NUL (PostgreSQL refuses it) and lone surrogates (not valid UTF-8)."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def clean_text(text: str) -> str:
    """Return the text; characters that some engine cannot store become a replacement character."""
    if _is_storable(text):
        return text
    return "".join([character if _is_storable(character) else _UNSTORABLE for character in text])


def _encode_counts(series: pd.Series[Any]) -> Values:
    counts = series.astype("Int64")
    return _with_missing(counts.to_numpy(dtype=np.int64, na_value=0), counts.isna().to_numpy())


def _encode_decimals(series: pd.Series[Any]) -> Values:
    # Adding zero turns -0.0 into 0.0: equal numbers must have the same text.
    numbers = series.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0
    return _with_missing(numbers, np.isnan(numbers))


def _encode_booleans(series: pd.Series[Any]) -> Values:
    values: Values = series.astype(object).tolist()
    wrong_types = set(map(type, values)) - {bool, np.bool_}
    if wrong_types:
        raise TypeError(f"neither yes nor no: {sorted(kind.__name__ for kind in wrong_types)}")
    return [bool(value) for value in values]


def _with_missing(numbers: Any, missing: Any) -> Values:
    values: Values = numbers.tolist()
    for position in np.flatnonzero(missing).tolist():
        values[position] = None
    return values


_ENCODERS: dict[ColumnKind, Callable[[pd.Series[Any]], Values]] = {
    ColumnKind.TEXT: _encode_texts,
    ColumnKind.CATEGORY: _encode_texts,
    ColumnKind.TIME: encode_times,
    ColumnKind.COUNT: _encode_counts,
    ColumnKind.DECIMAL: _encode_decimals,
    ColumnKind.BOOLEAN: _encode_booleans,
}


def compute_quarantine_digest(parts: Sequence[str]) -> bytes:
    """Return 16 bytes over feed, raw cells and reasons, all given as text."""
    text = _SEPARATOR.join(map(_escape, parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
