"""Copies the rows of this store to another one: unchanged, in order, once, and after outages.

All tables are copied except access records and what waits for a person (LOCAL_TABLES). A batch
is one commit at the target and ends with an audit log entry: after each one, the target equals an
earlier state of this store.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any, Final

from situasi.common import error_log
from situasi.common.background_jobs import Job
from situasi.common.metrics import JobStatus
from situasi.store import schema
from situasi.store.audit import hash_chain
from situasi.store.backup.raw_tables import LOCAL_TABLES, TABLES, RawImport, RawSnapshot
from situasi.store.engines.engine import Row
from situasi.store.model import StoreError
from situasi.store.store import Store
from situasi.store.waiting_items import SETTLE_ACTION, WAIT_ACTION

POLL_S: Final = 2.0  # seconds between two checks
_MAX_RETRY_S: Final = 60.0  # seconds between two attempts at a target that does not answer
# A batch ends with the entry that reaches one of these: a broken connection loses no more.
_MAX_BATCH_ROWS, _MAX_BATCH_ENTRIES = 20_000, 2_000

# A target may lose its rows when another one replaces it.
_TARGET_TRUSTED_FOR = timedelta(minutes=1)

_log = logging.getLogger(__name__)
_REPLICATED_TABLES = {name: table for name, table in TABLES.items() if name not in LOCAL_TABLES}


class ReplicationRefused(StoreError):
    """The target holds what this store never had, or this store's audit log is broken."""


