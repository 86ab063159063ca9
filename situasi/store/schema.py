"""The tables of the store, the same for every engine; the feeds' tables follow records.py."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, ColumnKind, Feed

# Moments are whole microseconds since 1970 UTC: they sort, index and load into a
# datetime64[us] column without parsing, and mean the same to every engine. Text
# in ISO form would have to be parsed a million times at each start.
Moment = sa.BigInteger

# An autoincremented key of SQLite must be declared INTEGER.
_Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_TYPES: dict[ColumnKind, type[sa.types.TypeEngine[Any]]] = {
    ColumnKind.TEXT: sa.Text,
    ColumnKind.CATEGORY: sa.Text,
    ColumnKind.TIME: Moment,
    ColumnKind.COUNT: sa.BigInteger,
    ColumnKind.DECIMAL: sa.Double,
    ColumnKind.BOOLEAN: sa.Boolean,
}

metadata = sa.MetaData()


def _table(name: str, *parts: sa.Column[Any] | sa.Index | sa.UniqueConstraint) -> sa.Table:
    """A table whose key `seq` grows and is never used twice."""
    key: sa.Column[int] = sa.Column("seq", _Key, primary_key=True, autoincrement=True)
    return sa.Table(name, metadata, key, *parts, sqlite_autoincrement=True)


def _needed(name: str, kind: type[sa.types.TypeEngine[Any]]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _feed_table(feed: Feed) -> sa.Table:
    """One table per feed. `round`: how often this content had been taken back before it came.

    The unique pair (digest, round) makes the same content storable once, and again
    after each withdrawal, whoever writes at the same time. `batch` needs no index: only one
    delivery writes at a time, so it grows with `seq` (see sql.py).
    """
    return _table(
        f"feed_{feed.name}",
        _needed("batch", sa.BigInteger),
        _needed("row", sa.BigInteger),
        _needed("recorded_at", Moment),
        _needed("known_at", Moment),
        _needed("digest", sa.LargeBinary),
        _needed("round", sa.Integer),
        *(
            sa.Column(
                column.name, _TYPES[column.kind], nullable=column.kind is not ColumnKind.BOOLEAN
            )
            for column in feed.columns
        ),
        sa.UniqueConstraint("digest", "round"),
    )


feeds: dict[str, sa.Table] = {feed.name: _feed_table(feed) for feed in FEEDS.values()}

# A batch is written last, when its counts are known, since nothing is ever updated;
# its rows carry the number reserved for it under the same write lock. `committed_at`: when the
# write lock was about to be given back: before it nobody saw a row (see seen.py). `marks`: four
# bytes for each row, by which `sealing` names the one that was changed. Both are empty in
# batches of older versions.
batches = sa.Table(
    "batches",
    metadata,
    sa.Column("batch", _Key, primary_key=True, autoincrement=False),
    _needed("feed", sa.Text),
    _needed("source", sa.Text),
    _needed("sha256", sa.Text),
    _needed("recorded_at", Moment),
    _needed("actor", sa.Text),
    _needed("accepted", sa.BigInteger),
    _needed("duplicate", sa.BigInteger),
    _needed("quarantined", sa.BigInteger),
    sa.Column("committed_at", Moment),
    sa.Column("marks", sa.LargeBinary),
)

# Rows that another delivery brought again: it is a second voucher for them, so they stand on
# when the first is taken back (see repeats.py for which are kept).
repeats = _table(
    "repeats",
    _needed("batch", sa.BigInteger),
    _needed("feed", sa.Text),
    _needed("row_seq", sa.BigInteger),
    sa.UniqueConstraint("feed", "row_seq", "batch"),
    sa.Index("repeats_by_batch", "batch"),
)

withdrawals = _table(
    "withdrawals",
    _needed("feed", sa.Text),
    _needed("row_seq", sa.BigInteger),
    _needed("batch", sa.BigInteger),
    _needed("recorded_at", Moment),
    _needed("digest", sa.LargeBinary),
    sa.UniqueConstraint("feed", "row_seq"),
    sa.Index("withdrawals_by_content", "feed", "digest"),
    sa.Index("withdrawals_by_batch", "batch"),
)

# One row per withdrawal of a batch: `withdrawals` from number `first` on, `rows` of them, are
# the rows that went with it. Stores of older versions have withdrawals without it.
withdrawn_batches = _table(
    "withdrawn_batches",
    _needed("batch", sa.BigInteger),
    _needed("recorded_at", Moment),
    _needed("committed_at", Moment),
    _needed("first", sa.BigInteger),
    _needed("rows", sa.BigInteger),
    sa.UniqueConstraint("batch"),
)

# `round`: how often this very row had been settled before it came (empty: never). The digest
# tells it too, so the same row can wait again after it was settled.
quarantine = _table(
    "quarantine",
    _needed("batch", sa.BigInteger),
    _needed("feed", sa.Text),
    _needed("source", sa.Text),
    _needed("row", sa.BigInteger),
    _needed("raw", sa.Text),  # JSON: heading -> cell
    _needed("reasons", sa.Text),  # JSON: list
    _needed("recorded_at", Moment),
    _needed("digest", sa.LargeBinary),
    sa.Column("round", sa.BigInteger),
    sa.UniqueConstraint("digest"),
)

releases = _table(
    "releases",
    _needed("number", sa.BigInteger),
    _needed("batch", sa.BigInteger),
    _needed("recorded_at", Moment),
    sa.Index("releases_by_number", "number"),
)

notes = _table(
    "notes",
    _needed("key", sa.Text),
    _needed("value", sa.Text),  # JSON
    _needed("at", Moment),
    _needed("actor", sa.Text),
    sa.Index("notes_by_key", "key", "seq"),
)

# One row per commit that moved the data, whose `seq` is the version of the store; and one
# per deed that moved none. `chain`: see trail.py.
audit = _table(
    "audit",
    _needed("at", Moment),
    _needed("actor", sa.Text),
    _needed("action", sa.Text),
    _needed("detail", sa.Text),  # JSON
    _needed("moves", sa.Boolean),
    _needed("chain", sa.Text),
    sa.Index("audit_by_moves", "moves", "seq"),
)

access = _table(
    "access",
    _needed("kind", sa.Text),
    _needed("name", sa.Text),
    _needed("value", sa.Text),  # JSON
    _needed("at", Moment),
    _needed("actor", sa.Text),
    sa.Index("access_by_name", "kind", "name", "seq"),
)
