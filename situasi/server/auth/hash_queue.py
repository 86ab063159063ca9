"""The queue for password hashing, which shares its few slots fairly between origins.

A hash costs 64 MiB and a core for about a twentieth of a second. Thousands of guesses from one
origin fill only its own queue; others wait behind one of them, not behind all.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MAX_CONCURRENT = 2  # more at once would only make each slower
MAX_WAITING_PER_ORIGIN = 60  # waiting from one origin
MAX_WAITING = 600  # waiting in one queue


class QueueFull(Exception):
    """Too many wait already; this request gets no place in the queue."""


Waiter = asyncio.Future[None]


@dataclass
class _FairQueue:
    """Waiting requests by origin; origins take turns."""

    waiting: OrderedDict[str, deque[Waiter]] = field(default_factory=OrderedDict)
    size: int = 0

    def join(self, origin: str) -> Waiter:
        """Add a waiter at the end. Raises QueueFull."""
        waiters = self.waiting.get(origin, deque())
        if len(waiters) >= MAX_WAITING_PER_ORIGIN or (
            self.size >= MAX_WAITING and not self._make_room(len(waiters))
        ):
            raise QueueFull
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(origin, waiters).append(waiter)
        self.size += 1
        return waiter

    def _make_room(self, own_size: int) -> bool:
        """Drop the last of the longest queue, if that is longer than the newcomer's queue."""
        longest = max(self.waiting, key=lambda origin: len(self.waiting[origin]))
        if len(self.waiting[longest]) <= own_size + 1:
            return False
        self.waiting[longest].pop().set_exception(QueueFull())
        self.size -= 1
        return True

    def leave(self, origin: str, waiter: Waiter) -> None:
        """Remove a waiter before its turn."""
        waiters = self.waiting.get(origin)
        if waiters and waiter in waiters:
            waiters.remove(waiter)
            self.size -= 1
            if not waiters:
                del self.waiting[origin]

    def next(self) -> Waiter | None:
        """Return the waiter whose turn it is, or None."""
        if not self.waiting:
            return None
        origin, waiters = self.waiting.popitem(last=False)
        waiter = waiters.popleft()
        self.size -= 1
        if waiters:
            self.waiting[origin] = waiters
        return waiter


class HashQueue:
    """Two queues, for known origins and for strangers, which take turns."""

    def __init__(self) -> None:
        self._known_queue, self._unknown_queue = _FairQueue(), _FairQueue()
        self._free_slots = MAX_CONCURRENT
        self._known_next = True

    @asynccontextmanager
    async def acquire_slot(self, origin: str, *, is_known: bool) -> AsyncIterator[None]:
        """Hold a slot, once it is this request's turn. Raises QueueFull."""
        if self._free_slots:
            self._free_slots -= 1
        else:
            await self._wait(self._known_queue if is_known else self._unknown_queue, origin)
        try:
            yield
        finally:
            self._release_slot()

    async def _wait(self, queue: _FairQueue, origin: str) -> None:
        waiter = queue.join(origin)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._release_slot()  # its slot will not be used
            else:
                queue.leave(origin, waiter)
            raise

    def _release_slot(self) -> None:
        queues = (self._known_queue, self._unknown_queue)
        self._known_next = not self._known_next
        for queue in queues if self._known_next else reversed(queues):
            while (waiter := queue.next()) is not None:
                if not waiter.done():
                    waiter.set_result(None)
                    return
        self._free_slots += 1
