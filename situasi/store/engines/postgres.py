"""The PostgreSQL engine: one database for many scopes, bulk rows by COPY, events by NOTIFY."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Identifier, Literal

from situasi.common.background_jobs import Job
from situasi.store.engines import postgres_schema
from situasi.store.engines.engine import GENERIC_FAILURE, WRITE_OPTIONS, Backend, Cells
from situasi.store.interface import Scope, StoreError
from situasi.store.migrations import runner
from situasi.store.migrations.runner import MigrationResult

CHANNEL = "situasi"
OLDEST_SERVER_VERSION = 15  # the first version with security_invoker views
_LOCK_TIMEOUT = "30s"  # to wait for another writer
_MIGRATION_LOCK_KEY = 0x53495455  # the lock for creating tables, "SITU"
_MAX_INLINE_ROWS = 500  # up to this many in one statement, more by COPY
_CHUNK_ROWS = 20_000  # rows in memory at a time
_POLL_S, _NOTIFIED_POLL_S = 0.25, 1.0  # seconds between two version checks; while listening
_MIN_WAIT_S = 0.1  # seconds between two checks at least
_RETRY_S = 2.0  # seconds after which a lost listener connection is opened again
_MAX_RETRY_S = 10.0

# A silent server is given up, and the next host of the address tried, within seconds.
_CONNECT_PARAMETERS = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "situasi",
}

_MESSAGES_BY_SQLSTATE = {
    "55P03": "Penyimpanan masih dipakai menulis. Tunggu sebentar, lalu ulangi.",
    "53100": "Disk server penyimpanan penuh. Kosongkan ruang, lalu ulangi.",
    "53300": "Server penyimpanan terlalu ramai. Tunggu sebentar, lalu ulangi.",
    "25006": "Server penyimpanan ini hanya bisa dibaca. Tunggu server utama, lalu ulangi.",
    "42501": "Akun penyimpanan tidak berhak untuk ini. Periksa hak aksesnya.",
    "28P01": "Kata sandi penyimpanan ditolak. Periksa SITUASI_STORE.",
    "28000": "Akun penyimpanan ditolak. Periksa SITUASI_STORE.",
    "3D000": "Basis data penyimpanan tidak ada. Buat dahulu (docs/operations.md).",
}
_SQLSTATE_BY_PHRASE = (
    ("password authentication failed", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("too many clients", "53300"),
    ("does not exist", "3D000"),
)
_SCOPE_CONDITION = "contest = %(contest)s AND kabupaten = %(kabupaten)s"
_UNREACHABLE = "Server penyimpanan tidak menjawab. Periksa server dan jaringannya."

# A replica answers as if its rows were current, long after it lost its primary: it must be
# receiving, and have replayed all it received, or something in the last 10 seconds.
_FRESHNESS_QUERY = """
    SELECT NOT pg_is_in_recovery() OR (
        EXISTS (SELECT FROM pg_stat_wal_receiver)
        AND (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
             OR clock_timestamp() - pg_last_xact_replay_timestamp() < interval '10 seconds'))"""
_REPLICA_STALE = "Server baca tidak lagi mengikuti server utama. Periksa sambungan keduanya."

# PostgreSQL's names of the column types.
_ARRAY_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (sa.Boolean, "bool"),
    (sa.BigInteger, "int8"),
    (sa.Integer, "int4"),
    (sa.Double, "float8"),
    (sa.LargeBinary, "bytea"),
    (sa.Text, "text"),
)


def open_backend(url: sa.URL, scope: Scope | None = None, is_replica: bool = False) -> Backend:
    """Open the scope in the database that `url` names; create tables where there are none.

    Several hosts may be named (`?host=a:5432&host=b:5432`): the one that can be written to is used.
    Raises StoreError when that cannot be done.
    """
    backend = PostgresBackend(url, postgres_schema.check_scope(scope), is_replica)
    try:
        with backend.translate_errors():
            _prepare(backend.engine, backend.scope)
    except StoreError:
        backend.close()
        raise
    return backend


def upgrade(url: sa.URL, scope: Scope | None = None) -> MigrationResult:
    """Upgrade the tables of all scopes together (see store.upgrade)."""
    backend = PostgresBackend(url, postgres_schema.check_scope(scope))
    with closing(backend), backend.translate_errors():
        with backend.engine.connect() as connection:
            if not postgres_schema.has_base_tables(connection):
                raise StoreError("Belum ada penyimpanan di basis data ini.")
        return _prepare(backend.engine, backend.scope)


def create_scope_account(url: sa.URL, scope: Scope, password: str) -> str:
    """Create the database account of a scope (see store.create_scope_account)."""
    backend = PostgresBackend(url, postgres_schema.check_scope(scope))
    with closing(backend), backend.translate_errors():
        _prepare(backend.engine, backend.scope)
        account = postgres_schema.role_name(scope)
        with psycopg.connect(_build_conninfo(url)) as connection:
            role_exists = connection.execute(
                "SELECT FROM pg_roles WHERE rolname = %s", (account,)
            ).rowcount
            statement = (
                "ALTER ROLE {} LOGIN PASSWORD {}"
                if role_exists
                else "CREATE ROLE {} LOGIN PASSWORD {}"
            )
            connection.execute(SQL(statement).format(Identifier(account), Literal(password)))
            for grant in postgres_schema.build_grants(scope):
                connection.execute(SQL(grant))
        return account


class PostgresBackend(Backend):
    """The backend for one scope of a PostgreSQL database."""

    scope: Scope

    def __init__(self, url: sa.URL, scope: Scope, is_replica: bool = False) -> None:
        super().__init__(_engine(url, scope), psycopg.Error, scope)
        self._is_replica = is_replica
        self._listener, self._leader_locks = ChangeListener(url, scope), LeaderLocks(url, scope)

    def is_full(self, error: BaseException) -> bool:
        """Return whether the disk of the server is full."""
        cause = getattr(error, "orig", None) or error
        return getattr(cause, "sqlstate", None) == "53100"

    def to_store_error(self, error: BaseException) -> StoreError:
        """Build the StoreError for this error."""
        cause = getattr(error, "orig", None) or error
        state = getattr(cause, "sqlstate", None)
        if state is None:  # refused before there was a connection: only the message says why
            state = next(
                (code for phrase, code in _SQLSTATE_BY_PHRASE if phrase in str(cause)), None
            )
        if state in _MESSAGES_BY_SQLSTATE:
            return StoreError(_MESSAGES_BY_SQLSTATE[state])
        if isinstance(cause, psycopg.OperationalError) or isinstance(error, sa.exc.TimeoutError):
            return StoreError(_UNREACHABLE)
        return StoreError(GENERIC_FAILURE, str(cause))

    def as_snapshot(self, connection: sa.Connection) -> sa.Connection:
        """Set the connection to one state; raise StoreError if the replica is stale."""
        snapshot = connection.execution_options(isolation_level="REPEATABLE READ")
        if self._is_replica and not snapshot.exec_driver_sql(_FRESHNESS_QUERY).scalar():
            raise StoreError(_REPLICA_STALE)
        return snapshot

    def last_issued_number(self, connection: sa.Connection, table: sa.Table) -> int:  # noqa: ARG002 (the audit log's)
        """Return the highest number ever given to an audit log entry of this scope."""
        number = sa.select(postgres_schema.last_issued.c.number).where(
            *self._scope_conditions(postgres_schema.last_issued)
        )
        return int(connection.execute(number).scalar() or 0)

    def append(self, connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
        """Append one row to the base table."""
        base = postgres_schema.BASE_TABLES[table.name]
        row = {**values, **self._scope_values()}
        if "seq" in table.c:
            row.setdefault("seq", self._select_last_number(table) + 1)
        connection.execute(sa.insert(base).values(row))
        if table.name == "audit":
            self._record_issued_number(connection, values["seq"])

    def append_selected(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        statement: sa.Select[Any],
    ) -> int:
        """Append the rows of a SELECT; return how many."""
        # Read first, written afterwards: an INSERT ... SELECT from its own table may scan, for
        # each row, all rows that it has written.
        return self._append_rows(
            connection, table, names, {}, iter(connection.execute(statement)), ()
        )

    def append_new(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Mapping[str, Cells],
        constants: Mapping[str, int],
        unique: Sequence[str],
    ) -> int:
        """Append the rows that are not there yet; return how many."""
        rows = zip(*columns.values(), strict=False)
        return self._append_rows(connection, table, list(columns), constants, rows, unique)

    def import_rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> int:
        """Insert rows of another store with their numbers by COPY; return how many."""
        scope, imported = tuple(self._scope_values().values()), 0
        base = postgres_schema.BASE_TABLES[table.name]
        columns = ["contest", "kabupaten", *names]
        types = [_array_type(base.c[name]) for name in columns]
        copy_statement = (
            f"COPY {_quote_table(base)} ({_format_columns(columns)}) FROM STDIN (FORMAT BINARY)"
        )
        with closing(_cursor(connection)) as cursor, cursor.copy(copy_statement) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row((*scope, *row))
                imported += 1
        if table.name == "audit" and imported:
            self._record_issued_number(
                connection,
                connection.execute(sa.select(self._select_last_number(table))).scalar_one(),
            )
        return imported

    def notify_changed(self, connection: sa.Connection) -> None:
        """Notify all listeners of this scope."""
        connection.execute(
            sa.select(sa.func.pg_notify(CHANNEL, postgres_schema.schema_name(self.scope)))
        )

    def wait(self) -> None:
        """Wait for a notification, or until the next poll is due."""
        self._listener.wait()

    def is_leader(self, job: str) -> bool:
        """Return whether this process holds the job's lock (see Store.is_leader)."""
        with self.translate_errors():
            return self._leader_locks.is_leader(job)

    def close(self) -> None:
        """Close the listener, the job locks and all connections."""
        self._listener.close()
        self._leader_locks.close()
        super().close()

    def _scope_values(self) -> dict[str, str]:
        return {"contest": self.scope.contest, "kabupaten": self.scope.kabupaten}

    def _scope_conditions(self, base: sa.Table) -> list[sa.ColumnElement[bool]]:
        return [base.c[name] == value for name, value in self._scope_values().items()]

    def _select_last_number(self, table: sa.Table) -> sa.ScalarSelect[int]:
        base = postgres_schema.BASE_TABLES[table.name]
        highest = sa.func.coalesce(sa.func.max(base.c.seq), 0)
        return sa.select(highest).where(*self._scope_conditions(base)).scalar_subquery()

    def _record_issued_number(self, connection: sa.Connection, number: int) -> None:
        from sqlalchemy.dialects.postgresql import insert

        row = insert(postgres_schema.last_issued).values(number=number, **self._scope_values())
        keys = ["contest", "kabupaten"]
        connection.execute(row.on_conflict_do_update(index_elements=keys, set_={"number": number}))

    def _stage_rows(
        self, connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: list[Any]
    ) -> tuple[str, dict[str, Any]]:
        """Return an SQL source that holds the rows, and its values; column `ord` is their order."""
        types = {name: _array_type(table.c[name]) for name in names}
        if len(rows) <= _MAX_INLINE_ROWS:
            arrays = ", ".join(f"%(a{i})s::{types[name]}[]" for i, name in enumerate(names))
            values = {f"a{i}": list(cells) for i, cells in enumerate(zip(*rows, strict=True))}
            return f"unnest({arrays}) WITH ORDINALITY AS s({_format_columns(names)}, ord)", values
        stage = f"stage_{table.name}"
        definitions = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        with closing(_cursor(connection)) as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{stage}")
            cursor.execute(f"CREATE TEMP TABLE {stage} ({definitions}, ord int8) ON COMMIT DROP")
            copy_statement = (
                f"COPY pg_temp.{stage} ({_format_columns(names)}, ord) FROM STDIN (FORMAT BINARY)"
            )
            with cursor.copy(copy_statement) as copy:
                copy.set_types([*types.values(), "int8"])
                for i, row in enumerate(rows):
                    copy.write_row((*row, i))
        return f"pg_temp.{stage} AS s", {}

    def _append_rows(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        constants: Mapping[str, int],
        rows: Iterator[Any],
        unique: Sequence[str],
    ) -> int:
        """Append the rows with the next numbers; rows already there leave gaps in the numbers."""
        base, fixed = _quote_table(postgres_schema.BASE_TABLES[table.name]), list(constants)
        last = f"SELECT coalesce(max(seq), 0) FROM {base} WHERE {_SCOPE_CONDITION}"
        conflict_clause = (
            f"ON CONFLICT (contest, kabupaten, {_format_columns(unique)}) DO NOTHING"
            if unique
            else ""
        )
        stored = 0
        while chunk := list(islice(rows, _CHUNK_ROWS)):
            source, values = self._stage_rows(connection, table, names, chunk)
            statement = f"""
                INSERT INTO {base} (contest, kabupaten, seq, {_format_columns([*fixed, *names])})
                SELECT %(contest)s, %(kabupaten)s, ({last}) + row_number() OVER (ORDER BY ord),
                    {"".join(f"{int(constants[name])}, " for name in fixed)}{_format_columns(names)}
                FROM {source} ORDER BY ord {conflict_clause}"""
            with closing(_cursor(connection)) as cursor:
                cursor.execute(statement, self._scope_values() | values)
                stored += max(int(cursor.rowcount), 0)
        return stored


