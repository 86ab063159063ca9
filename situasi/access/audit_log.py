"""What viewers did that changed no data, told to the trail: what they saw, what they took along."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from situasi.access.roles import AUDITED_FEEDS, Viewer
from situasi.store.audit.audit_writer import AuditOutbox, AuditWriter
from situasi.store.interface import Store

_REPEAT_INTERVAL = timedelta(hours=1)  # who goes on looking is told of once in so long
_MINUTE = timedelta(minutes=1)
_MAX_FILES_PER_MINUTE = (
    30  # in a minute, for one viewer: each is an entry, and entries are kept for ever
)
_MAX_WORD_LENGTH = 200  # characters of a word in an entry

Filters = Mapping[str, Sequence[str]]


class AuditLog:
    """One per board. Every method may be called from any thread; none waits for the store.

    kabupaten: whose rows they concern, where the trail is that of a command above.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], kabupaten: str = "") -> None:
        self._writer, self._clock = AuditWriter(AuditOutbox(store, clock)), clock
        self._common_detail = {"kabupaten": kabupaten} if kabupaten else {}
        self._logged_at: dict[tuple[object, ...], datetime] = {}
        self._downloads: dict[tuple[object, ...], deque[datetime]] = {}
        self._lock = threading.Lock()

    def append(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """Any other deed."""
        self._writer.append(action, actor, {**self._common_detail, **detail})

    def log_viewed(self, viewer: Viewer, feeds: Collection[str], page: str) -> None:
        """Rows of these feeds were shown: told where the feed is one of WITNESSED_FEEDS."""
        for feed in AUDITED_FEEDS & set(feeds):
            if self._is_new("saw", viewer.name, viewer.link, feed):
                self.append("saw", viewer.name, {"feed": feed, "page": page})

    def log_refused(self, actor: str, detail: dict[str, str]) -> None:
        """Somebody who is known asked for what is not theirs."""
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
        """Rows leave as a file. what: the table or feed that they are of, and where."""
        named = {name: word[:_MAX_WORD_LENGTH] for name, word in subject.items()}
        chosen = {name: ",".join(codes)[:_MAX_WORD_LENGTH] for name, codes in filters.items()}
        told = {**named, "form": file_format, "rows": rows, "filters": chosen}
        self.append("export", viewer.name, told)

    def allow_download(self, viewer: Viewer) -> bool:
        """Whether another file may leave now: as many as a person asks for, not a program."""
        now = self._clock()
        with self._lock:
            some = self._downloads.setdefault(
                (viewer.name, viewer.link), deque(maxlen=_MAX_FILES_PER_MINUTE)
            )
            if len(some) == _MAX_FILES_PER_MINUTE and now - some[0] < _MINUTE:
                return False
            some.append(now)
        return True

    def close(self) -> None:
        """Write down what waits."""
        self._writer.close()

    def _is_new(self, *entry: object) -> bool:
        """Whether nothing was told of this within the hour."""
        now = self._clock()
        with self._lock:
            self._logged_at = {
                one: at for one, at in self._logged_at.items() if now - at < _REPEAT_INTERVAL
            }
            anew = entry not in self._logged_at
            self._logged_at.setdefault(entry, now)
        return anew
