"""Interface words in the viewer's language, and numbers and times as Indonesia writes them."""

from __future__ import annotations

import gettext
import io
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from babel import dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
CATALOGUES = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="id")


def use(language: str) -> str:
    """Speak this language in the running thread; an unknown one is Indonesian."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    _language.set(chosen)
    return chosen


def language() -> str:
    return _language.get()


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
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=_language.get())


def signed(value: int) -> str:
    """+3, −2 or ±0."""
    if value == 0:
        return "±0"
    return ("+" if value > 0 else "−") + number(abs(value))


def clock(at: datetime) -> str:
    """07.30 in the moment's own zone."""
    return f"{at:%H.%M}" if _language.get() == "id" else f"{at:%H:%M}"


def day(at: date) -> str:
    """27 Nov 2024."""
    return dates.format_date(at, "d MMM y", locale=_language.get())


def long_day(at: date) -> str:
    """Rabu, 27 November 2024."""
    return dates.format_date(at, "EEEE, d MMMM y", locale=_language.get())


def month(at: date) -> str:
    """Nov 2024."""
    return dates.format_date(at, "MMM y", locale=_language.get())


def ago(at: datetime, now: datetime) -> str:
    """'4 menit lalu'; past an hour the clock time, past the day the date too."""
    age = now - at
    if timedelta(minutes=-1) < age < timedelta(minutes=1):
        return _("baru saja")
    if timedelta(0) < age < timedelta(hours=1):
        return _("{n} menit lalu").format(n=number(age // timedelta(minutes=1)))
    return clock(at) if at.date() == now.date() else f"{day(at)} {clock(at)}"
