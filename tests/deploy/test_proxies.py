"""Caddy and nginx as deploy/ has them, before two real processes of the board on one store."""

from __future__ import annotations

import inspect
import re
import secrets
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from situasi.server.auth import middleware
from situasi.server.auth.websocket import CLOSE_SESSION_ENDED
from tests.browser.serving import PATIENCE, Server, mark_as_opened, until
from tests.deploy.machines import DEPLOY
from tests.deploy.proxies import CADDY, NAME, NGINX, PROXIES, Outsider, Proxy, tls_line
from tests.effort import effort
from tests.server.doors import (
    SECRET,
    Knocker,
    admit,
    change,
    closing,
    cookie_for,
    run,
    trail,
    write_session,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("proxies")]


@dataclass
class House:
    """Two processes of one board, and what stands before them."""

    boards: list[Server]
    proxy: Proxy

    def outsider(self, **more: str) -> Outsider:
        return Outsider(self.boards[0], {k.replace("_", "-"): v for k, v in more.items()},
                        proxy=self.proxy)  # fmt: skip

    def signed_in(self, name: str = "wati") -> Outsider:
        """Somebody who signed in a minute ago, without the second that a password takes."""
        held = secrets.token_urlsafe(32)
        write_session(self.boards[0], held, name)
        for board in self.boards:
            # A process hears of what another one wrote half a second later.
            here = Knocker(board, jar=cookie_for(held))
            until(lambda here=here: here.page("/").status == 200, "nobody knows this session")
        outsider = self.outsider()
        outsider.jar["__Host-situasi"] = cookie_for(held)["situasi"]
        return outsider


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    name = request.param
    if name == "nginx" and not NGINX:
        pytest.skip("no nginx here: apt-get install nginx-light")
    folder = tmp_path_factory.mktemp(name)
    told = {
        "SITUASI_REHEARSAL": "no",
        "SITUASI_COPIES": "no",
        "SITUASI_SECRET": SECRET,
        "SITUASI_HOSTS": NAME,
        "SITUASI_PROXY": "127.0.0.1",
    }
    boards = [Server(folder, told), Server(folder, told)]
    mark_as_opened(boards[0])
    admit(boards[0], "wati")
    try:
        for board in boards:
            board.start()
        with PROXIES[name](folder, boards) as proxy:
            yield House(boards, proxy)
    finally:
        for board in boards:
            board.stop()


def test_a_stranger_is_led_to_the_sign_in_over_tls(house: House) -> None:
    stranger = house.outsider()
    answer = stranger.page("/tps?kec=16.10.05")
    assert answer.status == 303
    assert answer.to == "/masuk?ke=/tps%3Fkec%3D16.10.05"
    assert "max-age" in answer.headers["strict-transport-security"]  # the gate knows of TLS
    assert stranger.page("/masuk").status == 200
    assert stranger.refused() == 403


def test_whoever_signs_in_gets_a_cookie_for_tls_and_a_page_that_is_drawn(house: House) -> None:
    somebody = house.outsider()
    assert somebody.sign_in("wati").status == 303
    assert "__Host-situasi" in somebody.jar
    assert somebody.page("/").status == 200
    with somebody.talk() as socket:
        assert run(socket)


def test_the_gate_hears_who_asks_and_not_what_they_say_of_themselves(house: House) -> None:
    liar = house.outsider(X_Forwarded_For="6.6.6.6", X_Forwarded_Proto="http", X_Real_IP="6.6.6.6")
    liar.address = "127.0.0.6"
    liar.sign_in("wati", "salah sekali sandi ini")
    (refused,) = [detail for action, _, detail in trail(house.boards[0])
                  if action == "sign-in-refused"]  # fmt: skip
    assert refused["address"] == "127.0.0.6"


def test_a_page_of_another_site_does_not_get_through(house: House) -> None:
    somebody = house.signed_in()
    answer = somebody.ask("/masuk", "POST", b"", origin="https://evil.example")
    assert answer.status == 403


