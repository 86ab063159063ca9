"""A time of day that stands in a cell of its own, beside its date."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from situasi.ingest.parsing import date_patterns as forms
from situasi.ingest.parsing.cells import LONGEST, Unreadable, quote, tidy, written
from situasi.ingest.parsing.date_parser import Clock, clock_of, parts_of, zone_in
from situasi.ingest.tables import Cell

_EXCEL_DAY_ZERO = (date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1904, 1, 1))


class ClockRead(NamedTuple):
    """A time of day. day: where the cell repeats its date; zone: where it names one."""

    clock: Clock
    day: date | None = None
    zone: tzinfo | None = None
    note: str | None = None


def read_clock(cell: Cell | time | timedelta) -> ClockRead:
    """The time of day in a cell: `7.30`, `07:30:15`, `0730`, `07.30 WIB`, an Excel fraction.

    Raises Unreadable; `7` and `7.3` are not guessed at.
    """
    if isinstance(cell, datetime):
        return _from_datetime(cell)
    if isinstance(cell, time):
        return ClockRead((cell.hour, cell.minute, cell.second, cell.microsecond), zone=cell.tzinfo)
    if isinstance(cell, timedelta):
        return _from_seconds(cell.total_seconds(), cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(float(cell), cell)
    return _from_text(str(cell))


def _from_datetime(cell: datetime) -> ClockRead:
    clock = (cell.hour, cell.minute, cell.second, cell.microsecond)
    day = None if cell.date() in _EXCEL_DAY_ZERO else cell.date()
    return ClockRead(clock, day, cell.tzinfo)


def _from_seconds(seconds: float, cell: object) -> ClockRead:
    whole = round(seconds)
    if not 0 <= whole <= 86_400:
        raise _unreadable(cell)
    return ClockRead((whole // 3600, whole // 60 % 60, whole % 60, 0))


def _from_number(number: float, cell: object) -> ClockRead:
    """A fraction of a day, or 730 for 07.30: Excel drops the zero in front of 0730."""
    if 0 <= number < 1:
        return _from_seconds(number * 86_400, cell)
    if number.is_integer() and 100 <= number <= 2400:
        return _from_text(written(number))
    raise _unreadable(cell)


def _from_text(cell: str) -> ClockRead:
    if len(cell) > LONGEST:
        raise _unreadable(cell)
    text = tidy(cell).lower()
    about = bool(forms.ABOUT.search(text))
    text = forms.FILLERS.sub("", forms.ABOUT.sub("", text)).strip(" .,")
    note = f"jam {quote(cell)} perkiraan pelapor" if about else None
    match = forms.CLOCK.fullmatch(text)
    if match and (clock := clock_of(match, cell)):
        return ClockRead(clock, None, zone_in(match, cell), note)
    if forms.FRACTION.fullmatch(text):
        return _from_seconds(float(text.replace(",", ".")) * 86_400, cell)
    return _from_whole(cell, note)


def _from_whole(cell: str, note: str | None) -> ClockRead:
    """A date and clock together, in the clock's cell."""
    try:
        parts = parts_of(cell)
    except Unreadable:
        raise _unreadable(cell) from None
    if parts.clock is None:
        raise _unreadable(cell)
    return ClockRead(parts.clock, parts.day, parts.zone, note or parts.note)


def _unreadable(cell: object) -> Unreadable:
    return Unreadable(f"jam {quote(cell)} tidak terbaca; tulis misalnya 07.30")
