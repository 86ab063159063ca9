"""Takes a batch back: its rows as new rows of `withdrawals`, and the act itself.

A row that another delivery brought too, and that was not taken back, stands (repeats.py).
"""

from __future__ import annotations

from bisect import bisect_left

import sqlalchemy as sa

from situasi.store import repeated_rows, schema, visible_at
from situasi.store.audit import audit_log
from situasi.store.audit.row_digests import HASHES_KEY, hash_rows, hash_rows_after, read_last_number
from situasi.store.engines.engine import Backend
from situasi.store.interface import StoreError
from situasi.store.visible_at import Clock

_WITHDRAWAL = schema.withdrawals.c


def withdraw(
    backend: Backend,
    connection: sa.Connection,
    batch: int,
    at_us: int,
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
    if batch in connection.execute(visible_at.select_withdrawn_batches()).scalars():
        return 0
    last = read_last_number(connection, schema.withdrawals)
    taken = _withdraw_rows(backend, connection, feed, batch, at_us)
    kept = repeated_rows.count_rows_in_other_batches(connection, batch)
    if taken or kept:
        stays = {"stays": {str(other): count for other, count in kept.items()}} if kept else {}
        rows = hash_rows_after(connection, schema.withdrawals, last)
        act = {
            "batch": batch,
            "recorded_at": at_us,
            "committed_at": visible_at.compute_commit_time_us(connection, clock, at_us),
            "first": last + 1,
            "rows": taken,
        }
        backend.append(connection, schema.withdrawn_batches, act)
        seals = {"rows": rows, "act": hash_rows([list(act.values())])}
        sealed = {
            HASHES_KEY: {name: seal.hexdigest for name, seal in seals.items() if seal.hexdigest}
        }
        more = {"committed_at": act["committed_at"], **stays, **sealed}
        detail = {"batch": batch, "rows": taken, "reason": reason, **more}
        audit_log.append_entry(
            backend, connection, at_us, actor, "withdraw", detail, changes_data=True
        )
        connection.commit()
    return taken


def _withdraw_rows(
    backend: Backend, connection: sa.Connection, feed: str, batch: int, at_us: int
) -> int:
    """Add a withdrawal for each row that only this batch still vouches for; how many."""
    table = schema.feeds[feed]
    row = table.c
    # Never row by row: an engine that has not counted its tables yet would read all of the other
    # table for each row.
    first, end = (_find_first_number(connection, table, number) for number in (batch, batch + 1))
    others = repeated_rows.select_rows_repeated_by_others(feed, batch)
    own = (row.seq >= first, row.seq < end, row.seq.not_in(others))
    again = repeated_rows.select_rows_repeated_by(feed, batch)
    gone = sa.select(_WITHDRAWAL.row_seq).where(
        _WITHDRAWAL.feed == feed, _WITHDRAWAL.row_seq.in_(again)
    )
    orphaned = (
        row.seq.in_(again),
        row.batch.in_(visible_at.select_withdrawn_batches()),
        row.seq.not_in(others),
        row.seq.not_in(gone),
    )
    names = ["row_seq", "feed", "batch", "recorded_at", "digest"]
    cells = [row.seq, sa.literal(feed), sa.literal(batch), sa.literal(at_us), row.digest]
    return sum(
        backend.append_selected(
            connection, schema.withdrawals, names, sa.select(*cells).where(*which).order_by(row.seq)
        )
        for which in (own, orphaned)
    )


def _find_first_number(connection: sa.Connection, table: sa.Table, batch: int) -> int:
    """The `seq` where this batch or a later one begins. Both only grow, so it is closed in on."""
    seq = table.c.seq
    newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(seq), 0))).scalar_one()

    def batch_from(number: int) -> int:
        first = sa.select(table.c.batch).where(seq >= number).order_by(seq).limit(1)
        return int(connection.execute(first).scalar_one())

    return 1 + bisect_left(range(1, int(newest) + 1), batch, key=batch_from)
