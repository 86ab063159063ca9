"""All accepted rows in memory: one snapshot per process, shared by all viewers."""

import itertools
import json
import logging
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
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
from situasi.store import Store, StoreError
from situasi.store.audit import hash_chain
from situasi.store.delivery_table import BatchTable
from situasi.store.quarantine_counts import QuarantineCounter
from situasi.store.reader import WITHDRAWAL_DTYPES

_TIME: Final = "datetime64[us, UTC]"
# Seconds to wait for another thread that is reading; then the previous view is returned.
_LOCK_WAIT_S: Final = 2.0
_STORE_SLOW: Final = "Penyimpanan belum menjawab; ini gambar terakhir yang terbaca."
_STORE_REPLACED: Final = "Penyimpanan diganti selagi dibaca. Dibaca ulang dari awal."
_INCOMPLETE_POSITION: Final = (0, "")  # in no audit log: if adding fails, all is read again
_NO_POSITIONS: Final = np.zeros(0, dtype=np.intp)
_edition_numbers = itertools.count(1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """All rows of every feed at one version of the store.

    frames: by feed, feed_schemas.stored_dtypes and `withdrawn_at` (NaT while the row is valid);
    incidents also have `case`. cases: of all incidents. editions: by feed, a number that identifies
    its rows in this process: results for the same edition remain valid. audit_hash: of the audit
    log entry numbered `version`. origin: changes when another store replaced the one that was read,
    in which the same `seq` may be another row. batches: Store.batches with `withdrawn` (rows),
    `withdrawn_at`, `withdrawn_by`, `reason`. quarantine_counts: waiting rows by feed. rehearsal:
    whether any row is of an exercise. exercise_at: the clock of a running exercise.
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
    audit_hash: str = hash_chain.GENESIS_HASH

    @property
    def audit_position(self) -> tuple[int, str]:
        """Return version and hash, which together are unique among all stores."""
        return self.version, self.audit_hash


@dataclass(frozen=True)
class SnapshotView:
    """The last good snapshot, when the store was last asked, and what is wrong, if anything.

    trouble: for every viewer; detail: with the file or server, for the administrator. read_s:
    seconds that reading its new rows took. access_position: Store.access_position, read before.
    replaced_at: when another store last replaced the one that was read; rows accepted before may be
    lost.
    """

    snapshot: Snapshot
    checked_at: datetime
    trouble: str | None = None
    detail: str | None = None
    read_s: float = 0.0
    access_position: Hashable = None
    replaced_at: datetime | None = None


class SnapshotReader:
    """Keeps one snapshot up to date by reading only new rows.

    If the store cannot be read, the last good snapshot stays, with the reason. A store that
    replaced the old one, whatever its version, is read from the beginning: before rows are added,
    the hash of the last entry read must still be in the audit log.
    """

    def __init__(self, store: Store, election: Election, clock: Callable[[], datetime]) -> None:
        self._store, self._election, self._clock = store, election, clock
        self._lock = threading.Lock()
        self._reset()
        self._view = SnapshotView(_build_empty_snapshot(), clock())

    def _reset(self) -> None:
        """Drop all rows. Snapshots already returned stay unchanged."""
        self._rows = {
            name: GrowableFrame(_dtypes(feed)) for name, feed in feed_schemas.FEEDS.items()
        }
        self._encoder = DictionaryEncoder()
        # Valid rows of an exercise.
        self._rehearsal_counts = dict.fromkeys(feed_schemas.FEEDS, 0)
        self._batches, self._quarantine_counter = BatchTable(), QuarantineCounter()
        self._withdrawals = _build_no_withdrawals()
        # Number and hash of an audit log entry: no row that was read is newer.
        self._read_position = (0, hash_chain.GENESIS_HASH)

    def refresh(self) -> SnapshotView:
        """Return the newest view; costs three small queries when nothing has changed.

        A server that does not answer delays one caller, and no other for long.
        """
        if not self._lock.acquire(timeout=_LOCK_WAIT_S):
            last = self._view
            return replace(last, trouble=last.trouble or _STORE_SLOW)
        try:
            return self._refresh()
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def wait(self) -> None:
        """Wait until the store may have a new version."""
        self._store.wait()

    def _refresh(self) -> SnapshotView:
        try:
            access_position, version = self._store.access_position(), self._store.version()
            snapshot = self._view.snapshot
            read_s, started = self._view.read_s, time.perf_counter()
            replaced_at = self._view.replaced_at
            if not self._is_same_store():  # replaced by another store: read all again
                if self._read_position != _INCOMPLETE_POSITION:
                    replaced_at = self._clock()
                    extra = {"version_before": snapshot.version, "version": version}
                    _log.error("the store was replaced by another one", extra=extra)
                snapshot = replace(_build_empty_snapshot(), origin=snapshot.origin + 1)
                self._reset()
            if version != snapshot.version:
                snapshot = self._read(version, snapshot)
                read_s = time.perf_counter() - started
            self._view = SnapshotView(
                snapshot, self._clock(), read_s=read_s, access_position=access_position,
                replaced_at=replaced_at,
            )  # fmt: skip
        except StoreError as error:
            self._view = replace(self._view, trouble=str(error), detail=error.detail)
        return self._view

    def _is_same_store(self) -> bool:
        """Return whether this is still the store that was read so far."""
        number, audit_hash = self._read_position
        return self._store.audit_hash(number) == audit_hash

    def _read(self, version: int, last: Snapshot) -> Snapshot:
        # The version is read before the rows: a commit in between comes early, never late.
        store, audit_hash = self._store, self._store.audit_hash(version)
        after = int(self._withdrawals["seq"].iloc[-1]) if len(self._withdrawals) else 0
        new_withdrawals = store.withdrawals(after)
        new_rows = {
            name: store.rows_after(feed, _last_seq(last.frames[name]))
            for name, feed in feed_schemas.FEEDS.items()
        }
        # Needed besides the rows: all rows of a batch may stay valid through another batch.
        withdrawal_entries = store.audit_entries(last.version, action="withdraw")
        # Releases are read before the rows that they release.
        releases = store.quarantine_releases(self._quarantine_counter.last_release)
        entries = store.quarantine_entries(self._quarantine_counter.last_entry)
        batches, exercise = store.batches(self._batches.last_batch), store.latest_note("exercise")
        end = store.version()
        position = (end, store.audit_hash(end) or "")
        is_unchanged = audit_hash is not None and store.audit_hash(version) == audit_hash
        if audit_hash is None or not is_unchanged or not self._is_same_store():
            raise StoreError(_STORE_REPLACED)
        # Only now: after a failure the same rows are read again.
        if len(new_withdrawals):
            self._withdrawals = pd.concat([self._withdrawals, new_withdrawals], ignore_index=True)
        self._read_position = _INCOMPLETE_POSITION
        frames, cases = self._update_frames(last, new_rows, new_withdrawals)
        if len(withdrawal_entries) or len(batches) or len(new_withdrawals):
            self._batches.add(batches, new_withdrawals, withdrawal_entries)
        withdrawn_batches = [json.loads(detail)["batch"] for detail in withdrawal_entries["detail"]]
        waiting = self._quarantine_counter.add(
            entries, releases, [*withdrawn_batches, *new_withdrawals["batch"]]
        )
        rehearsal = any(self._rehearsal_counts.values())
        # The clock of an exercise ends with its last row.
        exercise_at = datetime.fromisoformat(exercise["at"]) if rehearsal and exercise else None
        self._read_position = position
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
            exercise_at=exercise_at,
            origin=last.origin,
            audit_hash=audit_hash,
        )

    def _update_frames(
        self, last: Snapshot, tails: Mapping[str, pd.DataFrame], new_withdrawals: pd.DataFrame
    ) -> tuple[dict[str, pd.DataFrame], CaseIndex]:
        """Return the frames with these rows and withdrawals, and their cases."""
        frames, cases = dict(last.frames), last.cases
        for name, rows in self._rows.items():
            before, tail = len(rows), tails[name]
            if len(tail):
                rows.add(self._prepare_rows(name, tail))
            withdrawals = new_withdrawals
            if len(tail) and len(self._withdrawals):
                # A row may be read after its withdrawal.
                late = self._withdrawals["row_seq"] >= tail["seq"].iloc[0]
                withdrawals = pd.concat([new_withdrawals, self._withdrawals[late]]).drop_duplicates(
                    "seq"
                )
            withdrawals = withdrawals[withdrawals["feed"] == name]
            positions = _mark_withdrawn(rows, withdrawals) if len(withdrawals) else _NO_POSITIONS
            self._rehearsal_counts[name] += _count_rehearsal(
                rows, slice(before, None)
            ) - _count_rehearsal(rows, positions)
            if len(tail) or len(positions):
                frames[name] = rows.frame()
                if name == INCIDENTS.name:
                    encoded = self._encoder.build_encoded_rows(frames[name])
                    changed_cases = np.concatenate(
                        [encoded.case_codes[before:], encoded.case_codes[positions]]
                    )
                    cases = cases.with_updates(encoded, np.unique(changed_cases))
        return frames, cases

    def _prepare_rows(self, name: str, rows: pd.DataFrame) -> pd.DataFrame:
        extended = rows.assign(withdrawn_at=pd.Series(pd.NaT, rows.index, _TIME))
        if name != INCIDENTS.name:
            return extended
        case = incidents_cases.build_case_keys(rows, self._election.zone)
        return self._encoder.add_rows(extended.assign(case=case))


@cache  # two hundred columns; a command above opens a board for each Polres
def _build_empty_snapshot() -> Snapshot:
    feeds = feed_schemas.FEEDS
    frames = {name: GrowableFrame(_dtypes(feed)).frame() for name, feed in feeds.items()}
    encoded = DictionaryEncoder().build_encoded_rows(frames[INCIDENTS.name])
    return Snapshot(
        version=0,
        frames=frames,
        cases=case_index.build_from_encoded(encoded),
        editions=dict.fromkeys(frames, 0),
        batches=BatchTable().frame(),
        quarantine_counts={},
        rehearsal=False,
        exercise_at=None,
    )


@cache
def _build_no_withdrawals() -> pd.DataFrame:
    return GrowableFrame(WITHDRAWAL_DTYPES).frame()


def _dtypes(feed: feed_schemas.Feed) -> dict[str, str]:
    extra = {"case": "object"} if feed is INCIDENTS else {}
    return {**feed_schemas.stored_dtypes(feed), "withdrawn_at": _TIME, **extra}


def _last_seq(frame: pd.DataFrame) -> int:
    return int(frame["seq"].iloc[-1]) if len(frame) else 0


def _mark_withdrawn(rows: GrowableFrame, withdrawn: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Mark these rows as withdrawn; return their positions, without those marked before.

    History (known before it was stored) was loaded afterwards: once withdrawn, it was never known.
    Any other row was known until it was withdrawn.
    """
    seq, withdrawn_seq = rows.array("seq"), withdrawn["row_seq"].to_numpy("int64")
    is_here = np.isin(withdrawn_seq, seq)
    positions = np.searchsorted(seq, withdrawn_seq[is_here])
    times = timestamps.column_to_us(withdrawn["recorded_at"])[is_here]
    known_at, cells = rows.array("known_at")[positions], rows.array("withdrawn_at").copy()
    times = np.where(known_at < rows.array("recorded_at")[positions], known_at, times)
    is_new = cells[positions] == timestamps.NEVER
    cells[positions[is_new]] = times[is_new]
    rows.set_column("withdrawn_at", cells)
    marked: npt.NDArray[np.intp] = positions[is_new]
    return marked


def _count_rehearsal(rows: GrowableFrame, positions: slice | npt.NDArray[np.intp]) -> int:
    return int(np.count_nonzero(rows.array("latihan")[positions]))
