"""Withdraws a batch: its rows as new rows of `withdrawals`, and one row for the batch itself.

A row that another valid batch also delivered stays valid (repeated_rows.py).
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from situasi.store import repeated_rows, schema, visible_at
from situasi.store.audit import hash_chain
from situasi.store.audit.row_digests import (
    build_hash_detail,
    hash_rows,
    hash_rows_after,
    read_last_number,
)
from situasi.store.engines.engine import WriteTransaction
from situasi.store.model import ConflictError, StoreError
from situasi.store.visible_at import Clock

_WITHDRAWAL = schema.withdrawals.c


def withdraw(
    write: WriteTransaction,
    batch: int,
    reason: str,
    clock: Clock | None,
    *,
    has_to_end: bool = False,
) -> int:
    """Withdraw every row that is valid through this batch alone; return how many.

    Runs under the write lock; the caller commits. Rows of quarantine that it released wait again.
    Writes nothing where none of its rows is valid and it released none, unless it has to end all
    the same. Raises StoreError when there is no such batch, and ConflictError for one that has to
    end and was withdrawn before.
    """
    connection, at_us = write.connection, write.at_us
    query = sa.select(schema.batches.c.feed).where(schema.batches.c.batch == batch)
    feed = connection.execute(query).scalar_one_or_none()
    if feed is None:
        raise StoreError(f"Batch {batch} tidak ada. Periksa nomornya.")
    if batch in connection.execute(visible_at.select_withdrawn_batches()).scalars():
        if has_to_end:
            raise ConflictError(f"Kiriman {batch} sudah ditarik orang lain; buka berkasnya lagi.")
        return 0
    last = read_last_number(connection, schema.withdrawals)
    withdrawn_count = _withdraw_rows(write, feed, batch)
    kept_by_batch = repeated_rows.count_rows_in_other_batches(connection, batch)
    is_empty = not (withdrawn_count or kept_by_batch or _has_released(connection, batch))
    if has_to_end or not is_empty:
        stays = {str(other): count for other, count in kept_by_batch.items()}
        rows = hash_rows_after(connection, schema.withdrawals, last)
        batch_row = {
            "batch": batch,
            "recorded_at": at_us,
            "committed_at": visible_at.compute_commit_time_us(connection, clock, at_us),
            "first": last + 1,
            "rows": withdrawn_count,
        }
        write.backend.append(connection, schema.withdrawn_batches, batch_row)
        detail: dict[str, Any] = {"batch": batch, "rows": withdrawn_count, "reason": reason}
        detail["committed_at"] = batch_row["committed_at"]
        if stays:
            detail["stays"] = stays
        detail |= build_hash_detail({"rows": rows, "act": hash_rows([list(batch_row.values())])})
        hash_chain.append_entry(write, "withdraw", detail, changes_data=True)
    return withdrawn_count


def _has_released(connection: sa.Connection, batch: int) -> bool:
    release = schema.releases.c
    query = sa.select(release.seq).where(release.batch == batch).limit(1)
    return connection.execute(query).first() is not None


def _withdraw_rows(write: WriteTransaction, feed: str, batch: int) -> int:
    """Add a withdrawal for each row that only this batch still supports; return how many."""
    table, connection = schema.feeds[feed], write.connection
    row = table.c
    # Never row by row: an engine without table statistics would read the whole other table
    # for each row.
    first, end = (_find_first_number(connection, table, number) for number in (batch, batch + 1))
    supported_by_others = repeated_rows.select_rows_repeated_by_others(feed, batch)
    own = (row.seq >= first, row.seq < end, row.seq.not_in(supported_by_others))
    repeated = repeated_rows.select_rows_repeated_by(feed, batch)
    already_withdrawn = sa.select(_WITHDRAWAL.row_seq).where(
        _WITHDRAWAL.feed == feed, _WITHDRAWAL.row_seq.in_(repeated)
    )
    orphaned = (
        row.seq.in_(repeated),
        row.batch.in_(visible_at.select_withdrawn_batches()),
        row.seq.not_in(supported_by_others),
        row.seq.not_in(already_withdrawn),
    )
    columns = [
        row.seq.label("row_seq"), sa.literal(feed).label("feed"), sa.literal(batch).label("batch"),
        sa.literal(write.at_us).label("recorded_at"), row.digest,
    ]  # fmt: skip
    rows = sa.select(*columns).order_by(row.seq)
    return sum(
        write.backend.append_selected(connection, schema.withdrawals, rows.where(*conditions))
        for conditions in (own, orphaned)
    )


def _find_first_number(connection: sa.Connection, table: sa.Table, batch: int) -> int:
    """Return the first `seq` of this batch or a later one, by bisection: both numbers only grow."""
    seq = table.c.seq
    newest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(seq), 0))).scalar_one()

    def batch_at(number: int) -> int:
        first = sa.select(table.c.batch).where(seq >= number).order_by(seq).limit(1)
        return int(connection.execute(first).scalar_one())

    return 1 + bisect_left(range(1, int(newest) + 1), batch, key=batch_at)


def select_staying(feed: str, batches: Sequence[int]) -> sa.ColumnElement[bool] | None:
    """Return the condition that a row would stay if these were withdrawn; None for no batches."""
    if not batches:
        return None
    row, repeat = schema.feeds[feed].c, schema.repeats.c
    withdrawn = visible_at.select_withdrawn_batches()
    others = sa.select(repeat.row_seq).where(
        repeat.feed == feed, repeat.batch.not_in(batches), repeat.batch.not_in(withdrawn)
    )
    repeated = sa.select(repeat.row_seq).where(repeat.feed == feed, repeat.batch.in_(batches))
    is_theirs = sa.or_(
        row.batch.in_(batches), sa.and_(row.batch.in_(withdrawn), row.seq.in_(repeated))
    )
    return sa.or_(sa.not_(is_theirs), row.seq.in_(others))
