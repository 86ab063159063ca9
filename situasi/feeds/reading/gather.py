"""Rows below a heading become tables: blank, total and repeated heading rows left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from situasi.feeds.reading import marks
from situasi.feeds.reading.headings_row import Heading
from situasi.feeds.table import Table

# Cells (texts stripped, None where empty), or the raw text of a row that could not be
# taken apart.
Row = list[object] | str
Numbered = tuple[int, Row]

_TOTAL = re.compile(
    r"(grand\s*|sub\s*)?(total|jumlah|jml|rekapitulasi)\b.{0,60}", re.IGNORECASE | re.DOTALL
)
_SAMPLE = 50  # rows from which the filling of a usual row is learnt
# Rows are turned into columns this many at a time: thousands of lists kept alive would
# have the garbage collector walk them again and again (measured: three times slower).
_BATCH = 256


@dataclass
class _Piece:
    """What one table is made of, while it fills."""

    columns: list[list[object]]
    rows: list[int] = field(default_factory=list)
    batch: list[list[object]] = field(default_factory=list)
    extras: dict[str, dict[int, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)

    def add(self, number: int, cells: list[object]) -> None:
        self.rows.append(number)
        self.batch.append(cells)
        if len(self.batch) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Move the batch into the columns."""
        for column, part in zip(self.columns, zip(*self.batch, strict=True), strict=False):
            column.extend(part)
        self.batch.clear()

    def extra(self, heading: str, text: str) -> None:
        """Put a text under an added heading, for the row about to be taken."""
        self.extras.setdefault(heading, {})[len(self.rows)] = text


def tables(
    numbered: Iterable[Numbered],
    heading: Heading,
    chunk_rows: int,
    notes: Sequence[str] = (),
    share: Callable[[], float] = lambda: 1.0,
    constants: dict[str, str] | None = None,
) -> Iterator[Table]:
    """Tables of at most `chunk_rows` rows; at least one, even where there is no row.

    numbered: (row number, cells or raw text) below the heading; the cells are taken over.
    notes: said with the first table. constants: headings with one value for every row.
    """
    width, usual, given = len(heading.names), _Usual(heading), False
    piece = _piece(width, notes)
    for number, row in numbered:
        _take(piece, number, row, heading, usual)
        if len(piece.rows) >= chunk_rows:
            yield _table(piece, heading, share(), constants or {})
            piece, given = _piece(width), True
    if not given and not piece.rows:
        piece.notes.append("hanya judul kolom, tanpa isi")
    if piece.rows or piece.notes or piece.repeated or not given:
        yield _table(piece, heading, share(), constants or {})


def _piece(width: int, notes: Sequence[str] = ()) -> _Piece:
    return _Piece(columns=[[] for _ in range(width)], notes=list(notes))


def _take(piece: _Piece, number: int, row: Row, heading: Heading, usual: _Usual) -> None:
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
    if usual.seen < _SAMPLE:
        usual.learn(cells)
    piece.add(number, cells)


def _fit(piece: _Piece, cells: list[object], width: int) -> None:
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


class _Usual:
    """How many known columns a usual row fills, learnt from the first rows."""

    def __init__(self, heading: Heading) -> None:
        self._known = [index for index, known in enumerate(heading.known) if known]
        self.seen = 0
        self._filled = 0

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


def _table(piece: _Piece, heading: Heading, share: float, constants: dict[str, str]) -> Table:
    piece.flush()
    data: dict[str, list[object]] = {}
    for index, (name, column) in enumerate(zip(heading.names, piece.columns, strict=True)):
        if name is not None:
            data[name] = column
        elif any(cell is not None for cell in column):
            data[_nameless(index, heading)] = column
    for name, texts in piece.extras.items():
        data[name] = [texts.get(index) for index in range(len(piece.rows))]
    for name, text in constants.items():
        data[name] = [text] * len(piece.rows)
    frame = pd.DataFrame(data, dtype=object)
    return Table(frame, piece.rows, (*piece.notes, *_repeated(piece.repeated)), share)


def _nameless(index: int, heading: Heading) -> str:
    name = f"(kolom {column_letters(index)})"
    return name if name not in heading.names else f"{name} (2)"


def column_letters(index: int) -> str:
    """The letters Excel shows above the column with this index: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _repeated(numbers: list[int]) -> tuple[str, ...]:
    if not numbers:
        return ()
    shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
    return (f"judul kolom yang berulang dilewati (baris {shown})",)
