"""What the rows of a sheet add up to so far, by column: kept while its tables are judged."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ColumnSums:
    """rows: how many were added. columns: the sum of the numbers under each heading."""

    row_count: int = 0
    by_heading: dict[str, float] = field(default_factory=dict)

    def add(self, row_count: int, by_heading: dict[str, float]) -> None:
        self.row_count += row_count
        for heading, number in by_heading.items():
            self.by_heading[heading] = self.by_heading.get(heading, 0) + number


@dataclass
class RunningSums:
    """whole: of all rows so far. since: of those after the last total row."""

    total: ColumnSums = field(default_factory=ColumnSums)
    subtotal: ColumnSums = field(default_factory=ColumnSums)

    def add(self, row_count: int, by_heading: dict[str, float]) -> None:
        self.total.add(row_count, by_heading)
        self.subtotal.add(row_count, by_heading)

    def start_subtotal(self) -> None:
        """Begin the next subtotal."""
        self.subtotal = ColumnSums()
