"""Copies of XLS and ODS workbooks as XLSX: the cells, the names of sheets, what is merged."""

import re
from pathlib import Path
from typing import IO, Any

from situasi.ingest.readers import file_types
from situasi.ingest.readers.workbooks import ods_sheets, xls_sheets
from situasi.ingest.readers.workbooks.plain_sheet import CellSheet, Worksheet
from situasi.ingest.tables import SourceError

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # characters that no XML holds


def write_as_xlsx(path: Path, target: IO[bytes]) -> bool:
    """Write an XLS or ODS workbook as XLSX and return True; False for any other file."""
    sheets = _read_sheets(path)
    if not sheets:
        return False
    import openpyxl  # no start pays for it

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells, is_hidden in sheets:
        sheet = book.create_sheet(_clean_name(name))
        sheet.sheet_state = "hidden" if is_hidden else "visible"
        _copy_cells(cells, sheet)
    if not any(sheet.sheet_state == "visible" for sheet in book.worksheets):
        book.worksheets[0].sheet_state = "visible"
    book.save(target)
    target.seek(0)
    return True


def _read_sheets(path: Path) -> list[Worksheet]:
    """Return the sheets of such a workbook; none of what is no such, or cannot be read."""
    with path.open("rb") as file:
        head = file.read(8)
    try:
        if file_types.is_ole2(head):
            return xls_sheets.read(path)
        if file_types.is_zip(head) and ods_sheets.is_ods(path):
            return ods_sheets.read(path)
    except SourceError:
        pass
    return []


def _clean_name(name: str) -> str:
    plain = "".join(" " if letter in r"\/*?:[]" else letter for letter in name).strip("' ")
    return plain[:31] or "lembar"


def _copy_cells(cells: CellSheet, sheet: Any) -> None:
    """Copy the filled cells, and the merges that cover no other filled cell."""
    filled = set()
    for number, row in enumerate(cells.iter_rows(), start=1):
        for column, cell in enumerate(row, start=1):
            if cell is not None and cell != "":
                filled.add((number - 1, column - 1))
                sheet.cell(number, column).value = _to_cell(cell)
    for (top, left), (bottom, right) in cells.merged_cell_ranges or ():
        covered = {
            (row, column)
            for row, column in filled
            if top <= row <= bottom and left <= column <= right
        }
        if covered <= {(top, left)}:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)


def _to_cell(cell: object) -> object:
    return _NO_XML.sub("", cell) if isinstance(cell, str) else cell
