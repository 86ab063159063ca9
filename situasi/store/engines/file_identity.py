"""The mark in an SQLite file that says to which election it belongs; written once, never changed.

The mark is record number 0 of the table `access`: whatever counts, copies or sends records begins
at 1, so it stays in its file, and the triggers of the table protect it from changes.
"""

import json
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.model import Scope, StoreError

_RECORD_NUMBER = 0
_KIND, _NAME = "store", "election"


def check_scope(connection: sqlite3.Connection, path: Path, scope: Scope | None) -> Scope | None:
    """Return the scope marked in this file, None where it has no mark yet.

    Raises StoreError where it is marked with another scope.
    """
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    marked_scope = _read_scope(connection) if schema.access.name in names else None
    if scope is None or marked_scope == scope:
        return marked_scope
    if marked_scope is None:
        return None
    raise StoreError(
        f"Penyimpanan ini memuat {marked_scope.contest} {marked_scope.kabupaten}, bukan"
        f" {scope.contest} {scope.kabupaten}. Tidak ada yang diubah. Sebut pemilihan berkas itu"
        " pada SITUASI_ELECTION, atau berkas lain untuk pemilihan ini pada SITUASI_STORE atau"
        " SITUASI_DATA.",
        str(path),
    )


def check_access(connection: sa.Connection, path: Path) -> None:
    """Raise StoreError where the table of accounts and keys, or an index of it, is damaged.

    A damaged page may read as empty: without accounts the dashboard would be open to everyone.
    """
    results = connection.exec_driver_sql("PRAGMA integrity_check(access)").scalars().all()
    if results != ["ok"]:
        raise StoreError(
            "Penyimpanan rusak pada akun dan kunci. Simpan berkasnya, lalu pulihkan dari cadangan.",
            f"{path}: {' '.join(' '.join(results).split())[:200]}",
        )


def write_scope(connection: sa.Connection, scope: Scope) -> None:
    """Mark the file, under its write lock, unless another process was quicker."""
    record = schema.access.c
    query = sa.select(record.value).where(record.seq == _RECORD_NUMBER)
    if connection.execute(query).first() is None:
        value = json.dumps({"contest": scope.contest, "kabupaten": scope.kabupaten})
        fields = {"kind": _KIND, "name": _NAME, "value": value}
        row = {"seq": _RECORD_NUMBER, **fields, "at": 0, "actor": ""}
        connection.execute(sa.insert(schema.access), row)


def _read_scope(connection: sqlite3.Connection) -> Scope | None:
    query = "SELECT value FROM access WHERE seq = ? AND kind = ? AND name = ?"
    row = connection.execute(query, (_RECORD_NUMBER, _KIND, _NAME)).fetchone()
    if row is None:
        return None
    try:
        values = json.loads(row[0])
        return Scope(str(values["contest"]), str(values["kabupaten"]))
    except (ValueError, TypeError, KeyError) as error:
        corrupt = sqlite3.DatabaseError("the mark of the file cannot be read")
        corrupt.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise corrupt from error
