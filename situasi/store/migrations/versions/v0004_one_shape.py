"""4: what called itself 2 or 3 came in several shapes, and gets one.

Where a row may carry its whole message (`teks_asli`), and where rows are no longer indexed by
batch, the number of the schema was not raised: those stores are told apart only by looking.
"""

from __future__ import annotations

import sqlalchemy as sa

from situasi.store.migrations import operations

revision = "0004"
down_revision = "0003"

WITH_MESSAGE = ("incidents", "tps", "personnel")
FEEDS = (*WITH_MESSAGE, "activities", "roster", "postings", "neutrality", "merges")


def upgrade() -> None:
    for feed in WITH_MESSAGE:
        if not operations.has_column(f"feed_{feed}", "teks_asli"):
            operations.add_column(f"feed_{feed}", sa.Column("teks_asli", sa.Text))
    for feed in FEEDS:
        operations.drop_index(f"feed_{feed}_by_batch", f"feed_{feed}")
