"""The store, for every engine: rows are added, never changed or deleted."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from situasi.store import access_records, schema, visible_at, waiting_items
from situasi.store import withdrawals as store_withdrawals
from situasi.store.audit import hash_chain, row_digests
from situasi.store.audit.row_digests import HASHES_KEY
from situasi.store.backup.raw_tables import RawImport
from situasi.store.delivery_writer import DeliveryTransaction
from situasi.store.engines.engine import Backend, WriteTransaction
from situasi.store.model import Delivery, StoreError
from situasi.store.reader import StoreReader
from situasi.store.row_encoding import clean_text
from situasi.store.timestamps import to_micros
from situasi.store.visible_at import Clock


class Store(StoreReader):
    """Append-only storage. Every method may be called from any thread and process."""

    def __init__(
        self, backend: Backend, clock: Clock | None = None, read_only: str | None = None
    ) -> None:
        """clock: asked at each commit; None: a commit has the time that the writer passes.

        read_only: the message of the StoreError that every method raises that would write; None
        where they may.
        """
        super().__init__(backend)
        self._clock, self._read_only = clock, read_only

    @contextmanager
    def _write_connection(self) -> Iterator[sa.Connection]:
        """Open a connection that is the only writer. Raises StoreError, also for read-only."""
        backend = self._writable_backend()
        with backend.write_connection() as connection, backend.translate_errors():
            yield connection

    @contextmanager
    def _transaction(self, at: datetime, actor: str) -> Iterator[WriteTransaction]:
        """Begin a commit of this time and person. Raises StoreError, also for read-only."""
        with self._write_connection() as connection:
            yield WriteTransaction(self._backend, connection, to_micros(at), actor)

    def _writable_backend(self) -> Backend:
        if self._read_only is not None:
            raise StoreError(self._read_only)
        return self._backend

    @contextmanager
    def deliver(self, delivery: Delivery) -> Iterator[DeliveryTransaction]:
        """Write one delivery in one transaction; its first `add` or `release` takes the write lock.

        Committed and durable when the `with` block ends; rolled back on an exception or
        `discard()`. Where no row was new the version stays, and the audit log records the delivery
        once an hour.
        """
        backend = self._writable_backend()
        with backend.write_connection() as connection:
            transaction = DeliveryTransaction(backend, connection, delivery, self._clock)
            yield transaction
            transaction.finish()

    def withdraw(self, batch: int, at: datetime, actor: str, reason: str = "") -> int:
        """Withdraw every row of a batch that is still valid, by adding new rows; return how many.

        Rows that another batch also delivered, and that batch is not withdrawn, stay valid: see
        `count_rows_in_other_batches`. Withdrawn content may be delivered again later. Rows that the
        batch put into quarantine keep waiting: the sender may still correct them. `reason` goes
        into the audit log. Raises StoreError when there is no such batch.
        """
        with self._transaction(at, actor) as write:
            count = store_withdrawals.withdraw(write, batch, reason, self._clock)
            write.connection.commit()
        return count

    def first_commit_after(self, version: int) -> datetime | None:
        """Return when rows were first added or withdrawn after this version; None if none were.

        Waits for a writer that is active when this is called; where the store is read-only, which
        never takes the write lock, always None.
        """
        if self._read_only is not None:
            return None
        with self._write_connection() as connection:
            return visible_at.first_commit_after(connection, version)

    def put_waiting(
        self,
        kind: str,
        source: str,
        sha256: str,
        content: Any,
        at: datetime,
        actor: str,
        *,
        note: dict[str, Any] | None = None,
    ) -> tuple[int, bool]:
        """Let a file ("file") or message ("message") wait; return its number, and if it is new.

        The same content (kind and sha256) waits once; after it was settled it waits again.
        content, note: JSON; the note is what lists show. Raises StoreError for a content that is
        too large, TypeError or ValueError for a value outside JSON.
        """
        encoded, text = (
            waiting_items.encode_content(content),
            json.dumps(note or {}, allow_nan=False),
        )
        with self._transaction(at, actor) as write:
            number, is_new = waiting_items.add(write, kind, source, sha256, encoded, text)
            if is_new:
                write.connection.commit()
        return number, is_new

    def settle_waiting(
        self,
        number: int,
        outcome: str,
        at: datetime,
        actor: str,
        *,
        batches: Sequence[int] = (),
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Record that a waiting item was "stored" in these batches, or "dropped".

        Nothing is deleted. Where all these batches are withdrawn later, the item waits again.
        detail: JSON, such as the `reason` of a drop. Raises StoreError where there is no such item,
        ConflictError where somebody else settled it.
        """
        with self._transaction(at, actor) as write:
            waiting_items.settle(write, number, outcome, batches, detail or {})
            write.connection.commit()

    def put_note(self, key: str, value: Any, at: datetime, actor: str) -> None:
        """Store a JSON value under a key. A new note hides the older one, which is kept.

        Raises TypeError or ValueError for a value outside JSON.
        """
        text = json.dumps(value, allow_nan=False)
        with self._transaction(at, actor) as write:
            at_us, author = write.at_us, clean_text(actor)
            row = {"key": clean_text(key), "value": text, "at": at_us, "actor": author}
            self._backend.append(write.connection, schema.notes, row)
            hashes = row_digests.hash_last_row(write.connection, schema.notes)
            detail = {"key": key, HASHES_KEY: hashes}
            hash_chain.append_entry(write, "note", detail, changes_data=True)
            write.connection.commit()

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
        record; so 0 means "only if there is none". Raises TypeError or ValueError for a value
        outside JSON.
        """
        text = json.dumps(value, allow_nan=False)
        with self._transaction(at, actor) as write:
            access_records.write_record(write, kind, name, text, expected_seq)
            if action is not None:
                hashes = row_digests.hash_last_row(write.connection, schema.access)
                entry_detail = {**(detail or {}), HASHES_KEY: hashes}
                hash_chain.append_entry(write, action, entry_detail, changes_data=False)
            write.connection.commit()

    def log_audit(self, action: str, actor: str, at: datetime, detail: dict[str, Any]) -> None:
        """Record in the audit log an action that changed no data; the version stays the same.

        Examples: signed in, viewed, exported, shared, was refused. Raises TypeError or ValueError
        for a detail outside JSON.
        """
        with self._transaction(at, actor) as write:
            hash_chain.append_entry(write, action, detail, changes_data=False)
            write.connection.commit()

    def is_leader(self, job: str) -> bool:
        """Return whether this process alone, of all on this scope, does this job now.

        It stays the leader until it ends, closes the store or loses its lock; then another process
        is. Ask before each piece of work. Never for a store that is read-only: its own dashboard
        does its jobs. Raises StoreError where this cannot be determined.
        """
        return self._read_only is None and self._backend.is_leader(job)

    @contextmanager
    def raw_import(self) -> Iterator[RawImport]:
        """Import rows of another store unchanged, under the write lock.

        Committed by `RawImport.commit`; without it all is rolled back when the block ends.
        """
        with self._write_connection() as connection:
            yield RawImport(self._backend, connection)
