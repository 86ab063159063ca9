"""A piece of a table while it fills: every row that is not blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from situasi.ingest.readers import reserved_columns
from situasi.ingest.readers.header_detection import HeaderRow
from situasi.ingest.tables import CellArray, Table, to_cell_array
from situasi.ingest.validation.column_sums import RunningSums


@dataclass(frozen=True)
class UnreadRow:
    """A row outside the table that is read: what can be said of it, and why it is no report."""

    text: str
    reason: str


# Cells (texts stripped, None where empty), the raw text of a row that could not be taken
# apart, or a row outside the table.
Row = list[object] | str | UnreadRow


def make_unread_row(cells: Iterable[object], reason: str) -> UnreadRow:
    """A row outside the table. Its numbers are blotted out: nobody knows what they count."""
    said = " | ".join(str(cell).strip() for cell in cells if cell is not None)
    return UnreadRow(reserved_columns.excerpt(re.sub(r"\d", "#", said), 300), reason)


@dataclass(frozen=True)
class Block:
    """Rows of equal width that follow one another, column by column; cells as those of a Row."""

    columns: Sequence[CellArray]

    def __len__(self) -> int:
        return len(self.columns[0])

    def slice_rows(self, first: int, end: int) -> Block:
        return Block([column[first:end] for column in self.columns])

    def iterate_rows(self) -> Iterator[list[object]]:
        return map(list, zip(*(column.tolist() for column in self.columns), strict=True))


NumberedRows = tuple[int, Row | Block]  # a row and its number, or rows and the number of the first

REPEATED_HEADER = "judul kolom yang berulang, bukan laporan; tidak perlu dibetulkan"
# Rows are turned into columns this many at a time: thousands of lists kept alive would
# have the garbage collector walk them again and again (measured: three times slower).
_BATCH_ROWS = 256


@dataclass
class ChunkBuilder:
    """What one table is made of, while it fills. columns: each in parts."""

    column_parts: list[list[CellArray]]
    row_numbers: list[int] = field(default_factory=list)
    pending_rows: list[list[object]] = field(default_factory=list)
    added_columns: dict[str, dict[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add_row(self, number: int, cells: list[object]) -> None:
        self.row_numbers.append(number)
        self.pending_rows.append(cells)
        if len(self.pending_rows) >= _BATCH_ROWS:
            self._flush()

    def add_block(self, numbers: Iterable[int], block: Block) -> None:
        self._flush()
        self.row_numbers.extend(numbers)
        for parts, column in zip(self.column_parts, block.columns, strict=True):
            parts.append(column)

    def _flush(self) -> None:
        """Move the batch into the columns."""
        for parts, column in zip(
            self.column_parts, zip(*self.pending_rows, strict=True), strict=False
        ):
            parts.append(to_cell_array(column))
        self.pending_rows.clear()

    def take_columns(self) -> list[CellArray]:
        """The columns, each in one; the piece holds them no longer."""
        self._flush()
        return [_concatenate(parts) for parts in self.column_parts]

    def set_added_cell(self, heading: str, text: str) -> None:
        """Put a text under an added heading, for the row about to be taken."""
        self.added_columns.setdefault(heading, {})[len(self.row_numbers)] = text


def _concatenate(parts: list[CellArray]) -> CellArray:
    whole = np.concatenate(parts) if parts else np.empty(0, dtype="object")
    parts.clear()
    return whole


def start_chunk(width: int, notes: Sequence[str] = ()) -> ChunkBuilder:
    return ChunkBuilder(column_parts=[[] for _ in range(width)], notes=list(notes))


def append_block(builder: ChunkBuilder, first_number: int, block: Block, header: HeaderRow) -> None:
    """Add the rows of a block that are not blank: all at once where none may be odd."""
    beginnings = block.columns[0]
    for column in block.columns[1:]:
        missing = beginnings == np.array(None)
        if not missing.any():
            break
        beginnings = np.where(missing, column, beginnings)
    filled = beginnings != np.array(None)
    if _may_repeat_header(beginnings[filled].tolist(), header):
        for number, row in enumerate(block.iterate_rows(), start=first_number):
            append_row(builder, number, row, header)
    elif filled.all():
        builder.add_block(range(first_number, first_number + len(block)), block)
    elif filled.any():
        numbers = (np.flatnonzero(filled) + first_number).tolist()
        builder.add_block(numbers, Block([column[filled] for column in block.columns]))


def _may_repeat_header(first_cells: list[object], header: HeaderRow) -> bool:
    """Whether a row may be a repeated heading, by how the rows begin."""
    texts = [first for first in first_cells if isinstance(first, str)]
    # Their first letters alone tell most rows apart, and there are few different ones.
    shortest = min(map(len, header.first_words))
    starts = {opening[:shortest] for opening in header.first_words}
    letters = {text[:shortest] for text in texts}
    odd = {start for start in letters if start.casefold()[:shortest] in starts}
    return bool(odd) and any(
        text.casefold().startswith(header.first_words) for text in texts if text[:shortest] in odd
    )


def append_row(builder: ChunkBuilder, number: int, row: Row, header: HeaderRow) -> None:
    """Add one row to the piece, unless it is blank; a repeated heading is marked as no report."""
    width = len(header.column_names)
    if isinstance(row, UnreadRow):
        builder.set_added_cell(reserved_columns.NOT_A_REPORT, row.reason)
        row = row.text
    if isinstance(row, str):
        builder.set_added_cell(reserved_columns.BROKEN, reserved_columns.excerpt(row))
        builder.add_row(number, [None] * width)
        return
    cells = row
    first = next((cell for cell in cells if cell is not None), None)
    if first is None:
        return
    if (
        isinstance(first, str)
        and first[0] in header.first_letters
        and _is_repeated_header(cells, header)
    ):
        builder.set_added_cell(reserved_columns.NOT_A_REPORT, REPEATED_HEADER)
    if len(cells) != width:
        _fit_to_width(builder, cells, width)
    builder.add_row(number, cells)


def _fit_to_width(builder: ChunkBuilder, cells: list[object], width: int) -> None:
    """Make a ragged row as wide as the heading; what is beyond it is kept, and marked."""
    excess = [str(cell) for cell in cells[width:] if cell is not None]
    if excess:
        builder.set_added_cell(
            reserved_columns.EXCESS, reserved_columns.excerpt(" | ".join(excess))
        )
    del cells[width:]
    cells.extend([None] * (width - len(cells)))


def _fold_text(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_repeated_header(cells: list[object], header: HeaderRow) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return len(filled) > 1 and all(
        isinstance(cell, str) and _fold_text(cell) in header.texts for cell in filled
    )


MAX_TABLE_CELLS = 400_000  # of one table: a wide one has fewer rows, so that memory stays bounded
OTHER_TABLE = "baris di atas judul kolom yang dibaca: dua tabel dalam satu lembar; kirim terpisah"


def build_tables(
    numbered_rows: Iterable[NumberedRows],
    header: HeaderRow,
    chunk_rows: int,
    notes: Sequence[str] = (),
    get_progress: Callable[[], float] = lambda: 1.0,
    constants: dict[str, str] | None = None,
) -> Iterator[Table]:
    """Tables of at most `chunk_rows` rows; at least one, even where there is no row.

    numbered: (row number, cells or raw text) below the heading, or (number of the first row,
    a block of rows); the cells are taken over.
    notes: said with the first table. constants: headings with one value for every row.
    """
    width, given, sums = len(header.column_names), False, RunningSums()
    chunk_rows = max(1, min(chunk_rows, MAX_TABLE_CELLS // max(1, width)))
    piece = start_chunk(width, notes)

    def room() -> int:
        return chunk_rows - len(piece.row_numbers)

    for number, part in _split_to_fit(numbered_rows, room):
        if isinstance(part, Block):
            append_block(piece, number, part, header)
        else:
            append_row(piece, number, part, header)
        if len(piece.row_numbers) >= chunk_rows:
            yield replace(_build_table(piece, header, get_progress(), constants or {}), sums=sums)
            piece, given = start_chunk(width), True
    if not given and not piece.row_numbers:
        piece.notes.append("hanya judul kolom, tanpa isi")
    if piece.row_numbers or piece.notes or not given:
        yield replace(_build_table(piece, header, get_progress(), constants or {}), sums=sums)


def _split_to_fit(
    numbered_rows: Iterable[NumberedRows], count_free_rows: Callable[[], int]
) -> Iterator[NumberedRows]:
    """The same, each block cut to the rows for which there is room when it comes."""
    for first, part in numbered_rows:
        if not isinstance(part, Block):
            yield first, part
            continue
        at = 0
        while at < len(part):
            some = part.slice_rows(at, at + count_free_rows())
            yield first + at, some
            at += len(some)


def _build_table(
    builder: ChunkBuilder, header: HeaderRow, progress: float, constants: dict[str, str]
) -> Table:
    data: dict[str, Sequence[object] | CellArray] = {}
    for index, (name, column) in enumerate(
        zip(header.column_names, builder.take_columns(), strict=True)
    ):
        if name is not None:
            data[name] = column
        elif any(cell is not None for cell in column.tolist()):
            data[_name_unnamed_column(index, header)] = column
    for name, texts in builder.added_columns.items():
        data[name] = [texts.get(index) for index in range(len(builder.row_numbers))]
    for name, text in constants.items():
        data[name] = [text] * len(builder.row_numbers)
    frame = pd.DataFrame(data, dtype=object, copy=False)
    return Table(frame, builder.row_numbers, tuple(builder.notes), progress)


def _name_unnamed_column(index: int, header: HeaderRow) -> str:
    name = f"(kolom {column_letters(index)})"
    return name if name not in header.column_names else f"{name} (2)"


def format_title_notes(row_numbers: Sequence[int]) -> tuple[str, ...]:
    """The note on title rows, by their numbers; nothing where there are none."""
    if not row_numbers:
        return ()
    shown = ", ".join(map(str, row_numbers[:5])) + (", …" if len(row_numbers) > 5 else "")
    return (f"{len(row_numbers)} baris di atas judul kolom dilewati (baris {shown})",)


def column_letters(index: int) -> str:
    """The letters Excel shows above the column with this index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
