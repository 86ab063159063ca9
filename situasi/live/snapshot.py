"""Everything accepted, kept live: one picture per process, shared by all who look."""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.incidents import case_index
from situasi.analysis.incidents import cases as incidents_cases
from situasi.analysis.incidents.case_index import Cases
from situasi.analysis.incidents.encoded_rows import Coder
from situasi.common.growable_frame import GrowableFrame
from situasi.domain import feed_schemas
from situasi.domain.election import Election
from situasi.domain.feed_schemas import INCIDENTS
from situasi.store.audit import audit_log
from situasi.store.delivery_table import Batches
from situasi.store.interface import Store, StoreError
from situasi.store.quarantine_counts import WaitingCount

_TIME: Final = "datetime64[us, UTC]"
# Whoever finds another still reading waits so many seconds, then takes what there was before.
_PATIENCE: Final = 2.0
_SLOW: Final = "Penyimpanan belum menjawab; ini gambar terakhir yang terbaca."
_CHANGED: Final = "Penyimpanan diganti selagi dibaca. Dibaca ulang dari awal."
_ALL: Final = 2**62  # no number is higher
_HALFWAY: Final = (0, "")  # on no trail: should adding fail, all is read anew
_NOWHERE: Final = np.zeros(0, dtype=np.intp)
_numbers = itertools.count(1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """All rows of every feed at one version of the store.

    frames: by feed, records.stored_dtypes and `withdrawn_at` (NaT while the row stands);
    incidents also have `case`. cases: of all incidents. editions: by feed, a number that no
    other rows ever have in this process: what was found of the same edition still holds.
    seal: of the entry of the trail that `version` numbers. origin: another number after another
    store took the place of the one that was read, in which the same `seq` may be of another row.
    batches: protocol.Store.batches, and `taken_back` (rows), `taken_back_at`,
    `taken_back_by`, `reason` where somebody took them back. waiting: rows in quarantine by
    feed. rehearsal: whether any row is made up. exercise_at: the clock of an exercise, where
    one is played.
    """

    version: int
    frames: Mapping[str, pd.DataFrame]
    cases: Cases
    editions: Mapping[str, int]
    batches: pd.DataFrame
    waiting: Mapping[str, int]
    rehearsal: bool
    exercise_at: datetime | None
    origin: int = 0
    seal: str = audit_log.BEGINNING

    @property
    def state(self) -> tuple[int, str]:
        """What no other state of any store has: to be asked where a version alone may not do."""
        return self.version, self.seal


@dataclass(frozen=True)
class Picture:
    """The last good snapshot, when the store was last asked, and what is broken if anything.

    trouble: for every viewer; detail: with the file or server, for whoever keeps the board.

    took: seconds for which its new rows were read. access: Store.access_mark, read before.
    replaced_at: when another store last took the place of one that had been read; rows that were
    accepted before may be gone with that.
    """

    snapshot: Snapshot
    checked_at: datetime
    trouble: str | None = None
    detail: str | None = None
    took: float = 0.0
    access: Hashable = None
    replaced_at: datetime | None = None


class Live:
    """Keeps one snapshot up to date by reading only what is new.

    A store that cannot be read leaves the last good snapshot in place, with the reason. One that
    another took the place of, whatever its version, is read anew: before anything is added, the
    seal of the entry up to which was read must still be on the trail.
    """

    def __init__(self, store: Store, election: Election, clock: Callable[[], datetime]) -> None:
        self._store, self._election, self._clock = store, election, clock
        self._lock = threading.Lock()
        self._no_withdrawals = store.withdrawals(_ALL)
        self._begin()
        frames = {name: rows.frame() for name, rows in self._rows.items()}
        cases = case_index.begun(self._coder.coded(frames[INCIDENTS.name]))
        editions = dict.fromkeys(frames, 0)
        self._nothing = Snapshot(0, frames, cases, editions, self._batches.frame(), {}, False, None)
        self._picture = Picture(self._nothing, clock())

    def _begin(self) -> None:
        """Hold no rows. What was handed out stays as it is."""
        self._rows = {
            name: GrowableFrame(_dtypes(feed)) for name, feed in feed_schemas.FEEDS.items()
        }
        self._coder = Coder()
        self._made_up = dict.fromkeys(feed_schemas.FEEDS, 0)  # rows of an exercise that stand
        self._batches, self._waiting = Batches(), WaitingCount()
        self._withdrawals = self._no_withdrawals
        # Number and seal of an entry of the trail: no row that was read is younger.
        self._mark = (0, audit_log.BEGINNING)

    def picture(self) -> Picture:
        """The newest picture; costs three small questions when nothing has changed.

        A server that does not answer holds up one who asks it, and nobody else for long.
        """
        if not self._lock.acquire(timeout=_PATIENCE):
            last = self._picture
            return replace(last, trouble=last.trouble or _SLOW)
        try:
            return self._asked()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Let go of the store from which is read."""
        self._store.close()

    def wait(self) -> None:
        """Until the store may have news."""
        self._store.wait()

    def _asked(self) -> Picture:
        try:
            access, version = self._store.access_mark(), self._store.version()
            snapshot = self._picture.snapshot
            took, started = self._picture.took, time.perf_counter()
            replaced_at = self._picture.replaced_at
            if not self._is_the_same():  # another store is there now: read it anew
                if self._mark != _HALFWAY:
                    replaced_at = self._clock()
                    told = {"version_before": snapshot.version, "version": version}
                    _log.error("the store was replaced by another one", extra=told)
                snapshot = replace(self._nothing, origin=snapshot.origin + 1)
                self._begin()
            if version != snapshot.version:
                snapshot = self._read(version, snapshot)
                took = time.perf_counter() - started
            self._picture = Picture(
                snapshot, self._clock(), took=took, access=access, replaced_at=replaced_at
            )
        except StoreError as error:
            self._picture = replace(self._picture, trouble=str(error), detail=error.detail)
        return self._picture

    def _is_the_same(self) -> bool:
        """Whether the store still is the one that was read so far."""
        number, seal = self._mark
        return self._store.seal(number) == seal

    def _read(self, version: int, last: Snapshot) -> Snapshot:
        # The version is read before the rows: rows of a commit in between come early, never late.
        store, seal = self._store, self._store.seal(version)
        after = int(self._withdrawals["seq"].iloc[-1]) if len(self._withdrawals) else 0
        fresh = store.withdrawals(after)
        tails = {
            name: store.tail(feed, _last(last.frames[name]))
            for name, feed in feed_schemas.FEEDS.items()
        }
        # Not told by the rows alone: all those of a batch may stand by another delivery.
        deeds = store.audit(last.version, action="withdraw")
        released = store.released(self._waiting.last_release)  # before what they release
        entered = store.entered(self._waiting.last_entry)
        batches, exercise = store.batches(self._batches.last), store.noted("exercise")
        end = store.version()
        mark = (end, store.seal(end) or "")
        if seal is None or store.seal(version) != seal or not self._is_the_same():
            raise StoreError(_CHANGED)
        # Only now: a store that broke on the way is asked for the same again.
        if len(fresh):
            self._withdrawals = pd.concat([self._withdrawals, fresh], ignore_index=True)
        self._mark = _HALFWAY
        frames, cases = self._grown(last, tails, fresh)
        if len(deeds) or len(batches) or len(fresh):
            self._batches.add(batches, fresh, deeds)
        undone = [json.loads(detail)["batch"] for detail in deeds["detail"]]
        waiting = self._waiting.add(entered, released, [*undone, *fresh["batch"]])
        rehearsal = any(self._made_up.values())
        # The clock of an exercise ends with its last row.
        played = datetime.fromisoformat(exercise["at"]) if rehearsal and exercise else None
        self._mark = mark
        return Snapshot(
            version=version,
            frames=frames,
            cases=cases,
            editions={
                name: last.editions[name] if frame is last.frames[name] else next(_numbers)
                for name, frame in frames.items()
            },
            batches=self._batches.frame(),
            waiting=waiting,
            rehearsal=rehearsal,
            exercise_at=played,
            origin=last.origin,
            seal=seal,
        )

    def _grown(
        self, last: Snapshot, tails: Mapping[str, pd.DataFrame], fresh: pd.DataFrame
    ) -> tuple[dict[str, pd.DataFrame], Cases]:
        """The frames with these rows, and without those taken back; and their cases."""
        frames, cases = dict(last.frames), last.cases
        for name, rows in self._rows.items():
            before, tail = len(rows), tails[name]
            if len(tail):
                rows.add(self._prepared(name, tail))
            told = fresh
            if len(tail) and len(self._withdrawals):
                # A row that arrives late may have been withdrawn earlier.
                late = self._withdrawals["row_seq"] >= tail["seq"].iloc[0]
                told = pd.concat([fresh, self._withdrawals[late]]).drop_duplicates("seq")
            told = told[told["feed"] == name]
            taken = _take_back(rows, told) if len(told) else _NOWHERE
            self._made_up[name] += _made_up(rows, slice(before, None)) - _made_up(rows, taken)
            if len(tail) or len(taken):
                frames[name] = rows.frame()
                if name == INCIDENTS.name:
                    coded = self._coder.coded(frames[name])
                    moved = np.concatenate([coded.case[before:], coded.case[taken]])
                    cases = cases.grown(coded, np.unique(moved))
        return frames, cases

    def _prepared(self, name: str, rows: pd.DataFrame) -> pd.DataFrame:
        added = rows.assign(withdrawn_at=pd.Series(pd.NaT, rows.index, _TIME))
        if name != INCIDENTS.name:
            return added
        case = incidents_cases.case_keys(rows, self._election.zone)
        return self._coder.number(added.assign(case=case))


def _dtypes(feed: feed_schemas.Feed) -> dict[str, str]:
    own = {"case": "object"} if feed is INCIDENTS else {}
    return {**feed_schemas.stored_dtypes(feed), "withdrawn_at": _TIME, **own}


def _last(frame: pd.DataFrame) -> int:
    return int(frame["seq"].iloc[-1]) if len(frame) else 0


def _take_back(rows: GrowableFrame, withdrawn: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Mark these rows as taken back; where they lie, those that were marked before left out.

    History (known before it was stored) was loaded afterwards: taken back, it was never
    known. Any other row was known until somebody took it back.
    """
    seq, taken_from = rows.array("seq"), withdrawn["row_seq"].to_numpy("int64")
    spot = np.searchsorted(seq, taken_from)
    here = np.flatnonzero(seq[spot.clip(max=len(seq) - 1)] == taken_from) if len(seq) else spot[:0]
    at, when = spot[here], timestamps.column(withdrawn["recorded_at"])[here]
    known, cells = rows.array("known_at")[at], rows.array("withdrawn_at").copy()
    when = np.where(known < rows.array("recorded_at")[at], known, when)
    new = cells[at] == timestamps.NEVER
    cells[at[new]] = when[new]
    rows.set_column("withdrawn_at", cells)
    marked: npt.NDArray[np.intp] = at[new]
    return marked


def _made_up(rows: GrowableFrame, at: slice | npt.NDArray[np.intp]) -> int:
    return int(np.count_nonzero(rows.array("latihan")[at]))


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that nobody has taken back."""
    return frame[_stands(frame)]


def _stands(frame: pd.DataFrame) -> pd.Series:
    return frame["withdrawn_at"].isna()
