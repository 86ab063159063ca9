"""Interface words in the viewer's language, and numbers and times as Indonesia writes them."""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from babel import dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
CATALOGUE_FOLDER = Path(__file__).parent / "locale"

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

_language: ContextVar[str] = ContextVar("language", default="id")
_absolute_times: ContextVar[bool] = ContextVar("kept", default=False)


def set_language(language: str) -> str:
    """Speak this language in the running thread; an unknown one is Indonesian."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    _language.set(chosen)
    return chosen


def current_language() -> str:
    return _language.get()


@contextmanager
def absolute_times() -> Iterator[None]:
    """Say when a thing was and not how long ago: for words that are read later than written."""
    before = _absolute_times.set(True)
    try:
        yield
    finally:
        _absolute_times.reset(before)


def _(message: str) -> str:
    """The message in the viewer's language. The Indonesian text is the key."""
    return _catalogue(_language.get()).gettext(message)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    # The .po file is compiled when it is first needed: one file to keep, nothing to forget.
    path = CATALOGUE_FOLDER / code / "LC_MESSAGES" / "situasi.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def format_number(value: float, digits: int = 0) -> str:
    """30.483 or 63,5: grouped and with the decimal sign of the language."""
    return _format_number(value, digits, _language.get())


# The same few thousand numbers are written again and again, 40 µs each.
@lru_cache(maxsize=20_000)
def _format_number(value: float, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=language)


def format_signed(value: int) -> str:
    """+3, −2 or ±0."""
    if value == 0:
        return "±0"
    return ("+" if value > 0 else "−") + format_number(abs(value))


def format_time(at: datetime) -> str:
    """07.30 in the moment's own zone."""
    return f"{at:%H.%M}" if _language.get() == "id" else f"{at:%H:%M}"


def format_duration(duration: timedelta) -> str:
    """12 menit, 1 jam 5 menit, 3 hari 2 jam: never finer than can be meant."""
    if duration < timedelta(minutes=1):
        return _("kurang dari 1 menit")
    if duration < _HOUR:
        return _("{n} menit").format(n=format_number(duration // timedelta(minutes=1)))
    if duration < _DAY:
        minutes = duration % _HOUR // timedelta(minutes=1)
        return _("{h} jam {m} menit").format(h=format_number(duration // _HOUR), m=minutes)
    days, hours = format_number(duration // _DAY), duration % _DAY // _HOUR
    return _("{d} hari {h} jam").format(d=days, h=hours)


def format_date(at: date) -> str:
    """27 Nov 2024."""
    return dates.format_date(at, "d MMM y", locale=_language.get())


def format_long_date(at: date) -> str:
    """Rabu, 27 November 2024."""
    return dates.format_date(at, "EEEE, d MMMM y", locale=_language.get())


def format_month(at: date) -> str:
    """Nov 2024."""
    return dates.format_date(at, "MMM y", locale=_language.get())


def format_time_by_precision(at: datetime, precision: str) -> str:
    """As exactly as its sender knew it: 27 Nov 2024 07.30, 27 Nov 2024 or Nov 2024.

    precision: of records, "menit", "hari" or "bulan".
    """
    if precision == "menit":
        return f"{format_date(at)} {format_time(at)}"
    return format_date(at) if precision == "hari" else format_month(at)


def format_relative_time(at: datetime, now: datetime) -> str:
    """'4 menit lalu'; past an hour (or `by_the_clock`) its time, past the day the date too."""
    age = now - at
    if _absolute_times.get():
        age = _DAY
    if timedelta(minutes=-1) < age < timedelta(minutes=1):
        return _("baru saja")
    if timedelta(0) < age < _HOUR:
        return _("{n} menit lalu").format(n=format_number(age // timedelta(minutes=1)))
    return format_time(at) if at.date() == now.date() else f"{format_date(at)} {format_time(at)}"
