"""Activities at the door: kind and task force, plan and deed, stage, SOP and partners."""

from __future__ import annotations

import pytest

from situasi.board import Board
from situasi.domain.feed_schemas import FUNGSI
from situasi.domain.settings import ROOT
from situasi.ingest.parsing.institutions import read_partners
from situasi.ingest.tables import Cell
from situasi.ingest.vocabulary.vocabulary import load_vocabulary
from tests.builders_files import report
from tests.ingest.door import accepted, deliver, reasons


@pytest.mark.parametrize("function", FUNGSI)
def test_kind_and_task_force_tell_each_other(board: Board, function: str) -> None:
    found = accepted(board, "activities", giat=function)
    assert (found["giat"], found["fungsi"]) == (function, function)
    found = accepted(board, "activities", id="K-2", giat="", fungsi=f"Satgas {function}")
    assert (found["giat"], found["fungsi"]) == (function, function)


def test_a_kind_that_is_no_task_force_tells_none(board: Board) -> None:
    assert accepted(board, "activities", giat="patroli")["fungsi"] is None
    found = accepted(board, "activities", id="K-2", giat="patroli", fungsi="Samapta")
    assert (found["giat"], found["fungsi"]) == ("patroli", "preventif")


def test_without_kind_and_task_force_a_row_is_asked_again(board: Board) -> None:
    assert "jenis giat kosong" in reasons(board, "activities", giat="-", fungsi="")


# Plan and deed.


def test_what_lies_ahead_without_a_status_is_planned(board: Board) -> None:
    found = accepted(board, "activities", status="", waktu="28/11/2024 08.00")
    assert (found["status"], found["flags"]) == ("rencana", None)


def test_of_what_is_past_nobody_said_that_it_was_done(board: Board) -> None:
    assert accepted(board, "activities", status="")["status"] is None


def test_a_day_that_has_begun_is_not_ahead(board: Board) -> None:
    assert accepted(board, "activities", status="", waktu="27/11/2024")["status"] is None
    found = accepted(board, "activities", id="K-2", status="", waktu="28/11/2024")
    assert found["status"] == "rencana"


def test_nothing_is_done_before_its_time(board: Board) -> None:
    said = reasons(board, "activities", status="terlaksana", waktu="28/11/2024 08.00")
    assert "masa depan" in said
    assert accepted(board, "activities", status="batal", waktu="28/11/2024 08.00")["flags"] is None


def test_an_exercise_may_be_done_ahead_of_the_clock(board: Board) -> None:
    found = accepted(board, "activities", waktu="28/11/2024 08.00", latihan="ya")
    assert (found["status"], found["latihan"]) == ("terlaksana", True)


def test_a_plan_years_ahead_is_taken_for_a_slip_and_doubted(board: Board) -> None:
    found = accepted(board, "activities", status="rencana", waktu="28/11/2042 08.00")
    assert "setahun" in found["flags"]


# Stage and SOP.


@pytest.mark.parametrize(
    ("written", "code", "doubted"),
    [
        ("T20", "T20", False), ("t 20", "T20", False), ("Masa tenang", "T20", False),
        ("MASA  TENANG", "T20", False), ("masa tenamg", "T20", True),
        ("Pemungutan suara", "T21", False), ("rekapitulasi kecamatan", "T23", True),
        ("rekapitulasi tingkat kecamatan", "T23", False), ("rekapitulasi", None, True),
        ("T99", None, True), ("entah", None, True), ("???", None, True), ("", None, False),
        ("-", None, False), (20, None, True), ("x" * 5000, None, True),
    ],
)  # fmt: skip
def test_a_stage_is_read_by_code_or_name_or_left_open_with_a_doubt(
    board: Board, written: object, code: str | None, doubted: bool
) -> None:
    found = accepted(board, "activities", tahapan=written)
    assert (found["tahapan"], bool(found["flags"])) == (code, doubted)


def test_a_line_of_the_sop_tells_its_stage(board: Board) -> None:
    item = board.register.sop[0]
    found = accepted(board, "activities", sop=item.code.lower())
    assert (found["sop"], found["tahapan"], found["flags"]) == (item.code, item.stage, None)
    found = accepted(board, "activities", id="K-2", sop=item.text)
    assert found["sop"] == item.code


