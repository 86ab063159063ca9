"""Limits of the API: on bodies, on calls of one caller, and on work at one time."""

import asyncio
import math
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from starlette.requests import Request

from situasi.common.work_limits import TooBusy
from situasi.ingest.readers.limits import API_CALL_LIMITS, FILE_LIMITS
from situasi.server.api.problem_details import Problem, too_many_requests
from situasi.server.fair_workers import FairWorkers

ResultT = TypeVar("ResultT")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limits:
    """Limits of the API; what is larger comes as a file. "per caller": of these, for one caller.

    body_bytes, max_rows: of one delivery. workbook_bytes: unpacked. body_timeout_s: until the body
    must be complete. max_running, max_waiting: calls worked on, and queued. moments_per_minute:
    different past moments. max_bodies: in memory at one time. new_rows_per_hour: of one caller;
    rows known already do not count. upload_...: of a file, which is on disk while it arrives.
    message_bytes, max_messages: of one delivery. max_messages_waiting: of all callers together.
    """

    body_bytes: int = API_CALL_LIMITS.max_bytes
    workbook_bytes: int = 40_000_000
    max_rows: int = API_CALL_LIMITS.max_rows
    body_timeout_s: float = 30
    calls_per_minute: int = 240
    burst_calls: int = 60
    max_running: int = 3
    max_waiting: int = 48
    max_running_per_caller: int = 2
    max_waiting_per_caller: int = 16
    moments_per_minute: int = 60
    max_bodies: int = 16
    max_bodies_per_caller: int = 4
    new_rows_per_hour: int = 20_000
    upload_bytes: int = FILE_LIMITS.max_bytes
    upload_timeout_s: float = 180
    max_upload_rows: int = 20_000
    max_uploads: int = 4
    max_uploads_per_caller: int = 2
    message_bytes: int = 1_000_000
    max_messages: int = 200
    new_messages_per_hour: int = 5_000
    max_messages_waiting: int = 20_000


TOO_MANY_ROWS = "Lebih dari {} baris baru dalam satu jam; selebihnya kirim sebagai berkas."
TOO_MANY_MESSAGES = "Lebih dari {} pesan baru dalam satu jam; selebihnya tempel di Lapor."


class NewRowLimiter:
    """Limits the new rows of one caller per hour: a whole election day has as many.

    message: what is answered beyond, with the limit in it.
    """

    def __init__(self, max_rows: int, message: str = TOO_MANY_ROWS) -> None:
        self._max_rows, self._message, self._lock = max_rows, message, threading.Lock()
        self._rows_by_caller: dict[str, deque[tuple[datetime, int]]] = {}

    def check(self, caller: str, now: datetime) -> None:
        """Raise Problem 429 if the hour's limit is reached, with the seconds until the next try."""
        with self._lock:
            entries = self._rows_by_caller.get(caller, deque())
            while entries and now - entries[0][0] >= _HOUR:
                entries.popleft()
            if sum(rows for _, rows in entries) < self._max_rows:
                return
            wait = math.ceil((entries[0][0] + _HOUR - now).total_seconds())
        message = self._message.format(self._max_rows)
        raise Problem(429, message, {"retry-after": str(wait)})

    def add(self, caller: str, now: datetime, rows: int) -> None:
        """Count rows that were new."""
        if rows:
            with self._lock:
                self._rows_by_caller.setdefault(caller, deque()).append((now, rows))


class Slots:
    """A number of slots, and a limit per owner. For the event loop's thread only."""

    def __init__(self, count: int, per_owner: int | None = None) -> None:
        self._free, self._per_owner = count, count if per_owner is None else per_owner
        self._held: Counter[str] = Counter()

    @contextmanager
    def acquire(self, owner: str = "") -> Iterator[None]:
        """Hold a slot while the block runs.

        Raises Problem 503 if none is free, 429 if this owner has all it may have.
        """
        if self._held[owner] >= self._per_owner:
            raise too_many_requests(2)
        if not self._free:
            raise Problem(503, "Server sedang penuh; coba lagi sebentar.", {"retry-after": "2"})
        self._free -= 1
        self._held[owner] += 1
        try:
            yield
        finally:
            self._free += 1
            self._held[owner] -= 1
            if not self._held[owner]:
                del self._held[owner]


class WorkerPool:
    """Threads for slow work, limited in number, so that the pages are still served."""

    def __init__(self, limits: Limits) -> None:
        self._workers = FairWorkers(
            "api", limits.max_running, limits.max_running_per_caller, limits.max_waiting_per_caller
        )
        self._slots = Slots(limits.max_running + limits.max_waiting)

    async def run(self, owner: str, work: Callable[[], ResultT]) -> ResultT:
        """Do the work in a thread. Raises Problem 503 if all is full, 429 if this owner is."""
        with self._slots.acquire():
            try:
                return await self._workers.run(owner, work)
            except TooBusy:
                raise too_many_requests(2) from None


async def read_body(request: Request, limits: Limits) -> bytes:
    """Return the body, with no more than the limit in memory. Raises Problem 413 and 408."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(limits.body_timeout_s):
            async for part in request.stream():
                size += len(part)
                if size <= limits.body_bytes:
                    parts.append(part)
                elif size > 8 * limits.body_bytes:
                    break
                else:  # read on a little: a client that still sends would not read the response
                    parts.clear()
    except TimeoutError:
        raise Problem(408, "Kiriman tidak selesai pada waktunya.") from None
    if size > limits.body_bytes:
        max_mb = limits.body_bytes // 1_000_000
        raise Problem(413, f"Paling besar {max_mb} MB; kirim sebagai berkas atau bagi.")
    return b"".join(parts)
