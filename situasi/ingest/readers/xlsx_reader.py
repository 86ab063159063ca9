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
from situasi.ingest.readers.header_detection import SEARCHED, Heading, Recognise, find, rows_above
from situasi.ingest.tables import SourceRefused, Table, as_cells

_AT_ONCE = 1_000  # rows
_SAMPLE = 200  # rows that tell whether the words of a column come back
NO_HEADING = (
    "Tidak ada lembar dengan baris judul kolom; perlu sekurangnya dua judul yang dikenal, "
    "misalnya waktu, kecamatan dan jenis."
)


_HIDDEN = (
    "lembar tersembunyi “{}”, bukan laporan; bila laporan, tampilkan lembarnya lalu kirim lagi"
)
_HEADLESS = (
    "lembar “{}” tanpa judul kolom yang dikenal, tidak dibaca; bila laporan, beri judul kolom"
)
_NO_COLUMNS = Heading(0, -1, (), frozenset(), frozenset(), 0)


@dataclass(frozen=True)
class _Sheet:
    """One sheet: its heading, and how many rows Excel shows above the first read."""

    name: str
    cells: calamine.CalamineSheet
    heading: Heading | None
    skipped: int
    hidden: bool
    unread: tuple[table_builder.Numbered, ...] = ()


def read(path: Path, recognise: Recognise, chunk_rows: int) -> Iterator[Table]:
    """Tables of all sheets of reports, then of those left unread; rows numbered as Excel does.

    Where several sheets give rows, each row tells its sheet under marks.SHEET.
    Raises SourceRefused.
    """
    notes: list[str] = []
    sheets = []
    for name, cells, hidden in _worksheets(path):
        sheet = _looked_at(name, cells, hidden, recognise, notes)
        if sheet:
            sheets.append(sheet)
    if not any(sheet.heading and not sheet.hidden for sheet in sheets):
        raise SourceRefused(NO_HEADING)
    sheets.sort(key=lambda sheet: (sheet.heading is None, sheet.hidden))
    for index, sheet in enumerate(sheets):
        yield from _tables(sheet, index, len(sheets), chunk_rows, notes, recognise)
        notes = []


def _worksheets(path: Path) -> list[tuple[str, calamine.CalamineSheet, bool]]:
    """The worksheets that hold anything, loaded from a weighed copy; whether each is hidden."""
    found = []
    # Newer systems may briefly hold a closed file; a left-over copy must not stop the reading.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / "ditimbang.xlsx"
        xlsx_guard.weighed(path, plain)
        try:
            with calamine.CalamineWorkbook.from_path(plain) as workbook:
                for about in workbook.sheets_metadata:
                    if about.typ == calamine.SheetTypeEnum.WorkSheet:
                        hidden = about.visible != calamine.SheetVisibleEnum.Visible
                        sheet = workbook.get_sheet_by_name(about.name)
                        found.append((about.name, sheet, hidden))
        except (calamine.CalamineError, OSError, ValueError) as damage:
            raise SourceRefused(xlsx_guard.DAMAGED) from damage
    return [one for one in found if one[1].start is not None]


def _looked_at(
    name: str,
    cells: calamine.CalamineSheet,
    hidden: bool,
    recognise: Recognise,
    notes: list[str],
) -> _Sheet | None:
    """The sheet with its heading or its unread rows; None, with a note, where it has neither."""
    above = cells.start[0] if cells.start else 0
    head = [row for _, row in zip(range(SEARCHED), _rows(cells, above), strict=False)]
    try:
        heading = find(head, recognise)
    except SourceRefused:
        if not hidden:
            raise
        heading = None
    if heading:
        return _Sheet(name, cells, heading, above, hidden)
    filled = [
        (number, row, len(row) - row.count(None))
        for number, row in enumerate(_rows(cells, above), start=above + 1)
    ]
    if hidden:
        rows = sum(count > 0 for *_, count in filled)
        notes.append(f"lembar tersembunyi “{name}” dilewati: {rows} baris tanpa judul kolom")
        return None
    said = _HEADLESS.format(name)
    left = tuple(
        (number, table_builder.unread(row, said)) for number, row, count in filled if count > 1
    )
    lines = sum(count == 1 for *_, count in filled)
    if lines:
        notes.append(f"lembar “{name}” tanpa judul kolom: {lines} baris keterangan dilewati")
    return _Sheet(name, cells, None, above, hidden, left) if left else None


def _rows(cells: calamine.CalamineSheet, above: int) -> Iterator[list[object]]:
    """The rows from this one on; empty cells None, texts stripped."""
    for row in islice(cells.iter_rows(), above, None):
        yield [_cell(cell) for cell in row]


