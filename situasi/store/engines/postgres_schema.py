"""The tables as PostgreSQL holds them: of all scopes, in partitions; and a view of each scope.

Base tables lie in the schema `situasi`: the columns of `tables`, and before them contest and
kabupaten, which begin every key. Each is partitioned by contest and, in that, by kabupaten, so that
what is of one kabupaten lies together, and a distributed database can put it on one node. A scope
has a schema of its own, `contest/kabupaten`, with a view of each table that shows its rows alone:
what is written against `tables` reads the same from a file of SQLite and from here.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from situasi.store import schema as store_schema
from situasi.store.interface import Scope, StoreError
from situasi.store.migrations import runner
from situasi.store.migrations.runner import MigrationResult

BASE_SCHEMA = "situasi"
PARTITION_SCHEMA = "situasi_parts"
FIRST_REVISION = "0004"  # the schema that the first databases had; they said none
# A name of PostgreSQL has 63 bytes; a partition is called table/contest/kabupaten.
_CONTEST = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}")
_KABUPATEN = re.compile(r"[0-9][0-9.]{0,7}")

metadata = sa.MetaData(schema=BASE_SCHEMA)


def build_base_table(table: sa.Table, metadata: sa.MetaData) -> sa.Table:
    """The base table of what is one table to a scope. metadata: of the schema BASE."""
    key = [column.name for column in table.primary_key]
    parts: list[Any] = [
        *(sa.Column(name, sa.Text, nullable=False) for name in ("contest", "kabupaten")),
        *(sa.Column(one.name, one.type, nullable=one.nullable) for one in table.columns),
        sa.PrimaryKeyConstraint("contest", "kabupaten", *key),
    ]
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            names = [column.name for column in constraint.columns]
            parts.append(sa.UniqueConstraint("contest", "kabupaten", *names))
    for index in table.indexes:
        names = [column.name for column in index.columns]
        parts.append(sa.Index(index.name, "contest", "kabupaten", *names))
    return sa.Table(table.name, metadata, *parts, postgresql_partition_by="LIST (contest)")


BASE_TABLES: dict[str, sa.Table] = {
    table.name: build_base_table(table, metadata) for table in store_schema.metadata.sorted_tables
}

# What SQLite counts by itself: the highest number that the trail of a scope ever gave.
last_issued = sa.Table(
    "given",
    metadata,
    sa.Column("contest", sa.Text, primary_key=True),
    sa.Column("kabupaten", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
)

# Every engine but the owner's own hands: a Polres that may write here sees and writes its own rows.
_OWN_ROWS_POLICY = "current_user = 'polres_' || replace(kabupaten, '.', '_')"


def check_scope(scope: Scope | None) -> Scope:
    """The scope, where it can be one here. Raises StoreError."""
    if scope is None:
        raise StoreError("Penyimpanan PostgreSQL perlu tahu pemilihan dan kabupatennya.")
    if not _CONTEST.fullmatch(scope.contest):
        raise StoreError(
            f"Nama pemilihan {scope.contest!r} tidak cocok: huruf kecil, angka, . _ -, paling"
            " banyak 30 tanda ([election] contest di election.toml)."
        )
    if not _KABUPATEN.fullmatch(scope.kabupaten):
        raise StoreError(f"Kode kabupaten {scope.kabupaten!r} tidak cocok: angka dan titik.")
    return scope


def schema_name(scope: Scope) -> str:
    """The name of the schema in which this scope's views are."""
    return f"{scope.contest}/{scope.kabupaten}"


def create_base_tables(connection: sa.Connection) -> None:
    """Schemas and base tables, without any scope; what is appended stays as it is."""
    create_schemas(connection)
    for table in BASE_TABLES.values():
        create_base_table(connection, table)
    runner.stamp(connection, BASE_SCHEMA)
    _make_version_read_only(connection)


