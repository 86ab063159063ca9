"""Every page says at any moment of the day what the files say, and on an empty board what lacks.

In a browser the same is asked of one moment (tests/browser/test_pages.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit

from situasi import board as board_module
from situasi.board import Board
from situasi.domain import boundaries
from situasi.domain.register import Register
from situasi.ingest.pipeline import ingest_rows
from situasi.simulation.generate import generate_day
from situasi.simulation.seed import SEED
from tests import briefing
from tests.builders import unbounded, wib
from tests.conftest import NOON
from tests.day_from_files import Day
from tests.pages.drawn_page import MODULES, DrawnPage


@pytest.fixture
def at_hand(rehearsed: Board, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(board_module, "_current", rehearsed)
    streamlit.cache_resource.clear()
    yield rehearsed
    streamlit.cache_resource.clear()


@pytest.fixture(scope="module")
def day(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The files of the very rehearsal that the board has taken in: same seed, same bytes."""
    folder = tmp_path_factory.mktemp("latihan")
    of_day = register.election
    generate_day(register, boundaries.load(of_day.boundaries_folder), SEED, folder)
    return Day(folder, of_day.folder)


@pytest.mark.parametrize("screen", briefing.SCREENS)
@pytest.mark.parametrize("clock", ["09.00", "12.30", "18.00"])
def test_the_pages_answer_a_briefing_as_the_files_do(
    at_hand: Board, day: Day, register: Register, clock: str, screen: str
) -> None:
    shown = DrawnPage(screen, saat=f"2024-11-27T{clock.replace('.', ':')}")
    assert f"{clock} WIB" in shown.words()
    briefing.compare(shown, screen, day, register, wib(clock))


def test_a_feed_that_stops_is_named(empty: Board, day: Day) -> None:
    """The same day, but nobody tells anything of the TPS after 10.00."""
    for feed in ("incidents", "tps", "personnel"):
        told = day.told(feed, wib("10.00" if feed == "tps" else "14.00"))
        ingest_rows(
            told, "uji", empty.store, empty.ingest_context, unbounded("uji"), feed=feed, now=NOON
        )
    at = "2024-11-27T13:30"
    assert DrawnPage("masukan", saat=at).card("Sumber senyap") == ("1 dari 3", "TPS")
    assert DrawnPage("situasi", saat=at).card("Sumber senyap")[1].startswith("TPS")


@pytest.mark.parametrize("screen", briefing.SCREENS)
def test_the_pages_of_figures_are_drawn_before_there_was_anything(
    at_hand: Board, screen: str
) -> None:
    shown = DrawnPage(screen, saat="2024-11-27T04:30")
    assert "04.30 WIB" in shown.words()


NOTHING_YET = {
    "situasi": "Belum ada laporan pada pilihan ini",
    "peringatan": "Belum ada peringatan yang ditutup atau berakhir",
    "perubahan": "Belum ada taklimat yang ditandai sampai saat ini.",
    "kejadian": "Belum ada laporan kejadian.",
    "partisipasi": "Belum ada laporan jumlah pemilih.",
    "tps": "Belum ada laporan TPS.",
    "personel": "Belum ada laporan personel pada pilihan ini.",
    "pergeseran": "Belum ada plotting personel ke TPS; kekurangan belum dapat dihitung.",
    "tahapan": "Belum ada laporan giat pada pilihan ini.",
    "netralitas": "Ini tidak berarti tidak ada kasus.",
    "masukan": "belum ada kiriman",
    "laporan": "Belum ada laporan untuk dirangkum.",
    "lapor": "Tidak ada yang menulis ke masa lampau.",
    "tautan": "Belum ada tautan tamu.",
    "latihan": "Belum ada skenario yang dimulai.",
    "kesehatan": "Letakkan berkas di data/inbox/ atau unggah di Masukan.",
    "kesiapan": "Belum ada akun: papan terbuka hanya di komputer ini.",
}


def test_an_empty_board_says_on_every_page_what_is_missing_and_counts_nothing_as_zero(
    empty: Board,
) -> None:
    assert NOTHING_YET.keys() == MODULES.keys()
    for screen, missing in NOTHING_YET.items():
        shown = DrawnPage(screen, saat="2024-11-27T12:30")
        words = shown.words()
        assert missing in words, (screen, words)
        assert "LATIHAN" not in words
        if screen == "partisipasi":
            assert shown.card("Pemilih hadir")[0] == shown.card("Batas seluruhnya")[0] == "–"
