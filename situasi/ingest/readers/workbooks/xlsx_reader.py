"""Reader of workbooks (XLSX, XLS, ODS): every sheet with a heading row, cells as they are stored.

Rows of hidden sheets, and of sheets without a heading, are returned too, marked as not reports.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path

import python_calamine as calamine

from situasi.ingest.layout import signature_rows, stacked
from situasi.ingest.layout.header_detection import (
    HEADER_SEARCH_ROWS,
    HeaderRow,
    HeaderScorer,
    classify_rows_above,
    find_header,
)
from situasi.ingest.layout.pivot_rows import unfold_pivot
from situasi.ingest.layout.vertical_forms import lay_out_form
from situasi.ingest.readers import file_types, reserved_columns, table_builder
from situasi.ingest.readers.workbooks import ods_sheets, xls_sheets, xlsx_guard
from situasi.ingest.readers.workbooks.plain_sheet import CellSheet, PlainSheet
from situasi.ingest.tables import SourceError, Table, UnknownHeadings, to_cell_array

_BLOCK_ROWS = 1_000  # rows
_MAX_STACKED_ROWS = 3_000  # rows of a sheet made by hand, which may hold several tables
_SAMPLE_ROWS = 200  # rows checked to see whether the texts of a column repeat
NO_HEADER = (
    "Tidak ada lembar dengan baris judul kolom; perlu sekurangnya dua judul yang dikenal, "
    "misalnya waktu, kecamatan dan jenis."
)


_HIDDEN_SHEET = (
    "lembar tersembunyi “{}”, bukan laporan; bila laporan, tampilkan lembarnya lalu kirim lagi"
)
_SHEET_WITHOUT_HEADER = (
    "lembar “{}” tanpa judul kolom yang dikenal, tidak dibaca; bila laporan, beri judul kolom"
)
_EMPTY_HEADER = HeaderRow(0, -1, (), frozenset(), frozenset(), 0)


@dataclass(frozen=True)
class _Sheet:
    """One sheet, or a table of it: its heading, and how many rows Excel shows above the first.

    titles_of_sheet: those above another table of the same sheet.
    """

    name: str
    cells: CellSheet
    header: HeaderRow | None
    rows_above_count: int
    hidden: bool
    unread_rows: tuple[table_builder.NumberedRows, ...] = ()
    titles_of_sheet: tuple[str, ...] = ()


def read(path: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    """Yield the tables of all sheets of reports, then the unread sheets; rows numbered as in Excel.

    Where several sheets have rows, each row names its sheet under reserved_columns.SHEET.
    Raises SourceError.
    """
    notes: list[str] = []
    cover: list[str] = []
    sheets = []
    for name, whole, hidden in _worksheets(path):
        for cells, titles in _split_stacked(name, whole, score_header, notes):
            sheet = _inspect_sheet(name, cells, hidden, score_header, notes, cover)
            if sheet:
                sheets.append(replace(sheet, titles_of_sheet=titles))
    if not any(sheet.header and not sheet.hidden for sheet in sheets):
        raise UnknownHeadings(NO_HEADER)
    sheets.sort(key=lambda sheet: (sheet.header is None, sheet.hidden))
    for index, sheet in enumerate(sheets):
        for table in _read_sheet(sheet, index, len(sheets), chunk_rows, notes, score_header):
            shared = stacked.leave_out_replaced(sheet.titles_of_sheet, table.titles)
            yield replace(table, cover=tuple(cover), titles_of_sheet=shared)
        notes = []


def _split_stacked(
    name: str, cells: CellSheet, score_header: HeaderScorer, notes: list[str]
) -> Iterator[tuple[CellSheet, tuple[str, ...]]]:
    """Yield a sheet, or each of its tables that lie one below the other, rows at their numbers.

    A pivot table has its places in columns of their own.

    With each: the titles above the first of them, which are those of all, but for numbered ones.
    """
    (top, left), (bottom, _) = cells.start or (0, 0), cells.end or (0, 0)
    is_small = bottom - top < _MAX_STACKED_ROWS
    rows = list(_iterate_rows(cells, top)) if is_small else []
    if pivot := unfold_pivot(rows):
        notes.append(f"tabel pivot di lembar “{name}”: tempat dibaca dari susunan barisnya")
        yield PlainSheet([*[[]] * top, *map(_to_plain, pivot)]), ()
        return
    tables = stacked.find_stacked_tables(rows, score_header)
    if not tables:
        yield cells, ()
        return
    notes.append(stacked.format_note(tables, top + 1, f" di lembar “{name}”"))
    shared = stacked.list_shared_titles(rows, tables)
    merges = [
        ((first_row, first - left), (last_row, last - left))
        for (first_row, first), (last_row, last) in cells.merged_cell_ranges or ()
        if first >= left
    ]
    ends = [*(table.first_index for table in tables[1:]), len(rows)]
    for index, (table, end) in enumerate(zip(tables, ends, strict=True)):
        part = list(map(_to_plain, rows[:end]))
        part[: table.first_index] = [[]] * table.first_index
        within = [m for m in merges if top + table.first_index <= m[0][0] < top + end]
        yield PlainSheet([*[[]] * top, *part], within), shared if index else ()


def _to_plain(row: Sequence[object]) -> list[object]:
    return ["" if cell is None else cell for cell in row]


def _worksheets(path: Path) -> list[tuple[str, CellSheet, bool]]:
    """Return the worksheets that are not empty, and whether each is hidden. Raises SourceError."""
    with path.open("rb") as file:
        is_old = file_types.is_ole2(file.read(8))
    if is_old:
        worksheets = xls_sheets.read(path)
    elif ods_sheets.is_ods(path):
        worksheets = ods_sheets.read(path)
    else:
        worksheets = _read_xlsx(path)
    return [worksheet for worksheet in worksheets if worksheet[1].start is not None]


def _read_xlsx(path: Path) -> list[tuple[str, CellSheet, bool]]:
    """Return the worksheets of an XLSX file, from a checked copy."""
    worksheets: list[tuple[str, CellSheet, bool]] = []
    # Some systems keep a closed file locked briefly; a left-over copy must not stop the reading.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / "ditimbang.xlsx"
        xlsx_guard.copy_checked(path, plain)
        try:
            with calamine.CalamineWorkbook.from_path(plain) as workbook:
                for metadata in workbook.sheets_metadata:
                    if metadata.typ == calamine.SheetTypeEnum.WorkSheet:
                        hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
                        sheet = workbook.get_sheet_by_name(metadata.name)
                        worksheets.append((metadata.name, sheet, hidden))
        except (calamine.CalamineError, OSError, ValueError) as damage:
            raise SourceError(xlsx_guard.DAMAGED) from damage
    return worksheets


def _inspect_sheet(
    name: str,
    cells: CellSheet,
    hidden: bool,
    score_header: HeaderScorer,
    notes: list[str],
    cover: list[str],
) -> _Sheet | None:
    """Return the sheet with its heading or unread rows; None, with a note, where it has neither.

    The lines of a sheet without rows are added to `cover`.
    """
    rows_above = cells.start[0] if cells.start else 0
    head = [
        row
        for _, row in zip(range(HEADER_SEARCH_ROWS), _iterate_rows(cells, rows_above), strict=False)
    ]
    try:
        heading = find_header(head, score_header)
    except SourceError:
        if not hidden:
            raise
        heading = None
    if heading is None and len(head) < HEADER_SEARCH_ROWS:
        form = lay_out_form(head, score_header)
        if form and (heading := find_header(form, score_header)):
            cells = PlainSheet([*[()] * rows_above, *(map(_to_plain, form))])
            notes.append(f"lembar “{name}” dibaca sebagai formulir: judul di kiri, isi di kanan")
    if heading:
        return _Sheet(name, cells, heading, rows_above, hidden)
    filled = [
        (number, row, len(row) - row.count(None))
        for number, row in enumerate(_iterate_rows(cells, rows_above), start=rows_above + 1)
    ]
    if hidden:
        rows = sum(count > 0 for *_, count in filled)
        notes.append(f"lembar tersembunyi “{name}” dilewati: {rows} baris tanpa judul kolom")
        return None
    reason = _SHEET_WITHOUT_HEADER.format(name)
    unread = tuple(
        (number, table_builder.make_unread_row(row, reason))
        for number, row, count in filled
        if count > 1
    )
    lines = sum(count == 1 for *_, count in filled)
    if lines:
        notes.append(f"lembar “{name}” tanpa judul kolom: {lines} baris keterangan dilewati")
    if not unread:
        cover += table_builder.format_titles([row for _, row, count in filled if count == 1])
    return _Sheet(name, cells, None, rows_above, hidden, unread) if unread else None


def _iterate_rows(cells: CellSheet, first_row: int) -> Iterator[list[object]]:
    """Yield the rows from this one on; empty cells None, texts stripped."""
    for row in islice(cells.iter_rows(), first_row, None):
        yield [_to_cell(cell) for cell in row]


def _iterate_blocks(
    cells: CellSheet, first_row: int, width: int
) -> Iterator[table_builder.Row | table_builder.Block]:
    """Yield the same rows, as Blocks where no row has a cell beyond this width."""
    rows = islice(cells.iter_rows(), first_row, None)
    while batch := list(islice(rows, _BLOCK_ROWS)):
        columns = [_to_column(column) for column in zip(*batch, strict=True)]
        if any(cell is not None for column in columns[width:] for cell in column):
            yield from map(list, zip(*columns, strict=True))
        else:
            columns += [[None] * len(batch)] * (width - len(columns))
            yield table_builder.Block(list(map(to_cell_array, columns[:width])))


def _to_column(cells: Sequence[object]) -> Sequence[object]:
    """Convert the cells of a column as `_to_cell` does; repeated texts share one object."""
    if not _are_all_storable_texts(cells):
        return list(map(_to_cell, cells))
    if 2 * len(set(cells[:_SAMPLE_ROWS])) > len(cells[:_SAMPLE_ROWS]):
        return [cell or None for cell in map(str.strip, cells)]  # type: ignore[arg-type]
    cleaned = {text: _to_cell(text) for text in set(cells)}
    return list(map(cleaned.__getitem__, cells))


def _are_all_storable_texts(cells: Sequence[object]) -> bool:
    """Return whether all cells are texts from which only blanks have to be stripped."""
    try:
        return reserved_columns.is_storable_text("".join(cells))  # type: ignore[arg-type]
    except TypeError:
        return False


def _to_cell(cell: object) -> object:
    if isinstance(cell, str):
        return reserved_columns.clean_text(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time.min)
    return cell


def _read_sheet(
    sheet: _Sheet,
    index: int,
    count: int,
    chunk_rows: int,
    notes: Sequence[str],
    score_header: HeaderScorer,
) -> Iterator[Table]:
    heading = sheet.header or _EMPTY_HEADER
    first_row = sheet.rows_above_count + heading.last_index + 1
    height = sheet.cells.end[0] + 1 if sheet.cells.end else 1
    rows_done = [0 if sheet.header else height]

    def progress() -> float:
        return (index + min(1.0, rows_done[0] / height)) / count

    sheet_notes, rows = [f"lembar “{sheet.name}”", *notes], iter(sheet.unread_rows)
    titles: tuple[str, ...] = ()
    signatures: list[int] = []
    if sheet.header:
        head = [
            row
            for _, row in zip(
                range(heading.first_index),
                _iterate_rows(sheet.cells, sheet.rows_above_count),
                strict=False,
            )
        ]
        title_indexes, unread = classify_rows_above(head, heading, score_header)
        titles = table_builder.format_titles([head[index] for index in title_indexes])
        sheet_notes += table_builder.format_title_notes(
            [sheet.rows_above_count + i + 1 for i in title_indexes]
        )
        unread_rows = (
            (
                sheet.rows_above_count + i + 1,
                table_builder.make_unread_row(head[i], table_builder.OTHER_TABLE),
            )
            for i in unread
        )
        width = len(heading.column_names)
        below = _number_rows_below(sheet.cells, first_row, width, rows_done)
        rows = chain(unread_rows, signature_rows.drop_signatures(below, width, signatures))
    constants = {reserved_columns.SHEET: sheet.name} if count > 1 else {}
    if sheet.hidden:
        constants[reserved_columns.NOT_A_REPORT] = _HIDDEN_SHEET.format(sheet.name)
    for table in table_builder.build_tables(
        rows,
        heading,
        chunk_rows,
        sheet_notes,
        progress,
        constants,
        lambda: signature_rows.format_notes(signatures),
    ):
        yield replace(table, is_hidden=sheet.hidden, titles=titles, sheet=sheet.name)


def _number_rows_below(
    cells: CellSheet, first_row: int, width: int, rows_done: list[int]
) -> Iterator[table_builder.NumberedRows]:
    """Yield the numbered rows below the heading; rows_done[0] is how many rows have been read."""
    merges, row_index = _MergedCells(cells, first_row), first_row
    below = _iterate_rows(cells, first_row) if merges else _iterate_blocks(cells, first_row, width)
    for part in below:
        size = len(part) if isinstance(part, table_builder.Block) else 1
        rows_done[0] = row_index + size
        yield row_index + 1, merges.fill(row_index, part) if isinstance(part, list) else part
        row_index += size


class _MergedCells:
    """Vertically merged cells: gives every row the value that Excel keeps in the first row only."""

    def __init__(self, cells: CellSheet, first_row: int) -> None:
        left = cells.start[1] if cells.start else 0
        self._last_rows: dict[tuple[int, int], int] = {}
        for (top, column), (bottom, _) in cells.merged_cell_ranges or ():
            if bottom > top >= first_row and column >= left:
                self._last_rows[(top, column - left)] = bottom
        self._active_values: dict[int, tuple[int, object]] = {}

    def __bool__(self) -> bool:
        return bool(self._last_rows)

    def fill(self, row_index: int, row: list[object]) -> list[object]:
        """Return the row with merged values; a row with no value of its own stays as it is."""
        if not self._last_rows:
            return row
        has_values = row.count(None) < len(row)
        for column, (bottom, value) in list(self._active_values.items()):
            if row_index > bottom:
                del self._active_values[column]
            elif has_values and row[column] is None:
                row[column] = value
        for column, value in enumerate(row):
            bottom = self._last_rows.get((row_index, column), -1)
            if bottom > row_index and value is not None:
                self._active_values[column] = (bottom, value)
        return row


@dataclass(frozen=True)
class RawSheet:
    """A sheet without its meaning. rows: from `first_number` on, as Excel numbers them.

    merges: merged ranges as ((row number, column), (row number, column)), columns from 0 as in
    `rows`.
    """

    name: str
    is_hidden: bool
    first_number: int
    rows: Iterator[list[object]]
    merges: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def read_raw_sheets(path: Path) -> Iterator[RawSheet]:
    """Yield the sheets that are not empty, whatever their headings. Raises SourceError."""
    for name, cells, is_hidden in _worksheets(path):
        top, left = cells.start or (0, 0)
        merges = tuple(
            ((first_row + 1, first_column - left), (last_row + 1, last_column - left))
            for (first_row, first_column), (last_row, last_column) in cells.merged_cell_ranges or ()
            if first_column >= left
        )
        yield RawSheet(name, is_hidden, top + 1, _iterate_rows(cells, top), merges)
