"""Turns and questions: each owner has its share, and nobody is forgotten."""

from __future__ import annotations

import threading
from collections import Counter
from queue import Queue

import pytest

from situasi.common.work_limits import ConcurrencyLimiter, QueryLimiter, TooBusy, TooManyQueries


class Work:
    """Threads that each take a turn and hold it until they are let go."""

    def __init__(self, turns: ConcurrencyLimiter) -> None:
        self._turns, self.begun = turns, Queue[str]()
        self._go: dict[str, Queue[None]] = {}
        self._threads: list[threading.Thread] = []
        self.working: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    def ask(self, owner: str) -> None:
        before = len(self._turns._waiting) + self._turns._working.total()
        self._go.setdefault(owner, Queue())
        thread = threading.Thread(target=self._run, args=(owner,))
        self._threads.append(thread)
        thread.start()
        while len(self._turns._waiting) + self._turns._working.total() <= before:
            pass

    def _run(self, owner: str) -> None:
        with self._turns.slot(owner):
            self.working[owner] += 1
            self.most[owner] = max(self.most[owner], self.working[owner])
            self.begun.put(owner)
            self._go[owner].get()
            self.working[owner] -= 1

    def end(self, owner: str) -> None:
        self._go[owner].put(None)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(30)


def test_who_had_no_turn_goes_before_who_had_many() -> None:
    work = Work(ConcurrencyLimiter(max_concurrent=2, max_per_owner=1))
    for owner in ("a", "b", "a", "a", "b", "b", "c"):
        work.ask(owner)
    assert {work.begun.get(timeout=30), work.begun.get(timeout=30)} == {"a", "b"}
    work.end("a")
    assert work.begun.get(timeout=30) == "c"
    work.end("c")
    assert work.begun.get(timeout=30) == "a"
    for owner in ("b", "a", "b", "a", "b"):
        work.end(owner)
    work.join()
    assert work.most == {"a": 1, "b": 1, "c": 1}


def test_a_thread_that_has_a_turn_needs_no_other() -> None:
    turns = ConcurrencyLimiter(max_concurrent=1, max_per_owner=1)
    with turns.slot("a"), turns.slot("a"), turns.slot("b"):
        pass
    with turns.slot("a", timeout_s=0):
        pass


def test_who_does_not_wait_is_told_so_and_takes_no_place() -> None:
    turns = ConcurrencyLimiter(max_concurrent=8, max_per_owner=1)
    said: list[str] = []

    def ask(owner: str) -> None:
        try:
            with turns.slot(owner, timeout_s=0):
                said.append(owner)
        except TooBusy:
            said.append("busy")

    with turns.slot("a"):
        for owner in ("a", "b"):
            thread = threading.Thread(target=ask, args=(owner,))
            thread.start()
            thread.join(30)
    with turns.slot("a", timeout_s=0):
        said.append("again")
    assert said == ["busy", "b", "again"]


def test_a_turn_ends_with_an_error() -> None:
    turns = ConcurrencyLimiter(max_concurrent=1, max_per_owner=1)
    with pytest.raises(ZeroDivisionError), turns.slot("a"):
        raise ZeroDivisionError
    with turns.slot("b", timeout_s=0):
        pass


def test_different_questions_are_counted_and_repeated_ones_are_not() -> None:
    now = [0.0]
    limiter = QueryLimiter(burst=3, per_minute=6, max_remembered=3, clock=lambda: now[0])
    for question in (1, 2, 3, 1, 2, 3):
        limiter.consume("a", question)
    with pytest.raises(TooManyQueries) as refused:
        limiter.consume("a", 4)
    assert refused.value.wait_s == 10
    limiter.consume("b", 4)
    limiter.consume("a", 2)
    now[0] = 10
    limiter.consume("a", 4)
    with pytest.raises(TooManyQueries):  # it forgot its oldest question for the fourth
        limiter.consume("a", 1)
