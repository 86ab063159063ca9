"""Workbooks of each kind, written as programs of offices write them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlwt
from openpyxl.utils import range_boundaries

Sheets = Mapping[str, Sequence[Sequence[object]]]
Merges = Mapping[str, Sequence[str]]

_XLS_FORMATS = {datetime: "dd/mm/yyyy hh:mm", date: "dd/mm/yyyy", time: "hh:mm"}


def write_xlsx(path: Path, sheets: Sheets, merged: Merges) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
        for cells in merged.get(name, []):
            sheet.merge_cells(cells)
    book.save(path)


def write_xls(path: Path, sheets: Sheets, merged: Merges) -> None:
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell != "":
                    pattern = _XLS_FORMATS.get(type(cell), "General")
                    sheet.write(number, column, cell, xlwt.easyxf(num_format_str=pattern))
        for cells in merged.get(name, []):
            left, top, right, bottom = range_boundaries(cells)
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
    book.save(str(path))


def write_ods(path: Path, sheets: Sheets, merged: Merges) -> None:
    tables = "".join(_format_table(n, rows, merged.get(n, [])) for n, rows in sheets.items())
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:calcext="c" xmlns:style="s">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)


def _format_table(name: str, rows: Sequence[Sequence[object]], merged: Sequence[str]) -> str:
    spans, covered = dict[tuple[int, int], str](), set[tuple[int, int]]()
    for cells in merged:
        left, top, right, bottom = range_boundaries(cells)
        spans[top, left] = (
            f' table:number-columns-spanned="{right - left + 1}"'
            f' table:number-rows-spanned="{bottom - top + 1}"'
        )
        covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    lines = []
    for number, row in enumerate(rows, start=1):
        parts = [
            _format_cell(
                "covered-table-cell"
                if (number, column) in covered and (number, column) not in spans
                else "table-cell",
                spans.get((number, column), ""),
                cell,
            )
            for column, cell in enumerate(row, start=1)
        ]
        parts.append('<table:table-cell table:number-columns-repeated="1000"/>')
        lines.append(f"<table:table-row>{''.join(parts)}</table:table-row>")
    lines.append(
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return f'<table:table table:name="{escape(name)}">{"".join(lines)}</table:table>'


def _format_cell(tag: str, span: str, cell: object) -> str:
    match cell:
        case "" | None:
            return f"<table:{tag}{span}/>"
        case int() | float():
            value = f'float" office:value="{cell}'
        case time():
            value = f'time" office:time-value="PT{cell:%HH%MM%SS}'
        case date():
            value = f'date" office:date-value="{cell.isoformat()}'
        case _:
            value = "string"
    text = f"<text:p>{escape(str(cell))}</text:p>"
    return f'<table:{tag}{span} office:value-type="{value}">{text}</table:{tag}>'


WORKBOOK_WRITERS = {".xlsx": write_xlsx, ".xls": write_xls, ".ods": write_ods}
