"""SQLite as the engine: one file in WAL mode, readers never wait, a commit is on the disk."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.dialects.sqlite import insert

from situasi.store import schema as store_schema
from situasi.store.engines import file_identity, file_mode, sqlite_copy
from situasi.store.engines.engine import GENERIC_FAILURE, WRITE_OPTIONS, Backend, Cells
from situasi.store.interface import Scope, StoreError
from situasi.store.migrations import runner
from situasi.store.migrations.runner import MigrationResult

_log = logging.getLogger(__name__)

_APPLICATION_ID = 0x53495455  # application_id, "SITU": this file is ours
_LOCK_TIMEOUT_S = 30.0  # seconds for another writer to finish
_POLL_S = 0.25  # seconds between two questions for a new version

_NEWER_VERSION = "Penyimpanan dibuat oleh Situasi yang lebih baru. Perbarui Situasi."

_PAGE_BYTES = 16_384  # bytes; a long delivery is written in a quarter of the calls that 4,096 take

_PRAGMAS = (
    "synchronous=FULL",  # acknowledged means durable, power cuts included
    "fullfsync=ON",  # macOS flushes the disk's own cache only when told so
    "cache_size=-32000",  # KiB: the index over digests is written in random order
    "journal_size_limit=67108864",  # give the disk back after a large delivery
)

_MESSAGES_BY_CODE = {
    sqlite3.SQLITE_FULL: "Disk penuh, penyimpanan tidak bertambah. Kosongkan ruang, lalu ulangi.",
    sqlite3.SQLITE_BUSY: "Penyimpanan masih dipakai menulis. Tunggu sebentar, lalu ulangi.",
    sqlite3.SQLITE_READONLY: "Penyimpanan hanya bisa dibaca. Beri izin tulis pada berkasnya.",
    sqlite3.SQLITE_PERM: "Penyimpanan tidak boleh dibuka. Beri izin pada berkas dan foldernya.",
    sqlite3.SQLITE_CANTOPEN: "Penyimpanan tidak bisa dibuka. Periksa folder dan izinnya.",
    sqlite3.SQLITE_CORRUPT: "Penyimpanan rusak. Simpan berkasnya, lalu pulihkan dari cadangan.",
    sqlite3.SQLITE_NOTADB: "Berkas itu bukan penyimpanan Situasi. Pilih berkas lain.",
    sqlite3.SQLITE_IOERR: "Disk gagal membaca atau menulis penyimpanan. Periksa disk, lalu ulangi.",
}


def open_backend(url: sa.URL, scope: Scope | None = None, is_replica: bool = False) -> Backend:
    """Open or create the file that `url` names, with its folder. A file is of one scope.

    Raises StoreError when that cannot be done, the file is of another scope, or it is not a
    store of this or an older version.
    """
    path = _resolve_path(url)
    opened = SqliteBackend(path, scope)
    try:
        with opened.translate_errors():
            file_mode.create_private(path)
            _prepare_file(opened.engine, path)
            _migrate(opened.engine, path)
            opened.scope = _identify_file(opened.engine, path, None if is_replica else scope)
            _watch_file(opened.engine, path)
    except OSError as error:
        opened.engine.dispose()
        sentence = _MESSAGES_BY_CODE[sqlite3.SQLITE_CANTOPEN]
        raise StoreError(sentence, f"{path}: {error.strerror}") from error
    except StoreError:
        opened.engine.dispose()
        raise
    return opened


def upgrade(url: sa.URL, scope: Scope | None = None) -> MigrationResult:
    """See store.upgrade."""
    path = _resolve_path(url)
    if not path.exists():
        raise StoreError("Belum ada penyimpanan di sini.", str(path))
    opened = SqliteBackend(path, scope)
    with closing(opened), opened.translate_errors():
        _prepare_file(opened.engine, path)
        grown = _migrate(opened.engine, path)
        _identify_file(opened.engine, path, scope)
        return grown


def _resolve_path(url: sa.URL) -> Path:
    if url.database in (None, "", ":memory:"):
        raise StoreError("Penyimpanan SQLite butuh berkas: sqlite:///FOLDER/situasi.db.")
    return Path(str(url.database)).resolve()


class SqliteBackend(Backend):
    """See Backend."""

    def __init__(self, path: Path, scope: Scope | None = None) -> None:
        super().__init__(_create_engine(path, scope), sqlite3.Error)
        self._path, self._job_locks = path, dict[str, FileLock]()

    def is_full(self, error: BaseException) -> bool:
        code = _result_code(error)
        # Where not even the index of the log can grow, SQLite speaks of input and output.
        return code == sqlite3.SQLITE_FULL or (
            code == sqlite3.SQLITE_IOERR
            and shutil.disk_usage(self._path.parent).free < _PAGE_BYTES * 8
        )

    def to_store_error(self, error: BaseException) -> StoreError:
        return _to_store_error(error, self._path)

    def last_issued_number(self, connection: sa.Connection, table: sa.Table) -> int:
        """See Backend: what AUTOINCREMENT remembers, 0 before the first row."""
        counted = "SELECT max(CAST(seq AS INTEGER)) FROM sqlite_sequence WHERE name = ?"
        return int(connection.exec_driver_sql(counted, (table.name,)).scalar() or 0)

    def append(self, connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
        connection.execute(sa.insert(table), values)

    def append_selected(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        statement: sa.Select[Any],
    ) -> int:
        return connection.execute(sa.insert(table).from_select(names, statement)).rowcount

    def append_new(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Mapping[str, Cells],
        constants: Mapping[str, int],
        unique: Sequence[str],
    ) -> int:
        """See Backend. The constants are written into the statement.

        The driver's own cursor takes the rows as they are zipped: naming every value of
        100,000 rows in a dict, as the engine's way asks, takes longer than storing them. It
        asks about every single value that is no str, int, float or bytearray.
        """
        columns = {
            name: map(int, cells) if isinstance(table.c[name].type, sa.Boolean) else cells
            for name, cells in columns.items()
        }
        values: dict[str, Any] = {name: sa.bindparam(name) for name in columns}
        values |= {name: sa.literal_column(str(number)) for name, number in constants.items()}
        statement = insert(table).values(values).on_conflict_do_nothing(index_elements=unique)
        compiled = statement.compile(connection.engine)
        return _execute_many(
            connection, compiled, zip(*_in_statement_order(compiled, columns), strict=False)
        )

    def import_rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> int:
        values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
        compiled = sa.insert(table).values(values).compile(connection.engine)
        order = [names.index(name) for name in compiled.positiontup or ()]
        return _execute_many(connection, compiled, ([row[at] for at in order] for row in rows))

    def wait(self) -> None:
        time.sleep(_POLL_S)

    def is_leader(self, job: str) -> bool:
        """See Backend: by a lock on a file beside the store, which ends with its process."""
        lock = self._job_locks.setdefault(
            job,
            FileLock(f"{self._path}.{job}.lock", mode=0o600, blocking=False, thread_local=False),
        )
        try:
            if not lock.is_locked:
                lock.acquire()
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(_MESSAGES_BY_CODE[sqlite3.SQLITE_CANTOPEN], str(self._path)) from error
        return True

    def close(self) -> None:
        for lock in self._job_locks.values():
            lock.release()
        super().close()


def _in_statement_order(compiled: sa.Compiled, columns: Mapping[str, Cells]) -> list[Cells]:
    return [columns[name] for name in getattr(compiled, "positiontup", None) or ()]


def _execute_many(connection: sa.Connection, compiled: sa.Compiled, rows: Any) -> int:
    """Run the statement for every row, as the driver does it; how many went in."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.executemany(str(compiled), rows)
        return max(cursor.rowcount, 0)


