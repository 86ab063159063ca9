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


FORM = "Cap waktu,Kecamatan,Desa,TPS,Jumlah pemilih hadir,Catatan\n"


def send(clock: str, voters: int = 205, tps: int = 1, remark: str = "") -> str:
    """A count of a form that asks no hour, at the hour at which it was sent."""
    return f"27/11/2024 {clock},Pemulutan,Ibul Besar I,{tps},{voters},{remark}\n"


@pytest.mark.parametrize(
    "again", [send("11:01:59"), send("11:05:10"), send("11:02:40", remark="kirim ulang")]
)
def test_a_count_sent_again_shortly_after_counts_once_where_no_hour_was_asked(
    board: Board, tmp_path: Path, again: str
) -> None:
    result = bring(board, tmp_path, FORM + send("11:01:33") + again)
    assert (result.accepted, result.duplicate) == (1, 1)
    assert any("1 kiriman ulang" in note and "baris 3" in note for note in result.notes)


@pytest.mark.parametrize(
    "more",
    [
        send("11:12:00"), send("11:02:00", voters=206), send("11:02:00", tps=2),
        send("11:02:00", remark="hujan deras"),
    ],
)  # fmt: skip
def test_another_hour_number_place_or_remark_is_another_report(
    board: Board, tmp_path: Path, more: str
) -> None:
    assert bring(board, tmp_path, FORM + send("11:01:33") + more).accepted == 2


def test_a_count_that_is_corrected_back_is_told_again(board: Board, tmp_path: Path) -> None:
    text = FORM + send("11:01:00") + send("11:02:00", voters=250) + send("11:03:00")
    assert bring(board, tmp_path, text).accepted == 3


def test_a_long_row_of_the_same_reports_is_no_single_one(board: Board, tmp_path: Path) -> None:
    text = FORM + "".join(send(f"11:{minute:02d}:00") for minute in range(0, 17, 4))
    assert bring(board, tmp_path, text).accepted > 1


def test_two_hours_that_were_asked_are_two_counts_however_close(
    board: Board, tmp_path: Path
) -> None:
    text = "waktu,waktu_lapor,kecamatan,desa,tps,hadir\n" + "".join(
        f"27/11/2024 {clock},27/11/2024 {clock},Kandis,Miji,1,50\n" for clock in ("09.00", "09.03")
    )
    assert bring(board, tmp_path, text).accepted == 2


def test_a_checkin_and_an_incident_sent_twice_are_told_once(board: Board, tmp_path: Path) -> None:
    text = (
        "Cap waktu,NRP,Kecamatan,Desa,TPS,Kehadiran\n"
        "27/11/2024 06:20:02,87041234,Kandis,Miji,1,hadir\n"
        "27/11/2024 06:20:31,87041234,Kandis,Miji,1,hadir\n"
        "27/11/2024 06:20:40,87041235,Kandis,Miji,1,hadir\n"
    )
    result = bring(board, tmp_path, text)
    assert (result.accepted, result.duplicate) == (2, 1)
    text = "Cap waktu,Kecamatan,Desa,TPS,Jenis kejadian,Bobot,Uraian\n" + "".join(
        f"27/11/2024 {clock},Kandis,Miji,1,kericuhan,sedang,Adu mulut saksi dan KPPS\n"
        for clock in ("09:10:05", "09:12:30")
    )
    result = bring(board, tmp_path, text)
    assert (result.accepted, result.duplicate) == (1, 1)
