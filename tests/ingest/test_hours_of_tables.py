"""Hours, days and sexes of tables with a column per hour or a row per day, as people write."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS, TPS
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from situasi.ingest.vocabulary.hour_headings import find_bare_hours
from tests.builders import unbounded
from tests.conftest import NOON

TITLE = "REKAP KEC. INDRALAYA\n"


def bring(board: Board, path: Path, text: str) -> IngestResult:
    """A text as a file at the door, two days after the voting."""
    path.write_text(text, "utf-8")
    later = NOON + timedelta(days=2)
    request = IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=later)
    result = ingest_file(request)
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def stored(board: Board) -> list[tuple[str, object]]:
    """Local day and clock, and the count or phase, of every report by row and time."""
    found = board.store.rows_after(TPS).sort_values(["row", "occurred_at"])
    clocks = found["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d %H.%M")
    told = found["hadir"].astype(object).where(found["hadir"].notna(), found["fase"])
    return list(zip(clocks, told, strict=True))


def flags(board: Board) -> list[str]:
    return [
        str(flag) for flag in board.store.rows_after(TPS).sort_values(["row", "hadir"])["flags"]
    ]


SEXES = "Kecamatan;Desa;TPS;09.00 L;09.00 P;09.00 JML;11.00 L;11.00 P;11.00 JML\n"


def test_men_and_women_of_an_hour_are_compared_with_its_own_count(
    board: Board, tmp_path: Path
) -> None:
    rows = "Indralaya;Tanjung Seteko;1;40;33;73;90;71;171\nIndralaya;Tanjung Seteko;2;50;41;91;;;\n"
    result = bring(board, tmp_path / "a.csv", SEXES + rows)
    assert stored(board) == [("27 09.00", 73), ("27 11.00", 171), ("27 09.00", 91)]
    told = flags(board)
    assert "hadir 171 tidak sama dengan L + P = 161" in told[1]
    assert "L + P" not in told[0] + told[2]
    assert not any("tidak dipakai" in note for note in result.notes)


def test_men_and_women_stand_for_a_count_that_is_not_written(board: Board, tmp_path: Path) -> None:
    rows = "Indralaya;Tanjung Seteko;1;40;33;;90;71;161\nIndralaya;Tanjung Seteko;2;50;;91;-;-;-\n"
    bring(board, tmp_path / "a.csv", SEXES + rows)
    assert stored(board) == [("27 09.00", 73), ("27 11.00", 161), ("27 09.00", 91)]
    assert "hadir 09.00 dijumlahkan dari L dan P" in flags(board)[0]


BOXES = (
    TITLE + "No;Desa;TPS;Kotak geser dari TPS;Tiba di PPK\n"
    "{first};;;;\n1;Tanjung Seteko;1;17.20;19.10\n{second};;;;\n2;Tanjung Seteko;2;06.15;07.55\n"
)


@pytest.mark.parametrize(
    "second", ["Kamis, 28 Nopember 2024", "28 NOV", "28-11-2024", "Lanjutan Kamis 28 November 2024"]
)
def test_a_row_that_is_a_day_is_the_day_of_the_phases_below_it(
    board: Board, tmp_path: Path, second: str
) -> None:
    text = BOXES.format(first="Rabu, 27 November 2024", second=second)
    result = bring(board, tmp_path / "a.csv", text)
    assert [clock for clock, _ in stored(board)] == ["27 17.20", "27 19.10", "28 06.15", "28 07.55"]
    assert [r["reasons"][0].split(",")[0] for r in result.reasons] == [
        "judul bagian untuk baris di bawahnya"
    ] * 2


def test_rows_above_the_first_day_are_of_the_day_of_the_title(board: Board, tmp_path: Path) -> None:
    text = (
        "LOGISTIK KEC. INDRALAYA 26 NOVEMBER 2024\nDesa;TPS;Logistik tiba;TPS dibuka\n"
        "Tanjung Seteko;1;17.20;\nRABU 27 NOVEMBER 2024;;;\nTanjung Seteko;2;05.15;07.05\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert [clock for clock, _ in stored(board)] == ["26 17.20", "27 05.15", "27 07.05"]


def test_a_row_that_is_a_day_is_the_day_of_the_counts_below_it(
    board: Board, tmp_path: Path
) -> None:
    text = TITLE + (
        "Desa;TPS;09.00;11.00\n27 NOVEMBER 2024;;;\nTanjung Seteko;1;70;80\n"
        "28 NOVEMBER 2024;;;\nTanjung Seteko;2;95;\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert stored(board) == [("27 09.00", 70), ("27 11.00", 80), ("28 09.00", 95)]


def test_a_day_above_rows_of_hours_is_that_of_these(board: Board, tmp_path: Path) -> None:
    text = TITLE + (
        "Desa;TPS;Hadir\nRABU, 27 NOVEMBER 2024;;\nPUKUL 09.00;;\nTanjung Seteko;1;70\n"
        "KAMIS, 28 NOVEMBER 2024;;\nPUKUL 08.00;;\nTanjung Seteko;2;95\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert stored(board) == [("27 09.00", 70), ("28 08.00", 95)]


LONG = "Kecamatan;Desa;TPS;Jam;Hadir\n"


@pytest.mark.parametrize("other", ["9.30", "pkl 9.30", "Pkl. 9", "pkl9", "9 WIB", "09. 30"])
def test_a_whole_number_among_hours_is_an_hour(board: Board, tmp_path: Path, other: str) -> None:
    rows = f"Indralaya;Tanjung Seteko;1;8;50\nIndralaya;Tanjung Seteko;2;{other};60\n"
    bring(board, tmp_path / "a.csv", LONG + rows)
    clock = "27 09.30" if "30" in other else "27 09.00"
    assert stored(board) == [("27 08.00", 50), (clock, 60)]


@pytest.mark.parametrize("cell", ["1", "75"])
def test_a_number_that_may_be_another_hour_or_none_is_held(
    board: Board, tmp_path: Path, cell: str
) -> None:
    rows = f"Indralaya;Tanjung Seteko;1;8.30;50\nIndralaya;Tanjung Seteko;2;{cell};60\n"
    result = bring(board, tmp_path / "a.csv", LONG + rows)
    assert stored(board) == [("27 08.30", 50)]
    assert result.reasons[0]["reasons"] == [f'jam "{cell}" tidak terbaca; tulis misalnya 07.30']


def test_a_bare_number_among_headings_of_hours_is_one_where_they_go_on() -> None:
    assert find_bare_hours(["Desa", "8", "9.30", "pkl 10"]) == {"8": "08.00"}
    assert find_bare_hours(["Desa", "9.30", "pkl 10", "8"]) == {}
    assert find_bare_hours(["Desa", "8", "9", "pkl 10"]) == {}
    assert find_bare_hours(["No", "1", "9.30", "pkl 10"]) == {}


def test_numbers_below_a_title_of_hours_are_hours(board: Board, tmp_path: Path) -> None:
    text = (
        "REKAP KEC INDRALAYA 27 NOV 2024;;;;;\nNo;Desa;TPS;JUMLAH PEMILIH HADIR JAM;;\n;;;8;9;10\n"
        "1;Tanjung Seteko;1;10;20;30\n"
    )
    bring(board, tmp_path / "a.csv", text)
    assert stored(board) == [("27 08.00", 10), ("27 09.00", 20), ("27 10.00", 30)]


def test_hours_that_a_spreadsheet_made_numbers_get_their_zero_back(
    board: Board, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    rows: list[tuple[object, ...]] = [
        ("KEC. INDRALAYA 27-11-2024",),
        ("DESA", "TPS", "BUKA (PKL)", "TUTUP (PKL)"),
        ("Tanjung Seteko", 1, "07.00", 13.1),
        ("Tanjung Seteko", 2, 7, 13),
        ("Tanjung Gelam", 1, 7.7, "13.05"),
    ]
    for row in rows:
        sheet.append(row)
    book.save(path := tmp_path / "a.xlsx")
    later = NOON + timedelta(days=2)
    request = IngestRequest(path, board.store, board.ingest_context, unbounded("uji"), now=later)
    result = ingest_file(request)
    assert stored(board) == [
        ("27 07.00", "dibuka"),
        ("27 13.10", "ditutup"),
        ("27 07.00", "dibuka"),
        ("27 13.00", "ditutup"),
        ("27 13.05", "ditutup"),
    ]
    assert ["7.7" in reason["reasons"][0] for reason in result.reasons] == [True]
    assert "jam 13.1 ditulis sebagai bilangan, dibaca 13.10" in flags(board)[1]


def test_the_hour_of_the_report_is_used_where_no_other_is_asked(
    board: Board, tmp_path: Path
) -> None:
    text = (
        "LAPORAN SITUASI (NIHIL)\nRabu, 27 November 2024\n"
        "No;Kecamatan;Desa;TPS;Jam Lapor;Situasi\n"
        "1;Kandis;Miji;1;09.05;NIHIL\n2;Kandis;Miji;1;11.00;Aman, nihil\n"
    )
    assert bring(board, tmp_path / "nihil.csv", text).accepted == 2
    rows = board.store.rows_after(INCIDENTS).sort_values("row")
    clocks = rows["occurred_at"].dt.tz_convert("Asia/Jakarta").dt.strftime("%d %H.%M")
    assert [*zip(clocks, rows["jenis"], strict=True)] == [
        ("27 09.05", "nihil"), ("27 11.00", "nihil"),
    ]  # fmt: skip
    assert rows["flags"].str.contains("jam lapor yang diisi pelapor").all()
