"""The tray of messages on Lapor: a key on the keyboard enters what is clear, the mouse the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from playwright.sync_api import Browser

from situasi.domain.feed_schemas import FEEDS
from situasi.server.api import api_keys
from tests.browser.conftest import Look
from tests.browser.serving import Server, mark_as_opened
from tests.server.doors import store_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TRAY = "lapor?isi=baki"


@pytest.fixture
def post(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The board of an operator, with three messages in the tray."""
    folder = tmp_path_factory.mktemp("baki")
    server = Server(folder, {"SITUASI_REHEARSAL": "no", "SITUASI_ROLE": "operator"})
    mark_as_opened(server)
    server.start()
    bring(server, "TPS 3 Ds Lorok hadir 118", "TPS 7 Ds Lorok aman, 210", "Selamat pagi <b>semua")
    yield server
    server.stop()


def bring(server: Server, *texts: str) -> None:
    store, now = store_of(server), datetime.now(UTC)
    token = api_keys.add(store, "hp", now, "admin", messages=True)
    store.close()
    rows = [{"teks": text, "pengirim": "08123456789", "waktu": now.isoformat()} for text in texts]
    answer = requests.post(
        f"{server.address}/api/v1/pesan", json=rows, headers={"x-api-key": token}, timeout=60
    )
    assert answer.json()["accepted"] == len(texts), answer.text


def stored(server: Server) -> list[int]:
    store = store_of(server)
    rows = store.rows_after(FEEDS["tps"])
    store.close()
    return [int(value) for value in rows["hadir"].dropna()]


def test_a_clear_message_is_entered_by_the_keyboard_and_an_unclear_one_after_a_look(
    post: Server, look: Look
) -> None:
    viewer = look(post, TRAY)
    viewer.says("3 pesan menunggu, 1 jelas")
    viewer.says("Angka yang tidak dipahami: 210")
    viewer.says("Selamat pagi <b>semua")  # as text
    viewer.page.keyboard.press("Control+Enter")
    viewer.says("Pesan: diterima")
    viewer.says("2 pesan menunggu, 0 jelas")
    assert stored(post) == [118]
    viewer.page.get_by_role("button", name="Buka", exact=True).first.click()
    viewer.page.get_by_text("Angka itu sudah saya periksa").click()
    viewer.page.get_by_role("button", name="Masukkan yang dicentang").click()
    viewer.says("1 pesan menunggu")
    viewer.page.get_by_role("button", name="Sisihkan").click()
    viewer.page.get_by_role("button", name="Bukan laporan").click()
    viewer.says("Baki ini kosong")
    assert viewer.failures() == []
