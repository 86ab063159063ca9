"""The schedule of laporan: at full intervals of the clock, once each, even after errors."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.common import error_log
from situasi.reports.sitrep.request import SitrepRequestError

_INTERVAL_PATTERN = re.compile(r"(\d+)\s*(m|menit|h|j|jam)", re.ASCII | re.IGNORECASE)
_DAY = timedelta(days=1)
# Wait after an error.
RETRY_AFTER = timedelta(minutes=1)
_MAX_WAIT_S = 20.0  # short, because the clock may be set meanwhile
_log = logging.getLogger(__name__)


def parse_interval(text: str) -> timedelta:
    """Return the interval of a text like "2h", "2j" or "30m", which must divide a day evenly.

    Raises SitrepRequestError.
    """
    match = _INTERVAL_PATTERN.fullmatch(text.strip())
    unit = timedelta(hours=1) if match and match[2][0].lower() in "hj" else timedelta(minutes=1)
    interval = int(match[1]) * unit if match and len(match[1]) < 5 else timedelta()
    if not interval or interval > _DAY or _DAY % interval:
        raise SitrepRequestError(
            f'selang "{text}" ditulis sebagai 2h atau 30m, dan membagi habis satu hari'
        )
    return interval


def compute_last_due(now: datetime, interval: timedelta) -> datetime:
    """Return the last due time that is not after `now`, counted from midnight of the same clock."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // interval * interval


@dataclass
class Schedule:
    """Makes the laporan that are due.

    make: makes the laporan of a due time and returns a message, or None if it existed already.
    notify: receives the messages and all errors; an error not in expected_errors is also logged,
    and the message refers to the log. After an error the laporan is retried until the next is due.
    """

    interval: timedelta
    clock: Callable[[], datetime]
    make: Callable[[datetime], str | None]
    notify: Callable[[str], None]
    expected_errors: tuple[type[Exception], ...]
    _last_done: datetime | None = None
    _next_try: datetime | None = None

    def run_due(self) -> None:
        """Make the laporan that is due, if any."""
        now = self.clock()
        due = compute_last_due(now, self.interval)
        if self._last_done is not None and self._last_done >= due:
            if self._last_done - now > self.interval:  # the clock was set back
                self._last_done = None
            return
        is_retry = self._next_try and compute_last_due(self._next_try, self.interval) == due
        if is_retry and self._next_try is not None and now < self._next_try:
            return
        self._next_try = None
        try:
            message = self.make(due)
        except Exception as error:  # noqa: BLE001 (an error must not stop the schedule)
            self._next_try = now + RETRY_AFTER
            reason: object = error
            if not isinstance(error, self.expected_errors):
                reason = error_log.describe(error, error_log.record(_log, "laporan failed", error))
            self.notify(f"Laporan {due:%d/%m %H.%M} gagal: {reason}; dicoba lagi sebentar lagi.")
            return
        self._last_done = due
        if message:
            self.notify(message)

    def run(self, wait: Callable[[float], bool]) -> None:
        """Run until `wait` (seconds) returns True, which means that it was stopped."""
        while True:
            self.run_due()
            now = self.clock()
            next_due = compute_last_due(now, self.interval) + self.interval
            remaining_s = (next_due - now).total_seconds()
            if wait(min(max(remaining_s, 0.0) + 0.05, _MAX_WAIT_S)):
                return
