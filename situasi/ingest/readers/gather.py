"""Rows below a heading become tables; only blank rows are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import pandas as pd

from situasi.ingest.readers.header_detection import Heading
from situasi.ingest.readers.table_builder import Block, Numbered, Piece, new_piece, take, take_block
from situasi.ingest.tables import Cells, Table
from situasi.ingest.validation.column_sums import RunningSums

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
