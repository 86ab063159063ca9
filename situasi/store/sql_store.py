"""The store on tables: reading it, and opening deliveries, for every engine alike."""

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
from situasi.store.audit.row_digests import SEALED
from situasi.store.backup.raw_tables import Placing, State
from situasi.store.delivery_writer import SqlWriting
from situasi.store.engines.engine import Backend
from situasi.store.interface import Delivery, Quarantined, Scope, StoreError, Writing
from situasi.store.quarantine_queries import (
    count_waiting,
    newest_note,
    newest_notes,
    read_held,
    read_quarantine,
    read_released,
)
from situasi.store.row_encoding import cleaned
from situasi.store.timestamps import to_micros
from situasi.store.visible_at import Clock

_UNREADABLE = "Penyimpanan rusak: ada isi yang tidak terbaca. Pulihkan dari cadangan."
_WITHDRAWALS = {
    "seq": "int64",
    "feed": "object",
    "row_seq": "int64",
    "batch": "int64",
    "recorded_at": frame_reader.MOMENT,
}
_ENTERED = {"seq": "int64", "feed": "object"}
_BATCHES = {
    "batch": "int64",
    "feed": "object",
    "source": "object",
    "sha256": "object",
    "recorded_at": frame_reader.MOMENT,
    "actor": "object",
    "accepted": "int64",
    "duplicate": "int64",
    "quarantined": "int64",
}


