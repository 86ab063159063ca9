"""A command above and two kabupaten in one PostgreSQL: into one board with a click, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from situasi.ingest.pipeline import IngestRequest, ingest_file
from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.browser.viewing import Viewer
from tests.builders import unbounded
from tests.builders_above import Kabupaten, command_folder
from tests.builders_files import csv_file

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ZONE = ZoneInfo("Asia/Makassar")
ONE, OTHER = "99.01", "99.02"


def today() -> date:
    return datetime.now(ZONE).date()


@pytest.fixture
def polda(chromium: object, database: str, tmp_path: Path) -> Iterator[Server]:
    """A server of the command, started; its kabupaten hold a report each."""
    folder = command_folder(
        tmp_path / "polda", Kabupaten(ONE, "Satu"), Kabupaten(OTHER, "Dua"), day=today()
    )
    server = Server(
        tmp_path / "server",
        {"SITUASI_ELECTION": str(folder), "SITUASI_STORE": database, "SITUASI_REHEARSAL": "no"},
    )
    tell(server, folder, ONE, "Ribut di Satu")
    tell(server, folder, OTHER, "Ribut di Dua")
    server.start()
    yield server
    server.stop()


def tell(server: Server, folder: Path, code: str, said: str) -> None:
    """A grave report, delivered to the store of a kabupaten beside the server."""
    now = f"{datetime.now(ZONE):%d/%m/%Y %H.%M}"
    row = {"id": said, "waktu": now, "kode_kecamatan": f"{code}.01", "jenis": "kericuhan",
           "tingkat": "tinggi", "uraian": said, "pelapor": "Polsek"}  # fmt: skip
    server.folder.mkdir(parents=True, exist_ok=True)
    file = csv_file(server.folder / f"{said}.csv", row)
    of_kabupaten = {**server.environment, "SITUASI_ELECTION": str(folder / f"election-{code}")}
    board = replace(server, environment=of_kabupaten).open_board()
    try:
        took = ingest_file(
            IngestRequest(
                file, board.store, board.ingest_context, unbounded("cli"), now=datetime.now(UTC)
            )
        )
    finally:
        board.close()
    assert took.accepted == 1, took


def title(viewer: Viewer) -> str:
    return str(viewer.page.locator(".si-head").inner_text())


def test_from_the_command_into_a_kabupaten_where_a_new_report_appears_and_back(
    polda: Server, look: Look, tmp_path: Path
) -> None:
    viewer = look(polda, "kejadian")
    _opens_the_board_of_a_row_that_is_ticked(viewer)
    viewer.open("wilayah")
    _refuses_in_words_what_a_command_has_not(polda, viewer)
    assert "Polda Contoh" in title(viewer)
    viewer.says("Ribut di Satu")
    viewer.page.locator("a.ab-tile", has_text="Dua").click()
    viewer.page.wait_for_url("**/situasi?wilayah=99.02")
    viewer.drawn()
    assert "Polres Dua" in title(viewer)
    assert "Dilihat dari Polda Contoh: papan Polres Dua, hanya baca" in " ".join(viewer.bands())
    assert [text for _, _, text in viewer.reports()] == ["Ribut di Dua"]

    tell(polda, tmp_path / "polda", OTHER, "Baru di Dua")
    viewer.says("Baru di Dua")

    # Other pages of the menu stay with the same kabupaten.
    viewer.page.get_by_role("link", name="Kejadian", exact=True).click()
    viewer.page.wait_for_url("**/kejadian?wilayah=99.02")
    viewer.settled()
    assert "Polres Dua" in title(viewer) and "Ribut di Satu" not in viewer.words()

    viewer.page.locator(".si-head a.si-way", has_text="Polda Contoh").click()
    viewer.page.wait_for_selector(".ab-tiles")
    viewer.settled()
    assert "Polda Contoh" in title(viewer)
    viewer.says("Baru di Dua")
    assert viewer.failures() == []


def _opens_the_board_of_a_row_that_is_ticked(viewer: Viewer) -> None:
    assert "Polda Contoh" in title(viewer)  # a page without a kabupaten is the command

    def tick_the_first_row() -> None:
        box = viewer.page.locator("[data-testid=stDataFrame]").bounding_box()
        assert box is not None
        viewer.page.mouse.click(box["x"] + 20, box["y"] + 52)

    viewer.tries(
        tick_the_first_row,
        lambda: viewer.page.url.endswith("/situasi?wilayah=99.01"),
        "the row opened nothing",
    )
    viewer.drawn()
    assert "Polres Satu" in title(viewer)
    assert [text for _, _, text in viewer.reports()] == ["Ribut di Satu"]
    assert viewer.failures() == []


def _refuses_in_words_what_a_command_has_not(polda: Server, viewer: Viewer) -> None:
    for path, status, said in (
        ("/layar", 404, "Tidak ada."),
        ("/api/v1/incidents", 404, "di sini hanya rekap"),
        ("/api/v1/rollups", 200, '"code": "99.01"'),
        ("/healthz/ready", 200, '"rollups":true'),
    ):
        answer = viewer.page.request.get(f"{polda.address}{path}")
        assert (answer.status, said in answer.text()) == (status, True), path
