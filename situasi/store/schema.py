"""The tables of the store, the same for every engine; feed tables follow feed_schemas.py."""

from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, ColumnKind, Feed

# Times are whole microseconds since 1970 UTC: they sort, index and load into a
# datetime64[us] column without parsing, in every engine alike. ISO text would have
# to be parsed a million times at each start.
TimeMicros = sa.BigInteger

# An autoincremented key of SQLite must be declared INTEGER.
_KeyType = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_TYPES: dict[ColumnKind, type[sa.types.TypeEngine[Any]]] = {
    ColumnKind.TEXT: sa.Text,
    ColumnKind.CATEGORY: sa.Text,
    ColumnKind.TIME: TimeMicros,
    ColumnKind.COUNT: sa.BigInteger,
    ColumnKind.DECIMAL: sa.Double,
    ColumnKind.BOOLEAN: sa.Boolean,
}

metadata = sa.MetaData()


def _build_table(name: str, *parts: sa.Column[Any] | sa.Index | sa.UniqueConstraint) -> sa.Table:
    """Build a table whose key `seq` only grows and is never reused."""
    key: sa.Column[int] = sa.Column("seq", _KeyType, primary_key=True, autoincrement=True)
    return sa.Table(name, metadata, key, *parts, sqlite_autoincrement=True)


def _required(**kinds: type[sa.types.TypeEngine[Any]]) -> list[sa.Column[Any]]:
    """Build columns that always hold a value, from their names and types."""
    return [sa.Column(name, kind, nullable=False) for name, kind in kinds.items()]


def _build_feed_table(feed: Feed) -> sa.Table:
    """Build the table of one feed. `round`: how often this content had been withdrawn before.

    The unique pair (digest, round) makes the same content storable once, and again after each
    withdrawal, with any number of writers. `batch` needs no index: only one delivery writes at a
    time, so it grows with `seq` (withdrawals.py relies on it).
    """
    return _build_table(
        f"feed_{feed.name}",
        *_required(batch=sa.BigInteger, row=sa.BigInteger),
        *_required(recorded_at=TimeMicros, known_at=TimeMicros),
        *_required(digest=sa.LargeBinary, round=sa.Integer),
        *(
            sa.Column(
                column.name, _TYPES[column.kind], nullable=column.kind is not ColumnKind.BOOLEAN
            )
            for column in feed.columns
        ),
        sa.UniqueConstraint("digest", "round"),
    )


feeds: dict[str, sa.Table] = {feed.name: _build_feed_table(feed) for feed in FEEDS.values()}

# A batch is written last, when its counts are known, since nothing is ever updated;
# its rows carry the number reserved for it under the same write lock. `committed_at`: just
# before the write lock was released; nobody could see a row earlier (see visible_at.py).
# `marks`: a checksum of four bytes per row, by which row_proof.py finds the changed row.
batches = sa.Table(
    "batches",
    metadata,
    sa.Column("batch", _KeyType, primary_key=True, autoincrement=False),
    *_required(feed=sa.Text, source=sa.Text, sha256=sa.Text, recorded_at=TimeMicros, actor=sa.Text),
    *_required(accepted=sa.BigInteger, duplicate=sa.BigInteger, quarantined=sa.BigInteger),
    *_required(committed_at=TimeMicros, marks=sa.LargeBinary),
)

# Rows that a later delivery contained again: they stay valid when the first batch is
# withdrawn (repeated_rows.py says which repeats are kept).
repeats = _build_table(
    "repeats",
    *_required(batch=sa.BigInteger, feed=sa.Text, row_seq=sa.BigInteger),
    sa.UniqueConstraint("feed", "row_seq", "batch"),
    sa.Index("repeats_by_batch", "batch"),
)

withdrawals = _build_table(
    "withdrawals",
    *_required(feed=sa.Text, row_seq=sa.BigInteger, batch=sa.BigInteger),
    *_required(recorded_at=TimeMicros, digest=sa.LargeBinary),
    sa.UniqueConstraint("feed", "row_seq"),
    sa.Index("withdrawals_by_content", "feed", "digest"),
    sa.Index("withdrawals_by_batch", "batch"),
)

# One row per withdrawal of a batch: its rows are the `rows` rows of `withdrawals` from
# number `first` on.
withdrawn_batches = _build_table(
    "withdrawn_batches",
    *_required(batch=sa.BigInteger, recorded_at=TimeMicros, committed_at=TimeMicros),
    *_required(first=sa.BigInteger, rows=sa.BigInteger),
    sa.UniqueConstraint("batch"),
)

# `raw`: JSON, heading -> cell; `reasons`: JSON, a list. `round`: how often the same row had been
# released before it came (empty: never). The digest includes it, so the same row can wait again
# after its release.
quarantine = _build_table(
    "quarantine",
    *_required(batch=sa.BigInteger, feed=sa.Text, source=sa.Text, row=sa.BigInteger),
    *_required(raw=sa.Text, reasons=sa.Text, recorded_at=TimeMicros, digest=sa.LargeBinary),
    sa.Column("round", sa.BigInteger),
    sa.UniqueConstraint("digest"),
)

releases = _build_table(
    "releases",
    *_required(number=sa.BigInteger, batch=sa.BigInteger, recorded_at=TimeMicros),
    sa.Index("releases_by_number", "number"),
)

# What waits for a person: a file that was not recognised, or a message. `content`: JSON,
# compressed (waiting_items.py). `note`: JSON, what is shown without reading the content.
# `round`: how often the same content was settled before, so it can wait again.
waiting = _build_table(
    "waiting",
    *_required(kind=sa.Text, source=sa.Text, sha256=sa.Text, recorded_at=TimeMicros, actor=sa.Text),
    *_required(note=sa.Text, content=sa.LargeBinary, round=sa.BigInteger),
    sa.UniqueConstraint("kind", "sha256", "round"),
)

# One row for each batch that a waiting item became, or one without a batch. `detail`: JSON.
settlements = _build_table(
    "settlements",
    *_required(number=sa.BigInteger, outcome=sa.Text, detail=sa.Text),
    sa.Column("batch", sa.BigInteger),
    *_required(recorded_at=TimeMicros, actor=sa.Text),
    sa.Index("settlements_by_number", "number"),
)

# `value`: JSON.
notes = _build_table(
    "notes",
    *_required(key=sa.Text, value=sa.Text, at=TimeMicros, actor=sa.Text),
    sa.Index("notes_by_key", "key", "seq"),
)

# One row per commit that changed data (`moves`), whose `seq` is the version of the store;
# and one per other action. `detail`: JSON. `chain`: see audit/hash_chain.py.
audit = _build_table(
    "audit",
    *_required(at=TimeMicros, actor=sa.Text, action=sa.Text, detail=sa.Text),
    *_required(moves=sa.Boolean, chain=sa.Text),
    sa.Index("audit_by_moves", "moves", "seq"),
)

# `value`: JSON.
access = _build_table(
    "access",
    *_required(kind=sa.Text, name=sa.Text, value=sa.Text, at=TimeMicros, actor=sa.Text),
    sa.Index("access_by_name", "kind", "name", "seq"),
)
