"""Which rows of a table name no day or no hour, and which cells are times."""

import re
from collections.abc import Callable

from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.time_of_day import is_clock_with_seconds, read_clock
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_DAY = re.compile(r"\d[/-]\d+[/-]\d")


def is_time(cell: Cell) -> bool:
    """Return whether a cell is a day or a time of day."""
    if isinstance(cell, float):  # half a day, or a share of one half: its heading does not say
        return False
    try:
        parse_date_parts(cell)
    except UnreadableCell:
        return is_clock_alone(cell)
    return True


def find_undated_rows(table: ConvertedTable) -> list[int]:
    """Return the rows that name a time of day but no day; all rows where no column is of time."""
    if not table.has_any("waktu", "tanggal", "jam"):
        return table.find_empty_rows()
    if any(not all(map(is_blank, table.cells[n].tolist())) for n in table.find_columns("tanggal")):
        return []
    dayless = _match_rows(table, "waktu", _has_no_day) & _match_rows(table, "jam", _is_dayless_hour)
    timeless = set(table.find_empty_rows("waktu", "jam"))
    return [row for row in table.find_empty_rows() if row in dayless and row not in timeless]


def find_untimed_rows(table: ConvertedTable) -> list[int]:
    """Return the rows whose time is a day alone."""
    names = [h for h in ("waktu", "tanggal") if table.find_columns(h)]
    days = [_match_rows(table, h, lambda c: is_blank(c) or is_day_alone(c)) for h in names]
    return [row for row in table.find_empty_rows("jam") if all(row in rows for rows in days)]


def _match_rows(table: ConvertedTable, heading: str, test: Callable[[Cell], bool]) -> set[int]:
    """Return the rows that hold such a cell in every column of this meaning."""
    rows = set(range(table.size))
    for name in table.find_columns(heading):
        column = table.cells[name].tolist()
        matching = {cell for cell in set(column) if test(cell)}
        rows &= {row for row, cell in enumerate(column) if cell in matching}
    return rows


def _has_no_day(cell: Cell) -> bool:
    return is_blank(cell) or is_clock_alone(cell)


def _is_dayless_hour(cell: Cell) -> bool:
    """Return whether a cell of a column of hours names no day: `09.10.00` is an hour there."""
    return _has_no_day(cell) or is_clock_with_seconds(cell)


def is_clock_alone(cell: Cell) -> bool:
    """Return whether a cell is a time of day without a day."""
    if isinstance(cell, str) and _DAY.search(cell):  # nearly every cell, and parsing is slow
        return False
    try:
        parse_date_parts(cell)
    except UnreadableCell:
        pass
    else:
        return False
    try:
        return read_clock(cell).day is None
    except (UnreadableCell, ValueError):
        return False


def is_day_alone(cell: Cell) -> bool:
    """Return whether a cell is a day without a time of day."""
    try:
        return parse_date_parts(cell).clock is None
    except UnreadableCell:
        return False
