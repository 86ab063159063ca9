"""Memory of the server: Streamlit collects garbage after every run, of all that there is."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Streamlit asks after every run, also one of a heartbeat: a sixth of the processor of a crowd.
SELDOM = 1.0
# Of so many full collections one looks at everything.
WHOLE = 200


def loading() -> None:
    """Collect nothing while everything is loaded, until `loaded`.

    Next to nothing of it becomes garbage, and what is loaded already is walked again and again
    for each library that comes: a third of the time that all of them take.
    """
    gc.disable()


def loaded() -> None:
    """Collect again, and walk nothing of what is loaded."""
    gc.freeze()
    gc.enable()


class Settling:
    """What a full collection leaves is looked at by none of the next ones.

    Findings are kept, and so there is more to walk with each delivery, at the end of each run,
    while everybody waits. What is held aside and becomes garbage in a circle meanwhile stays
    until the next collection that looks at everything.
    """

    def __init__(self) -> None:
        self._since = 0

    def __call__(self, phase: str, info: dict[str, int]) -> None:
        if info["generation"] < 2:
            return
        if phase == "stop":
            gc.freeze()
            return
        self._since += 1
        if self._since >= WHOLE:
            self._since = 0
            gc.unfreeze()


class Seldom:
    """What Streamlit takes for `gc`: it collects when asked, though not again within a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock, self._next = clock, threading.Lock(), 0.0

    def collect(self, generation: int = 2) -> int:
        """See gc.collect."""
        with self._lock:
            if self._clock() < self._next:
                return 0
            self._next = self._clock() + SELDOM
        return gc.collect(generation)

    def __getattr__(self, name: str) -> Any:
        return getattr(gc, name)


def seldom(asker: ModuleType) -> None:
    """Have Streamlit's module that runs scripts collect so."""
    vars(asker)["gc"] = Seldom()


@contextmanager
def settling() -> Iterator[None]:
    """Settle memory after each full collection, while the server runs."""
    one = Settling()
    gc.callbacks.append(one)
    try:
        yield
    finally:
        gc.callbacks.remove(one)
        gc.unfreeze()
