"""Numbers, counts, dates, times and ages as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel import dates, numbers

from situasi.common.i18n import _, current_language

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

_absolute_times: ContextVar[bool] = ContextVar("absolute_times", default=False)


@contextmanager
def absolute_times() -> Iterator[None]:
    """Make `format_relative_time` write dates in the block: for texts that are read later."""
    token = _absolute_times.set(True)
    try:
        yield
    finally:
        _absolute_times.reset(token)


def format_number(value: float, digits: int = 0) -> str:
    """Return a number as 30.483 or 63,5: grouped, with the decimal sign of the language."""
    return _format_number(value, digits, current_language())


@lru_cache(maxsize=20_000)
def _format_number(value: float, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    # The minus of format_signed; a hyphen after ≈ is hardly seen.
    return numbers.format_decimal(value, format=pattern, locale=language).replace("-", "−")


def format_counts(text: str, **counts: float) -> str:
    """Return the text with these numbers in it, each as `format_number` writes it."""
    return text.format(**{name: format_number(value) for name, value in counts.items()})


def format_ratio(part: float, total: float) -> str:
    """Return a text like '4 dari 16', or a dash where there is nothing to count among."""
    if not total:
        return "–"
    return format_counts(_("{n} dari {all}"), n=part, all=total)


def format_signed(value: int) -> str:
    """Return a number as +3, −2 or ±0."""
    if value == 0:
        return "±0"
    return ("+" if value > 0 else "−") + format_number(abs(value))


def get_time_pattern(*, with_seconds: bool = False) -> str:
    """Return how a time of day is written in this language, as strftime and charts read it."""
    pattern = "%H.%M.%S" if with_seconds else "%H.%M"
    return pattern if current_language() == "id" else pattern.replace(".", ":")


def format_time(at: datetime | time) -> str:
    """Return the time of day as 07.30, in the zone of `at`."""
    return f"{at:{get_time_pattern()}}"


def format_duration(duration: timedelta) -> str:
    """Return 12 menit, 1 jam, 1 jam 5 menit or 3 hari 2 jam: two units at most."""
    if duration < timedelta(minutes=1):
        return _("kurang dari 1 menit")
    if duration < _HOUR:
        return _("{n} menit").format(n=format_number(duration // timedelta(minutes=1)))
    if duration < _DAY:
        minutes = duration % _HOUR // timedelta(minutes=1)
        if not minutes:
            return format_counts(_("{n} jam"), n=duration // _HOUR)
        return _("{h} jam {m} menit").format(h=format_number(duration // _HOUR), m=minutes)
    days, hours = format_number(duration // _DAY), duration % _DAY // _HOUR
    if not hours:
        return _("{n} hari").format(n=days)
    return _("{d} hari {h} jam").format(d=days, h=hours)


def format_date(at: date) -> str:
    """Return the date as 27 Nov 2024."""
    return dates.format_date(at, "d MMM y", locale=current_language())


def format_long_date(at: date) -> str:
    """Return the date as Rabu, 27 November 2024."""
    return dates.format_date(at, "EEEE, d MMMM y", locale=current_language())


def format_month(at: date) -> str:
    """Return the month as Nov 2024."""
    return dates.format_date(at, "MMM y", locale=current_language())


def format_time_by_precision(at: datetime, precision: str) -> str:
    """Return the time as exactly as known: 27 Nov 2024 07.30, 27 Nov 2024 or Nov 2024.

    precision: of records, "menit", "hari" or "bulan".
    """
    if precision == "menit":
        return f"{format_date(at)} {format_time(at)}"
    return format_date(at) if precision == "hari" else format_month(at)


def format_relative_time(at: datetime, now: datetime) -> str:
    """Return '4 menit lalu'; past an hour (or in `absolute_times`) the time, with a past date."""
    age = now - at
    if _absolute_times.get():
        age = _DAY
    if timedelta(minutes=-1) < age < timedelta(minutes=1):
        return _("baru saja")
    if timedelta(0) < age < _HOUR:
        return _("{n} menit lalu").format(n=format_number(age // timedelta(minutes=1)))
    return format_time(at) if at.date() == now.date() else f"{format_date(at)} {format_time(at)}"
