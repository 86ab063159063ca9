"""Limits on the work that one viewer can cause on the server, so that others need not wait.

An owner is who asks: the name of an account, of an API key, or of a guest link.
"""

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from situasi.common.lru_dict import LruDict

# The owner for whom the current thread or task computes; empty: the server itself.
OWNER: Final[ContextVar[str]] = ContextVar("owner", default="")

# Owners remembered; beyond that the least recently active one is forgotten.
_MAX_OWNERS: Final = 2_000


class TooBusy(Exception):
    """No slot became free in time."""


class TooManyQueries(Exception):
    """An owner sent too many different queries. wait_s: seconds until the next is allowed."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class ConcurrencyLimiter:
    """Lets `max_concurrent` threads work at one time, and at most `max_per_owner` of one owner.

    Of the waiting threads, the one goes first whose owner had no slot for the longest time.
    """

    def __init__(self, max_concurrent: int, max_per_owner: int) -> None:
        self._max_concurrent, self._max_per_owner = max_concurrent, max_per_owner
        self._changed = threading.Condition()
        self._working: Counter[str] = Counter()
        self._waiting: dict[int, str] = {}  # ticket -> owner
        self._last_tickets: LruDict[str, int] = LruDict(_MAX_OWNERS)  # owner -> its last ticket
        self._tickets = itertools.count(1)
        self._thread_state = threading.local()

    @contextmanager
    def slot(self, owner: str, timeout_s: float | None = None) -> Iterator[None]:
        """Wait for a slot and hold it in the block; a thread that has one already goes on with it.

        timeout_s: how long to wait, None: without limit. Raises TooBusy.
        """
        if getattr(self._thread_state, "has_turn", False):
            yield
            return
        self._acquire(owner, timeout_s)
        self._thread_state.has_turn = True
        try:
            yield
        finally:
            self._thread_state.has_turn = False
            self._release(owner)

    def _acquire(self, owner: str, timeout_s: float | None) -> None:
        ticket = next(self._tickets)
        with self._changed:
            self._waiting[ticket] = owner
            try:
                if not self._changed.wait_for(lambda: self._next_ticket() == ticket, timeout_s):
                    raise TooBusy
                self._working[owner] += 1
                self._last_tickets[owner] = ticket
            finally:
                del self._waiting[ticket]
                self._changed.notify_all()

    def _release(self, owner: str) -> None:
        with self._changed:
            self._working[owner] -= 1
            self._working += Counter()  # drops owners with none
            self._changed.notify_all()

    def _next_ticket(self) -> int | None:
        """Return the ticket of the thread that may begin now."""
        if self._working.total() >= self._max_concurrent:
            return None
        allowed = [
            (self._last_tickets.get(owner, 0), ticket)
            for ticket, owner in self._waiting.items()
            if self._working[owner] < self._max_per_owner
        ]
        return min(allowed)[1] if allowed else None


class QueryLimiter:
    """Counts the different queries of each owner: `burst` at once, `per_minute` after that.

    A query among the owner's last `max_remembered` ones is free: an open page repeats its query for
    hours.
    """

    def __init__(
        self,
        burst: int,
        per_minute: int,
        max_remembered: int = 64,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst, self._rate = float(burst), per_minute / 60
        self._max_remembered = max_remembered
        self._clock, self._lock = clock, threading.Lock()
        self._owners: LruDict[str, _OwnerState] = LruDict(_MAX_OWNERS)

    def consume(self, owner: str, query: Hashable = None) -> None:
        """Count this query; None is never free. Raises TooManyQueries."""
        with self._lock:
            now = self._clock()
            new = _OwnerState(self._burst, now, LruDict(self._max_remembered))
            state = self._owners.setdefault(owner, new)
            self._owners.move_to_end(owner)
            if query in state.queries:
                state.queries.move_to_end(query)
                return
            tokens = min(self._burst, state.tokens + (now - state.updated_at) * self._rate)
            state.tokens, state.updated_at = tokens, now
            if tokens < 1:
                raise TooManyQueries(math.ceil((1 - tokens) / self._rate))
            state.tokens = tokens - 1
            if query is not None:
                state.queries[query] = None


@dataclass
class _OwnerState:
    """What is remembered of one owner. tokens: queries still allowed, as of `updated_at`."""

    tokens: float
    updated_at: float
    queries: LruDict[Hashable, None]
