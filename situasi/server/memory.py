"""Memory of the server: Streamlit collects garbage after every run, of all that there is."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Of so many full collections one looks at everything.
WHOLE = 200


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
