"""Records of access: accounts, sessions, keys, links. Newest stands, older ones are kept."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.engines.engine import Backend
from situasi.store.interface import ConflictError
from situasi.store.row_encoding import clean_text

_RECORD = schema.access.c


def write(
    backend: Backend,
    connection: sa.Connection,
    kind: str,
    name: str,
    value: str,
    at_us: int,
    actor: str,
    expected_seq: int | None,
) -> None:
    """One more record. Under the write lock, so that nothing comes between look and deed."""
    record = {"kind": clean_text(kind), "name": clean_text(name)}
    if expected_seq is not None:
        newest = sa.select(sa.func.max(_RECORD.seq)).where(_matches(kind, name))
        if (connection.execute(newest).scalar() or 0) > expected_seq:
            raise ConflictError(
                f"{kind} {name} baru saja diubah orang lain. Muat ulang, lalu ulangi."
            )
    record |= {"value": value, "actor": clean_text(actor)}
    backend.append(connection, schema.access, record | {"at": at_us})


def read(connection: sa.Connection, kind: str, name: str | None, after: int = 0) -> dict[str, Any]:
    """The newest value of each name (remembered after this number), in order of the alphabet."""
    if after:
        return _read_after(connection, kind, name, after)
    newest = sa.select(sa.func.max(_RECORD.seq)).where(_matches(kind, name)).group_by(_RECORD.name)
    asked = sa.select(_RECORD.kind, _RECORD.name, _RECORD.value).where(_RECORD.seq.in_(newest))
    found = connection.execute(asked.order_by(_RECORD.name)).all()
    counted = connection.execute(sa.select(sa.func.count()).select_from(newest.subquery()))
    # A board without accounts stands open: none must be missing because a page is broken.
    if counted.scalar_one() != len(found) or any(one.kind != clean_text(kind) for one in found):
        raise ValueError(f"records of {kind} are missing")
    return {one.name: json.loads(one.value) for one in found}


def _read_after(
    connection: sa.Connection, kind: str, name: str | None, after: int
) -> dict[str, Any]:
    """The same for what is new: found by number alone, for the records of a kind are many."""
    asked = sa.select(_RECORD.kind, _RECORD.name, _RECORD.value).where(_RECORD.seq > after)
    newest = {
        record.name: record.value
        for record in connection.execute(asked.order_by(_RECORD.seq))
        if record.kind == clean_text(kind) and (name is None or record.name == clean_text(name))
    }
    return {name: json.loads(newest[name]) for name in sorted(newest)}


def version(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(_RECORD.seq))).scalar() or 0)


def read_position(connection: sa.Connection, number: int | None) -> tuple[int, str]:
    """See protocol.Store.access_mark."""
    asked = sa.select(*schema.access.c)
    newest = asked.order_by(_RECORD.seq.desc()).limit(1)
    record = connection.execute(newest if number is None else asked.where(_RECORD.seq == number))
    found = record.first()
    if found is None:
        return number or 0, ""
    return int(found.seq), sha256(json.dumps(list(found), default=repr).encode()).hexdigest()


def _matches(kind: str, name: str | None) -> sa.ColumnElement[bool]:
    of_kind = _RECORD.kind == clean_text(kind)
    return of_kind if name is None else of_kind & (_RECORD.name == clean_text(name))
