"""Words of an incident that go on in the next row of a list, and rows that are none."""

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS
from tests.ingest.sources.test_tables_of_others import bring

HEADING = "NO,WAKTU,TKP,URAIAN,TINDAKAN,KET\n"
FIRST = "1,27/11/2024 11.10,TPS 1 Desa Limbang Jaya II,Terjadi keributan antara,Dibawa ke,Selesai\n"


def test_words_that_go_on_in_the_next_row_are_of_the_row_above(
    board: Board, tmp_path: Path
) -> None:
    text = HEADING + FIRST + ",,,dua saksi,Polsek,\nLanjutan...\n" + HEADING
    text += "2,27/11/2024 12.00,TPS 2 Desa Limbang Jaya II,Listrik padam,Genset,Masih ditangani\n"
    text += "3,,,,,\n4,,,,,\nDemikian dilaporkan untuk menjadi periksa\n"
    result = bring(board, tmp_path / "kejadian.csv", text)
    assert (result.accepted, result.quarantined) == (2, 0)
    rows = board.store.rows_after(INCIDENTS).sort_values("row")
    assert "Terjadi keributan antara dua saksi" in rows["uraian"].iloc[0]
    assert "Dibawa ke Polsek" in rows["uraian"].iloc[0]
    assert rows["status"].tolist() == ["selesai", "ditangani"]
    notes = " ".join(result.notes)
    assert "lanjutan baris di atasnya (baris 3)" in notes
    assert "2 baris hanya nomor urut dilewati (baris 7, 8)" in notes
    assert "Lanjutan" in notes
    assert "Demikian" in notes


def test_a_row_that_may_be_an_incident_of_its_own_waits_and_names_the_row_above(
    board: Board, tmp_path: Path
) -> None:
    text = HEADING + FIRST + ",,,Listrik padam,,\n"
    result = bring(board, tmp_path / "kejadian.csv", text)
    assert (result.accepted, result.quarantined) == (1, 1)
    assert "bila lanjutan baris 2" in result.reasons[0]["reasons"][0]


@pytest.mark.parametrize(
    "row",
    [",27/11/2024 12.00,TPS 2 Desa Limbang Jaya II,listrik padam,,\n", "2,,,listrik padam,,\n"],
)
def test_a_row_with_a_number_or_a_time_is_never_joined(
    row: str, board: Board, tmp_path: Path
) -> None:
    bring(board, tmp_path / "kejadian.csv", HEADING + FIRST + row)
    texts = board.store.rows_after(INCIDENTS).sort_values("row")["uraian"]
    assert "listrik" not in texts.iloc[0]


def test_who_answers_that_nothing_happened_reports_no_incident(
    board: Board, tmp_path: Path
) -> None:
    text = "Waktu,Kecamatan,Desa,Ada kejadian?,Jenis kejadian,Uraian\n"
    text += "27/11/2024 10.00,Indralaya,Tanjung Seteko,Ya,Kericuhan,Saksi ribut\n"
    text += "27/11/2024 10.05,Indralaya,Tanjung Sejaro,Tidak,,\n"
    text += "27/11/2024 10.10,Indralaya,Tanjung Gelam,Tidak,,Ada asap\n"
    result = bring(board, tmp_path / "formulir.csv", text)
    assert (result.accepted, result.quarantined) == (1, 1)
    assert "menjawab tidak pada “Ada kejadian?” dilewati (baris 3)" in " ".join(result.notes)
