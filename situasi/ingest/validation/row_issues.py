"""Errors and warnings of the rows of one table, and parsers that read each distinct cell once."""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.tables import to_cell_array

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Texts = list[str | None]  # a column of texts or codes, one for every row


class RowIssues:
    """Warnings (row accepted with a note) and errors (row rejected) of one table."""

    def __init__(self, row_count: int) -> None:
        self.row_count = row_count
        self.errors: dict[int, list[str]] = {}
        self.warnings: dict[int, list[str]] = {}
        self.columns_to_fix: dict[int, list[str]] = {}

    def add_error(self, row: int, reason: str, *columns: str) -> None:
        """Reject a row. columns: those of the feed in which the sender can correct the cause."""
        self.errors.setdefault(row, []).append(reason)
        self.columns_to_fix.setdefault(row, []).extend(columns)

    def add_warning(self, row: int, note: str) -> None:
        """Add a note to a row that stays accepted."""
        self.warnings.setdefault(row, []).append(note)

    def format_warnings(self) -> Texts:
        """Return the warnings of each row in one text, None where there are none."""
        texts: Texts = [None] * self.row_count
        for row, notes in self.warnings.items():
            texts[row] = "; ".join(notes)
        return texts

    def read_distinct(
        self,
        keys: Sequence[K],
        read: Callable[[K], tuple[V, str | None]],
        rows: Sequence[int] | None = None,
        *,
        columns: Sequence[str] = (),
    ) -> list[V | None]:
        """Read every key, each distinct one only once.

        read: returns the value and a warning or None, or raises UnreadableCell: an error.
        rows: the row of each key, where these are not all rows. columns: see `add_error`.
        The result is None where reading gave an error.
        """
        outcomes = {key: _try_read(key, read) for key in dict.fromkeys(keys)}
        with_issues = {key for key, (_, warning, error) in outcomes.items() if warning or error}
        for i in [i for i, key in enumerate(keys) if key in with_issues] if with_issues else []:
            self._record(i if rows is None else rows[i], outcomes[keys[i]], columns)
        values = {key: value for key, (value, _, _) in outcomes.items()}
        return list(map(values.__getitem__, keys))

    def read_distinct_rows(
        self,
        cells: Sequence[Sequence[Hashable]],
        read: Callable[..., tuple[V, str | None]],
        *,
        columns: Sequence[str] = (),
    ) -> list[V | None]:
        """Like `read_distinct`; a key is what one row holds in all columns of `cells`."""
        first_rows, key_of_row = _find_distinct(cells)
        outcomes = [
            _try_read(key, lambda cells: read(*cells))
            for key in [tuple(column[row] for column in cells) for row in first_rows]
        ]
        with_issues = np.array(
            [bool(warning or error) for _, warning, error in outcomes], dtype="bool"
        )
        for row in np.flatnonzero(with_issues[key_of_row]).tolist():
            self._record(row, outcomes[key_of_row[row]], columns)
        values: list[V | None] = to_cell_array([value for value, _, _ in outcomes])[
            key_of_row
        ].tolist()
        return values

    def _record(
        self, row: int, outcome: tuple[object, str | None, str | None], columns: Sequence[str]
    ) -> None:
        _, warning, error = outcome
        if warning:
            self.add_warning(row, warning)
        if error:
            self.add_error(row, error, *columns)


def _find_distinct(columns: Sequence[Sequence[Hashable]]) -> tuple[list[int], npt.NDArray[np.intp]]:
    """Return the first row of each distinct combination of cells, and each row's combination.

    Cells are numbered column by column and the numbers combined: comparing 100,000 tuples
    would take many times as long.
    """
    combinations = np.zeros(len(columns[0]), dtype=np.intp)
    for column in columns:
        numbers = {cell: number for number, cell in enumerate(dict.fromkeys(column))}
        if len(numbers) > 1:  # a constant column distinguishes no rows
            cells = np.fromiter(map(numbers.__getitem__, column), np.intp, len(column))
            combinations, _ = pd.factorize(combinations * len(numbers) + cells)
    # factorize numbers the combinations in order of first appearance.
    return np.flatnonzero(~pd.Series(combinations).duplicated()).tolist(), combinations


def _try_read(
    key: K, read: Callable[[K], tuple[V, str | None]]
) -> tuple[V | None, str | None, str | None]:
    try:
        value, warning = read(key)
    except UnreadableCell as error:
        return None, None, str(error)
    return value, warning, None
