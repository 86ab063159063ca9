"""A table on the screen: texts laid over sortable values, in columns as wide as these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import pandas as pd
import streamlit as st

from situasi.ui.tables.column_widths import MEASURED_ROWS, compute_width_px
from situasi.ui.tables.columns import Column

if TYPE_CHECKING:  # pandas loads the Styler and its templates with the first table
    from pandas.io.formats.style import Styler

_ROW_HEIGHT_PX, _HEADING_HEIGHT_PX = 33, 34
# Characters of a column sent to the browser, divided equally; minimum for each cell.
_MAX_COLUMN_CHARS, _MIN_CELL_CHARS = 1_000_000, 200

TableLayout: TypeAlias = "tuple[Styler | pd.DataFrame, dict[str, Any]]"


class _FormattedFrame(pd.DataFrame):
    """Values with their texts: Streamlit requests the texts by astype(str)."""

    _internal_names: ClassVar[list[str]] = [*pd.DataFrame._internal_names, "_words"]  # type: ignore[attr-defined]
    _internal_names_set: ClassVar[set[str]] = set(_internal_names)
    _words: pd.DataFrame

    def astype(self, dtype: Any, *args: Any, **named: Any) -> Any:  # type: ignore[misc]
        return self._words if dtype is str else super().astype(dtype, *args, **named)


def build_layout(columns: Mapping[str, Column], n: int, day: date) -> TableLayout:
    """Return the first n rows and the widths of columns, for st.dataframe.

    day: the day shown, which the texts need not repeat.
    """
    named = {column.heading_prefix + heading: column for heading, column in columns.items()}
    limit = _max_cell_chars(n)
    frame = pd.DataFrame(
        {
            heading: _truncate_cells(column.values.head(n), limit)
            for heading, column in named.items()
        }
    )
    texts = [
        column.format_cells(n, day) if column.format_cells else None for column in named.values()
    ]
    texts = [cells and [_truncate(text, limit) for text in cells] for cells in texts]
    widths = {
        heading: st.column_config.Column(width=width)
        for (heading, column), cells in zip(named.items(), texts, strict=True)
        if (
            width := compute_width_px(
                cells or column.values.head(MEASURED_ROWS).tolist(), column.max_width_px
            )
        )
    }
    return _overlay_texts(frame, texts), widths


def is_truncated(columns: Mapping[str, Column], n: int) -> bool:
    """Return whether a text of the first n rows is longer than `build_layout` shows of it."""
    max_chars = _max_cell_chars(n)
    return any(
        isinstance(cell, str) and len(cell) > max_chars
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


def compute_row_height_px(lines: int) -> int | None:
    """Return the height of rows of so many lines of text; None: one line, as the grid has it.

    The grid wraps texts in rows higher than 2.9 rem (server/frontend/words.py).
    """
    return 16 + 17 * lines if lines > 1 else None


def compute_height(rows: int, max_rows: int, row_height_px: int | None = None) -> Any:
    """Return the height for these rows, at most `max_rows`; half a row more hints at the rest.

    row_height_px: None: that of the grid, one line of text.
    """
    row_height_px = row_height_px or _ROW_HEIGHT_PX
    return (
        "content"
        if rows <= max_rows
        else _HEADING_HEIGHT_PX + max_rows * row_height_px + row_height_px // 2 + 1
    )


def _overlay_texts(
    frame: pd.DataFrame, texts: Sequence[Sequence[str] | None]
) -> Styler | pd.DataFrame:
    """Return the frame with texts over its columns, None where the values are texts.

    Streamlit asks a Styler by two methods for every cell as a dict of HTML, and writes each over
    the values. Here both return nothing and the values carry their texts: 2,000 rows and 12 columns
    take 2 ms instead of 330.
    """
    if not any(texts):
        return frame
    text_frame = frame.astype(str)
    for position, column_texts in enumerate(texts):
        if column_texts:
            text_frame.isetitem(position, list(column_texts))
    formatted = _FormattedFrame(frame)
    formatted._words = text_frame
    styler: Any = formatted.style
    styler._compute = lambda: styler
    styler._translate = lambda *_: {}
    return styler  # type: ignore[no-any-return]
