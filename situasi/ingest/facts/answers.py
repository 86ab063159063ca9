"""Answers to questions that are asked with yes or no."""

import re
from collections.abc import Callable, Sequence, Set

from situasi.ingest.parsing.cells import is_blank, normalize_cell
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.tables import Cell

_YES = frozenset(("sudah", "sdh", "telah", "ya", "y", "yes", "1", "true", "v", "✓", "✔", "√"))
_NO = frozenset(("belum", "blm", "tidak", "tdk", "t", "no", "n", "0", "false"))
# To the question whether there was something.
_SOMETHING = _YES | {"ada", "terjadi"}
_NOTHING = _NO | {
    "tidak ada", "tdk ada", "belum ada", "blm ada", "tak ada", "nihil", "none", "-",
}  # fmt: skip
# How things were, asked of a TPS (`Kondisi TPS`).
_TROUBLED = frozenset(
    ("ada kejadian", "ada gangguan", "ada masalah", "ada kendala", "tidak aman", "kurang aman")
)
_CALM = frozenset(
    ("aman", "kondusif", "aman kondusif", "aman dan kondusif", "aman terkendali", "aman lancar",
     "aman dan lancar", "lancar", "normal", "terkendali", "tidak ada kejadian", "nihil")
)  # fmt: skip
_HINT = re.compile(r"\W*\((?:ya?|1) ?/ ?(?:t|tdk|tidak|n|no|0)\W*\)?\W*\Z", re.IGNORECASE)
_ASKS = re.compile(r"\A\W*apakah\b\W*", re.IGNORECASE)


def strip_question(heading: str) -> str:
    """Return what a heading asks, without how to answer: `Ada keributan (Y/T)`, `Apakah ...?`."""
    return _ASKS.sub("", _HINT.sub("", heading)).rstrip(" ?")


def read_answer(cell: Cell) -> bool | None:
    """Return whether a cell says yes or no; None where it says neither."""
    return _read(cell, _YES, _NO)


def read_presence(cell: Cell) -> bool | None:
    """Return whether a cell says that there was something; None where it does not answer that."""
    return _read(cell, _SOMETHING | _TROUBLED, _NOTHING | _CALM)


def read_condition(cell: Cell) -> bool | None:
    """Return whether a cell says that things were troubled; None where it says neither."""
    return _read(cell, _TROUBLED, _CALM)


def _read(cell: Cell, yes: Set[str], no: Set[str]) -> bool | None:
    if is_blank(cell):
        return None
    word = normalize_cell(cell).lower().rstrip(".!")
    return True if word in yes else False if word in no else None


def is_answered(
    table: ConvertedTable, name: str, read: Callable[[Cell], bool | None] = read_answer
) -> bool:
    """Return whether all filled cells of a column are a yes or a no, and there is one."""
    filled = [cell for cell in set(table.cells[name].tolist()) if not is_blank(cell)]
    return bool(filled) and all(read(cell) is not None for cell in filled)


def read_ticks(column: Sequence[Cell]) -> list[bool | None]:
    """Return which cells of a column of ticks say yes; a cross beside other ticks says no."""
    marks = [None if is_blank(cell) else normalize_cell(cell).lower() for cell in column]
    is_no = bool({*marks} - {None, "x"})
    return [None if mark is None else not (is_no and mark == "x") for mark in marks]
