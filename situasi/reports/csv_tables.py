"""A table as a CSV file, without any cell that a spreadsheet would execute."""

import csv
import io
import re
from typing import Any

import pandas as pd

from situasi.common.formula_escape import escape_formula

# UTF-8 cannot encode surrogates.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def build_csv(table: pd.DataFrame) -> bytes:
    """Build the CSV: UTF-8 with a byte order mark, so that a spreadsheet reads the letters.

    Texts are quoted: a spreadsheet that splits cells at another sign than the comma cannot split
    a text and make a new cell from its middle.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([escape_formula(str(name)) for name in table.columns])
    cells = [map(_format_cell, table.iloc[:, at].tolist()) for at in range(table.shape[1])]
    writer.writerows(zip(*cells, strict=True))
    return _LONE_SURROGATE.sub("\ufffd", file.getvalue()).encode("utf-8-sig")


def _format_cell(value: Any) -> Any:
    """Return a CSV cell: a number unchanged, None if missing, all else as text."""
    if is_missing(value):
        return None
    return value if isinstance(value, int | float) else escape_formula(str(value))


def is_missing(value: Any) -> bool:
    """Return whether the cell is empty."""
    return value is None or value is pd.NA or value is pd.NaT or value != value
