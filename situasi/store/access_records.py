"""Access records: accounts, sessions, keys, links. The newest is valid, older ones are kept."""

import json
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.engines.engine import WriteTransaction
from situasi.store.model import ConflictError
from situasi.store.row_encoding import clean_text

_RECORD = schema.access.c


def write_record(
    write: WriteTransaction, kind: str, name: str, value: str, expected_seq: int | None
) -> None:
    """Add a record, under the write lock, so that nothing comes between check and write."""
    if expected_seq is not None:
        newest = sa.select(sa.func.max(_RECORD.seq)).where(_matches(kind, name))
        if (write.connection.execute(newest).scalar() or 0) > expected_seq:
            raise ConflictError(
                f"{kind} {name} baru saja diubah orang lain. Muat ulang, lalu ulangi."
            )
    record = {"kind": clean_text(kind), "name": clean_text(name), "value": value}
    record |= {"actor": clean_text(write.actor)}
    write.backend.append(write.connection, schema.access, {**record, "at": write.at_us})


def read(connection: sa.Connection, kind: str, name: str | None, after: int = 0) -> dict[str, Any]:
    """Return the newest value of each name (recorded after this number), in alphabetical order."""
    if after:
        return _read_after(connection, kind, name, after)
    newest = sa.select(sa.func.max(_RECORD.seq)).where(_matches(kind, name)).group_by(_RECORD.name)
    query = sa.select(_RECORD.kind, _RECORD.name, _RECORD.value).where(_RECORD.seq.in_(newest))
    records = connection.execute(query.order_by(_RECORD.name)).all()
    name_count = connection.execute(sa.select(sa.func.count()).select_from(newest.subquery()))
    # Without accounts the dashboard is open to all: none may be lost to a damaged page.
    if name_count.scalar_one() != len(records) or any(
        record.kind != clean_text(kind) for record in records
    ):
        raise ValueError(f"records of {kind} are missing")
    return {record.name: json.loads(record.value) for record in records}


def _read_after(
    connection: sa.Connection, kind: str, name: str | None, after: int
) -> dict[str, Any]:
    """Return the same for new records only: found by number, for a kind has many records."""
    query = sa.select(_RECORD.kind, _RECORD.name, _RECORD.value).where(_RECORD.seq > after)
    newest = {
        record.name: record.value
        for record in connection.execute(query.order_by(_RECORD.seq))
        if record.kind == clean_text(kind) and (name is None or record.name == clean_text(name))
    }
    return {name: json.loads(newest[name]) for name in sorted(newest)}


def version(connection: sa.Connection) -> int:
    """Return the number of the newest record; 0 without any."""
    return int(connection.execute(sa.select(sa.func.max(_RECORD.seq))).scalar() or 0)


def read_position(connection: sa.Connection, number: int | None) -> tuple[int, str]:
    """Return number and digest of a record (see Store.access_position)."""
    query = sa.select(*schema.access.c)
    newest = query.order_by(_RECORD.seq.desc()).limit(1)
    result = connection.execute(newest if number is None else query.where(_RECORD.seq == number))
    row = result.first()
    if row is None:
        return number or 0, ""
    return int(row.seq), sha256(json.dumps(list(row), default=repr).encode()).hexdigest()


def _matches(kind: str, name: str | None) -> sa.ColumnElement[bool]:
    of_kind = _RECORD.kind == clean_text(kind)
    return of_kind if name is None else of_kind & (_RECORD.name == clean_text(name))
