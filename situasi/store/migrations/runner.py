"""The schema revision of a store, and its upgrade inside the caller's transaction.

Alembic is imported only when there is something to do: an up-to-date store opens without it.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from situasi.store.model import StoreError

_HERE = Path(__file__).parent
VERSIONS = _HERE / "versions"
TABLE = "alembic_version"
NEWER_VERSION = "Penyimpanan dibuat oleh Situasi yang lebih baru. Perbarui Situasi."
_upgrade_lock = threading.Lock()  # alembic.op is global to the process


@dataclass(frozen=True)
class MigrationResult:
    """The schema before and after an upgrade, and the copy of the old state, if any."""

    schema_before: int
    schema_after: int
    backup_path: Path | None = None


def latest_revision() -> str:
    """Return the current revision: the number of the last file in `versions`."""
    return max(path.name[1:5] for path in VERSIONS.glob("v[0-9]*.py"))


def read_revision(connection: sa.Connection, schema: str | None = None) -> str | None:
    """Return the revision recorded in the store; None where none is recorded.

    schema: where the tables lie, in an engine with several schemas.
    """
    table = _version_table(schema)
    if not sa.inspect(connection).has_table(table.name, schema=schema):
        return None
    return connection.execute(sa.select(table.c.version_num)).scalar_one_or_none()


def is_current(connection: sa.Connection, schema: str | None = None) -> bool:
    """Return whether there is nothing to do. Raises StoreError for a store of a newer version."""
    revision = read_revision(connection, schema)
    if revision is not None and revision > latest_revision():
        raise StoreError(NEWER_VERSION)
    return revision == latest_revision()


def stamp(connection: sa.Connection, schema: str | None = None) -> None:
    """Record the current revision for tables that were just created."""
    table = _version_table(schema)
    table.create(connection)
    connection.execute(sa.insert(table).values(version_num=latest_revision()))


def upgrade(connection: sa.Connection, schema: str | None = None) -> None:
    """Run the migrations from the store's revision to the current one; the caller commits.

    The connection is in a transaction that holds the write lock; none is begun or ended here.
    """
    from alembic import command
    from alembic.config import Config

    assert connection.in_transaction(), "a migration is whole or not at all"
    config = Config(attributes={"connection": connection, "schema": schema})
    config.set_main_option("script_location", _escape_option(_HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _escape_option(VERSIONS))
    with _upgrade_lock:
        command.upgrade(config, "head")


def _escape_option(path: Path) -> str:
    return str(path).replace("%", "%%")


def _version_table(schema: str | None) -> sa.Table:
    """Return the version table as Alembic defines it."""
    return sa.Table(
        TABLE,
        sa.MetaData(schema=schema),
        sa.Column("version_num", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
    )
