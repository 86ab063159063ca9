"""Give the few places at which passwords are hashed to those who wait, in turn.

A hash costs 64 MiB and a core for some twentieth of a second. Whoever sends thousands of guesses
fills a queue of their own; the others wait behind one of them, not behind all.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MAX_CONCURRENT = 2  # more at once would only make each slower
MAX_WAITING_PER_ORIGIN = 60  # who wait from one address
MAX_WAITING = 600  # who wait in a line


class QueueFull(Exception):
    """So many wait already that this one gets no place in the line."""


Waiter = asyncio.Future[None]


@dataclass
class _FairQueue:
    """Those who wait, by where they come from; the next address comes after each."""

    waiting: OrderedDict[str, deque[Waiter]] = field(default_factory=OrderedDict)
    size: int = 0

    def join(self, origin: str) -> Waiter:
        """Take a place at the end. Raises Crowded."""
        own = self.waiting.get(origin, deque())
        if len(own) >= MAX_WAITING_PER_ORIGIN or (
            self.size >= MAX_WAITING and not self._make_room(len(own))
        ):
            raise QueueFull
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(origin, own).append(waiter)
        self.size += 1
        return waiter

    def _make_room(self, own_size: int) -> bool:
        """Send away the last of the longest line, where it is longer than that of the newcomer."""
        longest = max(self.waiting, key=lambda origin: len(self.waiting[origin]))
        if len(self.waiting[longest]) <= own_size + 1:
            return False
        self.waiting[longest].pop().set_exception(QueueFull())
        self.size -= 1
        return True

    def leave(self, origin: str, waiter: Waiter) -> None:
        """Give a place up before its turn."""
        own = self.waiting.get(origin)
        if own and waiter in own:
            own.remove(waiter)
            self.size -= 1
            if not own:
                del self.waiting[origin]

    def next(self) -> Waiter | None:
        """Whose turn it is; nobody's where nobody waits."""
        if not self.waiting:
            return None
        origin, own = self.waiting.popitem(last=False)
        waiter = own.popleft()
        self.size -= 1
        if own:
            self.waiting[origin] = own
        return waiter


class HashQueue:
    """Two lines: of those who were here before, and of strangers; they come by turns."""

    def __init__(self) -> None:
        self._known_queue, self._unknown_queue = _FairQueue(), _FairQueue()
        self._free_slots = MAX_CONCURRENT
        self._known_next = True

    @asynccontextmanager
    async def acquire_slot(self, origin: str, *, is_known: bool) -> AsyncIterator[None]:
        """Hold a place once it is one's turn. Raises Crowded."""
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
                self._release_slot()  # it was given a place that it will not use
            else:
                queue.leave(origin, waiter)
            raise

    def _release_slot(self) -> None:
        lines = (self._known_queue, self._unknown_queue)
        self._known_next = not self._known_next
        for line in lines if self._known_next else reversed(lines):
            while (waiter := line.next()) is not None:
                if not waiter.done():
                    waiter.set_result(None)
                    return
        self._free_slots += 1
