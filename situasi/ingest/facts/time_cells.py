"""Which rows of a table name no day or no hour, and which cells are times."""

import re
from collections.abc import Callable
from datetime import date

from situasi.ingest.parsing.cells import UnreadableCell, is_blank
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.date_patterns import MONTHS
from situasi.ingest.parsing.time_of_day import is_clock_with_seconds, read_clock
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_MAX_CHARS = 40
_CLOCK = r"(?P<clock>(?:[01]?\d|2[0-4])[.:][0-5]\d)(?: ?wib)?"
_MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_SHORT_DAY = (
    r"\(?(?:tgl\.?|tanggal)? ?(?P<day>\d{1,2})"
    rf"(?:[/-](?P<month>\d{{1,2}})|[ -]?(?P<name>{_MONTH_NAMES}))"
    r"(?:[/ -](?P<year>20\d\d|\d\d))?\)?"
)
# `00.25 (28/11)`, `28-11 01.10`, `01.10, 28 Nov`: an hour and its day, mostly without the year.
_CLOCK_AND_DAY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_CLOCK}[ ,;]*{_SHORT_DAY}",
        rf"{_SHORT_DAY}(?:[ ,;]+| ?- )(?:pukul |jam |pkl )?{_CLOCK}",
    )
)
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


def complete_written_day(cell: Cell, voting_day: date) -> str | None:
    """Return an hour that names its day as a moment with its year; None for all other cells.

    Without a year it is the day nearest to that of the voting.
    """
    text = cell.strip() if isinstance(cell, str) and len(cell) < _MAX_CHARS else ""
    match = next(filter(None, (p.fullmatch(text) for p in _CLOCK_AND_DAY)), None)
    if match is None:
        return None
    month = int(match["month"]) if match["month"] else MONTHS[match["name"].lower()]
    if written := match["year"]:
        years = [int(written) + (2000 if len(written) == 2 else 0)]
    else:
        years = [voting_day.year - 1, voting_day.year, voting_day.year + 1]
    days = []
    for year in years:
        try:
            days.append(date(year, month, int(match["day"])))
        except ValueError:
            continue
    if not days:
        return None
    return f"{min(days, key=lambda day: abs(day - voting_day)):%d/%m/%Y} {match['clock']}"
