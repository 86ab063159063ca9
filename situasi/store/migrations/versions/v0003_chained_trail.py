"""3: access records, and an audit log whose entries are chained by hash.

The existing entries of an older store are hashed here, once: the only change ever made to a row.
`moves` and `chain` may be empty in such a store, for SQLite cannot add a NOT NULL column.
"""

from __future__ import annotations

import json
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from situasi.store.migrations import operations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create `access`, and extend and hash the audit log."""
    operations.create_table(
        "access",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Index("access_by_name", "kind", "name", "seq"),
    )
    operations.add_column("audit", sa.Column("moves", sa.Boolean))
    operations.add_column("audit", sa.Column("chain", sa.Text))
    operations.create_index("audit_by_moves", "audit", "moves", "seq")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER IF EXISTS audit_no_update")  # created again after the last step
        _seal_entries(op.get_bind())


def _seal_entries(connection: sa.Connection) -> None:
    """Hash the existing entries: each was written with a commit, so all changed data."""
    every = "SELECT seq, at, actor, action, detail FROM audit ORDER BY seq"
    seal = "0" * 64
    for entry in connection.exec_driver_sql(every).all():
        seal = sha256(json.dumps([seal, *entry, 1], default=repr).encode()).hexdigest()
        connection.exec_driver_sql(
            "UPDATE audit SET moves = 1, chain = ? WHERE seq = ?", (seal, entry[0])
        )
