"""Workbooks (XLSX, XLSM): every sheet with a heading row, cells as Excel holds them.

Rows of hidden sheets, and of sheets without a heading, are given too, marked as no reports.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path

import python_calamine as calamine

from situasi.ingest.readers import reserved_columns, table_builder, xlsx_guard
from situasi.ingest.readers.header_detection import (
    HEADER_SEARCH_ROWS,
    HeaderRow,
    HeaderScorer,
    classify_rows_above,
    find_header,
)
from situasi.ingest.tables import SourceError, Table, to_cell_array

_BLOCK_ROWS = 1_000  # rows
_SAMPLE_ROWS = 200  # rows that tell whether the words of a column come back
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
    """One sheet: its heading, and how many rows Excel shows above the first read."""

    name: str
    cells: calamine.CalamineSheet
    header: HeaderRow | None
    rows_above_count: int
    hidden: bool
    unread_rows: tuple[table_builder.NumberedRows, ...] = ()


def read(path: Path, score_header: HeaderScorer, chunk_rows: int) -> Iterator[Table]:
    """Tables of all sheets of reports, then of those left unread; rows numbered as Excel does.

    Where several sheets give rows, each row tells its sheet under marks.SHEET.
    Raises SourceRefused.
    """
    notes: list[str] = []
    sheets = []
    for name, cells, hidden in _worksheets(path):
        sheet = _inspect_sheet(name, cells, hidden, score_header, notes)
        if sheet:
            sheets.append(sheet)
    if not any(sheet.header and not sheet.hidden for sheet in sheets):
        raise SourceError(NO_HEADER)
    sheets.sort(key=lambda sheet: (sheet.header is None, sheet.hidden))
    for index, sheet in enumerate(sheets):
        yield from _read_sheet(sheet, index, len(sheets), chunk_rows, notes, score_header)
        notes = []


def _worksheets(path: Path) -> list[tuple[str, calamine.CalamineSheet, bool]]:
    """The worksheets that hold anything, loaded from a weighed copy; whether each is hidden."""
    found = []
    # Newer systems may briefly hold a closed file; a left-over copy must not stop the reading.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / "ditimbang.xlsx"
        xlsx_guard.copy_checked(path, plain)
        try:
            with calamine.CalamineWorkbook.from_path(plain) as workbook:
                for about in workbook.sheets_metadata:
                    if about.typ == calamine.SheetTypeEnum.WorkSheet:
                        hidden = about.visible != calamine.SheetVisibleEnum.Visible
                        sheet = workbook.get_sheet_by_name(about.name)
                        found.append((about.name, sheet, hidden))
        except (calamine.CalamineError, OSError, ValueError) as damage:
            raise SourceError(xlsx_guard.DAMAGED) from damage
    return [one for one in found if one[1].start is not None]


def _inspect_sheet(
    name: str,
    cells: calamine.CalamineSheet,
    hidden: bool,
    score_header: HeaderScorer,
    notes: list[str],
) -> _Sheet | None:
    """The sheet with its heading or its unread rows; None, with a note, where it has neither."""
    above = cells.start[0] if cells.start else 0
    head = [
        row for _, row in zip(range(HEADER_SEARCH_ROWS), _iterate_rows(cells, above), strict=False)
    ]
    try:
        heading = find_header(head, score_header)
    except SourceError:
        if not hidden:
            raise
        heading = None
    if heading:
        return _Sheet(name, cells, heading, above, hidden)
    filled = [
        (number, row, len(row) - row.count(None))
        for number, row in enumerate(_iterate_rows(cells, above), start=above + 1)
    ]
    if hidden:
        rows = sum(count > 0 for *_, count in filled)
        notes.append(f"lembar tersembunyi “{name}” dilewati: {rows} baris tanpa judul kolom")
        return None
    said = _SHEET_WITHOUT_HEADER.format(name)
    left = tuple(
        (number, table_builder.make_unread_row(row, said))
        for number, row, count in filled
        if count > 1
    )
    lines = sum(count == 1 for *_, count in filled)
    if lines:
        notes.append(f"lembar “{name}” tanpa judul kolom: {lines} baris keterangan dilewati")
    return _Sheet(name, cells, None, above, hidden, left) if left else None


def _iterate_rows(cells: calamine.CalamineSheet, first_row: int) -> Iterator[list[object]]:
    """The rows from this one on; empty cells None, texts stripped."""
    for row in islice(cells.iter_rows(), first_row, None):
        yield [_to_cell(cell) for cell in row]


def _iterate_blocks(
    cells: calamine.CalamineSheet, first_row: int, width: int
) -> Iterator[table_builder.Row | table_builder.Block]:
    """The same rows, many at once where none has a cell beyond this width."""
    rows = islice(cells.iter_rows(), first_row, None)
    while some := list(islice(rows, _BLOCK_ROWS)):
        columns = [_to_column(column) for column in zip(*some, strict=True)]
        if any(cell is not None for column in columns[width:] for cell in column):
            yield from map(list, zip(*columns, strict=True))
        else:
            columns += [[None] * len(some)] * (width - len(columns))
            yield table_builder.Block(list(map(to_cell_array, columns[:width])))


def _to_column(cells: Sequence[object]) -> Sequence[object]:
    """The cells of a column as `_cell` gives them; words that come back are one object each."""
    if not _are_all_storable_texts(cells):
        return list(map(_to_cell, cells))
    if 2 * len(set(cells[:_SAMPLE_ROWS])) > len(cells[:_SAMPLE_ROWS]):
        return [cell or None for cell in map(str.strip, cells)]  # type: ignore[arg-type]
    known = {word: _to_cell(word) for word in set(cells)}
    return list(map(known.__getitem__, cells))


def _are_all_storable_texts(cells: Sequence[object]) -> bool:
    """Whether all cells are texts of which nothing but blanks is to be cut off."""
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
    first = sheet.rows_above_count + heading.last_index + 1
    height = sheet.cells.end[0] + 1 if sheet.cells.end else 1
    done = [0 if sheet.header else height]

    def share() -> float:
        return (index + min(1.0, done[0] / height)) / count

    said, numbered = [f"lembar “{sheet.name}”", *notes], iter(sheet.unread_rows)
    if sheet.header:
        head = [
            row
            for _, row in zip(
                range(heading.first_index),
                _iterate_rows(sheet.cells, sheet.rows_above_count),
                strict=False,
            )
        ]
        titles, left = classify_rows_above(head, heading, score_header)
        said += table_builder.format_title_notes([sheet.rows_above_count + at + 1 for at in titles])
        others = (
            (
                sheet.rows_above_count + at + 1,
                table_builder.make_unread_row(head[at], table_builder.OTHER_TABLE),
            )
            for at in left
        )
        numbered = chain(
            others, _number_rows_below(sheet.cells, first, len(heading.column_names), done)
        )
    constants = {reserved_columns.SHEET: sheet.name} if count > 1 else {}
    if sheet.hidden:
        constants[reserved_columns.NOT_A_REPORT] = _HIDDEN_SHEET.format(sheet.name)
    for table in table_builder.build_tables(numbered, heading, chunk_rows, said, share, constants):
        yield replace(table, is_hidden=sheet.hidden)


def _number_rows_below(
    cells: calamine.CalamineSheet, first_row: int, width: int, rows_done: list[int]
) -> Iterator[table_builder.NumberedRows]:
    """The rows below the heading, numbered; `done` tells how far they are read."""
    merges, at = _MergedCells(cells, first_row), first_row
    below = _iterate_rows(cells, first_row) if merges else _iterate_blocks(cells, first_row, width)
    for part in below:
        size = len(part) if isinstance(part, table_builder.Block) else 1
        rows_done[0] = at + size
        yield at + 1, merges.fill(at, part) if isinstance(part, list) else part
        at += size


class _MergedCells:
    """Gives cells merged downwards their value in every row; Excel keeps it in the first only."""

    def __init__(self, cells: calamine.CalamineSheet, first_row: int) -> None:
        left = cells.start[1] if cells.start else 0
        self._last_rows: dict[tuple[int, int], int] = {}
        for (top, column), (bottom, _) in cells.merged_cell_ranges or ():
            if bottom > top >= first_row and column >= left:
                self._last_rows[(top, column - left)] = bottom
        self._active_values: dict[int, tuple[int, object]] = {}

    def __bool__(self) -> bool:
        return bool(self._last_rows)

    def fill(self, row_index: int, row: list[object]) -> list[object]:
        """The row with merged values; a row with nothing else of its own stays as it is."""
        if not self._last_rows:
            return row
        own = row.count(None) < len(row)
        for column, (bottom, value) in list(self._active_values.items()):
            if row_index > bottom:
                del self._active_values[column]
            elif own and row[column] is None:
                row[column] = value
        for column, value in enumerate(row):
            bottom = self._last_rows.get((row_index, column), -1)
            if bottom > row_index and value is not None:
                self._active_values[column] = (bottom, value)
        return row
