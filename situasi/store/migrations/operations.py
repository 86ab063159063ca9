"""What migrations are written in: the same steps for every engine.

In PostgreSQL a table is many (situasi.store.engines.postgres_schema): its key begins with contest
and kabupaten, it has a partition for each, and views. Those views are made anew once all steps are
done.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

TableItem = sa.Column[Any] | sa.UniqueConstraint | sa.Index

# An autoincremented key of SQLite must be declared INTEGER.
KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def create_table(name: str, *parts: TableItem, key: sa.Column[Any] | None = None) -> None:
    """A table to which rows are appended, its indexes too. key: `seq`, which grows, unless given.

    In PostgreSQL its partitions, rights and guards come with it; SQLite's guards are its
    engine's, put on every table after the last step.
    """
    if key is None:
        key = sa.Column("seq", KEY, primary_key=True, autoincrement=True)
    counted = {"sqlite_autoincrement": bool(key.autoincrement)}
    if _is_postgres():
        from situasi.store.engines import postgres_schema

        table = sa.Table(name, sa.MetaData(), key, *parts)
        postgres_schema.create_base_table(
            op.get_bind(),
            postgres_schema.build_base_table(
                table, sa.MetaData(schema=postgres_schema.BASE_SCHEMA)
            ),
        )
    else:
        op.create_table(name, key, *parts, **counted)


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Rows that are there get nothing in it, or its `server_default`."""
    op.add_column(table, column, schema=_schema())


def create_index(name: str, table: str, *columns: str) -> None:
    first = ("contest", "kabupaten") if _is_postgres() else ()
    op.create_index(name, table, [*first, *columns], schema=_schema())


def drop_index(name: str, table: str) -> None:
    """Nothing where there is no such index."""
    op.drop_index(name, table, schema=_schema(), if_exists=True)


def has_column(table: str, column: str) -> bool:
    found = sa.inspect(op.get_bind()).get_columns(table, schema=_schema())
    return column in {one["name"] for one in found}


def _is_postgres() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _schema() -> str | None:
    schema: str | None = op.get_context().version_table_schema
    return schema
