"""1: the schema of version 0.1, with four feeds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0001"
down_revision = None

WHEN = ("id", "occurred_at", "precision", "reported_at")
WHERE = ("kecamatan", "desa", "desa_text", "tps")
WHO = ("pelapor", "sumber", "flags", "latihan")
FEEDS = {
    "incidents": (*WHEN, *WHERE, "lat", "lon", "jenis", "tingkat", "situasi", "status", "uraian",
                  *WHO),
    "tps": (*WHEN, *WHERE, "fase", "hadir", "uraian", *WHO),
    "personnel": (*WHEN, *WHERE, "petugas", "instansi", "checkin", "uraian", *WHO),
    "activities": (*WHEN, *WHERE, "giat", "status", "lokasi", "jumlah", "uraian", *WHO),
}  # fmt: skip
TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "occurred_at": sa.BigInteger,
    "reported_at": sa.BigInteger,
    "lat": sa.Double,
    "lon": sa.Double,
    "hadir": sa.BigInteger,
    "latihan": sa.Boolean,
}


def upgrade() -> None:
    """Create the tables."""
    for feed, columns in FEEDS.items():
        operations.create_table(
            f"feed_{feed}",
            sa.Column("batch", sa.BigInteger, nullable=False),
            sa.Column("row", sa.BigInteger, nullable=False),
            sa.Column("recorded_at", sa.BigInteger, nullable=False),
            sa.Column("known_at", sa.BigInteger, nullable=False),
            sa.Column("digest", sa.LargeBinary, nullable=False),
            sa.Column("round", sa.Integer, nullable=False),
            *(
                sa.Column(name, TYPES.get(name, sa.Text), nullable=name != "latihan")
                for name in columns
            ),
            sa.UniqueConstraint("digest", "round"),
        )
        operations.create_index(f"feed_{feed}_by_batch", f"feed_{feed}", "batch")
    operations.create_table(
        "batches",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("accepted", sa.BigInteger, nullable=False),
        sa.Column("duplicate", sa.BigInteger, nullable=False),
        sa.Column("quarantined", sa.BigInteger, nullable=False),
        key=sa.Column("batch", operations.KEY, primary_key=True, autoincrement=False),
    )
    operations.create_table(
        "withdrawals",
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("row_seq", sa.BigInteger, nullable=False),
        sa.Column("batch", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("feed", "row_seq"),
        sa.Index("withdrawals_by_content", "feed", "digest"),
        sa.Index("withdrawals_by_batch", "batch"),
    )
    operations.create_table(
        "quarantine",
        sa.Column("batch", sa.BigInteger, nullable=False),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("row", sa.BigInteger, nullable=False),
        sa.Column("raw", sa.Text, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("digest"),
    )
    operations.create_table(
        "releases",
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("batch", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Index("releases_by_number", "number"),
    )
    operations.create_table(
        "notes",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Index("notes_by_key", "key", "seq"),
    )
    operations.create_table(
        "audit",
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
