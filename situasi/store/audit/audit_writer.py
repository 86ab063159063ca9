"""The queue of audit log entries: callers never wait for the store."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.store.model import StoreError
from situasi.store.store import Store

_RETRY_S = 5.0  # seconds until the next attempt after a failure
_MAX_RETRY_S = 60.0
_CLOSE_TIMEOUT_S = 10.0  # seconds that `close` waits for the running write
_IDLE_S = 5.0  # seconds after which an idle writer reports success
_log = logging.getLogger(__name__)


class AuditOutbox:
    """Entries in order, each with the time of its action. Any thread may add one."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._entries: deque[tuple[str, str, datetime, dict[str, Any]]] = deque()
        self._write_lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """Add an entry with the current time."""
        self._entries.append((action, actor, self._clock(), detail))

    def flush(self) -> None:
        """Write all entries, oldest first. Raises StoreError; unwritten entries stay queued."""
        with self._write_lock:
            while self._entries:
                try:
                    self._store.log_audit(*self._entries[0])
                except (StoreError, OSError):
                    raise
                except Exception as error:  # noqa: BLE001 (an entry that can never be written)
                    self._write_fault(*self._entries[0][:3], error)
                self._entries.popleft()

    def _write_fault(self, action: str, actor: str, at: datetime, error: Exception) -> None:
        """Write an entry without the unwritable detail, so that it does not block the others."""
        number = error_log.record(_log, "an entry of the trail cannot be written", error)
        words = [word.encode("ascii", "replace").decode() for word in (action, actor)]
        self._store.log_audit(words[0], words[1], at, {"unwritable": True, "fault": number})


class AuditWriter:
    """Writes an outbox in a thread of its own, which starts with the first entry."""

    def __init__(self, outbox: AuditOutbox, retry_s: float = _RETRY_S) -> None:
        self._outbox = outbox
        self._has_work, self._stop = threading.Event(), threading.Event()
        self._start_lock = threading.Lock()
        self._job = Job(
            "audit", self._run_turn, 0.0, retry_s=retry_s, max_retry_s=max(retry_s, _MAX_RETRY_S),
            expected_errors=(StoreError, OSError), on_stop=outbox.flush,
        )  # fmt: skip
        self._is_started = False

    def append(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """Add an entry, to be written as soon as the store accepts it."""
        self._outbox.put(action, actor, detail)
        with self._start_lock:
            if not self._is_started:
                self._is_started = True
                self._job.start_thread(self._stop)
        self._has_work.set()

    def close(self) -> None:
        """Write what waits once more; wait for a busy store only a limited time."""
        self._stop.set()
        self._has_work.set()
        self._job.join(_CLOSE_TIMEOUT_S)

    def _run_turn(self) -> None:
        if not len(self._outbox):  # after a failure it is not empty
            self._has_work.wait(_IDLE_S)
        self._has_work.clear()
        self._outbox.flush()
