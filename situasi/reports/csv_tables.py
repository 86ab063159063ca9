"""A table as a file: CSV and XLSX; no cell of it runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from situasi.common.formula_escape import escape_formula

# Halves of letters have no UTF-8.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def build_csv(table: pd.DataFrame) -> bytes:
    """The table as UTF-8 with a byte order mark, so that a spreadsheet reads its letters.

    Texts stand in quotes: where a spreadsheet parts cells at another sign than the comma,
    no text is parted, and nothing in its middle becomes the beginning of a cell.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([escape_formula(str(name)) for name in table.columns])
    columns = [map(_format_cell, table.iloc[:, at].tolist()) for at in range(table.shape[1])]
    writer.writerows(zip(*columns, strict=True))
    return _LONE_SURROGATE.sub("\ufffd", file.getvalue()).encode("utf-8-sig")


def build_xlsx(table: pd.DataFrame, metadata: Mapping[str, str], banner: str = "") -> bytes:
    """The table as a workbook (workbook.written)."""
    # Loaded when somebody asks for one: openpyxl takes a tenth of a second, at every start.
    from situasi.reports import xlsx_tables

    return xlsx_tables.build_table_workbook(table, metadata, banner)


def _format_cell(value: Any) -> Any:
    """A cell of a CSV: a number as it is, nothing where it is missing, all else as text."""
    if is_missing(value):
        return None
    return value if isinstance(value, int | float) else escape_formula(str(value))


def is_missing(value: Any) -> bool:
    """Whether there is nothing in this cell."""
    return value is None or value is pd.NA or value is pd.NaT or value != value
