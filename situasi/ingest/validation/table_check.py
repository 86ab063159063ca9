"""A table of any feed while it is checked: its cells by column, and the issues of its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from situasi.domain.feed_schemas import Feed
from situasi.ingest.context import IngestContext
from situasi.ingest.parsing.cells import cell_to_text, is_blank
from situasi.ingest.parsing.numbers import read_yesno
from situasi.ingest.readers.reserved_columns import (
    AREA_TOTAL,
    BROKEN,
    CUT,
    DOUBT,
    EXCESS,
    GEOMETRY,
    NOT_A_REPORT,
    NOT_FINITE,
)
from situasi.ingest.tables import Cell, Table
from situasi.ingest.validation.column_mapping import QUARANTINE_NUMBER, ColumnMapping
from situasi.ingest.validation.row_issues import RowIssues, Texts

V = TypeVar("V")

EXERCISE_NOT_ALLOWED = (
    "baris LATIHAN pada papan yang bukan latihan: latihan dimulai oleh pimpinan atau admin"
)
# Errors for reserved headings, under which a reader puts what does not fit the table.
REASON_BY_MARK = {
    EXCESS: "jumlah sel melebihi jumlah judul kolom",
    BROKEN: "baris tidak dapat dibaca",
    GEOMETRY: "lokasi bukan titik",
    NOT_FINITE: "angka tak hingga (Infinity) bukan bilangan laporan",
}


@dataclass
class TableCheck:
    """One table being checked. What is read is returned, and passed on to who needs it."""

    feed: Feed
    raw: Table
    mapping: ColumnMapping
    context: IngestContext
    now: datetime
    issues: RowIssues = field(init=False)

    def __post_init__(self) -> None:
        self.issues = RowIssues(len(self.raw.row_numbers))

    def cells(self, name: str) -> list[Cell]:
        """Return the raw cells of a column; the first filled one where several headings name it."""
        *others, last = self.mapping.columns.get(name, (None,))
        if last is None:
            return [None] * self.issues.row_count
        cells: list[Cell] = self.raw.cells[last].tolist()
        for heading in reversed(others):
            column = self.raw.cells[heading].tolist()
            cells = [alt if cell is None else cell for cell, alt in zip(column, cells, strict=True)]
        return cells

    def cells_under(self, heading: str) -> list[Cell]:
        """Return the raw cells under a heading of the sender; none where it is not there."""
        if heading not in self.raw.cells.columns:
            return [None] * self.issues.row_count
        cells: list[Cell] = self.raw.cells[heading].tolist()
        return cells

    def texts(self, name: str) -> Texts:
        """Return the cells of a column as stripped texts, None where blank (`---` too).

        Words under several headings are joined: none is lost.
        """
        if not self.mapping.has(name):
            return [None] * self.issues.row_count
        cells = self.cells(name)
        if name == "uraian" and len(headings := self.mapping.columns[name]) > 1:
            columns = [self.raw.cells[heading].tolist() for heading in headings]
            return [_join_texts(row) for row in zip(*columns, strict=True)]
        return [None if is_blank(cell) else cell_to_text(cell) for cell in cells]

    def read_codes(self, name: str, cells: Sequence[Cell] | None = None) -> Texts:
        """Read a column of a fixed vocabulary, or these cells as its words; empty stays empty."""
        if cells is None and not self.mapping.has(name):
            return [None] * self.issues.row_count

        def read(cell: Cell) -> tuple[str | None, str | None]:
            if is_blank(cell):
                return None, None
            return self.context.vocabulary.read_code(self.feed.name, name, cell)

        return self.issues.read_distinct(
            self.cells(name) if cells is None else cells, read, columns=[name]
        )

    def read_optional(self, name: str, read: Callable[[Cell], V]) -> list[V | None]:
        """Read a column with a parser that raises UnreadableCell; empty stays empty."""
        if not self.mapping.has(name):
            return [None] * self.issues.row_count
        return self.issues.read_distinct(
            self.cells(name),
            lambda cell: (None if is_blank(cell) else read(cell), None),
            columns=[name],
        )

    def require(self, name: str, values: Texts, cells: Sequence[Cell], reason: str) -> None:
        """Add an error to rows without this value, unless their unreadable cell has one already."""
        if None not in values:
            return
        for row, (value, cell) in enumerate(zip(values, cells, strict=True)):
            if value is None and is_blank(cell):
                self.issues.add_error(row, reason, name)

    def find_marked_rows(self, mark: str) -> dict[int, str]:
        """Return the rows that have a cell under this reserved heading, with its text.

        A broken row that was returned with cells filled in beside its raw text is no longer broken.
        """
        cells = self.raw.cells
        if mark not in cells.columns:
            return {}
        marked = {
            row: str(cell) for row, cell in enumerate(cells[mark].tolist()) if cell is not None
        }
        if mark == BROKEN and QUARANTINE_NUMBER in cells.columns:
            headings = [heading for group in self.mapping.columns.values() for heading in group]
            is_filled = cells[headings].notna().any(axis=1).tolist()
            marked = {row: text for row, text in marked.items() if not is_filled[row]}
        return marked


def check_readable(table: TableCheck) -> None:
    """Add errors to rows marked as broken or as no report, and the notes of conversion."""
    for heading, reason in REASON_BY_MARK.items():
        for row, text in table.find_marked_rows(heading).items():
            if heading != NOT_FINITE or _is_used(table, row, text):
                table.issues.add_error(row, reason)
    for mark in (NOT_A_REPORT, AREA_TOTAL):
        for row, reason in table.find_marked_rows(mark).items():
            table.issues.add_error(row, reason)
    for row, note in table.find_marked_rows(DOUBT).items():
        table.issues.add_warning(row, note)


def _is_used(table: TableCheck, row: int, marks: str) -> bool:
    """Return whether one of these cells (`rasio: Infinity, ...`) is in a column that is used."""
    if marks.endswith(CUT):
        return True
    values = {mark.rpartition(": ")[2] for mark in marks.split(", ")}
    headings = [heading for group in table.mapping.columns.values() for heading in group]
    return any(str(table.raw.cells[heading].iloc[row]) in values for heading in headings)


def check_exercise(table: TableCheck) -> list[bool]:
    """Return `latihan`; add an error where this sender may not bring an exercise to this board."""
    latihan = list(map(bool, table.read_optional("latihan", read_yesno)))
    if any(latihan) and not table.context.may_bring_exercise():
        for row in [row for row, is_exercise in enumerate(latihan) if is_exercise]:
            table.issues.add_error(row, EXERCISE_NOT_ALLOWED, "latihan")
    return latihan


def _join_texts(cells: Sequence[Cell]) -> str | None:
    """Return what several cells say, each once."""
    texts = [cell_to_text(cell) for cell in cells if not is_blank(cell)]
    return "; ".join(dict.fromkeys(filter(None, texts))) or None
