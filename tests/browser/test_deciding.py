"""What looks ahead, before people: alerts, moves, a scenario, and the laporan that goes up."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser, Download
from pypdf import PdfReader

from situasi.actions import alert_actions, exercise_controller, redeployment_orders
from situasi.simulation.generate import generate_day
from situasi.simulation.replay import replay
from situasi.simulation.seed import SEED
from tests.browser.conftest import Look
from tests.browser.serving import Server, mark_as_opened, snapshot
from tests.browser.viewing import Viewer
from tests.builders import wib

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DESK = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def post(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A rehearsed board on which the tests act, in the middle of its day.

    At the end of the day the boxes are away, no TPS needs anybody and there is nobody to move.
    """
    server = Server(tmp_path_factory.mktemp("mereka-bertindak"))
    mark_as_opened(server)
    play_until(server, wib("12.30"))
    server.start()
    yield server
    server.stop()


class _StoppedError(Exception):
    pass


def play_until(server: Server, at: datetime) -> None:
    """Bring in the rehearsal day until this moment, at which its clock then stands."""

    def stop(_seconds: float) -> None:
        raise _StoppedError

    board, folder = server.open_board(), server.folder / "latihan"
    generate_day(board.register, board.boundaries, SEED, folder)
    with suppress(_StoppedError):
        replay(board, folder, speed=60, clock=lambda: datetime.now(UTC), start=at, wait=stop)
    board.close()


def press(viewer: Viewer, name: str | re.Pattern[str]) -> None:
    viewer.page.get_by_role("button", name=name).first.click()


def test_an_alert_is_seen_and_acted_on_and_says_by_whom(post: Server, look: Look) -> None:
    viewer = look(post, "peringatan", viewport=DESK)
    detail = viewer.page.locator(".pr-alert")
    cause = detail.locator("h3").inner_text()
    # The figures above have the same words in their names.
    acts = viewer.page.locator(".st-key-peringatan_tindak")
    acts.get_by_role("button", name="Dilihat").click()
    acts.get_by_role("button", name="Dilihat").wait_for(state="detached")
    acts.get_by_role("button", name="Ditindak").click()
    viewer.page.get_by_label("Apa yang dilakukan").fill("Regu 2 menuju lokasi")
    press(viewer, "Simpan")
    viewer.until(lambda: "Regu 2 menuju lokasi" in viewer.words(), "the deed is not told")
    assert detail.locator("h3").inner_text() == cause
    board = post.open_board()
    (kept,) = alert_actions.load_all(board.store).values()
    board.close()
    assert [one.kind for one in kept.actions] == [alert_actions.SEEN, alert_actions.ACTED]
    assert viewer.failures() == []


def test_a_plan_of_moves_becomes_postings_or_keeps_why_not(post: Server, look: Look) -> None:
    viewer = look(post, "pergeseran", viewport=DESK)
    before = len(snapshot(post).frames["postings"])
    press(viewer, "Susun rencana")
    press(viewer, "Tolak rencana")
    viewer.page.get_by_label("Alasan").fill("menunggu perintah Polda")
    press(viewer, "Simpan penolakan")
    viewer.says("menunggu perintah Polda")
    assert len(snapshot(post).frames["postings"]) == before

    press(viewer, re.compile("Susun (rencana|ulang)"))
    press(viewer, re.compile(r"Setujui \d+ langkah"))
    press(viewer, "Tulis perintah")
    viewer.until(lambda: len(snapshot(post).frames["postings"]) > before, "nothing was ordered")
    viewer.settled()
    board = post.open_board()
    accepted, refused = redeployment_orders.load_all(board.store)
    board.close()
    assert accepted.accepted and not refused.accepted
    # Whoever is to look after several TPS is posted to each.
    told = snapshot(post).frames["postings"].iloc[before:]
    assert set(told["petugas"]) == {one["petugas"] for one in accepted.moves}
    assert viewer.failures() == []


def test_a_scenario_started_on_the_page_comes_in_as_a_report_and_is_timed(
    post: Server, look: Look
) -> None:
    viewer = look(post, "latihan", viewport=DESK)
    viewer.says("Belum ada skenario yang dimulai.")
    press(viewer, "Mulai skenario")
    viewer.until(lambda: "Belum ada skenario yang dimulai." not in viewer.words(), "not begun")
    board = post.open_board()
    (run,) = exercise_controller.load_all(board.store)
    board.close()

    def reported() -> bool:
        rows = snapshot(post).frames["incidents"]
        return bool(rows["sumber"].fillna("").str.startswith(exercise_controller.SOURCE).any())

    viewer.until(reported, "the first message of the scenario did not come in")
    rows = snapshot(post).frames["incidents"]
    told = rows[rows["sumber"].fillna("").str.startswith(exercise_controller.SOURCE)]
    assert told["latihan"].all()
    viewer.until(lambda: "belum" in viewer.words() and run.scenario is not None, "it is not timed")
    assert viewer.failures() == []


def test_a_laporan_is_taken_along_in_each_form(
    rehearsal: Server, look: Look, tmp_path: Path
) -> None:
    viewer = look(rehearsal, "laporan?saat=2024-11-27T12:30", viewport=DESK)
    taken: dict[str, Path] = {}
    for form in ("DOCX", "PDF", "XLSX", "TXT"):
        with viewer.page.expect_download() as waiting:
            viewer.page.get_by_role("button", name=form, exact=True).click()
        given: Download = waiting.value
        assert given.suggested_filename.startswith("LATIHAN_laporan-situasi_20241127-1230")
        taken[form] = tmp_path / given.suggested_filename
        given.save_as(taken[form])
    heads = re.search(r"Pemilih hadir: ([\d.]+)", taken["TXT"].read_text("utf-8"))
    assert heads is not None
    paper = docx.Document(str(taken["DOCX"]))
    cells = {cell.text for table in paper.tables for row in table.rows for cell in row.cells}
    assert heads.group(1) in cells
    assert heads.group(1) in PdfReader(taken["PDF"]).pages[0].extract_text()
    book = openpyxl.load_workbook(io.BytesIO(taken["XLSX"].read_bytes()))
    assert len(book.sheetnames) > 1
    assert ZipFile(taken["DOCX"]).testzip() is None
    cards = {name: value for name, value, _note in look(
        rehearsal, "partisipasi?saat=2024-11-27T12:30").cards()}  # fmt: skip
    assert cards["Pemilih hadir"] == heads.group(1)
    assert viewer.failures() == []
