"""4: the point from which a TPS was reported on, or an officer checked in there."""

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, empty in rows that were stored before."""
    for table in ("feed_tps", "feed_personnel"):
        for name in ("lat", "lon"):
            operations.add_column(table, sa.Column(name, sa.Double))
