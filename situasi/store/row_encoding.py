"""An accepted frame as plain values ready to store, and the fingerprint of each row's content."""

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

# What our own checks remarked is not what the sender said: the same file, checked
# again by better rules, brings the same reports.
NOT_CONTENT = frozenset({"flags"})

_SEPARATOR, _ESCAPE = "\x1f", "\x1e"
_UNSTORABLE = "\ufffd"


def storable(feed: Feed, frame: pd.DataFrame) -> dict[str, Values]:
    """The feed's columns of `frame` as lists of str, int, float, bool or None.

    Moments are microseconds since 1970 UTC (finer parts cut off). Whatever dtype a
    column has, the same content gives the same values.
    Raises KeyError for a column that is not there; TypeError or ValueError, naming the
    column, for values that are not of its kind.
    """
    values = {}
    for column in feed.columns:
        series = frame[column.name]
        try:
            values[column.name] = _CONVERT[column.kind](series)
        except (TypeError, ValueError) as error:
            error.add_note(f"column {column.name!r} of feed {feed.name!r} holds {column.kind}")
            raise
    return values


def moments(series: pd.Series[Any]) -> Values:
    """Aware moments of any resolution and zone as microseconds since 1970 UTC, or None."""
    missing = series.isna().to_numpy()
    if missing.all():
        return [None] * len(series)
    if not isinstance(series.dtype, pd.DatetimeTZDtype):
        if any(getattr(moment, "tzinfo", None) is None for moment in series[~missing]):
            raise ValueError("a moment without a time zone cannot be stored")
        series = pd.to_datetime(series, utc=True)
    micros = series.dt.as_unit("us").to_numpy(dtype="datetime64[us]").astype(np.int64)
    return _with_gaps(micros, missing)


def digests(values: Mapping[str, Values]) -> list[bytes]:
    """16 bytes per row over all content: the same content, the same digest, for ever.

    The text that is hashed lists `name=value` of every cell that is not missing, by
    name: so a missing cell differs from an empty one, and a column added to the feed
    one day leaves the digests of rows without it as they were.
    """
    names = sorted(values.keys() - NOT_CONTENT)
    size = len(values[names[0]])
    parts = [part for name in names for part in _parts(name, values[name])]
    texts = map("".join, zip(repeat("", size), *parts, strict=True))
    return [blake2b(text.encode(), digest_size=16).digest() for text in texts]


def _parts(name: str, values: Values) -> list[Iterable[str]]:
    """What every row of a column contributes; head and cell apart where no cell is missing."""
    head = f"{_SEPARATOR}{name}="
    kept = _kept(values)
    if len(kept) == len(values):
        return [repeat(head, len(values)), _spelled(values)]
    spelled = iter(_spelled(kept))
    return [["" if value is None else head + next(spelled) for value in values]]


def _spelled(kept: Values) -> Iterable[str]:
    """Texts stand for themselves where nothing in them has to be escaped."""
    if not kept or not isinstance(kept[0], str | float):
        return map(repr, kept)
    if isinstance(kept[0], float):
        return _spelled_decimals(kept)
    texts = "".join(kept)
    return map(_escaped, kept) if _SEPARATOR in texts or _ESCAPE in texts else kept


def _spelled_decimals(kept: Values) -> Iterable[str]:
    """As `repr` does; Arrow spells fractions of usual size alike, in a third of the time.

    Whole numbers it spells without `.0`, very small and large ones with another exponent.
    """
    numbers = np.array(kept, dtype=np.float64)
    size = np.abs(numbers)
    if not ((size >= 1e-3) & (size < 1e9) & (size != np.floor(size))).all():
        return map(repr, kept)
    spelled: list[str] = pa.array(numbers).cast(pa.string()).to_pylist()
    return spelled


def _escaped(text: str) -> str:
    return text.replace(_ESCAPE, _ESCAPE + "e").replace(_SEPARATOR, _ESCAPE + "s")


def _texts(series: pd.Series[Any]) -> Values:
    values: Values = series.tolist()
    try:
        joined = "".join(_kept(values))
    except TypeError:  # missing in another way than None, or no text at all
        objects = np.array(series, dtype=object)
        objects[series.isna().to_numpy()] = None
        values = objects.tolist()
        joined = "".join(_kept(values))
    if _is_storable(joined):
        return values
    return [None if value is None else cleaned(value) for value in values]


def _kept(values: Values) -> Values:
    return [value for value in values if value is not None]


def _is_storable(text: str) -> bool:
    """NUL and lone surrogates: PostgreSQL refuses the first, UTF-8 the second."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def cleaned(text: str) -> str:
    """The text with a replacement character for each one that not every store can hold."""
    if _is_storable(text):
        return text
    return "".join([sign if _is_storable(sign) else _UNSTORABLE for sign in text])


def _counts(series: pd.Series[Any]) -> Values:
    return _with_gaps(*_split(series.astype("Int64")))


def _decimals(series: pd.Series[Any]) -> Values:
    # Adding zero turns -0.0 into 0.0: equal numbers must be spelled alike.
    numbers = series.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0
    return _with_gaps(numbers, np.isnan(numbers))


def _yes_or_no(series: pd.Series[Any]) -> Values:
    values: Values = series.astype(object).tolist()
    strangers = set(map(type, values)) - {bool, np.bool_}
    if strangers:
        raise TypeError(f"neither yes nor no: {sorted(kind.__name__ for kind in strangers)}")
    return [bool(value) for value in values]


def _split(series: pd.Series[Any]) -> tuple[Any, Any]:
    return series.to_numpy(dtype=np.int64, na_value=0), series.isna().to_numpy()


def _with_gaps(numbers: Any, missing: Any) -> Values:
    values: Values = numbers.tolist()
    for at in np.flatnonzero(missing).tolist():
        values[at] = None
    return values


_CONVERT: dict[ColumnKind, Callable[[pd.Series[Any]], Values]] = {
    ColumnKind.TEXT: _texts,
    ColumnKind.CATEGORY: _texts,
    ColumnKind.TIME: moments,
    ColumnKind.COUNT: _counts,
    ColumnKind.DECIMAL: _decimals,
    ColumnKind.BOOLEAN: _yes_or_no,
}


def quarantine_digest(parts: Sequence[str]) -> bytes:
    """16 bytes over feed, raw cells and reasons, each given as text."""
    text = _SEPARATOR.join(_escaped(part) for part in parts)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
