"""PostgreSQL as the engine: one database for many scopes, rows in bulk by COPY, news by NOTIFY."""

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
from situasi.store.engines.engine import FAILED, WRITES, Backend, Cells
from situasi.store.interface import Scope, StoreError
from situasi.store.migrations import runner
from situasi.store.migrations.runner import Grown

CHANNEL = "situasi"
OLDEST = 15  # the first version whose views ask what the one who looks may see
_WAIT = "30s"  # for another writer to finish
_MAKING = 0x53495455  # the lock of whoever makes tables, "SITU"
_SMALL = 500  # rows; fewer go as one statement, more by COPY
_PIECE = 20_000  # rows in memory at a time
_PACE, _TOLD_PACE = 0.25, 1.0  # seconds between two questions for a version; where news comes
_LEAST = 0.1  # seconds between two, however much comes
_AGAIN = 2.0  # seconds after which a lost line for news is tried again
_LONGEST_AGAIN = 10.0

# A server that is silent is given up, and the next of the address tried, within seconds.
_LINE = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "application_name": "situasi",
}

_SENTENCES = {
    "55P03": "Penyimpanan masih dipakai menulis. Tunggu sebentar, lalu ulangi.",
    "53100": "Disk server penyimpanan penuh. Kosongkan ruang, lalu ulangi.",
    "53300": "Server penyimpanan terlalu ramai. Tunggu sebentar, lalu ulangi.",
    "25006": "Server penyimpanan ini hanya bisa dibaca. Tunggu server utama, lalu ulangi.",
    "42501": "Akun penyimpanan tidak berhak untuk ini. Periksa hak aksesnya.",
    "28P01": "Kata sandi penyimpanan ditolak. Periksa SITUASI_STORE.",
    "28000": "Akun penyimpanan ditolak. Periksa SITUASI_STORE.",
    "3D000": "Basis data penyimpanan tidak ada. Buat dahulu (docs/operations.md).",
}
_REFUSALS = (
    ("password authentication failed", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("too many clients", "53300"),
    ("does not exist", "3D000"),
)
_MINE = "contest = %(contest)s AND kabupaten = %(kabupaten)s"
_AWAY = "Server penyimpanan tidak menjawab. Periksa server dan jaringannya."

# A server that follows another tells what it has as if it were new, long after it lost the other:
# it must be receiving, and have done what it received or something else within seconds.
_IS_FRESH = """
    SELECT NOT pg_is_in_recovery() OR (
        EXISTS (SELECT FROM pg_stat_wal_receiver)
        AND (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
             OR clock_timestamp() - pg_last_xact_replay_timestamp() < interval '10 seconds'))"""
_BEHIND = "Server baca tidak lagi mengikuti server utama. Periksa sambungan keduanya."

# How PostgreSQL calls the types of the columns in an array.
_ARRAYS: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (sa.Boolean, "bool"),
    (sa.BigInteger, "int8"),
    (sa.Integer, "int4"),
    (sa.Double, "float8"),
    (sa.LargeBinary, "bytea"),
    (sa.Text, "text"),
)


def backend(url: sa.URL, scope: Scope | None = None, follows: bool = False) -> Backend:
    """Open the scope in the database that `url` names, making tables where there are none.

    Several hosts may be named (`?host=a:5432&host=b:5432`): the one that can be written to is
    spoken to. Raises StoreError when that cannot be done.
    """
    opened = PostgresBackend(url, postgres_schema.checked(scope), follows)
    try:
        with opened.speaking():
            _prepare(opened.engine, opened.scope)
    except StoreError:
        opened.close()
        raise
    return opened


def upgrade(url: sa.URL, scope: Scope | None = None) -> Grown:
    """See store.upgrade. The tables of all scopes are brought on together."""
    opened = PostgresBackend(url, postgres_schema.checked(scope))
    with closing(opened), opened.speaking():
        with opened.engine.connect() as connection:
            if not postgres_schema.is_made(connection):
                raise StoreError("Belum ada penyimpanan di basis data ini.")
        return _prepare(opened.engine, opened.scope)


