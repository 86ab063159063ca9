"""The steps that migrations use, the same for every engine.

In PostgreSQL a table is several objects (engines/postgres_schema.py): its key begins with contest
and kabupaten, and it has partitions and views. The views are recreated after all steps.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

TableItem = sa.Column[Any] | sa.UniqueConstraint | sa.Index

# An autoincremented key of SQLite must be declared INTEGER.
KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def create_table(name: str, *parts: TableItem, key: sa.Column[Any] | None = None) -> None:
    """Create an append-only table with its indexes. key: the growing `seq`, unless given.

    PostgreSQL adds partitions, grants and triggers here; SQLite's engine adds triggers to every
    table after the last step.
    """
    if key is None:
        key = sa.Column("seq", KEY, primary_key=True, autoincrement=True)
    table_options = {"sqlite_autoincrement": bool(key.autoincrement)}
    if _is_postgres():
        from situasi.store.engines import postgres_schema

        table = sa.Table(name, sa.MetaData(), key, *parts)
        metadata = sa.MetaData(schema=postgres_schema.BASE_SCHEMA)
        base_table = postgres_schema.build_base_table(table, metadata)
        postgres_schema.create_base_table(op.get_bind(), base_table)
    else:
        op.create_table(name, key, *parts, **table_options)


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column; existing rows get NULL in it, or its `server_default`."""
    op.add_column(table, column, schema=_schema())


def create_index(name: str, table: str, *columns: str) -> None:
    """Create an index; in PostgreSQL it begins with contest and kabupaten."""
    key_columns = ("contest", "kabupaten") if _is_postgres() else ()
    op.create_index(name, table, [*key_columns, *columns], schema=_schema())


def drop_index(name: str, table: str) -> None:
    """Drop an index if it exists."""
    op.drop_index(name, table, schema=_schema(), if_exists=True)


def _is_postgres() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _schema() -> str | None:
    schema: str | None = op.get_context().version_table_schema
    return schema
