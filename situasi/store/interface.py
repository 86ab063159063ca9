"""The interface of the store, for every engine: rows are added, never changed or deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from situasi.domain.feed_schemas import Feed

if TYPE_CHECKING:
    from situasi.store.backup.raw_tables import RawImport, RawSnapshot


class StoreError(Exception):
    """An operation of the store failed; the message says what to do next.

    location: the file, or the engine's message; for the administrator, not for every viewer.
    """

    def __init__(self, message: str, location: str = "") -> None:
        super().__init__(message)
        self.location = location

    @property
    def detail(self) -> str:
        """Return the message with its location, for the log, the command line and Kesehatan."""
        return f"{self} ({self.location})" if self.location else str(self)


class ConflictError(StoreError):
    """Somebody else changed the record in the meantime; nothing was written."""


@dataclass(frozen=True)
class Delivery:
    """One source delivered at one time; it becomes a batch if any of its rows is new."""

    feed: str
    source: str
    sha256: str
    recorded_at: datetime
    actor: str


@dataclass(frozen=True)
class Rejection:
    """A row for quarantine: row number in the source, raw cells by heading, all reasons."""

    row: int
    raw: dict[str, str]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class QuarantinedRow:
    """A row in quarantine. released_by: the batch that accepted its correction, or None."""

    number: int
    batch: int
    feed: str
    source: str
    row: int
    raw: dict[str, str]
    reasons: tuple[str, ...]
    recorded_at: datetime
    released_by: int | None


@dataclass(frozen=True)
class AppendResult:
    """The counts of rows of one `DeliveryTransaction.add`.

    already_waiting: for each rejected row, in order, the quarantine number under which the same row
    was already waiting; None for a row that is new in quarantine.
    """

    accepted: int
    duplicate: int
    quarantined: int
    already_waiting: tuple[int | None, ...] = field(default=(), compare=False)


class DeliveryTransaction(Protocol):
    """The writing of one delivery: a single transaction, all or nothing."""

    def add(self, accepted: pd.DataFrame, rejected: Sequence[Rejection]) -> AppendResult:
        """Append rows. accepted: columns of feed_schemas.dtypes(feed), plus `row` and `known_at`.

        A row whose content is already stored (and not withdrawn), or came earlier in this delivery,
        is a duplicate and is not stored again. A rejected row whose feed, raw cells and reasons
        already wait in quarantine counts as quarantined but is not stored again
        (`AppendResult.already_waiting`); once that row was released, the same row waits again.
        """
        ...

    def release(self, numbers: Sequence[int], rows: Mapping[int, int] | None = None) -> None:
        """Mark quarantined rows as accepted by this delivery.

        rows: for the audit log, the row of this delivery that settles each number.
        """
        ...

    def discard(self) -> None:
        """Roll everything back at the end of the block.

        Called before the first `add` it makes the delivery a trial, which never takes the write
        lock: new rows are counted by reading.
        """
        ...


class Store(Protocol):
    """Append-only storage. Every method may be called from any thread and process."""

    def scope(self) -> Scope | None:
        """Return the scope recorded in the store itself; None where it records none (yet)."""
        ...

    def version(self) -> int:
        """Return a number that grows with every commit that changes data; 0 for an empty store."""
        ...

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of this audit log entry; GENESIS_HASH for 0, None where there is none."""
        ...

    def deliver(self, delivery: Delivery) -> AbstractContextManager[DeliveryTransaction]:
        """Write one delivery in one transaction.

        Committed and durable when the `with` block ends; rolled back on an exception or
        `discard()`. Where no row was new the version stays, and the audit log records the delivery
        once an hour.
        """
        ...

    def rows_after(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        """Return the rows of a feed above a `seq`, in order (feed_schemas.stored_dtypes)."""
        ...

    def first_commit_after(self, version: int) -> datetime | None:
        """Return when rows were first added or withdrawn after this version; None if none were.

        Waits for a writer that is active when this is called.
        """
        ...

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        """Return withdrawn rows with `seq` above `after`: seq, feed, row_seq, batch, recorded_at.

        batch: the withdrawn batch; for a row that remained valid through a repeat, the repeating
        batch.
        """
        ...

    def withdraw(self, batch: int, at: datetime, actor: str, reason: str = "") -> int:
        """Withdraw every row of a batch that is still valid, by adding new rows; return how many.

        Rows that another batch also delivered, and that batch is not withdrawn, stay valid: see
        `count_rows_in_other_batches`. Withdrawn content may be delivered again later. Rows that the
        batch put into quarantine keep waiting: the sender may still correct them. `reason` goes
        into the audit log. Raises StoreError when there is no such batch.
        """
        ...

    def count_rows_in_other_batches(self, batch: int) -> dict[int, int]:
        """Count the valid rows of this batch that each other batch delivered too."""
        ...

    def batches(self, after: int = 0) -> pd.DataFrame:
        """Return the batches above `after`.

        Columns batch, feed, source, sha256, recorded_at, actor and the three counts.
        """
        ...

    def quarantined_rows(
        self,
        feed: str | None = None,
        *,
        include_released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[QuarantinedRow]:
        """Return the rows waiting in quarantine (or all, with `include_released`), oldest first.

        numbers: only these, in the same order; unknown numbers are ignored.
        """
        ...

    def quarantine_counts(self) -> dict[str, int]:
        """Return how many rows wait in quarantine, by feed; feeds without any are left out."""
        ...

    def quarantine_entries(self, after: int = 0) -> pd.DataFrame:
        """Return the rows that entered quarantine: columns seq, feed; `seq` above `after`."""
        ...

    def quarantine_releases(self, after: int = 0) -> pd.DataFrame:
        """Return releases with `seq` above `after`: seq, number (of the row), batch, feed."""
        ...

    def quarantine_frame(self, at: datetime | None = None) -> pd.DataFrame:
        """Return the rows that wait, or waited at a moment, without their cells, oldest first.

        Columns number, batch, feed, source, row, reasons (JSON text: a list), recorded_at.
        """
        ...

    def put_note(self, key: str, value: Any, at: datetime, actor: str) -> None:
        """Store a JSON value under a key. A new note hides the older one, which is kept."""
        ...

    def latest_notes(self) -> dict[str, Any]:
        """Return the newest value of each key."""
        ...

    def latest_note(self, key: str) -> Any:
        """Return the newest value of this key; None where there is none."""
        ...

    def put_record(
        self,
        kind: str,
        name: str,
        value: Any,
        at: datetime,
        actor: str,
        action: str | None = None,
        detail: dict[str, Any] | None = None,
        *,
        expected_seq: int | None = None,
    ) -> None:
        """Store a JSON value about access (accounts, sessions, keys, links) in one commit.

        A new record of (kind, name) hides the older one, which is kept. With `action`, the audit
        log gets an entry with `detail` and the hash of the record, never its value, which may hold
        secrets. The version stays the same: a sign-in is no reason to redraw anybody's page.

        expected_seq: an earlier `access_version()`. Raises ConflictError when this name has a newer
        record; so 0 means "only if there is none".
        """
        ...

    def latest_records(
        self, kind: str, name: str | None = None, *, after: int = 0
    ) -> dict[str, Any]:
        """Return the newest value of each name of this kind (or of that one name).

        after: only names with a record newer than this `access_version()`.
        """
        ...

    def access_version(self) -> int:
        """Return a number that grows with every `put_record`, and only then; 0 before the first."""
        ...

    def access_position(self, number: int | None = None) -> tuple[int, str]:
        """Return number and digest of the newest access record, or of the one with this number.

        The number is `access_version()`. Another store at the same number has another digest.
        Returns (number, "") where there is no such record.
        """
        ...

    def log_audit(self, action: str, actor: str, at: datetime, detail: dict[str, Any]) -> None:
        """Record in the audit log an action that changed no data; the version stays the same.

        Examples: signed in, viewed, exported, shared, was refused.
        """
        ...

    def audit_entries(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        """Return the audit log, `seq` above `after`: seq, at, actor, action, detail, moves, chain.

        One row per commit that changed data (`moves`), and one per other recorded action. `detail`
        is JSON text; `chain` is the hash that links the entry to the one before it. action: only
        entries with this action.
        """
        ...

    def audit_head(self) -> tuple[int, str]:
        """Return number and hash of the newest audit log entry, to be written down elsewhere."""
        ...

    def verify(self, expected_hash: str | None = None) -> list[str]:
        """Return every break in the audit log, and every row that differs from its recorded hash.

        One sentence each in Indonesian; empty when all is intact. expected_hash: a hash that was
        written down earlier; it must still be on the chain. Without it, an audit log that was
        rewritten from start to end looks intact.
        """
        ...

    def wait(self) -> None:
        """Return when asking for a new version is useful: when notified, or after a while."""
        ...

    def is_leader(self, job: str) -> bool:
        """Return whether this process alone, of all on this scope, does this job now.

        It stays the leader until it ends, closes the store or loses its lock; then another process
        is. Ask before each piece of work. Raises StoreError where this cannot be determined.
        """
        ...

    def raw_snapshot(self) -> AbstractContextManager[RawSnapshot]:
        """Open one unchanging state of all tables, with their rows as stored."""
        ...

    def raw_import(self) -> AbstractContextManager[RawImport]:
        """Import rows of another store unchanged, under the write lock.

        Committed by `RawImport.commit`; without it all is rolled back when the block ends.
        """
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


@dataclass(frozen=True)
class Scope:
    """The election and the kabupaten whose rows a store holds.

    contest: the election across all kabupaten (`pilkada-2024`). kabupaten: its code (`16.10`). An
    SQLite file holds one scope and needs none given; a PostgreSQL database holds many.
    """

    contest: str
    kabupaten: str
