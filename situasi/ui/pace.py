"""The pace at which pages that are left alone draw themselves again when something has come.

A page takes the one interpreter some 30 ms. Two hundred that all drew within their next beat would
keep it for six seconds, and whoever clicks meanwhile would wait as long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# Pages a second, and as many at once after a moment in which none asked: a small crowd never waits.
RATE, AT_ONCE = 12.0, 8.0


class Pace:
    """Allows so many a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._left, self._since = AT_ONCE, clock()

    def allows(self) -> bool:
        """Whether one more may draw now; it then counts."""
        with self._lock:
            now = self._clock()
            self._left = min(AT_ONCE, self._left + RATE * (now - self._since))
            self._since = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


pace = Pace()
