"""What was found lately, kept for whoever asks the same; what was least asked for goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

ValueT = TypeVar("ValueT")


class SingleFlightCache:
    """At most `most` values. A key names all that its value rests on, so that none grows stale."""

    def __init__(self, max_entries: int) -> None:
        self._max_entries, self._lock = max_entries, threading.Lock()
        self._futures: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], ValueT]) -> ValueT:
        """The value of this key, made by whoever asks first; who asks meanwhile waits for it.

        Raises what `make` raises, to all who wait; who asks later tries again.
        """
        mine: Future[Any] = Future()
        with self._lock:
            promised = self._futures.setdefault(key, mine)
            self._futures.move_to_end(key)
            while len(self._futures) > self._max_entries:
                self._futures.popitem(last=False)
        if promised is mine:
            self._compute(key, mine, compute)
        return cast(ValueT, promised.result())

    def _compute(self, key: Hashable, future: Future[Any], compute: Callable[[], Any]) -> None:
        try:
            future.set_result(compute())
        except BaseException as error:  # noqa: BLE001 (those who wait must hear of any)
            with self._lock:
                if self._futures.get(key) is future:
                    del self._futures[key]
            future.set_exception(error)
