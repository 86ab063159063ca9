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

_CHAR_WIDTH_PX, _CELL_MARGIN_PX = 6.2, 18  # pixels of a letter, and of what stands around the words
_ROW_HEIGHT_PX, _HEADING_HEIGHT_PX, _HALF_ROW_PX = 33, 34, 17
# The grid itself measures the first rows, and leaves out what is twice as wide as they mostly are.
_GRID_SAMPLE_ROWS, _MEASURED_ROWS = 10, 200
# Letters of one column that a browser is sent, in equal parts; of each cell so many in any case.
_MAX_COLUMN_CHARS, _MIN_CELL_CHARS = 1_000_000, 200

TableLayout: TypeAlias = "tuple[Styler | pd.DataFrame, dict[str, Any]]"


class _FormattedFrame(pd.DataFrame):
    """Values that know their words: Streamlit asks for them as the values written out."""

    _internal_names: ClassVar[list[str]] = [*pd.DataFrame._internal_names, "_words"]  # type: ignore[attr-defined]
    _internal_names_set: ClassVar[set[str]] = set(_internal_names)
    _words: pd.DataFrame

    def astype(self, dtype: Any, *args: Any, **named: Any) -> Any:  # type: ignore[misc]
        return self._words if dtype is str else super().astype(dtype, *args, **named)


def build_layout(columns: Mapping[str, Column], n: int, day: date) -> TableLayout:
    """The first n rows and the widths of columns, for st.dataframe.

    day: the day shown, which the words need not name.
    """
    named = {column.heading_prefix + heading: column for heading, column in columns.items()}
    most = _max_cell_chars(n)
    frame = pd.DataFrame(
        {heading: _truncate_cells(column.values.head(n), most) for heading, column in named.items()}
    )
    said = [
        column.format_cells(n, day) if column.format_cells else None for column in named.values()
    ]
    said = [words and [_truncate(word, most) for word in words] for words in said]
    widths = {
        heading: st.column_config.Column(width=width)
        for (heading, column), words in zip(named.items(), said, strict=True)
        if (
            width := _compute_column_width_px(
                words or column.values.head(_MEASURED_ROWS).tolist(), column.max_width_px
            )
        )
    }
    return _overlay_texts(frame, said), widths


def is_truncated(columns: Mapping[str, Column], n: int) -> bool:
    """Whether a text of the first n rows is longer than what `laid_out` shows of it."""
    most = _max_cell_chars(n)
    return any(
        isinstance(cell, str) and len(cell) > most
        for column in columns.values()
        if column.values.dtype == object
        for cell in column.values.head(n)
    )


def _max_cell_chars(n: int) -> int:
    return max(_MIN_CELL_CHARS, _MAX_COLUMN_CHARS // max(n, 1))


def _truncate(text: str, max_chars: int) -> str:
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"


def _truncate_cells(values: pd.Series[Any], max_chars: int) -> pd.Series[Any]:
    if values.dtype != object:
        return values
    cells = [_truncate(cell, max_chars) if isinstance(cell, str) else cell for cell in values]
    return pd.Series(cells, values.index, dtype="object")


def compute_height(rows: int, max_rows: int) -> Any:
    """As high as the rows, up to the most; half a row more says that there are others."""
    return (
        "content"
        if rows <= max_rows
        else _HEADING_HEIGHT_PX + max_rows * _ROW_HEIGHT_PX + _HALF_ROW_PX
    )


def _compute_column_width_px(texts: Sequence[object], max_width_px: int) -> int | None:
    """Pixels for a column that the grid would make too wide, or too narrow for its rare words."""
    needed = [_measure_text_px(word) for word in texts[:_MEASURED_ROWS]]
    first, longest = needed[:_GRID_SAMPLE_ROWS], max(needed, default=0)
    if longest > max_width_px:
        return max_width_px
    rare = longest > max(first, default=longest) or longest * len(first) > 2 * sum(first)
    return round(longest) if rare else None


def _measure_text_px(text: object) -> float:
    return _CELL_MARGIN_PX + _CHAR_WIDTH_PX * len(text) if isinstance(text, str) else 0.0


def _overlay_texts(
    frame: pd.DataFrame, texts: Sequence[Sequence[str] | None]
) -> Styler | pd.DataFrame:
    """The frame with words over its columns, None where the values are words.

    Streamlit asks a Styler by two methods for every cell as a dict of HTML, and writes each over
    the values as text. Here it is told of no cell, and the values come with their words: of 2,000
    rows and 12 columns in 2 ms instead of 330.
    """
    if not any(texts):
        return frame
    words = frame.astype(str)
    for at, column in enumerate(texts):
        if column:
            words.isetitem(at, list(column))
    worded = _FormattedFrame(frame)
    worded._words = words
    styler: Any = worded.style
    styler._compute = lambda: styler
    styler._translate = lambda *_: {}
    return styler  # type: ignore[no-any-return]
