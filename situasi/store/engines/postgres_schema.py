"""The tables in PostgreSQL: partitioned base tables for all scopes, and views for each scope.

Base tables lie in the schema `situasi`: the columns of store/schema.py, preceded by contest and
kabupaten, which begin every key. Each is partitioned by contest and then by kabupaten, so that the
rows of one kabupaten lie together and a distributed database can put them on one node. A scope has
a schema of its own, `contest/kabupaten`, with a view of each table that shows its rows only: the
same statements read from an SQLite file and from here.
"""

import re
from typing import Any

import sqlalchemy as sa

from situasi.store import schema as store_schema
from situasi.store.migrations import runner
from situasi.store.migrations.runner import MigrationResult
from situasi.store.model import Scope, StoreError

BASE_SCHEMA = "situasi"
PARTITION_SCHEMA = "situasi_parts"
# PostgreSQL limits names to 63 bytes; a partition is named table/contest/kabupaten.
_CONTEST = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}")
_KABUPATEN = re.compile(r"[0-9][0-9.]{0,7}")

metadata = sa.MetaData(schema=BASE_SCHEMA)


def build_base_table(table: sa.Table, metadata: sa.MetaData) -> sa.Table:
    """Build the base table for a table of a scope. metadata: of the schema BASE_SCHEMA."""
    key = [key_column.name for key_column in table.primary_key]
    parts: list[Any] = [
        *(sa.Column(name, sa.Text, nullable=False) for name in ("contest", "kabupaten")),
        *(sa.Column(item.name, item.type, nullable=item.nullable) for item in table.columns),
        sa.PrimaryKeyConstraint("contest", "kabupaten", *key),
    ]
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            names = [key_column.name for key_column in constraint.columns]
            parts.append(sa.UniqueConstraint("contest", "kabupaten", *names))
    for index in table.indexes:
        names = [key_column.name for key_column in index.columns]
        parts.append(sa.Index(index.name, "contest", "kabupaten", *names))
    return sa.Table(table.name, metadata, *parts, postgresql_partition_by="LIST (contest)")


BASE_TABLES: dict[str, sa.Table] = {
    table.name: build_base_table(table, metadata) for table in store_schema.metadata.sorted_tables
}

# The highest audit log number ever issued in a scope; SQLite counts this by itself.
last_issued = sa.Table(
    "given",
    metadata,
    sa.Column("contest", sa.Text, primary_key=True),
    sa.Column("kabupaten", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
)

# A Polres with an account here sees and writes its own rows only; the owner sees all.
_OWN_ROWS_POLICY = "current_user = 'polres_' || replace(kabupaten, '.', '_')"


def check_scope(scope: Scope | None) -> Scope:
    """Return the scope if PostgreSQL can hold it. Raises StoreError."""
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
    """Return the name of the schema with this scope's views."""
    return f"{scope.contest}/{scope.kabupaten}"


def create_base_tables(connection: sa.Connection) -> None:
    """Create schemas and append-only base tables, without any scope."""
    create_schemas(connection)
    for table in BASE_TABLES.values():
        create_base_table(connection, table)
    runner.stamp(connection, BASE_SCHEMA)
    _make_version_read_only(connection)


def create_schemas(connection: sa.Connection) -> None:
    """Create what precedes the first table: schemas, trigger function, issued audit log numbers."""
    for name in (BASE_SCHEMA, PARTITION_SCHEMA):
        connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    connection.exec_driver_sql(
        f"""CREATE FUNCTION {BASE_SCHEMA}.append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$"""
    )
    last_issued.create(connection)
    _enable_row_security(connection, last_issued)


def create_base_table(connection: sa.Connection, table: sa.Table) -> None:
    """Create a base table with its triggers, and its partitions for the existing scopes."""
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
    """Create partitions and views of a new scope."""
    for table in BASE_TABLES.values():
        _create_partitions(connection, table, scope)
    connection.exec_driver_sql(f'CREATE SCHEMA "{schema_name(scope)}"')
    recreate_views(connection, scope)


def migrate(connection: sa.Connection) -> MigrationResult:
    """Upgrade the tables of all scopes to the current schema, and recreate their views.

    Raises StoreError for a database of a newer version, and for an account that does not own it.
    """
    old_revision = int(runner.read_revision(connection, BASE_SCHEMA) or 0)
    if not runner.is_current(connection, BASE_SCHEMA):
        if not _is_owner(connection):
            raise StoreError(
                f"Penyimpanan bersama masih berskema {old_revision}, Situasi ini memerlukan"
                f" {int(runner.latest_revision())}. Minta pemiliknya menjalankan"
                " python -m situasi upgrade."
            )
        runner.upgrade(connection, BASE_SCHEMA)
        _make_version_read_only(connection)
        for scope in list_open_scopes(connection):
            has_role = _has_role(connection, scope)
            recreate_views(connection, scope)
            for grant in build_grants(scope) if has_role else ():
                connection.exec_driver_sql(grant)
    return MigrationResult(old_revision, int(runner.latest_revision()))


def recreate_views(connection: sa.Connection, scope: Scope) -> None:
    """Recreate the views of this scope. `security_invoker`: they show what the reader may see."""
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
    """Return whether this scope has its views."""
    namespace = connection.execute(sa.select(sa.func.to_regnamespace(f'"{schema_name(scope)}"')))
    return namespace.scalar() is not None


def check_scope_privilege(connection: sa.Connection, scope: Scope) -> None:
    """Raise StoreError if the account has no right to this scope."""
    privilege = sa.func.has_schema_privilege(schema_name(scope), "USAGE")
    if not connection.execute(sa.select(privilege)).scalar():
        raise StoreError(f"Akun penyimpanan tidak berhak atas {schema_name(scope)}.")


def has_base_tables(connection: sa.Connection) -> bool:
    """Return whether the base tables exist."""
    return connection.execute(sa.select(sa.func.to_regnamespace(BASE_SCHEMA))).scalar() is not None


def role_name(scope: Scope) -> str:
    """Return the account with which this scope's own Polres sends here, where it has one."""
    return f"polres_{scope.kabupaten.replace('.', '_')}"


def build_grants(scope: Scope) -> list[str]:
    """Return the grants by which this scope's own Polres may send here without seeing other scopes.

    The owner creates the role `polres_16_10`; row policies limit it to its kabupaten.
    """
    role = role_name(scope)
    return [
        f'GRANT USAGE ON SCHEMA {BASE_SCHEMA}, "{schema_name(scope)}" TO {role}',
        f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {BASE_SCHEMA} TO {role}",
        f"GRANT UPDATE ON {_qualified_name(last_issued)} TO {role}",
        f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema_name(scope)}" TO {role}',
    ]


