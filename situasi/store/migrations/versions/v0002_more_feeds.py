"""2: four more feeds, and more columns in three of the first four."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0002"
down_revision = "0001"

WHEN = ("id", "occurred_at", "precision", "reported_at", "kecamatan")
WHERE = ("desa", "desa_text", "tps")
WHO = ("pelapor", "sumber", "flags", "latihan")
MORE_COLUMNS = {
    "incidents": ("keandalan", "kredibilitas", "ditugaskan", "rujukan"),
    "tps": ("hadir_dpt", "hadir_dptb", "hadir_dpk", "lingkup", "kontak", "pengawal"),
    "activities": ("fungsi", "tahapan", "sop", "mitra"),
}
MORE_FEEDS = {
    "roster": (*WHEN, "petugas", "nrp", "pangkat", "satuan", "instansi", "uraian", *WHO),
    "postings": (*WHEN, *WHERE, "petugas", "penugasan", "lokasi", "uraian", *WHO),
    "neutrality": (*WHEN, "pelanggaran", "asal", "langkah", "kelas", "sanksi", "satuan", "uraian",
                   *WHO),
    "merges": (*WHEN, "kasus", "ke", "tindakan", "alasan_gabung", *WHO),
}  # fmt: skip
TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "occurred_at": sa.BigInteger,
    "reported_at": sa.BigInteger,
    "hadir_dpt": sa.BigInteger,
    "hadir_dptb": sa.BigInteger,
    "hadir_dpk": sa.BigInteger,
    "latihan": sa.Boolean,
}


def upgrade() -> None:
    """Add the columns and the feed tables."""
    for feed, columns in MORE_COLUMNS.items():
        for name in columns:
            operations.add_column(f"feed_{feed}", sa.Column(name, TYPES.get(name, sa.Text)))
    for feed, columns in MORE_FEEDS.items():
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
