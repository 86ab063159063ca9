"""Workbooks (XLSX, XLSM): every visible sheet with a heading row, cells as Excel holds them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path

import python_calamine as calamine

from situasi.feeds.reading import gather, marks, piece, weigh
from situasi.feeds.reading.headings_row import SEARCHED, Heading, Recognise, find
from situasi.feeds.table import SourceRefused, Table, as_cells

_AT_ONCE = 1_000  # rows
_SAMPLE = 200  # rows that tell whether the words of a column come back
NO_HEADING = (
    "Tidak ada lembar dengan baris judul kolom; perlu sekurangnya dua judul yang dikenal, "
    "misalnya waktu, kecamatan dan jenis."
)


@dataclass(frozen=True)
class _Sheet:
    """One sheet of reports: its heading, and how many rows Excel shows above the first read."""

    name: str
    cells: calamine.CalamineSheet
    heading: Heading
    skipped: int


def read(path: Path, recognise: Recognise, chunk_rows: int) -> Iterator[Table]:
    """Tables of all sheets of reports, in the workbook's order; rows numbered as Excel does.

    Where several sheets hold reports, each row tells its sheet under marks.SHEET.
    Raises SourceRefused.
    """
    notes: list[str] = []
    sheets: list[_Sheet] = []
    for name, cells in _visible(path, notes):
        sheet = _with_heading(name, cells, recognise)
        if sheet:
            sheets.append(sheet)
        elif cells.start is not None:
            notes.append(f"lembar “{name}” dilewati: tanpa judul kolom yang dikenal")
    if not sheets:
        raise SourceRefused(NO_HEADING)
    for index, sheet in enumerate(sheets):
        yield from _tables(sheet, index, len(sheets), chunk_rows, notes)
        notes = []


def _visible(path: Path, notes: list[str]) -> list[tuple[str, calamine.CalamineSheet]]:
    """The visible worksheets, loaded from a weighed copy of the file."""
    visible = []
    # Newer systems may briefly hold a closed file; a left-over copy must not stop the reading.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / "ditimbang.xlsx"
        weigh.weighed(path, plain)
        try:
            with calamine.CalamineWorkbook.from_path(plain) as workbook:
                for about in workbook.sheets_metadata:
                    if about.typ != calamine.SheetTypeEnum.WorkSheet:
                        continue
                    if about.visible != calamine.SheetVisibleEnum.Visible:
                        notes.append(f"lembar tersembunyi “{about.name}” dilewati")
                        continue
                    visible.append((about.name, workbook.get_sheet_by_name(about.name)))
        except (calamine.CalamineError, OSError, ValueError) as damage:
            raise SourceRefused(weigh.DAMAGED) from damage
    return visible


def _with_heading(name: str, cells: calamine.CalamineSheet, recognise: Recognise) -> _Sheet | None:
    if cells.start is None:
        return None
    above = cells.start[0]
    head = [row for _, row in zip(range(SEARCHED), _rows(cells, above), strict=False)]
    heading = find(head, recognise)
    return _Sheet(name, cells, heading, above) if heading else None


def _rows(cells: calamine.CalamineSheet, above: int) -> Iterator[list[object]]:
    """The rows from this one on; empty cells None, texts stripped."""
    for row in islice(cells.iter_rows(), above, None):
        yield [_cell(cell) for cell in row]


def _blocks(
    cells: calamine.CalamineSheet, above: int, width: int
) -> Iterator[piece.Row | piece.Block]:
    """The same rows, many at once where none has a cell beyond this width."""
    rows = islice(cells.iter_rows(), above, None)
    while some := list(islice(rows, _AT_ONCE)):
        columns = [_column(column) for column in zip(*some, strict=True)]
        if any(cell is not None for column in columns[width:] for cell in column):
            yield from map(list, zip(*columns, strict=True))
        else:
            columns += [[None] * len(some)] * (width - len(columns))
            yield piece.Block(list(map(as_cells, columns[:width])))


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
        return marks.is_sound("".join(cells))  # type: ignore[arg-type]
    except TypeError:
        return False


def _cell(cell: object) -> object:
    if isinstance(cell, str):
        return marks.sound(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time.min)
    return cell


def _tables(
    sheet: _Sheet, index: int, count: int, chunk_rows: int, notes: Sequence[str]
) -> Iterator[Table]:
    first = sheet.skipped + sheet.heading.last + 1
    width = len(sheet.heading.names)
    height = sheet.cells.end[0] + 1 if sheet.cells.end else 1
    done = [0]

    def share() -> float:
        return (index + min(1.0, done[0] / height)) / count

    def numbered() -> Iterator[piece.Numbered]:
        merges, at = _Merged(sheet.cells, first), first
        below = _rows(sheet.cells, first) if merges else _blocks(sheet.cells, first, width)
        for part in below:
            size = len(part) if isinstance(part, piece.Block) else 1
            done[0] = at + size
            yield at + 1, merges.filled(at, part) if isinstance(part, list) else part
            at += size
        done[0] = height

    said = [f"lembar “{sheet.name}”", *notes]
    if sheet.heading.first:
        said.append(f"{sheet.heading.first} baris di atas judul kolom dilewati")
    constants = {marks.SHEET: sheet.name} if count > 1 else {}
    yield from gather.tables(numbered(), sheet.heading, chunk_rows, said, share, constants)


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