def test_an_unknown_line_of_the_sop_is_doubted_and_a_contradiction_said(board: Board) -> None:
    found = accepted(board, "activities", sop="Z99")
    assert found["sop"] is None
    assert "Z99" in found["flags"]
    item = next(item for item in board.register.sop if item.stage != "T01")
    found = accepted(board, "activities", id="K-2", sop=item.code, tahapan="T01")
    assert (found["sop"], found["tahapan"]) == (item.code, "T01")
    assert item.stage in found["flags"]


# Partners.


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("kpu, bawaslu dan TNI", "KPU, Bawaslu, TNI"), ("KPU Ogan Ilir", "KPU"),
        ("Kodim, Koramil/Babinsa", "TNI"), ("pemda; KPUD & KPU", "Pemkab, KPU"),
        ("Bawaslu Kab. Ogan Ilir", "Bawaslu"), ("Pramuka", "Pramuka"), ("Pol PP + linmas",
        "Satpol PP, Linmas"), ("Senkom Mitra Polri, kpu", "Senkom Mitra Polri, KPU"),
        ("", None), ("-", None), (",;", None), (None, None), (7, "7"),
    ],
)  # fmt: skip
def test_institutions_go_by_one_name_each_and_strangers_by_their_own(
    written: Cell, read: str | None
) -> None:
    names = load_vocabulary(ROOT / "data/vocabulary").institutions
    assert read_partners(written, names, "Ogan Ilir") == read


def test_partners_reach_the_store(board: Board) -> None:
    assert accepted(board, "activities", mitra="bawaslu & kpu")["mitra"] == "Bawaslu, KPU"


def test_a_plan_that_is_carried_out_later_is_a_new_row_of_the_same_activity(board: Board) -> None:
    bare = report("activities", id="", waktu="28/11/2024 08.00")
    ledger = deliver(
        board, "activities", {**bare, "status": "rencana"}, {**bare, "status": "batal"}
    )
    assert ledger.accepted == 2


@pytest.mark.parametrize(
    ("venue", "kecamatan"),
    [("Kec. Indralaya", "16.10.04"), ("Lapangan Desa Tanjung Seteko Kec. Indralaya", "16.10.04")],
)
def test_the_venue_tells_the_place_of_an_activity_that_names_none(
    board: Board, venue: str, kecamatan: str
) -> None:
    found = accepted(board, "activities", kode_kecamatan="", kecamatan="", lokasi=venue)
    assert (found["kecamatan"], found["lokasi"]) == (kecamatan, venue)
    assert "tempat dibaca dari" in found["flags"]


def test_a_venue_that_names_no_place_of_ours_is_no_place(board: Board) -> None:
    said = reasons(board, "activities", kode_kecamatan="", kecamatan="", lokasi="Pasar Anu")
    assert 'tempat "Pasar Anu" tidak dikenal' in said


# A desa "and around it" is that desa, and said to be read from words.


@pytest.mark.parametrize(
    "place",
    [
        "Desa Lebung Bandung dan sekitarnya", "Desa Lebung Bandung & sekitarnya",
        "Desa Lebung Bandung dsk.", "Seputaran Desa Lebung Bandung", "sekitar Desa Lebung Bandung",
        "wilayah Desa Lebung Bandung", "di depan Balai Desa Lebung Bandung",
        "Logistik ke Desa Lebung Bandung", "TPS se-Desa Lebung Bandung",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kecamatan", ["", "Rantau Alai"])
def test_near_a_desa_is_at_that_desa_and_flagged(board: Board, place: str, kecamatan: str) -> None:
    found = accepted(board, "activities", kode_kecamatan="", kecamatan=kecamatan, lokasi=place)
    assert found["desa"] == "16.10.06.2018"
    assert "dibaca dari" in found["flags"]


def test_between_two_desa_is_at_neither(board: Board) -> None:
    place = "perbatasan Desa Lebung Bandung dan Desa Talang Sari"
    found = accepted(board, "activities", kode_kecamatan="", kecamatan="Rantau Alai", lokasi=place)
    assert found["desa"] is None


def test_the_area_of_the_polres_is_not_its_office(board: Board) -> None:
    held = reasons(
        board, "activities", kode_kecamatan="", kecamatan="", lokasi="wilayah Polres Ogan Ilir"
    )
    assert "tidak dikenal" in held


@pytest.mark.parametrize("nothing", ["---", "-", "n/a"])
def test_a_text_that_says_nothing_is_blank(board: Board, nothing: str) -> None:
    assert accepted(board, "activities", uraian=nothing)["uraian"] is None
