"""The store on tables: reading it, and opening deliveries, for every engine alike."""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from situasi.records import Feed, stored_dtypes
from situasi.store import access, frames, tables, trail
from situasi.store.backend import Backend
from situasi.store.canonical import cleaned
from situasi.store.journal import (
    count_waiting,
    newest_note,
    newest_notes,
    read_held,
    read_quarantine,
    read_released,
)
from situasi.store.moments import to_micros
from situasi.store.protocol import Delivery, Quarantined, StoreError, Writing
from situasi.store.scope import Scope
from situasi.store.verbatim import Placing, State
from situasi.store.writing import SqlWriting

_UNREADABLE = "Penyimpanan rusak: ada isi yang tidak terbaca. Pulihkan dari cadangan."
_WITHDRAWALS = {
    "seq": "int64",
    "feed": "object",
    "row_seq": "int64",
    "batch": "int64",
    "recorded_at": frames.MOMENT,
}
_ENTERED = {"seq": "int64", "feed": "object"}
_BATCHES = {
    "batch": "int64",
    "feed": "object",
    "source": "object",
    "sha256": "object",
    "recorded_at": frames.MOMENT,
    "actor": "object",
    "accepted": "int64",
    "duplicate": "int64",
    "quarantined": "int64",
}


class SqlStore:
    """See protocol.Store."""

    def __init__(self, backend: Backend) -> None:
        self._made_ready = backend
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
            return trail.version(connection)

    def seal(self, number: int) -> str | None:
        with self._looking() as connection:
            return trail.seal_at(connection, number)

    @contextmanager
    def deliver(self, delivery: Delivery) -> Iterator[Writing]:
        """See protocol.Store. The write lock is taken by the first `add` or `release`."""
        backend = self._backend
        with backend.writing() as connection:
            writing = SqlWriting(backend, connection, delivery)
            yield writing
            writing.finish()

    def tail(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        return self._frame(tables.feeds[feed.name], stored_dtypes(feed), after)

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        return self._frame(tables.withdrawals, _WITHDRAWALS, after)

    def batches(self, after: int = 0) -> pd.DataFrame:
        return self._frame(tables.batches, _BATCHES, after)

    def audit(self, after: int = 0) -> pd.DataFrame:
        return self._frame(tables.audit, trail.COLUMNS, after)

    def _frame(self, table: sa.Table, dtypes: dict[str, str], after: int = 0) -> pd.DataFrame:
        (key,) = table.primary_key
        columns = [table.c[name] for name in dtypes]
        with self._looking() as connection:
            return frames.read(
                connection, sa.select(*columns).where(key > after).order_by(key), dtypes
            )

    def withdraw(self, batch: int, at: datetime, actor: str, reason: str = "") -> int:
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            taken = _take_back(backend, connection, batch, to_micros(at))
            if taken:
                detail = {"batch": batch, "rows": taken, "reason": reason}
                trail.write(
                    backend, connection, to_micros(at), actor, "withdraw", detail, moves=True
                )
                connection.commit()
            return taken

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
        return self._frame(tables.quarantine, _ENTERED, after)

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
            backend.append(connection, tables.notes, row)
            trail.write(backend, connection, moment, actor, "note", {"key": key}, moves=True)
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
            access.write(backend, connection, kind, name, text, moment, actor, expected_seq)
            if action is not None:
                trail.write(backend, connection, moment, actor, action, detail or {}, moves=False)
            connection.commit()

    def remembered(self, kind: str, name: str | None = None, *, after: int = 0) -> dict[str, Any]:
        with self._looking() as connection:
            return access.read(connection, kind, name, after)

    def access_version(self) -> int:
        with self._looking() as connection:
            return access.version(connection)

    def access_mark(self, number: int | None = None) -> tuple[int, str]:
        with self._looking() as connection:
            return access.mark(connection, number)

    def tell(self, action: str, actor: str, at: datetime, detail: dict[str, Any]) -> None:
        """See protocol.Store. Raises TypeError or ValueError for a detail JSON cannot say."""
        backend = self._backend
        with backend.writing() as connection, backend.speaking():
            trail.write(backend, connection, to_micros(at), actor, action, detail, moves=False)
            connection.commit()

    def head(self) -> tuple[int, str]:
        with self._looking() as connection:
            return trail.newest(connection)

    def verify(self, head: str | None = None) -> list[str]:
        backend = self._backend
        with self._looking() as connection:
            return trail.verify(backend, connection, head)

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


def _take_back(backend: Backend, connection: sa.Connection, batch: int, at: int) -> int:
    """Add a withdrawal for each row of the batch that has none; how many."""
    name = connection.execute(
        sa.select(tables.batches.c.feed).where(tables.batches.c.batch == batch)
    ).scalar_one_or_none()
    if name is None:
        raise StoreError(f"Batch {batch} tidak ada. Periksa nomornya.")
    row, taken = tables.feeds[name].c, tables.withdrawals.c
    # Of this batch alone, and not row by row: an engine that has not counted its tables yet
    # would read all withdrawals for each row.
    already = sa.select(taken.row_seq).where(taken.feed == name, taken.batch == batch)
    first, end = (
        _first_of(connection, tables.feeds[name], number) for number in (batch, batch + 1)
    )
    valid = (
        sa.select(row.seq, sa.literal(name), row.batch, sa.literal(at), row.digest)
        .where(row.seq >= first, row.seq < end, row.seq.not_in(already))
        .order_by(row.seq)
    )
    names = ["row_seq", "feed", "batch", "recorded_at", "digest"]
    return backend.append_found(connection, tables.withdrawals, names, valid)


def _first_of(connection: sa.Connection, table: sa.Table, batch: int) -> int:
    """The `seq` where this batch or a later one begins. Both only grow, so it is closed in on."""
    seq = table.c.seq
    newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(seq), 0))).scalar_one()

    def batch_from(number: int) -> int:
        first = sa.select(table.c.batch).where(seq >= number).order_by(seq).limit(1)
        return int(connection.execute(first).scalar_one())

    return 1 + bisect_left(range(1, int(newest) + 1), batch, key=batch_from)
