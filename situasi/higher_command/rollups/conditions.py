"""SQL expressions shared by all roll-ups: which rows are valid, and in which order they follow.

Each statement of the roll-ups is written once over the tables of `schema` and runs in every engine.
Its values are bound by name: at, since, until, every (microseconds); see RollupParameters.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, stored_dtypes
from situasi.store import schema, visible_at

SqlExpression = sa.ColumnElement[Any]


def bind_time(name: str) -> sa.BindParameter[int]:
    """Return a bound time or duration, in microseconds."""
    return sa.bindparam(name, type_=schema.TimeMicros)


def not_withdrawn(feed: str, is_live: bool) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for rows of a feed that are not withdrawn; unless live, as known `at`.

    As in live/snapshot.py: history that was loaded and withdrawn was never known.
    """
    row, withdrawal = visible_at.select_feed_rows(feed).c, schema.withdrawals.c
    # Not correlated: so every engine hashes them once, whatever its row estimate.
    withdrawn = sa.select(withdrawal.row_seq).where(withdrawal.feed == feed)
    if is_live:
        return [row.seq.not_in(withdrawn)]
    withdrawn_history = sa.and_(row.known_at < row.recorded_at, row.seq.in_(withdrawn))
    withdrawn_by_then = withdrawn.where(visible_at.is_withdrawn_by(bind_time("at")))
    return [row.known_at <= bind_time("at"), ~withdrawn_history, row.seq.not_in(withdrawn_by_then)]


@cache
def select_valid_rows(feed: str, is_live: bool) -> sa.Select[Any]:
    """Select the columns of the store of the rows that `not_withdrawn` describes, in order."""
    row = visible_at.select_feed_rows(feed).c
    columns = [row[name] for name in stored_dtypes(FEEDS[feed])]
    return sa.select(*columns).where(*not_withdrawn(feed, is_live)).order_by(row.seq)


def reported_time(feed: str) -> SqlExpression:
    """Return when a row was reported: reported_at, else known_at for exercises or recorded_at."""
    row = visible_at.select_feed_rows(feed).c
    default = sa.case((row.latihan == sa.true(), row.known_at), else_=row.recorded_at)
    return sa.func.coalesce(row.reported_at, default)


def rank(column: SqlExpression, scale: Sequence[str]) -> SqlExpression:
    """Return the index of a word in its scale; NULL for any other word."""
    return sa.case(*((column == code, index) for index, code in enumerate(scale)), else_=None)


def as_int(condition: SqlExpression) -> SqlExpression:
    """Return 1 or 0, which every engine can sort and add."""
    return sa.case((condition, 1), else_=0)


def count_where(condition: SqlExpression) -> SqlExpression:
    """Return how many rows of a group meet the condition; 0 without rows."""
    return sa.func.coalesce(sa.func.sum(as_int(condition)), 0)


def recency_rank(partition: Sequence[SqlExpression], *order: SqlExpression) -> SqlExpression:
    """Return 1 for the row of its group that comes last in this order."""
    return sa.func.row_number().over(
        partition_by=partition, order_by=[expression.desc() for expression in order]
    )


@cache
def select_feed_freshness(is_live: bool) -> sa.CompoundSelect[Any]:
    """Select by feed: last (number), stored (when), known (newest valid row), made (rehearsal)."""
    missing = [sa.cast(None, schema.TimeMicros).label(name) for name in ("stored", "known")]
    last_number = sa.func.coalesce(sa.func.max(schema.withdrawals.c.seq), 0).label("last")
    withdrawn = sa.select(
        sa.literal("withdrawals").label("feed"), last_number, *missing, sa.literal(0).label("made")
    )
    return sa.union_all(*(_select_freshness_of(name, is_live) for name in schema.feeds), withdrawn)


def _select_freshness_of(feed: str, is_live: bool) -> sa.Select[Any]:
    row = visible_at.select_feed_rows(feed).c
    stored = sa.select(sa.func.max(row.recorded_at))
    newest_known = sa.select(sa.func.max(row.known_at)).where(*not_withdrawn(feed, is_live))
    has_rehearsal = sa.exists().where(row.latihan == sa.true(), *not_withdrawn(feed, is_live=True))
    if not is_live:
        stored = stored.where(row.recorded_at <= bind_time("at"))
    last = sa.select(sa.func.coalesce(sa.func.max(schema.feeds[feed].c.seq), 0))
    return sa.select(
        sa.literal(feed).label("feed"),
        last.scalar_subquery().label("last"),
        stored.scalar_subquery().label("stored"),
        newest_known.scalar_subquery().label("known"),
        as_int(has_rehearsal).label("made"),
    )


@cache
def select_exercise_clock() -> sa.Select[Any]:
    """Select the newest note about the clock of an exercise, as JSON."""
    note = schema.notes.c
    return sa.select(note.value).where(note.key == "exercise").order_by(note.seq.desc()).limit(1)
