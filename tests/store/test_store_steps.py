"""The next migration, as somebody will write it, on each engine, in a store that has rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from situasi.domain.feed_schemas import INCIDENTS
from situasi.store import Scope, Store, StoreError, open_store, upgrade
from situasi.store.engines import postgres_schema
from situasi.store.schema import metadata
from tests.postgres import SCOPE
from tests.store import old
from tests.store.builders import MORNING, delivery, frame, numbered, row
from tests.store.old import LATER, TODAY, today
from tests.tools import schema

OTHER = Scope("pilkada-2024", "16.02")


@pytest.fixture(params=["url", "database"])
def anywhere(request: pytest.FixtureRequest) -> str:
    """A file of SQLite, and an empty database of PostgreSQL."""
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def filled(anywhere: str, later: None) -> str:
    """A store of today, with rows, about to be opened by a later program."""
    with (
        today(),
        closing(open_store(anywhere, SCOPE)) as store,
        store.deliver(delivery()) as writing,
    ):
        writing.add(numbered(2, 3), [])
    return anywhere


@pytest.fixture
def grown(filled: str) -> Iterator[Store]:
    store = open_store(filled, SCOPE)
    yield store
    store.close()


def asked(store: Any, statement: str) -> list[Any]:
    engine: sa.Engine = store._backend.engine
    with engine.connect() as connection:
        return [tuple(one) for one in connection.exec_driver_sql(statement)]


def place(store: Any) -> str:
    """Where the tables themselves lie."""
    return "situasi." if store._backend.engine.dialect.name == "postgresql" else ""


def test_a_later_program_tells_what_it_did_and_does_it_once(filled: str) -> None:
    first, again = upgrade(filled, SCOPE), upgrade(filled, SCOPE)
    assert (first.schema_before, first.schema_after, first.backup_path is None) == (
        TODAY, LATER, filled.startswith("postgresql"),
    )  # fmt: skip
    assert (again.schema_before, again.schema_after, again.backup_path) == (LATER, LATER, None)


def test_rows_are_read_and_written_on_and_new_columns_are_empty_or_as_said(grown: Store) -> None:
    with grown.deliver(delivery()) as writing:
        added = writing.add(numbered(2, 4), [])
    assert (added.accepted, added.duplicate) == (1, 1)
    assert grown.rows_after(INCIDENTS)["id"].tolist() == ["r-2", "r-3", "r-4"]
    found = asked(grown, f"SELECT id, saksi, mendesak FROM {place(grown)}feed_incidents ORDER BY 1")
    assert found == [("r-2", None, 0), ("r-3", None, 0), ("r-4", None, 0)]
    assert grown.verify() == []


def test_indexes_are_made_and_let_go(grown: Store) -> None:
    engine: Any = grown._backend.engine  # type: ignore[attr-defined]
    schema = place(grown).rstrip(".") or None
    first = ["contest", "kabupaten"] if schema else []
    found = sa.inspect(engine)
    indexes = {one["name"]: one["column_names"]
               for table in ("audit", "releases", "feed_boats")
               for one in found.get_indexes(table, schema)
               if not one.get("duplicates_constraint")}  # fmt: skip
    assert indexes == {
        "audit_by_moves": [*first, "moves", "seq"],
        "audit_by_actor": [*first, "actor"],
        "boats_by_name": [*first, "name", "seq"],
    }


def test_a_program_of_today_refuses_what_a_later_one_made(
    filled: str,
) -> None:
    upgrade(filled, SCOPE)
    with today():
        for way in (open_store, upgrade):
            with pytest.raises(StoreError, match="Perbarui Situasi"):
                way(filled, SCOPE)


def test_postgresql_where_there_is_no_store_makes_none(database: str) -> None:
    with pytest.raises(StoreError, match="Belum ada penyimpanan"):
        upgrade(database, SCOPE)
    with psycopg.connect(plain(database)) as line:
        assert line.execute("SELECT to_regnamespace('situasi')").fetchone() == (None,)


def plain(address: str) -> str:
    return address.replace("postgresql+psycopg://", "postgresql://")


def of_the_polres(database: str) -> str:
    """The address by which the account of SCOPE's own Polres comes."""
    account = sa.make_url(database).set(username="polres_16_10")
    return account.render_as_string(hide_password=False)


