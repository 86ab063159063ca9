"""When what is stored could first be seen: at the commit of its delivery, not at its beginning.

Rows are written while a delivery is read, and nothing is ever updated: so they carry the moment
at which it began. `batches.committed_at` and `withdrawn_batches.committed_at` say when the write
lock was about to be given back. Whoever reads a store is told that moment: `recorded_at` is when
a row could first be seen, and so is `known_at` unless it is of an exercise or of history (then it
differs from `recorded_at`). Batches of older versions have no such moment and keep their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from situasi.store import schema
from situasi.store.timestamps import from_micros, to_micros

Clock = Callable[[], datetime]
Numbers = npt.NDArray[np.int64]

_BATCH, _ACT = schema.batches.c, schema.withdrawn_batches.c
_NEVER_REACHED = 2**62  # above every number that a row gets


def compute_commit_time_us(connection: sa.Connection, clock: Clock | None, begun_at_us: int) -> int:
    """The moment of the commit that is about to be made, in microseconds; under the write lock.

    Never earlier than that of an earlier commit, though the machine's clock be set back: so what
    was known at a moment is always a first part of all commits. at: when the writing began.
    """
    now = begun_at_us if clock is None else to_micros(clock())
    last = [
        sa.select(moment).order_by(key.desc()).limit(1)
        for moment, key in ((_BATCH.committed_at, _BATCH.batch), (_ACT.committed_at, _ACT.seq))
    ]
    before = [connection.execute(one).scalar() or 0 for one in last]
    return max(begun_at_us, now, *before)


def first_commit_after(connection: sa.Connection, version: int) -> datetime | None:
    """See protocol.Store."""
    entry = schema.audit.c
    moved = sa.select(entry.action, entry.detail).where(entry.moves == sa.true())
    for action, detail in connection.execute(moved.where(entry.seq > version).order_by(entry.seq)):
        table = {"deliver": _BATCH, "withdraw": _ACT}.get(action)
        if table is not None:
            batch = json.loads(detail)["batch"]
            at = connection.execute(sa.select(table.committed_at).where(table.batch == batch))
            found = at.scalar()
            return None if found is None else from_micros(found)
    return None


@cache
def select_feed_rows(feed: str) -> sa.Subquery:
    """The table of a feed as it is read: `recorded_at` and `known_at` as said above."""
    row = schema.feeds[feed].c
    committed = sa.func.coalesce(_BATCH.committed_at, row.recorded_at)
    live = row.known_at == row.recorded_at
    as_read = {
        "recorded_at": committed,
        "known_at": sa.case((live, committed), else_=row.known_at),
    }
    columns = [as_read.get(one.name, one).label(one.name) for one in row]
    joined = schema.feeds[feed].outerjoin(schema.batches, _BATCH.batch == row.batch)
    return sa.select(*columns).select_from(joined).subquery(f"seen_{feed}")


@cache
def select_batch_times() -> sa.Subquery:
    """batch, at: when each batch could first be seen."""
    at = sa.func.coalesce(_BATCH.committed_at, _BATCH.recorded_at).label("at")
    return sa.select(_BATCH.batch, at).subquery("seen_batches")


def select_withdrawn_batches(at_us: int | None = None) -> sa.Select[Any]:
    """The batches that were taken back, or were so at a moment."""
    taken = schema.withdrawals.c
    acts = sa.select(_ACT.batch)
    older = sa.select(taken.batch).where(taken.seq < _first_withdrawal(sa.true()))
    if at_us is not None:
        acts = acts.where(_ACT.committed_at <= at_us)
        older = older.where(taken.recorded_at <= at_us)
    return sa.select(acts.union(older).subquery().c.batch)


def is_withdrawn_by(at_us: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a withdrawal could be seen at a moment: a condition on `withdrawals`."""
    taken = schema.withdrawals.c
    later = _first_withdrawal(_ACT.committed_at > at_us)
    return sa.and_(taken.recorded_at <= at_us, taken.seq < later)


def _first_withdrawal(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """The lowest number of the withdrawals that go with these acts."""
    lowest = sa.select(sa.func.min(_ACT.first)).where(condition).scalar_subquery()
    return sa.func.coalesce(lowest, _NEVER_REACHED)


class CommitTimes:
    """The same for rows that are in memory already, as columns of numbers (microseconds)."""

    def __init__(self, connection: sa.Connection, since: int = 0) -> None:
        """since: the first batch that will be asked for."""
        known = sa.select(_BATCH.batch, _BATCH.committed_at).where(
            _BATCH.batch >= since, _BATCH.committed_at.is_not(None)
        )
        acts = sa.select(_ACT.first, _ACT.rows, _ACT.committed_at).order_by(_ACT.seq)
        self._batch, self._at = _read_columns(connection, known.order_by(_BATCH.batch), 2)
        self._first, self._rows, self._withdrawn_at = _read_columns(connection, acts, 3)

    def for_batches(self, batch: Numbers, recorded_us: Numbers) -> Numbers:
        """When rows of these batches could first be seen. recorded: what they carry."""
        if not len(self._batch):
            return recorded_us
        spot = np.searchsorted(self._batch, batch).clip(max=len(self._batch) - 1)
        return np.where(self._batch[spot] == batch, self._at[spot], recorded_us)

    def for_withdrawals(self, seq: Numbers, recorded_us: Numbers) -> Numbers:
        """When these withdrawals could first be seen."""
        if not len(self._first):
            return recorded_us
        spot = (np.searchsorted(self._first, seq, "right") - 1).clip(min=0)
        within = (seq >= self._first[spot]) & (seq < self._first[spot] + self._rows[spot])
        return np.where(within, self._withdrawn_at[spot], recorded_us)


def with_visible_times(connection: sa.Connection, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of a feed, in their order, with the moments at which they could be seen."""
    if frame.empty:
        return frame
    batch, recorded = frame["batch"].to_numpy(), _to_micros(frame["recorded_at"])
    known = _to_micros(frame["known_at"])
    seen = CommitTimes(connection, int(batch[0])).for_batches(batch, recorded)
    live = np.where(known == recorded, seen, known)
    return frame.assign(recorded_at=_to_times(seen), known_at=_to_times(live))


def withdrawals_with_visible_times(connection: sa.Connection, frame: pd.DataFrame) -> pd.DataFrame:
    """Withdrawals, in their order, with the moments at which they could be seen."""
    if frame.empty:
        return frame
    numbers, recorded = frame["seq"].to_numpy(), _to_micros(frame["recorded_at"])
    seen = CommitTimes(connection, _NEVER_REACHED).for_withdrawals(numbers, recorded)
    return frame.assign(recorded_at=_to_times(seen))


def _read_columns(connection: sa.Connection, asked: sa.Select[Any], width: int) -> list[Numbers]:
    found = np.array(list(map(tuple, connection.execute(asked))), dtype=np.int64)
    return list(found.reshape(-1, width).T)


def _to_micros(column: pd.Series[Any]) -> Numbers:
    return column.to_numpy(dtype="datetime64[us]").astype(np.int64)


def _to_times(micros: Numbers) -> pd.Series[Any]:
    return pd.Series(micros.view("datetime64[us]")).dt.tz_localize("UTC")
