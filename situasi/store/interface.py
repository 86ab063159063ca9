"""What a store does, whichever engine keeps it: remember, never change, never forget."""

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
    """The store could not do what was asked; the message says what to do next.

    where: the file, or what the engine said; for whoever keeps the board, not for every viewer.
    """

    def __init__(self, message: str, location: str = "") -> None:
        super().__init__(message)
        self.location = location

    @property
    def detail(self) -> str:
        """The message and where, for the log, the command line and Kesehatan."""
        return f"{self} ({self.location})" if self.location else str(self)


class ConflictError(StoreError):
    """Somebody else changed the record meanwhile; nothing was written."""


@dataclass(frozen=True)
class Delivery:
    """One source brought to the store at one time: a batch, once something of it is new."""

    feed: str
    source: str
    sha256: str
    recorded_at: datetime
    actor: str


@dataclass(frozen=True)
class Rejection:
    """A row for quarantine: row number in the source, raw cells by heading, every reason."""

    row: int
    raw: dict[str, str]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class QuarantinedRow:
    """A row in quarantine. `released_by`: the batch that took it in after correction, or None."""

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
    """What became of the rows of one `Writing.add`.

    waiting: for each refused row, in their order, the number in quarantine as which the very
    same row waited already; None for one that waits from now on.
    """

    accepted: int
    duplicate: int
    quarantined: int
    already_waiting: tuple[int | None, ...] = field(default=(), compare=False)


class DeliveryTransaction(Protocol):
    """One delivery being written: a single transaction, all or nothing."""

    def add(self, accepted: pd.DataFrame, rejected: Sequence[Rejection]) -> AppendResult:
        """Append rows. `accepted`: records.dtypes(feed) columns, and `row`, `known_at`.

        A row whose content is already stored (and not withdrawn), or came earlier in
        this delivery, is a duplicate and is not stored again. A rejected row whose feed,
        raw cells and reasons already wait in quarantine counts as quarantined and is not
        stored again (`Added.waiting`); once that was settled, the same row waits anew.
        """
        ...

    def release(self, numbers: Sequence[int], rows: Mapping[int, int] | None = None) -> None:
        """Mark quarantined rows as taken in by this delivery.

        rows: which row of this delivery settles each number, for the audit trail.
        """
        ...

    def discard(self) -> None:
        """Undo everything on leaving.

        Said before the first `add` it makes the delivery a trial, which never takes the write
        lock: what would be new is counted by reading.
        """
        ...


