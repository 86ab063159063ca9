"""Redaction of rows for the store and for quarantine: no personal names or numbers."""

from collections.abc import Callable, Mapping
from functools import partial

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.sender import redact_original
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.readers.reserved_columns import BROKEN, EXCESS
from situasi.ingest.redaction.persons import (
    REDACTED,
    mask_numbers,
    read_escort,
    read_nrp,
    read_officer,
)
from situasi.ingest.tables import Cell
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS, ColumnMapping


def redact_texts(feed: str, texts: list[str | None]) -> list[str | None]:
    """Redact a column of texts for the store: in feeds of officers, without a full NRP."""
    if feed not in OFFICER_FEEDS:
        return texts
    return [text and mask_numbers(text) for text in texts]


def redact_heading(feed: str, heading: str) -> str:
    """Redact a heading for the store."""
    return mask_numbers(heading) if feed in OFFICER_FEEDS else heading


def redact_reasons(feed: str, raw: Mapping[str, str], reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Redact reasons for the store; of a shifted row keep only the first, as others quote cells."""
    if feed not in OFFICER_FEEDS:
        return reasons
    return tuple(mask_numbers(reason) for reason in (reasons[:1] if EXCESS in raw else reasons))


def redact_cells(
    feed: str, headings: ColumnMapping, raw: dict[str, str], context: IngestContext
) -> dict[str, str]:
    """Redact the cells of a faulty row: in feeds of officers, nothing that may be a name.

    In a row that could not be split, or whose cells are shifted, any cell may be a name.
    """
    by_column: dict[str, Callable[[str], str]] = {
        **_READERS,
        "teks_asli": partial(redact_original, context=context),
    }
    readers = {
        heading: by_column[column]
        for column, headings_of_column in headings.columns.items()
        if column in by_column
        for heading in headings_of_column
    }
    if feed not in OFFICER_FEEDS:
        return {
            heading: _redact_cell(readers[heading], cell) if heading in readers else cell
            for heading, cell in raw.items()
        }
    if not {BROKEN, EXCESS}.isdisjoint(raw):
        return {h: REDACTED if h in {BROKEN, EXCESS} else cell for h, cell in raw.items()
                if h.startswith("__")}  # fmt: skip
    return {
        redact_heading(feed, heading): _redact_cell(readers.get(heading, mask_numbers), cell)
        for heading, cell in raw.items()
    }


def _redact_cell(reader: Callable[[str], str], cell: str) -> str:
    try:
        return reader(cell)
    except UnreadableCell:
        return REDACTED


def _redact_nrp(cell: Cell) -> str:
    return read_nrp(cell)[0]


def _redact_escort(cell: Cell) -> str:
    escort = read_escort(cell)
    return REDACTED if escort.is_redacted else escort.text


_READERS: Mapping[str, Callable[[str], str]] = {
    "petugas": read_officer,
    "nrp": _redact_nrp,
    "pengawal": _redact_escort,
}