def admit(url: sa.URL, scope: Scope, password: str) -> str:
    """See store.admit."""
    opened = PostgresBackend(url, postgres_schema.checked(scope))
    with closing(opened), opened.speaking():
        _prepare(opened.engine, opened.scope)
        account = postgres_schema.role(scope)
        with psycopg.connect(_address(url)) as line:
            there = line.execute("SELECT FROM pg_roles WHERE rolname = %s", (account,)).rowcount
            deed = (
                "ALTER ROLE {} LOGIN PASSWORD {}" if there else "CREATE ROLE {} LOGIN PASSWORD {}"
            )
            line.execute(SQL(deed).format(Identifier(account), Literal(password)))
            for right in postgres_schema.rights(scope):
                line.execute(SQL(right))
        return account


class PostgresBackend(Backend):
    """See Backend."""

    scope: Scope

    def __init__(self, url: sa.URL, scope: Scope, follows: bool = False) -> None:
        super().__init__(_engine(url, scope), psycopg.Error, scope)
        self._follows = follows
        self._news, self._jobs = News(url, scope), Jobs(url, scope)

    def is_full(self, error: BaseException) -> bool:
        said = getattr(error, "orig", None) or error
        return getattr(said, "sqlstate", None) == "53100"

    def explain(self, error: BaseException) -> StoreError:
        said = getattr(error, "orig", None) or error
        state = getattr(said, "sqlstate", None)
        if state is None:  # refused before there was a connection: only words tell why
            state = next((code for words, code in _REFUSALS if words in str(said)), None)
        if state in _SENTENCES:
            return StoreError(_SENTENCES[state])
        if isinstance(said, psycopg.OperationalError) or isinstance(error, sa.exc.TimeoutError):
            return StoreError(_AWAY)
        return StoreError(FAILED, str(said))

    def unchanging(self, connection: sa.Connection) -> sa.Connection:
        looking = connection.execution_options(isolation_level="REPEATABLE READ")
        if self._follows and not looking.exec_driver_sql(_IS_FRESH).scalar():
            raise StoreError(_BEHIND)
        return looking

    def given(self, connection: sa.Connection, table: sa.Table) -> int:  # noqa: ARG002 (the trail's)
        number = sa.select(postgres_schema.given.c.number).where(*self._mine(postgres_schema.given))
        return int(connection.execute(number).scalar() or 0)

    def append(self, connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> None:
        base = postgres_schema.of[table.name]
        told = {**values, **self._scope()}
        if "seq" in table.c:
            told.setdefault("seq", self._last(table) + 1)
        connection.execute(sa.insert(base).values(told))
        if table.name == "audit":
            self._gave(connection, values["seq"])

    def append_found(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        found: sa.Select[Any],
    ) -> int:
        # Found first and written then: a question that reads the table it fills, row by row,
        # reads all of what it wrote for each row.
        return self._append_all(connection, table, names, {}, iter(connection.execute(found)), ())

    def append_new(
        self,
        connection: sa.Connection,
        table: sa.Table,
        columns: Mapping[str, Cells],
        constants: Mapping[str, int],
        unique: Sequence[str],
    ) -> int:
        rows = zip(*columns.values(), strict=False)
        return self._append_all(connection, table, list(columns), constants, rows, unique)

    def place(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        rows: Iterable[Sequence[Any]],
    ) -> int:
        scope, placed = tuple(self._scope().values()), 0
        base = postgres_schema.of[table.name]
        every = ["contest", "kabupaten", *names]
        types = [_array_type(base.c[name]) for name in every]
        into = f"COPY {_quoted(base)} ({_listed(every)}) FROM STDIN (FORMAT BINARY)"
        with closing(_cursor(connection)) as cursor, cursor.copy(into) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row((*scope, *row))
                placed += 1
        if table.name == "audit" and placed:
            self._gave(connection, connection.execute(sa.select(self._last(table))).scalar_one())
        return placed

    def announce(self, connection: sa.Connection) -> None:
        connection.execute(
            sa.select(sa.func.pg_notify(CHANNEL, postgres_schema.schema(self.scope)))
        )

    def wait(self) -> None:
        self._news.wait()

    def alone(self, job: str) -> bool:
        with self.speaking():
            return self._jobs.are_mine(job)

    def close(self) -> None:
        self._news.close()
        self._jobs.close()
        super().close()

    def _scope(self) -> dict[str, str]:
        return {"contest": self.scope.contest, "kabupaten": self.scope.kabupaten}

    def _mine(self, base: sa.Table) -> list[sa.ColumnElement[bool]]:
        return [base.c[name] == value for name, value in self._scope().items()]

    def _last(self, table: sa.Table) -> sa.ScalarSelect[int]:
        base = postgres_schema.of[table.name]
        highest = sa.func.coalesce(sa.func.max(base.c.seq), 0)
        return sa.select(highest).where(*self._mine(base)).scalar_subquery()

    def _gave(self, connection: sa.Connection, number: int) -> None:
        from sqlalchemy.dialects.postgresql import insert

        row = insert(postgres_schema.given).values(number=number, **self._scope())
        keys = ["contest", "kabupaten"]
        connection.execute(row.on_conflict_do_update(index_elements=keys, set_={"number": number}))

    def _brought(
        self, connection: sa.Connection, table: sa.Table, names: Sequence[str], piece: list[Any]
    ) -> tuple[str, dict[str, Any]]:
        """Where the rows stand to be taken from, as SQL with its values; `ord` is their order."""
        types = {name: _array_type(table.c[name]) for name in names}
        if len(piece) <= _SMALL:
            arrays = ", ".join(f"%(a{at})s::{types[name]}[]" for at, name in enumerate(names))
            values = {f"a{at}": list(cells) for at, cells in enumerate(zip(*piece, strict=True))}
            return f"unnest({arrays}) WITH ORDINALITY AS s({_listed(names)}, ord)", values
        stage = f"stage_{table.name}"
        made = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
        with closing(_cursor(connection)) as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{stage}")
            cursor.execute(f"CREATE TEMP TABLE {stage} ({made}, ord int8) ON COMMIT DROP")
            into = f"COPY pg_temp.{stage} ({_listed(names)}, ord) FROM STDIN (FORMAT BINARY)"
            with cursor.copy(into) as copy:
                copy.set_types([*types.values(), "int8"])
                for at, row in enumerate(piece):
                    copy.write_row((*row, at))
        return f"pg_temp.{stage} AS s", {}

    def _append_all(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: Sequence[str],
        constants: Mapping[str, int],
        rows: Iterator[Any],
        unique: Sequence[str],
    ) -> int:
        """The rows with the next numbers; what is there already leaves a gap in them."""
        base, fixed = _quoted(postgres_schema.of[table.name]), list(constants)
        last = f"SELECT coalesce(max(seq), 0) FROM {base} WHERE {_MINE}"
        known = f"ON CONFLICT (contest, kabupaten, {_listed(unique)}) DO NOTHING" if unique else ""
        stored = 0
        while piece := list(islice(rows, _PIECE)):
            source, values = self._brought(connection, table, names, piece)
            statement = f"""
                INSERT INTO {base} (contest, kabupaten, seq, {_listed([*fixed, *names])})
                SELECT %(contest)s, %(kabupaten)s, ({last}) + row_number() OVER (ORDER BY ord),
                    {"".join(f"{int(constants[name])}, " for name in fixed)}{_listed(names)}
                FROM {source} ORDER BY ord {known}"""
            with closing(_cursor(connection)) as cursor:
                cursor.execute(statement, self._scope() | values)
                stored += max(int(cursor.rowcount), 0)
        return stored


class Jobs:
    """The jobs of a scope that this process does alone: locks that end with its own line."""

    def __init__(self, url: sa.URL, scope: Scope) -> None:
        self._url, self._scope = url, postgres_schema.schema(scope)
        self._mine: set[str] = set()
        self._line: psycopg.Connection[Any] | None = None
        self._asking = threading.Lock()

    def are_mine(self, job: str) -> bool:
        with self._asking:
            line = self._standing()
            if job not in self._mine:
                name = f"{self._scope}/{job}"
                asked = "SELECT pg_try_advisory_lock(hashtextextended(%s, 1))"
                row = line.execute(asked, (name,)).fetchone()
                if row and row[0]:
                    self._mine.add(job)
            return job in self._mine

    def close(self) -> None:
        with self._asking:
            self._let_go()

    def _standing(self) -> psycopg.Connection[Any]:
        """The line, if it still stands; with one that broke, all locks were lost."""
        if self._line is not None:
            try:
                self._line.execute("SELECT")
                return self._line
            except psycopg.Error:
                self._let_go()
        self._line = psycopg.connect(_address(self._url), autocommit=True)
        return self._line

    def _let_go(self) -> None:
        self._mine.clear()
        if self._line is not None:
            self._line.close()
            self._line = None


class News:
    """Listens for versions of one scope, in a thread that begins with the first who waits."""

    def __init__(self, url: sa.URL, scope: Scope) -> None:
        self._told, self._over, self._hears = (threading.Event() for _ in range(3))
        self._mine = postgres_schema.schema(scope)
        self._url, self._beginning, self._began = url, threading.Lock(), False
        self._job = Job(
            "news", self._listen, 0.0, retry_s=_AGAIN, max_retry_s=_LONGEST_AGAIN,
            expected_errors=(psycopg.Error, OSError),
        )  # fmt: skip

    def wait(self) -> None:
        with self._beginning:
            if not self._began and not self._over.is_set():
                self._began = True
                self._job.start_thread(self._over)
        self._over.wait(_LEAST)
        self._told.wait(_TOLD_PACE if self._hears.is_set() else _PACE)
        self._told.clear()

    def close(self) -> None:
        self._over.set()
        self._told.set()
        self._job.join(_AGAIN)

    def _listen(self) -> None:
        try:
            with psycopg.connect(_address(self._url), autocommit=True) as line:
                line.execute(f"LISTEN {CHANNEL}")
                self._hears.set()
                self._told.set()  # something may have come before this line stood
                self._hear(line)
        finally:
            self._hears.clear()
            self._told.set()  # whoever waits looks, and finds out what is wrong

    def _hear(self, line: psycopg.Connection[Any]) -> None:
        while not self._over.is_set():
            self._job.record_success()
            for one in line.notifies(timeout=0.5):
                if one.payload == self._mine:
                    self._told.set()


def _engine(url: sa.URL, scope: Scope) -> sa.Engine:
    engine = sa.create_engine(
        _with_line(url),
        pool_size=2,
        max_overflow=40,
        pool_pre_ping=True,
        pool_use_lifo=True,  # so that what many needed at once is let go again
        connect_args={"options": f'-csearch_path="{postgres_schema.schema(scope)}"'},
    )
    sa.event.listen(engine, "begin", lambda connection: _begin(connection, scope))
    return engine


def _with_line(url: sa.URL) -> sa.URL:
    told = {name: value for name, value in _LINE.items() if name not in url.query}
    if isinstance(url.query.get("host"), tuple) and "target_session_attrs" not in url.query:
        told["target_session_attrs"] = "read-write"
    return url.update_query_dict(told)


def _address(url: sa.URL) -> str:
    """The same address as the driver alone reads it."""
    dialect = sa.dialects.registry.load("postgresql.psycopg")()
    _, told = dialect.create_connect_args(_with_line(url))
    return psycopg.conninfo.make_conninfo(**told)


def _begin(connection: sa.Connection, scope: Scope) -> None:
    if WRITES.items() <= connection.get_execution_options().items():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT}'")
        lock = sa.func.pg_advisory_xact_lock(
            sa.func.hashtextextended(postgres_schema.schema(scope), 0)
        )
        connection.execute(sa.select(lock))


