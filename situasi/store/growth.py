"""An older store grows into the present schema: tables and columns are added, no report changed.

Records only ever gain columns, and a column that a row has not is missing in its content
too; so the digests of old rows stay what they were, and nothing need be copied. Entries of the
trail from before it was chained are sealed once, as they are found. An index that nobody asks
any more is let go: it made every delivery slower.
"""

from __future__ import annotations

import sqlalchemy as sa

from situasi.store import tables, trail


def grow(connection: sa.Connection) -> None:
    """Add the tables, columns and indexes that are not there yet, inside the open transaction.

    The engine has let go of what keeps the trail from being changed, and holds it again after.
    """
    there = sa.inspect(connection)
    known = set(there.get_table_names())
    chained = "chain" in {column["name"] for column in there.get_columns(tables.audit.name)}
    for table in tables.metadata.sorted_tables:
        if table.name in known:
            present = {column["name"] for column in there.get_columns(table.name)}
            for column in table.columns:
                if column.name not in present:
                    _add(connection, table, column)
            for index in table.indexes:
                index.create(connection, checkfirst=True)
    for table in tables.feeds.values():
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {table.name}_by_batch")
    tables.metadata.create_all(connection)
    if not chained:
        trail.seal_older(connection)


def _add(connection: sa.Connection, table: sa.Table, column: sa.Column[object]) -> None:
    dialect = connection.dialect
    name = dialect.identifier_preparer.quote(column.name)
    kind = column.type.compile(dialect)
    connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind}")
