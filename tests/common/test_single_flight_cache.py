"""What was found lately is made once, and who waits for it gets it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from situasi.common.single_flight_cache import SingleFlightCache


def test_many_who_ask_at_once_cause_one_making_and_get_the_same() -> None:
    kept, begun, go = SingleFlightCache(4), threading.Barrier(8), threading.Event()
    made: list[object] = []

    def make() -> object:
        go.wait(10)
        made.append(object())
        return made[-1]

    def ask() -> object:
        begun.wait(10)
        return kept.get("a", make)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask) for _ in range(8)]
        go.set()
        found = {id(one.result(10)) for one in asked}
    assert len(made) == len(found) == 1


def test_what_fails_is_told_to_all_who_wait_and_tried_again_by_the_next() -> None:
    kept = SingleFlightCache(4)

    def fail() -> NoReturn:
        raise ValueError("the disk")

    for _ in range(2):
        with pytest.raises(ValueError, match="the disk"):
            kept.get("a", fail)
    assert kept.get("a", lambda: 7) == 7


def test_what_was_least_asked_for_goes_first() -> None:
    kept = SingleFlightCache(2)
    kept.get("a", lambda: 1)
    kept.get("b", lambda: 2)
    kept.get("a", lambda: 3)
    kept.get("c", lambda: 4)
    assert kept.get("a", lambda: 5) == 1
    assert kept.get("b", lambda: 6) == 6


def test_none_is_a_finding_too() -> None:
    kept, made = SingleFlightCache(2), []
    for _ in range(2):
        assert kept.get("a", lambda: made.append(1)) is None
    assert made == [1]
