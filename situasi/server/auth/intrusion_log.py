"""The entries of the audit log about requests that only an attacker sends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

_REPORT_AGAIN_AFTER = timedelta(minutes=15)  # the same intrusion is recorded once in this time
_MAX_INTRUSIONS = 1000


class IntrusionLog:
    """What was reported lately. queue_entry: adds an entry (action, detail) to the audit log."""

    def __init__(
        self, queue_entry: Callable[[str, dict[str, Any]], None], clock: Callable[[], datetime]
    ) -> None:
        self._queue_entry, self._clock = queue_entry, clock
        self._reported_at: dict[tuple[str, str], datetime] = {}

    def report(self, what: str, address: str) -> None:
        """Record that a request from this address carried such a thing, if it is not yet known."""
        now = self._clock()

        def is_recent(reported_at: datetime | None) -> bool:
            return reported_at is not None and now - reported_at <= _REPORT_AGAIN_AFTER

        if is_recent(self._reported_at.get((what, address))):
            return
        if len(self._reported_at) >= _MAX_INTRUSIONS:
            self._reported_at = {key: at for key, at in self._reported_at.items() if is_recent(at)}
        if len(self._reported_at) < _MAX_INTRUSIONS:
            self._reported_at[what, address] = now
            self._queue_entry("intruder", {"what": what, "address": address})
