"""Escapes texts that a spreadsheet would run as a formula, and undoes it."""

import re
from typing import Any

# A spreadsheet takes a cell that begins so for a formula. An apostrophe before it makes it text.
# An apostrophe of the sender gets another, so that `unescape_formula` restores the cell.
_FORMULA = re.compile(r"^'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"^[+\-]?[\d.,\s]+$")


def escape_formula(cell: Any) -> Any:
    """Return a text that a spreadsheet does not take for a formula; a number stays as it is."""
    if isinstance(cell, str) and _FORMULA.match(cell) and not _NUMBER.match(cell):
        return "'" + cell
    return cell


def unescape_formula(cell: Any) -> Any:
    """Return the cell as it was before `escape_formula`."""
    if isinstance(cell, str) and cell.startswith("'") and escape_formula(cell[1:]) == cell:
        return cell[1:]
    return cell
