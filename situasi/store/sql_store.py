"""The store on SQL tables, for every engine: reading, and opening deliveries."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from situasi.domain.feed_schemas import Feed, stored_dtypes
from situasi.store import access_records, frame_reader, repeated_rows, schema, visible_at
from situasi.store import withdrawals as store_withdrawals
from situasi.store.audit import audit_log, row_digests, row_proof
from situasi.store.audit.row_digests import HASHES_KEY
from situasi.store.backup.raw_tables import RawImport, RawSnapshot
from situasi.store.delivery_writer import SqlDeliveryTransaction
from situasi.store.engines.engine import Backend
from situasi.store.interface import Delivery, DeliveryTransaction, QuarantinedRow, Scope, StoreError
from situasi.store.quarantine_queries import (
    count_waiting,
    read_note,
    read_notes,
    read_quarantine,
    read_quarantine_frame,
    read_releases,
)
from situasi.store.row_encoding import clean_text
from situasi.store.timestamps import to_micros
from situasi.store.visible_at import Clock

_UNREADABLE = "Penyimpanan rusak: ada isi yang tidak terbaca. Pulihkan dari cadangan."
_WITHDRAWAL_DTYPES = {
    "seq": "int64",
    "feed": "object",
    "row_seq": "int64",
    "batch": "int64",
    "recorded_at": frame_reader.TIME_DTYPE,
}
_ENTRY_DTYPES = {"seq": "int64", "feed": "object"}
_BATCH_DTYPES = {
    "batch": "int64",
    "feed": "object",
    "source": "object",
    "sha256": "object",
    "recorded_at": frame_reader.TIME_DTYPE,
    "actor": "object",
    "accepted": "int64",
    "duplicate": "int64",
    "quarantined": "int64",
}


class SqlStore:
    """The implementation of `Store` (situasi.store.interface) on a Backend."""

    def __init__(self, backend: Backend, clock: Clock | None = None) -> None:
        """clock: asked at each commit; None: a commit has the time that the writer passes."""
        self._opened_backend, self._clock = backend, clock
        self._process = os.getpid()

    @property
    def _backend(self) -> Backend:
        """Return the backend; a forked child process opens connections of its own."""
        if self._process != os.getpid():
            self._opened_backend.engine.dispose(close=False)
            self._process = os.getpid()
        return self._opened_backend

    @contextmanager
    def _read_connection(self) -> Iterator[sa.Connection]:
        """Open a connection on one unchanging state; report unreadable cells as StoreError."""
        with self._backend.read_connection() as connection:
            try:
                yield connection
            except (ValueError, TypeError, OverflowError, RecursionError) as error:
                raise StoreError(_UNREADABLE, f"{type(error).__name__}: {error}") from error

    def scope(self) -> Scope | None:
        """Return the scope recorded in the store."""
        return self._backend.scope

    def version(self) -> int:
        """Return the number of the last commit that changed data."""
        with self._read_connection() as connection:
            return audit_log.read_version(connection)

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of this audit log entry."""
        with self._read_connection() as connection:
            return audit_log.read_hash(connection, number)

    @contextmanager
    def deliver(self, delivery: Delivery) -> Iterator[DeliveryTransaction]:
        """Write one delivery. The first `add` or `release` takes the write lock."""
        backend = self._backend
        with backend.write_connection() as connection:
            transaction = SqlDeliveryTransaction(backend, connection, delivery, self._clock)
            yield transaction
            transaction.finish()

    def rows_after(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        """Return the rows of a feed above a number, with the times they became visible."""
        return self._read_frame(
            schema.feeds[feed.name], stored_dtypes(feed), after, visible_at.with_visible_times
        )

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        """Return the withdrawn rows above a number, with the times this became visible."""
        return self._read_frame(
            schema.withdrawals, _WITHDRAWAL_DTYPES, after, visible_at.withdrawals_with_visible_times
        )

    def batches(self, after: int = 0) -> pd.DataFrame:
        """Return the batches above a number."""
        batch = schema.batches.c
        columns = [
            batch.committed_at if name == "recorded_at" else batch[name] for name in _BATCH_DTYPES
        ]
        query = sa.select(*columns).where(batch.batch > after)
        with self._read_connection() as connection:
            return frame_reader.read_frame(connection, query.order_by(batch.batch), _BATCH_DTYPES)

    def audit_entries(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        """Return audit log entries above a number."""
        entry = schema.audit.c
        query = sa.select(*(entry[name] for name in audit_log.COLUMNS)).where(entry.seq > after)
        if action is not None:
            query = query.where(entry.action == action)
        with self._read_connection() as connection:
            return frame_reader.read_frame(connection, query.order_by(entry.seq), audit_log.COLUMNS)

    def first_commit_after(self, version: int) -> datetime | None:
        """Return when rows first changed after this version; waits for the write lock."""
        backend = self._backend
        with backend.write_connection() as connection, backend.translate_errors():
            return visible_at.first_commit_after(connection, version)

    def _read_frame(
        self,
        table: sa.Table,
        dtypes: dict[str, str],
        after: int = 0,
        convert: Callable[[sa.Connection, pd.DataFrame], pd.DataFrame] | None = None,
    ) -> pd.DataFrame:
        (key,) = table.primary_key
        query = sa.select(*(table.c[name] for name in dtypes)).where(key > after).order_by(key)
        with self._read_connection() as connection:
            frame = frame_reader.read_frame(connection, query, dtypes)
            return convert(connection, frame) if convert else frame

    def withdraw(self, batch: int, at: datetime, actor: str, reason: str = "") -> int:
        """Withdraw every row of a batch that no other batch supports; return how many."""
        backend = self._backend
        with backend.write_connection() as connection, backend.translate_errors():
            return store_withdrawals.withdraw(
                backend, connection, batch, to_micros(at), actor, reason, self._clock
            )

    def count_rows_in_other_batches(self, batch: int) -> dict[int, int]:
        """Count the valid rows of this batch that each other batch delivered too."""
        with self._backend.read_connection() as connection:
            return repeated_rows.count_rows_in_other_batches(connection, batch)

    def quarantined_rows(
        self,
        feed: str | None = None,
        *,
        include_released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[QuarantinedRow]:
        """Return rows in quarantine, oldest first."""
        with self._read_connection() as connection:
            return read_quarantine(connection, feed, released=include_released, numbers=numbers)

    def quarantine_counts(self) -> dict[str, int]:
        """Return how many rows wait in quarantine, by feed."""
        with self._read_connection() as connection:
            return count_waiting(connection)

    def quarantine_entries(self, after: int = 0) -> pd.DataFrame:
        """Return the rows that entered quarantine after a number."""
        return self._read_frame(schema.quarantine, _ENTRY_DTYPES, after)

    def quarantine_releases(self, after: int = 0) -> pd.DataFrame:
        """Return the releases from quarantine after a number."""
        with self._read_connection() as connection:
            return read_releases(connection, after)

    def quarantine_frame(self, at: datetime | None = None) -> pd.DataFrame:
        """Return the rows that wait, or waited at a moment, without their cells."""
        with self._read_connection() as connection:
            return read_quarantine_frame(connection, None if at is None else to_micros(at))

    def put_note(self, key: str, value: Any, at: datetime, actor: str) -> None:
        """Store a note. Raises TypeError or ValueError for a value outside JSON."""
        text, at_us = json.dumps(value, allow_nan=False), to_micros(at)
        backend = self._backend
        with backend.write_connection() as connection, backend.translate_errors():
            row = {"key": clean_text(key), "value": text, "at": at_us, "actor": clean_text(actor)}
            backend.append(connection, schema.notes, row)
            detail = {"key": key, HASHES_KEY: row_digests.hash_last_row(connection, schema.notes)}
            audit_log.append_entry(
                backend, connection, at_us, actor, "note", detail, changes_data=True
            )
            connection.commit()

    def latest_notes(self) -> dict[str, Any]:
        """Return the newest value of each key."""
        with self._read_connection() as connection:
            return read_notes(connection)

    def latest_note(self, key: str) -> Any:
        """Return the newest value of this key; None where there is none."""
        with self._read_connection() as connection:
            return read_note(connection, clean_text(key))

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
        """Store an access record. Raises TypeError or ValueError for a value outside JSON."""
        text, at_us = json.dumps(value, allow_nan=False), to_micros(at)
        backend = self._backend
        with backend.write_connection() as connection, backend.translate_errors():
            access_records.write(backend, connection, kind, name, text, at_us, actor, expected_seq)
            if action is not None:
                hashes = {HASHES_KEY: row_digests.hash_last_row(connection, schema.access)}
                entry_detail = {**(detail or {}), **hashes}
                audit_log.append_entry(
                    backend, connection, at_us, actor, action, entry_detail, changes_data=False
                )
            connection.commit()

    def latest_records(
        self, kind: str, name: str | None = None, *, after: int = 0
    ) -> dict[str, Any]:
        """Return the newest access records of a kind."""
        with self._read_connection() as connection:
            return access_records.read(connection, kind, name, after)

    def access_version(self) -> int:
        """Return the number of the newest access record."""
        with self._read_connection() as connection:
            return access_records.version(connection)

    def access_position(self, number: int | None = None) -> tuple[int, str]:
        """Return number and digest of an access record."""
        with self._read_connection() as connection:
            return access_records.read_position(connection, number)

    def log_audit(self, action: str, actor: str, at: datetime, detail: dict[str, Any]) -> None:
        """Add an audit log entry. Raises TypeError or ValueError for a detail outside JSON."""
        backend = self._backend
        with backend.write_connection() as connection, backend.translate_errors():
            audit_log.append_entry(
                backend, connection, to_micros(at), actor, action, detail, changes_data=False
            )
            connection.commit()

    def audit_head(self) -> tuple[int, str]:
        """Return number and hash of the newest audit log entry."""
        with self._read_connection() as connection:
            return audit_log.read_head(connection)

    def verify(self, expected_hash: str | None = None) -> list[str]:
        """Return the breaks found in the audit log and the rows."""
        backend = self._backend
        with self._read_connection() as connection:
            return row_proof.verify(backend, connection, expected_hash)

    def wait(self) -> None:
        """Wait for a possible new version."""
        self._backend.wait()

    def is_leader(self, job: str) -> bool:
        """Return whether this process alone does the job now."""
        return self._backend.is_leader(job)

    @contextmanager
    def raw_snapshot(self) -> Iterator[RawSnapshot]:
        """Open one unchanging state of all tables."""
        backend = self._backend
        with backend.read_connection() as connection:
            yield RawSnapshot(backend, connection)

    @contextmanager
    def raw_import(self) -> Iterator[RawImport]:
        """Import rows of another store, under the write lock."""
        backend = self._backend
        with backend.write_connection() as connection, backend.translate_errors():
            yield RawImport(backend, connection)

    def close(self) -> None:
        """Release files and connections."""
        self._backend.close()