def test_bodies_come_through_as_far_as_the_gate_takes_them(house: House) -> None:
    somebody = house.outsider()
    assert somebody.ask("/masuk", "POST", b"x" * 70_000).status == 413
    key = house.boards[0].command("key", "add", "besar", "--feed", "incidents").split()[-1]
    keyed = {"authorization": f"Bearer {key}", "content_type": "application/json"}
    large = b"[" + b" " * 3_900_000 + b"]"
    assert somebody.ask("/api/v1/incidents", "POST", large, **keyed).status in {200, 400, 422}


def test_the_proxies_refuse_what_the_gate_would_refuse_and_nothing_else() -> None:
    largest = max(size for _, size in middleware._MAX_BODY_BYTES) // 1024**2
    assert f"max_size {largest}MiB\n" in (DEPLOY / "Caddyfile").read_text("utf-8")
    assert f"client_max_body_size {largest}m;\n" in (DEPLOY / "nginx.conf").read_text("utf-8")


def test_a_viewer_stays_with_the_process_that_holds_their_page(house: House) -> None:
    somebody = house.signed_in()
    assert somebody.page("/").status == 200
    with somebody.talk() as socket:
        script = run(socket)
    for _again in range(effort(8, check=3)):
        with somebody.talk(script) as socket:
            assert run(socket) == script


def test_of_hundreds_of_handshakes_none_ends_without_an_answer(house: House) -> None:
    somebody = house.signed_in()
    for _again in range(effort(400, check=40)):
        with somebody.talk() as socket:
            assert socket.subprotocol == "streamlit"


def test_lines_to_the_board_are_ended_by_the_proxy_and_not_under_its_requests() -> None:
    board = inspect.signature(uvicorn.Config).parameters["timeout_keep_alive"].default
    for name, word in (("Caddyfile", r"^\t+keepalive (\d+)s$"),
                       ("nginx.conf", r"^ +keepalive_timeout (\d+)s;$")):  # fmt: skip
        text = (DEPLOY / name).read_text("utf-8")
        (seconds,) = re.findall(word, text, re.MULTILINE)
        assert int(seconds) < board


def test_who_says_nothing_holds_a_line_to_the_proxy_for_seconds(house: House) -> None:
    silent = [tls_line(house.proxy, "127.0.0.8") for _ in range(20)]
    for line in silent:
        line.sendall(b"GET / HTTP/1.1\r\nHost: ")
    try:
        for line in silent:
            line.settimeout(PATIENCE / 3)  # by itself a proxy waits for a minute, or for good
            with suppress(ConnectionError, ssl.SSLError):
                while line.recv(4096):
                    pass
        assert house.signed_in().page("/").status == 200
    finally:
        for line in silent:
            line.close()


def test_who_is_signed_out_by_one_process_is_let_go_by_the_other(house: House) -> None:
    admit(house.boards[0], "budi")
    outsiders = [house.signed_in("budi") for _ in range(4)]
    assert [one.page("/").status for one in outsiders] == [200] * 4
    with ExitStack() as opened:
        talks = [opened.enter_context(one.talk()) for one in outsiders]
        for socket in talks:
            run(socket)
        change(house.boards[1], "budi", enabled=False)
        assert {closing(socket)[0] for socket in talks} == {CLOSE_SESSION_ENDED}


def test_killed_a_process_leaves_its_viewers_to_the_other(house: House) -> None:
    """Runs last: one process is gone afterwards."""
    viewers = [house.signed_in() for _ in range(12)]
    scripts = []
    for one in viewers:
        assert one.page("/").status == 200
        with one.talk() as socket:
            scripts.append(run(socket))
    house.boards[0].die()
    stayed = 0
    for one, script in zip(viewers, scripts, strict=True):
        assert one.page("/").status == 200
        with one.talk(script) as socket:
            stayed += run(socket) == script
    # Some sat at the other one and noticed nothing; the others were given a new page there.
    assert 0 < stayed < len(viewers)


def test_the_caddyfile_is_valid_as_it_stands(tmp_path: Path) -> None:
    done = subprocess.run(
        [CADDY, "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile"],
        env={"HOME": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "not formatted" not in done.stderr
