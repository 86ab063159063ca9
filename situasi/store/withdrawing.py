"""Takes a batch back: its rows as new rows of `withdrawals`, and the act itself."""

from __future__ import annotations

from bisect import bisect_left

import sqlalchemy as sa

from situasi.store import seen, tables, trail
from situasi.store.backend import Backend
from situasi.store.protocol import StoreError
from situasi.store.sealing import SEALED, last_of, seal_after, seal_of
from situasi.store.seen import Clock

_TAKEN = tables.withdrawals.c


def withdraw(
    backend: Backend,
    connection: sa.Connection,
    batch: int,
    at: int,
    actor: str,
    reason: str,
    clock: Clock | None,
) -> int:
    """Take back every row of a batch that still stands, under the write lock; how many.

    Writes nothing where there is none. Raises StoreError when there is no such batch.
    """
    asked = sa.select(tables.batches.c.feed).where(tables.batches.c.batch == batch)
    feed = connection.execute(asked).scalar_one_or_none()
    if feed is None:
        raise StoreError(f"Batch {batch} tidak ada. Periksa nomornya.")
    last = last_of(connection, tables.withdrawals)
    taken = _take(backend, connection, feed, batch, at)
    if taken:
        rows = seal_after(connection, tables.withdrawals, last)
        act = {
            "batch": batch,
            "recorded_at": at,
            "committed_at": seen.stamp(connection, clock, at),
            "first": last + 1,
            "rows": taken,
        }
        backend.append(connection, tables.withdrawn_batches, act)
        seals = {"rows": rows, "act": seal_of([list(act.values())])}
        sealed = {SEALED: {name: seal.text for name, seal in seals.items() if seal.text}}
        detail = {"batch": batch, "rows": taken, "reason": reason, **sealed}
        trail.write(backend, connection, at, actor, "withdraw", detail, moves=True)
        connection.commit()
    return taken


def _take(backend: Backend, connection: sa.Connection, feed: str, batch: int, at: int) -> int:
    """Add a withdrawal for each row of the batch that has none; how many."""
    table = tables.feeds[feed]
    row = table.c
    # Of this batch alone, and not row by row: an engine that has not counted its tables yet
    # would read all withdrawals for each row.
    already = sa.select(_TAKEN.row_seq).where(_TAKEN.feed == feed, _TAKEN.batch == batch)
    first, end = (_first_of(connection, table, number) for number in (batch, batch + 1))
    valid = (
        sa.select(row.seq, sa.literal(feed), row.batch, sa.literal(at), row.digest)
        .where(row.seq >= first, row.seq < end, row.seq.not_in(already))
        .order_by(row.seq)
    )
    names = ["row_seq", "feed", "batch", "recorded_at", "digest"]
    return backend.append_found(connection, tables.withdrawals, names, valid)


def _first_of(connection: sa.Connection, table: sa.Table, batch: int) -> int:
    """The `seq` where this batch or a later one begins. Both only grow, so it is closed in on."""
    seq = table.c.seq
    newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(seq), 0))).scalar_one()

    def batch_from(number: int) -> int:
        first = sa.select(table.c.batch).where(seq >= number).order_by(seq).limit(1)
        return int(connection.execute(first).scalar_one())

    return 1 + bisect_left(range(1, int(newest) + 1), batch, key=batch_from)
