"""Parser of a time of day in a cell of its own, beside its date."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from situasi.ingest.parsing import date_patterns
from situasi.ingest.parsing.cells import (
    MAX_CELL_CHARS,
    UnreadableCell,
    check_letters,
    format_cell,
    normalize_text,
    quote,
)
from situasi.ingest.parsing.date_parser import (
    ClockTime,
    extract_clock,
    extract_zone,
    parse_date_parts,
)
from situasi.ingest.parsing.spoken_times import simplify_time
from situasi.ingest.tables import Cell

_EXCEL_DAY_ZERO = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1904, 1, 1))


# A clock that a spreadsheet took for a number; with one decimal its last zero may be cut.
_TWO_DECIMALS = re.compile(r"[0-9]{1,2}\.[0-9]{2}")


# `13.00 (penutupan)`: a choice of a form says what happens then.
_REMARK = re.compile(r"(?<=\d)\s*\((?!(?:wib|wita|wit|utc|gmt)\b)[^()\d]*\)\s*$", re.IGNORECASE)


# `pkl10`, and `09. 00` with a space too many.
_SPACED = re.compile(r"\b(?P<lead>jam|pukul|pkl|pk)(?=\d)|(?<=\d) ?(?P<mark>[.:]) ?(?=\d{2}\b)")


# `jam_09_00`: the name of a choice, in which no other mark may stand.
_NAMED_CHOICE = re.compile(r"(?<=\d)_(?=\d{2}(?!\d))")


# `09.10.00` in a column of hours is one, though it might be a day elsewhere.
_WITH_SECONDS = re.compile(
    r"(?:[01]?\d|2[0-3])([.:])[0-5]\d\1[0-5]\d(?: ?(?:wib|wita|wit))?", re.IGNORECASE
)


def is_clock_with_seconds(cell: object) -> bool:
    """Return whether a cell may be an hour with its minutes and seconds."""
    return isinstance(cell, str) and _WITH_SECONDS.fullmatch(cell.strip()) is not None


class ParsedClock(NamedTuple):
    """A time of day. day: where the cell repeats its date; zone: where it names one."""

    clock: ClockTime
    day: date | None = None
    zone: tzinfo | None = None
    note: str | None = None


def read_clock(cell: Cell | time | timedelta) -> ParsedClock:
    """Read the time of day in a cell: `7.30`, `07:30:15`, `0730`, `07.30 WIB`, an Excel fraction.

    Raises UnreadableCell, also for `7` and `7.3`, which are unclear.
    """
    if isinstance(cell, datetime):
        return _from_datetime(cell)
    if isinstance(cell, time):
        return ParsedClock(
            (cell.hour, cell.minute, cell.second, cell.microsecond), zone=cell.tzinfo
        )
    if isinstance(cell, timedelta):
        return _from_seconds(cell.total_seconds(), cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(float(cell), cell)
    return _from_text(str(cell))


def _from_datetime(cell: datetime) -> ParsedClock:
    clock = (cell.hour, cell.minute, cell.second, cell.microsecond)
    day = None if cell.date() in _EXCEL_DAY_ZERO else cell.date()
    return ParsedClock(clock, day, cell.tzinfo)


def _from_seconds(seconds: float, cell: object) -> ParsedClock:
    total = round(seconds)
    if not 0 <= total <= 86_400:
        raise _build_unreadable_error(cell)
    return ParsedClock((total // 3600, total // 60 % 60, total % 60, 0))


def _from_number(number: float, cell: object) -> ParsedClock:
    """Read a fraction of a day, 730 for 07.30 (Excel drops the leading zero), 9.15 with a note."""
    if 0 <= number < 1:
        return _from_seconds(number * 86_400, cell)
    if 1 <= number < 24 and _TWO_DECIMALS.fullmatch(repr(number)):
        return _from_text(repr(number))._replace(note=f"jam {quote(cell)} ditulis sebagai bilangan")
    if number.is_integer() and 100 <= number <= 2400:
        return _from_text(format_cell(number))
    raise _build_unreadable_error(cell)


def _from_text(cell: str) -> ParsedClock:
    if len(cell) > MAX_CELL_CHARS:
        raise _build_unreadable_error(cell)
    check_letters("jam", cell)
    plain = _REMARK.sub("", normalize_text(cell)).lower().strip(" .,")
    if "_" in plain:
        plain = _NAMED_CHOICE.sub(".", plain).replace("_", " ").strip()
    text, note = simplify_time(_SPACED.sub(_join, plain), cell)
    text = date_patterns.FILLER_WORDS.sub("", text).strip(" .,")
    match = date_patterns.CLOCK_PATTERN.fullmatch(text)
    if match and (clock := extract_clock(match, cell)):
        return ParsedClock(clock, None, extract_zone(match, cell), note)
    if date_patterns.EXCEL_DAY_FRACTION.fullmatch(text):
        return _from_seconds(float(text.replace(",", ".")) * 86_400, cell)
    return _from_date_and_clock(cell, note)


def _join(match: re.Match[str]) -> str:
    return f"{match['lead']} " if match["lead"] else match["mark"]


def _from_date_and_clock(cell: str, note: str | None) -> ParsedClock:
    try:
        parts = parse_date_parts(cell)
    except UnreadableCell:
        raise _build_unreadable_error(cell) from None
    if parts.clock is None:
        raise _build_unreadable_error(cell)
    return ParsedClock(parts.clock, parts.day, parts.zone, note or parts.note)


def _build_unreadable_error(cell: object) -> UnreadableCell:
    return UnreadableCell(f"jam {quote(cell)} tidak terbaca; tulis misalnya 07.30")
