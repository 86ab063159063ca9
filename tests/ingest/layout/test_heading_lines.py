"""Headings of several lines, a line of column numbers below, and what is above and below them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain.feed_schemas import FEEDS
from situasi.ingest.layout.heading_lines import (
    is_column_numbering,
    is_sub_heading,
    is_title_line,
    merge_lines,
)
from tests.ingest.readers.build import HEADING, ROW, csv_text, look, put, saved, xlsx
from tests.ingest.test_pipeline import bring

KNOWN = {"kecamatan", "desa", "tps", "partisipasi", "hadir dpt", "partisipasi jumlah"}


def score(texts: object) -> int:
    return sum(text.casefold() in KNOWN for text in texts)  # type: ignore[attr-defined]


TOP = ["NO", "KECAMATAN", "DESA", "PARTISIPASI", "", "", "KET"]
SUB = ["", "", "", "L", "P", "JUMLAH", ""]


def test_a_group_title_goes_to_its_columns_and_to_no_other() -> None:
    names = [
        "NO",
        "KECAMATAN",
        "DESA",
        "PARTISIPASI L",
        "PARTISIPASI P",
        "PARTISIPASI JUMLAH",
        "KET",
    ]
    assert merge_lines([TOP, SUB], score) == names


def test_three_lines_are_read_from_the_top() -> None:
    lines = [
        ["NO", "DESA", "PARTISIPASI", "", "", "", "DPT 2024", ""],
        ["", "", "PUKUL 09.00", "", "PUKUL 11.00", "", "", ""],
        ["", "", "L", "P", "L", "P", "L", "P"],
    ]
    assert is_sub_heading(lines[:1], lines[1])
    assert is_sub_heading(lines[:2], lines[2])
    assert merge_lines(lines, score)[2:] == [
        "PARTISIPASI PUKUL 09.00 L", "PARTISIPASI PUKUL 09.00 P", "PARTISIPASI PUKUL 11.00 L",
        "PARTISIPASI PUKUL 11.00 P", "DPT 2024 L", "DPT 2024 P",
    ]  # fmt: skip


def test_what_tells_two_columns_apart_is_never_left_out_and_a_lone_sum_is_its_groups() -> None:
    lines = [
        ["TPS", "PARTISIPASI", "", "", "", "JUMLAH"],
        ["", "DPT", "", "DPTb", "", ""],
        ["", "L", "P", "L", "P", ""],
    ]
    known = {"partisipasi l", "partisipasi p"}
    names = merge_lines(lines, lambda texts: sum(text.casefold() in known for text in texts))
    assert names[1:3] == ["PARTISIPASI DPT L", "PARTISIPASI DPT P"]
    assert names[5] == "PARTISIPASI JUMLAH"


@pytest.mark.parametrize(
    "row",
    [
        ["1", "Indralaya", "Tanjung Seteko", "60", "58", "118", "aman"],
        ["", "", "", "60", "58", "118", ""],
        ["1", "Indralaya", "Tanjung Seteko", "", "", "", ""],
        ["", "", "", "L", "P", "JUMLAH", "aman"],
    ],
)
def test_a_row_of_data_is_no_sub_heading(row: list[str]) -> None:
    assert not is_sub_heading([TOP], row)


def test_one_cell_at_the_left_is_a_title_and_one_over_the_middle_a_group() -> None:
    assert is_title_line(["REKAPITULASI", "", ""], ["NO", "DESA", "TPS"])
    assert not is_title_line(["", "", "PARTISIPASI"], ["NO", "DESA", "L", "P"])


@pytest.mark.parametrize(
    "row",
    [
        ["1", "2", "3"],
        ["(1)", "(2)", "(3)"],
        ["1.", "2.", "3."],
        ["a", "b", "c", "d"],
        ["1", "2", "3=1+2"],
        ["I", "II", "III"],
        ["1", "2", "", "3"],
        ["1", "2", "3", "4 (2+3)"],
        ["1", "2", "3", "4=2+3", "5=4/3x100%"],
    ],
)
def test_a_line_of_column_numbers_is_seen(row: list[str]) -> None:
    assert is_column_numbering(row)


@pytest.mark.parametrize(
    "row",
    [["1", "2"], ["1", "Indralaya", "3"], ["2", "3", "4"], ["1", "1", "1"], [], ["10", "20", "30"]],
)
def test_a_row_of_numbers_is_no_line_of_column_numbers(row: list[str]) -> None:
    assert not is_column_numbering(row)


@given(
    st.lists(st.lists(st.sampled_from(["", "a", "L", "09.00"]), max_size=6), min_size=1, max_size=4)
)
def test_any_lines_give_one_name_for_each_column(lines: list[list[str]]) -> None:
    assert len(merge_lines(lines, score)) == max(map(len, lines))


def recap(sheet: openpyxl.worksheet.worksheet.Worksheet, *rows: list[object]) -> None:
    """A recapitulation as an office makes it: letterhead, two lines of heading, numbers below."""
    for row in (
        ["POLRI DAERAH SUMATERA SELATAN"],
        ["RESOR OGAN ILIR"],
        [],
        ["REKAPITULASI PARTISIPASI PEMILIH"],
        ["NO", "TANGGAL", "JAM", "KECAMATAN", "DESA", "TPS", "DPT 2024", None, None,
         "PARTISIPASI", None, None, "KET"],
        [None, None, None, None, None, None, "L", "P", "JML", "L", "P", "JUMLAH"],
        [1, 2, 3, 4, 5, 6, 7, 8, "9=7+8", 10, 11, "12=10+11", 13],
        *rows,
    ):  # fmt: skip
        sheet.append(row)
    for merge in ("A5:A6", "D5:D6", "E5:E6", "G5:I5", "J5:L5", "M5:M6"):
        sheet.merge_cells(merge)


def line(number: int, tps: int, men: int, women: int, total: object) -> list[object]:
    return [
        number,
        "27/11/2024",
        "09.00",
        "Indralaya",
        "Tanjung Seteko",
        tps,
        200,
        210,
        410,
        men,
        women,
        total,
    ]


SIGNATURE: list[list[object]] = [
    [],
    [*[None] * 9, "Indralaya, 27 November 2024"],
    [*[None] * 9, "KABAG OPS"],
    [],
    [*[None] * 9, "AGUS SALIM, S.H."],
    [*[None] * 9, "KOMPOL NRP 74080345"],
]


def test_a_recapitulation_of_an_office_is_read_whole(board: Board, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    rows = [line(1, 1, 60, 58, 118), [], line(2, 2, 50, 41, 92)]
    total = ["JUMLAH", None, None, None, None, None, 400, 420, 820, 110, 99, 210]
    recap(book.worksheets[0], *rows, total, *SIGNATURE)
    book.save(tmp_path / "rekap.xlsx")
    ledger = bring(board, tmp_path / "rekap.xlsx")
    assert (ledger.read, ledger.accepted, ledger.quarantined) == (3, 2, 1)
    stored = board.store.rows_after(FEEDS["tps"])
    assert stored["hadir"].tolist() == [118, 92]
    assert "L + P = 91" in stored["flags"].iloc[1]
    assert "sesuai" in "; ".join(ledger.reasons[0]["reasons"])
    assert any("tanda tangan" in note and "13, 14, 16, 17" in note for note in ledger.notes)
    assert "74080345" not in str(board.store.quarantined_rows()) + str(ledger.notes)


def test_a_single_heading_keeps_its_title_lines_out(tmp_path: Path, board: Board) -> None:
    text = (
        "REKAPITULASI PARTISIPASI,,,,,\n"
        "tanggal 27 November 2024,,,,,\n"
        "no,waktu,kecamatan,desa,tps,hadir\n"
        "1,27/11/2024 09.00,Indralaya,Tanjung Seteko,1,118\n"
    )
    ledger = bring(board, put(tmp_path, text))
    assert (ledger.read, ledger.accepted) == (1, 1)
    assert any("2 baris di atas judul kolom" in note for note in ledger.notes)


def hourly(*rows: str) -> str:
    head = (
        "NO,KECAMATAN,DESA,TPS,PARTISIPASI,,,\n"
        ",,,,PUKUL 09.00,,PUKUL 11.00,\n"
        ",,,,L,JML,L,JML\n"
        "1,2,3,4,5,6,7,8\n"
    )
    return head + "".join(f"{row}\n" for row in rows)


def test_hours_over_men_and_sums_are_reports_of_their_hours(board: Board, tmp_path: Path) -> None:
    text = hourly("1,Indralaya,Tanjung Seteko,1,20,40,60,118", ",JUMLAH,,,20,40,60,118")
    ledger = bring(board, put(tmp_path, text))
    assert (ledger.accepted, ledger.quarantined) == (2, 1)
    stored = board.store.rows_after(FEEDS["tps"]).sort_values("occurred_at")
    assert stored["hadir"].tolist() == [40, 118]
    assert [f"{at:%H}" for at in stored["occurred_at"]] == ["02", "04"]


def test_parts_under_a_group_are_never_taken_for_its_sum(board: Board, tmp_path: Path) -> None:
    text = (
        "NO,WAKTU,KECAMATAN,DESA,TPS,PEMILIH HADIR,,\n"
        ",,,,,DPT,DPTb,DPK\n"
        "1,27/11/2024 09.00,Indralaya,Tanjung Seteko,1,100,5,3\n"
    )
    assert bring(board, put(tmp_path, text)).accepted == 1
    found = board.store.rows_after(FEEDS["tps"]).iloc[0]
    assert (found["hadir"], found["hadir_dpt"], found["hadir_dpk"]) == (108, 100, 3)


def test_sub_headings_nobody_knows_are_no_row_either(board: Board, tmp_path: Path) -> None:
    text = (
        "NO,WAKTU,KECAMATAN,DESA,TPS,HADIR,KENDARAAN,\n"
        ",,,,,,RODA 2,RODA 4\n"
        "1,27/11/2024 09.00,Indralaya,Tanjung Seteko,1,100,5,3\n"
    )
    ledger = bring(board, put(tmp_path, text))
    assert (ledger.read, ledger.accepted) == (1, 1)
    assert "KENDARAAN RODA 2, KENDARAAN RODA 4" in "; ".join(ledger.notes)


@pytest.mark.parametrize("in_excel", [False, True])
def test_column_numbers_repeated_at_a_page_break_are_no_report(
    tmp_path: Path, in_excel: bool
) -> None:
    numbers = (1, 2, 3, 4)
    if in_excel:
        path = saved(tmp_path, xlsx(numbers, ROW, HEADING, numbers, ROW, (1, 2, 3, "x")))
    else:
        texts = tuple(map(str, numbers))
        path = put(tmp_path, csv_text(texts, ROW, HEADING, texts, ROW, ("1", "2", "3", "x")))
    seen = look(path)
    assert seen.rows == [3, 6, 7]
    assert "2 baris judul kolom yang berulang dilewati (baris 4, 5)" in seen.notes


def test_a_numbered_title_at_the_left_is_no_group_over_columns() -> None:
    assert is_title_line(["II.", "PARTISIPASI"], ["NO", "KECAMATAN", "DPT", "HADIR"])
    assert not is_title_line(["NO", "PARTISIPASI"], ["", "L", "P"])
