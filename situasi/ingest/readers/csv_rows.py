"""Lines of delimited text become rows of cells, whole blocks at once where nothing is odd."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator

from situasi.ingest.readers import csv_arrow, reserved_columns
from situasi.ingest.readers.table_builder import Block, Row
from situasi.ingest.tables import SourceError, to_cell_array

_REREAD_BUDGET = 50_000_000  # characters read twice because of stray quotes, in one file
_BLOCK_LINES = 256  # as many lists as a piece keeps alive; more wake the garbage collector
_BLOCK_CHARS = 4_000_000

_STRAY_QUOTES = (
    "Berkas ini penuh tanda kutip yang tidak ditutup sehingga barisnya tidak dapat dipisahkan; "
    "ekspor ulang sebagai CSV atau XLSX."
)


class LineBuffer:
    """Lines in their order, some of which are given back to be read once more.

    texts: one line each, or several. position: how many lines have been taken for good.
    """

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._pushed_back: deque[str] = deque()
        self._reread_budget = _REREAD_BUDGET
        self.position = 0

    def take_recording(self, record: list[str]) -> Iterator[str]:
        """Take the lines one by one, each noted in `taken`."""
        while line := self.take(1):
            record += line
            yield line[0]

    def take_buffered(self) -> str:
        """Take all lines that are at hand, as one text; empty where there are none any more."""
        text = "".join(self._pushed_back) or next(self._source, "")
        self._pushed_back.clear()
        self.position += _count_lines(text)
        return text

    def take(self, count: int) -> list[str]:
        """The next lines, so many at most and of a bounded length together."""
        if not self._pushed_back:
            self._pushed_back.extend(_split_lines(next(self._source, "")))
        block: list[str] = []
        letters = 0
        while self._pushed_back and len(block) < count and letters < _BLOCK_CHARS:
            block.append(self._pushed_back.popleft())
            letters += len(block[-1])
        self.position += len(block)
        return block

    def push_back(self, lines: list[str]) -> None:
        self._pushed_back.extendleft(reversed(lines))
        self.position -= len(lines)

    def push_back_after_stray_quote(self, swallowed: list[str]) -> None:
        """Give back what a stray quote swallowed. Raises SourceRefused beyond the budget."""
        self._reread_budget -= sum(map(len, swallowed))
        if self._reread_budget < 0:
            raise SourceError(_STRAY_QUOTES)
        self.push_back(swallowed[1:])


def _split_lines(text: str) -> list[str]:
    return list(io.StringIO(text, newline="\n"))


def _count_lines(text: str) -> int:
    return text.count("\n") + (text != "" and not text.endswith("\n"))


def parse_rows(lines: LineBuffer, delimiter: str) -> Iterator[Row]:
    """Cells row by row; the raw line, as one text, where its quotes make no sense.

    A quote that is never closed would swallow every row after it. So the line where a row
    went wrong is given alone, and reading goes on with the next line. Whoever stops after
    a row finds `lines` at the row that follows.
    """
    while True:
        pending: list[str] = []
        try:
            for record in _make_reader(lines.take_recording(pending), delimiter):
                pending.clear()
                yield _strip_cells(record)
            return
        except csv.Error:
            lines.push_back_after_stray_quote(pending)
        yield _parse_single_line(pending[0], delimiter)


def parse_blocks(lines: LineBuffer, delimiter: str, width: int) -> Iterator[Row | Block]:
    """The same rows, all lines at hand at once wherever these are plain rows of this width."""
    while text := lines.take_buffered():
        columns = csv_arrow.read_columns(text, delimiter, width)
        if columns is not None:
            yield Block(columns)
        else:
            end = lines.position
            lines.push_back(_split_lines(text))
            yield from _parse_with_stdlib(lines, end, delimiter, width)


def _parse_with_stdlib(
    lines: LineBuffer, end_position: int, delimiter: str, width: int
) -> Iterator[Row | Block]:
    """The rows up to this line, some at once where the standard library finds nothing odd."""
    while lines.position < end_position:
        taken = lines.take(min(_BLOCK_LINES, end_position - lines.position))
        try:
            records = list(_make_reader(taken, delimiter))
        except csv.Error:
            after = lines.position
            lines.push_back(taken)
            yield from _parse_rows_until(lines, after, delimiter)
        else:
            yield from _block_or_rows(records, width)


def _block_or_rows(records: list[list[str]], width: int) -> Iterator[Row | Block]:
    stripped = map(_strip_cells, records)
    if set(map(len, records)) == {width}:
        yield Block([to_cell_array(column) for column in zip(*stripped, strict=True)])
    else:
        yield from stripped


def _parse_rows_until(lines: LineBuffer, end_position: int, delimiter: str) -> Iterator[Row]:
    for row in parse_rows(lines, delimiter):
        yield row
        if lines.position >= end_position:
            return


def _make_reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    # The limit belongs to the whole process: raise it where it is lower, never lower it.
    if csv.field_size_limit() < reserved_columns.MAX_CELL_CHARS:
        csv.field_size_limit(reserved_columns.MAX_CELL_CHARS)
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _strip_cells(record: list[str]) -> list[object]:
    return [cell or None for cell in map(str.strip, record)]


def _parse_single_line(line: str, delimiter: str) -> Row:
    """A line read without strictness, where its quotes at least come in pairs."""
    if line.count('"') % 2:
        return line.strip() or '"'
    try:
        record = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        return _strip_cells(record)
    except csv.Error:
        return line
