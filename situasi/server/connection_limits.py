"""Connections: how many there may be, and how long one may wait for the other side.

uvicorn bounds neither: a connection that never sends a request stays for good, and a thousand of
them take all descriptors. Here each has a deadline for its next step, and while many wait, those
that have waited longest make room. Whoever sends a request at once never notices.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import Any, Protocol

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from situasi.common import telemetry
from situasi.server.file_descriptors import DescriptorBudget

# Seconds for the head of a request, from the connection or from its first byte.
HEAD_TIMEOUT_S = 10.0
# Seconds for the body of whoever is not signed in: of a form.
BODY_TIMEOUT_S = 20.0
# What comes of the body of whoever is, or what we send, moves so many bytes in so many seconds.
PROGRESS_S, PROGRESS_BYTES = 60.0, 8 * 1024
# Seconds in which the other side takes something of what was written to it.
UNREAD_TIMEOUT_S = 30.0
# Connections that wait for the other side, before the one that waits longest makes room.
MAX_WAITING = 512
# Room that is kept for short requests when no other page is let in.
SPARE_CONNECTIONS = 16

_SCOPE_EXTENSION = "situasi.connection"
_SWEEP_EVERY_S = 1.0
_log = logging.getLogger(__name__)


class Connection(Protocol):
    """What the table knows of a connection."""

    transport: asyncio.Transport

    def overdue_reason(self, now: float) -> str:
        """Return why the connection is to be cut off now, or an empty text."""


class ConnectionTable:
    """All open connections, those that wait for the other side, and the bytes that they hold."""

    def __init__(self, descriptors: DescriptorBudget | None = None) -> None:
        self._descriptors = descriptors or DescriptorBudget()
        self._open: set[Connection] = set()
        self._waiting: OrderedDict[Connection, None] = OrderedDict()
        self.held_bytes = 0

    def __len__(self) -> int:
        return len(self._open)

    def remaining_connections(self) -> int:
        """Return how many more connections are possible."""
        return self._descriptors.remaining_connections(len(self._open))

    def is_full(self) -> bool:
        """Return whether no other page is to be opened now; what waits would make room."""
        return self.remaining_connections() + len(self._waiting) < SPARE_CONNECTIONS

    def add(self, connection: Connection) -> None:
        """Count a connection that begins; it waits for the other side."""
        self._open.add(connection)
        self._waiting[connection] = None
        while len(self._waiting) > 1 and (
            len(self._waiting) > MAX_WAITING or self.remaining_connections() < 0
        ):
            oldest = next(iter(self._waiting))
            self.abort(oldest, "crowded")

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)

    def set_waiting(self, connection: Connection, is_waiting: bool) -> None:
        """Note whether a connection waits for the other side."""
        if not is_waiting:
            self._waiting.pop(connection, None)
        elif connection in self._open:
            self._waiting.setdefault(connection)

    def abort(self, connection: Connection, reason: str) -> None:
        """End a connection at once, whatever is still to be sent."""
        self.remove(connection)
        telemetry.CONNECTIONS_CUT.labels(reason).inc()
        connection.transport.abort()

    def sweep(self, now: float) -> None:
        """Cut off what is overdue."""
        for connection in list(self._open):
            reason = connection.overdue_reason(now)
            if reason:
                self.abort(connection, reason)


TABLE = ConnectionTable()


class TransferProgress:
    """Whether bytes go on moving. Asked again and again with a count that only grows."""

    def __init__(self, now: float, count: int) -> None:
        self._since, self._count = now, count

    def is_stalled(self, now: float, count: int) -> bool:
        """Return whether too few bytes moved in the last PROGRESS_S seconds."""
        if now - self._since < PROGRESS_S:
            return False
        slow = count - self._count < PROGRESS_BYTES
        self._since, self._count = now, count
        return slow


class WriteStall:
    """Whether the other side does not take what is written to it."""

    def __init__(self) -> None:
        self._closed_at: float | None = None
        self._paused: tuple[float, int] | None = None

    def on_paused(self, now: float, size: int) -> None:
        """Note that so many bytes wait to be taken, and that we stop writing."""
        self._paused = now, size

    def on_resumed(self) -> None:
        """Note that we go on writing."""
        self._paused = None

    def is_overdue(self, transport: asyncio.Transport, now: float) -> bool:
        """Return whether nothing was taken for UNREAD_S seconds, or so long after a close."""
        if transport.is_closing():
            self._closed_at = now if self._closed_at is None else self._closed_at
            return now - self._closed_at > UNREAD_TIMEOUT_S
        if self._paused is None or now - self._paused[0] <= UNREAD_TIMEOUT_S:
            return False
        size, before = transport.get_write_buffer_size(), self._paused[1]
        self._paused = now, size
        return size >= before


class HttpProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, with deadlines."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._write_stall = WriteStall()
        self._allows_long_body = self._upgraded = False
        self._received_bytes = 0
        self._waiting_since_s: float | None = None
        self._body_progress: TransferProgress | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection and set the deadline of its first request."""
        super().connection_made(transport)
        self._waiting_since_s = self.loop.time()
        TABLE.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        TABLE.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes in."""
        self._received_bytes += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Tell each request by which connection it came, and note what is waited for."""
        super().handle_events()
        if self._upgraded:
            return
        if self.scope is not None:
            self.scope.setdefault("extensions", {})[_SCOPE_EXTENSION] = {"connection": self}
        self._update_deadline()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the WebSocket."""
        self._upgraded = True
        TABLE.remove(self)
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Note that the other side does not read."""
        super().pause_writing()
        self._write_stall.on_paused(self.loop.time(), self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Note that it reads again."""
        super().resume_writing()
        self._write_stall.on_resumed()

    def on_response_complete(self) -> None:
        """Take back what was granted to the request that is answered."""
        self._allows_long_body = False
        super().on_response_complete()
        self._update_deadline()

    def allow_long_body(self) -> None:
        """Let the body of this request take its time: whoever sends it is known."""
        self._allows_long_body = True
        self._update_deadline()

    def _update_deadline(self) -> None:
        """Set the deadline that follows from what is waited for now."""
        now, state = self.loop.time(), self.conn.their_state
        answered = self.cycle is None or self.cycle.response_complete
        sends_body = state is h11.SEND_BODY
        if sends_body and self._allows_long_body and not answered:
            self._waiting_since_s = None
            self._body_progress = self._body_progress or TransferProgress(now, self._received_bytes)
        elif state is h11.IDLE or sends_body or answered:
            self._body_progress = None
            self._waiting_since_s = self._waiting_since_s or now
        else:
            self._body_progress = self._waiting_since_s = None
        TABLE.set_waiting(self, self._waiting_since_s is not None)

    def overdue_reason(self, now: float) -> str:
        """Return why this connection is to be cut off now, or an empty text."""
        if self._write_stall.is_overdue(self.transport, now):
            return "not read"
        if self._body_progress is not None and self._body_progress.is_stalled(
            now, self._received_bytes
        ):
            return "slow body"
        if self._waiting_since_s is None:
            return ""
        patience = BODY_TIMEOUT_S if self.conn.their_state is h11.SEND_BODY else HEAD_TIMEOUT_S
        return "no request" if now - self._waiting_since_s > patience else ""


def allow_long_body(scope: Scope) -> None:
    """Let the body of this request take its time: whoever sends it is known."""
    found = scope.get("extensions", {}).get(_SCOPE_EXTENSION)
    if found:
        found["connection"].admit()


class ConnectionLimitMiddleware:
    """ASGI middleware: before the server listens, have it speak with these deadlines."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Install at the start, then only pass on."""
        if scope["type"] == "lifespan":
            install(getattr(getattr(receive, "__self__", None), "config", None))
        await self._app(scope, receive, send)


def install(config: object) -> bool:
    """Have the server of this configuration use HttpProtocol and WebSocketProtocol.

    uvicorn takes the classes from its configuration (`http=`, `ws=`), which Streamlit writes, and
    looks there for each connection. Where that is not so, all stays as uvicorn has it, and
    the log says so. Returns whether it fits.
    """
    from situasi.server.websocket_protocol import MAX_MESSAGE_BYTES, WebSocketProtocol, is_supported

    if not isinstance(config, uvicorn.Config) or not is_supported(config):
        _log.warning("connections are not bounded: this server is not known")
        return False
    config.http_protocol_class = HttpProtocol
    config.ws_protocol_class = WebSocketProtocol
    config.ws_max_size = min(config.ws_max_size, MAX_MESSAGE_BYTES)
    _schedule_sweep(asyncio.get_running_loop())
    return True


def _schedule_sweep(loop: asyncio.AbstractEventLoop) -> None:
    loop.call_later(_SWEEP_EVERY_S, _schedule_sweep, loop)  # first: one bad turn never ends it
    TABLE.sweep(loop.time())
