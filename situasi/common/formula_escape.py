"""Texts that a spreadsheet does not run, and what they were before."""

from __future__ import annotations

import re
from typing import Any

# A spreadsheet takes a cell that begins so for a formula. An apostrophe before it makes it
# text; one that the sender wrote gets another, so that `bare` gives back what was there.
_FORMULA = re.compile(r"^'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"^[+\-]?[\d.,\s]+$")


def escape_formula(cell: Any) -> Any:
    """A text that a spreadsheet will not take for a formula; a number stays as it is."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.match(cell):
        return "'" + cell
    return cell


def unescape_formula(cell: Any) -> Any:
    """The cell as it was before `harmless`."""
    if isinstance(cell, str) and cell.startswith("'") and escape_formula(cell[1:]) == cell:
        return cell[1:]
    return cell
