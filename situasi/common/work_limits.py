"""Bounds on the work that one viewer can ask of the server, so that others need not wait for it.

An owner is whoever asks: the name of an account, of a key, or of a guest's link.
"""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

# For whom the current thread or task computes; empty: for the server itself.
OWNER: Final[ContextVar[str]] = ContextVar("owner", default="")

# Owners that are remembered; of more the longest silent is forgotten.
_MOST_OWNERS: Final = 2_000


class TooBusy(Exception):
    """No turn became free in time."""


class TooManyQuestions(Exception):
    """An owner asked too many different questions. wait_s: seconds until the next is allowed."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class TurnLimiter:
    """Lets `at_once` threads work at one time, and of one owner no more than `per_owner`.

    Of those that wait, the thread goes first whose owner had no turn for the longest time.
    """

    def __init__(self, at_once: int, per_owner: int) -> None:
        self._at_once, self._per_owner = at_once, per_owner
        self._changed = threading.Condition()
        self._working: Counter[str] = Counter()
        self._waiting: dict[int, str] = {}  # ticket -> owner
        self._served: OrderedDict[str, int] = OrderedDict()  # owner -> when last, in turns
        self._tickets = itertools.count(1)
        self._mine = threading.local()

    @contextmanager
    def turn(self, owner: str, patience_s: float | None = None) -> Iterator[None]:
        """Work in the block when it is this owner's turn; a thread that has one goes on with it.

        patience_s: how long to wait for it, None: until it comes. Raises TooBusy.
        """
        if getattr(self._mine, "has_turn", False):
            yield
            return
        self._begin(owner, patience_s)
        self._mine.has_turn = True
        try:
            yield
        finally:
            self._mine.has_turn = False
            self._end(owner)

    def _begin(self, owner: str, patience_s: float | None) -> None:
        ticket = next(self._tickets)
        with self._changed:
            self._waiting[ticket] = owner
            try:
                if not self._changed.wait_for(lambda: self._next() == ticket, patience_s):
                    raise TooBusy
                self._working[owner] += 1
                self._served[owner] = ticket
                self._served.move_to_end(owner)
                while len(self._served) > _MOST_OWNERS:
                    self._served.popitem(last=False)
            finally:
                del self._waiting[ticket]
                self._changed.notify_all()

    def _end(self, owner: str) -> None:
        with self._changed:
            self._working[owner] -= 1
            self._working += Counter()  # drops owners with none
            self._changed.notify_all()

    def _next(self) -> int | None:
        """The ticket of the thread that may begin now."""
        if self._working.total() >= self._at_once:
            return None
        allowed = [
            (self._served.get(owner, 0), ticket)
            for ticket, owner in self._waiting.items()
            if self._working[owner] < self._per_owner
        ]
        return min(allowed)[1] if allowed else None


class QuestionLimiter:
    """Counts the different questions of each owner: `burst` at once, `per_minute` after that.

    What the owner asked among its last `known` questions may be asked again freely: an open page
    repeats its question for hours.
    """

    def __init__(
        self,
        burst: int,
        per_minute: int,
        known: int = 64,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst, self._rate, self._known = float(burst), per_minute / 60, known
        self._clock, self._lock = clock, threading.Lock()
        self._owners: OrderedDict[str, _Asked] = OrderedDict()

    def ask(self, owner: str, question: Hashable) -> None:
        """Count this question. Raises TooManyQuestions."""
        with self._lock:
            now = self._clock()
            asked = self._owners.setdefault(owner, _Asked(self._burst, now))
            self._owners.move_to_end(owner)
            while len(self._owners) > _MOST_OWNERS:
                self._owners.popitem(last=False)
            if question in asked.questions:
                asked.questions.move_to_end(question)
                return
            left = min(self._burst, asked.left + (now - asked.since) * self._rate)
            asked.left, asked.since = left, now
            if left < 1:
                raise TooManyQuestions(math.ceil((1 - left) / self._rate))
            asked.left = left - 1
            asked.questions[question] = None
            while len(asked.questions) > self._known:
                asked.questions.popitem(last=False)


class _Asked:
    """What is remembered of one owner. left: questions still allowed, as of `since`."""

    def __init__(self, left: float, since: float) -> None:
        self.left, self.since = left, since
        self.questions: OrderedDict[Hashable, None] = OrderedDict()