class Store(Protocol):
    """Append-only memory. Every method may be called from any thread and process."""

    def scope(self) -> Scope | None:
        """Whose rows it holds, as the store itself says; None where it does not (yet)."""
        ...

    def version(self) -> int:
        """Grows with every commit that moves the data, and only then. 0 for an empty store."""
        ...

    def audit_hash(self, number: int) -> str | None:
        """The seal of this entry of the trail; trail.BEGINNING of 0, None where there is none.

        Two stores that have the same seal at a number have the same history up to it.
        """
        ...

    def deliver(self, delivery: Delivery) -> AbstractContextManager[DeliveryTransaction]:
        """Write one delivery in one transaction.

        Committed and durable when the `with` block ends; rolled back on an exception
        or `discard()`. Where nothing was new the version stays, and the trail says once an
        hour that the delivery came.
        """
        ...

    def rows_after(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        """Rows of a feed with `seq` above `after`, in order (records.stored_dtypes).

        recorded_at: when the row could first be seen, at the commit of its delivery; and so
        known_at, where a row was given the moment of its delivery (see seen.py).
        """
        ...

    def first_commit_after(self, version: int) -> datetime | None:
        """When the first rows came or went that this version does not have; None: none did.

        Whoever is writing when this is asked is waited for.
        """
        ...

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        """Rows taken back: columns seq, feed, row_seq, batch, recorded_at; `seq` above `after`.

        batch: the one that was taken back; of a row that stood by a repetition, the repeating one.
        """
        ...

    def withdraw(self, batch: int, at: datetime, actor: str, reason: str = "") -> int:
        """Take back every row of a batch that is still valid, as new rows; how many.

        Rows that another delivery brought too, which was not taken back, stand: see
        `brought_elsewhere`.
        Content taken back may be delivered again later. What the batch had put into
        quarantine waits on: it is still the sender's to correct. `reason` goes into the audit.
        Raises StoreError when there is no such batch.
        """
        ...

    def count_rows_in_other_batches(self, batch: int) -> dict[int, int]:
        """Of the rows of this batch that stand: how many each other delivery brought too."""
        ...

    def batches(self, after: int = 0) -> pd.DataFrame:
        """Batches numbered above `after`: batch, feed, source, sha256, recorded_at, actor, and
        the three counts.
        """
        ...

    def quarantined_rows(
        self,
        feed: str | None = None,
        *,
        include_released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[QuarantinedRow]:
        """Rows in quarantine that wait (or, with `released`, all), oldest first.

        numbers: only these, in the same order; numbers that there are not give nothing.
        """
        ...

    def quarantine_counts(self) -> dict[str, int]:
        """How many rows wait in quarantine, by feed; feeds without any are left out."""
        ...

    def quarantine_entries(self, after: int = 0) -> pd.DataFrame:
        """Rows that went into quarantine: columns seq, feed; `seq` above `after`."""
        ...

    def quarantine_releases(self, after: int = 0) -> pd.DataFrame:
        """Releases from quarantine: columns seq, number (of the row), batch, feed; `seq` above."""
        ...

    def quarantine_frame(self, at: datetime | None = None) -> pd.DataFrame:
        """The rows that wait, or waited at a moment, without their cells, oldest first.

        Columns number, batch, feed, source, row, reasons (JSON text: a list), recorded_at.
        """
        ...

    def put_note(self, key: str, value: Any, at: datetime, actor: str) -> None:
        """Remember a JSON value under a key. A new note hides the older one and keeps it."""
        ...

    def latest_notes(self) -> dict[str, Any]:
        """The newest value of each key."""
        ...

    def latest_note(self, key: str) -> Any:
        """The newest value of this key; None where nothing was noted."""
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
        """Remember a JSON value of access (accounts, sessions, keys, links) in one commit.

        A new record of (kind, name) hides the older one and keeps it. With `action`, the
        trail says so too: `detail` as given and the seal of the record, never the value, which
        may hold secrets.
        The version stays: nobody's page need be drawn again because somebody signed in.

        expected_seq: an `access_version()` read before looking. Raises Overtaken when this
        name was remembered again since: so 0 is "only if it never was".
        """
        ...

    def latest_records(
        self, kind: str, name: str | None = None, *, after: int = 0
    ) -> dict[str, Any]:
        """The newest value of each name of this kind (or of that one name).

        after: only of names remembered again since this `access_version()`.
        """
        ...

    def access_version(self) -> int:
        """Grows with every `remember`, and only then. 0 before the first."""
        ...

    def access_position(self, number: int | None = None) -> tuple[int, str]:
        """Number and digest of the newest record of access, or of the one with this number.

        The number is `access_version()`. Another store that stands at the same number has another
        digest. (number, "") where there is no such record.
        """
        ...

    def log_audit(self, action: str, actor: str, at: datetime, detail: dict[str, Any]) -> None:
        """Write into the trail what somebody did that changed no data.

        (Signed in, saw, exported, shared, was refused.) The version stays.
        """
        ...

    def audit_entries(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        """The trail, `seq` above `after`: seq, at, actor, action, detail, moves, chain.

        action: only entries of this one.

        One row per commit that moved the data (`moves`), and one per deed told.
        `detail` is JSON text; `chain` seals the row to the one before it.
        """
        ...

    def audit_head(self) -> tuple[int, str]:
        """Number and seal of the newest entry of the trail, to be written down elsewhere."""
        ...

    def verify(self, expected_hash: str | None = None) -> list[str]:
        """Every break found in the trail, and every row that is not as the trail sealed it.

        One sentence each in Indonesian; none when all is whole.

        head: a seal that was once written down; it must still be on the chain. Without it,
        a trail that somebody has written anew from end to end looks whole.
        """
        ...

    def count_entries_without_hash(self) -> int:
        """How many entries tell of rows that no seal proves: those of older versions."""
        ...

    def wait(self) -> None:
        """Return when asking for a new version is worth it: at once when told, or after a while."""
        ...

    def is_leader(self, job: str) -> bool:
        """Whether this process is now the one of all on this scope that does this job.

        Once it is, it stays so until it ends, closes the store or loses it; then another is. To
        be asked before each piece of work. Raises StoreError where nobody can tell.
        """
        ...

    def raw_snapshot(self) -> AbstractContextManager[RawSnapshot]:
        """One unchanging state of all tables, their rows as they are."""
        ...

    def raw_import(self) -> AbstractContextManager[RawImport]:
        """Under the write lock: rows of another store are put here as they were there.

        Kept by `Placing.commit`; without it all is rolled back when the block ends.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


@dataclass(frozen=True)
class Scope:
    """contest: the election across all kabupaten (`pilkada-2024`). kabupaten: its code (`16.10`).

    A file of SQLite holds one scope and needs none said; a PostgreSQL database holds many.
    """

    contest: str
    kabupaten: str
