"""A file as plain sheets of cells, without knowing its headings, and tables built from them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from itertools import islice, pairwise
from pathlib import Path

from situasi.ingest.layout import signature_rows
from situasi.ingest.layout.header_detection import HeaderRow, make_unique_names
from situasi.ingest.readers import (
    csv_reader,
    file_types,
    html_tables,
    json_reader,
    json_rows,
    reserved_columns,
    table_builder,
    text_encoding,
    word_documents,
    zip_reader,
)
from situasi.ingest.readers.limits import FILE_LIMITS, format_too_many_rows
from situasi.ingest.readers.private_copy import check_regular_file, to_source_error
from situasi.ingest.readers.table_builder import NumberedRows
from situasi.ingest.readers.workbooks import xlsx_reader
from situasi.ingest.tables import SourceError, Table

HEADER_SEARCH_ROWS = 40
_MAX_HEADING_CHARS = 120
_MIN_TABLE_ROWS = 2  # with two cells or more, without which a file is no table
_CHUNK_ROWS = 20_000
_HOUR_OR_DAY = re.compile(r"(\d{1,2}(?:[.:]\d{1,2})?)(?: ?wib)?", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:(?:jam|pukul|pkl)\W{0,2})?([01]?\d|2[0-4])[.:]([0-5]\d)(?: ?wib)?", re.IGNORECASE
)
_BROKEN_HEADING = "(baris rusak)"


class NotATable(SourceError):
    """A file in which no sheet has rows and columns."""


Row = list[object]
# (row number, column) of the first and of the last cell.
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """One sheet, or the one table of a CSV or JSON file, whose name is "".

    rows: of cells as in `Table`, without blank rows and without empty cells at the end of a row.
    row_numbers: as the sender sees them; the keys of JSON are a row with the number 0. parent: the
    sheet whose columns stand beside its own, as its rows are a repeat group of those there; None
    where they are not. parent_numbers: its rows that are such parents.
    """

    name: str
    rows: list[Row]
    row_numbers: list[int]
    is_hidden: bool = False
    merges: tuple[Merge, ...] = ()
    parent: str | None = None
    parent_numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class HeaderPosition:
    """Where a heading lies in the rows of a sheet: its first row, and how many rows it has."""

    first: int
    count: int = 1

    @property
    def end(self) -> int:
        """Return the index of the first row below it."""
        return self.first + self.count


def read_grid(path: Path, max_rows: int = FILE_LIMITS.max_rows) -> list[Sheet]:
    """Read all sheets of a file. Raises SourceError for what is no table, or beyond a limit."""
    try:
        check_regular_file(path)
        sheets = [_limit(sheet, max_rows) for sheet in read_sheets(path)]
    except OSError as failure:
        raise to_source_error(failure) from failure
    filled = [sheet for sheet in sheets if sheet.rows]
    if sum(len(sheet.rows) for sheet in filled) > max_rows:
        raise SourceError(format_too_many_rows(max_rows))
    if not any(is_table(sheet) for sheet in filled if not sheet.is_hidden):
        raise NotATable("Isi berkas ini bukan tabel: kirim baris dan kolom.")
    return filled


def is_table(sheet: Sheet) -> bool:
    """Return whether a sheet has rows and columns."""
    wide = (row for row in sheet.rows if sum(cell is not None for cell in row) > 1)
    return sum(1 for _, _ in zip(wide, range(_MIN_TABLE_ROWS), strict=False)) == _MIN_TABLE_ROWS


def _limit(sheet: Sheet, max_rows: int) -> Sheet:
    if len(sheet.rows) > max_rows + HEADER_SEARCH_ROWS:
        raise SourceError(format_too_many_rows(max_rows))
    if max(map(len, sheet.rows), default=0) > reserved_columns.MAX_COLUMNS:
        raise SourceError(reserved_columns.TOO_MANY_COLUMNS)
    return sheet


def read_heads(path: Path) -> list[Sheet]:
    """Read of all sheets the rows that may hold the headings. Raises SourceError."""
    try:
        check_regular_file(path)
        return [sheet for sheet in read_sheets(path, HEADER_SEARCH_ROWS) if sheet.rows]
    except OSError as failure:
        raise to_source_error(failure) from failure


def read_sheets(path: Path, max_rows: int | None = None) -> Iterator[Sheet]:
    """Yield the sheets of a file, whatever they hold. Raises SourceError and OSError.

    max_rows: of a table, after which its other rows are not looked at.
    """
    with path.open("rb") as file:
        head = file.read(file_types.HEAD_BYTES)
    file_types.reject_unsupported(head)
    if file_types.is_zip(head) and zip_reader.holds_tables(path):
        with zip_reader.unpack(path) as contents:
            for member in contents.members:
                for sheet in read_sheets(member.path, max_rows):
                    name = f"{member.label} / {sheet.name}" if sheet.name else member.label
                    yield replace(sheet, name=name)
        return
    is_word = word_documents.is_word(path)
    if is_word or file_types.is_html(head):
        as_text = (word_documents if is_word else html_tables).as_delimited_text
        with as_text(path) as plain:
            yield _read_plain(plain, max_rows)
        return
    if file_types.is_workbook(head):
        for raw in xlsx_reader.read_raw_sheets(path):
            numbered = islice(enumerate(raw.rows, start=raw.first_number), max_rows)
            sheet = _build_sheet(raw.name, numbered)
            yield replace(sheet, is_hidden=raw.is_hidden, merges=raw.merges)
        return
    encoding = text_encoding.detect(path)
    kind = json_reader.detect_kind(path, encoding)
    if kind:
        yield _read_objects(_unwrap(list(json_reader.read_raw_rows(path, encoding, kind))))
        return
    yield _read_plain(path, max_rows)


def _read_plain(path: Path, max_rows: int | None) -> Sheet:
    """Return the one sheet of a delimited text."""
    rows = islice(csv_reader.read_raw_rows(path, text_encoding.detect(path)), max_rows)
    return _build_sheet("", ((number, _to_cells(row)) for number, row in rows))


def _to_cells(row: table_builder.Row) -> Row:
    """Return the cells of a row; one that could not be split is one cell."""
    return row if isinstance(row, list) else [row if isinstance(row, str) else row.text]


def _build_sheet(name: str, numbered_rows: Iterable[tuple[int, Row]]) -> Sheet:
    sheet = Sheet(name, [], [])
    for number, row in numbered_rows:
        cells = [_clean_cell(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            sheet.rows.append(cells)
            sheet.row_numbers.append(number)
    return sheet


def _clean_cell(cell: object) -> object:
    return reserved_columns.clean_text(str(cell)) if isinstance(cell, str | bool) else cell


def _unwrap(objects: list[tuple[int, dict[str, object]]]) -> list[tuple[int, dict[str, object]]]:
    """Return the objects of the longest list in a document that is a single object around it."""
    if len(objects) != 1:
        return objects
    lists = [_parse_list(cell) for cell in objects[0][1].values()]
    longest = max(lists, key=len, default=[])
    return list(enumerate(map(json_rows.to_row, longest), start=1)) or objects


def _parse_list(cell: object) -> list[object]:
    """Return a list of objects that stands as text in a cell; empty for anything else."""
    if not (isinstance(cell, str) and cell.startswith("[{")):
        return []
    try:
        value = json_rows.DECODER.decode(cell)
    except json_rows.DECODE_ERRORS:
        return []
    return value if isinstance(value, list) else []


def _read_objects(objects: Iterable[tuple[int, dict[str, object]]]) -> Sheet:
    """Return objects as rows under a row of all their keys, in order of appearance."""
    headings: dict[str, int] = {}
    numbered: list[tuple[int, Row]] = [(0, [])]
    for number, cells in objects:
        row: Row = [None] * len(headings)
        for key, cell in cells.items():
            name = _BROKEN_HEADING if key in reserved_columns.ALL else key
            position = headings.setdefault(name, len(headings))
            row.extend([None] * (position + 1 - len(row)))
            row[position] = cell
        numbered.append((number, row))
        if len(headings) > reserved_columns.MAX_COLUMNS:
            raise SourceError(reserved_columns.TOO_MANY_COLUMNS)
    numbered[0] = (0, list(headings))
    return _build_sheet("", numbered)


def guess_header(rows: Sequence[Row]) -> HeaderPosition:
    """Return where the heading most likely lies: the first row of short texts above other rows.

    A second row belongs to it where it fills gaps of the first, as below merged group titles.
    """
    head = rows[:HEADER_SEARCH_ROWS]
    widest = max((_count_filled(row) for row in head), default=0)
    for index, row in enumerate(head):
        is_heading = is_heading_like(row) or _has_numbered_columns(row)
        if _count_filled(row) >= max(2, widest / 2) and is_heading:
            return HeaderPosition(index, guess_count(head, index))
    wide = (index for index, row in enumerate(head) if _count_filled(row) >= max(2, widest / 2))
    return HeaderPosition(next(wide, 0))


def guess_count(rows: Sequence[Row], first: int) -> int:
    """Return how many rows a heading most likely has whose first row is known."""
    below = rows[first + 1] if first + 1 < len(rows) else []
    return 2 if _continues_heading(rows[first], below) else 1


def _count_filled(row: Row) -> int:
    return sum(cell is not None for cell in row)


def is_heading_like(row: Row) -> bool:
    """Return whether most cells are short texts that hold more letters than digits."""
    texts = [cell for cell in row if isinstance(cell, str)]
    named = [text for text in texts if len(text) <= _MAX_HEADING_CHARS and _has_letters(text)]
    return len(named) >= 0.8 * _count_filled(row) and len({*named}) >= 0.6 * len(named)


def _has_numbered_columns(row: Row) -> bool:
    """Return whether names are followed by growing numbers alone: hours or days as headings."""
    texts = ["" if cell is None else str(cell).strip() for cell in row]
    numbers = [_read_number(text) for text in texts]
    first = next((i for i, number in enumerate(numbers) if number is not None), len(texts))
    names, growing = [text for text in texts[:first] if text], numbers[first:]
    while growing and growing[-1] is None and not texts[first + len(growing) - 1]:
        growing.pop()
    return (
        len(names) > 1
        and all(map(_has_letters, names))
        and len(growing) > 1
        and all(a is not None and b is not None and a < b for a, b in pairwise(growing))
    )


def _read_number(text: str) -> float | None:
    """Return an hour or a day as a number: 8.3 of `08.30`; None for all other cells."""
    match = _HOUR_OR_DAY.fullmatch(text)
    return float(match[1].replace(":", ".")) if match else None


def _has_letters(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters > 0 and letters >= sum(map(str.isdigit, text))


def _continues_heading(row: Row, below: Row) -> bool:
    if _names_hours(row, below):
        return True
    if not below or not all(cell is None or isinstance(cell, str) for cell in below):
        return False
    if any(any(map(str.isdigit, str(cell))) for cell in below if cell is not None):
        return False
    fills = [i for i, cell in enumerate(below) if cell is not None]
    gaps = [i for i in fills if i >= len(row) or row[i] is None]
    return bool(gaps) and len(fills) < max(len(row), len(below))


def _names_hours(row: Row, below: Row) -> bool:
    """Return whether a row holds nothing but growing hours, below a title that spans them."""
    fills = [i for i, cell in enumerate(below) if cell is not None]
    clocks = [_read_clock(below[i]) for i in fills]
    return (
        len(fills) > 1
        and all(clock is not None for clock in clocks)
        and all(a < b for a, b in pairwise(filter(None, clocks)))
        and any(i >= len(row) or row[i] is None for i in fills)
        and _count_filled(row[: fills[0]]) > 0
    )


def _read_clock(cell: object) -> str | None:
    """Return an hour with its minutes as `08.00`; None for all other cells."""
    if isinstance(cell, time):
        return f"{cell:%H.%M}"
    match = _CLOCK.fullmatch(cell.strip()) if isinstance(cell, str) else None
    return f"{int(match[1]):02d}.{match[2]}" if match else None


def build_headings(sheet: Sheet, header: HeaderPosition) -> tuple[str | None, ...]:
    """Return one unique heading per column; that of several rows is joined, group title first."""
    rows = [list(row) for row in sheet.rows[header.first : header.end]]
    width = max(map(len, sheet.rows[header.first :]), default=0)
    titles = [_spread_titles(row, width, rows[index + 1 :]) for index, row in enumerate(rows)]
    texts = [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*titles, strict=True)]
    return make_unique_names(texts)


def _spread_titles(row: Row, width: int, below: Sequence[Row]) -> list[str]:
    """Return the texts of a heading row; a group title also stands above its other columns."""
    texts, title = [], ""
    for column in range(width):
        cell = row[column] if column < len(row) else None
        has_text_below = any(column < len(other) and other[column] is not None for other in below)
        text = "" if cell is None else " ".join(str(cell).split())
        title = text or (title if has_text_below else "")
        texts.append(title)
    return texts


@dataclass
class _MergedValues:
    """Values of vertically merged cells, for the rows below the first."""

    merges: Sequence[Merge]
    active: dict[int, tuple[int, object]] = field(default_factory=dict)

    def fill(self, number: int, row: Row) -> Row:
        """Return the row with merged values; rows come in order."""
        for column, (bottom, value) in list(self.active.items()):
            if number > bottom:
                del self.active[column]
            else:
                row.extend([None] * (column + 1 - len(row)))
                row[column] = value if row[column] is None else row[column]
        for (top, column), (bottom, _) in self.merges:
            if top == number and column < len(row) and row[column] is not None:
                self.active[column] = (bottom, row[column])
        return row


def build_tables(
    sheet: Sheet,
    header: HeaderPosition,
    *,
    notes: Sequence[str] = (),
    has_sheet_column: bool = False,
) -> Iterator[Table]:
    """Yield the rows below a heading as tables, like the readers do; at least one.

    A row that only numbers the columns is left out, and the signatures below, with a note.
    has_sheet_column: rows name their sheet, as where a workbook has several.
    """
    names = build_headings(sheet, header)
    texts = frozenset(
        " ".join(str(cell).casefold().split())
        for row in sheet.rows[header.first : header.end]
        for cell in row
        if cell is not None
    )
    letters = frozenset(letter for text in texts for letter in text[:1] + text[:1].upper())
    heading = HeaderRow(header.first, header.end - 1, names, texts, letters, 0)
    first = header.end
    if first < len(sheet.rows) and _is_numbering(sheet.rows[first]):
        first += 1
    merged = _MergedValues([
        merge for merge in sheet.merges
        if merge[0][0] > sheet.row_numbers[header.end - 1] and merge[1][0] > merge[0][0]
    ])  # fmt: skip
    rows: Iterator[NumberedRows] = (
        (number, merged.fill(number, list(row)) if merged.merges else list(row))
        for number, row in zip(sheet.row_numbers[first:], sheet.rows[first:], strict=True)
    )
    constants = {reserved_columns.SHEET: sheet.name} if has_sheet_column else {}
    signatures: list[int] = []
    tables = table_builder.build_tables(
        signature_rows.drop_signatures(rows, len(names), signatures),
        heading, _CHUNK_ROWS, notes, constants=constants,
        get_late_notes=lambda: signature_rows.format_notes(signatures),
    )  # fmt: skip
    for table in tables:
        yield replace(table, is_hidden=sheet.is_hidden)


def _is_numbering(row: Row) -> bool:
    """Return whether a row only numbers its columns: (1) (2) (3)."""
    texts = [str(cell).strip("(). ").removesuffix(".0") for cell in row if cell is not None]
    return len(texts) > 2 and texts == [str(number) for number in range(1, len(texts) + 1)]
