"""The rows of the store exactly as stored, table by table, for backup and replication."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from situasi.store import schema as store_schema
from situasi.store.audit import hash_chain, row_proof
from situasi.store.engines.engine import Backend, Row, WriteTransaction
from situasi.store.timestamps import from_micros

# Rows in memory at a time: for the widest table some 50 MB of Python values.
CHUNK_ROWS = 20_000
_FETCH_ROWS = 2_000
_LARGE_ROWS = 16  # the same for a table whose cells are whole files

TABLES: dict[str, sa.Table] = {table.name: table for table in store_schema.metadata.sorted_tables}
# Tables that are not replicated: who may sign in, and what nobody has checked yet.
LOCAL_TABLES = frozenset(
    table.name for table in (store_schema.access, store_schema.waiting, store_schema.settlements)
)


class RawSnapshot:
    """One unchanging state of a store, used inside one `with` block, in one thread."""

    def __init__(self, backend: Backend, connection: sa.Connection) -> None:
        self._backend, self._connection = backend, connection

    def rows(self, table: sa.Table, after: int = 0) -> Iterator[Row]:
        """Yield all cells of the rows numbered above `after`, in order, fetched on demand."""
        return self._fetch(_select_rows(table, after))

    def iter_chunks(self, table: sa.Table) -> Iterator[pa.RecordBatch]:
        """Yield the rows numbered from 1 on, in order, as record batches (`iter_query_chunks`)."""
        chunk_rows = _LARGE_ROWS if table is store_schema.waiting else CHUNK_ROWS
        return self.iter_query_chunks(_select_rows(table, 0), chunk_rows)

    def iter_query_chunks(
        self, query: sa.Select[Any], chunk_rows: int = CHUNK_ROWS
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a query as record batches of `arrow_schema`, CHUNK_ROWS rows each."""
        rows = self._fetch(query, min(chunk_rows, _FETCH_ROWS))
        arrow_fields = arrow_schema(query.selected_columns)
        while chunk := list(islice(rows, chunk_rows)):
            yield _build_record_batch(chunk, arrow_fields)

    def _fetch(self, query: sa.Select[Any], fetch_rows: int = _FETCH_ROWS) -> Iterator[Row]:
        result = self._connection.execute(query, execution_options={"yield_per": fetch_rows})
        try:
            for partition in result.partitions():
                yield from partition
        finally:
            result.close()

    def last_number(self, table: sa.Table) -> int:
        """Return the highest number in the table; 0 where there is none."""
        highest = sa.select(sa.func.max(key_column(table)))
        return int(self._connection.execute(highest).scalar() or 0)

    def count_rows(self, table: sa.Table, after: int = 0) -> int:
        """Return how many rows are numbered above `after`."""
        query = sa.select(sa.func.count()).select_from(table).where(key_column(table) > after)
        return int(self._connection.execute(query).scalar_one())

    def audit_head(self) -> tuple[int, str]:
        """Return number and hash of the newest audit log entry."""
        return hash_chain.read_head(self._connection)

    def first_entry_time(self) -> datetime | None:
        """Return the time of the first audit log entry."""
        entry = store_schema.audit.c
        at_us = self._connection.execute(sa.select(entry.at).order_by(entry.seq).limit(1)).scalar()
        return None if at_us is None else from_micros(int(at_us))

    def audit_hash(self, number: int) -> str | None:
        """Return the hash of this audit log entry; GENESIS_HASH for 0, None where there is none."""
        return hash_chain.read_hash(self._connection, number)

    def audit_entries(self, after: int = 0) -> Iterator[tuple[Any, ...]]:
        """Return the audit log above a number, with the columns audit_log.COLUMNS."""
        return hash_chain.iter_entries(self._connection, *hash_chain.COLUMNS, after=after)

    def find_breaks(self, expected_hash: str | None = None) -> list[str]:
        """Return the breaks in the audit log and the changed rows (see Store.verify)."""
        return row_proof.verify(self._backend, self._connection, expected_hash)

    def is_empty(self, *, except_tables: Iterable[str] = ()) -> bool:
        """Return whether nothing was ever stored here, except in these tables."""
        if self._backend.last_issued_number(self._connection, store_schema.audit):
            return False
        others = [table for name, table in TABLES.items() if name not in set(except_tables)]
        return not any(map(self.last_number, others))


class RawImport(RawSnapshot):
    """A state to which rows are added, under the write lock; all of them, or none."""

    def __init__(self, backend: Backend, connection: sa.Connection) -> None:
        super().__init__(backend, connection)
        self.audit_head()  # the first statement takes the lock

    def import_rows(self, table: sa.Table, names: Sequence[str], rows: Iterable[Row]) -> int:
        """Add these rows with their numbers; return how many."""
        return self._backend.import_rows(self._connection, table, names, rows)

    def log_audit(self, at_us: int, actor: str, action: str, detail: dict[str, Any]) -> None:
        """Add an audit log entry that changes no data."""
        write = WriteTransaction(self._backend, self._connection, at_us, actor)
        hash_chain.append_entry(write, action, detail, changes_data=False)

    def commit(self) -> None:
        """Commit the imported rows and notify waiting processes."""
        self._backend.notify_changed(self._connection)
        self._connection.commit()


def _select_rows(table: sa.Table, after: int) -> sa.Select[Any]:
    key = key_column(table)
    return sa.select(*table.columns).where(key > after).order_by(key)


def key_column(table: sa.Table) -> sa.Column[Any]:
    """Return the column that numbers the rows."""
    (column,) = table.primary_key
    return column


def arrow_schema(columns: Iterable[sa.ColumnElement[Any]]) -> pa.Schema:
    """Return the Arrow schema of columns; integers (and times, in microseconds) have 64 bits."""
    return pa.schema([
        pa.field(column.name, _arrow_type(column), nullable=getattr(column, "nullable", True))
        for column in columns
    ])  # fmt: skip


def schema_fingerprint() -> str:
    """Return a short hash over all tables and their columns; it changes with any of them."""
    schemas = {
        name: arrow_schema(table.columns).to_string() for name, table in sorted(TABLES.items())
    }
    return sha256(json.dumps(schemas).encode()).hexdigest()[:12]


_ARROW_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], pa.DataType], ...] = (
    (sa.Boolean, pa.bool_()),
    (sa.Integer, pa.int64()),
    (sa.Double, pa.float64()),
    (sa.LargeBinary, pa.binary()),
    (sa.Text, pa.string()),
)


def _arrow_type(column: sa.ColumnElement[Any]) -> pa.DataType:
    return next(
        arrow_type for sql_type, arrow_type in _ARROW_TYPES if isinstance(column.type, sql_type)
    )


def _build_record_batch(rows: Iterable[Row], arrow_fields: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    cells = [
        pa.array(column, field.type) for column, field in zip(columns, arrow_fields, strict=True)
    ]
    return pa.RecordBatch.from_arrays(cells, schema=arrow_fields)
