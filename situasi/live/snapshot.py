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
from situasi.analysis.incidents.case_index import CaseIndex
from situasi.analysis.incidents.encoded_rows import DictionaryEncoder
from situasi.common.growable_frame import GrowableFrame
from situasi.domain import feed_schemas
from situasi.domain.election import Election
from situasi.domain.feed_schemas import INCIDENTS
from situasi.store.audit import audit_log
from situasi.store.delivery_table import BatchTable
from situasi.store.interface import Store, StoreError
from situasi.store.quarantine_counts import QuarantineCounter

_TIME: Final = "datetime64[us, UTC]"
# Whoever finds another still reading waits so many seconds, then takes what there was before.
_LOCK_WAIT_S: Final = 2.0
_STORE_SLOW: Final = "Penyimpanan belum menjawab; ini gambar terakhir yang terbaca."
_STORE_REPLACED: Final = "Penyimpanan diganti selagi dibaca. Dibaca ulang dari awal."
_AFTER_ALL: Final = 2**62  # no number is higher
_INCOMPLETE_POSITION: Final = (0, "")  # on no trail: should adding fail, all is read anew
_NO_POSITIONS: Final = np.zeros(0, dtype=np.intp)
_edition_numbers = itertools.count(1)
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
    cases: CaseIndex
    editions: Mapping[str, int]
    batches: pd.DataFrame
    quarantine_counts: Mapping[str, int]
    rehearsal: bool
    exercise_at: datetime | None
    origin: int = 0
    audit_hash: str = audit_log.GENESIS_HASH

    @property
    def audit_position(self) -> tuple[int, str]:
        """What no other state of any store has: to be asked where a version alone may not do."""
        return self.version, self.audit_hash


@dataclass(frozen=True)
class SnapshotView:
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
    read_s: float = 0.0
    access_position: Hashable = None
    replaced_at: datetime | None = None


