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
from situasi.reports.csv_tables import is_missing

# Of the control characters XML takes three.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MAX_CELL_CHARS = 32_767  # characters in one cell of a workbook
_MAX_SHEET_ROWS = 1_048_000  # rows on one sheet, heading and band left room for
_WIDTH_SAMPLE_ROWS = 200  # rows that say how wide a column must be
_WIDTH_RANGE_CHARS = (8, 60)  # characters
_PAPER_A4 = 9  # as a workbook calls this paper
_DATETIME_FORMAT, _DATE_FORMAT = "dd/mm/yyyy hh:mm", "dd/mm/yyyy"

_FONT = "Calibri"  # of the other cells too
_HEADING_STYLE = (
    Font(name=_FONT, bold=True, color="FFFFFF"),
    PatternFill("solid", fgColor="24477A"),
)
_BANNER_STYLE = (
    Font(name=_FONT, bold=True, color="5A3B00"),
    PatternFill("solid", fgColor="FBE9C6"),
)
_NAME_STYLE = (Font(name=_FONT, bold=True), PatternFill())


@dataclass(frozen=True)
class Sheet:
    """A table and what its sheet is called."""

    title: str
    table: pd.DataFrame


def build_table_workbook(
    table: pd.DataFrame, metadata: Mapping[str, str], banner: str = ""
) -> bytes:
    """The table on the first sheet; `facts` (what, when, filter, LATIHAN) on the second.

    Numbers, times and days stay what they are; an aware time is written as the clock of its own
    zone shows it. band: a line above the headings that cannot be overlooked. A table longer
    than a sheet goes on on further ones.
    """
    return build_workbook([Sheet("Data", table)], metadata, banner)


def build_workbook(
    sheets: Sequence[Sheet], metadata: Mapping[str, str], banner: str = "", page_footer: str = ""
) -> bytes:
    """Tables as `written` has one, each on its sheet. printed: stands on each page of paper."""
    made = Workbook(write_only=True)
    for one in sheets:
        _write_table(made, one, banner, page_footer)
    _write_metadata(made.create_sheet("Keterangan"), metadata)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _write_table(workbook: Any, table_sheet: Sheet, banner: str, page_footer: str) -> None:
    table = table_sheet.table
    columns = [_convert_column(table.iloc[:, at]) for at in range(table.shape[1])]
    headings = [_clean_text(str(name)) for name in table.columns]
    rows: Iterator[tuple[Any, ...]] = zip(*columns, strict=True)
    for start in range(0, max(len(table), 1), _MAX_SHEET_ROWS):
        size = min(_MAX_SHEET_ROWS, len(table) - start)
        sheet = workbook.create_sheet(
            f"{table_sheet.title} {start // _MAX_SHEET_ROWS + 1}" if start else table_sheet.title
        )
        top = 2 if banner else 1
        sheet.freeze_panes = f"A{top + 1}"
        if headings:
            sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(headings))}{top + size}"
        _set_widths(
            sheet,
            [_measure_width(name, cells) for name, cells in zip(headings, columns, strict=True)],
        )
        if page_footer:
            _set_page_layout(sheet, top, banner, page_footer)
        if banner:
            sheet.append(
                _build_styled_cells(
                    sheet, [_clean_text(banner)] + [""] * (len(headings) - 1), _BANNER_STYLE
                )
            )
        sheet.append(_build_styled_cells(sheet, headings, _HEADING_STYLE))
        for _, row in zip(range(size), rows, strict=False):
            sheet.append([_apply_time_format(sheet, cell) for cell in row])


def _set_page_layout(sheet: Any, heading_row: int, banner: str, page_footer: str) -> None:
    """On paper: as wide as the page, headings on each, and what must stand on each."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _PAPER_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{heading_row}:{heading_row}"
    # In a header & begins an instruction.
    if banner:
        sheet.oddHeader.center.text = banner.replace("&", "&&")
    sheet.oddFooter.left.text = page_footer.replace("&", "&&")
    sheet.oddFooter.right.text = "&A, halaman &P dari &N"


def _convert_column(cells: pd.Series[Any]) -> list[Any]:
    return [_convert_cell(value) for value in cells.tolist()]


def _convert_cell(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if is_missing(value):
        return None
    if isinstance(value, datetime):
        plain = value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value
        return plain.replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, int) else _clean_text(str(value))


def _clean_text(text: str) -> str:
    said: str = escape_formula(_NO_XML.sub("\ufffd", text))
    return said if len(said) <= _MAX_CELL_CHARS else said[: _MAX_CELL_CHARS - 1] + "…"


def _apply_time_format(sheet: Any, cell: Any) -> Any:
    if not isinstance(cell, date):
        return cell
    made = WriteOnlyCell(sheet, cell)
    made.number_format = _DATETIME_FORMAT if isinstance(cell, datetime) else _DATE_FORMAT
    return made


def _build_styled_cells(
    sheet: Any, texts: Iterable[str], style: tuple[Font, PatternFill]
) -> list[Any]:
    cells = [WriteOnlyCell(sheet, text) for text in texts]
    for cell in cells:
        cell.font, cell.fill = style
        cell.alignment = Alignment(vertical="top")
    return cells


def _set_widths(sheet: Any, widths: Sequence[int]) -> None:
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width


def _measure_width(heading: str, cells: Sequence[Any]) -> int:
    """Of the longest of the first cells, within bounds; a time as long as it is written."""
    longest = max(
        (len(_DATETIME_FORMAT) if isinstance(cell, date) else len(str(cell or ""))
         for cell in cells[:_WIDTH_SAMPLE_ROWS]),
        default=0,
    )  # fmt: skip
    least, most = _WIDTH_RANGE_CHARS
    return max(least, min(most, max(longest, len(heading) + 3) + 1))


def _write_metadata(sheet: Any, metadata: Mapping[str, str]) -> None:
    _set_widths(sheet, [24, 90])
    for name, said in metadata.items():
        sheet.append(
            [*_build_styled_cells(sheet, [_clean_text(name)], _NAME_STYLE), _clean_text(said)]
        )
