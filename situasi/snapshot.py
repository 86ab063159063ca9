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

import pandas as pd

from situasi import records
from situasi.analysis import incidents
from situasi.election import Election
from situasi.store.protocol import Store, StoreError

_TIME: Final = "datetime64[us, UTC]"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Snapshot:
    """All rows of every feed at one version of the store.

    frames: by feed, records.stored_dtypes and `withdrawn_at` (NaT while the row stands);
    incidents also have `case`. editions: by feed, a number that no other rows ever have in
    this process: what was found of the same edition still holds. batches:
    protocol.Store.batches, and `taken_back` (rows), `taken_back_at`, `taken_back_by`, `reason`
    where somebody took them back. waiting: rows in quarantine by feed. rehearsal: whether any
    row is made up. exercise_at: the clock of an exercise, where one is played.
    """

    version: int
    frames: Mapping[str, pd.DataFrame]
    editions: Mapping[str, int]
    batches: pd.DataFrame
    waiting: Mapping[str, int]
    rehearsal: bool
    exercise_at: datetime | None


@dataclass(frozen=True)
class Picture:
    """The last good snapshot, when the store was last asked, and what is broken if anything.

    took: seconds for which its new rows were read.
    """

    snapshot: Snapshot
    checked_at: datetime
    trouble: str | None = None
    took: float = 0.0


class Live:
    """Keeps one snapshot up to date by reading only what is new.

    A store that cannot be read leaves the last good snapshot in place, with the reason.
    """

    def __init__(self, store: Store, election: Election, clock: Callable[[], datetime]) -> None:
        self._store, self._election, self._clock = store, election, clock
        self._lock = threading.Lock()
        frames = {name: _prepared(records.empty(f), election) for name, f in records.FEEDS.items()}
        self._withdrawals = store.withdrawals().head(0)
        self._deeds = store.audit(store.head()[0]).head(0)  # the trail is long
        batches = _told(store.batches().head(0), self._withdrawals, self._deeds)
        self._nothing = Snapshot(0, frames, dict.fromkeys(frames, 0), batches, {}, False, None)
        self._picture = Picture(self._nothing, clock())

    def picture(self) -> Picture:
        """The newest picture; costs one small question when nothing has changed."""
        with self._lock:
            try:
                version, snapshot = self._store.version(), self._picture.snapshot
                took, started = self._picture.took, time.perf_counter()
                if version < snapshot.version:  # an older store was put back: read it anew
                    snapshot, self._withdrawals = self._nothing, self._withdrawals.head(0)
                    self._deeds = self._deeds.head(0)
                if version != snapshot.version:
                    snapshot = self._read(version, snapshot)
                    took = time.perf_counter() - started
                self._picture = Picture(snapshot, self._clock(), took=took)
            except StoreError as error:
                self._picture = replace(self._picture, trouble=str(error))
            return self._picture

    def _read(self, version: int, last: Snapshot) -> Snapshot:
        # The version is read before the rows: rows of a commit in between come early, never late.
        after = int(self._withdrawals["seq"].max()) if len(self._withdrawals) else 0
        fresh = self._store.withdrawals(after)
        every = pd.concat([self._withdrawals, fresh], ignore_index=True) if after else fresh
        frames = {
            name: self._extended(feed, last.frames[name], fresh, every)
            for name, feed in records.FEEDS.items()
        }
        deeds = self._deeds_since(last.version) if len(every) else self._deeds
        rehearsal = any(bool((f["latihan"] & _stands(f)).any()) for f in frames.values())
        # The clock of an exercise ends with its last row.
        exercise = self._store.notes().get("exercise") if rehearsal else None
        snapshot = Snapshot(
            version=version,
            frames=frames,
            editions={
                name: last.editions[name] if frame is last.frames[name] else next(_numbers)
                for name, frame in frames.items()
            },
            batches=_told(self._store.batches(), every, deeds),
            waiting=self._store.waiting(),
            rehearsal=rehearsal,
            exercise_at=datetime.fromisoformat(exercise["at"]) if exercise else None,
        )
        # Only now: a store that broke on the way is asked for the same again.
        self._withdrawals, self._deeds = every, deeds
        return snapshot

    def _deeds_since(self, version: int) -> pd.DataFrame:
        """The withdrawals that the trail tells of, this version's and later ones added."""
        fresh = self._store.audit(version)
        deeds = pd.concat([self._deeds, fresh[fresh["action"] == "withdraw"]], ignore_index=True)
        return deeds.drop_duplicates("seq")  # a commit that came early comes again

    def _extended(
        self, feed: records.Feed, frame: pd.DataFrame, fresh: pd.DataFrame, every: pd.DataFrame
    ) -> pd.DataFrame:
        after = int(frame["seq"].iloc[-1]) if len(frame) else 0
        tail = self._store.tail(feed, after)
        if len(tail):
            tail = _prepared(tail, self._election)
            frame = pd.concat([frame, tail], ignore_index=True) if len(frame) else tail
        # A row that arrives late may have been withdrawn earlier, so all withdrawals count for it.
        taken = every if len(tail) else fresh
        return _without(frame, taken[taken["feed"] == feed.name])


def _prepared(rows: pd.DataFrame, election: Election) -> pd.DataFrame:
    added = rows.assign(withdrawn_at=pd.Series(pd.NaT, rows.index, _TIME))
    if "jenis" in rows.columns:
        added["case"] = incidents.case_keys(rows, election.zone)
    return added


def _told(batches: pd.DataFrame, taken: pd.DataFrame, deeds: pd.DataFrame) -> pd.DataFrame:
    """The batches, and of each how many of its rows were taken back, when, by whom and why."""
    # The last deed of a batch tells; nothing taken back is the rule, and a join for it is dear.
    details = list(map(json.loads, deeds["detail"]))
    who = {said["batch"]: name for said, name in zip(details, deeds["actor"], strict=True)}
    why = {said["batch"]: said.get("reason") or None for said in details}
    batch, rows = batches["batch"], taken.groupby("batch")
    return batches.assign(
        taken_back=rows.size().reindex(batch, fill_value=0).to_numpy("int64"),
        taken_back_at=rows["recorded_at"].max().reindex(batch).array,
        taken_back_by=batch.map(who).astype("object"),
        reason=batch.map(why).astype("object"),
    )


def _without(frame: pd.DataFrame, withdrawn: pd.DataFrame) -> pd.DataFrame:
    """The frame with these rows marked as taken back.

    History (known before it was stored) was loaded afterwards: taken back, it was never
    known. Any other row was known until somebody took it back.
    """
    if withdrawn.empty:
        return frame
    at = frame["seq"].map(withdrawn.set_index("row_seq")["recorded_at"])
    history = frame["known_at"] < frame["recorded_at"]
    at = at.where(~history | at.isna(), frame["known_at"])
    return frame.assign(withdrawn_at=frame["withdrawn_at"].fillna(at.astype(_TIME)))


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that nobody has taken back."""
    return frame[_stands(frame)]


def _stands(frame: pd.DataFrame) -> pd.Series:
    return frame["withdrawn_at"].isna()
