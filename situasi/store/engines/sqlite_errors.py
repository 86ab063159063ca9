"""What the errors of SQLite mean, in words."""

import sqlite3
from pathlib import Path
from typing import Any

from situasi.store.engines.engine import GENERIC_FAILURE
from situasi.store.model import StoreError

MESSAGES_BY_CODE = {
    sqlite3.SQLITE_FULL: "Disk penuh, penyimpanan tidak bertambah. Kosongkan ruang, lalu ulangi.",
    sqlite3.SQLITE_BUSY: "Penyimpanan masih dipakai menulis. Tunggu sebentar, lalu ulangi.",
    sqlite3.SQLITE_READONLY: "Penyimpanan hanya bisa dibaca. Beri izin tulis pada berkasnya.",
    sqlite3.SQLITE_PERM: "Penyimpanan tidak boleh dibuka. Beri izin pada berkas dan foldernya.",
    sqlite3.SQLITE_CANTOPEN: "Penyimpanan tidak bisa dibuka. Periksa folder dan izinnya.",
    sqlite3.SQLITE_CORRUPT: "Penyimpanan rusak. Simpan berkasnya, lalu pulihkan dari cadangan.",
    sqlite3.SQLITE_NOTADB: "Berkas itu bukan penyimpanan Situasi. Pilih berkas lain.",
    sqlite3.SQLITE_IOERR: "Disk gagal membaca atau menulis penyimpanan. Periksa disk, lalu ulangi.",
}


def result_code(error: BaseException) -> int:
    """Return SQLite's primary result code; 0 where the error carries none."""
    code: Any = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", 0)
    return int(code or 0) & 0xFF


def to_store_error(error: BaseException, path: Path) -> StoreError:
    """Build the StoreError for an error with this file."""
    aliases = {sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY}
    code = result_code(error)
    message = MESSAGES_BY_CODE.get(aliases.get(code, code))
    if message:
        return StoreError(message, str(path))
    # The driver's own message: SQLAlchemy's would add the whole statement.
    cause = str(getattr(error, "orig", None) or error)
    return StoreError(GENERIC_FAILURE, f"{path}: {cause}")
