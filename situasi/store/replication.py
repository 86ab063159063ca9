"""Rows of this store flow up to another, as they are, in order, once; and on when the line is back.

Everything flows save records of access: who may sign in here is nobody's business there. A piece
is one commit at the target, and ends with an entry of the trail: with each, the target is what
this store once was.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final

from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.common.telemetry import JobStatus
from situasi.store import open_store, schema
from situasi.store.audit import audit_log
from situasi.store.audit.row_digests import HASHES_KEY
from situasi.store.backup import raw_tables
from situasi.store.backup.raw_tables import LOCAL_TABLES, TABLES, RawImport, RawSnapshot, Row
from situasi.store.interface import Scope, Store, StoreError

POLL_S: Final = 2.0  # seconds between two looks of a server
_MAX_RETRY_S: Final = 60.0  # seconds between two attempts at a target that does not answer
# A piece ends with the entry that fills one of them: a line that breaks loses no more.
_MAX_BATCH_ROWS, _MAX_BATCH_ENTRIES = 20_000, 2_000

_TARGET_TRUSTED_FOR = timedelta(
    minutes=1
)  # a target may lose what it had, when another takes its place

_log = logging.getLogger(__name__)
_REPLICATED_TABLES = {name: table for name, table in TABLES.items() if name not in LOCAL_TABLES}


class ReplicationRefused(StoreError):
    """The target holds what this store never had, or this store's trail is broken."""


@dataclass(frozen=True)
class ReplicatedBatch:
    """What flowed: rows of all tables, of which entries of the trail; and the end of the trail."""

    rows: int
    entries: int
    last_entry: int


@dataclass
class ReplicationBatch:
    """What belongs to some entries of the trail, on from the end of the target's.

    whole: all that there is. batch: the last that was delivered, 0 for none. withdrawn: how many
    rows were taken back; acts: by how many withdrawals. notes: how many were written.
    """

    last_entry: int
    last_hash: str
    is_complete: bool = False
    entries: int = 0
    rows: int = 0
    last_batch: int = 0
    withdrawn_rows: int = 0
    withdrawals: int = 0
    notes: int = 0

    @property
    def is_full(self) -> bool:
        return self.rows >= _MAX_BATCH_ROWS or self.entries >= _MAX_BATCH_ENTRIES

    def count_entry(self, action: str, detail: str, changes_data: bool) -> bool:
        """Count an entry in. False where it does not say what was written with it."""
        self.entries += 1
        if not changes_data:
            return True
        try:
            said = json.loads(detail)
            if action == "deliver":
                self.last_batch = int(said["batch"])
                self.rows += int(said["accepted"]) + int(said["quarantined"])
                self.rows += int(said.get("repeats", 0))
            elif action == "withdraw":
                self.withdrawn_rows += int(said["rows"])
                self.withdrawals += (
                    HASHES_KEY in said
                )  # one of an older version is told by its rows alone
                self.rows += int(said["rows"])
            elif action == "note":
                self.notes += 1
            else:
                return False
        except (ValueError, TypeError, KeyError):
            return False
        return True

    def take_rows(self, name: str, rows: Iterator[Row]) -> Iterator[Row]:
        """Those of the next rows of a table that belong to it."""
        if self.is_complete:
            return rows
        counted = {
            schema.notes.name: self.notes,
            schema.withdrawals.name: self.withdrawn_rows,
            schema.withdrawn_batches.name: self.withdrawals,
        }
        if name in counted:
            return islice(rows, counted[name])
        columns = raw_tables.column_names(TABLES[name])
        if name == schema.audit.name:
            return takewhile(lambda row: row[0] <= self.last_entry, rows)
        at = columns.index("batch")
        return takewhile(lambda row: row[at] <= self.last_batch, rows)


def replicate(source: Store, target: Store) -> Iterator[ReplicatedBatch]:
    """Bring the target up to this store, a piece at a time; ends where nothing is left.

    Raises SyncRefused, and changes nothing, where the target holds another trail; StoreError
    where one of them does not answer. Begun again at any moment it goes on.
    """
    mine, theirs = source.scope(), target.scope()
    if mine is not None and theirs is not None and mine != theirs:
        raise ReplicationRefused(
            f"Penyimpanan ini milik {mine.contest} {mine.kabupaten}, tempat di tujuan milik"
            f" {theirs.contest} {theirs.kabupaten}. Tidak ada yang dikirim."
        )
    while source.audit_head() != target.audit_head():
        # The lock comes first: what another brought meanwhile is then in the state read after.
        with target.raw_import() as there, source.raw_snapshot() as here:
            piece = _next_batch(here, there)
            if not piece.entries:
                return
            rows = sum(_copy_table(here, there, name, piece) for name in _REPLICATED_TABLES)
            if there.audit_head() != (piece.last_entry, piece.last_hash):
                raise ReplicationRefused("Jejak tujuan tidak berakhir seperti di sini. Batal.")
            there.commit()
        yield ReplicatedBatch(rows, piece.entries, piece.last_entry)


def _copy_table(source: RawSnapshot, target: RawImport, name: str, batch: ReplicationBatch) -> int:
    table = _REPLICATED_TABLES[name]
    rows = source.rows(table, target.last_number(table))
    placed = target.import_rows(table, raw_tables.column_names(table), batch.take_rows(name, rows))
    if batch.is_complete and target.last_number(table) != source.last_number(table):
        raise ReplicationRefused(f"Tujuan memuat baris {name} yang tidak ada di sini. Batal.")
    return placed


