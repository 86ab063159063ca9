"""Rows below a heading become tables: blank, total and repeated heading rows left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import pandas as pd

from situasi.feeds.reading.headings_row import Heading
from situasi.feeds.reading.piece import (
    Block,
    Numbered,
    Piece,
    Row,
    Usual,
    new_piece,
    openings_of,
    take,
    take_plain,
)
from situasi.feeds.table import Table


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
    width, usual, given = len(heading.names), Usual(heading), False
    piece = new_piece(width, notes)
    openings = openings_of(heading)
    for first, part in numbered:
        rows: Iterable[Row] = part.stripped() if isinstance(part, Block) else (part,)
        if isinstance(part, Block) and usual.learnt:
            fits = len(piece.rows) + len(part.rows) < chunk_rows
            rows = () if fits and take_plain(piece, first, part, openings) else rows
        for number, row in enumerate(rows, start=first):
            take(piece, number, row, heading, usual)
            if len(piece.rows) >= chunk_rows:
                yield _table(piece, heading, share(), constants or {})
                piece, given = new_piece(width), True
    if not given and not piece.rows:
        piece.notes.append("hanya judul kolom, tanpa isi")
    if piece.rows or piece.notes or piece.repeated or not given:
        yield _table(piece, heading, share(), constants or {})


def _table(piece: Piece, heading: Heading, share: float, constants: dict[str, str]) -> Table:
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
