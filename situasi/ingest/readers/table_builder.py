"""A piece of a table while it fills: every row that is not blank."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from situasi.ingest.readers import reserved_columns
from situasi.ingest.readers.header_detection import Heading
from situasi.ingest.tables import Cells, Table, as_cells
from situasi.ingest.validation.column_sums import RunningSums


@dataclass(frozen=True)
class Unread:
    """A row outside the table that is read: what can be said of it, and why it is no report."""

    text: str
    reason: str


# Cells (texts stripped, None where empty), the raw text of a row that could not be taken
# apart, or a row outside the table.
Row = list[object] | str | Unread


def unread(cells: Iterable[object], reason: str) -> Unread:
    """A row outside the table. Its numbers are blotted out: nobody knows what they count."""
    said = " | ".join(str(cell).strip() for cell in cells if cell is not None)
    return Unread(reserved_columns.excerpt(re.sub(r"\d", "#", said), 300), reason)


@dataclass(frozen=True)
class Block:
    """Rows of equal width that follow one another, column by column; cells as those of a Row."""

    columns: Sequence[Cells]

    def __len__(self) -> int:
        return len(self.columns[0])

    def between(self, first: int, end: int) -> Block:
        return Block([column[first:end] for column in self.columns])

    def rows(self) -> Iterator[list[object]]:
        return map(list, zip(*(column.tolist() for column in self.columns), strict=True))


Numbered = tuple[int, Row | Block]  # a row and its number, or rows and the number of the first

REPEATED = "judul kolom yang berulang, bukan laporan; tidak perlu dibetulkan"
# Rows are turned into columns this many at a time: thousands of lists kept alive would
# have the garbage collector walk them again and again (measured: three times slower).
_BATCH = 256


@dataclass
class Piece:
    """What one table is made of, while it fills. columns: each in parts."""

    columns: list[list[Cells]]
    rows: list[int] = field(default_factory=list)
    batch: list[list[object]] = field(default_factory=list)
    extras: dict[str, dict[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, number: int, cells: list[object]) -> None:
        self.rows.append(number)
        self.batch.append(cells)
        if len(self.batch) >= _BATCH:
            self._flush()

    def add_block(self, numbers: Iterable[int], block: Block) -> None:
        self._flush()
        self.rows.extend(numbers)
        for parts, column in zip(self.columns, block.columns, strict=True):
            parts.append(column)

    def _flush(self) -> None:
        """Move the batch into the columns."""
        for parts, column in zip(self.columns, zip(*self.batch, strict=True), strict=False):
            parts.append(as_cells(column))
        self.batch.clear()

    def whole(self) -> list[Cells]:
        """The columns, each in one; the piece holds them no longer."""
        self._flush()
        return [_joined(parts) for parts in self.columns]

    def extra(self, heading: str, text: str) -> None:
        """Put a text under an added heading, for the row about to be taken."""
        self.extras.setdefault(heading, {})[len(self.rows)] = text


def _joined(parts: list[Cells]) -> Cells:
    whole = np.concatenate(parts) if parts else np.empty(0, dtype="object")
    parts.clear()
    return whole


def new_piece(width: int, notes: Sequence[str] = ()) -> Piece:
    return Piece(columns=[[] for _ in range(width)], notes=list(notes))


def take_block(piece: Piece, first: int, block: Block, heading: Heading) -> None:
    """Add the rows of a block that are not blank: all at once where none may be odd."""
    beginnings = block.columns[0]
    for column in block.columns[1:]:
        missing = beginnings == np.array(None)
        if not missing.any():
            break
        beginnings = np.where(missing, column, beginnings)
    filled = beginnings != np.array(None)
    if _has_repeated(beginnings[filled].tolist(), heading):
        for number, row in enumerate(block.rows(), start=first):
            take(piece, number, row, heading)
    elif filled.all():
        piece.add_block(range(first, first + len(block)), block)
    elif filled.any():
        numbers = (np.flatnonzero(filled) + first).tolist()
        piece.add_block(numbers, Block([column[filled] for column in block.columns]))


def _has_repeated(beginnings: list[object], heading: Heading) -> bool:
    """Whether a row may be a repeated heading, by how the rows begin."""
    texts = [first for first in beginnings if isinstance(first, str)]
    # Their first letters alone tell most rows apart, and there are few different ones.
    shortest = min(map(len, heading.openings))
    starts = {opening[:shortest] for opening in heading.openings}
    letters = {text[:shortest] for text in texts}
    odd = {start for start in letters if start.casefold()[:shortest] in starts}
    return bool(odd) and any(
        text.casefold().startswith(heading.openings) for text in texts if text[:shortest] in odd
    )


def take(piece: Piece, number: int, row: Row, heading: Heading) -> None:
    """Add one row to the piece, unless it is blank; a repeated heading is marked as no report."""
    width = len(heading.names)
    if isinstance(row, Unread):
        piece.extra(reserved_columns.ASIDE, row.reason)
        row = row.text
    if isinstance(row, str):
        piece.extra(reserved_columns.BROKEN, reserved_columns.excerpt(row))
        piece.add(number, [None] * width)
        return
    cells = row
    first = next((cell for cell in cells if cell is not None), None)
    if first is None:
        return
    if isinstance(first, str) and first[0] in heading.suspects and _is_repeated(cells, heading):
        piece.extra(reserved_columns.ASIDE, REPEATED)
    if len(cells) != width:
        _fit(piece, cells, width)
    piece.add(number, cells)


def _fit(piece: Piece, cells: list[object], width: int) -> None:
    """Make a ragged row as wide as the heading; what is beyond it is kept, and marked."""
    excess = [str(cell) for cell in cells[width:] if cell is not None]
    if excess:
        piece.extra(reserved_columns.EXCESS, reserved_columns.excerpt(" | ".join(excess)))
    del cells[width:]
    cells.extend([None] * (width - len(cells)))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_repeated(cells: list[object], heading: Heading) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return len(filled) > 1 and all(
        isinstance(cell, str) and _folded(cell) in heading.texts for cell in filled
    )


MOST_CELLS = 400_000  # of one table: a wide one has fewer rows, so that memory stays bounded
OTHER_TABLE = "baris di atas judul kolom yang dibaca: dua tabel dalam satu lembar; kirim terpisah"


def tables(
    numbered: Iterable[Numbered],
    heading: Heading,
    chunk_rows: int,
    notes: Sequence[str] = (),
    share: Callable[[], float] = lambda: 1.0,
    constants: dict[str, str] | None = None,
) -> Iterator[Table]:
    """Tables of at most `chunk_rows` rows; at least one, even where there is no row.

    numbered: (row number, cells or raw text) below the heading, or (number of the first row,
    a block of rows); the cells are taken over.
    notes: said with the first table. constants: headings with one value for every row.
    """
    width, given, sums = len(heading.names), False, RunningSums()
    chunk_rows = max(1, min(chunk_rows, MOST_CELLS // max(1, width)))
    piece = new_piece(width, notes)

    def room() -> int:
        return chunk_rows - len(piece.rows)

    for number, part in _fitting(numbered, room):
        if isinstance(part, Block):
            take_block(piece, number, part, heading)
        else:
            take(piece, number, part, heading)
        if len(piece.rows) >= chunk_rows:
            yield replace(_table(piece, heading, share(), constants or {}), sums=sums)
            piece, given = new_piece(width), True
    if not given and not piece.rows:
        piece.notes.append("hanya judul kolom, tanpa isi")
    if piece.rows or piece.notes or not given:
        yield replace(_table(piece, heading, share(), constants or {}), sums=sums)


def _fitting(numbered: Iterable[Numbered], room: Callable[[], int]) -> Iterator[Numbered]:
    """The same, each block cut to the rows for which there is room when it comes."""
    for first, part in numbered:
        if not isinstance(part, Block):
            yield first, part
            continue
        at = 0
        while at < len(part):
            some = part.between(at, at + room())
            yield first + at, some
            at += len(some)


def _table(piece: Piece, heading: Heading, share: float, constants: dict[str, str]) -> Table:
    data: dict[str, Sequence[object] | Cells] = {}
    for index, (name, column) in enumerate(zip(heading.names, piece.whole(), strict=True)):
        if name is not None:
            data[name] = column
        elif any(cell is not None for cell in column.tolist()):
            data[_nameless(index, heading)] = column
    for name, texts in piece.extras.items():
        data[name] = [texts.get(index) for index in range(len(piece.rows))]
    for name, text in constants.items():
        data[name] = [text] * len(piece.rows)
    frame = pd.DataFrame(data, dtype=object, copy=False)
    return Table(frame, piece.rows, tuple(piece.notes), share)


def _nameless(index: int, heading: Heading) -> str:
    name = f"(kolom {column_letters(index)})"
    return name if name not in heading.names else f"{name} (2)"


def said_of_titles(numbers: Sequence[int]) -> tuple[str, ...]:
    """The note on title rows, by their numbers; nothing where there are none."""
    if not numbers:
        return ()
    shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
    return (f"{len(numbers)} baris di atas judul kolom dilewati (baris {shown})",)


def column_letters(index: int) -> str:
    """The letters Excel shows above the column with this index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
