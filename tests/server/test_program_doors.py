"""Programs that report to a real server with accounts: through the gate, and after a kill."""

from __future__ import annotations

import base64
import json
import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from situasi.server.api import api_keys
from tests.browser.serving import Server
from tests.server.doors import Knocker, served_with, store_of

JSON = "application/json"
MESSAGES, FILES = "/api/v1/pesan", "/api/v1/kiriman"
ONE = json.dumps({"teks": "TPS 3 Ds Lorok hadir 118 jam 9", "pengirim": "+628123456789"}).encode()
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="berkas"; filename="a.csv"\r\n\r\n'
    b"waktu;kecamatan;jenis\n27/11/2024 08.00;Kandis;banjir\n\r\n--x--\r\n"
)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = served_with(tmp_path_factory.mktemp("programs"), ("wati", "operator"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def token(board: Server) -> str:
    """A key for messages and incidents."""
    store, now = store_of(board), datetime.now(UTC)
    made = api_keys.add(store, "hp", now, "admin", feeds=("incidents",), messages=True)
    store.close()
    return made


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"kobo:{password}".encode()).decode()}


def bring(board: Server, address: str = MESSAGES, **headers: str) -> int:
    return Knocker(board, headers).ask(address, "POST", ONE, content_type=JSON).status


def test_a_key_passes_the_gate_wherever_a_program_can_put_it(board: Server, token: str) -> None:
    assert bring(board, f"{MESSAGES}?kunci={token}") == 200
    assert bring(board, **{"X-API-Key": token}) == 200
    assert bring(board, **{"X-Telegram-Bot-Api-Secret-Token": token}) == 200
    assert bring(board, **basic(token)) == 200
    form = Knocker(board, basic(token))
    answer = form.ask(FILES, "POST", FORM, content_type="multipart/form-data; boundary=x")
    assert answer.status == 200, answer.body
    assert json.loads(answer.body)["accepted"] + json.loads(answer.body)["duplicate"] == 1


def test_without_one_or_with_a_wrong_one_nothing_passes(board: Server) -> None:
    assert bring(board) == 401
    assert bring(board, f"{MESSAGES}?kunci=situasi_x") == 401
    assert bring(board, **{"X-API-Key": "situasi_x"}) == 401


def test_a_password_that_a_browser_adds_does_not_count_from_a_page_elsewhere(
    board: Server, token: str
) -> None:
    elsewhere = {"Origin": "https://lain.example", "Sec-Fetch-Site": "cross-site"}
    assert bring(board, **basic(token), **elsewhere) == 403
    assert bring(board, **{"X-API-Key": token}, **elsewhere) == 200  # no page can add this


def test_a_key_in_the_address_is_in_no_log(board: Server, token: str) -> None:
    bring(board, f"{MESSAGES}?kunci={token}")
    log = (board.folder / "server.log").read_text("utf-8", "replace")
    assert token not in log and "8123456789" not in log


def test_what_waits_is_there_after_a_kill_and_is_not_taken_twice(board: Server, token: str) -> None:
    body = json.dumps({"teks": "Terjadi keributan di TPS 3 Ds Lorok", "id": "9"}).encode()
    program = Knocker(board, {"X-API-Key": token})
    first = program.ask(MESSAGES, "POST", body, content_type=JSON)
    os.kill(board.pid, signal.SIGKILL)
    board.stop()
    board.start()
    again = program.ask(MESSAGES, "POST", body, content_type=JSON)
    assert [json.loads(one.body)["accepted"] for one in (first, again)] == [1, 0]
    store = store_of(board)
    texts = [store.waiting_content(item.number)["text"] for item in store.waiting_items("message")]
    store.close()
    assert texts.count("Terjadi keributan di TPS 3 Ds Lorok") == 1
