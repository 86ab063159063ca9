"""Deadlines of connections, and who makes room when there are too many."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

from situasi.domain.settings import ConnectionTimeouts
from situasi.server import connection_limits, protocol_setup, websocket_protocol
from situasi.server.connection_limits import (  # fmt: skip
    MAX_WAITING,
    PROGRESS_BYTES,
    PROGRESS_S,
    ConnectionTable,
    HttpProtocol,
    allow_long_body,
)
from situasi.server.file_descriptors import DescriptorBudget
from situasi.server.websocket_protocol import (
    ALWAYS_ALLOWED_BYTES,
    MAX_CONTROLS,
    MAX_FRAMES,
    MAX_MESSAGE_BYTES,
    MESSAGE_TIMEOUT_S,
    PIECE_BYTES,
    WebSocketProtocol,
)

TIMEOUTS = ConnectionTimeouts()
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


class Transport(asyncio.Transport):
    """A connection that remembers what became of it."""

    def __init__(self) -> None:
        super().__init__()
        self.cut = self.closed = False
        self.reads = True
        self.waits = 0

    def abort(self) -> None:
        self.cut = True

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def set_protocol(self, _protocol: asyncio.BaseProtocol) -> None: ...
    def write(self, _data: Any) -> None: ...

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def get_write_buffer_size(self) -> int:
        return self.waits


class Answering:
    """An application: lets in, or not, and answers when it is told to."""

    def __init__(self, lets_in: bool = False) -> None:
        self.lets_in, self.may_answer = lets_in, asyncio.Event()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if self.lets_in:
            allow_long_body(scope)
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> ConnectionTable:
    table = ConnectionTable(DescriptorBudget(lambda: (100, 20_000)))
    monkeypatch.setattr(connection_limits, "TABLE", table)
    return table


def connected(app: Any) -> tuple[HttpProtocol, Transport]:
    config = uvicorn.Config(app, log_config=None)
    config.load()
    protocol = HttpProtocol(config, ServerState(), {})
    transport = Transport()
    protocol.connection_made(transport)
    return protocol, transport


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def later(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def test_who_sends_no_request_is_cut_off_and_a_drip_does_not_help(table: ConnectionTable) -> None:
    async def work() -> None:
        silent, dripping = connected(Answering()), connected(Answering())
        dripping[0].data_received(b"GET / HTTP/1.1\r\n")
        table.sweep(later(TIMEOUTS.head_s - 1))
        assert not silent[1].cut and not dripping[1].cut
        dripping[0].data_received(b"X: y\r\n")
        table.sweep(later(TIMEOUTS.head_s + 1))
        assert silent[1].cut and dripping[1].cut
        assert len(table) == 0

    asyncio.run(work())


def test_a_drip_that_goes_on_and_on_moves_no_deadline(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        began = later(0)
        protocol, transport = connected(Answering())
        for second, byte in enumerate(b"GET / HTTP", start=1):
            monkeypatch.setattr(protocol.loop, "time", lambda now=began + second: now)
            protocol.data_received(bytes([byte]))
        table.sweep(began + TIMEOUTS.head_s + 1)
        assert transport.cut

    asyncio.run(work())


def test_who_waits_for_our_answer_is_never_cut_off(table: ConnectionTable) -> None:
    async def work() -> None:
        app = Answering()
        protocol, transport = connected(app)
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await settled()
        table.sweep(later(10_000))
        assert not transport.cut
        app.may_answer.set()
        await settled()
        table.sweep(later(TIMEOUTS.head_s + 1))  # and then it is idle
        assert transport.cut

    asyncio.run(work())


def test_the_body_of_a_stranger_has_a_deadline_that_bytes_do_not_move(
    table: ConnectionTable,
) -> None:
    async def work() -> None:
        protocol, transport = connected(Answering())
        protocol.data_received(HEAD)
        await settled()
        protocol.data_received(b"x" * 1000)
        table.sweep(later(TIMEOUTS.body_s - 1))
        assert not transport.cut
        table.sweep(later(TIMEOUTS.body_s + 1))
        assert transport.cut

    asyncio.run(work())


def test_the_body_of_somebody_known_takes_its_time_as_long_as_it_moves(
    table: ConnectionTable,
) -> None:
    async def work() -> None:
        protocol, transport = connected(Answering(lets_in=True))
        protocol.data_received(HEAD)
        await settled()
        for turn in range(1, 5):
            protocol.data_received(b"x" * PROGRESS_BYTES)
            table.sweep(later(turn * (PROGRESS_S + 1)))
            assert not transport.cut
        protocol.data_received(b"x")
        table.sweep(later(5 * (PROGRESS_S + 1)))
        assert transport.cut

    asyncio.run(work())


def test_what_was_granted_to_one_request_is_not_granted_to_the_next(table: ConnectionTable) -> None:
    async def work() -> None:
        app = Answering(lets_in=True)
        app.may_answer.set()
        protocol, transport = connected(app)
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
        await settled()
        app.lets_in = False
        app.may_answer.clear()
        protocol.data_received(HEAD)
        await settled()
        protocol.data_received(b"x" * PROGRESS_BYTES)
        table.sweep(later(TIMEOUTS.body_s + 1))
        assert transport.cut

    asyncio.run(work())


def test_a_connection_that_ended_or_became_a_websocket_is_counted_no_more(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_protocol, "TABLE", table)

    async def work() -> None:
        protocol, _ = connected(Answering())
        protocol.connection_lost(None)
        assert len(table) == 0
        protocol, transport = connected(accepting)
        protocol.ws_protocol_class = WebSocketProtocol
        protocol.data_received(ASKS)
        await settled()
        assert len(table) == 1
        table.sweep(later(10_000))
        assert not transport.cut

    asyncio.run(work())


def test_a_sweep_that_fails_is_not_the_last(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_now: float) -> None:
        raise ValueError("rusak")

    async def work() -> None:
        loop, soon = asyncio.get_running_loop(), list[object]()
        monkeypatch.setattr(loop, "call_later", lambda _pause, work, *_given: soon.append(work))
        monkeypatch.setattr(table, "sweep", fails)
        with pytest.raises(ValueError, match="rusak"):
            protocol_setup._schedule_sweep(loop)
        assert soon == [protocol_setup._schedule_sweep]

    asyncio.run(work())


def test_who_does_not_take_what_is_sent_is_cut_off_and_who_takes_it_slowly_is_not(
    table: ConnectionTable,
) -> None:
    async def work() -> None:
        made = [connected(Answering()) for _ in range(2)]
        for protocol, transport in made:
            protocol.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            transport.waits = 500_000
            protocol.pause_writing()
        (_, deaf), (_, slow) = made
        slow.waits = 400_000
        table.sweep(later(TIMEOUTS.unread_s + 1))
        assert deaf.cut and not slow.cut
        for protocol, _ in made:
            protocol.resume_writing()

    asyncio.run(work())


def test_a_closed_connection_that_stays_is_cut_off(table: ConnectionTable) -> None:
    async def work() -> None:
        protocol, transport = connected(Answering())
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")  # it waits for nothing
        transport.close()
        table.sweep(later(0))
        assert not transport.cut
        table.sweep(later(TIMEOUTS.unread_s + 1))
        assert transport.cut

    asyncio.run(work())


def test_where_too_many_wait_whoever_waited_longest_makes_room(table: ConnectionTable) -> None:
    async def work() -> None:
        at_work = connected(Answering())
        at_work[0].data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        made = [connected(Answering())[1] for _ in range(MAX_WAITING + 10)]
        assert [one.cut for one in made[:11]] == [True] * 10 + [False]
        assert not at_work[1].cut
        assert len(table) == MAX_WAITING + 1

    asyncio.run(work())


def test_where_descriptors_run_out_waiting_ones_make_room_and_no_page_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = ConnectionTable(DescriptorBudget(lambda: (40, 256)))
    monkeypatch.setattr(connection_limits, "TABLE", table)

    async def work() -> None:
        made = [connected(Answering()) for _ in range(256 - 40 - 64 + 20)]
        assert 15 <= sum(transport.cut for _, transport in made) <= 20
        assert not table.is_full()  # they would make room
        for protocol, transport in made:
            if not transport.cut:
                protocol.data_received(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert table.is_full()

    asyncio.run(work())


def test_a_server_that_is_known_speaks_with_deadlines_and_another_as_before(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work() -> None:
        # As Streamlit makes it.
        known = uvicorn.Config(Answering(), ws="websockets-sansio", log_config=None)
        known.load()
        assert known.http_protocol_class is H11Protocol
        assert known.ws_protocol_class is WebSocketsSansIOProtocol
        assert protocol_setup.install(known)
        assert known.http_protocol_class is HttpProtocol
        assert known.ws_protocol_class is WebSocketProtocol
        assert known.ws_max_size == MAX_MESSAGE_BYTES
        assert not caplog.records
        other = uvicorn.Config(Answering(), ws="wsproto", log_config=None)
        assert not protocol_setup.install(other) and not protocol_setup.install(None)
        assert "not bounded" in caplog.text

    asyncio.run(work())


def test_it_is_installed_before_the_server_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[object] = []
    monkeypatch.setattr(protocol_setup, "install", found.append)

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None: ...

    class Lifespan:
        config = "the configuration"

        async def receive(self) -> Message:
            return {"type": "lifespan.startup"}

    async def send(_message: Message) -> None: ...

    bounded = protocol_setup.ConnectionLimitMiddleware(app)
    asyncio.run(bounded({"type": "lifespan"}, Lifespan().receive, send))
    assert found == ["the configuration"]


ASKS = (
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def accepting(_scope: Scope, receive: Receive, send: Send) -> None:
    """An application that lets a WebSocket in and hears nothing."""
    await receive()
    await send({"type": "websocket.accept"})
    await asyncio.Event().wait()


async def talking() -> tuple[WebSocketProtocol, Transport]:
    config = uvicorn.Config(accepting, ws="websockets-sansio", log_config=None)
    config.load()
    protocol = WebSocketProtocol(config=config, server_state=ServerState(), app_state={})
    transport = Transport()
    protocol.connection_made(transport)
    protocol.data_received(ASKS)
    await settled()
    return protocol, transport


def said(size: int, *, whole: bool = False) -> bytes:
    return Frame(Opcode.TEXT, b"x" * size, whole).serialize(mask=True)


def test_a_message_that_is_begun_and_never_ended_is_not_waited_for(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_protocol, "TABLE", table)

    async def work() -> None:
        (begun, cut), (ended, _) = await talking(), await talking()
        begun.data_received(said(10))
        ended.data_received(said(10, whole=True))
        table.sweep(later(MESSAGE_TIMEOUT_S - 1))
        assert not cut.cut and len(table) == 2
        begun.data_received(Frame(Opcode.CONT, b"x", False).serialize(mask=True))
        table.sweep(later(MESSAGE_TIMEOUT_S + 1))
        assert cut.cut and ended.overdue_reason(later(MESSAGE_TIMEOUT_S + 1)) == ""

    asyncio.run(work())


def test_what_unfinished_messages_hold_together_is_bounded_and_given_back(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_protocol, "TABLE", table)
    monkeypatch.setattr(websocket_protocol, "MAX_HELD_BYTES", 3 * ALWAYS_ALLOWED_BYTES)

    async def work() -> None:
        large = ALWAYS_ALLOWED_BYTES + 1000
        every = [(await talking())[0] for _ in range(6)]
        further = Frame(Opcode.CONT, b"x" * ALWAYS_ALLOWED_BYTES, False).serialize(mask=True)
        for one in every[:3]:
            one.data_received(said(1000) + further)
        assert [one.close_sent for one in every[:3]] == [False, False, True]
        every[3].data_received(said(ALWAYS_ALLOWED_BYTES - 1000))
        assert not every[3].close_sent
        for one in every[:4]:
            one.connection_lost(None)
        assert table.held_bytes == 0
        every[4].data_received(said(large))
        every[5].data_received(said(large))
        assert not every[4].close_sent and not every[5].close_sent

    asyncio.run(work())


def test_frames_and_pings_of_one_websocket_are_counted(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_protocol, "TABLE", table)
    empty = Frame(Opcode.CONT, b"", False).serialize(mask=True)
    ping = Frame(Opcode.PING, b"").serialize(mask=True)

    async def work() -> None:
        for many, most in ((empty, MAX_FRAMES), (ping, MAX_CONTROLS)):
            protocol, _ = await talking()
            protocol.data_received(said(1))
            for _ in range(most - 1):
                protocol.data_received(many)
            assert not protocol.close_sent
            protocol.data_received(many * 2)
            assert protocol.close_sent

    asyncio.run(work())


def test_of_a_thousand_messages_in_one_piece_a_few_are_looked_at_before_one_is_heard(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_protocol, "TABLE", table)

    async def work() -> None:
        protocol, _ = await talking()
        every = said(100, whole=True) * 1000
        protocol.data_received(every)
        assert protocol.queue.qsize() < 50
        assert table.held_bytes > len(every) // 2

    asyncio.run(work())


def test_a_websocket_that_is_not_read_or_was_closed_holds_nothing_up(
    table: ConnectionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_protocol, "TABLE", table)

    async def work() -> None:
        protocol, transport = await talking()
        transport.waits = 500_000
        protocol.pause_writing()
        assert not transport.reads  # who does not hear is not heard
        protocol.resume_writing()
        assert transport.reads
        protocol.pause_writing()
        table.sweep(later(TIMEOUTS.unread_s + 1))
        assert transport.cut
        protocol, transport = await talking()
        protocol.keepalive_timeout()
        assert transport.cut
        protocol, transport = await talking()
        protocol._fail(1008, "uji")
        assert not transport.cut
        protocol.data_received(b"x" * (PIECE_BYTES + 1))
        assert transport.cut

    asyncio.run(work())
