"""Floods from outside: whoever floods the server is cut off, and everybody else is served."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed

from situasi.domain.settings import ConnectionTimeouts
from situasi.server.api import api_keys
from situasi.server.state_budget import MAX_BYTES_PER_SESSION
from tests.browser.serving import PATIENCE, Server, mark_as_opened, until
from tests.effort import effort
from tests.server.doors import (
    SECRET,
    Knocker,
    admit,
    cookie_for,
    drawn,
    run,
    store_of,
    write_session,
)  # fmt: skip
from tests.server.strangers import CONTINUED, PING, Line, bomb, framed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("floods")]

# So few that some hundred visitors are as many as thousands are to a real one.
DESCRIPTORS = 256
# Seconds that anybody else may wait while it is attacked, on a slow and busy machine.
RESPONSIVE = 20.0
MB = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    told = {"SITUASI_REHEARSAL": "no", "SITUASI_COPIES": "no", "SITUASI_SECRET": SECRET,
            "SITUASI_HEAD_TIMEOUT_S": "4", "SITUASI_BODY_TIMEOUT_S": "4",
            "SITUASI_UNREAD_TIMEOUT_S": "5",
            # On a busy machine a hundred pages take longer than a ping waits.
            "STREAMLIT_SERVER_WEBSOCKET_PING_INTERVAL": "600"}  # fmt: skip
    server = Server(tmp_path_factory.mktemp("floods"), told, descriptors=DESCRIPTORS)
    mark_as_opened(server)
    for name in ("wati", "budi", "ari"):
        admit(server, name)
    server.start()
    yield server
    server.stop()


def signed_in(server: Server, name: str) -> Knocker:
    held = secrets.token_urlsafe(32)
    write_session(server, held, name)
    found = Knocker(server, jar=cookie_for(held))
    until(lambda: found.page("/").status == 200, "nobody knows this session")
    return found


@contextmanager
def another_is_served(server: Server) -> Iterator[None]:
    """Somebody else asks for a page again and again meanwhile, and gets it soon each time."""
    budi, over, waits = signed_in(server, "budi"), threading.Event(), list[float]()

    def asks() -> None:
        while not waits or not over.wait(0.05):
            began = time.monotonic()
            assert budi.page("/").status == 200
            waits.append(time.monotonic() - began)

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(asks)
        try:
            yield
        finally:
            over.set()
        asking.result()
    assert max(waits) < RESPONSIVE


def test_a_message_that_inflates_to_megabytes_is_refused_and_held_by_nobody(server: Server) -> None:
    wati = signed_in(server, "wati")
    with wati.talk() as socket:
        run(socket)
    before = server.megabytes()
    for size, count in (
        (effort(190, check=95) * MB, effort(10, check=3)),
        (24 * MB, effort(40, check=12)),
    ):
        packed = bomb(size)
        with another_is_served(server):
            lines = []
            for _ in range(count):
                lines.append(Line(wati))
                lines[-1].frame(packed, deflated=True)
            assert {line.close_code() for line in lines} == {1009}
            for line in lines:
                line.close()
    assert server.megabytes() - before < 90


def test_large_messages_of_one_sign_in_are_taken_only_to_a_few_megabytes(server: Server) -> None:
    wati = signed_in(server, "wati")
    large = bomb(900_000)
    with ExitStack() as opened:
        lines = [opened.enter_context(Line(wati)) for _ in range(12)]
        for line in lines:
            line.frame(large, deflated=True)
        most = len(lines) - MAX_BYTES_PER_SESSION // 900_000
        until(lambda: sum(line.is_over() for line in lines) == most, "all of it was taken")

    # What is over has given its room back.
    until(lambda: is_heard(wati, MAX_BYTES_PER_SESSION // 6), "no page goes on")


def is_heard(who: Knocker, size: int) -> bool:
    """Whether a page into which so much was pasted is drawn."""
    with suppress(ConnectionClosed), who.talk() as socket:
        asked = BackMsg()
        widget = asked.rerun_script.widget_states.widgets.add()
        widget.id, widget.string_value = "x", "a" * size
        socket.send(asked.SerializeToString())
        return bool(drawn(socket))
    return False


def test_a_page_says_as_much_as_any_page_does_and_is_heard(server: Server) -> None:
    assert is_heard(signed_in(server, "wati"), 600_000)  # a long paste


def test_what_tells_of_more_widgets_than_any_page_has_is_passed_over(server: Server) -> None:
    wati = signed_in(server, "wati")
    with wati.talk() as socket:
        run(socket)
    before = server.megabytes()
    asked = BackMsg()
    for number in range(60_000):
        widget = asked.rerun_script.widget_states.widgets.add()
        widget.id, widget.bool_value = f"{number:x}", True
    said = asked.SerializeToString()
    with ExitStack() as opened:
        for _ in range(6):
            talk = opened.enter_context(wati.talk())
            talk.send(said)
            assert run(talk)  # the next, ordinary one is heard
        assert server.megabytes() - before < 50


def test_fragments_are_counted_together_and_empty_ones_too(server: Server) -> None:
    wati = signed_in(server, "wati")
    large, empty = Line(wati), Line(wati)
    large.frame(b"a" * 4000, fin=False)
    large.many(framed(b"a" * 4000, CONTINUED, fin=False), 1000)
    assert large.close_code() == 1009
    empty.frame(b"", fin=False)
    empty.many(framed(b"", CONTINUED, fin=False), 5000)
    assert empty.close_code() in {1009, None}
    # And a message in a few fragments is a message.
    with wati.talk() as socket:
        asked = BackMsg()
        asked.rerun_script.page_name = ""
        said = asked.SerializeToString() + b"\x9a\x3e\x04abcd"  # and a field nobody knows
        socket.send([said[:2], said[2:]])
        assert drawn(socket)


def test_a_flood_of_pings_ends_their_connection_and_holds_nobody_up(server: Server) -> None:
    wati = signed_in(server, "wati")
    with another_is_served(server):
        for _ in range(5):
            line = Line(wati)
            line.many(framed(b"p" * 100, PING), 20_000)
            assert line.close_code() in {1008, None}


def test_messages_told_by_the_thousand_wait_for_their_turn(server: Server) -> None:
    wati = signed_in(server, "wati")
    line = Line(wati)
    asked = BackMsg()
    asked.app_heartbeat = True
    with another_is_served(server):
        line.many(framed(asked.SerializeToString()), 20_000)
    line.close()


def test_whoever_never_reads_is_let_go_with_all_that_was_to_be_sent(server: Server) -> None:
    wati = signed_in(server, "wati")
    with wati.talk() as talk:  # the first page loads much that stays
        assert run(talk)
        began = time.monotonic()
        assert run(talk)
        pace = time.monotonic() - began
    store = store_of(server)
    key = api_keys.add(store, "pantau", datetime.now(UTC), "admin", metrics=True)
    store.close()
    before = server.megabytes()
    asked = BackMsg(rerun_script={}).SerializeToString()
    with ExitStack() as opened:
        line = opened.enter_context(Line(wati, deflate=False, receive_bytes=4096))

        def is_let_go() -> bool:
            # Page by page: asked sooner, the server begins each anew, and little is on the way.
            line.frame(asked)
            time.sleep(pace)
            return line.is_cut()

        until(is_let_go, "it is still held", 4 * PATIENCE)  # a hundred pages fit on the way
        reason = 'connections_cut_total{reason="not read"} 1.0'
        until(lambda: reason in counted(server, key), "it was let go for something else")
    assert server.megabytes() < before + 60


def counted(server: Server, key: str) -> str:
    """What the server counts of itself, asked no oftener than it answers."""
    time.sleep(0.5)
    return Knocker(server).ask("/metrics", authorization=f"Bearer {key}").body


def test_idle_and_dripping_connections_of_a_stranger_leave_the_port_open(server: Server) -> None:
    budi = signed_in(server, "budi")
    with ExitStack() as opened:
        lines = []
        for number in range(3 * DESCRIPTORS):
            line = opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            with suppress(ConnectionError):
                line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-" if number % 2 else b"")
            lines.append(line)
            if number % 50 == 0:
                assert budi.page("/").status == 200
        with budi.talk() as talk:
            assert run(talk)

        def drip() -> bool:
            for line in lines:
                with suppress(OSError):
                    line.send(b"y")
            return server.open_descriptors() < 60

        # None stays by sending a byte now and then.
        until(drip, "they are still held")
    assert budi.page("/").status == 200


def test_a_form_that_is_never_sent_whole_is_not_waited_for(server: Server) -> None:
    head = (
        f"POST /masuk HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nnama="
    )
    with ExitStack() as opened:
        lines = [
            opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            for _ in range(40)
        ]
        for line in lines:
            line.sendall(head.encode())
            line.setblocking(False)
        # As soon as the setting says, not the default.
        patience = ConnectionTimeouts.body_s - 5
        until(lambda: all(map(is_ended, lines)), "they are still waited for", patience)


def is_ended(line: socket.socket) -> bool:
    try:
        return line.recv(1024) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_visitors_by_the_hundred_leave_no_descriptor_behind(server: Server) -> None:
    wati = signed_in(server, "wati")
    budi = signed_in(server, "budi")
    with budi.talk() as socket:
        kept = run(socket)
    before = server.open_descriptors()

    def opens(_number: int) -> bool:
        assert wati.page("/").status == 200
        with wati.talk() as socket:
            return bool(run(socket))

    with ThreadPoolExecutor(20) as pool:  # one person who loads the page again and again
        assert all(pool.map(opens, range(100)))  # ten times what may be left
    until(lambda: server.open_descriptors() < before + 10, "descriptors were left behind")
    # What another one had open is still there for them.
    with budi.talk(kept) as socket:
        assert run(socket) == kept


def test_when_no_page_can_be_opened_the_next_visitor_is_told_so_and_then_let_in(
    server: Server,
) -> None:
    names = ("wati", "budi", "ari")
    people = [signed_in(server, name) for name in names for _ in range(2)]
    with ExitStack() as opened:
        answers = []
        for number in range(DESCRIPTORS):
            line = Line(people[number % len(people)])
            opened.callback(line.close)
            answers.append(line.answer.split()[1])
        assert answers.count(b"101") > DESCRIPTORS / 3
        assert server.open_descriptors() < DESCRIPTORS - 16  # some are left for the store
        refused = people[0].page("/tps")
        assert refused.status == 503 and "Papan sedang penuh" in refused.body
        assert refused.headers["retry-after"]
        assert "script" not in refused.body
        english = people[0].page("/tps?lang=en")
        assert english.status == 503
        assert people[0].ask("/healthz/live").status == 200
        told = people[0].ask("/healthz/ready").body
        assert '"descriptors"' in told and f'"descriptors_limit":{DESCRIPTORS}' in told
    until(lambda: people[0].page("/").status == 200, "nobody is let in again")
    with people[0].talk() as socket:
        assert run(socket)
