"""3: files and messages that wait for a person, and what became of them."""

from typing import Any

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create both tables."""
    operations.create_table(
        "waiting",
        *_required(sa.Text, "kind", "source", "sha256", "actor", "note"),
        *_required(sa.BigInteger, "recorded_at", "round"),
        *_required(sa.LargeBinary, "content"),
        sa.UniqueConstraint("kind", "sha256", "round"),
    )
    operations.create_table(
        "settlements",
        *_required(sa.BigInteger, "number", "recorded_at"),
        *_required(sa.Text, "outcome", "detail", "actor"),
        sa.Column("batch", sa.BigInteger),
        sa.Index("settlements_by_number", "number"),
    )


def _required(kind: type[sa.types.TypeEngine[Any]], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]