@pytest.fixture
def polda(database: str, later: None) -> Iterator[psycopg.Connection[Any]]:
    """A database of today with two scopes, one of which its own Polres sends to; grown since."""
    with today():
        for scope in (SCOPE, OTHER):
            with closing(open_store(database, scope)) as store:
                with store.deliver(delivery()) as writing:
                    writing.add(frame(row()), [])
                store.put_note("siaga", 1, MORNING, "operator")
    with psycopg.connect(plain(database), autocommit=True) as line:
        line.execute("DROP ROLE IF EXISTS polres_16_10")
        line.execute("CREATE ROLE polres_16_10 LOGIN")
        for right in postgres_schema.build_grants(SCOPE):
            line.execute(right)  # type: ignore[arg-type]
        with pytest.raises(StoreError, match=f"masih berskema {TODAY}, .* memerlukan {LATER}"):
            open_store(of_the_polres(database), SCOPE)
        upgrade(database, SCOPE)
        yield line
        line.execute("DROP OWNED BY polres_16_10")
        line.execute("DROP ROLE polres_16_10")


def test_a_new_table_of_postgresql_has_the_partitions_and_guards_of_all_scopes(
    polda: psycopg.Connection[Any],
) -> None:
    for number, scope in enumerate((SCOPE, OTHER), 1):
        polda.execute(
            "INSERT INTO situasi.feed_boats VALUES (%s, %s, %s, 'Perahu')",
            (scope.contest, scope.kabupaten, number),
        )
        part = f'situasi_parts."feed_boats/{scope.contest}/{scope.kabupaten}"'
        assert polda.execute(f"SELECT name FROM {part}").fetchall() == [("Perahu",)]  # type: ignore[arg-type]
        for deed in (f"TRUNCATE {part}", f"DELETE FROM {part}", "TRUNCATE situasi.feed_boats"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                polda.execute(deed)  # type: ignore[arg-type]


def test_the_account_of_a_polres_keeps_its_rights_and_gets_none_over_the_schema(
    polda: psycopg.Connection[Any], database: str
) -> None:
    polda.execute("SET ROLE polres_16_10")
    assert polda.execute("SELECT version_num FROM situasi.alembic_version").fetchall() == [
        (f"{LATER:04}",)
    ]
    for view in ("feed_incidents", "notes", "audit"):
        mine = f'SELECT count(*) FROM "{postgres_schema.schema_name(SCOPE)}".{view}'
        assert polda.execute(mine).fetchone() != (0,)  # type: ignore[arg-type]
    polda.execute("SELECT * FROM situasi.feed_boats")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        polda.execute("INSERT INTO situasi.alembic_version VALUES ('9999')")
    polda.execute("RESET ROLE")
    with closing(open_store(of_the_polres(database), SCOPE)) as store:
        assert len(store.rows_after(INCIDENTS)) == 1
        with store.deliver(delivery(source="lagi.csv")) as writing:
            assert writing.add(numbered(7), []).accepted == 1
        assert store.verify() == []


def test_what_is_kept_of_today_is_a_store_that_a_later_program_opens(
    tmp_path: Path, later: None
) -> None:
    """What tests.tools.schema writes for the tests of the next migration."""
    with today():
        schema.fill(tmp_path / "today.db")
    path = old.made(tmp_path / "old.db", TODAY)
    before = old.raw(path)
    assert before == old.raw(tmp_path / "today.db")
    assert before.keys() == metadata.tables.keys()
    assert all(before.values())
    grown = upgrade(f"sqlite:///{path.as_posix()}")
    assert (grown.schema_before, grown.schema_after) == (TODAY, LATER)
    assert old.raw(path)["audit"] == before["audit"]
