"""Tables side by side on one sheet are read one by one, and no row of the right one is lost."""

from __future__ import annotations

import pandas as pd
import pytest

from situasi.ingest.layout.side_by_side import split_blocks
from situasi.ingest.tables import Table

MEANINGS = {"DESA": "desa_name", "TPS": "tps", "HADIR": "hadir", "KET": "uraian"}


def sheet(rows: list[list[object]], *headings: str) -> Table:
    cells = pd.DataFrame(rows, columns=list(headings), dtype="object")
    return Table(cells, list(range(5, 5 + len(rows))))


def split(table: Table) -> list[Table]:
    return list(split_blocks([table], MEANINGS.get))


BOTH = ("DESA", "TPS", "HADIR", "DESA (2)", "TPS (2)", "HADIR (2)")


def test_each_block_is_a_table_under_the_same_headings() -> None:
    left, right = split(sheet([["A", 1, 7, "B", 2, 8], ["A", 2, 9, None, None, None]], *BOTH))
    assert left.cells.to_numpy().tolist() == [["A", 1, 7], ["A", 2, 9]]
    assert right.cells.to_numpy().tolist() == [["B", 2, 8]]
    assert list(right.cells.columns) == ["DESA", "TPS", "HADIR"]
    assert (left.row_numbers, right.row_numbers) == ([5, 6], [5])
    assert "2 tabel berdampingan" in left.notes[0]


def test_row_that_only_one_block_has_is_a_row_of_that_block_alone() -> None:
    left, right = split(sheet([["A", 1, 7, "B", 2, 8], [None, None, None, "B", 3, 9]], *BOTH))
    assert (left.row_numbers, right.row_numbers) == ([5], [5, 6])


@pytest.mark.parametrize(
    "headings",
    [
        ("DESA", "TPS", "HADIR", "KET", "KET (2)"),  # one heading twice
        ("DESA", "TPS", "HADIR", "HADIR (2)"),
        ("DESA", "DESA (2)", "TPS", "TPS (2)", "HADIR", "HADIR (2)"),  # not side by side
        ("DESA", "TPS", "HADIR", "DESA (2)", "TPS (2)", "KET (2)"),  # the second reports nothing
    ],
)
def test_headings_that_are_not_repeated_as_a_whole_stay_one_table(headings) -> None:
    table = sheet([list(range(len(headings)))], *headings)
    assert split(table) == [table]
