"""The SQLite engine: one file in WAL mode; readers never wait, and commits are durable."""

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

from situasi.store.engines import file_identity, file_mode, sqlite_schema
from situasi.store.engines.engine import WRITE_OPTIONS, Backend, Cells, Row, unique_columns
from situasi.store.engines.sqlite_errors import MESSAGES_BY_CODE, result_code, to_store_error
from situasi.store.engines.sqlite_schema import PAGE_BYTES
from situasi.store.migrations import runner
from situasi.store.migrations.runner import MigrationResult
from situasi.store.model import Scope, StoreError

_log = logging.getLogger(__name__)

_LOCK_TIMEOUT_S = 30.0  # seconds for another writer to finish
_POLL_S = 0.25  # seconds between two checks for a new version

_PRAGMAS = (
    "synchronous=FULL",  # a commit survives a power cut
    "fullfsync=ON",  # macOS flushes the disk's cache only with this
    "cache_size=-32000",  # KiB; the index over digests is written in random order
    "journal_size_limit=67108864",  # free the disk space after a large delivery
)


def open_backend(url: sa.URL, scope: Scope | None = None, is_replica: bool = False) -> Backend:
    """Open or create the file that `url` names, with its folder. A file holds one scope.

    Raises StoreError when that cannot be done, the file belongs to another scope, or it is not a
    store of this or an older version.
    """
    path = _resolve_path(url)
    backend = SqliteBackend(path, scope)
    try:
        with backend.translate_errors():
            file_mode.create_private(path)
            sqlite_schema.prepare_file(backend.engine, path)
            sqlite_schema.migrate(backend.engine, path)
            backend.scope = _identify_file(backend.engine, path, None if is_replica else scope)
            _watch_file(backend.engine, path)
    except OSError as error:
        backend.engine.dispose()
        message = MESSAGES_BY_CODE[sqlite3.SQLITE_CANTOPEN]
        raise StoreError(message, f"{path}: {error.strerror}") from error
    except StoreError:
        backend.engine.dispose()
        raise
    return backend


def upgrade(url: sa.URL, scope: Scope | None = None) -> MigrationResult:
    """Bring an existing file to the current schema (see store.upgrade)."""
    path = _resolve_path(url)
    if not path.exists():
        raise StoreError("Belum ada penyimpanan di sini.", str(path))
    backend = SqliteBackend(path, scope)
    with closing(backend), backend.translate_errors():
        sqlite_schema.prepare_file(backend.engine, path)
        result = sqlite_schema.migrate(backend.engine, path)
        _identify_file(backend.engine, path, scope)
        return result


def _resolve_path(url: sa.URL) -> Path:
    if url.database in (None, "", ":memory:"):
        raise StoreError("Penyimpanan SQLite butuh berkas: sqlite:///FOLDER/situasi.db.")
    return Path(str(url.database)).resolve()


