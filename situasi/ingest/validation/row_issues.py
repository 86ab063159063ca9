"""The bench on which rows are judged: cells in, values, doubts and faults out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.tables import Cell, to_cell_array

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
P = TypeVar("P")


@dataclass(frozen=True)
class DistinctResults(Generic[V]):
    """What was read of each distinct key, and which of these every row has."""

    values: list[V]
    value_of_row: npt.NDArray[np.intp]

    def map_to_rows(self, get_part: Callable[[V], P]) -> list[P]:
        """For every row this part of what was read."""
        parts = to_cell_array([get_part(value) for value in self.values])
        spread: list[P] = parts[self.value_of_row].tolist()
        return spread


class RowIssues:
    """Doubts (accepted, but said) and faults (not accepted) of the rows of one table."""

    def __init__(self, row_count: int) -> None:
        self.row_count = row_count
        self.errors: dict[int, list[str]] = {}
        self.warnings: dict[int, list[str]] = {}
        self.columns_to_fix: dict[int, list[str]] = {}

    def add_error(self, row: int, reason: str, *columns: str) -> None:
        """Refuse a row. columns: of the feed, those by which the reason can be mended."""
        self.errors.setdefault(row, []).append(reason)
        self.columns_to_fix.setdefault(row, []).extend(columns)

    def add_warning(self, row: int, note: str) -> None:
        self.warnings.setdefault(row, []).append(note)

    def format_warnings(self) -> list[str | None]:
        """The doubts of each row in one text, None where there are none."""
        said: list[str | None] = [None] * self.row_count
        for row, notes in self.warnings.items():
            said[row] = "; ".join(notes)
        return said

    def read_distinct(
        self,
        keys: Sequence[K],
        read: Callable[[K], tuple[V, str | None]],
        rows: Sequence[int] | None = None,
        *,
        columns: Sequence[str] = (),
    ) -> list[V | None]:
        """Read every key, each distinct one only once.

        read: gives the value and a doubt or None, or raises Unreadable: a fault.
        rows: the row of each key, where these are not all rows. columns: see `fault`.
        The result is None where the row has a fault here.
        """
        judged = {key: _try_read(key, read) for key in dict.fromkeys(keys)}
        remarked = {key for key, (_, doubt, fault) in judged.items() if doubt or fault}
        for at in [at for at, key in enumerate(keys) if key in remarked] if remarked else []:
            self._record(at if rows is None else rows[at], judged[keys[at]], columns)
        values = {key: value for key, (value, _, _) in judged.items()}
        return list(map(values.__getitem__, keys))

    def read_distinct_rows(
        self,
        cells: Sequence[Sequence[Hashable]],
        read: Callable[..., tuple[V, str | None]],
        *,
        columns: Sequence[str] = (),
    ) -> DistinctResults[V | None]:
        """As `each`, a key being what one row holds in all columns of `cells`."""
        first, which = _find_distinct(cells)
        judged = [
            _try_read(key, lambda cells: read(*cells))
            for key in [tuple(column[row] for column in cells) for row in first]
        ]
        remarked = np.array([bool(doubt or fault) for _, doubt, fault in judged], dtype="bool")
        for row in np.flatnonzero(remarked[which]).tolist():
            self._record(row, judged[which[row]], columns)
        return DistinctResults([value for value, _, _ in judged], which)

    def _record(
        self, row: int, outcome: tuple[object, str | None, str | None], columns: Sequence[str]
    ) -> None:
        _, doubt, fault = outcome
        if doubt:
            self.add_warning(row, doubt)
        if fault:
            self.add_error(row, fault, *columns)


def _find_distinct(columns: Sequence[Sequence[Hashable]]) -> tuple[list[int], npt.NDArray[np.intp]]:
    """The first row of each distinct combination of cells, and which combination each row is.

    Cells are numbered column by column, the combinations as they grow: 100,000 tuples, made
    only to be compared, would take many times as long.
    """
    which = np.zeros(len(columns[0]), dtype=np.intp)
    for column in columns:
        numbers = {cell: number for number, cell in enumerate(dict.fromkeys(column))}
        if len(numbers) > 1:  # else it tells no row from another
            cells = np.fromiter(map(numbers.__getitem__, column), np.intp, len(column))
            which, _ = pd.factorize(which * len(numbers) + cells)
    # Combinations are numbered in the order in which they come first.
    return np.flatnonzero(~pd.Series(which).duplicated()).tolist(), which


def _try_read(
    key: K, read: Callable[[K], tuple[V, str | None]]
) -> tuple[V | None, str | None, str | None]:
    try:
        value, doubt = read(key)
    except UnreadableCell as error:
        return None, None, str(error)
    return value, doubt, None


def cell_to_text(cell: Cell) -> str | None:
    """A cell as plain text; None where it is empty."""
    if cell is None:
        return None
    if type(cell) is str:
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip() or None
