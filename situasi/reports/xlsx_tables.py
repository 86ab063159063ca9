"""A table as a workbook (XLSX): with what it is and when, and no cell that runs."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from situasi.common.formula_escape import escape_formula
from situasi.reports.csv_tables import missing

# Of the control characters XML takes three.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_LONGEST_TEXT = 32_767  # characters in one cell of a workbook
_MOST_ROWS = 1_048_000  # rows on one sheet, heading and band left room for
_MEASURED = 200  # rows that say how wide a column must be
_WIDTHS = (8, 60)  # characters
_A4 = 9  # as a workbook calls this paper
_MOMENT, _DAY = "dd/mm/yyyy hh:mm", "dd/mm/yyyy"

_FONT = "Calibri"  # of the other cells too
_HEADING = (Font(name=_FONT, bold=True, color="FFFFFF"), PatternFill("solid", fgColor="24477A"))
_BAND = (Font(name=_FONT, bold=True, color="5A3B00"), PatternFill("solid", fgColor="FBE9C6"))
_NAME = (Font(name=_FONT, bold=True), PatternFill())


@dataclass(frozen=True)
class Sheet:
    """A table and what its sheet is called."""

    title: str
    table: pd.DataFrame


def written(table: pd.DataFrame, facts: Mapping[str, str], band: str = "") -> bytes:
    """The table on the first sheet; `facts` (what, when, filter, LATIHAN) on the second.

    Numbers, times and days stay what they are; an aware time is written as the clock of its own
    zone shows it. band: a line above the headings that cannot be overlooked. A table longer
    than a sheet goes on on further ones.
    """
    return book([Sheet("Data", table)], facts, band)


def book(
    sheets: Sequence[Sheet], facts: Mapping[str, str], band: str = "", printed: str = ""
) -> bytes:
    """Tables as `written` has one, each on its sheet. printed: stands on each page of paper."""
    made = Workbook(write_only=True)
    for one in sheets:
        _write_table(made, one, band, printed)
    _write_facts(made.create_sheet("Keterangan"), facts)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _write_table(book: Any, one: Sheet, band: str, printed: str) -> None:
    table = one.table
    columns = [_column(table.iloc[:, at]) for at in range(table.shape[1])]
    headings = [_text(str(name)) for name in table.columns]
    rows: Iterator[tuple[Any, ...]] = zip(*columns, strict=True)
    for start in range(0, max(len(table), 1), _MOST_ROWS):
        size = min(_MOST_ROWS, len(table) - start)
        sheet = book.create_sheet(f"{one.title} {start // _MOST_ROWS + 1}" if start else one.title)
        top = 2 if band else 1
        sheet.freeze_panes = f"A{top + 1}"
        if headings:
            sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(headings))}{top + size}"
        _set_widths(
            sheet, [_width(name, cells) for name, cells in zip(headings, columns, strict=True)]
        )
        if printed:
            _print_well(sheet, top, band, printed)
        if band:
            sheet.append(_styled(sheet, [_text(band)] + [""] * (len(headings) - 1), _BAND))
        sheet.append(_styled(sheet, headings, _HEADING))
        for _, row in zip(range(size), rows, strict=False):
            sheet.append([_timed(sheet, cell) for cell in row])


def _print_well(sheet: Any, top: int, band: str, printed: str) -> None:
    """On paper: as wide as the page, headings on each, and what must stand on each."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{top}:{top}"
    # In a header & begins an instruction.
    if band:
        sheet.oddHeader.center.text = band.replace("&", "&&")
    sheet.oddFooter.left.text = printed.replace("&", "&&")
    sheet.oddFooter.right.text = "&A, halaman &P dari &N"


def _column(cells: pd.Series[Any]) -> list[Any]:
    return [_cell(value) for value in cells.tolist()]


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if missing(value):
        return None
    if isinstance(value, datetime):
        plain = value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value
        return plain.replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    said: str = escape_formula(_NO_XML.sub("\ufffd", text))
    return said if len(said) <= _LONGEST_TEXT else said[: _LONGEST_TEXT - 1] + "…"


def _timed(sheet: Any, cell: Any) -> Any:
    if not isinstance(cell, date):
        return cell
    made = WriteOnlyCell(sheet, cell)
    made.number_format = _MOMENT if isinstance(cell, datetime) else _DAY
    return made


def _styled(sheet: Any, texts: Iterable[str], style: tuple[Font, PatternFill]) -> list[Any]:
    cells = [WriteOnlyCell(sheet, text) for text in texts]
    for cell in cells:
        cell.font, cell.fill = style
        cell.alignment = Alignment(vertical="top")
    return cells


def _set_widths(sheet: Any, widths: Sequence[int]) -> None:
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width


def _width(heading: str, cells: Sequence[Any]) -> int:
    """Of the longest of the first cells, within bounds; a time as long as it is written."""
    longest = max(
        (len(_MOMENT) if isinstance(cell, date) else len(str(cell or ""))
         for cell in cells[:_MEASURED]),
        default=0,
    )  # fmt: skip
    least, most = _WIDTHS
    return max(least, min(most, max(longest, len(heading) + 3) + 1))


def _write_facts(sheet: Any, facts: Mapping[str, str]) -> None:
    _set_widths(sheet, [24, 90])
    for name, said in facts.items():
        sheet.append([*_styled(sheet, [_text(name)], _NAME), _text(said)])
