"""Running sums of the rows of a sheet by column, updated while its tables are checked."""

from dataclasses import dataclass, field


@dataclass
class ColumnSums:
    """row_count: number of rows added. by_heading: sum of the numbers under each heading."""

    row_count: int = 0
    by_heading: dict[str, float] = field(default_factory=dict)

    def add(self, row_count: int, by_heading: dict[str, float]) -> None:
        """Add the sums of some rows."""
        self.row_count += row_count
        for heading, number in by_heading.items():
            self.by_heading[heading] = self.by_heading.get(heading, 0) + number


@dataclass
class RunningSums:
    """total: of all rows so far. subtotal: of the rows after the last total row."""

    total: ColumnSums = field(default_factory=ColumnSums)
    subtotal: ColumnSums = field(default_factory=ColumnSums)

    def add(self, row_count: int, by_heading: dict[str, float]) -> None:
        """Add the sums of some rows to the total and the subtotal."""
        self.total.add(row_count, by_heading)
        self.subtotal.add(row_count, by_heading)

    def start_subtotal(self) -> None:
        """Reset the subtotal."""
        self.subtotal = ColumnSums()
