"""4: stores of schema 2 or 3 came in several shapes and become one.

The schema number was not raised when rows got their whole message (`teks_asli`), nor when the index
by batch was dropped: those stores can only be told apart by inspection.
"""

from __future__ import annotations

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0004"
down_revision = "0003"

WITH_MESSAGE = ("incidents", "tps", "personnel")
FEEDS = (*WITH_MESSAGE, "activities", "roster", "postings", "neutrality", "merges")


def upgrade() -> None:
    """Add `teks_asli` where it is missing, and drop the indexes by batch."""
    for feed in WITH_MESSAGE:
        if not operations.has_column(f"feed_{feed}", "teks_asli"):
            operations.add_column(f"feed_{feed}", sa.Column("teks_asli", sa.Text))
    for feed in FEEDS:
        operations.drop_index(f"feed_{feed}_by_batch", f"feed_{feed}")
