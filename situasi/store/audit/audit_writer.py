"""Entries on their way into the trail: whoever tells one never waits for the store."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.store.interface import Store, StoreError

_AGAIN = 5.0  # seconds after which a store that would not be written to is tried again
_LONGEST = 60.0
_FAREWELL = 10.0  # seconds that whoever closes waits for what is being written
_LOOK = 5.0  # seconds after which a writer without work says that it is well
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
                try:
                    self._store.tell(*self._waiting[0])
                except (StoreError, OSError):
                    raise
                except Exception as error:  # noqa: BLE001 (an entry that can never be written)
                    self._write_fault(*self._waiting[0][:3], error)
                self._waiting.popleft()

    def _write_fault(self, action: str, actor: str, at: datetime, error: Exception) -> None:
        """Say in the trail at least that there was such a deed: it holds up no other."""
        number = error_log.record(_log, "an entry of the trail cannot be written", error)
        plain = [word.encode("ascii", "replace").decode() for word in (action, actor)]
        self._store.tell(plain[0], plain[1], at, {"unwritable": True, "fault": number})


class Scribe:
    """Writes an outbox down in a thread of its own, which begins with the first entry."""

    def __init__(self, outbox: Outbox, again: float = _AGAIN) -> None:
        self._outbox = outbox
        self._work, self._over = threading.Event(), threading.Event()
        self._beginning = threading.Lock()
        self._job = Job(
            "trail", self._turn, 0.0, retry_s=again, max_retry_s=max(again, _LONGEST),
            expected_errors=(StoreError, OSError), on_stop=outbox.write,
        )  # fmt: skip
        self._began = False

    def tell(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """For the trail, as soon as the store can be written to."""
        self._outbox.put(action, actor, detail)
        with self._beginning:
            if not self._began:
                self._began = True
                self._job.start_thread(self._over)
        self._work.set()

    def close(self) -> None:
        """Write what waits, once more; a store that is still busy then keeps nobody."""
        self._over.set()
        self._work.set()
        self._job.join(_FAREWELL)

    def _turn(self) -> None:
        if not len(self._outbox):  # after a failure it is not empty
            self._work.wait(_LOOK)
        self._work.clear()
        self._outbox.write()
