"""Parser of delimited text into rows of cells, in whole blocks where nothing is irregular."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from situasi.ingest.readers import reserved_columns
from situasi.ingest.readers.arrow_rows import parse_columns
from situasi.ingest.readers.table_builder import Block, Row
from situasi.ingest.tables import CellArray, SourceError, to_cell_array

_REREAD_BUDGET = 50_000_000  # characters read twice because of stray quotes, in one file
_ARROW_LINES = 2048
_STEP_LINES = 16  # lines read before their length is looked at
_BLOCK_LINES = 256  # lists kept alive at once, as in table_builder; more cost garbage collection
_BLOCK_CHARS = 4_000_000

_STRAY_QUOTES = (
    "Berkas ini penuh tanda kutip yang tidak ditutup sehingga barisnya tidak dapat dipisahkan; "
    "ekspor ulang sebagai CSV atau XLSX."
)


class LineBuffer:
    """Lines in order; lines that were taken can be pushed back and read again.

    position: number of lines taken and not pushed back.
    """

    def __init__(self, source: Iterable[str]) -> None:
        self._source = iter(source)
        self._pushed_back: deque[str] = deque()
        self._reread_budget = _REREAD_BUDGET
        self.position = 0

    def take_recording(self, record: list[str]) -> Iterator[str]:
        """Yield the lines one by one and append each to `record`."""
        while line := self.take(1):
            record += line
            yield line[0]

    def take(self, count: int) -> list[str]:
        """Return the next lines: at most `count`, and of a bounded total length."""
        block: list[str] = []
        size = 0
        while len(block) < count and size < _BLOCK_CHARS:
            step = min(_STEP_LINES, count - len(block))
            lines = [self._pushed_back.popleft() for _ in range(min(step, len(self._pushed_back)))]
            lines = lines or list(islice(self._source, step))
            if not lines:
                break
            block += lines
            size += sum(map(len, lines))
        self.position += len(block)
        return block

    def push_back(self, lines: list[str]) -> None:
        """Put lines back at the front of the buffer."""
        self._pushed_back.extendleft(reversed(lines))
        self.position -= len(lines)

    def push_back_after_stray_quote(self, swallowed: list[str]) -> None:
        """Put back the lines after a stray quote. Raises SourceError beyond the reread budget."""
        self._reread_budget -= sum(map(len, swallowed))
        if self._reread_budget < 0:
            raise SourceError(_STRAY_QUOTES)
        self.push_back(swallowed[1:])


def parse_rows(lines: LineBuffer, delimiter: str) -> Iterator[Row]:
    """Yield the cells row by row; the raw line as one text where its quotes are inconsistent.

    A quote that is never closed would swallow every row after it. So the line where a row
    failed is yielded alone, and parsing continues with the next line. A caller that stops
    after a row finds `lines` at the row that follows.
    """
    while True:
        pending: list[str] = []
        try:
            for record in _make_reader(lines.take_recording(pending), delimiter):
                pending.clear()
                yield _strip_sound_cells(record)
            return
        except csv.Error:
            lines.push_back_after_stray_quote(pending)
        yield _parse_single_line(pending[0], delimiter)


def parse_blocks(lines: LineBuffer, delimiter: str, width: int) -> Iterator[Row | Block]:
    """Yield the rows of parse_rows, many as one Block wherever they are regular."""
    while block := lines.take(_ARROW_LINES):
        columns = parse_columns("".join(block), delimiter, width)
        if columns is not None:
            yield Block(columns)
            continue
        end_position = lines.position
        lines.push_back(block)
        while lines.position < end_position:
            yield from _parse_block(lines, end_position, delimiter, width)


def _parse_block(
    lines: LineBuffer, end_position: int, delimiter: str, width: int
) -> Iterator[Row | Block]:
    """Yield the rows of the next lines, as one Block where the csv module finds nothing odd."""
    block = lines.take(min(_BLOCK_LINES, end_position - lines.position))
    try:
        records = list(_make_reader(block, delimiter))
    except csv.Error:
        end_of_block = lines.position
        lines.push_back(block)
        yield from _parse_rows_until(lines, end_of_block, delimiter)
    else:
        has_nuls = any("\0" in line for line in block)
        yield from _block_or_rows(records, width, has_nuls=has_nuls)


def _block_or_rows(
    records: list[list[str]], width: int, *, has_nuls: bool
) -> Iterator[Row | Block]:
    if has_nuls:
        yield from map(_strip_sound_cells, records)
    elif set(map(len, records)) == {width}:
        yield Block([_strip_column(column) for column in zip(*records, strict=True)])
    else:
        yield from map(_strip_cells, records)


def _strip_column(texts: tuple[str, ...]) -> CellArray:
    """Return the cells of a column, None where empty; texts that repeat share one object."""
    cells = {text: text.strip() or None for text in set(texts)}
    return to_cell_array([cells[text] for text in texts])


def _parse_rows_until(lines: LineBuffer, end_position: int, delimiter: str) -> Iterator[Row]:
    for row in parse_rows(lines, delimiter):
        yield row
        if lines.position >= end_position:
            return


def _make_reader(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    # The limit is global to the process, so it is only raised, never lowered.
    if csv.field_size_limit() < reserved_columns.MAX_CELL_CHARS:
        csv.field_size_limit(reserved_columns.MAX_CELL_CHARS)
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def _strip_sound_cells(record: list[str]) -> Row:
    """Return the cells of a row; one text, not read as a report, where NULs damaged the row."""
    if not any("\0" in cell for cell in record):
        return _strip_cells(record)
    cells = [cell.replace("\0", "").strip() for cell in record]
    return " | ".join(cells) if any(cells) else [None] * len(cells)


def _strip_cells(record: list[str]) -> list[object]:
    return [cell or None for cell in map(str.strip, record)]


def _parse_single_line(line: str, delimiter: str) -> Row:
    """Parse a line without strict mode; return the raw line where a quote is unpaired."""
    if line.count('"') % 2 or "\0" in line:
        return line.strip() or '"'
    try:
        record = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        return _strip_cells(record)
    except csv.Error:
        return line
