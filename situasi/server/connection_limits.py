"""Limits on connections: how many there may be, and how long one may wait for its peer.

uvicorn limits neither: a connection that never sends a request stays for good, and a thousand of
them take all descriptors. Here each has a deadline for its next step, and while many wait, those
that have waited longest are dropped. A client that sends a request at once never notices.
"""

import asyncio
from collections import OrderedDict
from typing import Any, Protocol

import h11
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from situasi.common import metrics
from situasi.domain.settings import ConnectionTimeouts
from situasi.server.file_descriptors import DescriptorBudget

# A signed-in upload and a response must move so many bytes in so many seconds.
PROGRESS_S, PROGRESS_BYTES = 60.0, 8 * 1024
# Connections that may wait for their peer before the longest waiting is dropped.
MAX_WAITING = 512
# Connections kept free for short requests when no further page is accepted.
SPARE_CONNECTIONS = 16

_SCOPE_EXTENSION = "situasi.connection"


class Connection(Protocol):
    """What the table needs of a connection."""

    transport: asyncio.Transport

    def overdue_reason(self, now: float) -> str:
        """Return why the connection must be closed now, or an empty text."""


class ConnectionTable:
    """All open connections, those that wait for their peer, and the bytes they hold.

    timeouts: for each of them; the lifespan sets those of the settings.
    """

    def __init__(self, descriptors: DescriptorBudget | None = None) -> None:
        self.timeouts = ConnectionTimeouts()
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
        """Return whether no page may be opened now; waiting connections would make room."""
        return self.remaining_connections() + len(self._waiting) < SPARE_CONNECTIONS

    def add(self, connection: Connection) -> None:
        """Count a new connection; it waits for its peer."""
        self._open.add(connection)
        self._waiting[connection] = None
        while len(self._waiting) > 1 and (
            len(self._waiting) > MAX_WAITING or self.remaining_connections() < 0
        ):
            self.abort(next(iter(self._waiting)), "crowded")

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)

    def set_waiting(self, connection: Connection, is_waiting: bool) -> None:
        """Note whether a connection waits for its peer."""
        if not is_waiting:
            self._waiting.pop(connection, None)
        elif connection in self._open:
            self._waiting.setdefault(connection)

    def abort(self, connection: Connection, reason: str) -> None:
        """End a connection at once and drop what is still to be sent."""
        self.remove(connection)
        metrics.CONNECTIONS_CUT.labels(reason).inc()
        connection.transport.abort()

    def sweep(self, now: float) -> None:
        """Abort overdue connections."""
        for connection in list(self._open):
            reason = connection.overdue_reason(now)
            if reason:
                self.abort(connection, reason)


TABLE = ConnectionTable()


class TransferProgress:
    """Whether bytes keep moving; checked again and again with a growing count."""

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
    """Whether the peer does not take what is written to it."""

    def __init__(self) -> None:
        self._closed_at: float | None = None
        self._paused: tuple[float, int] | None = None

    def on_paused(self, now: float, size: int) -> None:
        """Note that writing stopped with this many bytes waiting."""
        self._paused = now, size

    def on_resumed(self) -> None:
        """Note that writing continues."""
        self._paused = None

    def is_overdue(self, transport: asyncio.Transport, now: float) -> bool:
        """Return whether nothing was taken for too long, or it is too long since a close."""
        timeout_s = TABLE.timeouts.unread_s
        if transport.is_closing():
            self._closed_at = now if self._closed_at is None else self._closed_at
            return now - self._closed_at > timeout_s
        if self._paused is None or now - self._paused[0] <= timeout_s:
            return False
        size, previous = transport.get_write_buffer_size(), self._paused[1]
        self._paused = now, size
        return size >= previous


class HttpProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with deadlines."""

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
        """Count received bytes."""
        self._received_bytes += len(data)
        super().data_received(data)

    def handle_events(self) -> None:
        """Attach this connection to each request's scope, and update the deadline."""
        super().handle_events()
        if self._upgraded:
            return
        if self.scope is not None:
            self.scope.setdefault("extensions", {})[_SCOPE_EXTENSION] = {"connection": self}
        self._update_deadline()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over to the WebSocket protocol."""
        self._upgraded = True
        TABLE.remove(self)
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """Note that the peer does not read."""
        super().pause_writing()
        self._write_stall.on_paused(self.loop.time(), self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Note that the peer reads again."""
        super().resume_writing()
        self._write_stall.on_resumed()

    def on_response_complete(self) -> None:
        """Withdraw what was allowed to the request that is answered."""
        self._allows_long_body = False
        super().on_response_complete()
        self._update_deadline()

    def allow_long_body(self) -> None:
        """Allow the body of this request more time: its sender is signed in."""
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
        """Return why this connection must be closed now, or an empty text."""
        if self._write_stall.is_overdue(self.transport, now):
            return "not read"
        progress = self._body_progress
        if progress is not None and progress.is_stalled(now, self._received_bytes):
            return "slow body"
        if self._waiting_since_s is None:
            return ""
        is_body, timeouts = self.conn.their_state is h11.SEND_BODY, TABLE.timeouts
        timeout_s = timeouts.body_s if is_body else timeouts.head_s
        return "no request" if now - self._waiting_since_s > timeout_s else ""


def allow_long_body(scope: Scope) -> None:
    """Allow the body of this request more time: its sender is signed in."""
    extension = scope.get("extensions", {}).get(_SCOPE_EXTENSION)
    if extension:
        extension["connection"].allow_long_body()
