"""`briefing`: marked now, listed."""

from __future__ import annotations

from collections.abc import Callable

from situasi.actions import briefings
from situasi.board import Board
from situasi.cli import common
from tests.builders import wib
from tests.cli.conftest import Run


def test_a_briefing_is_marked_now_and_listed_with_who_did(
    cli: Run, reopened: Callable[[], Board]
) -> None:
    assert cli("briefing", "mark", "--note", "Taklimat pagi").code == 0
    said = cli("briefing", "list").out
    assert all(word in said for word in ("Taklimat pagi", common.actor(), "1 taklimat"))
    assert "briefing" in cli("audit", "list").out
    board = reopened()
    (one,) = briefings.load_all(board.store)
    assert not one.exercise
    board.close()


def test_while_an_exercise_is_played_its_clock_is_marked(
    cli: Run, reopened: Callable[[], Board]
) -> None:
    board = reopened()
    path = board.settings.data_folder / "k.csv"
    path.write_text(
        "id,waktu,waktu_lapor,kode_kecamatan,jenis,tingkat,status,uraian,pelapor,latihan\n"
        "K-1,2024-11-27 08:00,2024-11-27 08:01,16.10.04,logistik,rendah,dilaporkan,Kertas kurang,"
        "Polsek,ya\n",
        "utf-8",
    )
    board.store.put_note("exercise", {"at": wib("09.00").isoformat()}, common.now(), "test")
    board.close()
    assert cli("ingest", str(path)).code == 0
    cli("briefing", "mark")
    board = reopened()
    (one,) = briefings.load_all(board.store)
    board.close()
    assert (one.at, one.exercise) == (wib("09.00"), True)
