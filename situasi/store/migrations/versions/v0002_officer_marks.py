"""2: keyed marks of NRP in posting orders, and of names in the roster."""

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns, empty in rows that were stored before."""
    operations.add_column("feed_roster", sa.Column("nama", sa.Text))
    operations.add_column("feed_postings", sa.Column("nrp", sa.Text))