def _prepare(engine: sa.Engine, scope: Scope) -> Grown:
    with engine.connect() as connection:
        (version, *_) = connection.dialect.server_version_info or (0,)
        if int(version) < OLDEST:
            raise StoreError(f"Server PostgreSQL {version} terlalu lama; perlu {OLDEST}.")
        if postgres_schema.is_made(connection) and postgres_schema.is_open(connection, scope):
            postgres_schema.may_look(connection, scope)
            if runner.is_current(connection, postgres_schema.BASE):
                return Grown(schema := int(runner.head()), schema)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT}'")
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MAKING)))
        if not postgres_schema.is_made(connection):  # another process may have been quicker
            postgres_schema.create(connection)
        grown = postgres_schema.grow(connection)
        if not postgres_schema.is_open(connection, scope):
            postgres_schema.open_scope(connection, scope)
    return grown


def _cursor(connection: sa.Connection) -> Any:
    """The driver's own: SQLAlchemy knows no COPY."""
    return connection.connection.cursor()


def _array_type(column: sa.Column[Any]) -> str:
    return next(name for kind, name in _ARRAYS if isinstance(column.type, kind))


def _listed(names: Iterable[str], of: str = "") -> str:
    before = f"{of}." if of else ""
    return ", ".join(f'{before}"{name}"' for name in names)


def _quoted(table: sa.Table) -> str:
    return f'{table.schema}."{table.name}"'
