"""Entries on their way into the trail: whoever tells one never waits for the store."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from situasi.store.protocol import Store, StoreError

_AGAIN = 5.0  # seconds after which a store that would not be written to is tried again
_FAREWELL = 10.0  # seconds that whoever closes waits for what is being written
_log = logging.getLogger(__name__)


class Outbox:
    """Entries in their order, each with the time of its deed. Any thread may put one in."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._waiting: deque[tuple[str, str, datetime, dict[str, Any]]] = deque()
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        self._waiting.append((action, actor, self._clock(), detail))

    def write(self) -> None:
        """Write all down, the oldest first. Raises StoreError: what was not written waits on."""
        with self._writing:
            while self._waiting:
                self._store.tell(*self._waiting[0])
                self._waiting.popleft()


class Scribe:
    """Writes an outbox down in a thread of its own, which begins with the first entry."""

    def __init__(self, outbox: Outbox, again: float = _AGAIN) -> None:
        self._outbox, self._again = outbox, again
        self._work, self._over = threading.Event(), threading.Event()
        self._beginning = threading.Lock()
        self._thread: threading.Thread | None = None

    def tell(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """For the trail, as soon as the store can be written to."""
        self._outbox.put(action, actor, detail)
        with self._beginning:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="trail", daemon=True)
                self._thread.start()
        self._work.set()

    def close(self) -> None:
        """Write what waits, once more; a store that is still busy then keeps nobody."""
        self._over.set()
        self._work.set()
        if self._thread is not None:
            self._thread.join(_FAREWELL)

    def _run(self) -> None:
        while not self._over.is_set():
            self._work.wait()
            self._work.clear()
            while not self._written() and not self._over.wait(self._again):
                pass
        self._written()

    def _written(self) -> bool:
        try:
            self._outbox.write()
        except StoreError as error:
            _log.warning("%s", error.detail)  # it waits on
            return False
        return True
