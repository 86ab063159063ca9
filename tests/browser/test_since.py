"""A briefing is marked, and the board says what changed since; the day is played back."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from situasi.ingest.pipeline import ingest_rows
from situasi.simulation import seed
from situasi.simulation.generate import generate_day
from situasi.simulation.playback import load_script, select_due_rows
from tests.browser import mapping
from tests.browser.conftest import Look
from tests.browser.mapping import drawn_map, same
from tests.browser.serving import Server, mark_as_opened
from tests.browser.viewing import Viewer
from tests.builders import unbounded, wib

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-2")]

OURS = {
    "id": "BARU-1", "waktu": "2024-11-27T09:13:00+07:00",
    "waktu_lapor": "2024-11-27T09:14:00+07:00", "kode_kecamatan": "16.10.04", "jenis": "kericuhan",
    "tingkat": "tinggi", "status": "dilaporkan", "uraian": "Dua kelompok saling dorong",
    "pelapor": "Polsek Indralaya", "latihan": "ya",
}  # fmt: skip


class Exercise:
    """A rehearsal day that goes on when the test says so, beside the running server."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        board = server.open_board()
        generate_day(board.register, board.boundaries, seed.SEED, folder)
        board.close()
        self._script = load_script(folder)
        self._at: datetime | None = None

    def until(self, clock: str, *besides: dict[str, str]) -> None:
        """Let the day go on until this clock; besides: reports that nobody wrote in it."""
        board, at, now = self._server.open_board(), wib(clock), datetime.now(UTC)
        rows = select_due_rows(self._script, self._at, at)
        for feed, part in {**rows, "incidents": [*rows.get("incidents", []), *besides]}.items():
            sender = unbounded("latihan")
            ingest_rows(
                part,
                f"latihan {clock}",
                board.store,
                board.ingest_context,
                sender,
                feed=feed,
                now=now,
            )
        board.store.put_note("exercise", {"at": at.isoformat()}, now, "latihan")
        board.close()
        self._at = at


@pytest.fixture(scope="module")
def board(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server without a rehearsal of its own; `played` starts it."""
    server = Server(tmp_path_factory.mktemp("board"), {"SITUASI_REHEARSAL": "no"})
    yield server
    server.stop()


@pytest.fixture(scope="module")
def played(board: Server, tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """The exercise of the server, which stands at 09.00 until a test lets it go on."""
    mark_as_opened(board)
    day = Exercise(board, tmp_path_factory.mktemp("hari"))
    day.until("09.00")
    board.start()
    return day


def since(viewer: Viewer) -> list[str]:
    return [str(text) for text in viewer.page.locator(".si-since").all_inner_texts()]


def mark(viewer: Viewer, note: str) -> None:
    viewer.page.get_by_role("button", name="Tandai taklimat").click()
    viewer.page.get_by_label("Catatan (boleh kosong)").fill(note)
    viewer.page.get_by_role("button", name="Tandai sekarang").click()


def open_cases(viewer: Viewer) -> int:
    return int(viewer.card("Kejadian terbuka")[0].split()[0])


def test_what_comes_after_a_marked_briefing_is_told_as_such_to_everybody(
    board: Server, played: Exercise, look: Look
) -> None:
    chief, other = look(board), look(board, "perubahan")
    other.says("Belum ada taklimat yang ditandai")
    before = open_cases(chief)
    assert since(chief) == []

    mark(chief, "Taklimat pagi")
    chief.says("Ditandai: taklimat 09.00, oleh pimpinan.")
    chief.until(lambda: "tetap sejak taklimat 09.00" in since(chief), "nothing is compared")
    other.says("0 kejadian baru sejak taklimat 09.00")
    chosen = other.page.locator(".st-key-sejak input")
    expect(chosen).to_have_value("taklimat 09.00, ditandai pimpinan: Taklimat pagi")
    opened = board.open_board()
    trail = opened.store.audit_entries(0)
    opened.close()
    (entry,) = trail[trail["action"] == "briefing"].itertuples()
    assert (entry.actor, json.loads(entry.detail)["note"]) == ("pimpinan", "Taklimat pagi")

    played.until("09.30", OURS)
    chief.until(lambda: "09.30" in chief.clock(), "the clock of the exercise stands still")
    chief.settled()
    change = open_cases(chief) - before
    said = f"{'+' if change > 0 else '−'}{abs(change)}" if change else "tetap"
    assert f"{said} sejak taklimat 09.00" in since(chief)[0]
    other.until(lambda: "09.30" in other.clock(), "the page stands still")
    other.settled()
    heading = other.page.get_by_text(re.compile(r"^[1-9]\d* kejadian baru sejak taklimat 09\.00$"))
    expect(heading).to_be_visible()
    with other.page.expect_download() as waiting:
        other.page.get_by_role("button", name="CSV").first.click()
    with Path(waiting.value.path()).open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    texts = [cell for row in told for cell in row.values()]
    assert OURS["uraian"] in texts
    assert len(told) == int(heading.inner_text().split()[0])
    assert chief.failures() == other.failures() == []


def minute(viewer: Viewer) -> str:
    """Return the clock of the board, "09.14"."""
    found = re.search(r"\d\d\.\d\d", viewer.clock())
    assert found is not None
    return found.group()


def test_the_day_is_played_back_and_stops_at_its_end_with_camera_and_filters_kept(
    board: Server, played: Exercise, look: Look
) -> None:
    played.until("09.30", OURS)
    viewer = look(board, "?saat=2024-11-27T08:50&kec=16.10.04&ukur=tps")
    home = drawn_map(viewer)
    box = mapping.canvas(viewer).bounding_box()
    assert box is not None
    viewer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    viewer.page.mouse.wheel(0, -400)
    viewer.until(lambda: same(mapping.shoot(viewer), home) < 0.97, "the map did not move")
    zoomed = drawn_map(viewer)

    viewer.page.get_by_role("button", name="Serius berikutnya").click()
    viewer.until(lambda: "09.14" in viewer.clock(), "the step did not go to the serious report")
    viewer.says("kericuhan, Indralaya (tingkat tinggi)")
    assert viewer.chosen("saat") == ["2024-11-27T09:14"]
    assert any("09.14" in band for band in viewer.bands())

    viewer.page.get_by_role("button", name="Putar ulang hari").click()
    viewer.until(lambda: minute(viewer) > "09.14", "the day does not go on")
    assert viewer.chosen("kec") == ["16.10.04"]
    viewer.says("Putaran selesai: papan kembali langsung.")
    viewer.until(lambda: "09.30" in viewer.clock(), "the board is not live again")
    viewer.settled()
    assert viewer.chosen("saat") == []
    assert not any("sebagaimana diketahui" in band for band in viewer.bands())
    assert same(zoomed, mapping.shoot(viewer), slack=1) > 0.97
    assert viewer.failures() == []


def test_playing_pauses_where_its_viewer_stops_it(
    board: Server, played: Exercise, look: Look
) -> None:
    viewer = look(board, "tps?saat=2024-11-27T06:00")
    viewer.page.locator(".st-key-pilih_saat button").first.click()
    viewer.page.get_by_role("button", name="Putar ulang hari").click()
    viewer.until(lambda: minute(viewer) > "06.00", "the day does not go on")
    viewer.page.get_by_role("button", name="Jeda").click()
    viewer.page.get_by_role("button", name="Putar ulang hari").wait_for()
    viewer.settled()
    stood = viewer.clock()
    viewer.page.wait_for_timeout(2500)
    assert viewer.clock() == stood
    assert viewer.failures() == []
