"""Neutrality and merges at the door: a step of a case, the word that there is none, two as one."""

from __future__ import annotations

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import LANGKAH, PELANGGARAN
from tests.builders_files import report
from tests.ingest.door import accepted, deliver, reasons


@pytest.mark.parametrize("step", [step for step in LANGKAH if step != "nihil"])
def test_every_step_of_a_case_is_a_row_of_its_own(board: Board, step: str) -> None:
    found = accepted(board, "neutrality", langkah=step)
    assert (found["langkah"], found["pelanggaran"], found["flags"]) == (step, "N07", None)


@pytest.mark.parametrize("code", PELANGGARAN)
def test_a_breach_is_read_by_its_code(board: Board, code: str) -> None:
    assert accepted(board, "neutrality", pelanggaran=code.lower())["pelanggaran"] == code


@pytest.mark.parametrize(
    ("column", "written", "code"),
    [
        ("pelanggaran", "pose jari", "N07"),
        ("pelanggaran", "Foto bersama paslon", "N06"),
        ("pelanggaran", "menjadi tim sukses", "N09"),
        ("asal", "Pengaduan masyarakat", "dumas"),
        ("asal", "cyber patrol", "patroli_siber"),
        ("langkah", "Laporan Polisi", "lp_propam"),
        ("langkah", "sidang kode etik", "sidang"),
        ("kelas", "Berat", "berat"),
        ("sanksi", "penempatan khusus", "patsus"),
        ("sanksi", "dipecat", "ptdh"),
    ],
)
def test_a_case_is_told_in_the_words_of_propam(
    board: Board, column: str, written: str, code: str
) -> None:
    assert accepted(board, "neutrality", **{column: written})[column] == code


def test_nihil_alone_is_a_whole_report_of_the_whole_kabupaten(board: Board) -> None:
    row = {"waktu": "27/11/2024 08.00", "langkah": "nihil", "pelanggaran": "-", "kelas": ""}
    assert deliver(board, "neutrality", row).accepted == 1


@pytest.mark.parametrize("cell", [{"pelanggaran": "N07"}, {"pelanggaran": "", "sanksi": "ptdh"}])
def test_nihil_with_a_case_contradicts_itself(board: Board, cell: dict[str, str]) -> None:
    assert "pilih salah satu" in reasons(board, "neutrality", langkah="nihil", **cell)


def test_a_tip_whose_breach_is_not_named_yet_is_taken_with_a_doubt(board: Board) -> None:
    found = accepted(board, "neutrality", langkah="dumas", pelanggaran="")
    assert (found["langkah"], found["pelanggaran"]) == ("informasi", None)
    assert "tidak disebut" in found["flags"]


def test_a_plain_status_is_the_step_where_no_other_column_tells_it(board: Board) -> None:
    row = report("neutrality", status="klarifikasi")
    del row["langkah"]
    assert deliver(board, "neutrality", row).accepted == 1
    assert accepted(board, "neutrality", id="K-2", status="selesai")["langkah"] == "klarifikasi"


@pytest.mark.parametrize(
    ("stated", "said"),
    [({"langkah": ""}, "langkah penanganan kosong"), ({"langkah": "entah"}, "entah"),
     ({"pelanggaran": "N16"}, "N16"), ({"waktu": ""}, "waktu kosong"),
     ({"kode_kecamatan": "", "kecamatan": "Atlantis"}, "Atlantis"), ({"kelas": "5"}, "kelas")],
)  # fmt: skip
def test_a_row_that_tells_no_step_is_asked_again(
    board: Board, stated: dict[str, str], said: str
) -> None:
    assert said in reasons(board, "neutrality", **stated)


# Merges.


def test_two_cases_are_joined_and_parted_again_each_by_a_row(board: Board) -> None:
    for action in ("gabung", "pisah"):
        found = accepted(board, "merges", id="", tindakan=action, alasan_gabung="sama tempat")
        assert (found["tindakan"], found["alasan_gabung"]) == (action, "sama tempat")


@pytest.mark.parametrize(
    ("stated", "said"),
    [({"kasus": ""}, "dua kasus"), ({"ke": ""}, "dua kasus"), ({"tindakan": ""}, "tindakan kosong"),
     ({"ke": "K-1 logistik"}, "dirinya sendiri"), ({"tindakan": "entah"}, "entah")],
)  # fmt: skip
def test_a_merge_names_two_cases_and_what_becomes_of_them(
    board: Board, stated: dict[str, str], said: str
) -> None:
    assert said in reasons(board, "merges", **stated)
