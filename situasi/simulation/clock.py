"""Hours of the rehearsal day, named by their distance from opening and closing of TPS."""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.domain.election import Election

_ANCHOR = re.compile(r"(buka|tutup)([+-]\d+)")
_TIME_BEFORE_OPENING = timedelta(hours=3)
_TIME_AFTER_CLOSING = timedelta(hours=10)


@dataclass(frozen=True)
class Clock:
    """Fixed times of the day, timezone-aware: first and last report, opening and closing of TPS."""

    first: datetime
    opens: datetime
    closes: datetime
    last: datetime

    def resolve_anchor(self, anchor: str) -> datetime:
        """Return the moment of an anchor such as "buka-90" or "tutup+30" (minutes).

        Raises ValueError with the anchor if it cannot be parsed.
        """
        match = _ANCHOR.fullmatch(anchor)
        if match is None:
            raise ValueError(f"not an anchor: {anchor!r}; write buka-90 or tutup+30")
        base = self.opens if match[1] == "buka" else self.closes
        return self.clip(base + timedelta(minutes=int(match[2])))

    def clip(self, moment: datetime) -> datetime:
        """Return the nearest moment within the day."""
        return min(max(moment, self.first), self.last)

    def draw_time_between(
        self, rng: random.Random, window: tuple[str, str], duration: timedelta
    ) -> datetime:
        """Draw a whole minute between two anchors, early enough for the duration."""
        latest = max(self.first, self.last - duration)
        start, end = (min(self.resolve_anchor(anchor), latest) for anchor in window)
        span = max(0, int((end - start).total_seconds() // 60))
        return start + draw_minutes(rng, 0, span)

    def list_full_hours(self, start: datetime, end: datetime) -> list[datetime]:
        """List the full hours after `start`, up to and including `end`."""
        hour = start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        hours = (hour + timedelta(hours=number) for number in range(24))
        return [moment for moment in hours if moment <= end]


def draw_minutes(rng: random.Random, low: int, high: int) -> timedelta:
    """Draw a whole number of minutes; both bounds are possible."""
    return timedelta(minutes=rng.randint(low, high))


def build_clock(election: Election) -> Clock:
    """Build the clock of an election day, 04.00 to 23.00 where TPS are open 07.00-13.00."""
    opens = election.local_time(election.tps_opens)
    closes = election.local_time(election.tps_closes)
    return Clock(
        first=max(election.day_start, opens - _TIME_BEFORE_OPENING),
        opens=opens,
        closes=closes,
        last=min(election.day_end, closes + _TIME_AFTER_CLOSING),
    )
