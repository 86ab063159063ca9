"""Counts that are what came since the last one: held by the words of the row, column or sheet."""

from pathlib import Path

import openpyxl
import pytest

from situasi.board import Board
from tests.ingest.sources.test_tables_of_others import bring, counts, doubts
from tests.ingest.test_pipeline import bring as bring_file

ROWS = "Kecamatan,Desa,TPS,Jam,{},{}\nIndralaya,Tanjung Seteko,1,09.00,{},{}\n"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Keterangan", "tambahan"),
        ("Metode", "Penambahan"),
        ("Jenis hitungan", "tambahan pemilih"),
        ("Keterangan", "penambahan sejak jam 07"),
        ("Keterangan", "+ 24 orang dari jam 08.00"),
        ("Status", "bukan kumulatif"),
    ],
)
def test_a_row_that_calls_its_count_an_addition_is_held(
    heading: str, words: str, board: Board, tmp_path: Path
) -> None:
    text = ROWS.format("Hadir", heading, 24, words) + "Indralaya,Tanjung Seteko,2,09.00,124,\n"
    result = bring(board, tmp_path / "rekap 27112024.csv", text)
    assert [row[2:] for row in counts(board)] == [("002", 124)]
    assert words in result.reasons[0]["reasons"][0]


@pytest.mark.parametrize(
    "words",
    ["tambahan 24 dari jam 08", "+3 DPTb", "tambahan personel", "tambahan surat suara 24"],
)  # fmt: skip
def test_a_remark_on_an_addition_beside_a_cumulative_count_holds_nothing(
    words: str, board: Board, tmp_path: Path
) -> None:
    bring(board, tmp_path / "a 27112024.csv", ROWS.format("Hadir", "Keterangan", 124, words))
    assert [row[2:] for row in counts(board)] == [("001", 124)]


def test_a_telephone_number_in_a_remark_is_no_addition(board: Board, tmp_path: Path) -> None:
    text = ROWS.format("Hadir", "Keterangan", 24, "+62811:antri")
    bring(board, tmp_path / "a 27112024.csv", text)
    assert [row[2:] for row in counts(board)] == [("001", 24)]


def test_a_heading_that_calls_counts_additions_holds_them(board: Board, tmp_path: Path) -> None:
    text = ROWS.format("Jumlah Hadir (tambahan)", "Keterangan", 24, "")
    result = bring(board, tmp_path / "a 27112024.csv", text)
    assert counts(board) == []
    assert 'judul "Jumlah Hadir (tambahan)"' in result.reasons[0]["reasons"][0]


def test_the_name_of_a_sheet_makes_its_counts_doubtful(board: Board, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in ROWS.format("Hadir", "Keterangan", 24, "").splitlines():
        book.active.append(line.split(","))
    book.active.title = "Tambahan"
    book.save(tmp_path / "a 27112024.xlsx")
    bring_file(board, tmp_path / "a 27112024.xlsx")
    assert 'lembar "Tambahan"' in doubts(board)[0]


@pytest.mark.parametrize(("heading", "is_used"), [("Jumlah", True), ("L+P", True), ("DPT", False)])
def test_a_sum_beside_men_and_women_is_the_count_where_it_is_their_sum(
    heading: str, is_used: bool, board: Board, tmp_path: Path
) -> None:
    rows = "".join(
        f"Indralaya,Tanjung Seteko,{tps},09.00,{men},{women},{total}\n"
        for tps, men, women, total in ((1, 40, 50, 90), (2, 30, 31, 61), (3, 20, 25, 54))
    )
    text = f"Kecamatan,Desa,TPS,Jam,Hadir L,Hadir P,{heading}\n{rows}"
    bring(board, tmp_path / "rekap 27112024.csv", text)
    assert [row[3] for row in counts(board)] == [90, 61, 54 if is_used else 45]
    marks = [mark or "" for mark in doubts(board)]
    assert all(("tidak disebut" in mark) != is_used for mark in marks)
    assert ("54" in marks[2]) == is_used
