"""What a source gives and a feed takes: tables of raw cells, and rows judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.ingest.validation.column_sums import RunningSums

Cell = str | float | int | bool | datetime | None
CellArray = npt.NDArray[np.object_]


class SourceError(Exception):
    """A file that cannot be read at all; the message is one sentence for the sender."""


def to_cell_array(column: Sequence[object]) -> CellArray:
    """An array of these very objects, whatever they are."""
    return np.fromiter(column, dtype="object", count=len(column))


@dataclass(frozen=True)
class Table:
    """A piece of a source, still raw.

    cells: frame of object columns, one per heading, holding what the file held: text as
    written, or the native datetime/number/bool of Excel and JSON; None where empty.
    rows: the row number of each row in the sender's file, counted as the sender sees it.
    notes: what was left aside or understood while reading (title rows), in Indonesian.
    progress: how much of the source is read with this piece, 0 to 1.
    sums: what the rows of the same sheet add up to so far; shared by all its tables.
    hidden: whether the sender does not see this sheet.
    """

    cells: pd.DataFrame
    row_numbers: list[int]
    notes: tuple[str, ...] = ()
    progress: float = 1.0
    sums: RunningSums = field(default_factory=RunningSums, compare=False)
    is_hidden: bool = False

    def __post_init__(self) -> None:
        # A frame without rows, or a column of nothing but None, is of another type in pandas.
        if any(dtype.kind != "O" for dtype in self.cells.dtypes):
            object.__setattr__(self, "cells", self.cells.astype("object"))


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not accepted: raw cells by heading, and every reason, for the sender.

    raw: the filled cells, and "" under each heading by which a reason can be mended.
    """

    row: int
    raw_cells: dict[str, str]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ValidationResult:
    """A table judged: every row is in exactly one of the two.

    accepted: frame with the feed's columns (records.dtypes) and `row`.
    """

    accepted: pd.DataFrame
    rejected: list[RejectedRow] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return len(self.accepted) + len(self.rejected)
