"""Interface words in the viewer's language."""

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
CATALOGUE_FOLDER = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="id")


def set_language(language: str) -> str:
    """Set the language of the running thread and return it; an unknown one becomes Indonesian."""
    supported = language if language in LANGUAGES else LANGUAGES[0]
    _language.set(supported)
    return supported


def current_language() -> str:
    """Return the language of the running thread."""
    return _language.get()


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Set the language in the block, whatever that of the viewer is."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def _(message: str) -> str:
    """Return the message in the viewer's language. The Indonesian text is the key."""
    return _catalogue(_language.get()).gettext(message)


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    # The .po file is compiled when first needed, so that no .mo file can be out of date.
    path = CATALOGUE_FOLDER / code / "LC_MESSAGES" / "situasi.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


# The same few thousand numbers are formatted again and again, 40 µs each.
