"""Sheets of binary workbooks (XLS), as the Office before 2007 and many programs write them."""

import io
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlrd

from situasi.ingest.readers import file_types
from situasi.ingest.readers.workbooks import xlsx_size
from situasi.ingest.readers.workbooks.plain_sheet import PlainSheet, Worksheet, to_clock
from situasi.ingest.readers.workbooks.xlsx_size import CONTENT_TOO_LARGE
from situasi.ingest.tables import SourceError

_MAX_FILE_BYTES = 30_000_000  # 65,536 rows of thirty columns
_NOT_A_WORKBOOK = (
    "Berkas ini berformat Office lama (.xls atau .doc) dan tidak terbaca sebagai buku kerja; "
    "buka lalu simpan sebagai Excel Workbook (.xlsx)."
)


def read(path: Path) -> list[Worksheet]:
    """Return the sheets of a binary workbook. Raises SourceError."""
    if path.stat().st_size > _MAX_FILE_BYTES:
        raise SourceError(CONTENT_TOO_LARGE)
    book = _load(path)
    sheets, area = list[Worksheet](), 0
    for sheet in book.sheets():
        area += sheet.nrows * sheet.ncols
        xlsx_size.check_area(sheet.nrows, sheet.ncols, area)
        rows = [_read_row(sheet, number, book.datemode) for number in range(sheet.nrows)]
        merges = [((a, c), (b - 1, d - 1)) for a, b, c, d in sheet.merged_cells]
        sheets.append((sheet.name, PlainSheet(rows, merges), sheet.visibility != 0))
    return sheets


def _load(path: Path) -> Any:
    """Return the workbook with all its cells, the file closed. Raises SourceError."""
    try:
        # Only with their formats does it tell which cells are merged.
        return xlrd.open_workbook(
            str(path), logfile=io.StringIO(), formatting_info=True, ragged_rows=True
        )
    except MemoryError:
        raise
    except Exception as damage:  # xlrd ends on a damaged file in any error: struct, index, assert
        is_locked = "encrypted" in str(damage)
        raise SourceError(file_types.LOCKED if is_locked else _NOT_A_WORKBOOK) from damage


def _read_row(sheet: Any, number: int, datemode: int) -> list[object]:
    pairs = zip(sheet.row_types(number), sheet.row_values(number), strict=True)
    return [_to_cell(kind, value, datemode) for kind, value in pairs]


def _to_cell(kind: int, value: Any, datemode: int) -> object:
    match kind:
        case xlrd.XL_CELL_DATE:
            return _to_moment(value, datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        case xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(value, "#N/A")
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            return ""
        case _:
            return value


def _to_moment(value: float, datemode: int) -> datetime | time | float:
    """Return a day with its time, or below one day a time; a number that is none as it is."""
    if 0 <= value < 1:
        return to_clock(round(value * 86_400))
    try:
        moment: datetime = xlrd.xldate.xldate_as_datetime(value, datemode)
    except (ValueError, OverflowError, xlrd.xldate.XLDateError):
        return value
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
