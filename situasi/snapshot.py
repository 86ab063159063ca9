"""Everything accepted, kept live: one picture per process, shared by all who look."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi import records
from situasi.analysis import caseload, incidents, microseconds
from situasi.analysis.caseload import Cases
from situasi.analysis.coded import Coder
from situasi.election import Election
from situasi.growing import Rows
from situasi.records import INCIDENTS
from situasi.store.protocol import Store, StoreError

_TIME: Final = "datetime64[us, UTC]"
# Whoever finds another still reading waits so many seconds, then takes what there was before.
_PATIENCE: Final = 2.0
_SLOW: Final = "Penyimpanan belum menjawab; ini gambar terakhir yang terbaca."
_NOWHERE: Final = np.zeros(0, dtype=np.intp)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Snapshot:
    """All rows of every feed at one version of the store.

    frames: by feed, records.stored_dtypes and `withdrawn_at` (NaT while the row stands);
    incidents also have `case`. cases: of all incidents. editions: by feed, a number that no
    other rows ever have in this process: what was found of the same edition still holds.
    origin: another number after an older store was put back, in which the same `seq` may be of
    another row. batches: protocol.Store.batches, and `taken_back` (rows), `taken_back_at`,
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


@dataclass(frozen=True)
class Picture:
    """The last good snapshot, when the store was last asked, and what is broken if anything.

    took: seconds for which its new rows were read. access: Store.access_version, read before.
    """

    snapshot: Snapshot
    checked_at: datetime
    trouble: str | None = None
    took: float = 0.0
    access: int = 0


class Live:
    """Keeps one snapshot up to date by reading only what is new.

    A store that cannot be read leaves the last good snapshot in place, with the reason.
    """

    def __init__(self, store: Store, election: Election, clock: Callable[[], datetime]) -> None:
        self._store, self._election, self._clock = store, election, clock
        self._lock = threading.Lock()
        self._begin()
        self._deeds = store.audit(store.head()[0]).head(0)  # the trail is long
        self._withdrawals = store.withdrawals().head(0)
        batches = _told(store.batches().head(0), self._withdrawals, self._deeds)
        frames = {name: rows.frame() for name, rows in self._rows.items()}
        cases = caseload.begun(self._coder.coded(frames[INCIDENTS.name]))
        editions = dict.fromkeys(frames, 0)
        self._nothing = Snapshot(0, frames, cases, editions, batches, {}, False, None)
        self._picture = Picture(self._nothing, clock())

    def _begin(self) -> None:
        """Hold no rows. What was handed out stays as it is."""
        self._rows = {name: Rows(_dtypes(feed)) for name, feed in records.FEEDS.items()}
        self._coder = Coder()

    def picture(self) -> Picture:
        """The newest picture; costs two small questions when nothing has changed.

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
            access, version = self._store.access_version(), self._store.version()
            snapshot = self._picture.snapshot
            took, started = self._picture.took, time.perf_counter()
            if version < snapshot.version:  # an older store was put back: read it anew
                snapshot = replace(self._nothing, origin=snapshot.origin + 1)
                self._withdrawals = self._withdrawals.head(0)
                self._deeds = self._deeds.head(0)
                self._begin()
            if version != snapshot.version:
                snapshot = self._read(version, snapshot)
                took = time.perf_counter() - started
            self._picture = Picture(snapshot, self._clock(), took=took, access=access)
        except StoreError as error:
            self._picture = replace(self._picture, trouble=str(error))
        return self._picture

    def _read(self, version: int, last: Snapshot) -> Snapshot:
        # The version is read before the rows: rows of a commit in between come early, never late.
        after = int(self._withdrawals["seq"].max()) if len(self._withdrawals) else 0
        fresh = self._store.withdrawals(after)
        every = pd.concat([self._withdrawals, fresh], ignore_index=True) if after else fresh
        tails = {
            name: self._store.tail(feed, _last(last.frames[name]))
            for name, feed in records.FEEDS.items()
        }
        deeds = self._deeds_since(last.version) if len(every) else self._deeds
        batches, waiting, notes = self._store.batches(), self._store.waiting(), self._store.notes()
        # Only now: a store that broke on the way is asked for the same again.
        self._withdrawals, self._deeds = every, deeds
        frames, cases = self._grown(last, tails, fresh)
        rehearsal = any(bool((f["latihan"] & _stands(f)).any()) for f in frames.values())
        # The clock of an exercise ends with its last row.
        exercise = notes.get("exercise") if rehearsal else None
        return Snapshot(
            version=version,
            frames=frames,
            cases=cases,
            editions={
                name: last.editions[name] if frame is last.frames[name] else next(_numbers)
                for name, frame in frames.items()
            },
            batches=_told(batches, every, deeds),
            waiting=waiting,
            rehearsal=rehearsal,
            exercise_at=datetime.fromisoformat(exercise["at"]) if exercise else None,
            origin=last.origin,
        )

    def _deeds_since(self, version: int) -> pd.DataFrame:
        """The withdrawals that the trail tells of, this version's and later ones added."""
        fresh = self._store.audit(version)
        deeds = pd.concat([self._deeds, fresh[fresh["action"] == "withdraw"]], ignore_index=True)
        return deeds.drop_duplicates("seq")  # a commit that came early comes again

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
        case = incidents.case_keys(rows, self._election.zone)
        return self._coder.number(added.assign(case=case))


