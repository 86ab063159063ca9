"""A pool that builds wall states in threads, caches the latest, and limits each viewer's load."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from situasi.common.work_limits import QueryLimiter
from situasi.server.fair_workers import FairWorkers

PictureT = TypeVar("PictureT")
ResultT = TypeVar("ResultT")

MAX_PICTURES = 64  # states in the cache
# Different queries (filters, moments, views) of one viewer: more tabs than anybody looks at.
MAX_QUESTIONS, QUESTIONS_PER_MINUTE = 40, 20


class PicturePool(Generic[PictureT]):
    """A cache with worker threads; the present and past moments each have one of their own.

    For the event loop's thread only.
    """

    def __init__(self, name: str, threads: int, per_owner: int) -> None:
        self._workers = FairWorkers(name, threads, per_owner)
        self._questions = QueryLimiter(MAX_QUESTIONS, QUESTIONS_PER_MINUTE)
        self._pictures: OrderedDict[Hashable, asyncio.Future[PictureT]] = OrderedDict()

    async def get(
        self, key: Hashable, owner: str, question: Hashable, make: Callable[[], PictureT]
    ) -> PictureT:
        """Return the state of this key, built once for all. Raises TooManyQueries and as `make`."""
        picture = self._pictures.get(key)
        if picture is None:
            picture = asyncio.ensure_future(self.make(owner, question, make))
            self._pictures[key] = picture
            while len(self._pictures) > MAX_PICTURES:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        try:
            return await asyncio.shield(picture)
        except Exception:
            self._pictures.pop(key, None)  # the next request tries again
            raise

    async def make(self, owner: str, question: Hashable, make: Callable[[], ResultT]) -> ResultT:
        """Build what is not cached. Raises TooManyQueries and as `make`."""
        self._questions.consume(owner, question)
        return await self._workers.run(owner, make)
