"""An SQLite file as a store: created with its tables and triggers, recognised, and upgraded."""

import logging
import sqlite3
import time
from pathlib import Path

import sqlalchemy as sa

from situasi.store import schema as store_schema
from situasi.store.engines import sqlite_copy
from situasi.store.engines.engine import WRITE_OPTIONS
from situasi.store.engines.sqlite_errors import MESSAGES_BY_CODE, result_code
from situasi.store.migrations import runner
from situasi.store.migrations.runner import MigrationResult
from situasi.store.model import StoreError

_log = logging.getLogger(__name__)

APPLICATION_ID = 0x53495455  # application_id, "SITU"
PAGE_BYTES = 16_384  # a long delivery takes a quarter of the write calls of 4,096


def prepare_file(engine: sa.Engine, path: Path) -> None:
    """Make an empty file a store. Raises StoreError for a foreign file or a newer version."""
    with engine.connect() as connection:
        if _is_store_file(connection, path):
            return
    _switch_to_wal(engine, path)
    with engine.connect() as unlocked:
        connection = unlocked.execution_options(**WRITE_OPTIONS)
        if not _is_store_file(connection, path):  # another process may have been quicker
            _create_schema(connection)
        connection.commit()


def migrate(engine: sa.Engine, path: Path) -> MigrationResult:
    """Bring a store of an older schema to this one, once, in whichever process comes first.

    A copy of the old state is put beside it while nobody else can write.
    """
    schema = int(runner.latest_revision())
    with engine.connect() as connection:
        before = read_pragma(connection, "user_version")
    if before == schema:
        return MigrationResult(before, schema)
    with engine.connect() as unlocked:
        connection = unlocked.execution_options(**WRITE_OPTIONS)
        _is_store_file(connection, path)  # a newer version may have been quicker
        before = read_pragma(connection, "user_version")
        if before == schema:
            return MigrationResult(before, schema)
        copy = sqlite_copy.make_copy(path, f"skema-{before}")
        runner.upgrade(connection)
        _create_append_only_triggers(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={schema}")
        connection.commit()
    extra = {"before": before, "after": schema, "copy": str(copy)}
    _log.info("the store has a new schema", extra=extra)
    return MigrationResult(before, schema, copy)


def _is_store_file(connection: sa.Connection, path: Path) -> bool:
    """Return False for an empty file; raise StoreError for a foreign file or a newer version."""
    if read_pragma(connection, "application_id") == APPLICATION_ID:
        if read_pragma(connection, "user_version") > int(runner.latest_revision()):
            raise StoreError(runner.NEWER_VERSION, str(path))
        return True
    if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one():
        raise StoreError(MESSAGES_BY_CODE[sqlite3.SQLITE_NOTADB], str(path))
    return False


def _switch_to_wal(engine: sa.Engine, path: Path) -> None:
    """Set WAL mode once per file. SQLite does not wait here for a process doing the same."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(f"PRAGMA page_size={PAGE_BYTES}")  # works on empty files only
        for delay_s in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, None):
            try:
                (mode,) = raw.cursor().execute("PRAGMA journal_mode=WAL").fetchone()
                break
            except sqlite3.OperationalError as error:
                if delay_s is None or result_code(error) != sqlite3.SQLITE_BUSY:
                    raise
                time.sleep(delay_s)
    finally:
        raw.close()
    if mode != "wal":
        message = "Folder ini tidak cocok untuk penyimpanan. Pakai disk lokal."
        raise StoreError(message, str(path.parent))


def _create_schema(connection: sa.Connection) -> None:
    store_schema.metadata.create_all(connection)
    _create_append_only_triggers(connection)
    runner.stamp(connection)
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    # The schema number of Alembic's table once more, where every transaction can look (_begin).
    connection.exec_driver_sql(f"PRAGMA user_version={int(runner.latest_revision())}")


def _create_append_only_triggers(connection: sa.Connection) -> None:
    for table in store_schema.metadata.sorted_tables:
        for statement in ("UPDATE", "DELETE"):
            trigger = f"{table.name}_no_{statement.lower()}"
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {statement} ON {table.name} "
                f"BEGIN SELECT RAISE(ABORT, '{table.name} is append-only'); END"
            )


def read_pragma(connection: sa.Connection, name: str) -> int:
    """Return the number that this setting of the file has."""
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
