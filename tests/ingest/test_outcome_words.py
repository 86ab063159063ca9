"""What came of an incident, and the area of a polsek as its place, in the words of the field."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import INCIDENTS, TPS
from situasi.domain.settings import ROOT
from situasi.ingest.messages.chat_splitter import split_chat
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.parsing.cells import UnreadableCell
from situasi.ingest.vocabulary.vocabulary import load_vocabulary
from tests.builders_files import csv_file
from tests.ingest.test_pipeline import bring

VOCABULARY = load_vocabulary(ROOT / "data" / "vocabulary")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("selesai", "situasi kondusif (selesai)"), ("selesai", "aman, selesai"),
        ("selesai", "Selesai (aman)"), ("selesai", "kondusif - selesai"),
        ("selesai", "dapat dilerai, situasi kondusif"), ("selesai", "sdh berdamai"),
        ("diteruskan", "Limpah Bawaslu"), ("diteruskan", "sdh dilimpahkan ke Gakkumdu"),
        ("diteruskan", "Pelimpahan ke Bawaslu"),
        ("diteruskan", "telah dilimpahkan Bawaslu"), ("ditangani", "sedang ditangani, kondusif"),
        ("ditangani", "masih dalam penanganan"), ("dilaporkan", "blm ditindaklanjuti"),
        ("nihil", "situasi aman dan terkendali"), ("nihil", "sitkam aman kondusif"),
    ],
)  # fmt: skip
def test_a_status_is_read_beside_words_that_it_is_calm(code: str, words: str) -> None:
    assert VOCABULARY.read_code("incidents", "status", words)[0] == code


@pytest.mark.parametrize(
    "words",
    ["belum selesai", "belum aman", "aman, belum selesai", "akan dilimpahkan bawaslu",
     "belum dilimpahkan ke Bawaslu", "diteruskan besok", "selesai, diteruskan ke bawaslu"],
)  # fmt: skip
def test_what_has_not_come_or_is_two_things_is_asked(words: str) -> None:
    with pytest.raises(UnreadableCell):
        VOCABULARY.read_code("incidents", "status", words)


@pytest.mark.parametrize("heading", ["Catatan petugas", "Keterangan lapangan", "Ket. anggota"])
def test_notes_of_an_officer_are_words_about_the_row(heading: str) -> None:
    assert VOCABULARY.find_column("tps", heading) == "uraian"


def read_rows(board: Board, text: str) -> list[dict[str, str]]:
    extractor, names = MessageExtractor(board.ingest_context), board.ingest_context.places
    parts = split_chat(text, names.name_words)
    return [dict(r.cells) for m in parts for r in extractor.extract(m, date(2024, 11, 27)).rows]


RIOT = "Pkl 09.20 WIB di TPS 1 Ds. Sudimampir adu mulut antar saksi"


@pytest.mark.parametrize("end", [", situasi kondusif (selesai).", ", selesai", ", dapat dilerai."])
def test_an_outcome_of_its_own_in_a_message_is_the_status(board: Board, end: str) -> None:
    [row] = read_rows(board, RIOT + end)
    assert (row["jenis"], row["status"]) == ("kericuhan", "selesai")


def test_a_desa_is_that_of_the_area_of_the_polsek(board: Board) -> None:
    text = "wilkum Polsek Indralaya pkl 10.45 WIB di TPS 1 Ds. Penyandingan anggota KPPS pingsan"
    [row] = read_rows(board, text)
    assert (row["kecamatan"], row["desa"]) == ("Indralaya", "Penyandingan")
    other = "Wil. hukum Polsek Indralaya, pkl 10.00 keributan di TPS 1 Timbangan"
    assert read_rows(board, other)[0]["kecamatan"] == "Indralaya Utara"


def test_the_area_of_a_polsek_alone_is_no_kecamatan_of_a_message(board: Board) -> None:
    [row] = read_rows(board, "wilkum Polsek Indralaya aman pukul 10.00")
    assert "kecamatan" not in row


def test_a_cell_may_be_the_area_of_a_polsek(board: Board, tmp_path: Path) -> None:
    day = {"Tanggal": "27/11/2024", "Jam": "09.00"}
    what = {"Jenis": "kericuhan", "Uraian": "adu mulut"}
    path = csv_file(
        tmp_path / "a.csv",
        {**day, "Kecamatan": "wilkum Polsek Indralaya", "Desa": "Timbangan", **what},
        {**day, "Kecamatan": "Polsek Indralaya", "Desa": "", **what},
    )
    bring(board, path)
    found = board.store.rows_after(INCIDENTS).sort_values("row")
    assert found["kecamatan"].tolist() == ["16.10.07", "16.10.04"]
    assert "wilayahnya juga Indralaya Utara" in found["flags"].iloc[1]


def test_a_count_of_the_area_of_a_polsek_is_of_no_kecamatan(board: Board, tmp_path: Path) -> None:
    row = {"Tanggal": "27/11/2024", "Jam": "09.00", "Kecamatan": "Polsek Indralaya", "Hadir": 900}
    assert bring(board, csv_file(tmp_path / "a.csv", {**row, "Desa": "", "TPS": ""})).accepted == 0
    assert board.store.rows_after(TPS).empty