class SqliteBackend(Backend):
    """The backend for one SQLite file."""

    def __init__(self, path: Path, scope: Scope | None = None) -> None:
        super().__init__(_create_engine(path, scope), sqlite3.Error)
        self._path, self._job_locks = path, dict[str, FileLock]()

    def is_full(self, error: BaseException) -> bool:
        """Return whether the disk is full."""
        code = result_code(error)
        # If the index of the WAL cannot grow, SQLite reports an I/O error instead.
        return code == sqlite3.SQLITE_FULL or (
            code == sqlite3.SQLITE_IOERR
            and shutil.disk_usage(self._path.parent).free < PAGE_BYTES * 8
        )

    def to_store_error(self, error: BaseException) -> StoreError:
        """Build the StoreError for this error."""
        return to_store_error(error, self._path)

    def last_issued_number(self, connection: sa.Connection, table: sa.Table) -> int:
        """Return the number that AUTOINCREMENT remembers; 0 before the first row."""
        query = "SELECT max(CAST(seq AS INTEGER)) FROM sqlite_sequence WHERE name = ?"
        return int(connection.exec_driver_sql(query, (table.name,)).scalar() or 0)

    def append(self, connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
        """Append one row."""
        connection.execute(sa.insert(table), values)

    def append_selected(
        self, connection: sa.Connection, table: sa.Table, statement: sa.Select[Any]
    ) -> int:
        """Append the rows of a SELECT; return how many."""
        insertion = sa.insert(table).from_select(statement.selected_columns.keys(), statement)
        return connection.execute(insertion).rowcount

    def append_new(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Mapping[str, Cells],
        constants: Mapping[str, int],
    ) -> int:
        """Append the rows that are not there yet; the constants are written into the statement.

        The driver's own cursor takes the zipped rows: naming every value of 100,000 rows in a dict,
        as SQLAlchemy needs, takes longer than storing them. It checks every single value that is no
        str, int, float or bytearray.
        """
        columns = {
            name: map(int, cells) if isinstance(table.c[name].type, sa.Boolean) else cells
            for name, cells in columns.items()
        }
        values: dict[str, Any] = {name: sa.bindparam(name) for name in columns}
        values |= {name: sa.literal_column(str(number)) for name, number in constants.items()}
        insertion = insert(table).values(values)
        statement = insertion.on_conflict_do_nothing(index_elements=unique_columns(table))
        compiled = statement.compile(connection.engine)
        cells_in_order = [columns[name] for name in compiled.positiontup or ()]
        return _execute_many(connection, compiled, zip(*cells_in_order, strict=False))

    def import_rows(
        self, connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Iterable[Row]
    ) -> int:
        """Insert rows of another store with their numbers; return how many."""
        values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
        compiled = sa.insert(table).values(values).compile(connection.engine)
        order = [names.index(name) for name in compiled.positiontup or ()]
        in_order = ([row[position] for position in order] for row in rows)
        return _execute_many(connection, compiled, in_order)

    def wait(self) -> None:
        """Wait until the next poll is due."""
        time.sleep(_POLL_S)

    def is_leader(self, job: str) -> bool:
        """Try to lock a file beside the store; the lock ends with its process (see Backend)."""
        file = f"{self._path}.{job}.lock"
        new = FileLock(file, mode=0o600, blocking=False, thread_local=False)
        lock = self._job_locks.setdefault(job, new)
        try:
            if not lock.is_locked:
                lock.acquire()
        except Timeout:
            return False
        except OSError as error:
            raise StoreError(MESSAGES_BY_CODE[sqlite3.SQLITE_CANTOPEN], str(self._path)) from error
        return True

    def close(self) -> None:
        """Release the job locks and close all connections."""
        for lock in self._job_locks.values():
            lock.release()
        super().close()


def _execute_many(connection: sa.Connection, compiled: sa.Compiled, rows: Any) -> int:
    """Run the statement for every row with the driver's executemany; return how many rows."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.executemany(str(compiled), rows)
        return max(cursor.rowcount, 0)


def _create_engine(path: Path, scope: Scope | None = None) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _LOCK_TIMEOUT_S, "check_same_thread": False},
        max_overflow=40,  # readers are short and must not queue
    )
    sa.event.listen(engine, "connect", lambda raw, _: _check_connection_scope(raw, path, scope))
    sa.event.listen(engine, "connect", _configure)
    newest = int(runner.latest_revision())
    sa.event.listen(engine, "begin", lambda connection: _begin(connection, newest))
    return engine


def _check_connection_scope(
    connection: sqlite3.Connection, path: Path, scope: Scope | None
) -> None:
    """Check the scope of every file that appears at the path."""
    try:
        file_identity.check_scope(connection, path, scope)
    except BaseException:
        connection.close()
        raise


def _identify_file(engine: sa.Engine, path: Path, scope: Scope | None) -> Scope | None:
    """Return the scope of the file; mark an unmarked file with this scope, if given."""
    with engine.connect() as unlocked:
        file_identity.check_access(unlocked, path)
        marked_scope = file_identity.check_scope(_driver_connection(unlocked), path, scope)
        if marked_scope is not None or scope is None:
            return marked_scope
    try:
        with engine.connect() as unlocked:
            writer = unlocked.execution_options(**WRITE_OPTIONS)
            file_identity.write_scope(writer, scope)
            writer.commit()
    except sa.exc.DBAPIError as error:  # it can still be read; the next opening marks it
        _log.warning("the store was not marked: %s", to_store_error(error, path).detail)
    return scope


def _driver_connection(connection: sa.Connection) -> sqlite3.Connection:
    driver_connection = connection.connection.driver_connection
    assert isinstance(driver_connection, sqlite3.Connection), "an engine of SQLite"
    return driver_connection


def _watch_file(engine: sa.Engine, path: Path) -> None:
    """Make connections fail once another file, or none, is at the path.

    A moved or replaced file stays readable and writable through an open connection: the dashboard
    would look healthy, and committed data would be lost with that file.
    """

    def check_exists(*_: object) -> None:
        _file_id(path)  # a vanished file must not be created anew

    def check_same_file(_: object, record: Any, __: object) -> None:
        file_id = _file_id(path)
        if record.info.setdefault("file", file_id) != file_id:
            raise sa.exc.DisconnectionError(f"{path} is another file now")

    engine.dispose()  # so that every connection is watched from its start
    sa.event.listen(engine, "do_connect", check_exists)
    sa.event.listen(engine, "checkout", check_same_file)


def _file_id(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        missing = sqlite3.OperationalError(str(error))
        missing.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise missing from error
    return status.st_dev, status.st_ino


def _configure(connection: sqlite3.Connection, _: object) -> None:
    # The driver would begin transactions by itself, too late and never as IMMEDIATE.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection, newest_schema: int) -> None:
    """Begin a transaction, unless another program has upgraded the store to a newer schema."""
    writes = WRITE_OPTIONS.items() <= connection.get_execution_options().items()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    if sqlite_schema.read_pragma(connection, "user_version") > newest_schema:
        connection.exec_driver_sql("ROLLBACK")
        raise StoreError(runner.NEWER_VERSION)
