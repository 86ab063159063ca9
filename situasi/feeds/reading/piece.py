"""A piece of a table while it fills: rows taken, but for blank, repeated and total ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from situasi.feeds.reading import marks
from situasi.feeds.reading.headings_row import Heading
from situasi.feeds.table import Cells, as_cells

# Cells (texts stripped, None where empty), or the raw text of a row that could not be
# taken apart.
Row = list[object] | str


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

_TOTAL = re.compile(
    r"(grand\s*|sub\s*)?(total|jumlah|jml|rekapitulasi)\b.{0,60}", re.IGNORECASE | re.DOTALL
)
_SAMPLE = 50  # rows from which the filling of a usual row is learnt
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
    repeated: list[int] = field(default_factory=list)

    def add(self, number: int, cells: list[object]) -> None:
        self.rows.append(number)
        self.batch.append(cells)
        if len(self.batch) >= _BATCH:
            self._flush()

    def add_block(self, first: int, block: Block) -> None:
        self._flush()
        self.rows.extend(range(first, first + len(block)))
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


def take_block(piece: Piece, first: int, block: Block, heading: Heading, usual: Usual) -> None:
    """Add the rows of a block: all at once where none of them may be odd."""
    if usual.learnt and _is_plain(block, heading):
        piece.add_block(first, block)
        return
    for number, row in enumerate(block.rows(), start=first):
        take(piece, number, row, heading, usual)


def _is_plain(block: Block, heading: Heading) -> bool:
    """Whether no row is blank or begins as a repeated heading or a total row does."""
    beginnings = block.columns[0].tolist()
    for column in block.columns[1:]:
        if None not in beginnings:
            break
        filled = zip(beginnings, column.tolist(), strict=True)
        beginnings = [second if first is None else first for first, second in filled]
    if None in beginnings:
        return False
    texts = [first for first in beginnings if isinstance(first, str)]
    # Their first letters alone tell most rows apart, and there are few different ones.
    shortest = min(map(len, heading.openings))
    starts = {opening[:shortest] for opening in heading.openings}
    letters = {text[:shortest] for text in texts}
    odd = {start for start in letters if start.casefold()[:shortest] in starts}
    return not odd or not any(
        text.casefold().startswith(heading.openings) for text in texts if text[:shortest] in odd
    )


def take(piece: Piece, number: int, row: Row, heading: Heading, usual: Usual) -> None:
    """Add one row to the piece, unless it is blank, a repeated heading or a total."""
    width = len(heading.names)
    if isinstance(row, str):
        piece.extra(marks.BROKEN, marks.excerpt(row))
        piece.add(number, [None] * width)
        return
    cells = row
    first = cells[0] if cells else None
    if first is None:
        first = next((cell for cell in cells if cell is not None), None)
    if first is None:
        return
    if isinstance(first, str) and first[0] in heading.suspects:
        if _folded(first) in heading.texts and _is_repeated(cells, heading):
            piece.repeated.append(number)
            return
        if _TOTAL.fullmatch(first) and usual.clearly_exceeds(cells):
            piece.notes.append(f"baris {number} ({first[:40]}) dilewati: baris jumlah")
            return
    if len(cells) != width:
        _fit(piece, cells, width)
    if not usual.learnt:
        usual.learn(cells)
    piece.add(number, cells)


def _fit(piece: Piece, cells: list[object], width: int) -> None:
    """Make a ragged row as wide as the heading; what is beyond it is kept, and marked."""
    excess = [str(cell) for cell in cells[width:] if cell is not None]
    if excess:
        piece.extra(marks.EXCESS, marks.excerpt(" | ".join(excess)))
    del cells[width:]
    cells.extend([None] * (width - len(cells)))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _is_repeated(cells: list[object], heading: Heading) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return len(filled) > 1 and all(
        isinstance(cell, str) and _folded(cell) in heading.texts for cell in filled
    )


class Usual:
    """How many known columns a usual row fills, learnt from the first rows."""

    def __init__(self, heading: Heading) -> None:
        self._known = [index for index, known in enumerate(heading.known) if known]
        self.seen = 0
        self._filled = 0

    @property
    def learnt(self) -> bool:
        return self.seen >= _SAMPLE

    def learn(self, cells: list[object]) -> None:
        self.seen += 1
        self._filled += sum(cells[index] is not None for index in self._known)

    def clearly_exceeds(self, cells: list[object]) -> bool:
        """Whether this row, its first word apart, fills at most half of what is usual."""
        usual = self._filled / self.seen if self.seen else len(self._known)
        word = next(index for index, cell in enumerate(cells) if cell is not None)
        filled = sum(
            cells[index] is not None
            for index in self._known
            if index != word and index < len(cells)
        )
        return 2 * filled <= usual