@dataclass
class ReplicationBatch:
    """The content of some audit log entries, continuing from the end of the target's log.

    is_complete: nothing is left after it. rows: how many the entries name; once copied, how many
    rows of all tables that were. last_batch: the last batch delivered, 0 for none. withdrawals:
    how many withdrawals took back `withdrawn_rows` rows. notes: how many were written.
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
        """Return whether the batch has reached one of its size limits."""
        return self.rows >= _MAX_BATCH_ROWS or self.entries >= _MAX_BATCH_ENTRIES

    def count_entry(self, action: str, detail: str, changes_data: bool) -> bool:
        """Count an entry. Return False if it does not say which rows were written with it."""
        self.entries += 1
        if not changes_data:
            return True
        try:
            values = json.loads(detail)
            if action == "deliver":
                self.last_batch = int(values["batch"])
                self.rows += int(values["accepted"]) + int(values["quarantined"])
                self.rows += int(values.get("repeats", 0))
            elif action == "withdraw":
                self.withdrawn_rows += int(values["rows"])
                self.withdrawals += 1
                self.rows += int(values["rows"])
            elif action == "note":
                self.notes += 1
            elif action not in {WAIT_ACTION, SETTLE_ACTION}:  # the rows of these stay here
                return False
        except (ValueError, TypeError, KeyError):
            return False
        return True

    def take_rows(self, name: str, rows: Iterator[Row]) -> Iterator[Row]:
        """Return those of the next rows of a table that belong to this batch."""
        if self.is_complete:
            return rows
        row_counts = {
            schema.notes.name: self.notes,
            schema.withdrawals.name: self.withdrawn_rows,
            schema.withdrawn_batches.name: self.withdrawals,
        }
        if name in row_counts:
            return islice(rows, row_counts[name])
        if name == schema.audit.name:
            return takewhile(lambda row: row[0] <= self.last_entry, rows)
        batch_position = TABLES[name].c.keys().index("batch")
        return takewhile(lambda row: row[batch_position] <= self.last_batch, rows)


def replicate(source: Store, target: Store) -> Iterator[ReplicationBatch]:
    """Copy what the target lacks, one batch at a time, until nothing is left.

    Raises ReplicationRefused, and changes nothing, where the target holds another audit log;
    StoreError where one of the stores does not answer. It can be restarted at any moment.
    """
    own, other = source.scope(), target.scope()
    if own is not None and other is not None and own != other:
        raise ReplicationRefused(
            f"Penyimpanan ini milik {own.contest} {own.kabupaten}, tempat di tujuan milik"
            f" {other.contest} {other.kabupaten}. Tidak ada yang dikirim."
        )
    while source.audit_head() != target.audit_head():
        # The lock comes first: the snapshot read after it holds what others wrote meanwhile.
        with target.raw_import() as raw_import, source.raw_snapshot() as snapshot:
            batch = _next_batch(snapshot, raw_import)
            if not batch.entries:
                return
            batch.rows = sum(
                _copy_table(snapshot, raw_import, name, batch) for name in _REPLICATED_TABLES
            )
            if raw_import.audit_head() != (batch.last_entry, batch.last_hash):
                raise ReplicationRefused("Jejak tujuan tidak berakhir seperti di sini. Batal.")
            raw_import.commit()
        yield batch


def _copy_table(source: RawSnapshot, target: RawImport, name: str, batch: ReplicationBatch) -> int:
    table = _REPLICATED_TABLES[name]
    rows = source.rows(table, target.last_number(table))
    imported = target.import_rows(table, table.c.keys(), batch.take_rows(name, rows))
    if batch.is_complete and target.last_number(table) != source.last_number(table):
        raise ReplicationRefused(f"Tujuan memuat baris {name} yang tidak ada di sini. Batal.")
    return imported


def _next_batch(source: RawSnapshot, target: RawImport) -> ReplicationBatch:
    """Return the batch that follows the target's last entry.

    Raises ReplicationRefused if none fits.
    """
    number, audit_hash = target.audit_head()
    if source.audit_hash(number) != audit_hash or (
        number == 0 and not target.is_empty(except_tables=LOCAL_TABLES)
    ):
        raise ReplicationRefused(
            f"Tujuan memuat jejak yang tidak pernah ada di sini (sampai catatan {number})."
            " Tidak ada yang dikirim; lihat docs/operations.md, sync."
        )
    batch, is_readable = ReplicationBatch(number, audit_hash), True
    for seq, at, actor, action, detail, changes_data, entry_hash in source.audit_entries(number):
        if batch.is_full and is_readable:
            return batch
        if seq != batch.last_entry + 1 or entry_hash != hash_chain.compute_hash(
            batch.last_hash, seq, at, actor, action, detail, changes_data
        ):
            raise ReplicationRefused(
                f"Jejak di sini rusak pada catatan {seq}. Tidak ada yang dikirim."
            )
        is_readable = batch.count_entry(action, detail, bool(changes_data)) and is_readable
        batch.last_entry, batch.last_hash = seq, entry_hash
    batch.is_complete = True
    return batch


class Replicator:
    """Permanent replication to the higher level; after a failure it tries again by itself.

    open_target: opens the target. status: gets the outcome. on_batch: called after each batch.
    leader_job: under this name one of several servers sends, and the others leave it to that one;
    None: always send.
    """

    def __init__(
        self,
        source: Store,
        open_target: Callable[[], Store],
        clock: Callable[[], datetime],
        status: JobStatus,
        on_batch: Callable[[ReplicationBatch], None] | None = None,
        interval_s: float = POLL_S,
        leader_job: str | None = None,
    ) -> None:
        self._source, self._open_target, self._clock = source, open_target, clock
        self._on_batch = on_batch or _log_batch
        self._target: Store | None = None
        self._target_numbers: Mapping[str, int] | None = None  # highest number by table
        self._replicated_head: tuple[int, str] | None = None  # the target has all up to here
        self._checked_at: datetime | None = None  # when that was confirmed
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

    def replicate_now(self) -> Exception | None:
        """Send what is new, if anything; return the error, if any."""
        self.job.run_once()
        return self._error

    def _run_turn(self) -> None:
        self._error = None
        try:
            leads = self._leader_job is None or self._source.is_leader(self._leader_job)
            self.status.is_run_elsewhere = not leads
            rows = 0 if self.status.is_run_elsewhere else self._replicate()
        except Exception as error:
            self._error = error
            message = error.detail if isinstance(error, StoreError) else error_log.describe(error)
            self.status.record_failure(self._clock(), message, self._count_pending())
            if not isinstance(error, StoreError):  # the state of the target is unknown
                with suppress(Exception):
                    self.close()
            raise
        if not self.status.is_run_elsewhere:
            self.status.record_success(self._clock(), 0, str(rows) if rows else "")

    def close(self) -> None:
        """Close the target."""
        target, self._target = self._target, None
        if target is not None:
            target.close()

    @property
    def pause_s(self) -> float:
        """Return the seconds until the next turn."""
        return self.job.next_pause_s()

    def _replicate(self) -> int:
        """Send what is new; return how many rows."""
        head, now = self._source.audit_head(), self._clock()
        is_recent = (
            self._checked_at is not None and abs(now - self._checked_at) < _TARGET_TRUSTED_FOR
        )
        rows = 0
        if head == self._replicated_head and is_recent:
            return rows
        if self._target is None:
            self._target = self._open_target()
        self._target_numbers = _read_last_numbers(self._target)
        for batch in replicate(self._source, self._target):
            self._target_numbers = _read_last_numbers(self._target)
            self._on_batch(batch)
            rows += batch.rows
        self._replicated_head, self._checked_at = head, now
        return rows

    def _count_pending(self) -> int | None:
        """Return how many rows are not known to be at the target; None if its state is unknown."""
        if self._target_numbers is None:
            return None
        try:
            with self._source.raw_snapshot() as snapshot:
                return sum(
                    snapshot.count_rows(_REPLICATED_TABLES[name], last)
                    for name, last in self._target_numbers.items()
                )
        except Exception:  # noqa: BLE001 (called while another failure is handled)
            return None


def _read_last_numbers(target: Store) -> dict[str, int]:
    with target.raw_snapshot() as snapshot:
        return {name: snapshot.last_number(table) for name, table in _REPLICATED_TABLES.items()}


def _log_batch(batch: ReplicationBatch) -> None:
    extra: dict[str, Any] = {"rows": batch.rows, "entries": batch.entries, "head": batch.last_entry}
    _log.info("flowed up", extra=extra)
