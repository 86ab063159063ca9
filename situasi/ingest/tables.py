"""Tables of raw cells from a source, and the rows of a feed after the checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.ingest.validation.column_sums import RunningSums

Cell = str | float | int | bool | datetime | None
CellArray = npt.NDArray[np.object_]


class SourceError(Exception):
    """A file that cannot be read at all; the message is one sentence for the sender."""


class UnknownHeadings(SourceError):
    """A table whose headings do not tell what it reports: a person may map them."""


def to_cell_array(column: Sequence[object]) -> CellArray:
    """Return an object array of exactly these objects, without conversion."""
    return np.fromiter(column, dtype="object", count=len(column))


@dataclass(frozen=True)
class Table:
    """A part of a source, still raw.

    cells: frame of object columns, one per heading, with the content of the file: text as
    written, or the native datetime/number/bool of Excel and JSON; None where empty.
    row_numbers: the number of each row in the sender's file, as the sender sees it.
    notes: what was skipped or interpreted while reading (title rows), in Indonesian.
    progress: the part of the source that is read with this table, 0 to 1.
    sums: sums of the rows of the same sheet so far; shared by all its tables.
    is_hidden: whether the sheet is hidden from the sender.
    titles: the lines above the heading. sheet: the name of the sheet, "" outside workbooks.
    titles_of_sheet: the lines above another table further up on the same sheet.
    cover: the lines of the sheets of a workbook that hold no table.
    file: the name of its file inside an archive, where that is a source of its own; else "".
    source: the name of the profile it is read by, where its headings alone do not show it.
    feed: of its rows, where it is a part of a table that asked for two kinds of report; else "".
    """

    cells: pd.DataFrame
    row_numbers: list[int]
    notes: tuple[str, ...] = ()
    progress: float = 1.0
    sums: RunningSums = field(default_factory=RunningSums, compare=False)
    is_hidden: bool = False
    titles: tuple[str, ...] = ()
    sheet: str = ""
    cover: tuple[str, ...] = ()
    titles_of_sheet: tuple[str, ...] = ()
    file: str = ""
    source: str = ""
    feed: str = ""

    def __post_init__(self) -> None:
        # pandas gives another dtype to a frame without rows and to a column of None only.
        if any(dtype.kind != "O" for dtype in self.cells.dtypes):
            object.__setattr__(self, "cells", self.cells.astype("object"))


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not accepted: raw cells by heading, and every reason, for the sender.

    raw_cells: the filled cells, and "" under each heading in which a reason can be corrected.
    """

    row: int
    raw_cells: dict[str, str]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ValidationResult:
    """A checked table: every row is in exactly one of the two lists.

    accepted: frame with the feed's columns (feed_schemas.dtypes) and `row`.
    """

    accepted: pd.DataFrame
    rejected: list[RejectedRow] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        """Return the number of accepted and rejected rows."""
        return len(self.accepted) + len(self.rejected)


def build_table(rows: Sequence[dict[str, Any]]) -> Table:
    """Build a table, numbered from 1, of rows that are already parsed."""
    cells = pd.DataFrame(rows, dtype="object")
    cells = cells.where(cells.notna() & (cells != ""), None)
    return Table(cells, list(range(1, len(rows) + 1)))
