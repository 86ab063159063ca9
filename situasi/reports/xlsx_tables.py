"""A table as a workbook (XLSX): with its metadata, and without any cell that is executed."""

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

# XML allows only three of the control characters.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_MAX_CELL_CHARS = 32_767  # limit of a workbook
_MAX_SHEET_ROWS = 1_048_000  # leaves room for the heading and the banner
_WIDTH_SAMPLE_ROWS = 200  # rows that decide the width of a column
_WIDTH_RANGE_CHARS = (8, 60)  # characters
_PAPER_A4 = 9  # code of this paper in a workbook
_DATETIME_FORMAT, _DATE_FORMAT = "dd/mm/yyyy hh:mm", "dd/mm/yyyy"

_FONT = "Calibri"  # also the default of the other cells
_NAME_STYLE = (Font(name=_FONT, bold=True), PatternFill())


def _build_style(ink: str, fill: str) -> tuple[Font, PatternFill]:
    return Font(name=_FONT, bold=True, color=ink), PatternFill("solid", fgColor=fill)


_HEADING_STYLE, _BANNER_STYLE = _build_style("FFFFFF", "24477A"), _build_style("5A3B00", "FBE9C6")


@dataclass(frozen=True)
class Sheet:
    """A table and the title of its sheet."""

    title: str
    table: pd.DataFrame


def build_workbook(
    sheets: Sequence[Sheet], metadata: Mapping[str, str], banner: str = "", page_footer: str = ""
) -> bytes:
    """Build a workbook of several tables, one sheet each, and of their metadata on the last sheet.

    Numbers, times and days keep their types; an aware time is written in the clock of its own zone.
    A table longer than a sheet continues on further sheets. banner: a line above the headings.
    page_footer: printed on each page.
    """
    workbook = Workbook(write_only=True)
    for sheet in sheets:
        _write_table(workbook, sheet, banner, page_footer)
    _write_metadata(workbook.create_sheet("Keterangan"), metadata)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_table(workbook: Any, table_sheet: Sheet, banner: str, page_footer: str) -> None:
    table = table_sheet.table
    columns = [list(map(_convert_cell, table.iloc[:, at].tolist())) for at in range(table.shape[1])]
    headings = [_clean_text(str(name)) for name in table.columns]
    rows: Iterator[tuple[Any, ...]] = zip(*columns, strict=True)
    widths = [_measure_width(name, cells) for name, cells in zip(headings, columns, strict=True)]
    heading_row = 2 if banner else 1
    for start in range(0, max(len(table), 1), _MAX_SHEET_ROWS):
        size = min(_MAX_SHEET_ROWS, len(table) - start)
        suffix = f" {start // _MAX_SHEET_ROWS + 1}" if start else ""
        sheet = workbook.create_sheet(table_sheet.title + suffix)
        sheet.freeze_panes = f"A{heading_row + 1}"
        if headings:
            last = f"{get_column_letter(len(headings))}{heading_row + size}"
            sheet.auto_filter.ref = f"A{heading_row}:{last}"
        _set_widths(sheet, widths)
        if page_footer:
            _set_page_layout(sheet, heading_row, banner, page_footer)
        if banner:
            texts = [_clean_text(banner), *[""] * (len(headings) - 1)]
            sheet.append(_build_styled_cells(sheet, texts, _BANNER_STYLE))
        sheet.append(_build_styled_cells(sheet, headings, _HEADING_STYLE))
        for _, row in zip(range(size), rows, strict=False):
            sheet.append([_apply_time_format(sheet, cell) for cell in row])


def _set_page_layout(sheet: Any, heading_row: int, banner: str, page_footer: str) -> None:
    """Set the print layout: page width; headings, banner and footer on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _PAPER_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{heading_row}:{heading_row}"
    # In a header, & starts a code.
    if banner:
        sheet.oddHeader.center.text = banner.replace("&", "&&")
    sheet.oddFooter.left.text = page_footer.replace("&", "&&")
    sheet.oddFooter.right.text = "&A, halaman &P dari &N"


def _convert_cell(value: Any) -> Any:
    if isinstance(value, str):
        return _clean_text(value)
    if is_missing(value):
        return None
    if isinstance(value, datetime):
        moment = value.to_pydatetime(warn=False) if isinstance(value, pd.Timestamp) else value
        return moment.replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, int) else _clean_text(str(value))


def _clean_text(text: str) -> str:
    cleaned: str = escape_formula(_NO_XML.sub("\ufffd", text))
    return cleaned if len(cleaned) <= _MAX_CELL_CHARS else cleaned[: _MAX_CELL_CHARS - 1] + "…"


def _apply_time_format(sheet: Any, cell: Any) -> Any:
    if not isinstance(cell, date):
        return cell
    time_cell = WriteOnlyCell(sheet, cell)
    time_cell.number_format = _DATETIME_FORMAT if isinstance(cell, datetime) else _DATE_FORMAT
    return time_cell


def _build_styled_cells(
    sheet: Any, texts: Iterable[str], style: tuple[Font, PatternFill]
) -> list[Any]:
    cells = [WriteOnlyCell(sheet, text) for text in texts]
    for cell in cells:
        cell.font, cell.fill = style
        cell.alignment = Alignment(vertical="top")
    return cells


def _set_widths(sheet: Any, widths: Sequence[int]) -> None:
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width


def _measure_width(heading: str, cells: Sequence[Any]) -> int:
    """Return the width of the longest of the first cells, within bounds."""
    longest = max(
        (len(_DATETIME_FORMAT) if isinstance(cell, date) else len(str(cell or ""))
         for cell in cells[:_WIDTH_SAMPLE_ROWS]),
        default=0,
    )  # fmt: skip
    minimum, maximum = _WIDTH_RANGE_CHARS
    return max(minimum, min(maximum, max(longest, len(heading) + 3) + 1))


def _write_metadata(sheet: Any, metadata: Mapping[str, str]) -> None:
    _set_widths(sheet, [24, 90])
    for name, text in metadata.items():
        cells = _build_styled_cells(sheet, [_clean_text(name)], _NAME_STYLE)
        sheet.append([*cells, _clean_text(text)])
