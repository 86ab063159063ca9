"""Conversion of written times to moments in UTC, with the precision to which they are known."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from situasi.ingest.parsing.cells import UnreadableCell, is_blank, quote
from situasi.ingest.parsing.date_parser import ALLOWED_YEARS, MIDNIGHT, DateParts, parse_date_parts
from situasi.ingest.parsing.date_patterns import MONTHS, WEEKDAYS, ZONES
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.tables import Cell

# The two shapes that nearly every file has; parse_date_parts returns the same, but slower.
_DAY_FIRST = re.compile(
    r"(?:([A-Za-z]{4,9}), )?([0-9]{1,2})([/. -])([0-9]{1,2}|[A-Za-z]{3,9})\3([0-9]{4})"
    r"(?:,? (?:pukul |jam )?([0-9]{1,2})([:.])([0-9]{2})(?:\7([0-9]{2}))?)?(?: (WIB|WITA|WIT))?"
).fullmatch
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{3}|\.[0-9]{6})?)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])?| [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
).fullmatch


class ParsedTime(NamedTuple):
    """A moment: aware, UTC (the start of the day or month where no more is known).

    precision: see feed_schemas.PRECISION. note: a doubt to keep with the row, in Indonesian.
    """

    moment: datetime
    precision: str
    note: str | None = None


def read_time(cell: Cell | date, zone: ZoneInfo) -> ParsedTime:
    """Return the moment written in a cell; without a zone of its own it is local in `zone`.

    The day always comes before the month. Two-digit years are 20xx. 24.00 is the end of the
    day. A datetime of exactly midnight without a zone is a date (Excel has no other dates).
    Raises UnreadableCell with the reason.
    """
    if type(cell) is str and (parsed := _read_common_shape(cell, zone)):
        return parsed
    return _apply_zone(parse_date_parts(cell), zone, cell)


def combine_date_and_clock(
    day_cell: Cell | date, clock_cell: Cell | time | timedelta, zone: ZoneInfo
) -> ParsedTime:
    """Return the moment of a date and a clock in two cells. Raises UnreadableCell.

    A clock cell that repeats the date, and a date cell that repeats the clock, must agree.
    """
    if is_blank(clock_cell):
        return read_time(day_cell, zone)
    if is_blank(day_cell):
        raise UnreadableCell(f"jam {quote(clock_cell)} tanpa tanggal")
    day = parse_date_parts(day_cell)
    if day.precision == "bulan":
        raise UnreadableCell(f"tanggal {quote(day_cell)} tanpa hari, padahal jam disebut")
    clock = read_clock(clock_cell)
    cells = f"tanggal {quote(day_cell)} dan jam {quote(clock_cell)}"
    if (clock.day and clock.day != day.day) or (day.clock and day.clock != clock.clock):
        raise UnreadableCell(f"{cells} bertentangan")
    if day.zone and clock.zone and day.zone != clock.zone:
        raise UnreadableCell(f"{cells} menyebut zona waktu yang berbeda")
    parts = DateParts(day.day, clock.clock, clock.zone or day.zone, "menit", day.note or clock.note)
    return _apply_zone(parts, zone, f"{day_cell} {clock_cell}")


def _read_common_shape(text: str, zone: ZoneInfo) -> ParsedTime | None:
    """Read a common shape; return None for all else, which the full parser reads or refuses."""
    try:
        if match := _DAY_FIRST(text):
            return _read_day_first(match, zone)
        if _ISO(text):
            return _to_parsed_time(datetime.fromisoformat(text), zone, "menit")
    except ValueError:
        pass
    return None


def _read_day_first(match: re.Match[str], zone: ZoneInfo) -> ParsedTime | None:
    weekday, day, _, month, year, hour, _, minute, second, zone_name = match.groups()
    number = int(month) if month.isdigit() else MONTHS.get(month.lower(), 0)
    clock = (int(hour), int(minute), int(second or 0)) if hour else (0, 0, 0)
    written_zone = ZONES[zone_name.lower()] if zone_name else None
    local = datetime(int(year), number, int(day), *clock, tzinfo=written_zone)
    if weekday and WEEKDAYS.get(weekday.lower()) != local.weekday():
        return None
    return _to_parsed_time(local, zone, "menit" if hour else "hari")


def _to_parsed_time(local: datetime, zone: ZoneInfo, precision: str) -> ParsedTime | None:
    if not ALLOWED_YEARS[0] <= local.year <= ALLOWED_YEARS[-1]:
        return None
    if local.tzinfo is not None:
        return ParsedTime(local.astimezone(UTC), precision)
    offset = find_utc_offset(local.toordinal(), zone)
    return None if offset is None else ParsedTime(local.replace(tzinfo=UTC) - offset, precision)


@lru_cache(maxsize=4096)
def find_utc_offset(day: int, zone: ZoneInfo) -> timedelta | None:
    """Return the UTC offset of a whole local day; None where clocks are changed on it."""
    midnight = datetime.fromordinal(day).replace(tzinfo=zone)
    first, last = midnight.utcoffset(), (midnight + timedelta(days=1)).replace(fold=1).utcoffset()
    return first if first == last else None


def _is_ambiguous_or_skipped(local: datetime) -> bool:
    """Return whether this clock time was skipped, or came twice, when clocks were changed."""
    return local.utcoffset() != local.replace(fold=1).utcoffset()


def _apply_zone(parts: DateParts, zone: ZoneInfo, cell: object) -> ParsedTime:
    hour, minute, second, micro = parts.clock or MIDNIGHT
    day = datetime(parts.day.year, parts.day.month, parts.day.day, tzinfo=parts.zone or zone)
    local = (day + timedelta(days=hour // 24)).replace(
        hour=hour % 24, minute=minute, second=second, microsecond=micro
    )
    if parts.zone is None and parts.clock and _is_ambiguous_or_skipped(local):
        raise UnreadableCell(
            f"waktu {quote(cell)} tidak ada atau terjadi dua kali saat jam digeser; "
            "tulis dengan selisih UTC"
        )
    return ParsedTime(local.astimezone(UTC), parts.precision, parts.note)
