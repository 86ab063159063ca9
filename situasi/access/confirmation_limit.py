"""Limit of wrong passwords by which people confirm an act: few in a quarter of an hour."""

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Final

from situasi.access.accounts import AccountRefused
from situasi.common.i18n import _

MAX_WRONG: Final = 5
WINDOW: Final = timedelta(minutes=15)


class ConfirmationLimiter:
    """Counts wrong passwords of each account. Thread-safe."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def check(self, name: str, now: datetime) -> None:
        """Raise AccountRefused where there were too many wrong ones."""
        with self._lock:
            times = self._wrong.get(name, deque())
            while times and now - times[0] >= WINDOW:
                times.popleft()
            if len(times) >= MAX_WRONG:
                raise AccountRefused(
                    _("terlalu banyak sandi keliru; coba lagi seperempat jam lagi")
                )

    def record_wrong(self, name: str, now: datetime) -> None:
        """Count a wrong password."""
        with self._lock:
            self._wrong.setdefault(name, deque(maxlen=MAX_WRONG)).append(now)
