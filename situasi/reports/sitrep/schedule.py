"""When laporan are due: at even hours of the clock, once each, whatever happened meanwhile."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.common import error_log
from situasi.reports.sitrep.request import SitrepRequestError

_INTERVAL_PATTERN = re.compile(r"(\d+)\s*(m|menit|h|j|jam)", re.ASCII | re.IGNORECASE)
_DAY = timedelta(days=1)
# After an error it is tried again so soon; and a clock may be set while nobody looks.
RETRY_AFTER = timedelta(minutes=1)
_MAX_WAIT_S = 20.0  # seconds
_log = logging.getLogger(__name__)


def parse_interval(text: str) -> timedelta:
    """'2h', '2j', '30m': a part of a day without rest. Raises Refused."""
    found = _INTERVAL_PATTERN.fullmatch(text.strip())
    unit = timedelta(hours=1) if found and found[2][0].lower() in "hj" else timedelta(minutes=1)
    step = int(found[1]) * unit if found and len(found[1]) < 5 else timedelta()
    if not step or step > _DAY or _DAY % step:
        raise SitrepRequestError(
            f'selang "{text}" ditulis sebagai 2h atau 30m, dan membagi habis satu hari'
        )
    return step


def compute_last_due(now: datetime, interval: timedelta) -> datetime:
    """The last boundary that is not after now, reckoned from the midnight of its own clock."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // interval * interval


@dataclass
class Schedule:
    """Makes what is due and goes on.

    make: makes the laporan of a boundary; what came of it in words, None where it was there
    already. It is told by `tell`; so is any error, with its place in the log where it is not of
    `hoped`, and it is tried again until the next.
    """

    interval: timedelta
    clock: Callable[[], datetime]
    make: Callable[[datetime], str | None]
    notify: Callable[[str], None]
    expected_errors: tuple[type[Exception], ...]
    _last_done: datetime | None = None
    _next_try: datetime | None = None

    def run_due(self) -> None:
        """Make the laporan that is due, if any is."""
        now = self.clock()
        due = compute_last_due(now, self.interval)
        if self._last_done is not None and self._last_done >= due:
            if self._last_done - now > self.interval:  # the clock was set back
                self._last_done = None
            return
        waits = (
            self._next_try is not None and compute_last_due(self._next_try, self.interval) == due
        )
        if waits and self._next_try is not None and now < self._next_try:
            return
        self._next_try = None
        try:
            said = self.make(due)
        except Exception as error:  # noqa: BLE001 (the next one is made, whatever this one met)
            self._next_try = now + RETRY_AFTER
            why: object = error
            if not isinstance(error, self.expected_errors):
                why = error_log.describe(error, error_log.record(_log, "laporan failed", error))
            self.notify(f"Laporan {due:%d/%m %H.%M} gagal: {why}; dicoba lagi sebentar lagi.")
            return
        self._last_done = due
        if said:
            self.notify(said)

    def run(self, wait: Callable[[float], bool]) -> None:
        """Until `wait` (seconds) says that somebody stopped it."""
        while True:
            self.run_due()
            now = self.clock()
            left = (compute_last_due(now, self.interval) + self.interval - now).total_seconds()
            if wait(min(max(left, 0.0) + 0.05, _MAX_WAIT_S)):
                return
