"""Interface words in the viewer's language."""

import gettext
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("id", "en")
CATALOGUE_FOLDER = Path(__file__).parent / "locale"

_NOTE_SOURCE = "situasi/ingest/"
_FIELD = re.compile(r"\{(\w+)\}")
_REASON = "reason"  # the field of a note that holds another one

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


def translate_note(text: str) -> str:
    """Return a note that ingest wrote, in Indonesian, in the viewer's language.

    Its sentences are in the catalogue with fields, which stay as they are: they repeat what
    somebody wrote. A text of other words is returned unchanged.
    """
    return _translate_note(_language.get(), text)


@lru_cache(maxsize=4096)
def _translate_note(code: str, text: str) -> str:
    for pattern, fields, translation in _list_note_patterns(code):
        if match := pattern.fullmatch(text):
            values = dict(zip(fields, match.groups(), strict=True))
            if _REASON in values:  # a note about a note
                values[_REASON] = _translate_note(code, values[_REASON])
            return translation.format(**values)
    return text


@cache
def _list_note_patterns(code: str) -> list[tuple[re.Pattern[str], list[str], str]]:
    """Return the translated sentences of ingest, those with the most words of their own first."""
    path = _find_catalogue(code)
    if not path.exists():
        return []
    with path.open("rb") as file:
        messages = [
            (str(message.id), str(message.string))
            for message in read_po(file, locale=code)
            if message.string and any(_NOTE_SOURCE in place for place, _line in message.locations)
        ]
    messages.sort(key=lambda pair: -len(_FIELD.sub("", pair[0])))
    found = []
    for note, translation in messages:
        parts = _FIELD.split(note)  # texts and names of fields in turn
        pattern = "(.+?)".join(map(re.escape, parts[::2]))
        found.append((re.compile(pattern, re.DOTALL), parts[1::2], translation))
    return found


def _find_catalogue(code: str) -> Path:
    return CATALOGUE_FOLDER / code / "LC_MESSAGES" / "situasi.po"


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    # The .po file is compiled when first needed, so that no .mo file can be out of date.
    path = _find_catalogue(code)
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


# The same few thousand numbers are formatted again and again, 40 µs each.
