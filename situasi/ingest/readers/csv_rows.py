"""Lines of delimited text become rows of cells, whole blocks at once where nothing is odd."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator

from situasi.ingest.readers import csv_arrow, reserved_columns
from situasi.ingest.readers.table_builder import Block, Row
from situasi.ingest.tables import SourceRefused, as_cells

_REREAD_BUDGET = 50_000_000  # characters read twice because of stray quotes, in one file
_BLOCK_LINES = 256  # as many lists as a piece keeps alive; more wake the garbage collector
_BLOCK_LETTERS = 4_000_000

_STRAY = (
    "Berkas ini penuh tanda kutip yang tidak ditutup sehingga barisnya tidak dapat dipisahkan; "
    "ekspor ulang sebagai CSV atau XLSX."
)


class Lines:
    """Lines in their order, some of which are given back to be read once more.

    texts: one line each, or several. position: how many lines have been taken for good.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._ahead = iter(texts)
        self._back: deque[str] = deque()
        self._budget = _REREAD_BUDGET
        self.position = 0

    def noting(self, taken: list[str]) -> Iterator[str]:
        """Take the lines one by one, each noted in `taken`."""
        while line := self.take(1):
            taken += line
            yield line[0]

    def at_hand(self) -> str:
        """Take all lines that are at hand, as one text; empty where there are none any more."""
        text = "".join(self._back) or next(self._ahead, "")
        self._back.clear()
        self.position += _count(text)
        return text

    def take(self, count: int) -> list[str]:
        """The next lines, so many at most and of a bounded length together."""
        if not self._back:
            self._back.extend(_split(next(self._ahead, "")))
        block: list[str] = []
        letters = 0
        while self._back and len(block) < count and letters < _BLOCK_LETTERS:
            block.append(self._back.popleft())
            letters += len(block[-1])
        self.position += len(block)
        return block

    def give_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.position -= len(lines)

    def stray(self, pending: list[str]) -> None:
        """Give back what a stray quote swallowed. Raises SourceRefused beyond the budget."""
        self._budget -= sum(map(len, pending))
        if self._budget < 0:
            raise SourceRefused(_STRAY)
        self.give_back(pending[1:])


def _split(text: str) -> list[str]:
    return list(io.StringIO(text, newline="\n"))


def _count(text: str) -> int:
    return text.count("\n") + (text != "" and not text.endswith("\n"))


def rows(lines: Lines, delimiter: str) -> Iterator[Row]:
    """Cells row by row; the raw line, as one text, where its quotes make no sense.

    A quote that is never closed would swallow every row after it. So the line where a row
    went wrong is given alone, and reading goes on with the next line. Whoever stops after
    a row finds `lines` at the row that follows.
    """
    while True:
        pending: list[str] = []
        try:
            for record in _reader(lines.noting(pending), delimiter):
                pending.clear()
                yield _stripped(record)
            return
        except csv.Error:
            lines.stray(pending)
        yield _one_line(pending[0], delimiter)


def blocks(lines: Lines, delimiter: str, width: int) -> Iterator[Row | Block]:
    """The same rows, all lines at hand at once wherever these are plain rows of this width."""
    while text := lines.at_hand():
        columns = csv_arrow.columns(text, delimiter, width)
        if columns is not None:
            yield Block(columns)
        else:
            end = lines.position
            lines.give_back(_split(text))
            yield from _careful(lines, end, delimiter, width)


def _careful(lines: Lines, end: int, delimiter: str, width: int) -> Iterator[Row | Block]:
    """The rows up to this line, some at once where the standard library finds nothing odd."""
    while lines.position < end:
        taken = lines.take(min(_BLOCK_LINES, end - lines.position))
        try:
            records = list(_reader(taken, delimiter))
        except csv.Error:
            after = lines.position
            lines.give_back(taken)
            yield from _rows_until(lines, after, delimiter)
        else:
            yield from _at_once(records, width)


def _at_once(records: list[list[str]], width: int) -> Iterator[Row | Block]:
    stripped = map(_stripped, records)
    if set(map(len, records)) == {width}:
        yield Block([as_cells(column) for column in zip(*stripped, strict=True)])
    else:
        yield from stripped


def _rows_until(lines: Lines, end: int, delimiter: str) -> Iterator[Row]:
    for row in rows(lines, delimiter):
        yield row
        if lines.position >= end:
            return


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    # The limit belongs to the whole process: raise it where it is lower, never lower it.
    if csv.field_size_limit() < reserved_columns.CELL_LIMIT:
        csv.field_size_limit(reserved_columns.CELL_LIMIT)
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _stripped(record: list[str]) -> list[object]:
    return [cell or None for cell in map(str.strip, record)]


def _one_line(line: str, delimiter: str) -> Row:
    """A line read without strictness, where its quotes at least come in pairs."""
    if line.count('"') % 2:
        return line.strip() or '"'
    try:
        record = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        return _stripped(record)
    except csv.Error:
        return line
