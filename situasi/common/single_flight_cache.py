"""What was found lately, kept for whoever asks the same; what was least asked for goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

Found = TypeVar("Found")


class Recent:
    """At most `most` values. A key names all that its value rests on, so that none grows stale."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Found]) -> Found:
        """The value of this key, made by whoever asks first; who asks meanwhile waits for it.

        Raises what `make` raises, to all who wait; who asks later tries again.
        """
        mine: Future[Any] = Future()
        with self._lock:
            promised = self._kept.setdefault(key, mine)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        if promised is mine:
            self._make(key, mine, make)
        return cast(Found, promised.result())

    def _make(self, key: Hashable, mine: Future[Any], make: Callable[[], Any]) -> None:
        try:
            mine.set_result(make())
        except BaseException as error:  # noqa: BLE001 (those who wait must hear of any)
            with self._lock:
                if self._kept.get(key) is mine:
                    del self._kept[key]
            mine.set_exception(error)
