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
from situasi.store.quarantine_writer import pieces
from situasi.store.row_encoding import cleaned

_REPEAT, _BATCH = schema.repeats.c, schema.batches.c
_ENOUGH = 2  # deliveries of one sender that brought a row: more are not kept

Sender = tuple[str, str]  # who, and the digest of the file


def remember(
    backend: Backend,
    connection: sa.Connection,
    delivery: Delivery,
    batch: int,
    rounds: Mapping[bytes, int],
) -> int:
    """Keep that this delivery brought rows again, where that is worth it; of how many rows.

    rounds: of rows that were not stored, by the digest of their content.
    """
    known = _stored(connection, delivery.feed, batch, rounds)
    if not known:
        return 0
    brought: dict[int, list[int]] = defaultdict(list)
    for number, own in known.items():
        brought[number].append(own)
    for piece in pieces(sorted(known)):
        of_rows = (_REPEAT.feed == delivery.feed, _REPEAT.row_seq.in_(piece))
        found = connection.execute(sa.select(_REPEAT.row_seq, _REPEAT.batch).where(*of_rows))
        for number, by in found:
            brought[number].append(by)
    senders = _senders(connection, {by for every in brought.values() for by in every})
    me = cleaned(delivery.actor), cleaned(delivery.sha256)
    new = [
        number
        for number, every in sorted(brought.items())
        if _is_worth(me, [senders[by] for by in every if by in senders])
    ]
    if not new:
        return 0
    columns = {"feed": repeat(delivery.feed), "row_seq": new}
    unique = ["feed", "row_seq", "batch"]
    return backend.append_new(connection, schema.repeats, columns, {"batch": batch}, unique)


def _is_worth(me: Sender, others: Sequence[Sender]) -> bool:
    """Whether one more delivery of a row is kept, beside those that still vouch for it."""
    if me in others:
        return False
    return sum(who == me[0] for who, _ in others) < _ENOUGH


def _stored(
    connection: sa.Connection, feed: str, batch: int, rounds: Mapping[bytes, int]
) -> dict[int, int]:
    """The rows of earlier deliveries that hold this content, and their batches."""
    row, found = schema.feeds[feed].c, dict[int, int]()
    for piece in pieces(sorted(rounds)):
        asked = sa.select(row.digest, row.round, row.seq, row.batch).where(row.digest.in_(piece))
        for mark, turn, number, own in connection.execute(asked):
            if own != batch and turn == rounds[bytes(mark)]:
                found[int(number)] = int(own)
    return found


def _senders(connection: sa.Connection, batches: set[int]) -> dict[int, Sender]:
    """Who brought these batches; those that were taken back are left out."""
    found: dict[int, Sender] = {}
    for piece in pieces(sorted(batches)):
        standing = (_BATCH.batch.in_(piece), _BATCH.batch.not_in(visible_at.undone()))
        asked = sa.select(_BATCH.batch, _BATCH.actor, _BATCH.sha256).where(*standing)
        found.update((int(batch), (who, mark)) for batch, who, mark in connection.execute(asked))
    return found


def vouched_by_others(feed: str, batch: int) -> sa.Select[tuple[int]]:
    """The rows of a feed that a delivery other than this one brought again, and still stands."""
    others = (_REPEAT.batch != batch, _REPEAT.batch.not_in(visible_at.undone()))
    return sa.select(_REPEAT.row_seq).where(_REPEAT.feed == feed, *others)


def repeated_by(feed: str, batch: int) -> sa.Select[tuple[int]]:
    """The rows that this delivery brought again."""
    return sa.select(_REPEAT.row_seq).where(_REPEAT.feed == feed, _REPEAT.batch == batch)


def elsewhere(connection: sa.Connection, batch: int) -> dict[int, int]:
    """See protocol.Store.brought_elsewhere."""
    feed = connection.execute(sa.select(_BATCH.feed).where(_BATCH.batch == batch)).scalar()
    if feed is None:
        return {}
    row, taken = schema.feeds[feed].c, schema.withdrawals.c
    gone = sa.select(taken.row_seq).where(taken.feed == feed)
    again = repeated_by(feed, batch)
    own = sa.select(row.seq).where(row.batch == batch)
    mine = sa.or_(_REPEAT.row_seq.in_(own), _REPEAT.row_seq.in_(again))
    others = (_REPEAT.batch != batch, _REPEAT.batch.not_in(visible_at.undone()))
    vouched = (
        sa.select(_REPEAT.batch, sa.func.count())
        .where(_REPEAT.feed == feed, mine, *others, _REPEAT.row_seq.not_in(gone))
        .group_by(_REPEAT.batch)
    )
    first = (
        sa.select(row.batch, sa.func.count())
        .where(row.seq.in_(again), row.seq.not_in(gone), row.batch.not_in(visible_at.undone()))
        .group_by(row.batch)
    )
    found = Counter[int]()
    for asked in (vouched, first):
        found.update({int(other): int(count) for other, count in connection.execute(asked)})
    return dict(sorted(found.items()))
