"""Reports that come again under another id, in one file: told once, and counted as duplicates."""

from __future__ import annotations

from pathlib import Path

import pytest

from situasi.board import Board
from situasi.ingest.pipeline import IngestRequest, IngestResult, ingest_file
from tests.builders import unbounded
from tests.conftest import NOON

GIAT = "id,waktu,waktu_lapor,kecamatan,lokasi,giat,jumlah,pelapor\n"
FIRST = "G-1,27/11/2024 09.10,27/11/2024 09.40,Pemulutan,Pasar,patroli,5,Polsek Pemulutan\n"


def bring(board: Board, folder: Path, text: str) -> IngestResult:
    path = folder / "a.csv"
    path.write_text(text, "utf-8")
    result = ingest_file(
        IngestRequest(path, board.store, board.ingest_context, unbounded(), now=NOON)
    )
    assert result.read == result.accepted + result.duplicate + result.quarantined
    return result


def test_the_same_giat_sent_again_under_another_id_counts_once(
    board: Board, tmp_path: Path
) -> None:
    again = FIRST.replace("G-1", "G-2").replace("09.40", "09.41")
    result = bring(board, tmp_path, GIAT + FIRST + again)
    assert (result.accepted, result.duplicate) == (1, 1)
    assert any("1 kiriman ulang" in note and "baris 3" in note for note in result.notes)
    assert (bring(board, tmp_path, GIAT + FIRST + again)).accepted == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("09.10", "09.11"), (",5,", ",6,"), ("Pasar", "Balai desa"), ("patroli", "apel"),
        ("Polsek Pemulutan", "Polsek Kandis"),
    ],
)  # fmt: skip
def test_a_giat_that_differs_in_any_fact_is_another(
    board: Board, tmp_path: Path, old: str, new: str
) -> None:
    other = FIRST.replace("G-1", "G-2").replace(old, new)
    assert bring(board, tmp_path, GIAT + FIRST + other).accepted == 2


@pytest.mark.parametrize("known", ["27/11/2024", "Pasar"])
def test_two_giat_of_one_day_or_of_no_place_may_be_two(
    board: Board, tmp_path: Path, known: str
) -> None:
    first = FIRST.replace("27/11/2024 09.10", "27/11/2024") if known != "Pasar" else FIRST
    first = first.replace("Pasar", "") if known == "Pasar" else first
    assert bring(board, tmp_path, GIAT + first + first.replace("G-1", "G-2")).accepted == 2


@pytest.mark.parametrize(("remark", "accepted"), [("kirim ulang", 1), ("ada keributan", 2)])
def test_a_remark_that_a_count_came_before_makes_no_other_count(
    board: Board, tmp_path: Path, remark: str, accepted: int
) -> None:
    heading = "id,waktu,kecamatan,desa,tps,hadir,uraian\n"
    row = "{},27/11/2024 09.00,Kandis,Miji,1,50,{}\n"
    result = bring(board, tmp_path, heading + row.format("a", "") + row.format("b", remark))
    assert result.accepted == accepted


INCIDENTS = "id,waktu,waktu_lapor,kecamatan,desa,tps,jenis,bobot,status,uraian\n"
INCIDENT = (
    "K-1,27/11/2024 09.10,27/11/2024 09.40,Kandis,Miji,1,kericuhan,sedang,dilaporkan,"
    "Adu mulut saksi dan KPPS\n"
)


def send_again(old: str, new: str) -> str:
    """The incident under another id, sent a minute later."""
    return INCIDENT.replace("K-1", "K-2").replace("09.40", "09.41").replace(old, new)


def test_the_same_incident_sent_again_under_another_id_counts_once(
    board: Board, tmp_path: Path
) -> None:
    result = bring(board, tmp_path, INCIDENTS + INCIDENT + send_again("K-1", ""))
    assert (result.accepted, result.duplicate) == (1, 1)
    assert any("1 kiriman ulang" in note and "baris 3" in note for note in result.notes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("09.10", "09.11"), ("Miji,1", "Miji,2"), ("kericuhan", "bencana"),
        ("dilaporkan", "selesai"), ("sedang", "berat"), ("saksi dan KPPS", "warga dan KPPS"),
    ],
)  # fmt: skip
def test_an_incident_that_differs_in_any_fact_stays(
    board: Board, tmp_path: Path, old: str, new: str
) -> None:
    assert bring(board, tmp_path, INCIDENTS + INCIDENT + send_again(old, new)).accepted == 2


@pytest.mark.parametrize("words", ["", "Adu mulut"])
def test_two_incidents_without_a_sentence_may_be_two(
    board: Board, tmp_path: Path, words: str
) -> None:
    sentence = "Adu mulut saksi dan KPPS"
    text = INCIDENTS + (INCIDENT + send_again("K-1", "")).replace(sentence, words)
    assert bring(board, tmp_path, text).accepted == 2


def test_an_incident_that_is_open_once_more_is_no_repetition(board: Board, tmp_path: Path) -> None:
    closed = INCIDENT.replace("dilaporkan", "selesai").replace("09.40", "09.50")
    text = INCIDENTS + INCIDENT + closed + INCIDENT.replace("09.40", "10.00")
    assert bring(board, tmp_path, text).accepted == 3
