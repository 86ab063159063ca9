"""Delimited text (CSV and its kin): the delimiter found out, no row lost to a stray quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path

from situasi.ingest.readers import csv_rows, table_builder, text_encoding
from situasi.ingest.readers.header_detection import SEARCHED, Heading, Recognise, find, rows_above
from situasi.ingest.readers.table_builder import Block, Numbered, Row, unread
from situasi.ingest.tables import SourceRefused, Table

# Not worth a word to the sender.
_USUAL = ",;"
_DELIMITERS = {",": "koma", ";": "titik koma", "\t": "tab", "|": "garis tegak"}
_SEP = re.compile(r'"?sep=(.)"?[,;]*\s*', re.IGNORECASE)

NO_HEADING = (
    "Baris judul kolom tidak ditemukan; perlu sekurangnya dua judul yang dikenal, "
    "misalnya waktu, kecamatan dan jenis."
)


def read(
    path: Path, encoding: text_encoding.Encoding, recognise: Recognise, chunk_rows: int
) -> Iterator[Table]:
    """Tables of a delimited text. Raises SourceRefused, possibly after the first tables.

    Rows are numbered as a spreadsheet numbers them: a line break inside quotes starts no
    row, and Excel's "sep=;" line is none.
    """
    meter = text_encoding.Meter(path.stat().st_size)
    head = list(_head(text_encoding.lines(path, encoding, text_encoding.Meter(0))))
    if not any(line.strip() for line in head):
        raise SourceRefused("Berkas ini kosong.")
    sep = _SEP.fullmatch(head[0])
    delimiter, heading = _sniff(head[1:] if sep else head, sep and sep[1], recognise)
    lines = csv_rows.Lines(text_encoding.whole_lines(path, encoding, meter))
    lines.take(1 if sep else 0)
    notes = list(encoding.notes)
    if delimiter not in _USUAL:
        notes.append(f"pemisah kolom: {_DELIMITERS.get(delimiter, delimiter)}")
    above = list(islice(csv_rows.rows(lines, delimiter), heading.last + 1))
    cells: list[list[object]] = [row if isinstance(row, list) else [row] for row in above]
    titles, left = rows_above(cells, heading, recognise)
    notes += table_builder.said_of_titles([index + 1 for index in titles])
    others = [(index + 1, unread(cells[index], table_builder.OTHER_TABLE)) for index in left]
    below = _numbered(csv_rows.blocks(lines, delimiter, len(heading.names)), len(above) + 1)
    yield from table_builder.tables(chain(others, below), heading, chunk_rows, notes, meter.share)


def _numbered(parts: Iterable[Row | Block], first: int) -> Iterator[Numbered]:
    for part in parts:
        yield first, part
        first += len(part) if isinstance(part, Block) else 1


def _head(lines: Iterable[str]) -> Iterator[str]:
    """The lines that can hold the heading: so many rows, some with line breaks inside."""
    size = 0
    for line in islice(lines, SEARCHED * 5):
        yield line
        size += len(line)
        if size > text_encoding.LINE_LIMIT:
            return


def _sniff(head: list[str], sep: str | None, recognise: Recognise) -> tuple[str, Heading]:
    """The delimiter under which a row names most columns; the one that parts most on a tie."""
    # A line without any of them is the same row under every delimiter: asked about once.
    known = cache(recognise)
    best: tuple[int, int, str, Heading] | None = None
    refused: SourceRefused | None = None
    for delimiter in dict.fromkeys([*([sep] if sep and sep != '"' else []), *_DELIMITERS]):
        rows = list(islice(csv_rows.rows(csv_rows.Lines(head), delimiter), SEARCHED))
        try:
            heading = find(
                [row if isinstance(row, list) else [] for row in rows],
                lambda texts: known(tuple(texts)),
            )
        except SourceRefused as wide:
            refused = wide
            continue
        if heading:
            rank = (heading.score, len(heading.names), delimiter, heading)
            if best is None or rank[:2] > best[:2]:
                best = rank
    if best is None:
        raise refused or SourceRefused(NO_HEADING)
    return best[2], best[3]
