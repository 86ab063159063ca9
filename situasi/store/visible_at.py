"""The time when stored rows became visible: at the commit of their delivery, not at its start.

Rows are written while a delivery is read, and nothing is ever updated: so they carry the time at
which it began. `batches.committed_at` and `withdrawn_batches.committed_at` hold the time just
before the write lock was released. Readers get that time: `recorded_at` is when a row became
visible, and so is `known_at`, except for rows of an exercise or of history (where it differs from
`recorded_at`).
"""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.timestamps import from_micros, to_micros

Clock = Callable[[], datetime]

_BATCH, _ACT = schema.batches.c, schema.withdrawn_batches.c
_NEVER_REACHED = 2**62  # above every number that a row gets


def compute_commit_time_us(connection: sa.Connection, clock: Clock | None, begun_at_us: int) -> int:
    """Return the time of the commit about to be made, in microseconds; under the write lock.

    Never earlier than a previous commit, even if the machine's clock is set back: so what was known
    at a time is always a prefix of all commits. begun_at_us: when the writing began.
    """
    now = begun_at_us if clock is None else to_micros(clock())
    last = [
        sa.select(moment).order_by(key.desc()).limit(1)
        for moment, key in ((_BATCH.committed_at, _BATCH.batch), (_ACT.committed_at, _ACT.seq))
    ]
    earlier_times = [connection.execute(query).scalar() or 0 for query in last]
    return max(begun_at_us, now, *earlier_times)


def first_commit_after(connection: sa.Connection, version: int) -> datetime | None:
    """Return when rows were first added or withdrawn after this version; None if none were."""
    entry = schema.audit.c
    query = sa.select(entry.action, entry.detail).where(entry.moves == sa.true())
    for action, detail in connection.execute(query.where(entry.seq > version).order_by(entry.seq)):
        table = {"deliver": _BATCH, "withdraw": _ACT}.get(action)
        if table is not None:
            batch = json.loads(detail)["batch"]
            at = connection.execute(sa.select(table.committed_at).where(table.batch == batch))
            committed_at = at.scalar()
            return None if committed_at is None else from_micros(committed_at)
    return None


@cache
def select_feed_rows(feed: str) -> sa.Subquery:
    """Select the table of a feed as readers see it, with `recorded_at` and `known_at` as above."""
    row = schema.feeds[feed].c
    committed = sa.func.coalesce(_BATCH.committed_at, row.recorded_at)
    live = row.known_at == row.recorded_at
    replaced = {
        "recorded_at": committed,
        "known_at": sa.case((live, committed), else_=row.known_at),
    }
    columns = [replaced.get(column.name, column).label(column.name) for column in row]
    joined = schema.feeds[feed].outerjoin(schema.batches, _BATCH.batch == row.batch)
    return sa.select(*columns).select_from(joined).subquery(f"seen_{feed}")


@cache
def select_withdrawals() -> sa.Subquery:
    """Select the withdrawn rows as readers see them, with `recorded_at` as above."""
    row = schema.withdrawals.c
    replaced = {"recorded_at": sa.func.coalesce(_ACT.committed_at, row.recorded_at)}
    columns = [replaced.get(column.name, column).label(column.name) for column in row]
    joined = schema.withdrawals.outerjoin(schema.withdrawn_batches, _ACT.batch == row.batch)
    return sa.select(*columns).select_from(joined).subquery("seen_withdrawals")


def select_withdrawn_batches(at_us: int | None = None) -> sa.Select[Any]:
    """Select the batches that are withdrawn, or were so at a moment."""
    withdrawn = sa.select(_ACT.batch)
    return withdrawn if at_us is None else withdrawn.where(_ACT.committed_at <= at_us)


def read_withdrawn_batches(connection: sa.Connection) -> set[int]:
    """Return the batches that are withdrawn."""
    return {int(batch) for batch in connection.execute(select_withdrawn_batches()).scalars()}


def is_withdrawn_by(at_us: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition on `withdrawals` that a withdrawal was visible at a moment."""
    first_later = sa.select(sa.func.min(_ACT.first)).where(_ACT.committed_at > at_us)
    return schema.withdrawals.c.seq < sa.func.coalesce(
        first_later.scalar_subquery(), _NEVER_REACHED
    )
