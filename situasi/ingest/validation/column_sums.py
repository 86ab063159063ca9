"""What the rows of a sheet add up to so far, by column: kept while its tables are judged."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Sums:
    """rows: how many were added. columns: the sum of the numbers under each heading."""

    rows: int = 0
    columns: dict[str, float] = field(default_factory=dict)

    def add(self, rows: int, columns: dict[str, float]) -> None:
        self.rows += rows
        for heading, number in columns.items():
            self.columns[heading] = self.columns.get(heading, 0) + number


@dataclass
class RunningSums:
    """whole: of all rows so far. since: of those after the last total row."""

    whole: Sums = field(default_factory=Sums)
    since: Sums = field(default_factory=Sums)

    def add(self, rows: int, columns: dict[str, float]) -> None:
        self.whole.add(rows, columns)
        self.since.add(rows, columns)

    def start_anew(self) -> None:
        """Begin the next subtotal."""
        self.since = Sums()