def _next_batch(source: RawSnapshot, target: RawImport) -> ReplicationBatch:
    """The piece that joins on to the target. Raises SyncRefused where none can."""
    number, seal = target.audit_head()
    if source.audit_hash(number) != seal or (
        number == 0 and not target.is_empty(except_tables=LOCAL_TABLES)
    ):
        raise ReplicationRefused(
            f"Tujuan memuat jejak yang tidak pernah ada di sini (sampai catatan {number})."
            " Tidak ada yang dikirim; lihat docs/operations.md, sync."
        )
    piece, clear = ReplicationBatch(number, seal), True
    for seq, at, actor, action, detail, moves, chain in source.audit_entries(number):
        if piece.is_full and clear:
            return piece
        if seq != piece.last_entry + 1 or chain != audit_log.compute_hash(
            piece.last_hash, seq, at, actor, action, detail, moves
        ):
            raise ReplicationRefused(
                f"Jejak di sini rusak pada catatan {seq}. Tidak ada yang dikirim."
            )
        clear = piece.count_entry(action, detail, bool(moves)) and clear
        piece.last_entry, piece.last_hash = seq, chain
    piece.is_complete = True
    return piece


class Replicator:
    """The way up, kept open: looks, sends, and tries again by itself while there is trouble.

    opened: gives the target. state: tells how it goes. tell: is told what flowed.
    job: by this name one of several servers sends, and the others let it; None: send whoever else
    does.
    """

    def __init__(
        self,
        source: Store,
        open_target: Callable[[], Store],
        clock: Callable[[], datetime],
        status: JobStatus,
        on_batch: Callable[[ReplicatedBatch], None] | None = None,
        interval_s: float = POLL_S,
        leader_job: str | None = None,
    ) -> None:
        self._source, self._open_target, self._clock = source, open_target, clock
        self._on_batch = on_batch or _log_batch
        self._target: Store | None = None
        self._target_numbers: Mapping[str, int] | None = (
            None  # the highest numbers known to be there
        )
        self._replicated_head: tuple[int, str] | None = None  # all up to here is there, as was seen
        self._checked_at: datetime | None = None  # at this time
        self._leader_job = leader_job
        self._error: Exception | None = None
        self.status = status
        self.status.is_enabled = True
        self.job = Job(
            "upstream",
            self._run_turn,
            interval_s,
            retry_s=2 * interval_s,
            max_retry_s=max(_MAX_RETRY_S, interval_s),
            expected_errors=(StoreError, OSError),
            on_stop=self.close,
        )

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        self.job.run(stop)

    def replicate_now(self) -> Exception | None:
        """Send what is new; what is wrong, if anything. Asks the target only if something is."""
        self.job.run_once()
        return self._error

    def _run_turn(self) -> None:
        self._error = None
        try:
            self.status.is_run_elsewhere = (
                self._leader_job is not None and not self._source.is_leader(self._leader_job)
            )
            rows = 0 if self.status.is_run_elsewhere else self._replicate()
        except Exception as error:
            self._error = error
            said = error.detail if isinstance(error, StoreError) else error_log.describe(error)
            self.status.record_failure(self._clock(), said, self._count_pending())
            self._reset_target(error)
            raise
        if not self.status.is_run_elsewhere:
            self.status.record_success(self._clock(), 0, str(rows) if rows else "")

    def _reset_target(self, error: Exception) -> None:
        """After an unexpected error the target is opened anew: nobody knows how it was left."""
        if not isinstance(error, StoreError):
            with suppress(Exception):
                self.close()

    def close(self) -> None:
        """Let go of the target."""
        target, self._target = self._target, None
        if target is not None:
            target.close()

    @property
    def pause_s(self) -> float:
        return self.job.next_pause_s()

    def _replicate(self) -> int:
        """Send what is new; how many rows."""
        head, now = self._source.audit_head(), self._clock()
        fresh = self._checked_at is not None and abs(now - self._checked_at) < _TARGET_TRUSTED_FOR
        rows = 0
        if head == self._replicated_head and fresh:
            return rows
        if self._target is None:
            self._target = self._open_target()
        with self._target.raw_snapshot() as there:
            self._target_numbers = {
                name: there.last_number(table) for name, table in _REPLICATED_TABLES.items()
            }
        for flown in replicate(self._source, self._target):
            with self._target.raw_snapshot() as there:
                self._target_numbers = {
                    name: there.last_number(table) for name, table in _REPLICATED_TABLES.items()
                }
            self._on_batch(flown)
            rows += flown.rows
        self._replicated_head, self._checked_at = head, now
        return rows

    def _count_pending(self) -> int | None:
        """Rows here that are not known to be there; None while nothing is known of there."""
        if self._target_numbers is None:
            return None
        try:
            with self._source.raw_snapshot() as here:
                return sum(
                    here.count_rows(_REPLICATED_TABLES[name], last)
                    for name, last in self._target_numbers.items()
                )
        except Exception:  # noqa: BLE001 (asked where something is wrong already)
            return None


def target_opener(url: str, scope: Scope) -> Callable[[], Store]:
    """Opens the target at this address when asked."""
    return lambda: open_store(url, scope)


def _log_batch(batch: ReplicatedBatch) -> None:
    told: dict[str, Any] = {"rows": batch.rows, "entries": batch.entries, "head": batch.last_entry}
    _log.info("flowed up", extra=told)
