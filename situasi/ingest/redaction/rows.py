"""Redaction of rows for the store and for quarantine: no personal names or numbers."""

from collections.abc import Callable, Mapping

from situasi.access.officer_key import OfficerKey
from situasi.common import service_numbers
from situasi.ingest.context import IngestContext
from situasi.ingest.messages.sender import redact_original
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.readers.reserved_columns import BROKEN, EXCESS
from situasi.ingest.redaction import officer_numbers
from situasi.ingest.redaction.persons import (
    REDACTED,
    mask_numbers,
    mask_service_numbers,
    read_escort,
    replace_numbers,
)
from situasi.ingest.redaction.vote_text import redact_votes
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS, ColumnMapping

_WORDS_OF_VOTES = ("suara", "paslon", "calon", "kolom kosong", "kotak kosong", "unggul", "vote")


def redact_text(feed: str, text: str) -> str:
    """Redact a text for the store: in feeds of officers, without any long number."""
    return mask_numbers(text) if feed in OFFICER_FEEDS else mask_service_numbers(text)


def redact_texts(feed: str, texts: list[str | None]) -> list[str | None]:
    """Redact a column of texts for the store; each distinct text once."""
    if not service_numbers.may_any_hold_number(texts):
        return texts
    changed = {text: redact_text(feed, text) for text in dict.fromkeys(texts) if text}
    return [changed[text] if text else text for text in texts]


def remove_votes(texts: list[str | None], context: IngestContext) -> list[str | None]:
    """Return a column of free words without votes: the police record none."""
    lowered = {text: text.lower() for text in texts if text}
    changed = {
        text: redact_votes(text, context.is_vote_heading, context.places.names_desa)[0]
        for text, words in lowered.items()
        if any(word in words for word in _WORDS_OF_VOTES) and any(map(str.isdigit, text))
    }
    return [changed.get(text, text) if text else text for text in texts] if changed else texts


def redact_id(feed: str, text: str, key: OfficerKey) -> str:
    """Return an id with a mark in place of a service number: different ids stay different."""

    def mark(number: str) -> str:
        return key.mark_number("".join(letter for letter in number if letter.isdigit()))

    if feed in OFFICER_FEEDS:
        return replace_numbers(text, mark, mark)
    return service_numbers.replace_service_numbers(text, mark)


def redact_heading(feed: str, heading: str) -> str:
    """Redact a heading for the store."""
    return redact_text(feed, heading)


def redact_reasons(feed: str, raw: Mapping[str, str], reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Redact reasons for the store.

    In feeds of officers keep only the first of a shifted row, as others quote cells.
    """
    kept = reasons[:1] if feed in OFFICER_FEEDS and EXCESS in raw else reasons
    return tuple(redact_text(feed, reason) for reason in kept)


def redact_cells(
    feed: str, headings: ColumnMapping, raw: dict[str, str], context: IngestContext
) -> dict[str, str]:
    """Redact the cells of a faulty row: in feeds of officers, nothing that may be a name.

    In a row that could not be split, or whose cells are shifted, any cell may be a name.
    """
    key = context.officer_key
    by_column: dict[str, Callable[[str], str]] = {
        "id": lambda cell: redact_id(feed, cell, key),
        "petugas": lambda cell: officer_numbers.read_officer(cell, key).petugas,
        "nrp": lambda cell: _redact_nrp(cell, key),
        "pengawal": lambda cell: _redact_escort(cell, key),
        "teks_asli": lambda cell: redact_original(cell, context),
        "uraian": lambda cell: redact_text(feed, remove_votes([cell], context)[0] or ""),
    }
    readers = {
        heading: by_column[column]
        for column, headings_of_column in headings.columns.items()
        if column in by_column
        for heading in headings_of_column
    }
    if feed in OFFICER_FEEDS and not {BROKEN, EXCESS}.isdisjoint(raw):
        return {h: REDACTED if h in {BROKEN, EXCESS} else cell for h, cell in raw.items()
                if h.startswith("__")}  # fmt: skip

    def redact(cell: str) -> str:
        return redact_text(feed, cell)

    return {
        redact_heading(feed, heading): _redact_cell(readers.get(heading, redact), cell)
        for heading, cell in raw.items()
    }


def _redact_cell(reader: Callable[[str], str], cell: str) -> str:
    try:
        return reader(cell)
    except UnreadableCell:
        return REDACTED


def _redact_nrp(cell: str, key: OfficerKey) -> str:
    number = officer_numbers.read_nrp(cell, key)
    return number.petugas if number else cell


def _redact_escort(cell: str, key: OfficerKey) -> str:
    escort = read_escort(cell, key)
    return REDACTED if escort.is_redacted else escort.text