def _dtypes(feed: records.Feed) -> dict[str, str]:
    own = {"case": "object"} if feed is INCIDENTS else {}
    return {**records.stored_dtypes(feed), "withdrawn_at": _TIME, **own}


def _last(frame: pd.DataFrame) -> int:
    return int(frame["seq"].iloc[-1]) if len(frame) else 0


def _told(batches: pd.DataFrame, taken: pd.DataFrame, deeds: pd.DataFrame) -> pd.DataFrame:
    """The batches, and of each how many of its rows were taken back, when, by whom and why."""
    # The last deed of a batch tells; nothing taken back is the rule, and a join for it is dear.
    details = list(map(json.loads, deeds["detail"]))
    who = {said["batch"]: name for said, name in zip(details, deeds["actor"], strict=True)}
    why = {said["batch"]: said.get("reason") or None for said in details}
    batch, rows = batches["batch"], taken.groupby("batch")
    when = rows["recorded_at"].max().reindex(batch).array
    if details:  # of whose rows all stand by another delivery
        told = {said["batch"]: said.get("committed_at") for said in details}
        moments = pd.to_datetime(batch.map(told).astype("Int64"), unit="us", utc=True)
        when = pd.Series(when).fillna(moments.astype(_TIME).reset_index(drop=True)).array
    return batches.assign(
        taken_back=rows.size().reindex(batch, fill_value=0).to_numpy("int64"),
        taken_back_at=when,
        taken_back_by=batch.map(who).astype("object"),
        reason=batch.map(why).astype("object"),
    )


def _take_back(rows: Rows, withdrawn: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Mark these rows as taken back; where they lie, those that were marked before left out.

    History (known before it was stored) was loaded afterwards: taken back, it was never
    known. Any other row was known until somebody took it back.
    """
    seq, taken_from = rows.array("seq"), withdrawn["row_seq"].to_numpy("int64")
    spot = np.searchsorted(seq, taken_from)
    here = np.flatnonzero(seq[spot.clip(max=len(seq) - 1)] == taken_from) if len(seq) else spot[:0]
    at, when = spot[here], microseconds.column(withdrawn["recorded_at"])[here]
    known, cells = rows.array("known_at")[at], rows.array("withdrawn_at").copy()
    when = np.where(known < rows.array("recorded_at")[at], known, when)
    new = cells[at] == microseconds.NEVER
    cells[at[new]] = when[new]
    rows.put("withdrawn_at", cells)
    marked: npt.NDArray[np.intp] = at[new]
    return marked


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that nobody has taken back."""
    return frame[_stands(frame)]


def _stands(frame: pd.DataFrame) -> pd.Series:
    return frame["withdrawn_at"].isna()
