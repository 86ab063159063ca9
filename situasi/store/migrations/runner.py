"""Which schema a store has, and bringing it to this one inside the caller's transaction.

Alembic is imported only where there is something to do: an up-to-date store opens without it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from situasi.store.interface import StoreError

_HERE = Path(__file__).parent
VERSIONS = _HERE / "versions"
TABLE = "alembic_version"
_upgrade_lock = threading.Lock()  # what a migration speaks to (alembic.op) is the process's own


@dataclass(frozen=True)
class MigrationResult:
    """What opening did: the schema before and after, and the copy of what was before, if any."""

    schema_before: int
    schema_after: int
    backup_path: Path | None = None


def latest_revision() -> str:
    """The revision of today's schema: the number of the last file in `versions`."""
    return max(path.name[1:5] for path in VERSIONS.glob("v[0-9]*.py"))


def read_revision(connection: sa.Connection, schema: str | None = None) -> str | None:
    """The revision that the store says it has; None where it says none.

    schema: where the tables lie, in an engine that has several places for them.
    """
    table = _version_table(schema)
    if not sa.inspect(connection).has_table(table.name, schema=schema):
        return None
    return connection.execute(sa.select(table.c.version_num)).scalar_one_or_none()


def is_current(connection: sa.Connection, schema: str | None = None) -> bool:
    """Whether there is nothing to do. Raises StoreError for a store of a newer version."""
    found = read_revision(connection, schema)
    if found is not None and found > latest_revision():
        raise StoreError("Penyimpanan dibuat oleh Situasi yang lebih baru. Perbarui Situasi.")
    return found == latest_revision()


def stamp(
    connection: sa.Connection, schema: str | None = None, revision_id: str | None = None
) -> None:
    """Write down the revision of tables that were just made: today's, or the one named."""
    table = _version_table(schema)
    table.create(connection)
    connection.execute(sa.insert(table).values(version_num=revision_id or latest_revision()))


def upgrade(
    connection: sa.Connection, schema: str | None = None, assumed_revision: str | None = None
) -> None:
    """Run what lies between the store's revision and today's; the caller commits, or not.

    The connection is in a transaction that holds the write lock; none is begun or ended here.
    known: the revision of a store that says none, since it is older than the saying.
    """
    from alembic import command
    from alembic.config import Config

    assert connection.in_transaction(), "a migration is whole or not at all"
    if assumed_revision is not None and read_revision(connection, schema) is None:
        stamp(connection, schema, assumed_revision)
    config = Config(attributes={"connection": connection, "schema": schema})
    config.set_main_option("script_location", _escape_option(_HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", _escape_option(VERSIONS))
    with _upgrade_lock:
        command.upgrade(config, "head")


def _escape_option(path: Path) -> str:
    return str(path).replace("%", "%%")


def _version_table(schema: str | None) -> sa.Table:
    """As Alembic makes it."""
    return sa.Table(
        TABLE,
        sa.MetaData(schema=schema),
        sa.Column("version_num", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
    )
