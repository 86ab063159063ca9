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
CATALOGUES = Path(__file__).parent / "locale"

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

_language: ContextVar[str] = ContextVar("language", default="id")
_kept: ContextVar[bool] = ContextVar("kept", default=False)


def use(language: str) -> str:
    """Speak this language in the running thread; an unknown one is Indonesian."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    _language.set(chosen)
    return chosen


def language() -> str:
    return _language.get()


@contextmanager
def by_the_clock() -> Iterator[None]:
    """Say when a thing was and not how long ago: for words that are read later than written."""
    before = _kept.set(True)
    try:
        yield
    finally:
        _kept.reset(before)


def _(message: str) -> str:
    """The message in the viewer's language. The Indonesian text is the key."""
    return _catalogue(_language.get()).gettext(message)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    # The .po file is compiled when it is first needed: one file to keep, nothing to forget.
    path = CATALOGUES / code / "LC_MESSAGES" / "situasi.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def number(value: float, digits: int = 0) -> str:
    """30.483 or 63,5: grouped and with the decimal sign of the language."""
    return _number(value, digits, _language.get())


# The same few thousand numbers are written again and again, 40 µs each.
@lru_cache(maxsize=20_000)
def _number(value: float, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=language)


def signed(value: int) -> str:
    """+3, −2 or ±0."""
    if value == 0:
        return "±0"
    return ("+" if value > 0 else "−") + number(abs(value))


def clock(at: datetime) -> str:
    """07.30 in the moment's own zone."""
    return f"{at:%H.%M}" if _language.get() == "id" else f"{at:%H:%M}"


def span(time: timedelta) -> str:
    """12 menit, 1 jam 5 menit, 3 hari 2 jam: never finer than can be meant."""
    if time < timedelta(minutes=1):
        return _("kurang dari 1 menit")
    if time < _HOUR:
        return _("{n} menit").format(n=number(time // timedelta(minutes=1)))
    if time < _DAY:
        minutes = time % _HOUR // timedelta(minutes=1)
        return _("{h} jam {m} menit").format(h=number(time // _HOUR), m=minutes)
    days, hours = number(time // _DAY), time % _DAY // _HOUR
    return _("{d} hari {h} jam").format(d=days, h=hours)


def day(at: date) -> str:
    """27 Nov 2024."""
    return dates.format_date(at, "d MMM y", locale=_language.get())


def long_day(at: date) -> str:
    """Rabu, 27 November 2024."""
    return dates.format_date(at, "EEEE, d MMMM y", locale=_language.get())


def month(at: date) -> str:
    """Nov 2024."""
    return dates.format_date(at, "MMM y", locale=_language.get())


def known_time(at: datetime, precision: str) -> str:
    """As exactly as its sender knew it: 27 Nov 2024 07.30, 27 Nov 2024 or Nov 2024.

    precision: of records, "menit", "hari" or "bulan".
    """
    if precision == "menit":
        return f"{day(at)} {clock(at)}"
    return day(at) if precision == "hari" else month(at)


def ago(at: datetime, now: datetime) -> str:
    """'4 menit lalu'; past an hour (or `by_the_clock`) its time, past the day the date too."""
    age = now - at
    if _kept.get():
        age = _DAY
    if timedelta(minutes=-1) < age < timedelta(minutes=1):
        return _("baru saja")
    if timedelta(0) < age < _HOUR:
        return _("{n} menit lalu").format(n=number(age // timedelta(minutes=1)))
    return clock(at) if at.date() == now.date() else f"{day(at)} {clock(at)}"
