"""The frozen copy in a browser: saved by a click, opened from a disk without a connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from starlette.datastructures import QueryParams

from situasi.access.roles import ROLES, Viewer
from situasi.actions.alert_list import NO_RECORDS
from situasi.analysis.view_time import resolve_view_time
from situasi.board import Board
from situasi.ingest.pipeline import IngestRequest, ingest_file
from situasi.server.wall import frozen_copy
from situasi.server.wall import query as wall_query
from situasi.server.wall import state as wall_state
from situasi.server.wall.state import Sources
from tests.browser.conftest import Look
from tests.browser.serving import Server
from tests.builders import unbounded
from tests.conftest import NOON

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DAY = "saat=2024-11-27T12:30"
PHONE = {"width": 390, "height": 844}
HOSTILE = "</script><img src=x onerror=\"document.title='jebol'\"><!--"
BAND = "SALINAN BEKU — keadaan 27 Nov 2024 12.30 WIB, dibuat"


@dataclass
class Opened:
    """A file in a browser without a connection, and what it requested or logged."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    refused: dict[str, str | None] = field(default_factory=dict)

    def figures(self) -> list[str]:
        return figures(self.page)


def figures(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in page.locator("#figures article").all_inner_texts()]


def opened(chromium: Browser, path: Path, size: dict[str, int]) -> Opened:
    context = chromium.new_context(viewport=size, offline=True)  # type: ignore[arg-type]
    found = Opened(context.new_page())
    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.on("requestfailed", lambda one: found.refused.update({one.url: one.failure}))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on("console", lambda said: found.complaints.append(said.text))
    found.page.goto(path.as_uri())
    found.page.wait_for_selector("body:not(.waiting)")
    return found


def test_taken_by_a_click_it_shows_without_a_server_what_the_wall_shows(
    chromium: Browser, rehearsal: Server, look: Look, tmp_path: Path
) -> None:
    board = look(rehearsal, f"?{DAY}&kec=16.10.05&kec=16.10.12")
    with board.page.expect_download() as coming:
        board.page.get_by_role("link", name="Salinan", exact=True).click()
    assert coming.value.suggested_filename == "salinan_LATIHAN_situasi_20241127-1230.html"
    assert board.page.locator(".si-head h1").is_visible()  # the page stays
    path = tmp_path / "salinan.html"
    coming.value.save_as(path)
    query = f"layar?{DAY}&kec=16.10.05&kec=16.10.12&tema=terang"
    wall = look(rehearsal, query, at_the_door=True, viewport=PHONE).page
    wall.wait_for_selector("body:not(.waiting)")
    for size in (PHONE, {"width": 1366, "height": 768}):
        copy = opened(chromium, path, size)
        mine = dict(zip(copy.page.locator("#figures h2").all_inner_texts(), copy.figures(),
                        strict=True))  # fmt: skip
        theirs = dict(zip(wall.locator("#figures h2").all_inner_texts(), figures(wall),
                          strict=True))  # fmt: skip
        assert len(mine) >= 7
        assert mine.keys() == theirs.keys()
        # Only an age in words is told by the clock.
        assert {t for t in mine if mine[t] != theirs[t]} <= {"Laporan terakhir"}
        assert copy.page.locator("#filter").inner_text() == wall.locator("#filter").inner_text()
        assert BAND in copy.page.locator("#frozen").inner_text()
        assert copy.asked == [path.as_uri()]
        assert copy.complaints == []
        assert copy.page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]
        copy.page.context.close()


def test_its_views_are_turned_by_keys_and_by_clicks_and_by_nothing_else(
    chromium: Browser, board: Board, tmp_path: Path
) -> None:
    page = opened(chromium, written(board, tmp_path), PHONE).page
    titles = page.locator("#views button").all_inner_texts()
    assert titles == [
        "Situasi", "Putuskan", "Partisipasi", "TPS", "Personel", "Perlu perhatian",
    ]  # fmt: skip
    seen = []
    for _ in titles:
        page.keyboard.press("ArrowRight")
        seen.append(page.locator("#title").inner_text())
    assert seen == [*titles[1:], titles[0]]
    page.keyboard.press("ArrowLeft")
    assert page.locator("[aria-pressed=true]").all_inner_texts() == ["Perlu perhatian"]
    page.get_by_role("button", name="TPS").click()
    assert page.locator("#title").inner_text() == "TPS"
    before = page.locator("body").inner_html()
    for key in ("f", "m", "a", "l", "b", " ", "Escape"):
        page.keyboard.press(key)
    page.wait_for_timeout(2_500)
    assert page.locator("body").inner_html() == before  # no clock ticks, no picture turns
    page.context.close()


