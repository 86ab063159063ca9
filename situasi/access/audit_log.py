"""Audit log of what viewers did without changing data: confidential rows seen, files exported."""

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from situasi.access.roles import AUDITED_FEEDS, Viewer
from situasi.store import Store
from situasi.store.audit.audit_writer import AuditOutbox, AuditWriter

_REPEAT_INTERVAL = timedelta(hours=1)  # a repeated view is logged once in this time
_MINUTE = timedelta(minutes=1)
_MAX_FILES_PER_MINUTE = 30  # of one viewer: each is an entry, kept for ever
_MAX_WORD_LENGTH = 200  # characters

Filters = Mapping[str, Sequence[str]]


class AuditLog:
    """The audit log of one board. Its methods are thread-safe, and none waits for the store.

    kabupaten: of the rows concerned, where the audit log is that of a command above.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], kabupaten: str = "") -> None:
        self._writer, self._clock = AuditWriter(AuditOutbox(store, clock)), clock
        self._common_detail = {"kabupaten": kabupaten} if kabupaten else {}
        self._logged_at: dict[tuple[object, ...], datetime] = {}
        self._downloads: dict[tuple[object, ...], deque[datetime]] = {}
        self._lock = threading.Lock()

    def append(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """Append an entry of any other action."""
        self._writer.append(action, actor, {**self._common_detail, **detail})

    def log_viewed(self, viewer: Viewer, feeds: Collection[str], page: str) -> None:
        """Log that rows of these feeds were shown, for the feeds in AUDITED_FEEDS."""
        for feed in AUDITED_FEEDS & set(feeds):
            if self._is_new("saw", viewer.name, viewer.link, feed):
                self.append("saw", viewer.name, {"feed": feed, "page": page})

    def log_refused(self, actor: str, detail: dict[str, str]) -> None:
        """Log that a known user asked for what they may not see."""
        if self._is_new("refused", actor, *detail.items()):
            self.append("refused", actor, detail)

    def log_exported(
        self,
        viewer: Viewer,
        subject: Mapping[str, str],
        file_format: str,
        rows: int,
        filters: Filters,
    ) -> None:
        """Log that rows were exported as a file. subject: the table or feed, and the place."""
        subject_detail = {name: text[:_MAX_WORD_LENGTH] for name, text in subject.items()}
        cells = {name: ",".join(codes)[:_MAX_WORD_LENGTH] for name, codes in filters.items()}
        detail = {**subject_detail, "form": file_format, "rows": rows, "filters": cells}
        self.append("export", viewer.name, detail)

    def allow_download(self, viewer: Viewer) -> bool:
        """Return whether another file may be exported now: enough for people, not for programs."""
        now = self._clock()
        with self._lock:
            key = viewer.name, viewer.link
            times = self._downloads.setdefault(key, deque(maxlen=_MAX_FILES_PER_MINUTE))
            if len(times) == _MAX_FILES_PER_MINUTE and now - times[0] < _MINUTE:
                return False
            times.append(now)
        return True

    def close(self) -> None:
        """Write the waiting entries and close."""
        self._writer.close()

    def _is_new(self, *entry: object) -> bool:
        """Return whether there was no such entry within the hour."""
        now = self._clock()
        with self._lock:
            self._logged_at = {
                logged: at for logged, at in self._logged_at.items() if now - at < _REPEAT_INTERVAL
            }
            is_new = entry not in self._logged_at
            self._logged_at.setdefault(entry, now)
        return is_new