def list_open_scopes(connection: sa.Connection) -> list[Scope]:
    """Return all scopes that have views here."""
    names = connection.exec_driver_sql("SELECT nspname FROM pg_namespace ORDER BY nspname")
    return [Scope(*name.split("/")) for name in names.scalars() if name.count("/") == 1]


def _is_owner(connection: sa.Connection) -> bool:
    query = "SELECT pg_has_role(nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = %s"
    return bool(connection.exec_driver_sql(query, (BASE_SCHEMA,)).scalar())


def _has_role(connection: sa.Connection, scope: Scope) -> bool:
    """Return whether the scope's role has grants here: recreated views lose them."""
    query = """SELECT count(*) FROM pg_roles
        WHERE rolname = %s AND has_schema_privilege(oid, %s, 'USAGE')"""
    result = connection.exec_driver_sql(query, (role_name(scope), schema_name(scope)))
    return bool(result.scalar_one())


def _create_partitions(connection: sa.Connection, table: sa.Table, scope: Scope) -> None:
    parent = f"{table.name}/{scope.contest}"
    part = f"{parent}/{scope.kabupaten}"
    connection.exec_driver_sql(
        f'CREATE TABLE IF NOT EXISTS {PARTITION_SCHEMA}."{parent}" PARTITION OF '
        f"""{_qualified_name(table)}
        FOR VALUES IN ('{scope.contest}') PARTITION BY LIST (kabupaten)"""
    )
    connection.exec_driver_sql(
        f"""CREATE TABLE {PARTITION_SCHEMA}."{part}" PARTITION OF {PARTITION_SCHEMA}."{parent}"
        FOR VALUES IN ('{scope.kabupaten}')"""
    )
    _forbid_truncate(connection, f'{PARTITION_SCHEMA}."{part}"')


def _enable_row_security(connection: sa.Connection, table: sa.Table) -> None:
    connection.exec_driver_sql(f"ALTER TABLE {_qualified_name(table)} ENABLE ROW LEVEL SECURITY")
    connection.exec_driver_sql(
        f"CREATE POLICY own ON {_qualified_name(table)} USING ({_OWN_ROWS_POLICY})"
        f" WITH CHECK ({_OWN_ROWS_POLICY})"
    )


def _make_version_read_only(connection: sa.Connection) -> None:
    """Let every account read the schema revision, and only the owner change it."""
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
