"""uvicorn's WebSocket protocol, with limits on the memory that one peer can occupy."""

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.server import ServerProtocol

from situasi.common import metrics
from situasi.server.connection_limits import TABLE, WriteStall

# Bytes of a decompressed message. The largest that a page sends is 106 KB.
MAX_MESSAGE_BYTES = 1024 * 1024
# Frames of a message: a browser sends one, a proxy may cut it into dozens.
MAX_FRAMES = 1024
# Bytes parsed at a time; they decompress to at most a thousand times as many.
PIECE_BYTES = 1024
# Bytes of unfinished and of unread messages, of all connections together.
MAX_HELD_BYTES = 64 * MAX_MESSAGE_BYTES
# A connection that holds no more than this continues even beyond that limit.
ALWAYS_ALLOWED_BYTES = 64 * 1024
# Seconds until a message that has begun must be complete.
MESSAGE_TIMEOUT_S = 60.0
# Pings and pongs per window in seconds: a browser sends one for each of ours.
MAX_CONTROLS, CONTROLS_WINDOW_S = 60, 10.0


def is_supported(config: uvicorn.Config) -> bool:
    """Return whether this server uses the WebSocket class that is extended here."""
    http = getattr(config, "http_protocol_class", None)
    if http is None or getattr(config, "ws_protocol_class", None) is not WebSocketsSansIOProtocol:
        return False
    names = ("handle_cont", "handle_ping", "handle_pong", "handle_parser_exception")
    has_hooks = all(hasattr(WebSocketsSansIOProtocol, name) for name in names)
    return has_hooks and isinstance(getattr(ServerProtocol().reader, "buffer", None), bytearray)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._write_stall = WriteStall()
        self._pending = bytearray()  # received, not parsed yet
        self._inflated_bytes = 0  # frames of an incomplete message
        self._queued_bytes = 0  # messages that the application has not read
        self._held_bytes = 0  # as counted in TABLE
        self._message_began_s: float | None = None  # start of the incomplete message
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
        """Parse incoming data piece by piece, no further than to the end of a message."""
        if self.close_sent and len(data) > PIECE_BYTES:
            # We have closed; only the peer's close frame is expected.
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
        unparsed_bytes = len(self.conn.reader.buffer)
        if not self.handshake_complete or not (unparsed_bytes or self.frames):
            self._message_began_s = None
        elif self._message_began_s is None:
            self._message_began_s = self.loop.time()
        held_bytes = len(self._pending) + unparsed_bytes + self._inflated_bytes + self._queued_bytes
        TABLE.held_bytes += held_bytes - self._held_bytes
        self._held_bytes = held_bytes

    def send_receive_event_to_app(self) -> None:
        """Pass on a complete message; reading pauses until the application has read it."""
        self._queued_bytes += self._inflated_bytes
        self._inflated_bytes = 0
        self._message_began_s = None
        super().send_receive_event_to_app()

    async def receive(self) -> Any:
        """Return the next message; before reading a waiting one, let other tasks run."""
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
        """Answer a ping; too many close the connection."""
        super().handle_ping()
        self._count_control()

    def handle_pong(self, event: Frame) -> None:
        """Count a pong, asked for or not."""
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
        """Stop reading from a peer that does not read."""
        super().pause_writing()
        self._write_stall.on_paused(self.loop.time(), self.transport.get_write_buffer_size())
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read again from a peer that reads again."""
        super().resume_writing()
        self._write_stall.on_resumed()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()

    def keepalive_timeout(self) -> None:
        """Abort a connection that does not answer pings; pending data is of no use to it."""
        super().keepalive_timeout()
        TABLE.abort(self, "no pong")

    def _fail(self, code: int, reason: str) -> None:
        """Close because of what the peer sent."""
        if self.close_sent or self.transport.is_closing():
            return
        metrics.CONNECTIONS_CUT.labels(reason).inc()
        self._pending.clear()
        self.frames = []
        self.conn.fail(code, reason)
        if self.conn.close_sent is None:  # before the handshake was answered
            self.transport.abort()
        else:
            self.handle_parser_exception()

    def overdue_reason(self, now: float) -> str:
        """Return why this connection must be closed now, or an empty text."""
        if self._write_stall.is_overdue(self.transport, now):
            return "not read"
        if self._message_began_s is not None and now - self._message_began_s > MESSAGE_TIMEOUT_S:
            return "slow message"
        return ""
