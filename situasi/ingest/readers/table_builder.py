"""Builder of tables from numbered rows: collects every row that is not blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from situasi.ingest.layout.header_detection import HeaderRow
from situasi.ingest.readers import reserved_columns
from situasi.ingest.tables import CellArray, Table, to_cell_array
from situasi.ingest.validation.column_sums import RunningSums


@dataclass(frozen=True)
class UnreadRow:
    """A row outside the table that is read: its text, and why it is not a report."""

    text: str
    reason: str


# Cells (texts stripped, None where empty), the raw text of a row that could not be parsed,
# or a row outside the table.
Row = list[object] | str | UnreadRow


def make_unread_row(cells: Iterable[object], reason: str) -> UnreadRow:
    """Build a row outside the table. Digits are masked, because nobody knows what they count."""
    text = " | ".join(str(cell).strip() for cell in cells if cell is not None)
    return UnreadRow(reserved_columns.excerpt(re.sub(r"\d", "#", text), 300), reason)


@dataclass(frozen=True)
class Block:
    """Consecutive rows of equal width, column by column; cells as in a Row."""

    columns: Sequence[CellArray]

    def __len__(self) -> int:
        return len(self.columns[0])

    def slice_rows(self, first: int, end: int) -> Block:
        """Return the rows from `first` up to, but not including, `end`."""
        return Block([column[first:end] for column in self.columns])

    def iterate_rows(self) -> Iterator[list[object]]:
        """Return an iterator over the rows as lists of cells."""
        return map(list, zip(*(column.tolist() for column in self.columns), strict=True))


NumberedRows = tuple[int, Row | Block]  # a row and its number, or rows and the number of the first

_REPEATED = "{} baris judul kolom yang berulang dilewati (baris {})"
# Rows become columns in batches of this size: with thousands of lists alive the garbage
# collector visits them again and again (measured: three times slower).
_BATCH_ROWS = 256
_UNNAMED = re.compile(r"\(kolom [A-Z]{1,3}\)(?: \(\d+\))*")


@dataclass
class ChunkBuilder:
    """The parts of one table while it fills.

    column_parts: for each column a list of arrays. repeated_headers: numbers of rows left out.
    """

    column_parts: list[list[CellArray]]
    row_numbers: list[int] = field(default_factory=list)
    pending_rows: list[list[object]] = field(default_factory=list)
    added_columns: dict[str, dict[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    repeated_headers: list[int] = field(default_factory=list)

    def add_row(self, number: int, cells: list[object]) -> None:
        """Add a row of cells under its number."""
        self.row_numbers.append(number)
        if bool in map(type, cells):  # equal to 1 and 0, and so the same key as these
            cells = [str(cell) if isinstance(cell, bool) else cell for cell in cells]
        self.pending_rows.append(cells)
        if len(self.pending_rows) >= _BATCH_ROWS:
            self._flush()

    def add_block(self, numbers: Iterable[int], block: Block) -> None:
        """Add a block of rows under their numbers."""
        self._flush()
        self.row_numbers.extend(numbers)
        for parts, column in zip(self.column_parts, block.columns, strict=True):
            parts.append(column)

    def _flush(self) -> None:
        for parts, column in zip(
            self.column_parts, zip(*self.pending_rows, strict=True), strict=False
        ):
            parts.append(to_cell_array(column))
        self.pending_rows.clear()

    def take_columns(self) -> list[CellArray]:
        """Return the columns, each as one array, and release them from this builder."""
        self._flush()
        return [_concatenate(parts) for parts in self.column_parts]

    def set_added_cell(self, heading: str, text: str) -> None:
        """Put a text under an added heading, for the next row to be added."""
        self.added_columns.setdefault(heading, {})[len(self.row_numbers)] = text


def _concatenate(parts: list[CellArray]) -> CellArray:
    column = np.concatenate(parts) if parts else np.empty(0, dtype="object")
    parts.clear()
    return column


def start_chunk(width: int, notes: Sequence[str] = ()) -> ChunkBuilder:
    """Return an empty builder for a table with this number of columns."""
    return ChunkBuilder(column_parts=[[] for _ in range(width)], notes=list(notes))


def append_block(builder: ChunkBuilder, first_number: int, block: Block, header: HeaderRow) -> None:
    """Add the rows of a block that are not blank, all at once where no row needs a check."""
    first_cells = block.columns[0]
    for column in block.columns[1:]:
        missing = first_cells == np.array(None)
        if not missing.any():
            break
        first_cells = np.where(missing, column, first_cells)
    filled = first_cells != np.array(None)
    if _may_repeat_header(first_cells[filled].tolist(), header):
        for number, row in enumerate(block.iterate_rows(), start=first_number):
            append_row(builder, number, row, header)
    elif filled.all():
        builder.add_block(range(first_number, first_number + len(block)), block)
    elif filled.any():
        numbers = (np.flatnonzero(filled) + first_number).tolist()
        builder.add_block(numbers, Block([column[filled] for column in block.columns]))


def _may_repeat_header(first_cells: list[object], header: HeaderRow) -> bool:
    """Return whether a row may be a repeated heading, judging by the first words of the rows."""
    if header.numbering and any(header.is_first_number(cell) for cell in first_cells):
        return True
    texts = [cell for cell in first_cells if isinstance(cell, str)]
    # A cheap test first: the rows have few distinct beginnings, and most match no heading.
    shortest = min(map(len, header.first_words))
    header_starts = {word[:shortest] for word in header.first_words}
    row_starts = {text[:shortest] for text in texts}
    hits = {start for start in row_starts if start.casefold()[:shortest] in header_starts}
    return bool(hits) and any(
        text.casefold().startswith(header.first_words) for text in texts if text[:shortest] in hits
    )


def append_row(builder: ChunkBuilder, number: int, row: Row, header: HeaderRow) -> None:
    """Add one row unless it is blank or the heading again, as a new page repeats it."""
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
    ) or (header.is_first_number(first) and header.repeats_numbering(cells)):
        builder.repeated_headers.append(number)
        return
    if len(cells) != width:
        _fit_to_width(builder, cells, width)
    builder.add_row(number, cells)


def _fit_to_width(builder: ChunkBuilder, cells: list[object], width: int) -> None:
    """Make a ragged row as wide as the heading; keep excess cells under an added heading."""
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


MAX_TABLE_CELLS = 400_000  # cells of one table: a wide one has fewer rows, to bound memory
OTHER_TABLE = "baris di atas judul kolom yang dibaca: dua tabel dalam satu lembar; kirim terpisah"


def build_tables(
    numbered_rows: Iterable[NumberedRows],
    header: HeaderRow,
    chunk_rows: int,
    notes: Sequence[str] = (),
    get_progress: Callable[[], float] = lambda: 1.0,
    constants: dict[str, str] | None = None,
    get_late_notes: Callable[[], Sequence[str]] = tuple,
) -> Iterator[Table]:
    """Yield tables of at most `chunk_rows` rows; at least one, even where there is no row.

    numbered_rows: below the heading, (row number, cells or raw text) or (number of the first
    row, a block of rows); the lists of cells are changed in place.
    notes: go with the first table. constants: headings with one value for every row.
    get_late_notes: what is known only after the last row; goes with the last table.
    """
    width, is_first_done, sums = len(header.column_names), False, RunningSums()
    chunk_rows = max(1, min(chunk_rows, MAX_TABLE_CELLS // max(1, width)))
    builder = start_chunk(width, notes)

    def count_free_rows() -> int:
        return chunk_rows - len(builder.row_numbers)

    for number, part in _split_to_fit(numbered_rows, count_free_rows):
        if isinstance(part, Block):
            append_block(builder, number, part, header)
        else:
            append_row(builder, number, part, header)
        if len(builder.row_numbers) >= chunk_rows:
            yield replace(_build_table(builder, header, get_progress(), constants or {}), sums=sums)
            builder, is_first_done = start_chunk(width), True
    builder.notes += get_late_notes()
    if not is_first_done and not builder.row_numbers:
        builder.notes.append("hanya judul kolom, tanpa isi")
    if builder.row_numbers or builder.notes or builder.repeated_headers or not is_first_done:
        yield replace(_build_table(builder, header, get_progress(), constants or {}), sums=sums)


def _split_to_fit(
    numbered_rows: Iterable[NumberedRows], count_free_rows: Callable[[], int]
) -> Iterator[NumberedRows]:
    """Yield the same rows, each block cut to the free rows of the table that is being filled."""
    for first, part in numbered_rows:
        if not isinstance(part, Block):
            yield first, part
            continue
        start = 0
        while start < len(part):
            block = part.slice_rows(start, start + count_free_rows())
            yield first + start, block
            start += len(block)


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
    notes = [*builder.notes, *_list_notes(_REPEATED, builder.repeated_headers)]
    return Table(frame, builder.row_numbers, tuple(notes), progress)


def _name_unnamed_column(index: int, header: HeaderRow) -> str:
    name = f"(kolom {column_letters(index)})"
    return name if name not in header.column_names else f"{name} (2)"


def is_unnamed(heading: str) -> bool:
    """Return whether a heading only stands for a column that has none."""
    return _UNNAMED.fullmatch(heading) is not None


def format_title_notes(row_numbers: Sequence[int]) -> tuple[str, ...]:
    """Return the note on skipped title rows, by their numbers; empty where there are none."""
    return _list_notes("{} baris di atas judul kolom dilewati (baris {})", row_numbers)


def _list_notes(note: str, row_numbers: Sequence[int]) -> tuple[str, ...]:
    if not row_numbers:
        return ()
    numbers = ", ".join(map(str, row_numbers[:5])) + (", …" if len(row_numbers) > 5 else "")
    return (note.format(len(row_numbers), numbers),)


def format_titles(rows: Sequence[Sequence[object]]) -> tuple[str, ...]:
    """Return the title rows as one text each."""
    return tuple(" ".join(str(cell) for cell in row if cell is not None) for row in rows)


def column_letters(index: int) -> str:
    """Return the letters Excel shows above the column with this index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
