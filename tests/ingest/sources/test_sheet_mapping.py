"""Sheets of one workbook under the same headings are looked at together."""

from __future__ import annotations

from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.sources.sheet_mapping import take_alike


def sheet(name: str, *rows: list[object]) -> Sheet:
    return Sheet(name=name, rows=list(rows), row_numbers=list(range(1, len(rows) + 1)))


def test_rows_of_sheets_with_the_same_headings_are_one_table() -> None:
    sheets = [
        sheet("A", ["wil", "bx"], ["Kandis", 1], ["Kandis", 2]),
        sheet("B", ["wil", "bx"], ["Kandis", 1]),
        sheet("C", ["wil", "lain"], ["Kandis", 9]),
    ]
    table = take_alike(sheets, HeaderPosition(0))
    assert table.cells["bx"].tolist() == [1, 2, 1]
    assert table.row_numbers == [2, 3, 2]
    assert list(take_alike(sheets[2:], HeaderPosition(0)).cells.columns) == ["wil", "lain"]