class SqlStore:
    """See protocol.Store."""

    def __init__(self, backend: Backend, clock: Clock | None = None) -> None:
        """clock: asked at each commit; None: a commit is as old as the writing says it began."""
        self._made_ready, self._clock = backend, clock
        self._process = os.getpid()

    @property
    def _backend(self) -> Backend:
        """A forked child leaves its parent's connections alone and opens its own."""
        if self._process != os.getpid():
            self._made_ready.engine.dispose(close=False)
            self._process = os.getpid()
        return self._made_ready

    @contextmanager
    def _looking(self) -> Iterator[sa.Connection]:
        """A connection that sees one unchanging state; cells that are none are a broken store."""
        with self._backend.reading() as connection:
            try:
                yield connection
            except (ValueError, TypeError, OverflowError, RecursionError) as error:
                raise StoreError(_UNREADABLE, f"{type(error).__name__}: {error}") from error

    def scope(self) -> Scope | None:
        return self._backend.scope

    def version(self) -> int:
        with self._looking() as connection:
            return audit_log.version(connection)

    def seal(self, number: int) -> str | None:
        with self._looking() as connection:
            return audit_log.seal_at(connection, number)

    @contextmanager
    def deliver(self, delivery: Delivery) -> Iterator[Writing]:
        """See protocol.Store. The write lock is taken by the first `add` or `release`."""
        backend = self._backend
        with backend.writing() as connection:
            writing = SqlWriting(backend, connection, delivery, self._clock)
            yield writing
            writing.finish()

    def tail(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        return self._frame(schema.feeds[feed.name], stored_dtypes(feed), after, visible_at.as_read)

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        return self._frame(schema.withdrawals, _WITHDRAWALS, after, visible_at.withdrawals_as_read)

    def batches(self, after: int = 0) -> pd.DataFrame:
        batch, when = schema.batches.c, visible_at.batches().c
        columns = [when.at if name == "recorded_at" else batch[name] for name in _BATCHES]
        joined = schema.batches.join(visible_at.batches(), when.batch == batch.batch)
        asked = sa.select(*columns).select_from(joined).where(batch.batch > after)
        with self._looking() as connection:
            return frame_reader.read(connection, asked.order_by(batch.batch), _BATCHES)

    def audit(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        entry = schema.audit.c
        asked = sa.select(*(entry[name] for name in audit_log.COLUMNS)).where(entry.seq > after)
        if action is not None:
            asked = asked.where(entry.action == action)
        with self._looking() as connection:
            return frame_reader.read(connection, asked.order_by(entry.seq), audit_log.COLUMNS)

    def committed_after(self, version: int) -> datetime | None:
        """See protocol.Store. Asked under the write lock: whoever writes is waited for."""
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            return visible_at.committed_after(connection, version)

    def _frame(
        self,
        table: sa.Table,
        dtypes: dict[str, str],
        after: int = 0,
        read: Callable[[sa.Connection, pd.DataFrame], pd.DataFrame] | None = None,
    ) -> pd.DataFrame:
        (key,) = table.primary_key
        asked = sa.select(*(table.c[name] for name in dtypes)).where(key > after).order_by(key)
        with self._looking() as connection:
            found = frame_reader.read(connection, asked, dtypes)
            return read(connection, found) if read else found

    def withdraw(self, batch: int, at: datetime, actor: str, reason: str = "") -> int:
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            return store_withdrawals.withdraw(
                backend, connection, batch, to_micros(at), actor, reason, self._clock
            )

    def brought_elsewhere(self, batch: int) -> dict[int, int]:
        with self._backend.reading() as connection:
            return repeated_rows.elsewhere(connection, batch)

    def quarantine(
        self,
        feed: str | None = None,
        *,
        released: bool = False,
        numbers: Collection[int] | None = None,
    ) -> list[Quarantined]:
        with self._looking() as connection:
            return read_quarantine(connection, feed, released=released, numbers=numbers)

    def waiting(self) -> dict[str, int]:
        with self._looking() as connection:
            return count_waiting(connection)

    def entered(self, after: int = 0) -> pd.DataFrame:
        return self._frame(schema.quarantine, _ENTERED, after)

    def released(self, after: int = 0) -> pd.DataFrame:
        with self._looking() as connection:
            return read_released(connection, after)

    def held(self, at: datetime | None = None) -> pd.DataFrame:
        with self._looking() as connection:
            return read_held(connection, None if at is None else to_micros(at))

    def note(self, key: str, value: Any, at: datetime, actor: str) -> None:
        """See protocol.Store. Raises TypeError or ValueError for a value JSON cannot say."""
        text, moment = json.dumps(value, allow_nan=False), to_micros(at)
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            row = {"key": cleaned(key), "value": text, "at": moment, "actor": cleaned(actor)}
            backend.append(connection, schema.notes, row)
            detail = {"key": key, SEALED: row_digests.seal_of_last(connection, schema.notes)}
            audit_log.write(backend, connection, moment, actor, "note", detail, moves=True)
            connection.commit()

    def notes(self) -> dict[str, Any]:
        with self._looking() as connection:
            return newest_notes(connection)

    def noted(self, key: str) -> Any:
        with self._looking() as connection:
            return newest_note(connection, cleaned(key))

    def remember(
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
        """See protocol.Store. Raises TypeError or ValueError for a value JSON cannot say."""
        text, moment = json.dumps(value, allow_nan=False), to_micros(at)
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            access_records.write(backend, connection, kind, name, text, moment, actor, expected_seq)
            if action is not None:
                sealed = {SEALED: row_digests.seal_of_last(connection, schema.access)}
                told = {**(detail or {}), **sealed}
                audit_log.write(backend, connection, moment, actor, action, told, moves=False)
            connection.commit()

    def remembered(self, kind: str, name: str | None = None, *, after: int = 0) -> dict[str, Any]:
        with self._looking() as connection:
            return access_records.read(connection, kind, name, after)

    def access_version(self) -> int:
        with self._looking() as connection:
            return access_records.version(connection)

    def access_mark(self, number: int | None = None) -> tuple[int, str]:
        with self._looking() as connection:
            return access_records.mark(connection, number)

    def tell(self, action: str, actor: str, at: datetime, detail: dict[str, Any]) -> None:
        """See protocol.Store. Raises TypeError or ValueError for a detail JSON cannot say."""
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            audit_log.write(backend, connection, to_micros(at), actor, action, detail, moves=False)
            connection.commit()

    def head(self) -> tuple[int, str]:
        with self._looking() as connection:
            return audit_log.newest(connection)

    def verify(self, head: str | None = None) -> list[str]:
        backend = self._backend
        with self._looking() as connection:
            return row_proof.verify(backend, connection, head)

    def unsealed(self) -> int:
        with self._looking() as connection:
            return row_proof.unsealed(connection)

    def wait(self) -> None:
        self._backend.wait()

    def alone(self, job: str) -> bool:
        return self._backend.alone(job)

    @contextmanager
    def state(self) -> Iterator[State]:
        backend = self._backend
        with backend.reading() as connection:
            yield State(backend, connection)

    @contextmanager
    def placing(self) -> Iterator[Placing]:
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            yield Placing(backend, connection)

    def close(self) -> None:
        self._backend.close()
