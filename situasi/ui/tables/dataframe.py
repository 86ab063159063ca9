"""A table on the screen: words laid over the values that sort, columns as wide as their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import pandas as pd
import streamlit as st

from situasi.ui.tables.columns import Column

if TYPE_CHECKING:  # pandas loads it, and its templates, with the first table
    from pandas.io.formats.style import Styler

_SIGN, _MARGIN = 6.2, 18  # pixels of a letter, and of what stands around the words
_ROW, _HEADING, _HALF = 33, 34, 17
# The grid itself measures the first rows, and leaves out what is twice as wide as they mostly are.
_FIRST, _MEASURED = 10, 200
# Letters of one column that a browser is sent, in equal parts; of each cell so many in any case.
_LETTERS, _OF_A_CELL = 1_000_000, 200

Laid: TypeAlias = "tuple[Styler | pd.DataFrame, dict[str, Any]]"


class _Worded(pd.DataFrame):
    """Values that know their words: Streamlit asks for them as the values written out."""

    _internal_names: ClassVar[list[str]] = [*pd.DataFrame._internal_names, "_words"]  # type: ignore[attr-defined]
    _internal_names_set: ClassVar[set[str]] = set(_internal_names)
    _words: pd.DataFrame

    def astype(self, dtype: Any, *args: Any, **named: Any) -> Any:  # type: ignore[misc]
        return self._words if dtype is str else super().astype(dtype, *args, **named)


def laid_out(columns: Mapping[str, Column], n: int, day: date) -> Laid:
    """The first n rows and the widths of columns, for st.dataframe.

    day: the day shown, which the words need not name.
    """
    named = {column.sign + heading: column for heading, column in columns.items()}
    most = _longest(n)
    frame = pd.DataFrame(
        {heading: _shortened(column.values.head(n), most) for heading, column in named.items()}
    )
    said = [column.said(n, day) if column.said else None for column in named.values()]
    said = [words and [_cut(word, most) for word in words] for words in said]
    widths = {
        heading: st.column_config.Column(width=width)
        for (heading, column), words in zip(named.items(), said, strict=True)
        if (width := _width(words or column.values.head(_MEASURED).tolist(), column.widest))
    }
    return _laid_over(frame, said), widths


def is_cut(columns: Mapping[str, Column], n: int) -> bool:
    """Whether a text of the first n rows is longer than what `laid_out` shows of it."""
    most = _longest(n)
    return any(
        isinstance(cell, str) and len(cell) > most
        for column in columns.values()
        if column.values.dtype == object
        for cell in column.values.head(n)
    )


def _longest(n: int) -> int:
    return max(_OF_A_CELL, _LETTERS // max(n, 1))


def _cut(word: str, most: int) -> str:
    return word if len(word) <= most else word[: most - 1] + "…"


def _shortened(values: pd.Series[Any], most: int) -> pd.Series[Any]:
    if values.dtype != object:
        return values
    cells = [_cut(cell, most) if isinstance(cell, str) else cell for cell in values]
    return pd.Series(cells, values.index, dtype="object")


def height(rows: int, most: int) -> Any:
    """As high as the rows, up to the most; half a row more says that there are others."""
    return "content" if rows <= most else _HEADING + most * _ROW + _HALF


def _width(words: Sequence[object], widest: int) -> int | None:
    """Pixels for a column that the grid would make too wide, or too narrow for its rare words."""
    needed = [_needs(word) for word in words[:_MEASURED]]
    first, longest = needed[:_FIRST], max(needed, default=0)
    if longest > widest:
        return widest
    rare = longest > max(first, default=longest) or longest * len(first) > 2 * sum(first)
    return round(longest) if rare else None


def _needs(word: object) -> float:
    return _MARGIN + _SIGN * len(word) if isinstance(word, str) else 0.0


def _laid_over(frame: pd.DataFrame, said: Sequence[Sequence[str] | None]) -> Styler | pd.DataFrame:
    """The frame with words over its columns, None where the values are words.

    Streamlit asks a Styler by two methods for every cell as a dict of HTML, and writes each over
    the values as text. Here it is told of no cell, and the values come with their words: of 2,000
    rows and 12 columns in 2 ms instead of 330.
    """
    if not any(said):
        return frame
    words = frame.astype(str)
    for at, column in enumerate(said):
        if column:
            words.isetitem(at, list(column))
    worded = _Worded(frame)
    worded._words = words
    styler: Any = worded.style
    styler._compute = lambda: styler
    styler._translate = lambda *_: {}
    return styler  # type: ignore[no-any-return]
