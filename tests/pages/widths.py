"""How wide the columns of a table are on a screen."""

from __future__ import annotations

from situasi.ui.tables import column_widths, dataframe
from situasi.ui.tables.table_view import Table
from tests.builders import DAY


def sum_widths_px(table: Table, until: str) -> float:
    """Return how wide the columns are up to this one, with its own."""
    columns = table.select_screen_columns()
    shown = list(columns)[: list(columns).index(until) + 1]
    _, given = dataframe.build_layout(columns, len(table), DAY.date())
    total = 0.0
    for heading in shown:
        column = columns[heading]
        texts = column.format_cells(len(table), DAY.date()) if column.format_cells else None
        widest = max(map(column_widths._measure_text_px, texts or column.values.tolist()))
        heading_px = column_widths._measure_text_px(column.heading_prefix + heading)
        key = column.heading_prefix + heading
        total += given[key]["width"] if key in given else max(widest, heading_px)
    return total