def _blocks(
    cells: calamine.CalamineSheet, above: int, width: int
) -> Iterator[table_builder.Row | table_builder.Block]:
    """The same rows, many at once where none has a cell beyond this width."""
    rows = islice(cells.iter_rows(), above, None)
    while some := list(islice(rows, _AT_ONCE)):
        columns = [_column(column) for column in zip(*some, strict=True)]
        if any(cell is not None for column in columns[width:] for cell in column):
            yield from map(list, zip(*columns, strict=True))
        else:
            columns += [[None] * len(some)] * (width - len(columns))
            yield table_builder.Block(list(map(as_cells, columns[:width])))


def _column(cells: Sequence[object]) -> Sequence[object]:
    """The cells of a column as `_cell` gives them; words that come back are one object each."""
    if not _all_sound(cells):
        return list(map(_cell, cells))
    if 2 * len(set(cells[:_SAMPLE])) > len(cells[:_SAMPLE]):
        return [cell or None for cell in map(str.strip, cells)]  # type: ignore[arg-type]
    known = {word: _cell(word) for word in set(cells)}
    return list(map(known.__getitem__, cells))


def _all_sound(cells: Sequence[object]) -> bool:
    """Whether all cells are texts of which nothing but blanks is to be cut off."""
    try:
        return reserved_columns.is_sound("".join(cells))  # type: ignore[arg-type]
    except TypeError:
        return False


def _cell(cell: object) -> object:
    if isinstance(cell, str):
        return reserved_columns.sound(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time.min)
    return cell


def _tables(
    sheet: _Sheet,
    index: int,
    count: int,
    chunk_rows: int,
    notes: Sequence[str],
    recognise: Recognise,
) -> Iterator[Table]:
    heading = sheet.heading or _NO_COLUMNS
    first = sheet.skipped + heading.last + 1
    height = sheet.cells.end[0] + 1 if sheet.cells.end else 1
    done = [0 if sheet.heading else height]

    def share() -> float:
        return (index + min(1.0, done[0] / height)) / count

    said, numbered = [f"lembar “{sheet.name}”", *notes], iter(sheet.unread)
    if sheet.heading:
        head = [
            row
            for _, row in zip(range(heading.first), _rows(sheet.cells, sheet.skipped), strict=False)
        ]
        titles, left = rows_above(head, heading, recognise)
        said += table_builder.said_of_titles([sheet.skipped + at + 1 for at in titles])
        others = (
            (sheet.skipped + at + 1, table_builder.unread(head[at], table_builder.OTHER_TABLE))
            for at in left
        )
        numbered = chain(others, _below(sheet.cells, first, len(heading.names), done))
    constants = {reserved_columns.SHEET: sheet.name} if count > 1 else {}
    if sheet.hidden:
        constants[reserved_columns.ASIDE] = _HIDDEN.format(sheet.name)
    for table in table_builder.tables(numbered, heading, chunk_rows, said, share, constants):
        yield replace(table, hidden=sheet.hidden)


def _below(
    cells: calamine.CalamineSheet, first: int, width: int, done: list[int]
) -> Iterator[table_builder.Numbered]:
    """The rows below the heading, numbered; `done` tells how far they are read."""
    merges, at = _Merged(cells, first), first
    below = _rows(cells, first) if merges else _blocks(cells, first, width)
    for part in below:
        size = len(part) if isinstance(part, table_builder.Block) else 1
        done[0] = at + size
        yield at + 1, merges.filled(at, part) if isinstance(part, list) else part
        at += size


class _Merged:
    """Gives cells merged downwards their value in every row; Excel keeps it in the first only."""

    def __init__(self, cells: calamine.CalamineSheet, first: int) -> None:
        left = cells.start[1] if cells.start else 0
        self._ends: dict[tuple[int, int], int] = {}
        for (top, column), (bottom, _) in cells.merged_cell_ranges or ():
            if bottom > top >= first and column >= left:
                self._ends[(top, column - left)] = bottom
        self._open: dict[int, tuple[int, object]] = {}

    def __bool__(self) -> bool:
        return bool(self._ends)

    def filled(self, at: int, row: list[object]) -> list[object]:
        """The row with merged values; a row with nothing else of its own stays as it is."""
        if not self._ends:
            return row
        own = row.count(None) < len(row)
        for column, (bottom, value) in list(self._open.items()):
            if at > bottom:
                del self._open[column]
            elif own and row[column] is None:
                row[column] = value
        for column, value in enumerate(row):
            bottom = self._ends.get((at, column), -1)
            if bottom > at and value is not None:
                self._open[column] = (bottom, value)
        return row
