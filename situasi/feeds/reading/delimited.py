"""Delimited text (CSV and its kin): the delimiter found out, no row lost to a stray quote."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from situasi.feeds.reading import decode, gather, marks
from situasi.feeds.reading.headings_row import SEARCHED, Heading, Recognise, find
from situasi.feeds.table import SourceRefused, Table

# Not worth a word to the sender.
_USUAL = ",;"
_DELIMITERS = {",": "koma", ";": "titik koma", "\t": "tab", "|": "garis tegak"}
_SEP = re.compile(r'"?sep=(.)"?[,;]*\s*', re.IGNORECASE)
_REREAD_BUDGET = 50_000_000  # characters read twice because of stray quotes, in one file

NO_HEADING = (
    "Baris judul kolom tidak ditemukan; perlu sekurangnya dua judul yang dikenal, "
    "misalnya waktu, kecamatan dan jenis."
)
_STRAY = (
    "Berkas ini penuh tanda kutip yang tidak ditutup sehingga barisnya tidak dapat dipisahkan; "
    "ekspor ulang sebagai CSV atau XLSX."
)


def read(
    path: Path, encoding: decode.Encoding, recognise: Recognise, chunk_rows: int
) -> Iterator[Table]:
    """Tables of a delimited text. Raises SourceRefused, possibly after the first tables.

    Rows are numbered as a spreadsheet numbers them: a line break inside quotes starts no
    row, and Excel's "sep=;" line is none.
    """
    meter = decode.Meter(path.stat().st_size)
    head = list(_head(decode.lines(path, encoding, decode.Meter(0))))
    if not any(line.strip() for line in head):
        raise SourceRefused("Berkas ini kosong.")
    sep = _SEP.fullmatch(head[0])
    delimiter, heading = _sniff(head[1:] if sep else head, sep and sep[1], recognise)
    whole = decode.lines(path, encoding, meter)
    rows = enumerate(records(islice(whole, 1 if sep else 0, None), delimiter), start=1)
    notes = list(encoding.notes)
    if delimiter not in _USUAL:
        notes.append(f"pemisah kolom: {_DELIMITERS.get(delimiter, delimiter)}")
    if heading.first:
        notes.append(f"{heading.first} baris di atas judul kolom dilewati")
    below = islice(rows, heading.last + 1, None)
    yield from gather.tables(below, heading, chunk_rows, notes, meter.share)


def _head(lines: Iterable[str]) -> Iterator[str]:
    """The lines that can hold the heading: so many rows, some with line breaks inside."""
    size = 0
    for line in islice(lines, SEARCHED * 5):
        yield line
        size += len(line)
        if size > decode.LINE_LIMIT:
            return


def _sniff(head: list[str], sep: str | None, recognise: Recognise) -> tuple[str, Heading]:
    """The delimiter under which a row names most columns; the one that parts most on a tie."""
    best: tuple[int, int, str, Heading] | None = None
    refused: SourceRefused | None = None
    for delimiter in dict.fromkeys([*([sep] if sep and sep != '"' else []), *_DELIMITERS]):
        rows = list(islice(records(head, delimiter), SEARCHED))
        try:
            heading = find([[] if isinstance(row, str) else row for row in rows], recognise)
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


def records(lines: Iterable[str], delimiter: str) -> Iterator[gather.Row]:
    """Cells row by row; the raw line, as one text, where its quotes make no sense.

    A quote that is never closed would swallow every row after it. So the line where a row
    went wrong is given alone, and reading goes on with the next line.
    """
    source, budget = iter(lines), _REREAD_BUDGET
    pending: list[str] = []
    while True:
        _allow_long_cells()
        reader = csv.reader(
            _noting(source, pending), delimiter=delimiter, strict=True, skipinitialspace=True
        )
        try:
            for record in reader:
                yield [cell or None for cell in map(str.strip, record)]
                pending.clear()
            return
        except csv.Error:
            budget -= sum(map(len, pending))
        if budget < 0:
            raise SourceRefused(_STRAY)
        yield _one_line(pending[0], delimiter)
        source = chain(pending[1:], source)
        pending = []


def _noting(source: Iterator[str], pending: list[str]) -> Iterator[str]:
    for line in source:
        pending.append(line)
        yield line


def _allow_long_cells() -> None:
    # The limit belongs to the whole process: raise it where it is lower, never lower it.
    if csv.field_size_limit() < marks.CELL_LIMIT:
        csv.field_size_limit(marks.CELL_LIMIT)


def _one_line(line: str, delimiter: str) -> gather.Row:
    """A line read without strictness, where its quotes at least come in pairs."""
    if line.count('"') % 2:
        return line.strip() or '"'
    try:
        record = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        return [cell.strip() or None for cell in record]
    except csv.Error:
        return line
