"""Makes pictures in threads, keeps those that were asked for last, and bounds what one may ask."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from situasi.common.work_limits import QueryLimiter
from situasi.server.fair_workers import FairWorkers

PictureT = TypeVar("PictureT")
ResultT = TypeVar("ResultT")

MAX_PICTURES = 64  # pictures kept
# Different questions (filters, moments, views) of one viewer: more tabs than anybody looks at.
MAX_QUESTIONS, QUESTIONS_PER_MINUTE = 40, 20


class PicturePool(Generic[PictureT]):
    """One for the present and one for past moments, so that neither waits for the other.

    Of the event loop's thread only.
    """

    def __init__(self, name: str, threads: int, per_owner: int) -> None:
        self._workers = FairWorkers(name, threads, per_owner)
        self._questions = QueryLimiter(MAX_QUESTIONS, QUESTIONS_PER_MINUTE)
        self._pictures: OrderedDict[Hashable, asyncio.Future[PictureT]] = OrderedDict()

    async def get(
        self, key: Hashable, owner: str, question: Hashable, make: Callable[[], PictureT]
    ) -> PictureT:
        """The picture of this key, made once for all. Raises TooManyQuestions and as `make`."""
        made = self._pictures.get(key)
        if made is None:
            made = asyncio.ensure_future(self.make(owner, question, make))
            self._pictures[key] = made
            while len(self._pictures) > MAX_PICTURES:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(key)
        try:
            return await asyncio.shield(made)
        except Exception:
            self._pictures.pop(key, None)  # whoever asks next tries anew
            raise

    async def make(self, owner: str, question: Hashable, make: Callable[[], ResultT]) -> ResultT:
        """Make what is not kept. Raises TooManyQuestions and as `make`."""
        self._questions.consume(owner, question)
        return await self._workers.run(owner, make)
