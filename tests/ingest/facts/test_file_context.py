"""What titles, the name of a sheet and the name of a file say about all rows."""

from __future__ import annotations

import pytest

from situasi.board import Board
from situasi.ingest.facts.file_context import read_context

Said = tuple[str | None, str | None, str | None]


def said(board: Board, *titles: str, sheet: str = "", file: str = "") -> Said:
    """Day, hour and kecamatan that are read."""
    found = read_context(titles, sheet, file, board.ingest_context)
    return found.day, found.clock, found.kecamatan


DAY = "27/11/2024"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("KEC_INDRALAYA_UTARA_27-11-2024_pukul_11.00.xlsx", (DAY, "11.00", "Indralaya Utara")),
        ("Laporan 27 NOV 2024 jam 13.xlsx", (DAY, "13.00", None)),
        ("27112024.csv", (DAY, None, None)),
        ("20241127 partisipasi.csv", (DAY, None, None)),
        ("27.11.24 pkl 9.csv", (DAY, "09.00", None)),
        ("31-02-2024.csv", (None, None, None)),
        ("rekap versi 2.0.1 (3).csv", (None, None, None)),
        # When a program wrote the file is not when anything happened.
        ("kobo_2024-11-28-03-12-11.xlsx", (None, None, None)),
        ("aUuid_20241128_031211.csv", (None, None, None)),
    ],
)  # fmt: skip
def test_the_name_of_a_file(board: Board, file: str, expected: Said) -> None:
    assert said(board, file=file) == expected


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (("KECAMATAN : TANJUNG BATU", "RABU, 27 NOVEMBER 2024", "PUKUL : 09.00 WIB"),
         (DAY, "09.00", "Tanjung Batu")),
        (("Partisipasi 27-11-24 JAM 12:00",), (DAY, "12.00", None)),
        (("Kec. Pemulutan Barat jam 07.00 s.d. 13.00",), (None, None, "Pemulutan Barat")),
        (("Update 11.00 WIB 27/11/2024 (masuk pukul 10.45)",), (DAY, None, None)),
        (("25 November 2024 s.d. 27 November 2024",), (None, None, None)),
        (("Dicetak 28 November 2024 pukul 07.00",), (None, None, None)),
        (("KECAMATAN INDRALAYA SELAATAN",), (None, None, None)),
        (("Kec. Entah Berantah",), (None, None, None)),
    ],
)  # fmt: skip
def test_the_lines_above_the_heading(board: Board, titles: tuple[str, ...], expected: Said) -> None:
    assert said(board, *titles) == expected


def test_a_sheet_is_named_as_its_kecamatan(board: Board) -> None:
    assert said(board, sheet="Tj Raja", file="rekap.xlsx")[2] == "Tanjung Raja"
    assert said(board, sheet="Sheet1")[2] is None


def test_a_title_counts_before_the_sheet_and_the_sheet_before_the_file(board: Board) -> None:
    titles, sheet, file = ("KEC. PEMULUTAN",), "KEC INDRALAYA", "26-11-2024.csv"
    assert said(board, *titles, sheet=sheet, file=file) == ("26/11/2024", None, "Pemulutan")
    assert said(board, "27-11-2024", sheet=sheet, file=file) == (DAY, None, "Indralaya")


def test_a_desa_is_read_within_the_kecamatan_that_is_named(board: Board) -> None:
    titles = ("DESA TANJUNG SETEKO KECAMATAN INDRALAYA KABUPATEN OGAN ILIR",)
    found = read_context(titles, "", "", board.ingest_context)
    assert (found.kecamatan, found.desa) == ("Indralaya", "TANJUNG SETEKO")


@pytest.mark.parametrize(
    "title",
    [
        "DESA : TANJUNG ATAP TIMUR",
        "DESA : TANJUNG ATAP TIMR",
        "Desa Sentul II Kec. Tanjung Batu",
    ],
)
def test_a_desa_that_is_none_is_not_its_neighbour(board: Board, title: str) -> None:
    found = read_context((title, "KECAMATAN TANJUNG BATU"), "", "", board.ingest_context)
    assert (found.desa or "").split()[-1] in {"TIMUR", "TIMR", "II"}  # held as unknown


@pytest.mark.parametrize(
    ("sheet", "day"),
    [
        ("26 NOV", "26/11/2024"),
        ("27 Nop", DAY),
        ("Selasa, 26 Nop.", "26/11/2024"),
        ("Tgl 3 Jan", "03/01/2025"),  # nearer than that of the year of voting
        ("31 NOV", None),
        ("26-27 NOV", None),
        ("26 s.d. 27 Nov 2024", None),
        ("Indralaya 3", None),
        ("Rekap tgl 26 November", "26/11/2024"),
        ("TPS 1 MEI", None),
        ("s.d. 26 NOV", None),
        ("3 I", None),
    ],
)
def test_a_sheet_named_by_a_day_without_its_year_is_of_that_day(
    board: Board, sheet: str, day: str | None
) -> None:
    assert said(board, sheet=sheet, file="Laporan.xlsx")[0] == day
    if day:
        assert said(board, sheet=sheet, file="Laporan 27 NOV 2024.xlsx")[0] == day


def test_days_that_differ_between_title_and_sheet_are_asked(board: Board) -> None:
    context = board.ingest_context
    found = read_context(["RABU 27 NOVEMBER 2024"], "26 NOV", "", context)
    assert found.day is None
    assert found.day_question is not None
    assert "27/11/2024" in found.day_question and "26/11/2024" in found.day_question
    assert read_context(["RABU 27 NOVEMBER"], "27 Nov", "", context).day == DAY
    assert read_context(["RABU 27 NOVEMBER"], "27 Nov", "28-11-2024.csv", context).other_day


@pytest.mark.parametrize(
    "title",
    [
        "REKAP KEHADIRAN PEMILIH 27 November 2024 s.d. pukul 11.00",
        "Rekap 27-11-2024 sampai dengan pukul 11.00 WIB",
        "Rabu, 27 November 2024 s/d 11.00",
        "27/11/24 s.d. 11.00",
        "27 November s.d. 11.00",
        "27112024 hingga 11.00",
        "27 November 2024 - 11.00",
        "27 November 2024 – 11.00 WIB",
        "TPS 12 s.d. 11.00 tanggal 27/11/2024",
        "TPS 12 s.d. pukul 11.00, 27 November 2024",
        "Jam 11 - 27 November 2024",
        "DPT 490 s.d. 11.00 (27-11-2024)",
    ],
)
def test_no_range_of_hours_begins_within_a_date_or_a_number(board: Board, title: str) -> None:
    assert said(board, title)[:2] == (DAY, "11.00")


@pytest.mark.parametrize(
    "hours",
    [
        "07.00 s.d. 11.00", "07.00-11.00 WIB", "07.00 WIB s/d 11.00 WIB", "jam 7 - 11",
        "jam 7 - 11.00", "pukul 07 sampai pukul 11.00", "- 07.00 - 11.00", "dari 7 hingga 11.00",
    ],
)  # fmt: skip
def test_a_range_of_hours_names_no_hour(board: Board, hours: str) -> None:
    assert said(board, f"27 November 2024 {hours}")[:2] == (DAY, None)
    assert said(board, f"Pemungutan {hours} 27-11-2024")[1] is None


def test_what_a_date_or_a_number_goes_on_with_is_no_hour(board: Board) -> None:
    assert said(board, "Rekap 24 s.d. 27.11.2024")[1] is None
    assert said(board, "1 Januari 2024 s.d. 12/11/2024")[1] is None
    assert said(board, "TPS 1 s.d. 12")[1] is None
