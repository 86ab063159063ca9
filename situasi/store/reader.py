"""The reading half of the store, the same for every engine."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd
import sqlalchemy as sa

from situasi.domain.feed_schemas import Feed, stored_dtypes
from situasi.store import (
    access_records,
    frame_reader,
    repeated_rows,
    schema,
    visible_at,
    waiting_items,
)
from situasi.store.audit import hash_chain, row_proof
from situasi.store.backup.raw_tables import RawSnapshot
from situasi.store.delivery_table import BATCH_DTYPES
from situasi.store.engines.engine import Backend
from situasi.store.model import QuarantinedRow, Scope, StoreError, WaitingItem
from situasi.store.quarantine_queries import (
    count_corrected,
    count_waiting,
    read_note,
    read_notes,
    read_quarantine,
    read_quarantine_frame,
    read_releases,
)
from situasi.store.row_encoding import clean_text
from situasi.store.timestamps import to_micros

P = ParamSpec("P")
T = TypeVar("T")
_UNREADABLE = "Penyimpanan rusak: ada isi yang tidak terbaca. Pulihkan dari cadangan."
WITHDRAWAL_DTYPES = {
    "seq": "int64",
    "feed": "object",
    "row_seq": "int64",
    "batch": "int64",
    "recorded_at": frame_reader.TIME_DTYPE,
}
_ENTRY_DTYPES = {"seq": "int64", "feed": "object"}


class StoreReader:
    """What can be read from a store. Every method may be called from any thread and process."""

    def __init__(self, backend: Backend) -> None:
        self._opened_backend = backend
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

    def _read(
        self, read: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what this function reads from one unchanging state."""
        with self._read_connection() as connection:
            return read(connection, *args, **kwargs)

    def scope(self) -> Scope | None:
        """Return the scope recorded in the store itself; None where it records none (yet)."""
        return self._backend.scope

    def version(self) -> int:
        """Return a number that grows with every commit that changes data; 0 for an empty store."""
        return self._read(hash_chain.read_version)

    def rows_after(self, feed: Feed, after: int = 0) -> pd.DataFrame:
        """Return the rows of a feed above a `seq`, in order (feed_schemas.stored_dtypes)."""
        rows = visible_at.select_feed_rows(feed.name)
        return self._read_frame(rows, stored_dtypes(feed), after)

    def withdrawals(self, after: int = 0) -> pd.DataFrame:
        """Return withdrawn rows with `seq` above `after`: seq, feed, row_seq, batch, recorded_at.

        batch: the withdrawn batch; for a row that remained valid through a repeat, the repeating
        batch.
        """
        return self._read_frame(visible_at.select_withdrawals(), WITHDRAWAL_DTYPES, after)

    def batches(self, after: int = 0) -> pd.DataFrame:
        """Return the batches above `after`.

        Columns batch, feed, source, sha256, recorded_at, actor and the three counts.
        """
        batch = schema.batches.c
        names = ("committed_at" if name == "recorded_at" else name for name in BATCH_DTYPES)
        columns = [batch[name] for name in names]
        query = sa.select(*columns).where(batch.batch > after)
        return self._read(frame_reader.read_frame, query.order_by(batch.batch), BATCH_DTYPES)

    def count_rows_in_other_batches(self, batch: int) -> dict[int, int]:
        """Count the valid rows of this batch that each other batch delivered too."""
        with self._backend.read_connection() as connection:
            return repeated_rows.count_rows_in_other_batches(connection, batch)

    def withdrawn_batches(self) -> set[int]:
        """Return the batches that were withdrawn."""
        return self._read(visible_at.read_withdrawn_batches)

    def count_corrected(self, batches: Collection[int]) -> dict[int, int]:
        """Count the quarantined rows of these batches by the batch that settled them."""
        return self._read(count_corrected, batches)

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
        return self._read(read_quarantine, feed, released=include_released, numbers=numbers)

    def quarantine_counts(self) -> dict[str, int]:
        """Return how many rows wait in quarantine, by feed; feeds without any are left out."""
        return self._read(count_waiting)

    def quarantine_entries(self, after: int = 0) -> pd.DataFrame:
        """Return the rows that entered quarantine: columns seq, feed; `seq` above `after`."""
        return self._read_frame(schema.quarantine, _ENTRY_DTYPES, after)

    def quarantine_releases(self, after: int = 0) -> pd.DataFrame:
        """Return releases with `seq` above `after`: seq, number (of the row), batch, feed."""
        return self._read(read_releases, after)

    def quarantine_frame(self, at: datetime | None = None) -> pd.DataFrame:
        """Return the rows that wait, or waited at a moment, without their cells, oldest first.

        Columns number, batch, feed, source, row, reasons (JSON text: a list), recorded_at.
        """
        return self._read(read_quarantine_frame, None if at is None else to_micros(at))

    def waiting_items(
        self,
        kind: str | None = None,
        *,
        numbers: Sequence[int] | None = None,
        include_settled: bool = False,
    ) -> list[WaitingItem]:
        """Return the files and messages that wait (or all), oldest first, without their contents.

        kind: "file" or "message"; None: both. numbers: only these; unknown ones are ignored.
        """
        read = waiting_items.read
        return self._read(read, kind, numbers=numbers, include_settled=include_settled)

    def waiting_counts(self) -> dict[str, int]:
        """Return how many items wait, by kind; kinds without any are left out."""
        return self._read(waiting_items.count)

    def waiting_content(self, number: int) -> Any:
        """Return the content of a waiting (or settled) item; None where there is none."""
        return self._read(waiting_items.read_content, number)

    def latest_notes(self) -> dict[str, Any]:
        """Return the newest value of each key."""
        return self._read(read_notes)

    def latest_note(self, key: str) -> Any:
        """Return the newest value of this key; None where there is none."""
        return self._read(read_note, clean_text(key))

    def latest_records(
        self, kind: str, name: str | None = None, *, after: int = 0
    ) -> dict[str, Any]:
        """Return the newest value of each name of this kind (or of that one name).

        after: only names with a record newer than this `access_version()`.
        """
        return self._read(access_records.read, kind, name, after)

    def access_version(self) -> int:
        """Return a number that grows with every `put_record`, and only then; 0 before the first."""
        return self._read(access_records.version)

    def access_position(self, number: int | None = None) -> tuple[int, str]:
        """Return number and digest of the newest access record, or of the one with this number.

        The number is `access_version()`. Another store at the same number has another digest.
        Returns (number, "") where there is no such record.
        """
        return self._read(access_records.read_position, number)

    def audit_entries(self, after: int = 0, *, action: str | None = None) -> pd.DataFrame:
        """Return the audit log, `seq` above `after`: seq, at, actor, action, detail, moves, chain.

        One row per commit that changed data (`moves`), and one per other recorded action. `detail`
        is JSON text; `chain` is the hash that links the entry to the one before it. action: only
        entries with this action.
        """
        entry = schema.audit.c
        query = sa.select(*(entry[name] for name in hash_chain.COLUMNS)).where(entry.seq > after)
        if action is not None:
            query = query.where(entry.action == action)
        return self._read(frame_reader.read_frame, query.order_by(entry.seq), hash_chain.COLUMNS)

    def audit_head(self) -> tuple[int, str]:
        """Return number and hash of the newest audit log entry, to be written down elsewhere."""
        return self._read(hash_chain.read_head)

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of this audit log entry; GENESIS_HASH for 0, None where there is none."""
        return self._read(hash_chain.read_hash, number)

    def verify(self, expected_hash: str | None = None) -> list[str]:
        """Return every break in the audit log, and every row that differs from its recorded hash.

        One sentence each in Indonesian; empty when all is intact. expected_hash: a hash that was
        written down earlier; it must still be on the chain. Without it, an audit log that was
        rewritten from start to end looks intact.
        """
        with self._read_connection() as connection:
            return row_proof.verify(self._backend, connection, expected_hash)

    @contextmanager
    def raw_snapshot(self) -> Iterator[RawSnapshot]:
        """Open one unchanging state of all tables, with their rows as stored."""
        with self._backend.read_connection() as connection:
            yield RawSnapshot(self._backend, connection)

    def wait(self) -> None:
        """Return when asking for a new version is useful: when notified, or after a while."""
        self._backend.wait()

    def close(self) -> None:
        """Release files and connections."""
        self._backend.close()

    def _read_frame(self, rows: sa.FromClause, dtypes: dict[str, str], after: int) -> pd.DataFrame:
        query = sa.select(*(rows.c[name] for name in dtypes)).where(rows.c.seq > after)
        return self._read(frame_reader.read_frame, query.order_by(rows.c.seq), dtypes)
