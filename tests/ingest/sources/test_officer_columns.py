"""Rank, number and name of an officer in one cell."""

from __future__ import annotations

import pandas as pd
import pytest

from situasi.board import Board
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.officer_columns import split_officer_columns
from situasi.ingest.tables import Table


def split(board: Board, **cells: str) -> dict[str, object]:
    """The cells of one row after the split, by heading."""
    frame = pd.DataFrame({heading: [cell] for heading, cell in cells.items()}, dtype="object")
    table = ConvertedTable(Table(frame, [2]), board.ingest_context.vocabulary)
    split_officer_columns(table)
    return dict(table.cells.iloc[0])


@pytest.mark.parametrize(
    ("heading", "cell", "expected"),
    [
        ("PANGKAT/NRP", "BRIPKA / 87041234", {"pangkat": "BRIPKA", "nrp": "87041234"}),
        ("Pangkat dan NRP", "AIPTU 8704 1234", {"pangkat": "AIPTU", "nrp": "8704 1234"}),
        ("NRP/NIP", "87041234", None),
        (
            "NAMA / PANGKAT / NRP",
            "ANDI SAPUTRA, S.H. / IPDA / 87041234",
            {"nama": "ANDI SAPUTRA S.H.", "pangkat": "IPDA", "nrp": "87041234"},
        ),
        ("PANGKAT / NRP", "BRIPDA", {"pangkat": "BRIPDA", "nrp": None}),
        ("NAMA/NRP", "-", {"nama": None, "nrp": None}),
    ],
)
def test_a_combined_column_becomes_its_parts(
    board: Board, heading: str, cell: str, expected: dict[str, object] | None
) -> None:
    assert split(board, **{heading: cell}) == (expected or {heading: cell})


def test_a_list_that_has_the_part_already_stays_as_it_is(board: Board) -> None:
    cells = {"PANGKAT/NRP": "BRIPKA/87041234", "NRP": "87041234"}
    assert split(board, **cells) == cells
