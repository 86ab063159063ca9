"""Migrations from nothing make what tables.py says; each made what its time had, and still does."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from situasi.store import open_store, schema
from situasi.store.engines import postgres_schema, sqlite
from situasi.store.migrations import runner
from tests.store import old
from tests.store.shape import (
    by_migrations,
    differences,
    of_a_new_one,
    of_file,
    shape,
    without_guards,
)

pytestmark = pytest.mark.usefixtures("tables_made_anew")
VERSIONS = sorted(runner.VERSIONS.glob("v*.py"))
WHAT_TO_DO = """
records.py or tables.py changed, and no migration brings an existing store there (or one does
something else). Before the change: python -m tests.tools.schema. Then write the next file in
situasi/store/migrations/versions/ (CONTRIBUTING.md, "A store that is to hold more"):
"""


def test_migrations_from_nothing_make_the_tables_of_today(tmp_path: Path) -> None:
    made = by_migrations(tmp_path / "grown.db")
    wanted = without_guards(of_a_new_one(tmp_path / "new.db"))
    found = differences(made, wanted)
    assert not found, WHAT_TO_DO + "\n".join(found)


@pytest.mark.parametrize("number", old.NUMBERS)
def test_a_store_of_any_schema_gets_the_shape_of_a_new_one(tmp_path: Path, number: int) -> None:
    path = old.made(tmp_path / "old.db", number)
    open_store(f"sqlite:///{path.as_posix()}").close()
    found = differences(of_file(path), of_a_new_one(tmp_path / "new.db"))
    assert not found, WHAT_TO_DO + "\n".join(found)


@pytest.mark.parametrize("number", old.NUMBERS)
def test_a_migration_means_for_ever_what_it_meant_when_it_was_written(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to each number, migrations make what stores of that number were."""
    (tmp_path / "versions").mkdir()
    for file in VERSIONS[:number]:
        shutil.copy(file, tmp_path / "versions")
    monkeypatch.setattr(runner, "VERSIONS", tmp_path / "versions")
    made = by_migrations(tmp_path / "grown.db")
    was = without_guards(of_file(old.made(tmp_path / "old.db", number)))
    assert differences(made, was) == []


def test_migrations_stand_in_one_row_by_number() -> None:
    for number, file in enumerate(VERSIONS, 1):
        told = {
            one.targets[0].id: one.value.value  # type: ignore[attr-defined]
            for one in ast.parse(file.read_text("utf-8")).body
            if isinstance(one, ast.Assign) and "revision" in one.targets[0].id  # type: ignore[attr-defined]
        }
        before = f"{number - 1:04}" if number > 1 else None
        assert file.name.startswith(f"v{number:04}_")
        assert told == {"revision": f"{number:04}", "down_revision": before}
    assert runner.latest_revision() == f"{len(VERSIONS):04}"


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_a_migration_reads_nothing_that_may_change_after_it(file: Path) -> None:
    """Steps, and nothing else of ours."""
    read = set()
    for one in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(one, ast.ImportFrom):
            read |= {f"{one.module}.{name.name}" for name in one.names}
    ours = {name for name in read if name.startswith("situasi")}
    assert ours <= {"situasi.store.migrations.operations"}


def changed(change: Callable[[sa.MetaData], object], path: Path) -> list[str]:
    """What is said where tables.py was changed like this, and no migration was written."""
    later = sa.MetaData()
    for table in schema.metadata.sorted_tables:
        table.to_metadata(later)
    change(later)
    engine = sqlite._create_engine(path)
    with engine.begin() as connection:
        later.create_all(connection)
    engine.dispose()
    return differences(by_migrations(path.with_name("grown.db")), of_file(path))


def add(
    table: str, part: sa.Column[object] | sa.UniqueConstraint
) -> Callable[[sa.MetaData], object]:
    def change(later: sa.MetaData) -> None:
        if isinstance(part, sa.UniqueConstraint):
            later.tables[table].append_constraint(part)
        else:
            later.tables[table].append_column(part, replace_existing=True)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (add("feed_tps", sa.Column("saksi", sa.BigInteger)),
         "feed_tps, column saksi: nothing instead of ('BIGINT', True)"),
        (add("feed_tps", sa.Column("hadir", sa.Text)),
         "feed_tps, column hadir: ('BIGINT', True) instead of ('TEXT', True)"),
        (add("feed_tps", sa.Column("hadir", sa.BigInteger, nullable=False)),
         "feed_tps, column hadir: ('BIGINT', True) instead of ('BIGINT', False)"),
        (add("batches", sa.UniqueConstraint("sha256")),
         "batches, unique: [] instead of [['sha256']]"),
        (lambda later: sa.Table("feed_new", later, sa.Column("seq", sa.Integer, primary_key=True)),
         "feed_new: not made"),
        (lambda later: sa.Index("late", later.tables["audit"].c.actor),
         "audit, index late: nothing instead of ['actor']"),
        (lambda later: later.remove(later.tables["access"]), "access: not wanted"),
    ],
)  # fmt: skip
def test_what_nobody_wrote_a_migration_for_is_named(
    tmp_path: Path, change: Callable[[sa.MetaData], object], said: str
) -> None:
    assert changed(change, tmp_path / "later.db") == [said]


def test_postgresql_grown_from_nothing_has_the_tables_of_a_new_one(database: str) -> None:
    """No server was ever that old; so it is shown that every step means the same there."""
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        postgres_schema.create_schemas(connection)
        runner.upgrade(connection, postgres_schema.BASE_SCHEMA)
        grown = shape(connection, postgres_schema.BASE_SCHEMA)
        connection.rollback()
        postgres_schema.create_base_tables(connection)
        wanted = shape(connection, postgres_schema.BASE_SCHEMA)
        connection.rollback()
    engine.dispose()
    found = differences(grown, wanted)
    assert not found, WHAT_TO_DO + "\n".join(found)
