"""5: hashes of rows, the time of each commit, and which batches repeated a row.

The new columns are empty in older rows: nothing of this was recorded when they were stored.
"""

from __future__ import annotations

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns, and create `withdrawn_batches` and `repeats`."""
    operations.add_column("batches", sa.Column("committed_at", sa.BigInteger))
    operations.add_column("batches", sa.Column("marks", sa.LargeBinary))
    operations.add_column("quarantine", sa.Column("round", sa.BigInteger))
    operations.create_table(
        "withdrawn_batches",
        sa.Column("batch", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("committed_at", sa.BigInteger, nullable=False),
        sa.Column("first", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("batch"),
    )
    operations.create_table(
        "repeats",
        sa.Column("batch", sa.BigInteger, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("row_seq", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("feed", "row_seq", "batch"),
        sa.Index("repeats_by_batch", "batch"),
    )
