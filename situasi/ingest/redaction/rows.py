"""What of a row may be kept of persons, in the store and in quarantine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from situasi.ingest.context import IngestContext
from situasi.ingest.messages.sender import original
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.readers.reserved_columns import BROKEN, EXCESS
from situasi.ingest.redaction.persons import REMOVED, masked, read_escort, read_nrp, read_officer
from situasi.ingest.tables import Cell
from situasi.ingest.validation.column_mapping import OFFICER_FEEDS, ColumnMapping


def kept_texts(feed: str, texts: list[str | None]) -> list[str | None]:
    """A column of texts as it may be stored: in feeds of officers no whole NRP."""
    if feed not in OFFICER_FEEDS:
        return texts
    return [text and masked(text) for text in texts]


def kept_heading(feed: str, heading: str) -> str:
    """A heading as it may be stored."""
    return masked(heading) if feed in OFFICER_FEEDS else heading


def kept_reasons(feed: str, raw: Mapping[str, str], reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Reasons as they may be stored; of a shifted row only that it is one, for they quote it."""
    if feed not in OFFICER_FEEDS:
        return reasons
    return tuple(masked(reason) for reason in (reasons[:1] if EXCESS in raw else reasons))


def kept_cells(
    feed: str, headings: ColumnMapping, raw: dict[str, str], context: IngestContext
) -> dict[str, str]:
    """The cells of a faulty row that may be kept: of officers nothing that may be a name.

    In a row that was not taken apart, or whose cells are shifted, any cell may be one.
    """
    by_column: dict[str, Callable[[str], str]] = {
        **_READERS,
        "teks_asli": partial(original, context=context),
    }
    readers = {
        heading: by_column[column]
        for column, named in headings.columns.items()
        if column in by_column
        for heading in named
    }
    if feed not in OFFICER_FEEDS:
        return {h: _read(readers[h], cell) if h in readers else cell for h, cell in raw.items()}
    if not {BROKEN, EXCESS}.isdisjoint(raw):
        return {h: REMOVED if h in {BROKEN, EXCESS} else cell for h, cell in raw.items()
                if h.startswith("__")}  # fmt: skip
    return {kept_heading(feed, h): _read(readers.get(h, masked), cell) for h, cell in raw.items()}


def _read(reader: Callable[[str], str], cell: str) -> str:
    try:
        return reader(cell)
    except UnreadableCell:
        return REMOVED


def _nrp(cell: Cell) -> str:
    return read_nrp(cell)[0]


def _escort(cell: Cell) -> str:
    escort = read_escort(cell)
    return REMOVED if escort.hidden else escort.text


_READERS: Mapping[str, Callable[[str], str]] = {
    "petugas": read_officer,
    "nrp": _nrp,
    "pengawal": _escort,
}
