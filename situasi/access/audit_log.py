"""What viewers did that changed no data, told to the trail: what they saw, what they took along."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from situasi.access.roles import WITNESSED_FEEDS, Viewer
from situasi.store.audit.audit_writer import Outbox, Scribe
from situasi.store.interface import Store

_AGAIN = timedelta(hours=1)  # who goes on looking is told of once in so long
_MINUTE = timedelta(minutes=1)
_MOST_FILES = 30  # in a minute, for one viewer: each is an entry, and entries are kept for ever
_LONGEST = 200  # characters of a word in an entry

Filters = Mapping[str, Sequence[str]]


class Deeds:
    """One per board. Every method may be called from any thread; none waits for the store.

    kabupaten: whose rows they concern, where the trail is that of a command above.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], kabupaten: str = "") -> None:
        self._scribe, self._clock = Scribe(Outbox(store, clock)), clock
        self._of = {"kabupaten": kabupaten} if kabupaten else {}
        self._told: dict[tuple[object, ...], datetime] = {}
        self._taken: dict[tuple[object, ...], deque[datetime]] = {}
        self._lock = threading.Lock()

    def tell(self, action: str, actor: str, detail: dict[str, Any]) -> None:
        """Any other deed."""
        self._scribe.tell(action, actor, {**self._of, **detail})

    def saw(self, viewer: Viewer, feeds: Collection[str], page: str) -> None:
        """Rows of these feeds were shown: told where the feed is one of WITNESSED_FEEDS."""
        for feed in WITNESSED_FEEDS & set(feeds):
            if self._anew("saw", viewer.name, viewer.link, feed):
                self.tell("saw", viewer.name, {"feed": feed, "page": page})

    def refused(self, actor: str, what: dict[str, str]) -> None:
        """Somebody who is known asked for what is not theirs."""
        if self._anew("refused", actor, *what.items()):
            self.tell("refused", actor, what)

    def exported(
        self, viewer: Viewer, what: Mapping[str, str], form: str, rows: int, filters: Filters
    ) -> None:
        """Rows leave as a file. what: the table or feed that they are of, and where."""
        named = {name: word[:_LONGEST] for name, word in what.items()}
        chosen = {name: ",".join(codes)[:_LONGEST] for name, codes in filters.items()}
        told = {**named, "form": form, "rows": rows, "filters": chosen}
        self.tell("export", viewer.name, told)

    def may_take(self, viewer: Viewer) -> bool:
        """Whether another file may leave now: as many as a person asks for, not a program."""
        now = self._clock()
        with self._lock:
            some = self._taken.setdefault((viewer.name, viewer.link), deque(maxlen=_MOST_FILES))
            if len(some) == _MOST_FILES and now - some[0] < _MINUTE:
                return False
            some.append(now)
        return True

    def close(self) -> None:
        """Write down what waits."""
        self._scribe.close()

    def _anew(self, *deed: object) -> bool:
        """Whether nothing was told of this within the hour."""
        now = self._clock()
        with self._lock:
            self._told = {one: at for one, at in self._told.items() if now - at < _AGAIN}
            anew = deed not in self._told
            self._told.setdefault(deed, now)
        return anew
