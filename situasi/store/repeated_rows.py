"""Remembers which delivery brought a row again, so that the row stands when the first is undone.

What is kept is bounded. The same file of the same sender is the same delivery again: nothing. Of
another one, a row gets two deliveries of each sender that stand, whatever others brought, so that
nobody's undo takes away what somebody else has corrected. So a bot that sends its growing file
every minute adds at most two vouchers for each row, whatever it repeats.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import repeat

import sqlalchemy as sa

from situasi.store import schema, visible_at
from situasi.store.engines.engine import Backend
from situasi.store.interface import Delivery
from situasi.store.quarantine_writer import iter_chunks
from situasi.store.row_encoding import clean_text

_REPEAT, _BATCH = schema.repeats.c, schema.batches.c
_MAX_REPEATS_PER_SENDER = 2  # deliveries of one sender that brought a row: more are not kept

Sender = tuple[str, str]  # who, and the digest of the file


def record_repeats(
    backend: Backend,
    connection: sa.Connection,
    delivery: Delivery,
    batch: int,
    withdrawal_counts: Mapping[bytes, int],
) -> int:
    """Keep that this delivery brought rows again, where that is worth it; of how many rows.

    rounds: of rows that were not stored, by the digest of their content.
    """
    known = _find_stored_rows(connection, delivery.feed, batch, withdrawal_counts)
    if not known:
        return 0
    brought: dict[int, list[int]] = defaultdict(list)
    for number, own in known.items():
        brought[number].append(own)
    for piece in iter_chunks(sorted(known)):
        of_rows = (_REPEAT.feed == delivery.feed, _REPEAT.row_seq.in_(piece))
        found = connection.execute(sa.select(_REPEAT.row_seq, _REPEAT.batch).where(*of_rows))
        for number, by in found:
            brought[number].append(by)
    senders = _find_senders(connection, {by for every in brought.values() for by in every})
    me = clean_text(delivery.actor), clean_text(delivery.sha256)
    new = [
        number
        for number, every in sorted(brought.items())
        if _is_worth_recording(me, [senders[by] for by in every if by in senders])
    ]
    if not new:
        return 0
    columns = {"feed": repeat(delivery.feed), "row_seq": new}
    unique = ["feed", "row_seq", "batch"]
    return backend.append_new(connection, schema.repeats, columns, {"batch": batch}, unique)


def _is_worth_recording(sender: Sender, others: Sequence[Sender]) -> bool:
    """Whether one more delivery of a row is kept, beside those that still vouch for it."""
    if sender in others:
        return False
    return sum(who == sender[0] for who, _ in others) < _MAX_REPEATS_PER_SENDER


def _find_stored_rows(
    connection: sa.Connection, feed: str, batch: int, withdrawal_counts: Mapping[bytes, int]
) -> dict[int, int]:
    """The rows of earlier deliveries that hold this content, and their batches."""
    row, found = schema.feeds[feed].c, dict[int, int]()
    for piece in iter_chunks(sorted(withdrawal_counts)):
        asked = sa.select(row.digest, row.round, row.seq, row.batch).where(row.digest.in_(piece))
        for mark, turn, number, own in connection.execute(asked):
            if own != batch and turn == withdrawal_counts[bytes(mark)]:
                found[int(number)] = int(own)
    return found


def _find_senders(connection: sa.Connection, batches: set[int]) -> dict[int, Sender]:
    """Who brought these batches; those that were taken back are left out."""
    found: dict[int, Sender] = {}
    for piece in iter_chunks(sorted(batches)):
        standing = (
            _BATCH.batch.in_(piece),
            _BATCH.batch.not_in(visible_at.select_withdrawn_batches()),
        )
        asked = sa.select(_BATCH.batch, _BATCH.actor, _BATCH.sha256).where(*standing)
        found.update((int(batch), (who, mark)) for batch, who, mark in connection.execute(asked))
    return found


def select_rows_repeated_by_others(feed: str, batch: int) -> sa.Select[tuple[int]]:
    """The rows of a feed that a delivery other than this one brought again, and still stands."""
    others = (_REPEAT.batch != batch, _REPEAT.batch.not_in(visible_at.select_withdrawn_batches()))
    return sa.select(_REPEAT.row_seq).where(_REPEAT.feed == feed, *others)


def select_rows_repeated_by(feed: str, batch: int) -> sa.Select[tuple[int]]:
    """The rows that this delivery brought again."""
    return sa.select(_REPEAT.row_seq).where(_REPEAT.feed == feed, _REPEAT.batch == batch)


def count_rows_in_other_batches(connection: sa.Connection, batch: int) -> dict[int, int]:
    """See protocol.Store.brought_elsewhere."""
    feed = connection.execute(sa.select(_BATCH.feed).where(_BATCH.batch == batch)).scalar()
    if feed is None:
        return {}
    row, taken = schema.feeds[feed].c, schema.withdrawals.c
    gone = sa.select(taken.row_seq).where(taken.feed == feed)
    again = select_rows_repeated_by(feed, batch)
    own = sa.select(row.seq).where(row.batch == batch)
    mine = sa.or_(_REPEAT.row_seq.in_(own), _REPEAT.row_seq.in_(again))
    others = (_REPEAT.batch != batch, _REPEAT.batch.not_in(visible_at.select_withdrawn_batches()))
    vouched = (
        sa.select(_REPEAT.batch, sa.func.count())
        .where(_REPEAT.feed == feed, mine, *others, _REPEAT.row_seq.not_in(gone))
        .group_by(_REPEAT.batch)
    )
    first = (
        sa.select(row.batch, sa.func.count())
        .where(
            row.seq.in_(again),
            row.seq.not_in(gone),
            row.batch.not_in(visible_at.select_withdrawn_batches()),
        )
        .group_by(row.batch)
    )
    found = Counter[int]()
    for asked in (vouched, first):
        found.update({int(other): int(count) for other, count in connection.execute(asked)})
    return dict(sorted(found.items()))
