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
from situasi.store.visible_at import Commits

# Rows in memory at a time: of the widest table some 50 MB as Python's own values.
PIECE = 20_000
_FETCHED = 2_000

Row = Sequence[Any]

TABLES: dict[str, sa.Table] = {table.name: table for table in store_schema.metadata.sorted_tables}
# What never leaves the machine on which somebody signs in.
OWN = frozenset({store_schema.access.name})


class State:
    """One unchanging state of a store. Lives inside one `with` block, in one thread."""

    def __init__(self, backend: Backend, connection: sa.Connection) -> None:
        self._backend, self._connection = backend, connection

    def rows(self, table: sa.Table, after: int = 0) -> Iterator[Row]:
        """All cells of the rows numbered above `after`, in their order, read as they are taken."""
        number = key(table)
        asked = sa.select(*table.columns).where(number > after).order_by(number)
        found = self._connection.execute(asked, execution_options={"yield_per": _FETCHED})
        try:
            for rows in found.partitions():
                yield from rows
        finally:
            found.close()

    def pieces(self, table: sa.Table, after: int = 0) -> Iterator[pa.RecordBatch]:
        """The same as record batches of at most PIECE rows, of exactly `schema(table)`."""
        rows, form = self.rows(table, after), schema(table)
        for first in rows:
            yield _batch(chain([first], _take(rows, PIECE - 1)), form)

    def last(self, table: sa.Table) -> int:
        """The highest number in the table; 0 where there is none."""
        return int(self._connection.execute(sa.select(sa.func.max(key(table)))).scalar() or 0)

    def count(self, table: sa.Table, after: int = 0) -> int:
        """How many rows are numbered above `after`."""
        asked = sa.select(sa.func.count()).select_from(table).where(key(table) > after)
        return int(self._connection.execute(asked).scalar_one())

    def head(self) -> tuple[int, str]:
        """Number and seal of the newest entry of the trail."""
        return audit_log.newest(self._connection)

    def commits(self) -> Commits:
        """When rows of batches, and withdrawals, could first be seen: their cells say otherwise."""
        return Commits(self._connection)

    def undone(self) -> set[int]:
        """The batches that were taken back."""
        return set(self._connection.execute(visible_at.undone()).scalars())

    def began(self) -> datetime | None:
        """The time of the first entry of the trail."""
        entry = store_schema.audit.c
        first = self._connection.execute(sa.select(entry.at).order_by(entry.seq).limit(1)).scalar()
        return None if first is None else from_micros(int(first))

    def seal(self, number: int) -> str | None:
        """The seal of this entry of the trail; BEGINNING before the first, None for none."""
        return audit_log.seal_at(self._connection, number)

    def entries(self, after: int = 0) -> Iterator[tuple[Any, ...]]:
        """The trail above a number, as `trail.COLUMNS`."""
        return audit_log.entries(self._connection, *audit_log.COLUMNS, after=after)

    def breaks(self, head: str | None = None) -> list[str]:
        """What is broken in the trail, and which rows were changed (Store.verify)."""
        return row_proof.verify(self._backend, self._connection, head)

    def is_empty(self, *, but: Iterable[str] = ()) -> bool:
        """Whether nothing was ever stored here, save in these tables."""
        if self._backend.given(self._connection, store_schema.audit):
            return False
        return not any(self.last(table) for name, table in TABLES.items() if name not in set(but))


class Placing(State):
    """A state that rows are added to, under the write lock; all of them, or none."""

    def __init__(self, backend: Backend, connection: sa.Connection) -> None:
        super().__init__(backend, connection)
        self.head()  # the first statement takes the lock

    def place(self, table: sa.Table, names: Sequence[str], rows: Iterable[Row]) -> int:
        """Add these rows, their numbers included; how many."""
        return self._backend.place(self._connection, table, names, rows)

    def tell(self, at: int, actor: str, action: str, detail: dict[str, Any]) -> None:
        """An entry of the trail that moves nothing."""
        audit_log.write(self._backend, self._connection, at, actor, action, detail, moves=False)

    def commit(self) -> None:
        """What was placed is there, and known to all who wait."""
        self._backend.announce(self._connection)
        self._connection.commit()


def key(table: sa.Table) -> sa.Column[Any]:
    """The column that numbers the rows."""
    (column,) = table.primary_key
    return column


def names(table: sa.Table) -> list[str]:
    """All columns, in the order in which `State.rows` gives them."""
    return [column.name for column in table.columns]


def schema(table: sa.Table) -> pa.Schema:
    """The table as Arrow says it: whole numbers (moments too: microseconds) in 64 bits."""
    return pa.schema([
        pa.field(column.name, _kind(column), nullable=bool(column.nullable))
        for column in table.columns
    ])  # fmt: skip


def fingerprint() -> str:
    """A word for all tables and their columns: another once any of them is another."""
    told = {name: schema(table).to_string() for name, table in sorted(TABLES.items())}
    return sha256(json.dumps(told).encode()).hexdigest()[:12]


_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], pa.DataType], ...] = (
    (sa.Boolean, pa.bool_()),
    (sa.Integer, pa.int64()),
    (sa.Double, pa.float64()),
    (sa.LargeBinary, pa.binary()),
    (sa.Text, pa.string()),
)


def _kind(column: sa.Column[Any]) -> pa.DataType:
    return next(kind for known, kind in _KINDS if isinstance(column.type, known))


def _take(rows: Iterator[Row], most: int) -> Iterator[Row]:
    for _, row in zip(range(most), rows, strict=False):
        yield row


def _batch(rows: Iterable[Row], form: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    cells = [pa.array(column, field.type) for column, field in zip(columns, form, strict=True)]
    return pa.RecordBatch.from_arrays(cells, schema=form)
