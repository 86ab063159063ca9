"""Stores as earlier programs left them, and a program that is one migration ahead of today's."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from situasi.store.engines.sqlite_schema import APPLICATION_ID
from situasi.store.migrations import runner
from tests.tools import schema

HERE = Path(__file__).parent
VERSIONS = runner.VERSIONS
TODAY = int(runner.latest_revision())
LATER = TODAY + 1
NUMBERS = range(1, LATER)  # the schemas that stores may have when that program opens them
NEXT = f'''
"""The next."""

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "{LATER:04}"
down_revision = "{TODAY:04}"


def upgrade() -> None:
    operations.add_column("feed_incidents", sa.Column("saksi", sa.BigInteger))
    operations.add_column(
        "feed_incidents",
        sa.Column("mendesak", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    operations.create_table(
        "feed_boats",
        sa.Column("name", sa.Text, nullable=False),
        sa.UniqueConstraint("name"),
        sa.Index("boats_by_name", "name", "seq"),
    )
    operations.create_index("audit_by_actor", "audit", "actor")
    operations.drop_index("releases_by_number", "releases")
'''


def write_later_versions(folder: Path) -> Path:
    """The migrations of a program with one more."""
    versions = folder / "versions"
    shutil.copytree(VERSIONS, versions, ignore=shutil.ignore_patterns("__pycache__"))
    versions.joinpath(f"v{LATER:04}_next.py").write_text(NEXT, "utf-8")
    return versions


@contextmanager
def today() -> Iterator[pytest.MonkeyPatch]:
    """What is done within is done by today's program."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "VERSIONS", VERSIONS)
        yield patch


@cache
def _script(number: int) -> str:
    """The rows and tables of a store of that schema: kept then, or made by today's program."""
    if number != TODAY:
        return HERE.joinpath(f"schema-{number}.sql").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder, today():
        schema.fill(Path(folder) / "today.db")
        return schema.dumped(Path(folder) / "today.db")


def made(path: Path, number: int) -> Path:
    """The file of a store of that schema, with rows in every table it had."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(_script(number))
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={number}")
    return path


def number_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def raw(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every cell of every table that holds rows of the store; by number of row."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row["name"] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
        )]  # fmt: skip
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1")]
            for name in names
        }
