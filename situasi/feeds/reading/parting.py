"""Lines of delimited text become rows of cells, whole blocks at once where nothing is odd."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from situasi.feeds.reading import marks
from situasi.feeds.reading.piece import Block, Row
from situasi.feeds.table import SourceRefused

_REREAD_BUDGET = 50_000_000  # characters read twice because of stray quotes, in one file
_BLOCK_LINES = 256  # as many lists as a piece keeps alive; more wake the garbage collector
_BLOCK_LETTERS = 4_000_000
_GULP = 16  # lines taken before their length is looked at

_STRAY = (
    "Berkas ini penuh tanda kutip yang tidak ditutup sehingga barisnya tidak dapat dipisahkan; "
    "ekspor ulang sebagai CSV atau XLSX."
)


class Lines:
    """Lines in their order, some of which are given back to be read once more.

    position: how many have been taken for good.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._ahead = iter(lines)
        self._back: deque[str] = deque()
        self._budget = _REREAD_BUDGET
        self.position = 0

    def noting(self, taken: list[str]) -> Iterator[str]:
        """Take the lines one by one, each noted in `taken`."""
        while gulp := self._gulp(1):
            taken += gulp
            yield gulp[0]

    def take(self, count: int) -> list[str]:
        """The next lines, about so many and of a bounded length together."""
        block: list[str] = []
        letters = 0
        while (
            len(block) < count
            and letters < _BLOCK_LETTERS
            and (gulp := self._gulp(min(_GULP, count - len(block))))
        ):
            block += gulp
            letters += sum(map(len, gulp))
        return block

    def _gulp(self, count: int) -> list[str]:
        if self._back:
            lines = [self._back.popleft() for _ in range(min(count, len(self._back)))]
        else:
            lines = list(islice(self._ahead, count))
        self.position += len(lines)
        return lines

    def give_back(self, lines: list[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.position -= len(lines)

    def stray(self, pending: list[str]) -> None:
        """Give back what a stray quote swallowed. Raises SourceRefused beyond the budget."""
        self._budget -= sum(map(len, pending))
        if self._budget < 0:
            raise SourceRefused(_STRAY)
        self.give_back(pending[1:])


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
                yield [cell or None for cell in map(str.strip, record)]
            return
        except csv.Error:
            lines.stray(pending)
        yield _one_line(pending[0], delimiter)


def blocks(lines: Lines, delimiter: str, size: int = _BLOCK_LINES) -> Iterator[Row | Block]:
    """The same rows, those of `size` lines at once wherever these end with a row."""
    while block := lines.take(size):
        try:
            records = list(_reader(block, delimiter))
        except csv.Error:
            end = lines.position
            lines.give_back(block)
            yield from _rows_until(lines, end, delimiter)
        else:
            yield Block(records)


def _rows_until(lines: Lines, end: int, delimiter: str) -> Iterator[Row]:
    for row in rows(lines, delimiter):
        yield row
        if lines.position >= end:
            return


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    # The limit belongs to the whole process: raise it where it is lower, never lower it.
    if csv.field_size_limit() < marks.CELL_LIMIT:
        csv.field_size_limit(marks.CELL_LIMIT)
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _one_line(line: str, delimiter: str) -> Row:
    """A line read without strictness, where its quotes at least come in pairs."""
    if line.count('"') % 2:
        return line.strip() or '"'
    try:
        record = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        return [cell.strip() or None for cell in record]
    except csv.Error:
        return line
