"""1: the tables of the first release."""

from typing import Any

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0001"
down_revision = None

WHEN = ("id", "occurred_at", "precision", "reported_at", "kecamatan")
WHERE = ("desa", "desa_text", "tps")
WHO = ("pelapor", "sumber", "flags", "latihan")
FEEDS = {
    "incidents": (*WHEN, *WHERE, "lat", "lon", "jenis", "tingkat", "situasi", "status", "uraian",
                  "keandalan", "kredibilitas", "ditugaskan", "rujukan", "teks_asli", *WHO),
    "tps": (*WHEN, *WHERE, "fase", "hadir", "hadir_dpt", "hadir_dptb", "hadir_dpk", "lingkup",
            "kontak", "pengawal", "uraian", "teks_asli", *WHO),
    "personnel": (*WHEN, *WHERE, "petugas", "instansi", "checkin", "uraian", "teks_asli", *WHO),
    "activities": (*WHEN, *WHERE, "giat", "fungsi", "status", "tahapan", "sop", "mitra", "lokasi",
                   "jumlah", "uraian", *WHO),
    "roster": (*WHEN, "petugas", "nrp", "pangkat", "satuan", "instansi", "uraian", *WHO),
    "postings": (*WHEN, *WHERE, "petugas", "penugasan", "lokasi", "uraian", *WHO),
    "neutrality": (*WHEN, "pelanggaran", "asal", "langkah", "kelas", "sanksi", "satuan", "uraian",
                   *WHO),
    "merges": (*WHEN, "kasus", "ke", "tindakan", "alasan_gabung", *WHO),
}  # fmt: skip
TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    **dict.fromkeys(
        ("occurred_at", "reported_at", "hadir", "hadir_dpt", "hadir_dptb", "hadir_dpk"),
        sa.BigInteger,
    ),
    "lat": sa.Double,
    "lon": sa.Double,
    "latihan": sa.Boolean,
}


def upgrade() -> None:
    """Create all tables."""
    for feed, columns in FEEDS.items():
        operations.create_table(
            f"feed_{feed}",
            *_required(sa.BigInteger, "batch", "row", "recorded_at", "known_at"),
            *_required(sa.LargeBinary, "digest"),
            *_required(sa.Integer, "round"),
            *(
                sa.Column(name, TYPES.get(name, sa.Text), nullable=name != "latihan")
                for name in columns
            ),
            sa.UniqueConstraint("digest", "round"),
        )
    _create_delivery_tables()
    _create_quarantine_tables()
    _create_log_tables()


def _create_delivery_tables() -> None:
    operations.create_table(
        "batches",
        *_required(sa.Text, "feed", "source", "sha256", "actor"),
        *_required(sa.BigInteger, "recorded_at", "accepted", "duplicate", "quarantined"),
        *_required(sa.BigInteger, "committed_at"),
        *_required(sa.LargeBinary, "marks"),
        key=sa.Column("batch", operations.KEY, primary_key=True, autoincrement=False),
    )
    operations.create_table(
        "repeats",
        *_required(sa.BigInteger, "batch", "row_seq"),
        *_required(sa.Text, "feed"),
        sa.UniqueConstraint("feed", "row_seq", "batch"),
        sa.Index("repeats_by_batch", "batch"),
    )
    operations.create_table(
        "withdrawals",
        *_required(sa.Text, "feed"),
        *_required(sa.BigInteger, "row_seq", "batch", "recorded_at"),
        *_required(sa.LargeBinary, "digest"),
        sa.UniqueConstraint("feed", "row_seq"),
        sa.Index("withdrawals_by_content", "feed", "digest"),
        sa.Index("withdrawals_by_batch", "batch"),
    )
    operations.create_table(
        "withdrawn_batches",
        *_required(sa.BigInteger, "batch", "recorded_at", "committed_at", "first", "rows"),
        sa.UniqueConstraint("batch"),
    )


def _create_quarantine_tables() -> None:
    operations.create_table(
        "quarantine",
        *_required(sa.BigInteger, "batch", "row", "recorded_at"),
        *_required(sa.Text, "feed", "source", "raw", "reasons"),
        *_required(sa.LargeBinary, "digest"),
        sa.Column("round", sa.BigInteger),
        sa.UniqueConstraint("digest"),
    )
    operations.create_table(
        "releases",
        *_required(sa.BigInteger, "number", "batch", "recorded_at"),
        sa.Index("releases_by_number", "number"),
    )


def _create_log_tables() -> None:
    operations.create_table(
        "notes",
        *_required(sa.Text, "key", "value", "actor"),
        *_required(sa.BigInteger, "at"),
        sa.Index("notes_by_key", "key", "seq"),
    )
    operations.create_table(
        "audit",
        *_required(sa.BigInteger, "at"),
        *_required(sa.Text, "actor", "action", "detail", "chain"),
        *_required(sa.Boolean, "moves"),
        sa.Index("audit_by_moves", "moves", "seq"),
    )
    operations.create_table(
        "access",
        *_required(sa.Text, "kind", "name", "value", "actor"),
        *_required(sa.BigInteger, "at"),
        sa.Index("access_by_name", "kind", "name", "seq"),
    )


def _required(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]
