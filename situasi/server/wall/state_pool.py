"""A pool that builds wall states in threads, caches the latest, and limits each viewer's load."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from situasi.common.lru_dict import LruDict
from situasi.common.work_limits import QueryLimiter
from situasi.server.fair_workers import FairWorkers

StateT = TypeVar("StateT")
ResultT = TypeVar("ResultT")

MAX_STATES = 64  # states in the cache
# Different queries (filters, moments, views) of one viewer: more tabs than anybody looks at.
MAX_QUERIES, QUERIES_PER_MINUTE = 40, 20


class StatePool(Generic[StateT]):
    """A cache with worker threads; the present and past moments each have one of their own.

    For the event loop's thread only.
    """

    def __init__(self, name: str, threads: int, per_owner: int) -> None:
        self._workers = FairWorkers(name, threads, per_owner)
        self._limiter = QueryLimiter(MAX_QUERIES, QUERIES_PER_MINUTE)
        self._states: LruDict[Hashable, asyncio.Future[StateT]] = LruDict(MAX_STATES)

    async def get(
        self, key: Hashable, owner: str, query: Hashable, make: Callable[[], StateT]
    ) -> StateT:
        """Return the state of this key, built once for all. Raises TooManyQueries and as `make`."""
        state = self._states.get(key)
        if state is None:
            state = asyncio.ensure_future(self.make(owner, query, make))
            self._states[key] = state
        self._states.move_to_end(key)
        try:
            return await asyncio.shield(state)
        except Exception:
            self._states.pop(key, None)  # the next request tries again
            raise

    async def make(self, owner: str, query: Hashable, make: Callable[[], ResultT]) -> ResultT:
        """Build what is not cached. Raises TooManyQueries and as `make`."""
        self._limiter.consume(owner, query)
        return await self._workers.run(owner, make)
