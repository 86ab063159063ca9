"""What roll-ups of every feed rest on: which rows stand, and what follows what, as SQL.

Each statement here and beside is written once over `tables` and runs in every engine. Its values
are bound by name: at, since, until, offset, valid, every (microseconds); see Rollups.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.store import schema, visible_at

SqlExpression = sa.ColumnElement[Any]


def bind_time(name: str) -> sa.BindParameter[int]:
    """A bound moment or length of time, in microseconds."""
    return sa.bindparam(name, type_=schema.TimeMicros)


def not_withdrawn(feed: str, is_live: bool) -> list[sa.ColumnElement[bool]]:
    """Which rows of a feed nobody has taken back; unless live, as it was known `at`.

    As snapshot.Live marks them: what was loaded as history and taken back was never known.
    """
    row, taken = visible_at.select_feed_rows(feed).c, schema.withdrawals.c
    # Not correlated: whatever an engine thinks of how many there are, it hashes them once.
    gone = sa.select(taken.row_seq).where(taken.feed == feed)
    if is_live:
        return [row.seq.not_in(gone)]
    history = sa.and_(row.known_at < row.recorded_at, row.seq.in_(gone))
    by_then = gone.where(visible_at.is_withdrawn_by(bind_time("at")))
    return [row.known_at <= bind_time("at"), ~history, row.seq.not_in(by_then)]


def reported_time(feed: str) -> SqlExpression:
    """When a row was told: analysis.incidents.told_at."""
    row = visible_at.select_feed_rows(feed).c
    otherwise = sa.case((row.latihan == sa.true(), row.known_at), else_=row.recorded_at)
    return sa.func.coalesce(row.reported_at, otherwise)


def rank(column: SqlExpression, scale: Sequence[str]) -> SqlExpression:
    """The place of a word in its scale; NULL of any other."""
    return sa.case(*((column == word, place) for place, word in enumerate(scale)), else_=None)


def as_int(condition: SqlExpression) -> SqlExpression:
    """1 or 0, which every engine sorts and adds."""
    return sa.case((condition, 1), else_=0)


def count_where(condition: SqlExpression) -> SqlExpression:
    """How many rows of a group are so; 0 of no row."""
    return sa.func.coalesce(sa.func.sum(as_int(condition)), 0)


def recency_rank(partition: Sequence[SqlExpression], *order: SqlExpression) -> SqlExpression:
    """1 for the row of its group that comes last in this order."""
    return sa.func.row_number().over(partition_by=partition, order_by=[by.desc() for by in order])


@cache
def select_feed_freshness(is_live: bool) -> sa.CompoundSelect[Any]:
    """By feed: last (its number), stored (when), known (the newest that stands), made (up or not).

    made: of all that stand by now, whatever the moment. And of `withdrawals` the last.
    """
    nothing = [sa.cast(None, schema.TimeMicros).label(name) for name in ("stored", "known")]
    taken = sa.func.coalesce(sa.func.max(schema.withdrawals.c.seq), 0).label("last")
    withdrawn = sa.select(
        sa.literal("withdrawals").label("feed"), taken, *nothing, sa.literal(0).label("made")
    )
    return sa.union_all(*(_select_freshness_of(name, is_live) for name in schema.feeds), withdrawn)


def _select_freshness_of(feed: str, is_live: bool) -> sa.Select[Any]:
    row = visible_at.select_feed_rows(feed).c
    stored = sa.select(sa.func.max(row.recorded_at))
    known = sa.select(sa.func.max(row.known_at)).where(*not_withdrawn(feed, is_live))
    made = sa.exists().where(row.latihan == sa.true(), *not_withdrawn(feed, is_live=True))
    if not is_live:
        stored = stored.where(row.recorded_at <= bind_time("at"))
    last = sa.select(sa.func.coalesce(sa.func.max(schema.feeds[feed].c.seq), 0))
    return sa.select(
        sa.literal(feed).label("feed"),
        last.scalar_subquery().label("last"),
        stored.scalar_subquery().label("stored"),
        known.scalar_subquery().label("known"),
        as_int(made).label("made"),
    )


@cache
def select_exercise_clock() -> sa.Select[Any]:
    """The newest word on the clock of an exercise, as JSON."""
    note = schema.notes.c
    return sa.select(note.value).where(note.key == "exercise").order_by(note.seq.desc()).limit(1)