class LeaderLocks:
    """Locks on the jobs that this process does alone in a scope; they end with its connection."""

    def __init__(self, url: sa.URL, scope: Scope) -> None:
        self._url, self._scope_name = url, postgres_schema.schema_name(scope)
        self._held_jobs: set[str] = set()
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()

    def is_leader(self, job: str) -> bool:
        """Return whether this process holds the job's lock; try to take it if it does not."""
        with self._lock:
            connection = self._live_connection()
            if job not in self._held_jobs:
                name = f"{self._scope_name}/{job}"
                query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 1))"
                row = connection.execute(query, (name,)).fetchone()
                if row and row[0]:
                    self._held_jobs.add(job)
            return job in self._held_jobs

    def close(self) -> None:
        """Release all locks."""
        with self._lock:
            self._disconnect()

    def _live_connection(self) -> psycopg.Connection[Any]:
        """Return a working connection; if the old one broke, all its locks were lost."""
        if self._connection is not None:
            try:
                self._connection.execute("SELECT")
                return self._connection
            except psycopg.Error:
                self._disconnect()
        self._connection = psycopg.connect(_build_conninfo(self._url), autocommit=True)
        return self._connection

    def _disconnect(self) -> None:
        self._held_jobs.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class ChangeListener:
    """A thread that listens for new versions of one scope; the first `wait` starts it."""

    def __init__(self, url: sa.URL, scope: Scope) -> None:
        self._changed, self._stop, self._is_listening = (threading.Event() for _ in range(3))
        self._scope_name = postgres_schema.schema_name(scope)
        self._url, self._start_lock, self._is_started = url, threading.Lock(), False
        self._job = Job(
            "news", self._listen, 0.0, retry_s=_RETRY_S, max_retry_s=_MAX_RETRY_S,
            expected_errors=(psycopg.Error, OSError),
        )  # fmt: skip

    def wait(self) -> None:
        """Wait for a notification, or until the next poll is due."""
        with self._start_lock:
            if not self._is_started and not self._stop.is_set():
                self._is_started = True
                self._job.start_thread(self._stop)
        self._stop.wait(_MIN_WAIT_S)
        self._changed.wait(_NOTIFIED_POLL_S if self._is_listening.is_set() else _POLL_S)
        self._changed.clear()

    def close(self) -> None:
        """Stop the thread."""
        self._stop.set()
        self._changed.set()
        self._job.join(_RETRY_S)

    def _listen(self) -> None:
        try:
            with psycopg.connect(_build_conninfo(self._url), autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                self._is_listening.set()
                self._changed.set()  # a version may have come before LISTEN
                self._receive(connection)
        finally:
            self._is_listening.clear()
            self._changed.set()  # waiting threads check, and find out what is wrong

    def _receive(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stop.is_set():
            self._job.record_success()
            for notification in connection.notifies(timeout=0.5):
                if notification.payload == self._scope_name:
                    self._changed.set()


def _engine(url: sa.URL, scope: Scope) -> sa.Engine:
    engine = sa.create_engine(
        _with_connect_parameters(url),
        pool_size=2,
        max_overflow=40,
        pool_pre_ping=True,
        pool_use_lifo=True,  # so that connections of a peak are closed again
        connect_args={"options": f'-csearch_path="{postgres_schema.schema_name(scope)}"'},
    )
    sa.event.listen(engine, "begin", lambda connection: _begin(connection, scope))
    return engine


def _with_connect_parameters(url: sa.URL) -> sa.URL:
    parameters = {
        name: value for name, value in _CONNECT_PARAMETERS.items() if name not in url.query
    }
    if isinstance(url.query.get("host"), tuple) and "target_session_attrs" not in url.query:
        parameters["target_session_attrs"] = "read-write"
    return url.update_query_dict(parameters)


def _build_conninfo(url: sa.URL) -> str:
    """Return the address in the form that the driver alone reads."""
    dialect = sa.dialects.registry.load("postgresql.psycopg")()
    _, parameters = dialect.create_connect_args(_with_connect_parameters(url))
    return psycopg.conninfo.make_conninfo(**parameters)


def _begin(connection: sa.Connection, scope: Scope) -> None:
    if WRITE_OPTIONS.items() <= connection.get_execution_options().items():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        lock = sa.func.pg_advisory_xact_lock(
            sa.func.hashtextextended(postgres_schema.schema_name(scope), 0)
        )
        connection.execute(sa.select(lock))


def _prepare(engine: sa.Engine, scope: Scope) -> MigrationResult:
    with engine.connect() as connection:
        (version, *_) = connection.dialect.server_version_info or (0,)
        if int(version) < OLDEST_SERVER_VERSION:
            raise StoreError(
                f"Server PostgreSQL {version} terlalu lama; perlu {OLDEST_SERVER_VERSION}."
            )
        if postgres_schema.has_base_tables(connection) and postgres_schema.is_scope_open(
            connection, scope
        ):
            postgres_schema.check_scope_privilege(connection, scope)
            if runner.is_current(connection, postgres_schema.BASE_SCHEMA):
                return MigrationResult(schema := int(runner.latest_revision()), schema)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK_KEY)))
        if not postgres_schema.has_base_tables(connection):  # another process may have been quicker
            postgres_schema.create_base_tables(connection)
        result = postgres_schema.migrate(connection)
        if not postgres_schema.is_scope_open(connection, scope):
            postgres_schema.open_scope(connection, scope)
    return result


def _cursor(connection: sa.Connection) -> Any:
    """Return the driver's own cursor: SQLAlchemy has no COPY."""
    return connection.connection.cursor()


def _array_type(column: sa.Column[Any]) -> str:
    return next(name for kind, name in _ARRAY_TYPES if isinstance(column.type, kind))


def _format_columns(names: Iterable[str], table_alias: str = "") -> str:
    prefix = f"{table_alias}." if table_alias else ""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _quote_table(table: sa.Table) -> str:
    return f'{table.schema}."{table.name}"'
