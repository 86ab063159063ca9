"""Which election a file of SQLite belongs to: written in it when it is made, never changed.

The mark is the record numbered 0 of the table `access`: whatever counts, copies or sends records
begins at 1, so it stays with its file, and the triggers of the table keep it from being changed.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.interface import Scope, StoreError

_RECORD_NUMBER = 0
_KIND, _NAME = "store", "election"


def check_scope(connection: sqlite3.Connection, path: Path, scope: Scope | None) -> Scope | None:
    """Return the mark of this file, None where it has none yet.

    Raises StoreError where the file belongs to another scope than this one, by its mark or, in a
    file of an older version that has none, by the kecamatan that its rows name.
    """
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    mark = _read_scope(connection) if schema.access.name in names else None
    if scope is None or mark == scope:
        return mark
    if mark is not None:
        raise StoreError(_format_refusal(f"{mark.contest} {mark.kabupaten}", scope), str(path))
    strange = _foreign_kecamatan(connection, names, scope)
    if strange is not None:
        there = f"baris dari kecamatan {strange}"
        raise StoreError(_format_refusal(there, scope), str(path))
    return None


def check_access(connection: sa.Connection, path: Path) -> None:
    """Raise StoreError where the table of accounts and keys, or an index of it, is broken.

    A page full of noise may read as one without records: the board would stand open.
    """
    found = connection.exec_driver_sql("PRAGMA integrity_check(access)").scalars().all()
    if found != ["ok"]:
        raise StoreError(
            "Penyimpanan rusak pada akun dan kunci. Simpan berkasnya, lalu pulihkan dari cadangan.",
            f"{path}: {' '.join(' '.join(found).split())[:200]}",
        )


def write_scope(connection: sa.Connection, scope: Scope) -> None:
    """Mark the file, under its write lock, unless somebody was quicker."""
    record = schema.access.c
    asked = sa.select(record.value).where(record.seq == _RECORD_NUMBER)
    if connection.execute(asked).first() is None:
        value = json.dumps({"contest": scope.contest, "kabupaten": scope.kabupaten})
        named = {"kind": _KIND, "name": _NAME, "value": value}
        row = {"seq": _RECORD_NUMBER, **named, "at": 0, "actor": ""}  # of no moment and nobody
        connection.execute(sa.insert(schema.access), row)


def _read_scope(connection: sqlite3.Connection) -> Scope | None:
    asked = "SELECT value FROM access WHERE seq = ? AND kind = ? AND name = ?"
    found = connection.execute(asked, (_RECORD_NUMBER, _KIND, _NAME)).fetchone()
    if found is None:
        return None
    try:
        told = json.loads(found[0])
        return Scope(str(told["contest"]), str(told["kabupaten"]))
    except (ValueError, TypeError, KeyError) as error:
        corrupt = sqlite3.DatabaseError("the mark of the file cannot be read")
        corrupt.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise corrupt from error


def _foreign_kecamatan(
    connection: sqlite3.Connection, tables: set[str], scope: Scope
) -> str | None:
    """A kecamatan outside the kabupaten that any row of a feed names."""
    for table in (one.name for one in schema.feeds.values() if one.name in tables):
        if "kecamatan" not in {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}:
            continue
        asked = f"SELECT kecamatan FROM {table} WHERE kecamatan NOT LIKE ? LIMIT 1"
        found = connection.execute(asked, (f"{scope.kabupaten}.%",)).fetchone()
        if found is not None:
            return str(found[0])
    return None


def _format_refusal(content: str, scope: Scope) -> str:
    return (
        f"Penyimpanan ini memuat {content}, bukan {scope.contest} {scope.kabupaten}."
        " Tidak ada yang diubah. Sebut pemilihan berkas itu pada SITUASI_ELECTION, atau"
        " berkas lain untuk pemilihan ini pada SITUASI_STORE atau SITUASI_DATA."
    )
