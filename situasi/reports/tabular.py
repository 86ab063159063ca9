"""A table as a file: CSV and XLSX, with what it is and when, and no cell that runs."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
from openpyxl import Workbook

_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+\-]?[\d.,\s]+$")


def as_csv(table: pd.DataFrame) -> bytes:
    """The table as UTF-8 with a byte order mark, so that a spreadsheet reads its letters."""
    return table.map(harmless).to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def as_xlsx(table: pd.DataFrame, facts: Mapping[str, str]) -> bytes:
    """The table on the first sheet; `facts` (what, when, filter, LATIHAN) on the second."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet.append([str(name) for name in table.columns])
    for row in table.itertuples(index=False):
        sheet.append([_cell(value) for value in row])
    sheet.freeze_panes = "A2"
    about = book.create_sheet("Keterangan")
    for name, said in facts.items():
        about.append([_cell(name), _cell(said)])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet will not take for a formula."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.match(cell):
        return "'" + cell
    return cell


def _cell(value: Any) -> Any:
    if not isinstance(value, str) and pd.isna(value):
        return None
    return harmless(value.item() if hasattr(value, "item") else value)
