"""The PostgreSQL engine: one database for many scopes, bulk rows by COPY, events by NOTIFY."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Identifier, Literal

from situasi.store.engines import postgres_connection, postgres_schema
from situasi.store.engines.engine import Backend, Cells, Row, unique_columns
from situasi.store.engines.postgres_connection import LOCK_TIMEOUT
from situasi.store.engines.postgres_signals import CHANNEL, ChangeListener, LeaderLocks
from situasi.store.migrations import runner
from situasi.store.migrations.runner import MigrationResult
from situasi.store.model import Scope, StoreError

OLDEST_SERVER_VERSION = 15  # the first version with security_invoker views
_MIGRATION_LOCK_KEY = 0x53495455  # the lock for creating tables, "SITU"
_MAX_INLINE_ROWS = 500  # up to this many in one statement, more by COPY
_CHUNK_ROWS = 20_000  # rows in memory at a time
_SCOPE_CONDITION = "contest = %(contest)s AND kabupaten = %(kabupaten)s"

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
        with psycopg.connect(postgres_connection.build_conninfo(url)) as connection:
            exists = "SELECT FROM pg_roles WHERE rolname = %s"
            verb = "ALTER" if connection.execute(exists, (account,)).rowcount else "CREATE"
            statement = f"{verb} ROLE {{}} LOGIN PASSWORD {{}}"
            connection.execute(SQL(statement).format(Identifier(account), Literal(password)))
            for grant in postgres_schema.build_grants(scope):
                connection.execute(SQL(grant))
        return account


class PostgresBackend(Backend):
    """The backend for one scope of a PostgreSQL database."""

    scope: Scope

    def __init__(self, url: sa.URL, scope: Scope, is_replica: bool = False) -> None:
        super().__init__(postgres_connection.create_engine(url, scope), psycopg.Error, scope)
        self._is_replica = is_replica
        self._listener, self._leader_locks = ChangeListener(url, scope), LeaderLocks(url, scope)

    def is_full(self, error: BaseException) -> bool:
        """Return whether the disk of the server is full."""
        return postgres_connection.read_sqlstate(error) == "53100"

    def to_store_error(self, error: BaseException) -> StoreError:
        """Build the StoreError for this error."""
        return postgres_connection.to_store_error(error)

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
        self, connection: sa.Connection, table: sa.Table, statement: sa.Select[Any]
    ) -> int:
        """Append the rows of a SELECT; return how many."""
        # Read first, written afterwards: an INSERT ... SELECT from its own table may scan, for
        # each row, all rows that it has written.
        names, rows = statement.selected_columns.keys(), iter(connection.execute(statement))
        return self._append_rows(connection, table, names, {}, rows, ())

    def append_new(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Mapping[str, Cells],
        constants: Mapping[str, int],
    ) -> int:
        """Append the rows that are not there yet; return how many."""
        rows = zip(*columns.values(), strict=False)
        names, unique = list(columns), unique_columns(table)
        return self._append_rows(connection, table, names, constants, rows, unique)

    def import_rows(
        self, connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Iterable[Row]
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
            last = sa.select(self._select_last_number(table))
            self._record_issued_number(connection, connection.execute(last).scalar_one())
        return imported

    def notify_changed(self, connection: sa.Connection) -> None:
        """Notify all listeners of this scope."""
        name = postgres_schema.schema_name(self.scope)
        connection.execute(sa.select(sa.func.pg_notify(CHANNEL, name)))

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
            columns = f"{_format_columns(names)}, ord"
            copy_statement = f"COPY pg_temp.{stage} ({columns}) FROM STDIN (FORMAT BINARY)"
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
        conflict_clause = ""
        if unique:
            keys = _format_columns(("contest", "kabupaten", *unique))
            conflict_clause = f"ON CONFLICT ({keys}) DO NOTHING"
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


def _prepare(engine: sa.Engine, scope: Scope) -> MigrationResult:
    with engine.connect() as connection:
        (version, *_) = connection.dialect.server_version_info or (0,)
        if int(version) < OLDEST_SERVER_VERSION:
            oldest = OLDEST_SERVER_VERSION
            raise StoreError(f"Server PostgreSQL {version} terlalu lama; perlu {oldest}.")
        is_open = postgres_schema.has_base_tables(connection)
        if is_open and postgres_schema.is_scope_open(connection, scope):
            postgres_schema.check_scope_privilege(connection, scope)
            if runner.is_current(connection, postgres_schema.BASE_SCHEMA):
                return MigrationResult(schema := int(runner.latest_revision()), schema)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
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


def _format_columns(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _quote_table(table: sa.Table) -> str:
    return f'{table.schema}."{table.name}"'
