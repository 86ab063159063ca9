"""WebSockets as uvicorn speaks them, with bounds on what one other side makes us hold."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.server import ServerProtocol

from situasi.common import telemetry
from situasi.server.connection_limits import TABLE, WriteStall

# Bytes of a message, inflated. The largest that a page sends is 106 KB.
MAX_MESSAGE_BYTES = 1024 * 1024
# Frames of a message: a browser sends one, a proxy cuts it into dozens.
MAX_FRAMES = 1024
# Bytes that are looked at in one piece. A thousandfold is the most that they inflate to.
PIECE_BYTES = 1024
# Bytes of unfinished messages and of those not yet heard, of all connections together.
MAX_HELD_BYTES = 64 * MAX_MESSAGE_BYTES
# Whoever holds no more than this goes on even then.
ALWAYS_ALLOWED_BYTES = 64 * 1024
# Seconds for a message that was begun.
MESSAGE_TIMEOUT_S = 60.0
# Pings and pongs in so many seconds: a browser sends one for each of ours.
MAX_CONTROLS, CONTROLS_WINDOW_S = 60, 10.0


def is_supported(config: uvicorn.Config) -> bool:
    """Return whether this server speaks WebSockets by the class that is built on here."""
    http = getattr(config, "http_protocol_class", None)
    if http is None or getattr(config, "ws_protocol_class", None) is not WebSocketsSansIOProtocol:
        return False
    names = ("handle_cont", "handle_ping", "handle_pong", "handle_parser_exception")
    known = all(hasattr(WebSocketsSansIOProtocol, name) for name in names)
    return known and isinstance(getattr(ServerProtocol().reader, "buffer", None), bytearray)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._write_stall = WriteStall()
        self._pending = bytearray()  # came, not looked at yet
        self._inflated_bytes = 0  # bytes of the frames of a message that is not whole
        self._queued_bytes = 0  # bytes of messages that the application has not heard yet
        self._held_bytes = 0  # what TABLE counts of this connection
        self._message_began_s: float | None = None  # when the message that is not whole began
        self._controls, self._controls_since = 0, 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection."""
        super().connection_made(transport)
        TABLE.add(self)
        TABLE.set_waiting(self, False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection and what it held."""
        TABLE.remove(self)
        TABLE.held_bytes -= self._held_bytes
        self._held_bytes = 0
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Look at what comes piece by piece, no further than to the end of a message."""
        if self.close_sent and len(data) > PIECE_BYTES:
            # We have closed, and await no more than the answer to that.
            TABLE.abort(self, "closed")
            return
        self._pending += data
        self._process_pending()

    def _process_pending(self) -> None:
        while self._pending and not self.read_paused and not self.transport.is_closing():
            if self.close_sent and len(self._pending) > PIECE_BYTES:
                TABLE.abort(self, "closed")
                return
            piece = bytes(self._pending[:PIECE_BYTES])
            del self._pending[:PIECE_BYTES]
            super().data_received(piece)
        self._count_held()
        if TABLE.held_bytes > MAX_HELD_BYTES and self._held_bytes > ALWAYS_ALLOWED_BYTES:
            self._fail(1013, "try again later")

    def _count_held(self) -> None:
        if self.transport.is_closing():
            return
        cut_off = len(self.conn.reader.buffer)
        if not self.handshake_complete or not (cut_off or self.frames):
            self._message_began_s = None
        elif self._message_began_s is None:
            self._message_began_s = self.loop.time()
        held = len(self._pending) + cut_off + self._inflated_bytes + self._queued_bytes
        TABLE.held_bytes += held - self._held_bytes
        self._held_bytes = held

    def send_receive_event_to_app(self) -> None:
        """Hand on a whole message; nothing more is read until the application has heard it."""
        self._queued_bytes += self._inflated_bytes
        self._inflated_bytes = 0
        self._message_began_s = None
        super().send_receive_event_to_app()

    async def receive(self) -> Any:
        """Wait for the next message; others have their turn before one that waits already."""
        message = await super().receive()
        if self.queue.empty():
            self._queued_bytes = 0
        if self._pending:
            await asyncio.sleep(0)
            self._process_pending()
        self._count_held()
        if not self.writable.is_set() and not self.transport.is_closing():
            self.transport.pause_reading()
        return message

    def handle_text(self, event: Frame) -> None:
        """Count the first frame of a message."""
        self._inflated_bytes = len(event.data)
        super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        """Count the first frame of a message."""
        self._inflated_bytes = len(event.data)
        super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        """Count a further frame of a message."""
        self._inflated_bytes += len(event.data)
        super().handle_cont(event)
        if len(self.frames) > MAX_FRAMES:
            self._fail(1009, "too many frames")

    def handle_ping(self) -> None:
        """Answer, as long as they are few."""
        super().handle_ping()
        self._count_control()

    def handle_pong(self, event: Frame) -> None:
        """Hear an answer to a ping of ours, or one that nobody asked for."""
        super().handle_pong(event)
        self._count_control()

    def _count_control(self) -> None:
        now = self.loop.time()
        if now - self._controls_since > CONTROLS_WINDOW_S:
            self._controls, self._controls_since = 0, now
        self._controls += 1
        if self._controls > MAX_CONTROLS:
            self._fail(1008, "too many pings")

    def pause_writing(self) -> None:
        """Read nothing of an other side that does not read."""
        super().pause_writing()
        self._write_stall.on_paused(self.loop.time(), self.transport.get_write_buffer_size())
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again of an other side that reads again."""
        super().resume_writing()
        self._write_stall.on_resumed()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def keepalive_timeout(self) -> None:
        """Cut off an other side that does not answer: what was to be sent is of no use to it."""
        super().keepalive_timeout()
        TABLE.abort(self, "no pong")

    def _fail(self, code: int, reason: str) -> None:
        """Close because of what the other side sent."""
        if self.close_sent or self.transport.is_closing():
            return
        telemetry.CONNECTIONS_CUT.labels(reason).inc()
        self._pending.clear()
        self.frames = []
        self.conn.fail(code, reason)
        if self.conn.close_sent is None:  # before the handshake was answered
            self.transport.abort()
        else:
            self.handle_parser_exception()

    def overdue_reason(self, now: float) -> str:
        """Return why this connection is to be cut off now, or an empty text."""
        if self._write_stall.is_overdue(self.transport, now):
            return "not read"
        if self._message_began_s is not None and now - self._message_began_s > MESSAGE_TIMEOUT_S:
            return "slow message"
        return ""
