"""What tables look like in a database, and in which words two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from situasi.store import open_store
from situasi.store.engines import sqlite
from situasi.store.migrations import runner

Shape = dict[str, dict[str, Any]]


def shape(connection: sa.Connection, schema: str | None = None) -> Shape:
    """Each table: its columns, key, constraints, indexes, guards, and whether its key counts."""
    asked = sa.inspect(connection)
    found = {}
    for name in asked.get_table_names(schema):
        if name == "alembic_version":
            continue
        uniques = asked.get_unique_constraints(name, schema)
        found[name] = {
            **{
                f"column {column['name']}": (
                    column["type"].compile(connection.dialect),
                    column["nullable"],
                )
                for column in asked.get_columns(name, schema)
            },
            "key": asked.get_pk_constraint(name, schema)["constrained_columns"],
            "unique": sorted(one["column_names"] for one in uniques),
            **{
                f"index {index['name']}": index["column_names"]
                for index in asked.get_indexes(name, schema)
                if not index.get("duplicates_constraint")
            },
            **_of_the_engine(connection, name, schema),
        }
    return found


def _of_the_engine(connection: sa.Connection, table: str, schema: str | None) -> dict[str, Any]:
    if connection.dialect.name == "sqlite":
        asked = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ?"
        rows = connection.exec_driver_sql(asked, (table,)).all()
        guards = {f"trigger {name}": sql for kind, name, sql in rows if kind == "trigger"}
        return guards | {"counts": any("AUTOINCREMENT" in (sql or "") for *_, sql in rows)}
    place = f'{schema}."{table}"'
    guards = dict(
        connection.exec_driver_sql(
            "SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE tgrelid = %s::regclass",
            (place,),
        ).all()
    )
    rows = connection.exec_driver_sql(
        "SELECT pg_get_partkeydef(oid), relrowsecurity FROM pg_class WHERE oid = %s::regclass",
        (place,),
    ).all()
    policies = connection.exec_driver_sql(
        "SELECT policyname, qual, with_check FROM pg_policies"
        " WHERE schemaname = %s AND tablename = %s",
        (schema, table),
    ).all()
    return guards | {"partitions": rows, "policies": policies}


def differences(made: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """What is made otherwise than wanted, table by table."""
    said = []
    for table in sorted(made.keys() | wanted.keys()):
        if table not in made or table not in wanted:
            said.append(f"{table}: {'not made' if table not in made else 'not wanted'}")
            continue
        one, other = made[table], wanted[table]
        said += [
            f"{table}, {part}: {one.get(part, 'nothing')} instead of {other.get(part, 'nothing')}"
            for part in sorted(one.keys() | other.keys())
            if one.get(part) != other.get(part)
        ]
    return said


def of_file(path: Path) -> Shape:
    engine = sa.create_engine(f"sqlite:///{path.as_posix()}")
    try:
        with engine.connect() as connection:
            return shape(connection)
    finally:
        engine.dispose()


def by_migrations(path: Path) -> Shape:
    """What all migrations make of an empty file; the guards are put on after the last step."""
    engine = sqlite._create_engine(path)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SELECT 1")
            runner.upgrade(connection)
        return of_file(path)
    finally:
        engine.dispose()


def of_a_new_one(path: Path) -> Shape:
    """What today's code makes of an empty file."""
    open_store(f"sqlite:///{path.as_posix()}").close()
    return of_file(path)


def without_guards(found: Shape) -> Shape:
    return {
        table: {part: what for part, what in parts.items() if not part.startswith("trigger")}
        for table, parts in found.items()
    }
