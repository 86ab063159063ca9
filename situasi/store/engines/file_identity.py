"""The mark in an SQLite file that says to which election it belongs; written once, never changed.

The mark is record number 0 of the table `access`: whatever counts, copies or sends records begins
at 1, so it stays in its file, and the triggers of the table protect it from changes.
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
    """Return the scope marked in this file, None where it has no mark yet.

    Raises StoreError where the file belongs to another scope, by its mark or, in an unmarked file
    of an older version, by the kecamatan named in its rows.
    """
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    marked_scope = _read_scope(connection) if schema.access.name in names else None
    if scope is None or marked_scope == scope:
        return marked_scope
    if marked_scope is not None:
        raise StoreError(
            _format_refusal(f"{marked_scope.contest} {marked_scope.kabupaten}", scope), str(path)
        )
    kecamatan = _foreign_kecamatan(connection, names, scope)
    if kecamatan is not None:
        content = f"baris dari kecamatan {kecamatan}"
        raise StoreError(_format_refusal(content, scope), str(path))
    return None


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


def _foreign_kecamatan(
    connection: sqlite3.Connection, tables: set[str], scope: Scope
) -> str | None:
    """Return a kecamatan outside the kabupaten that any feed row names; None if there is none."""
    for table in (
        feed_table.name for feed_table in schema.feeds.values() if feed_table.name in tables
    ):
        if "kecamatan" not in {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}:
            continue
        query = f"SELECT kecamatan FROM {table} WHERE kecamatan NOT LIKE ? LIMIT 1"
        match = connection.execute(query, (f"{scope.kabupaten}.%",)).fetchone()
        if match is not None:
            return str(match[0])
    return None


def _format_refusal(content: str, scope: Scope) -> str:
    return (
        f"Penyimpanan ini memuat {content}, bukan {scope.contest} {scope.kabupaten}."
        " Tidak ada yang diubah. Sebut pemilihan berkas itu pada SITUASI_ELECTION, atau"
        " berkas lain untuk pemilihan ini pada SITUASI_STORE atau SITUASI_DATA."
    )
