"""The tables of the archive, as queries on one state of the store.

Times are those of the commits (store/visible_at.py). Columns with which the store identifies and
proves rows are left out: they are useless to a reader.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import Feed
from situasi.store import quarantine_queries, schema, visible_at

_INTERNAL_COLUMNS = ("digest", "round", "marks", "committed_at")
_BATCH, _WITHDRAWN = schema.batches.c, schema.withdrawn_batches.c


def select_reports(feed: Feed) -> sa.Select[Any]:
    """Select all rows of a feed, and when they were withdrawn (`withdrawn_at`)."""
    rows, withdrawal = visible_at.select_feed_rows(feed.name), visible_at.select_withdrawals()
    is_withdrawn = (withdrawal.c.feed == feed.name) & (withdrawal.c.row_seq == rows.c.seq)
    joined = rows.outerjoin(withdrawal, is_withdrawn)
    columns = [*_public_columns(rows), withdrawal.c.recorded_at.label("withdrawn_at")]
    return sa.select(*columns).select_from(joined).order_by(rows.c.seq)


def select_deliveries(feeds: Collection[str], *, with_names: bool) -> sa.Select[Any]:
    """Select the batches of these feeds, and how many of their rows are withdrawn.

    with_names: False leaves the sender and the source empty.
    """
    replaced: dict[str, sa.ColumnElement[Any]] = {"recorded_at": _BATCH.committed_at}
    if not with_names:
        replaced |= _empty_texts("actor", "source")
    joined = schema.batches.outerjoin(schema.withdrawn_batches, _WITHDRAWN.batch == _BATCH.batch)
    withdrawn_rows = sa.func.coalesce(_WITHDRAWN.rows, 0).label("withdrawn_rows")
    columns = [*_public_columns(schema.batches, replaced), withdrawn_rows]
    query = sa.select(*columns).select_from(joined).where(_BATCH.feed.in_(feeds))
    return query.order_by(_BATCH.batch)


def select_quarantine(feeds: Collection[str], *, with_names: bool) -> sa.Select[Any]:
    """Select the refused rows of these feeds, and by which batch and when they were released.

    with_names: False leaves the cells and the source empty.
    """
    row = quarantine_queries.select_quarantine().subquery()
    replaced: dict[str, sa.ColumnElement[Any]] = {"recorded_at": row.c.seen_at}
    if not with_names:
        replaced |= _empty_texts("raw", "source")
    columns = [
        *(column for column in _public_columns(row, replaced) if column.name != "seen_at"),
        _BATCH.committed_at.label("released_at"),
    ]
    joined = row.outerjoin(schema.batches, _BATCH.batch == row.c.released_by)
    query = sa.select(*columns).select_from(joined).where(row.c.feed.in_(feeds))
    return query.order_by(row.c.seq)


def select_table(table: sa.Table) -> sa.Select[Any]:
    """Select all rows of a table that belong to no batch."""
    return sa.select(*_public_columns(table)).order_by(table.c.seq)


def _public_columns(
    table: sa.FromClause, replaced: dict[str, sa.ColumnElement[Any]] | None = None
) -> list[sa.Label[Any]]:
    """Return the columns that are useful to a reader, some of them replaced."""
    return [
        (replaced or {}).get(name, column).label(name)
        for name, column in table.c.items()
        if name not in _INTERNAL_COLUMNS
    ]


def _empty_texts(*names: str) -> dict[str, sa.ColumnElement[Any]]:
    return {name: sa.cast(sa.null(), sa.Text) for name in names}