def _create_engine(path: Path, scope: Scope | None = None) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _LOCK_TIMEOUT_S, "check_same_thread": False},
        max_overflow=40,  # readers are short, and must not queue behind one another
    )
    sa.event.listen(engine, "connect", lambda one, _: _check_connection_scope(one, path, scope))
    sa.event.listen(engine, "connect", _configure)
    newest = int(runner.latest_revision())
    sa.event.listen(engine, "begin", lambda one: _begin(one, newest))
    return engine


def _check_connection_scope(
    connection: sqlite3.Connection, path: Path, scope: Scope | None
) -> None:
    """Every file that comes to lie at the path is asked of which election it is."""
    try:
        file_identity.check_scope(connection, path, scope)
    except BaseException:
        connection.close()
        raise


def _identify_file(engine: sa.Engine, path: Path, scope: Scope | None) -> Scope | None:
    """The scope of the file; one that has none yet is marked with this one, if any."""
    with engine.connect() as plain:
        file_identity.check_access(plain, path)
        mark = file_identity.check_scope(_driver_connection(plain), path, scope)
        if mark is not None or scope is None:
            return mark
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(**WRITE_OPTIONS)
            file_identity.write_scope(connection, scope)
            connection.commit()
    except sa.exc.DBAPIError as error:  # what can be read is shown; the next opening marks it
        _log.warning("the store was not marked: %s", _to_store_error(error, path).detail)
    return scope


def _driver_connection(connection: sa.Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection), "an engine of SQLite"
    return found


def _watch_file(engine: sa.Engine, path: Path) -> None:
    """Never speak to a file that is no longer at its path.

    A file moved away or replaced stays readable and writable through an open connection:
    the board would look sound, and what it acknowledged would be gone with that file.
    """

    def connects(*_: object) -> None:
        _file_id(path)  # what was here and is gone is not made anew

    def used(_: object, record: Any, __: object) -> None:
        here = _file_id(path)
        if record.info.setdefault("file", here) != here:
            raise sa.exc.DisconnectionError(f"{path} is another file now")

    engine.dispose()  # so that every connection in use was watched from its first moment
    sa.event.listen(engine, "do_connect", connects)
    sa.event.listen(engine, "checkout", used)


