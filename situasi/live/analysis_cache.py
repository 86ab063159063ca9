"""Findings: what analyses found of the live rows, once for all who may see the same."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from situasi.analysis import queries
from situasi.analysis.as_of import Known
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import Work
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.situation.overview import CASES, HOUR, Overview, feeds_heard, of_cases
from situasi.analysis.view_time import Moment, reckoned
from situasi.common.single_flight_cache import SingleFlightCache
from situasi.common.work_limits import OWNER, ConcurrencyLimiter
from situasi.domain import feed_schemas
from situasi.domain.register import Register
from situasi.live import access_scope
from situasi.live.access_scope import Sight
from situasi.live.snapshot import Snapshot

# Values kept at a time: of some versions, minutes and sights; and known rows, which weigh most.
# Past moments have places of their own: whoever looks through a day pushes nothing of now out.
_FOUND, _FRAMES, _REGISTERS = 256, 24, 64
_PAST_FOUND, _PAST_FRAMES = 256, 12
# Past moments are found anew for whoever asks first, which takes long: so many threads at a time.
_PAST_AT_ONCE = 2
# What somebody looked at is found ahead for so long; an open page asks again each minute.
_REMEMBERED: Final = 150.0
_MOST_AHEAD = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What somebody looked at.

    work: an analysis, and what else was asked of it, or the overview of a selection. whole: it
    is given the whole snapshot.
    """

    reach: Sight
    work: Work | Selection
    more: tuple[Hashable, ...] = ()
    whole: bool = False


