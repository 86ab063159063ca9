"""Takes a batch back: its rows as new rows of `withdrawals`, and the act itself.

A row that another delivery brought too, and that was not taken back, stands (repeats.py).
"""

from __future__ import annotations

from bisect import bisect_left

import sqlalchemy as sa

from situasi.store import repeated_rows, schema, visible_at
from situasi.store.audit import audit_log
from situasi.store.audit.row_digests import SEALED, last_of, seal_after, seal_of
from situasi.store.engines.engine import Backend
from situasi.store.interface import StoreError
from situasi.store.visible_at import Clock

_TAKEN = schema.withdrawals.c


def withdraw(
    backend: Backend,
    connection: sa.Connection,
    batch: int,
    at: int,
    actor: str,
    reason: str,
    clock: Clock | None,
) -> int:
    """Take back every row that stands by this batch alone, under the write lock; how many.

    Writes nothing where none of its rows stands. Raises StoreError when there is no such batch.
    """
    asked = sa.select(schema.batches.c.feed).where(schema.batches.c.batch == batch)
    feed = connection.execute(asked).scalar_one_or_none()
    if feed is None:
        raise StoreError(f"Batch {batch} tidak ada. Periksa nomornya.")
    if batch in connection.execute(visible_at.undone()).scalars():
        return 0
    last = last_of(connection, schema.withdrawals)
    taken = _take(backend, connection, feed, batch, at)
    kept = repeated_rows.elsewhere(connection, batch)
    if taken or kept:
        stays = {"stays": {str(other): count for other, count in kept.items()}} if kept else {}
        rows = seal_after(connection, schema.withdrawals, last)
        act = {
            "batch": batch,
            "recorded_at": at,
            "committed_at": visible_at.stamp(connection, clock, at),
            "first": last + 1,
            "rows": taken,
        }
        backend.append(connection, schema.withdrawn_batches, act)
        seals = {"rows": rows, "act": seal_of([list(act.values())])}
        sealed = {SEALED: {name: seal.text for name, seal in seals.items() if seal.text}}
        more = {"committed_at": act["committed_at"], **stays, **sealed}
        detail = {"batch": batch, "rows": taken, "reason": reason, **more}
        audit_log.write(backend, connection, at, actor, "withdraw", detail, moves=True)
        connection.commit()
    return taken


def _take(backend: Backend, connection: sa.Connection, feed: str, batch: int, at: int) -> int:
    """Add a withdrawal for each row that only this batch still vouches for; how many."""
    table = schema.feeds[feed]
    row = table.c
    # Never row by row: an engine that has not counted its tables yet would read all of the other
    # table for each row.
    first, end = (_first_of(connection, table, number) for number in (batch, batch + 1))
    others = repeated_rows.vouched_by_others(feed, batch)
    own = (row.seq >= first, row.seq < end, row.seq.not_in(others))
    again = repeated_rows.repeated_by(feed, batch)
    gone = sa.select(_TAKEN.row_seq).where(_TAKEN.feed == feed, _TAKEN.row_seq.in_(again))
    orphaned = (
        row.seq.in_(again),
        row.batch.in_(visible_at.undone()),
        row.seq.not_in(others),
        row.seq.not_in(gone),
    )
    names = ["row_seq", "feed", "batch", "recorded_at", "digest"]
    cells = [row.seq, sa.literal(feed), sa.literal(batch), sa.literal(at), row.digest]
    return sum(
        backend.append_found(
            connection, schema.withdrawals, names, sa.select(*cells).where(*which).order_by(row.seq)
        )
        for which in (own, orphaned)
    )


def _first_of(connection: sa.Connection, table: sa.Table, batch: int) -> int:
    """The `seq` where this batch or a later one begins. Both only grow, so it is closed in on."""
    seq = table.c.seq
    newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(seq), 0))).scalar_one()

    def batch_from(number: int) -> int:
        first = sa.select(table.c.batch).where(seq >= number).order_by(seq).limit(1)
        return int(connection.execute(first).scalar_one())

    return 1 + bisect_left(range(1, int(newest) + 1), batch, key=batch_from)