def _file_id(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        gone = sqlite3.OperationalError(str(error))
        gone.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise gone from error
    return status.st_dev, status.st_ino


def _configure(connection: sqlite3.Connection, _: object) -> None:
    # The driver would begin transactions by itself, too late and never IMMEDIATE.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection, newest_schema: int) -> None:
    """Begin a transaction, unless another program has brought the store to a newer schema."""
    writes = WRITE_OPTIONS.items() <= connection.get_execution_options().items()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    if _read_pragma(connection, "user_version") > newest_schema:
        connection.exec_driver_sql("ROLLBACK")
        raise StoreError(_NEWER_VERSION)


def _prepare_file(engine: sa.Engine, path: Path) -> None:
    with engine.connect() as connection:
        if _is_store_file(connection, path):
            return
    _switch_to_wal(engine, path)
    with engine.connect() as plain:
        connection = plain.execution_options(**WRITE_OPTIONS)
        if not _is_store_file(connection, path):  # another process may have been quicker
            _create_schema(connection)
        connection.commit()


def _migrate(engine: sa.Engine, path: Path) -> MigrationResult:
    """Bring a store of an older schema to this one, once, whoever comes first.

    What was before is put beside it while nobody else can write.
    """
    schema = int(runner.latest_revision())
    with engine.connect() as connection:
        before = _read_pragma(connection, "user_version")
    if before == schema:
        return MigrationResult(before, schema)
    with engine.connect() as plain:
        connection = plain.execution_options(**WRITE_OPTIONS)
        _is_store_file(connection, path)  # a newer version may have been quicker
        before = _read_pragma(connection, "user_version")
        if before == schema:
            return MigrationResult(before, schema)
        copy = sqlite_copy.make_copy(path, f"skema-{before}")
        runner.upgrade(connection, assumed_revision=f"{before:04}")
        _create_append_only_triggers(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={schema}")
        connection.commit()
    told = {"before": before, "after": schema, "copy": str(copy)}
    _log.info("the store has a new schema", extra=told)
    return MigrationResult(before, schema, copy)


def _is_store_file(connection: sa.Connection, path: Path) -> bool:
    """False for an empty file; StoreError for a stranger's, or one from a newer version."""
    if _read_pragma(connection, "application_id") == _APPLICATION_ID:
        if _read_pragma(connection, "user_version") > int(runner.latest_revision()):
            raise StoreError(_NEWER_VERSION, str(path))
        return True
    if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one():
        raise StoreError(_MESSAGES_BY_CODE[sqlite3.SQLITE_NOTADB], str(path))
    return False


def _switch_to_wal(engine: sa.Engine, path: Path) -> None:
    """Once per file. SQLite does not wait here for another process doing the same."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(
            f"PRAGMA page_size={_PAGE_BYTES}"
        )  # heard by a file that is still empty
        for patience in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, None):
            try:
                (mode,) = raw.cursor().execute("PRAGMA journal_mode=WAL").fetchone()
                break
            except sqlite3.OperationalError as error:
                if patience is None or _result_code(error) != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(patience)
    finally:
        raw.close()
    if mode != "wal":
        unfit = "Folder ini tidak cocok untuk penyimpanan. Pakai disk lokal."
        raise StoreError(unfit, str(path.parent))


def _create_schema(connection: sa.Connection) -> None:
    store_schema.metadata.create_all(connection)
    _create_append_only_triggers(connection)
    runner.stamp(connection)
    connection.exec_driver_sql(f"PRAGMA application_id={_APPLICATION_ID}")
    # The number of the schema: what Alembic's table says, where older versions look.
    connection.exec_driver_sql(f"PRAGMA user_version={int(runner.latest_revision())}")


def _create_append_only_triggers(connection: sa.Connection) -> None:
    for table in store_schema.metadata.sorted_tables:
        for deed in ("UPDATE", "DELETE"):
            trigger = f"{table.name}_no_{deed.lower()}"
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {deed} ON {table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
            )


def _read_pragma(connection: sa.Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _result_code(error: BaseException) -> int:
    """SQLite's primary result code; 0 where the error carries none."""
    code: Any = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", 0)
    return int(code or 0) & 0xFF


def _to_store_error(error: BaseException, path: Path) -> StoreError:
    busy = {sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY}
    code = _result_code(error)
    sentence = _MESSAGES_BY_CODE.get(busy.get(code, code))
    if sentence:
        return StoreError(sentence, str(path))
    # The driver's own words: the engine's would add the whole statement.
    said = str(getattr(error, "orig", None) or error)
    return StoreError(GENERIC_FAILURE, f"{path}: {said}")
