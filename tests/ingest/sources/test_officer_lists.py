"""Lists of officers: rank, number and name in one cell, and who is there."""

from __future__ import annotations

import pandas as pd
import pytest

from situasi.board import Board
from situasi.ingest.sources.converted_table import ConvertedTable
from situasi.ingest.sources.officer_lists import split_officer_columns, take_attendance
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


def attendance(board: Board, words: str, *cells: object) -> ConvertedTable:
    frame = pd.DataFrame({"nrp": ["1"] * len(cells), "KET": list(cells)}, dtype="object")
    table = ConvertedTable(Table(frame, list(range(len(cells)))), board.ingest_context.vocabulary)
    take_attendance(table, words)
    return table


def test_who_is_there_has_checked_in_and_who_is_not_is_no_report(board: Board) -> None:
    table = attendance(board, "DAFTAR HADIR APEL", "HADIR", "Sakit", "hadir")
    assert table.cells["checkin"].tolist() == ["apel", None, "apel"]
    assert table.reasons == {1: "tidak hadir (Sakit), bukan lapor diri; tidak perlu dibetulkan"}
    assert set(table.doubts) == {0, 2}


def test_attendance_that_is_no_muster_keeps_its_word(board: Board) -> None:
    assert attendance(board, "Absensi PAM TPS", "Siap").cells["checkin"].tolist() == ["Siap"]


@pytest.mark.parametrize(
    ("words", "cells"),
    [("DAFTAR PERSONEL", ("HADIR",)), ("DAFTAR HADIR", ("aman", "kondusif", "hadir")),
     ("DAFTAR HADIR", ("Sakit", "Izin"))],
)  # fmt: skip
def test_a_list_that_does_not_say_who_is_there_is_left_alone(
    board: Board, words: str, cells: tuple[str, ...]
) -> None:
    table = attendance(board, words, *cells)
    assert "checkin" not in table.cells.columns
    assert not table.reasons
