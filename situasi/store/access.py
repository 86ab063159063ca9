"""Records of access: accounts, sessions, keys, links. Newest stands, older ones are kept."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from situasi.store import tables
from situasi.store.backend import Backend
from situasi.store.canonical import cleaned
from situasi.store.protocol import Overtaken

_RECORD = tables.access.c


def write(
    backend: Backend,
    connection: sa.Connection,
    kind: str,
    name: str,
    value: str,
    at: int,
    actor: str,
    expected_seq: int | None,
) -> None:
    """One more record. Under the write lock, so that nothing comes between look and deed."""
    record = {"kind": cleaned(kind), "name": cleaned(name)}
    if expected_seq is not None:
        newest = sa.select(sa.func.max(_RECORD.seq)).where(_of(kind, name))
        if (connection.execute(newest).scalar() or 0) > expected_seq:
            raise Overtaken(f"{kind} {name} baru saja diubah orang lain. Muat ulang, lalu ulangi.")
    record |= {"value": value, "actor": cleaned(actor)}
    backend.append(connection, tables.access, record | {"at": at})


def read(connection: sa.Connection, kind: str, name: str | None) -> dict[str, Any]:
    """The newest value of each name, names in the order of the alphabet."""
    newest = sa.select(sa.func.max(_RECORD.seq)).where(_of(kind, name)).group_by(_RECORD.name)
    found = connection.execute(
        sa.select(_RECORD.name, _RECORD.value).where(_RECORD.seq.in_(newest)).order_by(_RECORD.name)
    )
    return {name: json.loads(value) for name, value in found}


def version(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(_RECORD.seq))).scalar() or 0)


def _of(kind: str, name: str | None) -> sa.ColumnElement[bool]:
    of_kind = _RECORD.kind == cleaned(kind)
    return of_kind if name is None else of_kind & (_RECORD.name == cleaned(name))