class Findings:
    """One per board. Every method may be called from any thread.

    What is given is shared: nobody may change it.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._found, self._frames = SingleFlightCache(_FOUND), SingleFlightCache(_FRAMES)
        self._past_found, self._past_frames = (
            SingleFlightCache(_PAST_FOUND),
            SingleFlightCache(_PAST_FRAMES),
        )
        self._past_turns = ConcurrencyLimiter(_PAST_AT_ONCE, max_per_owner=1)
        self._registers = SingleFlightCache(_REGISTERS)
        self._asked: OrderedDict[Asked, float] = OrderedDict()
        self._lock = threading.Lock()

    def register(self, reach: Sight) -> Register:
        """The register of what this sight reaches."""
        return self._registers.get(reach, lambda: access_scope.register(self._register, reach))

    def known(self, snapshot: Snapshot, at: Moment, reach: Sight) -> Known:
        """The rows known at this moment, by feed, of those that this sight reaches."""
        return self._known(snapshot, _limit(at), reach)

    def of(self, work: Work, snapshot: Snapshot, at: Moment, reach: Sight, *asked: Hashable) -> Any:
        """What this analysis finds at this moment, found once for all who may see the same.

        work: called with the frames (by feed) of the rows known at the moment, those of feeds
        that it reads (analysis.works) and this sight reaches; the register; the moment; what
        its parts found; and `asked`. While no row comes for these feeds it is not done again.
        """
        self._note(Asked(reach, work, asked), at)
        with self._turn(at):
            return self._of(work, snapshot, at, reach, asked)

    def whole(
        self, work: Work, snapshot: Snapshot, at: Moment, reach: Sight, *asked: Hashable
    ) -> Any:
        """What this work finds of deliveries and quarantine too, once for each version.

        work: called with the snapshot, the known rows by feed, the moment and `asked`.
        """
        self._note(Asked(reach, work, asked, whole=True), at)
        with self._turn(at):
            return self._whole(work, snapshot, at, reach, asked)

    def kept(
        self, name: str, snapshot: Snapshot, make: Callable[[], Found], *by: Hashable
    ) -> Found:
        """What else is made of this version, once for all who ask for the same. Raises as make."""
        return self._found.get((name, snapshot.origin, snapshot.version, by), make)

    def overview(self, snapshot: Snapshot, at: Moment, reach: Sight, wanted: Selection) -> Overview:
        """The overview of this selection."""
        self._note(Asked(reach, wanted), at)
        with self._turn(at):
            found = self._overview(snapshot, at, reach, wanted)
            feeds = self.heard(snapshot, at, reach)
        # With what it was joined from, so that no other finding gets that one's place in memory.
        key = ("joined", id(found), feeds)
        kept = self._kept(at)
        return kept.get(key, lambda: (found, replace(found, feeds=list(feeds))))[1]

    def heard(self, snapshot: Snapshot, at: Moment, reach: Sight) -> tuple[FeedState, ...]:
        """Which feeds of this sight should be speaking at this moment, and when each last did."""
        then = reckoned(at)
        key = ("heard", tuple(snapshot.editions.values()), then, at.live, reach)
        known = self._known(snapshot, _limit(at), reach)
        with self._turn(at):
            return self._kept(at).get(
                key, lambda: tuple(feeds_heard(known, self._register.election, then))
            )

    def ahead(self, snapshot: Snapshot, at: Moment, until: float) -> None:
        """Find what was lately looked at, before anybody asks it of these rows or this minute.

        at: live. until: by time.monotonic(), no more is begun after it.
        """
        for asked in self._recently():
            if time.monotonic() > until:
                return
            try:
                if isinstance(asked.work, Selection):
                    self._overview(snapshot, at, asked.reach, asked.work)
                    self.heard(snapshot, at, asked.reach)
                elif asked.whole:
                    self._whole(asked.work, snapshot, at, asked.reach, asked.more)
                else:
                    self._of(asked.work, snapshot, at, asked.reach, asked.more)
            except Exception:  # noqa: BLE001 (of many: the next is found all the same)
                # Whoever looks is told on the page; here nobody would be.
                _log.exception("not found ahead: %s", asked.work)

    def _turn(self, at: Moment) -> AbstractContextManager[None]:
        """Wait for a turn before anything of a past moment is found; the present never waits."""
        return nullcontext() if at.live else self._past_turns.slot(OWNER.get())

    def _kept(self, at: Moment) -> SingleFlightCache:
        return self._found if at.live else self._past_found

    def _note(self, asked: Asked, at: Moment) -> None:
        if not at.live or any(map(_moves, (asked.work, *asked.more))):
            return
        with self._lock:
            self._asked[asked] = time.monotonic()
            self._asked.move_to_end(asked)
            while len(self._asked) > _MOST_AHEAD:
                self._asked.popitem(last=False)

    def _recently(self) -> list[Asked]:
        """What was lately looked at, the newest first."""
        oldest = time.monotonic() - _REMEMBERED
        with self._lock:
            return [asked for asked, when in reversed(self._asked.items()) if when >= oldest]

    def _of(
        self,
        work: Work,
        snapshot: Snapshot,
        at: Moment,
        reach: Sight,
        asked: tuple[Hashable, ...] = (),
    ) -> Any:
        reading, then = queries.of(work), reckoned(at)
        seen = [feed for feed in reading.every if feed in reach.feeds]
        rows = tuple(self._edition(snapshot, feed, _limit(at), reach) for feed in seen)

        def make() -> Any:
            known = self._known(snapshot, _limit(at), reach)
            parts = [self._of(part, snapshot, at, reach) for part in reading.parts]
            return work(reading.given(known), self.register(reach), then, *parts, *asked)

        name = f"{work.__module__}.{work.__qualname__}"
        return self._kept(at).get((name, rows, then, at.live, reach, asked), make)

    def _whole(
        self,
        work: Work,
        snapshot: Snapshot,
        at: Moment,
        reach: Sight,
        asked: tuple[Hashable, ...],
    ) -> Any:
        def make() -> Any:
            return work(snapshot, self.known(snapshot, at, reach), at, *asked)

        name = f"{work.__module__}.{work.__qualname__}"
        return self.kept(name, snapshot, make, reckoned(at), at.live, reach, asked)

    def _overview(
        self, snapshot: Snapshot, at: Moment, reach: Sight, wanted: Selection
    ) -> Overview:
        then, own = reckoned(at), self.register(reach)
        # It compares with an hour earlier, of which rows taken back since were known.
        limits = (None,) if at.live else (then, then - HOUR)
        rows = tuple(self._edition(snapshot, feed, one, reach) for feed in CASES for one in limits)

        def make() -> Overview:
            known = self._known(snapshot, _limit(at), reach)
            return of_cases(known, own.election, list(own.kecamatan), wanted, then)

        return self._kept(at).get(("overview", rows, then, at.live, reach, wanted), make)

    def _known(self, snapshot: Snapshot, limit: datetime | None, reach: Sight) -> Known:
        """What is known at a moment (None: by now), the rows of a feed made when asked for."""
        editions = tuple(snapshot.editions.values())

        def make() -> Known:
            return access_scope.known(snapshot.frames, snapshot.cases, reach, limit)

        frames = self._frames if limit is None else self._past_frames
        return frames.get((editions, limit, reach), make)

    def _edition(
        self, snapshot: Snapshot, feed: str, limit: datetime | None, reach: Sight
    ) -> Hashable:
        """What tells these rows from all others: two snapshots may hold the same of a past moment.

        Rows come with growing `seq` and are taken back, so that their count and sum tell them.
        """
        if limit is None:
            return tuple(snapshot.editions[name] for name in _behind(feed, reach))
        seq = self._known(snapshot, limit, reach).columns(feed, ["seq"])["seq"]
        return snapshot.origin, len(seq), int(seq.sum())


def _moves(asked: Hashable) -> bool:
    """Whether this is a window that moves with the clock: next minute nobody asks it again."""
    return isinstance(asked, Selection) and asked.since is not None and asked.until is None


def _behind(feed: str, reach: Sight) -> tuple[str, ...]:
    """The feeds on which the seen rows of this one rest: merges only of cases that are seen."""
    return CASES if feed == feed_schemas.MERGES.name and reach.area else (feed,)


def _limit(at: Moment) -> datetime | None:
    return None if at.live else reckoned(at)
