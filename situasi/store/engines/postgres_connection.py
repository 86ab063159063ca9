"""Connections to PostgreSQL: their parameters, the pool of one scope, and what errors mean."""

import psycopg
import sqlalchemy as sa

from situasi.store.engines import postgres_schema
from situasi.store.engines.engine import GENERIC_FAILURE, WRITE_OPTIONS
from situasi.store.model import Scope, StoreError

LOCK_TIMEOUT = "30s"  # to wait for another writer

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
_UNREACHABLE = "Server penyimpanan tidak menjawab. Periksa server dan jaringannya."


def create_engine(url: sa.URL, scope: Scope) -> sa.Engine:
    """Create the pool of connections that see the views of this scope."""
    engine = sa.create_engine(
        _with_connect_parameters(url),
        # LIFO, so that connections of a peak are closed again.
        pool_size=2, max_overflow=40, pool_pre_ping=True, pool_use_lifo=True,
        connect_args={"options": f'-csearch_path="{postgres_schema.schema_name(scope)}"'},
    )  # fmt: skip
    sa.event.listen(engine, "begin", lambda connection: _begin(connection, scope))
    return engine


def _with_connect_parameters(url: sa.URL) -> sa.URL:
    parameters = {
        name: value for name, value in _CONNECT_PARAMETERS.items() if name not in url.query
    }
    if isinstance(url.query.get("host"), tuple) and "target_session_attrs" not in url.query:
        parameters["target_session_attrs"] = "read-write"
    return url.update_query_dict(parameters)


def build_conninfo(url: sa.URL) -> str:
    """Return the address in the form that the driver alone reads."""
    dialect = sa.dialects.registry.load("postgresql.psycopg")()
    _, parameters = dialect.create_connect_args(_with_connect_parameters(url))
    return psycopg.conninfo.make_conninfo(**parameters)


def _begin(connection: sa.Connection, scope: Scope) -> None:
    if WRITE_OPTIONS.items() <= connection.get_execution_options().items():
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        lock = sa.func.pg_advisory_xact_lock(
            sa.func.hashtextextended(postgres_schema.schema_name(scope), 0)
        )
        connection.execute(sa.select(lock))


def read_sqlstate(error: BaseException) -> str | None:
    """Return the server's code for this error; None where the driver gives none."""
    state: str | None = getattr(getattr(error, "orig", None) or error, "sqlstate", None)
    return state


def to_store_error(error: BaseException) -> StoreError:
    """Build the StoreError for this error."""
    cause = getattr(error, "orig", None) or error
    state = read_sqlstate(error)
    if state is None:  # refused before there was a connection: only the message says why
        state = next((code for phrase, code in _SQLSTATE_BY_PHRASE if phrase in str(cause)), None)
    if state in _MESSAGES_BY_SQLSTATE:
        return StoreError(_MESSAGES_BY_SQLSTATE[state])
    if isinstance(cause, psycopg.OperationalError) or isinstance(error, sa.exc.TimeoutError):
        return StoreError(_UNREACHABLE)
    return StoreError(GENERIC_FAILURE, str(cause))
