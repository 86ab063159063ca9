"""A foreign file of twelve columns is mapped by somebody who has never seen the page."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from tests.browser.conftest import Look
from tests.browser.serving import Server, mark_as_opened, snapshot

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_CLICKS, MOST_SECONDS = 8, 120
COUNT_CLICKS = """() => {
  window.clicks = 0;
  addEventListener("click", event => { window.clicks += event.isTrusted ? 1 : 0; }, true);
}"""


@pytest.fixture
def post(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The board of an analyst."""
    folder = tmp_path_factory.mktemp("posko")
    server = Server(folder, {"SITUASI_REHEARSAL": "no", "SITUASI_ROLE": "analis"})
    mark_as_opened(server)
    server.start()
    yield server
    server.stop()


def foreign(first: int = 1) -> str:
    """What a form of another office exports."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(
        ["_kunci", "perangkat", "Q1 wilayah", "Q2 dusun", "Q3 bilik", "Q4 jml org", "Q5 dicatat",
         "Q6 cuaca", "Q7 antre", "Q8 ket", "versi", "foto"]
    )  # fmt: skip
    for n in range(first, first + 7):
        writer.writerow(
            [f"k{n}", "hp-7", "Indralaya", "Tanjung Gelam", f"TPS {n % 9 + 1}", 40 + 7 * n,
             f"27/11/2024 0{n % 9}.10", "cerah", "sedikit", "Antrean tertib sejak pagi hari", "v2",
             f"f{n}.jpg"]
        )  # fmt: skip
    return file.getvalue()


def choose(page: Page, heading: str, ours: str) -> None:
    """Choose what a column is by the first letters of our heading."""
    page.get_by_label(heading).click()
    page.keyboard.type(ours, delay=60)
    page.keyboard.press("Enter")


def test_it_takes_at_most_eight_clicks_and_the_next_file_none(post: Server, look: Look) -> None:
    viewer = look(post, "masukan")
    page = viewer.page
    page.evaluate(COUNT_CLICKS)
    started = time.monotonic()
    file = FilePayload(name="rekap dusun.csv", mimeType="text/csv", buffer=foreign().encode())
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Simpan untuk dipetakan").click()
    choose(page, "Q4 jml org", "hadir")
    viewer.says("7 dibaca = 7 diterima + 0 ganda + 0 karantina")
    page.get_by_role("button", name="Simpan pemetaan dan masukkan 7 baris").click()
    viewer.says("Pemetaan disimpan sebagai rekap-dusun")
    assert page.evaluate("window.clicks") <= MOST_CLICKS
    assert time.monotonic() - started < MOST_SECONDS
    viewer.settled()
    assert page.get_by_label("Buka berkas").count() == 0
    frame = snapshot(post).frames["tps"]
    assert sorted(frame["hadir"]) == [47, 54, 61, 68, 75, 82, 89]
    assert viewer.failures() == []

    post.deliver("lain waktu.csv", foreign(8))
    frame = snapshot(post).frames["tps"]
    assert len(frame) == 14


def test_a_belief_that_is_wrong_is_corrected_from_a_list(post: Server, look: Look) -> None:
    post.deliver("rekap dusun.csv", foreign())
    viewer = look(post, "masukan")
    page = viewer.page
    page.get_by_label("Buka berkas").click()
    page.get_by_role("option").filter(has_text="rekap dusun.csv").click()
    choose(page, "Q4 jml org", "hadir")
    viewer.says("7 diterima")
    choose(page, "Q4 jml org", "tidak dipakai")
    viewer.says("semua 7 baris tidak memuat kolom yang perlu")
    button = page.get_by_role("button", name="Simpan pemetaan")
    assert button.is_disabled()
    assert viewer.failures() == []