def create_schemas(connection: sa.Connection) -> None:
    """What is there before the first table: schemas, the guard's function, the trails' numbers."""
    for name in (BASE_SCHEMA, PARTITION_SCHEMA):
        connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    connection.exec_driver_sql(
        f"""CREATE FUNCTION {BASE_SCHEMA}.append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"""
    )
    last_issued.create(connection)
    _enable_row_security(connection, last_issued)


def create_base_table(connection: sa.Connection, table: sa.Table) -> None:
    """A base table with its guards, and its partitions for the scopes that are open."""
    table.create(connection)
    connection.exec_driver_sql(
        f"""CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {_qualified_name(table)}
        FOR EACH ROW EXECUTE FUNCTION {BASE_SCHEMA}.append_only()"""
    )
    _forbid_truncate(connection, _qualified_name(table))
    _enable_row_security(connection, table)
    for scope in list_open_scopes(connection):
        _create_partitions(connection, table, scope)


def open_scope(connection: sa.Connection, scope: Scope) -> None:
    """Partitions and views of a scope that is new here."""
    for table in BASE_TABLES.values():
        _create_partitions(connection, table, scope)
    connection.exec_driver_sql(f'CREATE SCHEMA "{schema_name(scope)}"')
    recreate_views(connection, scope)


def migrate(connection: sa.Connection) -> MigrationResult:
    """Bring the tables of all scopes to today's schema, and their views with them.

    Raises StoreError for a database of a newer version, and to whoever does not own it.
    """
    before = int(runner.read_revision(connection, BASE_SCHEMA) or FIRST_REVISION)
    if not runner.is_current(connection, BASE_SCHEMA):
        if not _is_owner(connection):
            raise StoreError(
                f"Penyimpanan bersama masih berskema {before}, Situasi ini memerlukan"
                f" {int(runner.latest_revision())}. Minta pemiliknya menjalankan"
                " python -m situasi upgrade."
            )
        runner.upgrade(connection, BASE_SCHEMA, assumed_revision=FIRST_REVISION)
        _make_version_read_only(connection)
        for scope in list_open_scopes(connection):
            sends_here = _has_role(connection, scope)
            recreate_views(connection, scope)
            for right in build_grants(scope) if sends_here else ():
                connection.exec_driver_sql(right)
    return MigrationResult(before, int(runner.latest_revision()))


def recreate_views(connection: sa.Connection, scope: Scope) -> None:
    """The views of this scope, made anew. `security_invoker`: who looks sees what they may."""
    for table in store_schema.metadata.sorted_tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        view = f'"{schema_name(scope)}"."{table.name}"'
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view}")
        connection.exec_driver_sql(
            f"""CREATE VIEW {view} WITH (security_invoker = true) AS
            SELECT {columns} FROM {_qualified_name(BASE_TABLES[table.name])}
            WHERE contest = '{scope.contest}' AND kabupaten = '{scope.kabupaten}'"""
        )


def is_scope_open(connection: sa.Connection, scope: Scope) -> bool:
    """Whether this scope has its views."""
    found = connection.execute(sa.select(sa.func.to_regnamespace(f'"{schema_name(scope)}"')))
    return found.scalar() is not None


def check_scope_privilege(connection: sa.Connection, scope: Scope) -> None:
    """Raises StoreError where the account has no right to this scope."""
    right = sa.func.has_schema_privilege(schema_name(scope), "USAGE")
    if not connection.execute(sa.select(right)).scalar():
        raise StoreError(f"Akun penyimpanan tidak berhak atas {schema_name(scope)}.")


def has_base_tables(connection: sa.Connection) -> bool:
    """Whether the base tables are there."""
    return connection.execute(sa.select(sa.func.to_regnamespace(BASE_SCHEMA))).scalar() is not None


def role_name(scope: Scope) -> str:
    """The account by which this scope's own Polres sends here, where it has one."""
    return f"polres_{scope.kabupaten.replace('.', '_')}"


