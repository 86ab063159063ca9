"""How much and how often: bounds on bodies, on calls of one caller, and on work at one time."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from starlette.requests import Request

from situasi.common.work_limits import QueryLimiter, TooBusy, TooManyQueries
from situasi.ingest.readers.limits import API_CALL_LIMITS
from situasi.server.api.problem_details import Problem
from situasi.server.fair_workers import FairWorkers

Found = TypeVar("Found")
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limits:
    """body: bytes of one delivery. unfolded: bytes of a workbook. rows: of one delivery.

    body_seconds: in which it must have come.
    per_minute, burst: calls of one caller. at_once: calls worked on; waiting: in line for it.
    own, own_waiting: the same of one caller. moments: different past ones of a caller in a minute.
    bodies: held at one time, own_bodies: of one caller. new_rows: that one caller brings in an
    hour; rows that are known already do not count. What is larger comes as a file.
    """

    body: int = API_CALL_LIMITS.max_bytes
    unfolded: int = 40_000_000
    rows: int = API_CALL_LIMITS.max_rows
    body_seconds: float = 30
    per_minute: int = 240
    burst: int = 60
    at_once: int = 3
    waiting: int = 48
    own: int = 2
    own_waiting: int = 16
    moments: int = 60
    bodies: int = 16
    own_bodies: int = 4
    new_rows: int = 20_000


def _too_many(wait_s: int) -> Problem:
    said = f"Terlalu banyak permintaan; coba lagi dalam {wait_s} detik."
    return Problem(429, said, {"retry-after": str(wait_s)})


class Moments:
    """Bounds the different past moments that one caller asks for: each is computed anew."""

    def __init__(self, limits: Limits) -> None:
        self._questions = QueryLimiter(limits.moments, limits.moments)

    def ask(self, caller: str, moment: datetime) -> None:
        """Count one. Raises Problem 429."""
        try:
            self._questions.consume(caller, moment)
        except TooManyQueries as error:
            raise _too_many(error.wait_s) from None


class Rates:
    """A bucket for each caller: `burst` calls at once, refilled at `per_minute`."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._size = limits.per_minute / 60, float(limits.burst)
        self._clock, self._lock = clock, threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def spend(self, caller: str) -> None:
        """Count one call. Raises Problem 429 with the seconds after which to try again."""
        with self._lock:
            now = self._clock()
            left, since = self._left.get(caller, (self._size, now))
            left = min(self._size, left + (now - since) * self._rate)
            if left < 1:
                raise _too_many(math.ceil((1 - left) / self._rate))
            self._left[caller] = (left - 1, now)


class NewRows:
    """Bounds the rows that one caller brings anew in an hour: a whole election day has as many."""

    def __init__(self, limits: Limits) -> None:
        self._most, self._lock = limits.new_rows, threading.Lock()
        self._brought: dict[str, deque[tuple[datetime, int]]] = {}

    def check(self, caller: str, now: datetime) -> None:
        """Raise Problem 429 where the hour is full, with the seconds after which to try again."""
        with self._lock:
            brought = self._brought.get(caller, deque())
            while brought and now - brought[0][0] >= _AN_HOUR:
                brought.popleft()
            if sum(rows for _, rows in brought) < self._most:
                return
            wait = math.ceil((brought[0][0] + _AN_HOUR - now).total_seconds())
        said = (
            f"Lebih dari {self._most} baris baru dalam satu jam; selebihnya kirim sebagai berkas."
        )
        raise Problem(429, said, {"retry-after": str(wait)})

    def add(self, caller: str, now: datetime, rows: int) -> None:
        """Count rows that were new."""
        if rows:
            with self._lock:
                self._brought.setdefault(caller, deque()).append((now, rows))


class Places:
    """So many at one time, of one owner so many, and no more. Of the event loop's thread only."""

    def __init__(self, most: int, own: int | None = None) -> None:
        self._free, self._own = most, most if own is None else own
        self._held: Counter[str] = Counter()

    @contextmanager
    def one(self, owner: str = "") -> Iterator[None]:
        """Take a place for as long as the block lasts.

        Raises Problem 503 where none is free, 429 where this owner has all that it may have.
        """
        if self._held[owner] >= self._own:
            raise _too_many(2)
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


class Workers:
    """Threads for what takes time, bounded in number, so that the pages go on being served."""

    def __init__(self, limits: Limits) -> None:
        self._workers = FairWorkers("api", limits.at_once, limits.own, limits.own_waiting)
        self._places = Places(limits.at_once + limits.waiting)

    async def run(self, owner: str, work: Callable[[], Found]) -> Found:
        """Do it in a thread. Raises Problem 503 where too many wait already, 429 of this owner."""
        with self._places.one():
            try:
                return await self._workers.run(owner, work)
            except TooBusy:
                raise _too_many(2) from None


async def body_of(request: Request, limits: Limits) -> bytes:
    """The body, never more than the limit of it in memory. Raises Problem 413 and 408."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for part in request.stream():
                size += len(part)
                if size <= limits.body:
                    parts.append(part)
                elif size > 8 * limits.body:
                    break
                else:  # read on a little: who is still sending would not hear the answer
                    parts.clear()
    except TimeoutError:
        raise Problem(408, "Kiriman tidak selesai pada waktunya.") from None
    if size > limits.body:
        most = limits.body // 1_000_000
        raise Problem(413, f"Paling besar {most} MB; kirim sebagai berkas atau bagi.")
    return b"".join(parts)
