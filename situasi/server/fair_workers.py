"""Threads for work that many ask for: nobody's work stands behind all that somebody else wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from situasi.common.work_limits import OWNER, TooBusy

ResultT = TypeVar("ResultT")


class FairWorkers:
    """A pool of `threads`, of which one owner uses at most `per_owner` at a time.

    An owner's further work waits in a line of its own of at most `waiting`; the pool's queue
    never holds more than `per_owner` pieces of it. Of the event loop's thread only.
    """

    def __init__(self, name: str, threads: int, per_owner: int, max_waiting: int = 1_000) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._per_owner, self._max_length = per_owner, per_owner + max_waiting
        self._queues: dict[str, _OwnerQueue] = {}

    async def run(self, owner: str, work: Callable[[], ResultT]) -> ResultT:
        """Do the work in a thread, for this owner (work_limits.OWNER). Raises TooBusy."""
        line = self._queues.setdefault(owner, _OwnerQueue(asyncio.Semaphore(self._per_owner)))
        if line.length >= self._max_length:
            raise TooBusy
        line.length += 1
        # Whoever gives up waiting frees no place: the thread goes on.
        return await asyncio.shield(asyncio.ensure_future(self._run(line, owner, work)))

    async def _run(self, queue: _OwnerQueue, owner: str, work: Callable[[], ResultT]) -> ResultT:
        try:
            async with queue.semaphore:
                context = copy_context()
                context.run(OWNER.set, owner)
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._pool, lambda: context.run(work))
        finally:
            queue.length -= 1
            if not queue.length:
                del self._queues[owner]


class _OwnerQueue:
    """The work of one owner. length: pieces that run or wait."""

    def __init__(self, semaphore: asyncio.Semaphore) -> None:
        self.semaphore, self.length = semaphore, 0