def build_grants(scope: Scope) -> list[str]:
    """What the owner grants so that this scope's own Polres may send here, and see no other's.

    The role `polres_16_10` is the owner's to make; row policies hold it to its kabupaten.
    """
    who = role_name(scope)
    return [
        f'GRANT USAGE ON SCHEMA {BASE_SCHEMA}, "{schema_name(scope)}" TO {who}',
        f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {BASE_SCHEMA} TO {who}",
        f"GRANT UPDATE ON {_qualified_name(last_issued)} TO {who}",
        f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema_name(scope)}" TO {who}',
    ]


def list_open_scopes(connection: sa.Connection) -> list[Scope]:
    """All scopes that have views here."""
    names = connection.exec_driver_sql("SELECT nspname FROM pg_namespace ORDER BY nspname")
    return [Scope(*name.split("/")) for name in names.scalars() if name.count("/") == 1]


def list_scopes_with_rows(connection: sa.Connection) -> list[Scope]:
    """All scopes that have rows here, by what their trails gave."""
    found = connection.execute(
        sa.select(last_issued.c.contest, last_issued.c.kabupaten).order_by(*last_issued.c)
    )
    return [Scope(*row) for row in found]


def _is_owner(connection: sa.Connection) -> bool:
    asked = "SELECT pg_has_role(nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = %s"
    return bool(connection.exec_driver_sql(asked, (BASE_SCHEMA,)).scalar())


def _has_role(connection: sa.Connection, scope: Scope) -> bool:
    """Whether somebody was granted `rights` here: views that are made anew have lost them."""
    known = """SELECT count(*) FROM pg_roles
        WHERE rolname = %s AND has_schema_privilege(oid, %s, 'USAGE')"""
    asked = connection.exec_driver_sql(known, (role_name(scope), schema_name(scope)))
    return bool(asked.scalar_one())


def _create_partitions(connection: sa.Connection, table: sa.Table, scope: Scope) -> None:
    year = f"{table.name}/{scope.contest}"
    part = f"{year}/{scope.kabupaten}"
    connection.exec_driver_sql(
        f"""CREATE TABLE IF NOT EXISTS {PARTITION_SCHEMA}."{year}" PARTITION OF {_qualified_name(table)}
        FOR VALUES IN ('{scope.contest}') PARTITION BY LIST (kabupaten)"""
    )
    connection.exec_driver_sql(
        f"""CREATE TABLE {PARTITION_SCHEMA}."{part}" PARTITION OF {PARTITION_SCHEMA}."{year}"
        FOR VALUES IN ('{scope.kabupaten}')"""
    )
    _forbid_truncate(connection, f'{PARTITION_SCHEMA}."{part}"')


def _enable_row_security(connection: sa.Connection, table: sa.Table) -> None:
    connection.exec_driver_sql(f"ALTER TABLE {_qualified_name(table)} ENABLE ROW LEVEL SECURITY")
    connection.exec_driver_sql(
        f"CREATE POLICY own ON {_qualified_name(table)} USING ({_OWN_ROWS_POLICY}) WITH CHECK ({_OWN_ROWS_POLICY})"
    )


def _make_version_read_only(connection: sa.Connection) -> None:
    """Every account asks which schema this is; none but the owner may say so."""
    table = f"{BASE_SCHEMA}.{runner.TABLE}"
    connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    connection.exec_driver_sql(f"DROP POLICY IF EXISTS looked_at ON {table}")
    connection.exec_driver_sql(f"CREATE POLICY looked_at ON {table} FOR SELECT USING (true)")


def _forbid_truncate(connection: sa.Connection, table: str) -> None:
    connection.exec_driver_sql(
        f"""CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {BASE_SCHEMA}.append_only()"""
    )


def _qualified_name(table: sa.Table) -> str:
    return f'{BASE_SCHEMA}."{table.name}"'
