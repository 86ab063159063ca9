"""A cache that computes each value once for all who wait; the least recently used is dropped."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

from situasi.common.lru_dict import LruDict

ValueT = TypeVar("ValueT")


class SingleFlightCache:
    """At most `max_entries` values. A key names all inputs of its value, so none becomes stale."""

    def __init__(self, max_entries: int) -> None:
        self._lock = threading.Lock()
        self._futures: LruDict[Hashable, Future[Any]] = LruDict(max_entries)

    def get(self, key: Hashable, compute: Callable[[], ValueT]) -> ValueT:
        """Return the value of this key; the first caller computes it, others wait for it meanwhile.

        Raises what `compute` raises, to all who wait; later callers try again.
        """
        own_future: Future[Any] = Future()
        with self._lock:
            future = self._futures.setdefault(key, own_future)
            self._futures.move_to_end(key)
        if future is own_future:
            self._compute(key, own_future, compute)
        return cast(ValueT, future.result())

    def _compute(self, key: Hashable, future: Future[Any], compute: Callable[[], Any]) -> None:
        try:
            future.set_result(compute())
        except BaseException as error:  # noqa: BLE001  (passed to those who wait)
            with self._lock:
                if self._futures.get(key) is future:
                    del self._futures[key]
            future.set_exception(error)
