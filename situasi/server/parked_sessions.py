"""Streamlit sessions of disconnected browsers: kept for a while, bounded, and surely ended.

Streamlit keeps 128 of them without regard to their owners, and leaves the end of each to the
garbage collector. Here a dropped session is shut down at once, and where there are too many, the
oldest of the owner with most goes: who loads the page a thousand times takes nobody's place.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from situasi.common import metrics

# A page of Situasi holds 1 to 3 MB.
MAX_PARKED = 60


@dataclass(frozen=True)
class _Parked:
    info: Any  # Streamlit's SessionInfo
    owner: str  # key of the sign-in
    timer: asyncio.TimerHandle


class ParkedSessions:
    """A SessionStorage of Streamlit. ttl_seconds: how long each is kept.

    current: the one that Streamlit keeps sessions in. connection: returns the WebSocket that the
    running code answers (its key and whether it is ordinary), or None.
    """

    current: ClassVar[ParkedSessions | None] = None

    def __init__(self, find_connection: Callable[[], Any], ttl_seconds: float = 120.0) -> None:
        ParkedSessions.current = self
        self._find_connection = find_connection
        self._ttl_s = ttl_seconds
        self._parked: dict[str, _Parked] = {}  # the oldest first

    def get(self, session_id: str) -> Any:
        """Return the session of this name, or None."""
        found = self._parked.get(session_id)
        return None if found is None else found.info

    def save(self, session_info: Any) -> None:
        """Keep a session; of one that holds more than any page sends nothing is kept."""
        name, current = session_info.session.id, self._find_connection()
        self.delete(name)
        if current is not None and not current.is_ordinary:
            # Streamlit goes on with it until this returns.
            asyncio.get_running_loop().call_soon(session_info.session.shutdown)
            return
        owner = "" if current is None else current.key
        end = asyncio.get_running_loop().call_later(self._ttl_s, self.end_session, name)
        self._parked[name] = _Parked(session_info, owner, end)
        if len(self._parked) > MAX_PARKED:
            self.end_session(self._choose_evicted())
        metrics.PARKED_SESSIONS.set(len(self._parked))

    def delete(self, session_id: str) -> None:
        """Keep a session no longer: somebody goes on with it."""
        found = self._parked.pop(session_id, None)
        if found is not None:
            found.timer.cancel()
            metrics.PARKED_SESSIONS.set(len(self._parked))

    def list(self) -> list[Any]:
        """Return all that are kept."""
        return [one.info for one in self._parked.values()]

    def _choose_evicted(self) -> str:
        """Return the oldest session of the owner who has most."""
        held = Counter(one.owner for one in self._parked.values())
        owner, _ = held.most_common(1)[0]
        return next(name for name, one in self._parked.items() if one.owner == owner)

    def end_session(self, name: str) -> None:
        """End a session that is kept, and all that it holds."""
        found = self._parked.get(name)
        if found is not None:
            self.delete(name)
            found.info.session.shutdown()


def end_session(name: str) -> None:
    """End the session of this name, where it is one whose browser is cut off."""
    if ParkedSessions.current is not None:
        ParkedSessions.current.end_session(name)