def test_its_band_is_read_wherever_one_stands(
    chromium: Browser, board: Board, tmp_path: Path
) -> None:
    page = opened(chromium, written(board, tmp_path), PHONE).page
    for closed in page.locator("summary").all():
        closed.click()
    assert page.locator("details").first.locator("tr").count() == 17
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    box = page.locator("#frozen").bounding_box()
    assert box is not None and box["y"] == 0
    assert box["height"] < PHONE["height"] / 5
    page.context.close()


def test_what_somebody_writes_into_a_report_does_nothing(
    chromium: Browser, board: Board, tmp_path: Path
) -> None:
    copy = opened(chromium, written(board, tmp_path, HOSTILE), PHONE)
    assert HOSTILE in copy.page.locator("#newest").inner_text()
    copy.page.locator("summary").nth(1).click()
    assert HOSTILE in copy.page.locator("tbody").nth(1).inner_text()
    assert copy.page.locator("img").count() == 0
    assert copy.page.title().startswith("Salinan beku")
    assert len(copy.asked) == 1
    assert copy.complaints == []
    copy.page.context.close()


def test_what_is_smuggled_into_a_file_is_not_run(
    chromium: Browser, board: Board, tmp_path: Path
) -> None:
    path = written(board, tmp_path)
    more = (
        "<script>document.title='jebol'</script><img src='https://lain.example/x'"
        " onerror=\"document.title='jebol'\">"
    )
    path.write_text(path.read_text("utf-8").replace("</body>", f"{more}</body>"), "utf-8")
    copy = opened(chromium, path, PHONE)
    assert copy.page.title().startswith("Salinan beku")
    # Playwright tells of what was refused before it was asked, too: not for want of a line.
    assert copy.refused == {"https://lain.example/x": "csp"}
    assert copy.complaints  # the browser says that its policy forbids it
    copy.page.context.close()


def test_without_scripts_its_lists_are_read_and_it_says_what_is_missing(
    chromium: Browser, board: Board, tmp_path: Path
) -> None:
    path = written(board, tmp_path, "Massa mendekat")
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.get_by_text("Gambar ini memerlukan JavaScript").wait_for()
    assert "SALINAN BEKU" in page.locator("#frozen").inner_text()
    page.locator("summary").nth(1).click()
    assert page.get_by_role("cell", name="Massa mendekat").is_visible()
    context.close()


def written(board: Board, folder: Path, text: str = "") -> Path:
    """A copy on a disk, with a report of this text."""
    if text:
        source, quoted = folder / "k.csv", text.replace('"', '""')
        source.write_text(
            "id,waktu,kode_kecamatan,jenis,tingkat,status,uraian,pelapor\n"
            f'K-1,2024-11-27 11:50,16.10.04,kericuhan,tinggi,dilaporkan,"{quoted}",Polsek\n',
            "utf-8",
        )
        ledger = ingest_file(
            IngestRequest(source, board.store, board.ingest_context, unbounded("test"), now=NOON)
        )
        assert ledger.accepted == 1, ledger
    viewer = Viewer("rina", ROLES["pimpinan"])
    view = wall_query.parse_query(QueryParams(), viewer, wall_state.visible_register(board, viewer))
    made = NOON + timedelta(minutes=1)
    at = resolve_view_time(None, made, None, board.register.election.zone)
    sources = Sources(board, board.snapshot_reader.refresh(), NO_RECORDS, at)
    path = folder / "salinan.html"
    path.write_text(frozen_copy.build_copy(sources, viewer, view, made).html, "utf-8", newline="")
    return path
