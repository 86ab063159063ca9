"""Rows of the store as they are, table by table: to be kept elsewhere, and put back the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from situasi.store import schema as store_schema
from situasi.store import visible_at
from situasi.store.audit import audit_log, row_proof
from situasi.store.engines.engine import Backend
from situasi.store.timestamps import from_micros
from situasi.store.visible_at import CommitTimes

# Rows in memory at a time: of the widest table some 50 MB as Python's own values.
CHUNK_ROWS = 20_000
_FETCH_ROWS = 2_000

Row = Sequence[Any]

TABLES: dict[str, sa.Table] = {table.name: table for table in store_schema.metadata.sorted_tables}
# What never leaves the machine on which somebody signs in.
LOCAL_TABLES = frozenset({store_schema.access.name})


class RawSnapshot:
    """One unchanging state of a store. Lives inside one `with` block, in one thread."""

    def __init__(self, backend: Backend, connection: sa.Connection) -> None:
        self._backend, self._connection = backend, connection

    def rows(self, table: sa.Table, after: int = 0) -> Iterator[Row]:
        """All cells of the rows numbered above `after`, in their order, read as they are taken."""
        number = key_column(table)
        asked = sa.select(*table.columns).where(number > after).order_by(number)
        found = self._connection.execute(asked, execution_options={"yield_per": _FETCH_ROWS})
        try:
            for rows in found.partitions():
                yield from rows
        finally:
            found.close()

    def iter_chunks(self, table: sa.Table, after: int = 0) -> Iterator[pa.RecordBatch]:
        """The same as record batches of at most PIECE rows, of exactly `schema(table)`."""
        rows, form = self.rows(table, after), arrow_schema(table)
        for first in rows:
            yield _build_record_batch(chain([first], _take_rows(rows, CHUNK_ROWS - 1)), form)

    def last_number(self, table: sa.Table) -> int:
        """The highest number in the table; 0 where there is none."""
        return int(
            self._connection.execute(sa.select(sa.func.max(key_column(table)))).scalar() or 0
        )

    def count_rows(self, table: sa.Table, after: int = 0) -> int:
        """How many rows are numbered above `after`."""
        asked = sa.select(sa.func.count()).select_from(table).where(key_column(table) > after)
        return int(self._connection.execute(asked).scalar_one())

    def audit_head(self) -> tuple[int, str]:
        """Number and seal of the newest entry of the trail."""
        return audit_log.read_head(self._connection)

    def commit_times(self) -> CommitTimes:
        """When rows of batches, and withdrawals, could first be seen: their cells say otherwise."""
        return CommitTimes(self._connection)

    def withdrawn_batches(self) -> set[int]:
        """The batches that were taken back."""
        return set(self._connection.execute(visible_at.select_withdrawn_batches()).scalars())

    def first_entry_time(self) -> datetime | None:
        """The time of the first entry of the trail."""
        entry = store_schema.audit.c
        first = self._connection.execute(sa.select(entry.at).order_by(entry.seq).limit(1)).scalar()
        return None if first is None else from_micros(int(first))

    def audit_hash(self, number: int) -> str | None:
        """The seal of this entry of the trail; BEGINNING before the first, None for none."""
        return audit_log.read_hash(self._connection, number)

    def audit_entries(self, after: int = 0) -> Iterator[tuple[Any, ...]]:
        """The trail above a number, as `trail.COLUMNS`."""
        return audit_log.iter_entries(self._connection, *audit_log.COLUMNS, after=after)

    def find_breaks(self, expected_hash: str | None = None) -> list[str]:
        """What is broken in the trail, and which rows were changed (Store.verify)."""
        return row_proof.verify(self._backend, self._connection, expected_hash)

    def is_empty(self, *, except_tables: Iterable[str] = ()) -> bool:
        """Whether nothing was ever stored here, save in these tables."""
        if self._backend.last_issued_number(self._connection, store_schema.audit):
            return False
        return not any(
            self.last_number(table)
            for name, table in TABLES.items()
            if name not in set(except_tables)
        )


class RawImport(RawSnapshot):
    """A state that rows are added to, under the write lock; all of them, or none."""

    def __init__(self, backend: Backend, connection: sa.Connection) -> None:
        super().__init__(backend, connection)
        self.audit_head()  # the first statement takes the lock

    def import_rows(self, table: sa.Table, names: Sequence[str], rows: Iterable[Row]) -> int:
        """Add these rows, their numbers included; how many."""
        return self._backend.import_rows(self._connection, table, names, rows)

    def log_audit(self, at_us: int, actor: str, action: str, detail: dict[str, Any]) -> None:
        """An entry of the trail that moves nothing."""
        audit_log.append_entry(
            self._backend, self._connection, at_us, actor, action, detail, changes_data=False
        )

    def commit(self) -> None:
        """What was placed is there, and known to all who wait."""
        self._backend.notify_changed(self._connection)
        self._connection.commit()


def key_column(table: sa.Table) -> sa.Column[Any]:
    """The column that numbers the rows."""
    (column,) = table.primary_key
    return column


def column_names(table: sa.Table) -> list[str]:
    """All columns, in the order in which `State.rows` gives them."""
    return [column.name for column in table.columns]


def arrow_schema(table: sa.Table) -> pa.Schema:
    """The table as Arrow says it: whole numbers (moments too: microseconds) in 64 bits."""
    return pa.schema([
        pa.field(column.name, _arrow_type(column), nullable=bool(column.nullable))
        for column in table.columns
    ])  # fmt: skip


def schema_fingerprint() -> str:
    """A word for all tables and their columns: another once any of them is another."""
    told = {name: arrow_schema(table).to_string() for name, table in sorted(TABLES.items())}
    return sha256(json.dumps(told).encode()).hexdigest()[:12]


_ARROW_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], pa.DataType], ...] = (
    (sa.Boolean, pa.bool_()),
    (sa.Integer, pa.int64()),
    (sa.Double, pa.float64()),
    (sa.LargeBinary, pa.binary()),
    (sa.Text, pa.string()),
)


def _arrow_type(column: sa.Column[Any]) -> pa.DataType:
    return next(kind for known, kind in _ARROW_TYPES if isinstance(column.type, known))


def _take_rows(rows: Iterator[Row], max_rows: int) -> Iterator[Row]:
    for _, row in zip(range(max_rows), rows, strict=False):
        yield row


def _build_record_batch(rows: Iterable[Row], arrow_fields: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    cells = [
        pa.array(column, field.type) for column, field in zip(columns, arrow_fields, strict=True)
    ]
    return pa.RecordBatch.from_arrays(cells, schema=arrow_fields)
