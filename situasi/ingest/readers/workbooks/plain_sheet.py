"""A sheet of a workbook as rows of cells, as calamine returns those of XLSX."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Protocol

Position = tuple[int, int]  # row and column, from 0
Worksheet = tuple[str, "CellSheet", bool]  # name, cells, and whether it is hidden


class CellSheet(Protocol):
    """What the reader of workbooks asks of a sheet."""

    @property
    def start(self) -> Position | None:
        """Return the first filled cell; None in an empty sheet."""

    @property
    def end(self) -> Position | None:
        """Return the last filled cell; None in an empty sheet."""

    @property
    def merged_cell_ranges(self) -> Sequence[tuple[Position, Position]] | None:
        """Return the corners of merged cells; None where the format does not tell them."""

    def iter_rows(self) -> Iterable[Sequence[object]]:
        """Return rows from the first of the sheet, from the column of `start`; "" where empty."""


@dataclass(frozen=True)
class PlainSheet:
    """A sheet that was read row by row. rows: from the first of the sheet, each to its last cell.

    merged_cell_ranges: first and last cell of each.
    """

    rows: Sequence[Sequence[object]]
    merged_cell_ranges: Sequence[tuple[Position, Position]] = ()

    @property
    def start(self) -> Position | None:
        """Return the first filled row, and column 0."""
        first = (index for index, row in enumerate(self.rows) if _is_filled(row))
        return next(((index, 0) for index in first), None)

    @property
    def end(self) -> Position | None:
        """Return the last row and the last column."""
        return (len(self.rows) - 1, self._width - 1) if self.start else None

    def iter_rows(self) -> Iterator[Sequence[object]]:
        """Yield all rows, of one width."""
        width = self._width
        for row in self.rows:
            yield [*row, *[""] * (width - len(row))]

    @property
    def _width(self) -> int:
        return max(map(len, self.rows), default=0)


def _is_filled(row: Sequence[object]) -> bool:
    return any(cell is not None and cell != "" for cell in row)


def to_clock(seconds: int) -> time:
    """Return the time of day so many seconds after midnight."""
    minutes, second = divmod(seconds % 86_400, 60)
    return time(minutes // 60, minutes % 60, second)
