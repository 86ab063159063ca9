"""A thread pool in which no owner's work waits behind all the work of another owner."""

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

    Further work of an owner waits in its own queue of at most `max_waiting`; the pool's queue never
    holds more than `per_owner` items of it. For the event loop's thread only.
    """

    def __init__(self, name: str, threads: int, per_owner: int, max_waiting: int = 1_000) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._per_owner, self._max_length = per_owner, per_owner + max_waiting
        self._queues: dict[str, _OwnerQueue] = {}

    async def run(self, owner: str, work: Callable[[], ResultT]) -> ResultT:
        """Do the work in a thread for this owner (work_limits.OWNER). Raises TooBusy."""
        queue = self._queues.setdefault(owner, _OwnerQueue(asyncio.Semaphore(self._per_owner)))
        if queue.length >= self._max_length:
            raise TooBusy
        queue.length += 1
        # A cancelled request frees no slot: its thread goes on.
        return await asyncio.shield(asyncio.ensure_future(self._run(queue, owner, work)))

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
    """The work of one owner. length: items that run or wait."""

    def __init__(self, semaphore: asyncio.Semaphore) -> None:
        self.semaphore, self.length = semaphore, 0