class SnapshotReader:
    """Keeps one snapshot up to date by reading only what is new.

    A store that cannot be read leaves the last good snapshot in place, with the reason. One that
    another took the place of, whatever its version, is read anew: before anything is added, the
    seal of the entry up to which was read must still be on the trail.
    """

    def __init__(self, store: Store, election: Election, clock: Callable[[], datetime]) -> None:
        self._store, self._election, self._clock = store, election, clock
        self._lock = threading.Lock()
        self._no_withdrawals = store.withdrawals(_AFTER_ALL)
        self._reset()
        frames = {name: rows.frame() for name, rows in self._rows.items()}
        cases = case_index.build_from_encoded(
            self._encoder.build_encoded_rows(frames[INCIDENTS.name])
        )
        editions = dict.fromkeys(frames, 0)
        self._empty_snapshot = Snapshot(
            0, frames, cases, editions, self._batches.frame(), {}, False, None
        )
        self._view = SnapshotView(self._empty_snapshot, clock())

    def _reset(self) -> None:
        """Hold no rows. What was handed out stays as it is."""
        self._rows = {
            name: GrowableFrame(_dtypes(feed)) for name, feed in feed_schemas.FEEDS.items()
        }
        self._encoder = DictionaryEncoder()
        self._rehearsal_counts = dict.fromkeys(
            feed_schemas.FEEDS, 0
        )  # rows of an exercise that stand
        self._batches, self._quarantine_counter = BatchTable(), QuarantineCounter()
        self._withdrawals = self._no_withdrawals
        # Number and seal of an entry of the trail: no row that was read is younger.
        self._read_position = (0, audit_log.GENESIS_HASH)

    def refresh(self) -> SnapshotView:
        """The newest picture; costs three small questions when nothing has changed.

        A server that does not answer holds up one who asks it, and nobody else for long.
        """
        if not self._lock.acquire(timeout=_LOCK_WAIT_S):
            last = self._view
            return replace(last, trouble=last.trouble or _STORE_SLOW)
        try:
            return self._refresh()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Let go of the store from which is read."""
        self._store.close()

    def wait(self) -> None:
        """Until the store may have news."""
        self._store.wait()

    def _refresh(self) -> SnapshotView:
        try:
            access, version = self._store.access_position(), self._store.version()
            snapshot = self._view.snapshot
            took, started = self._view.read_s, time.perf_counter()
            replaced_at = self._view.replaced_at
            if not self._is_same_store():  # another store is there now: read it anew
                if self._read_position != _INCOMPLETE_POSITION:
                    replaced_at = self._clock()
                    told = {"version_before": snapshot.version, "version": version}
                    _log.error("the store was replaced by another one", extra=told)
                snapshot = replace(self._empty_snapshot, origin=snapshot.origin + 1)
                self._reset()
            if version != snapshot.version:
                snapshot = self._read(version, snapshot)
                took = time.perf_counter() - started
            self._view = SnapshotView(
                snapshot,
                self._clock(),
                read_s=took,
                access_position=access,
                replaced_at=replaced_at,
            )
        except StoreError as error:
            self._view = replace(self._view, trouble=str(error), detail=error.detail)
        return self._view

    def _is_same_store(self) -> bool:
        """Whether the store still is the one that was read so far."""
        number, seal = self._read_position
        return self._store.audit_hash(number) == seal

    def _read(self, version: int, last: Snapshot) -> Snapshot:
        # The version is read before the rows: rows of a commit in between come early, never late.
        store, seal = self._store, self._store.audit_hash(version)
        after = int(self._withdrawals["seq"].iloc[-1]) if len(self._withdrawals) else 0
        fresh = store.withdrawals(after)
        tails = {
            name: store.rows_after(feed, _last_seq(last.frames[name]))
            for name, feed in feed_schemas.FEEDS.items()
        }
        # Not told by the rows alone: all those of a batch may stand by another delivery.
        deeds = store.audit_entries(last.version, action="withdraw")
        released = store.quarantine_releases(
            self._quarantine_counter.last_release
        )  # before what they release
        entered = store.quarantine_entries(self._quarantine_counter.last_entry)
        batches, exercise = store.batches(self._batches.last_batch), store.latest_note("exercise")
        end = store.version()
        mark = (end, store.audit_hash(end) or "")
        if seal is None or store.audit_hash(version) != seal or not self._is_same_store():
            raise StoreError(_STORE_REPLACED)
        # Only now: a store that broke on the way is asked for the same again.
        if len(fresh):
            self._withdrawals = pd.concat([self._withdrawals, fresh], ignore_index=True)
        self._read_position = _INCOMPLETE_POSITION
        frames, cases = self._update_frames(last, tails, fresh)
        if len(deeds) or len(batches) or len(fresh):
            self._batches.add(batches, fresh, deeds)
        undone = [json.loads(detail)["batch"] for detail in deeds["detail"]]
        waiting = self._quarantine_counter.add(entered, released, [*undone, *fresh["batch"]])
        rehearsal = any(self._rehearsal_counts.values())
        # The clock of an exercise ends with its last row.
        played = datetime.fromisoformat(exercise["at"]) if rehearsal and exercise else None
        self._read_position = mark
        return Snapshot(
            version=version,
            frames=frames,
            cases=cases,
            editions={
                name: last.editions[name] if frame is last.frames[name] else next(_edition_numbers)
                for name, frame in frames.items()
            },
            batches=self._batches.frame(),
            quarantine_counts=waiting,
            rehearsal=rehearsal,
            exercise_at=played,
            origin=last.origin,
            audit_hash=seal,
        )

    def _update_frames(
        self, last: Snapshot, tails: Mapping[str, pd.DataFrame], new_withdrawals: pd.DataFrame
    ) -> tuple[dict[str, pd.DataFrame], CaseIndex]:
        """The frames with these rows, and without those taken back; and their cases."""
        frames, cases = dict(last.frames), last.cases
        for name, rows in self._rows.items():
            before, tail = len(rows), tails[name]
            if len(tail):
                rows.add(self._prepare_rows(name, tail))
            told = new_withdrawals
            if len(tail) and len(self._withdrawals):
                # A row that arrives late may have been withdrawn earlier.
                late = self._withdrawals["row_seq"] >= tail["seq"].iloc[0]
                told = pd.concat([new_withdrawals, self._withdrawals[late]]).drop_duplicates("seq")
            told = told[told["feed"] == name]
            taken = _mark_withdrawn(rows, told) if len(told) else _NO_POSITIONS
            self._rehearsal_counts[name] += _count_rehearsal(
                rows, slice(before, None)
            ) - _count_rehearsal(rows, taken)
            if len(tail) or len(taken):
                frames[name] = rows.frame()
                if name == INCIDENTS.name:
                    coded = self._encoder.build_encoded_rows(frames[name])
                    moved = np.concatenate([coded.case_codes[before:], coded.case_codes[taken]])
                    cases = cases.with_updates(coded, np.unique(moved))
        return frames, cases

    def _prepare_rows(self, name: str, rows: pd.DataFrame) -> pd.DataFrame:
        added = rows.assign(withdrawn_at=pd.Series(pd.NaT, rows.index, _TIME))
        if name != INCIDENTS.name:
            return added
        case = incidents_cases.build_case_keys(rows, self._election.zone)
        return self._encoder.add_rows(added.assign(case=case))


def _dtypes(feed: feed_schemas.Feed) -> dict[str, str]:
    own = {"case": "object"} if feed is INCIDENTS else {}
    return {**feed_schemas.stored_dtypes(feed), "withdrawn_at": _TIME, **own}


def _last_seq(frame: pd.DataFrame) -> int:
    return int(frame["seq"].iloc[-1]) if len(frame) else 0


def _mark_withdrawn(rows: GrowableFrame, withdrawn: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Mark these rows as taken back; where they lie, those that were marked before left out.

    History (known before it was stored) was loaded afterwards: taken back, it was never
    known. Any other row was known until somebody took it back.
    """
    seq, taken_from = rows.array("seq"), withdrawn["row_seq"].to_numpy("int64")
    spot = np.searchsorted(seq, taken_from)
    here = np.flatnonzero(seq[spot.clip(max=len(seq) - 1)] == taken_from) if len(seq) else spot[:0]
    at, when = spot[here], timestamps.column_to_us(withdrawn["recorded_at"])[here]
    known, cells = rows.array("known_at")[at], rows.array("withdrawn_at").copy()
    when = np.where(known < rows.array("recorded_at")[at], known, when)
    new = cells[at] == timestamps.NEVER
    cells[at[new]] = when[new]
    rows.set_column("withdrawn_at", cells)
    marked: npt.NDArray[np.intp] = at[new]
    return marked


def _count_rehearsal(rows: GrowableFrame, positions: slice | npt.NDArray[np.intp]) -> int:
    return int(np.count_nonzero(rows.array("latihan")[positions]))


def not_withdrawn(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that nobody has taken back."""
    return frame[_is_not_withdrawn(frame)]


def _is_not_withdrawn(frame: pd.DataFrame) -> pd.Series:
    return frame["withdrawn_at"].isna()
