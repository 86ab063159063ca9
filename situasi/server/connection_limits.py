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
from situasi.server.file_descriptors import Descriptors

# Seconds for the head of a request, from the connection or from its first byte.
HEAD_S = 10.0
# Seconds for the body of whoever is not signed in: of a form.
BODY_S = 20.0
# What comes of the body of whoever is, or what we send, moves so many bytes in so many seconds.
PROGRESS_S, PROGRESS_BYTES = 60.0, 8 * 1024
# Seconds in which the other side takes something of what was written to it.
UNREAD_S = 30.0
# Connections that wait for the other side, before the one that waits longest makes room.
MOST_WAITING = 512
# Room that is kept for short requests when no other page is let in.
SPARE = 16

_KEY = "situasi.connection"
_SWEEP_S = 1.0
_log = logging.getLogger(__name__)


class Connection(Protocol):
    """What the table knows of a connection."""

    transport: asyncio.Transport

    def overdue(self, now: float) -> str:
        """Return why the connection is to be cut off now, or an empty text."""


class Connections:
    """All open connections, those that wait for the other side, and the bytes that they hold."""

    def __init__(self, descriptors: Descriptors | None = None) -> None:
        self._descriptors = descriptors or Descriptors()
        self._open: set[Connection] = set()
        self._waiting: OrderedDict[Connection, None] = OrderedDict()
        self.held_bytes = 0

    def __len__(self) -> int:
        return len(self._open)

    def room(self) -> int:
        """Return how many more connections are possible."""
        return self._descriptors.room(len(self._open))

    def is_full(self) -> bool:
        """Return whether no other page is to be opened now; what waits would make room."""
        return self.room() + len(self._waiting) < SPARE

    def enter(self, connection: Connection) -> None:
        """Count a connection that begins; it waits for the other side."""
        self._open.add(connection)
        self._waiting[connection] = None
        while len(self._waiting) > 1 and (len(self._waiting) > MOST_WAITING or self.room() < 0):
            oldest = next(iter(self._waiting))
            self.cut(oldest, "crowded")

    def leave(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)

    def wait(self, connection: Connection, waits: bool) -> None:
        """Note whether a connection waits for the other side."""
        if not waits:
            self._waiting.pop(connection, None)
        elif connection in self._open:
            self._waiting.setdefault(connection)

    def cut(self, connection: Connection, reason: str) -> None:
        """End a connection at once, whatever is still to be sent."""
        self.leave(connection)
        telemetry.CONNECTIONS_CUT.labels(reason).inc()
        connection.transport.abort()

    def sweep(self, now: float) -> None:
        """Cut off what is overdue."""
        for connection in list(self._open):
            reason = connection.overdue(now)
            if reason:
                self.cut(connection, reason)


TABLE = Connections()


class Progress:
    """Whether bytes go on moving. Asked again and again with a count that only grows."""

    def __init__(self, now: float, count: int) -> None:
        self._since, self._count = now, count

    def stalled(self, now: float, count: int) -> bool:
        """Return whether too few bytes moved in the last PROGRESS_S seconds."""
        if now - self._since < PROGRESS_S:
            return False
        slow = count - self._count < PROGRESS_BYTES
        self._since, self._count = now, count
        return slow


class Unread:
    """Whether the other side does not take what is written to it."""

    def __init__(self) -> None:
        self._closed_at: float | None = None
        self._full: tuple[float, int] | None = None

    def full(self, now: float, size: int) -> None:
        """Note that so many bytes wait to be taken, and that we stop writing."""
        self._full = now, size

    def taken(self) -> None:
        """Note that we go on writing."""
        self._full = None

    def overdue(self, transport: asyncio.Transport, now: float) -> bool:
        """Return whether nothing was taken for UNREAD_S seconds, or so long after a close."""
        if transport.is_closing():
            self._closed_at = now if self._closed_at is None else self._closed_at
            return now - self._closed_at > UNREAD_S
        if self._full is None or now - self._full[0] <= UNREAD_S:
            return False
        size, before = transport.get_write_buffer_size(), self._full[1]
        self._full = now, size
        return size >= before


class HttpProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, with deadlines."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unread = Unread()
        self._admitted = self._upgraded = False
        self._received = 0
        self._waits_since: float | None = None
        self._body: Progress | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection and set the deadline of its first request."""
        super().connection_made(transport)
        self._waits_since = self.loop.time()
        TABLE.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        TABLE.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes in."""
        self._received += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Tell each request by which connection it came, and note what is waited for."""
        super().handle_events()
        if self._upgraded:
            return
        if self.scope is not None:
            self.scope.setdefault("extensions", {})[_KEY] = {"connection": self}
        self._note()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the WebSocket."""
        self._upgraded = True
        TABLE.leave(self)
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Note that the other side does not read."""
        super().pause_writing()
        self._unread.full(self.loop.time(), self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Note that it reads again."""
        super().resume_writing()
        self._unread.taken()

    def on_response_complete(self) -> None:
        """Take back what was granted to the request that is answered."""
        self._admitted = False
        super().on_response_complete()
        self._note()

    def admit(self) -> None:
        """Let the body of this request take its time: whoever sends it is known."""
        self._admitted = True
        self._note()

    def _note(self) -> None:
        """Set the deadline that follows from what is waited for now."""
        now, state = self.loop.time(), self.conn.their_state
        answered = self.cycle is None or self.cycle.response_complete
        sends_body = state is h11.SEND_BODY
        if sends_body and self._admitted and not answered:
            self._waits_since = None
            self._body = self._body or Progress(now, self._received)
        elif state is h11.IDLE or sends_body or answered:
            self._body = None
            self._waits_since = self._waits_since or now
        else:
            self._body = self._waits_since = None
        TABLE.wait(self, self._waits_since is not None)

    def overdue(self, now: float) -> str:
        """Return why this connection is to be cut off now, or an empty text."""
        if self._unread.overdue(self.transport, now):
            return "not read"
        if self._body is not None and self._body.stalled(now, self._received):
            return "slow body"
        if self._waits_since is None:
            return ""
        patience = BODY_S if self.conn.their_state is h11.SEND_BODY else HEAD_S
        return "no request" if now - self._waits_since > patience else ""


def admit(scope: Scope) -> None:
    """Let the body of this request take its time: whoever sends it is known."""
    found = scope.get("extensions", {}).get(_KEY)
    if found:
        found["connection"].admit()


class BoundedConnections:
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
    from situasi.server.websocket_protocol import LARGEST_MESSAGE, WebSocketProtocol, fits

    if not isinstance(config, uvicorn.Config) or not fits(config):
        _log.warning("connections are not bounded: this server is not known")
        return False
    config.http_protocol_class = HttpProtocol
    config.ws_protocol_class = WebSocketProtocol
    config.ws_max_size = min(config.ws_max_size, LARGEST_MESSAGE)
    _sweep(asyncio.get_running_loop())
    return True


def _sweep(loop: asyncio.AbstractEventLoop) -> None:
    loop.call_later(_SWEEP_S, _sweep, loop)  # first: one bad turn never ends it
    TABLE.sweep(loop.time())
