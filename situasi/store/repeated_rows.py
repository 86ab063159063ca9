"""Records which deliveries contained a stored row again, so that it outlives a withdrawal.

What is recorded is bounded. The same file of the same sender is the same delivery again: nothing is
recorded. Otherwise a row gets up to two valid deliveries per sender, whatever others delivered, so
that a withdrawal by one person never removes what somebody else has corrected. So a bot that sends
its growing file every minute adds at most two repeats for each row.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import repeat

import sqlalchemy as sa

from situasi.store import schema, visible_at
from situasi.store.engines.engine import WriteTransaction, iter_chunks
from situasi.store.model import Delivery
from situasi.store.row_encoding import clean_text

_REPEAT, _BATCH = schema.repeats.c, schema.batches.c
_MAX_REPEATS_PER_SENDER = 2  # recorded deliveries of one row by one sender

Sender = tuple[str, str]  # actor, and the digest of the file


def record_repeats(
    write: WriteTransaction, delivery: Delivery, batch: int, withdrawal_counts: Mapping[bytes, int]
) -> tuple[int, Counter[int]]:
    """Record that this delivery contained stored rows again, where useful; return how many.

    Also return how many of them each earlier delivery brought first, recorded or not.
    withdrawal_counts: of rows that were not stored, by the digest of their content.
    """
    connection = write.connection
    batch_by_row = _find_stored_rows(connection, delivery.feed, batch, withdrawal_counts)
    first_batches = Counter(batch_by_row.values())
    if not batch_by_row:
        return 0, first_batches
    batches_by_row: dict[int, list[int]] = defaultdict(list)
    for number, first_batch in batch_by_row.items():
        batches_by_row[number].append(first_batch)
    for chunk in iter_chunks(sorted(batch_by_row)):
        conditions = (_REPEAT.feed == delivery.feed, _REPEAT.row_seq.in_(chunk))
        repeats = connection.execute(sa.select(_REPEAT.row_seq, _REPEAT.batch).where(*conditions))
        for number, other_batch in repeats:
            batches_by_row[number].append(other_batch)
    senders = _find_senders(connection, set().union(*batches_by_row.values()))
    sender = clean_text(delivery.actor), clean_text(delivery.sha256)
    new = [
        number
        for number, batches in sorted(batches_by_row.items())
        if _is_worth_recording(sender, [senders[other] for other in batches if other in senders])
    ]
    if not new:
        return 0, first_batches
    columns = {"feed": repeat(delivery.feed), "row_seq": new}
    count = write.backend.append_new(connection, schema.repeats, columns, {"batch": batch})
    return count, first_batches


def _is_worth_recording(sender: Sender, other_senders: Sequence[Sender]) -> bool:
    """Return whether one more delivery of a row is recorded beside the valid ones."""
    if sender in other_senders:
        return False
    return sum(actor == sender[0] for actor, _ in other_senders) < _MAX_REPEATS_PER_SENDER


def _find_stored_rows(
    connection: sa.Connection, feed: str, batch: int, withdrawal_counts: Mapping[bytes, int]
) -> dict[int, int]:
    """Return the rows of earlier deliveries with this content, and their batches."""
    row, batch_by_row = schema.feeds[feed].c, dict[int, int]()
    for chunk in iter_chunks(sorted(withdrawal_counts)):
        query = sa.select(row.digest, row.round, row.seq, row.batch).where(row.digest.in_(chunk))
        for digest, turn, number, own in connection.execute(query):
            if own != batch and turn == withdrawal_counts[bytes(digest)]:
                batch_by_row[int(number)] = int(own)
    return batch_by_row


def _find_senders(connection: sa.Connection, batches: set[int]) -> dict[int, Sender]:
    """Return the senders of these batches; withdrawn batches are left out."""
    senders: dict[int, Sender] = {}
    for chunk in iter_chunks(sorted(batches)):
        query = sa.select(_BATCH.batch, _BATCH.actor, _BATCH.sha256).where(
            _BATCH.batch.in_(chunk), _BATCH.batch.not_in(visible_at.select_withdrawn_batches())
        )
        senders.update(
            (int(batch), (actor, sha256)) for batch, actor, sha256 in connection.execute(query)
        )
    return senders


def select_rows_repeated_by_others(feed: str, batch: int) -> sa.Select[tuple[int]]:
    """Select the rows of a feed that another valid batch contained again."""
    is_of_feed = _REPEAT.feed == feed
    return sa.select(_REPEAT.row_seq).where(is_of_feed, _is_of_other_valid_batch(batch))


def _is_of_other_valid_batch(batch: int) -> sa.ColumnElement[bool]:
    withdrawn = visible_at.select_withdrawn_batches()
    return sa.and_(_REPEAT.batch != batch, _REPEAT.batch.not_in(withdrawn))


def select_rows_repeated_by(feed: str, batch: int) -> sa.Select[tuple[int]]:
    """Select the rows that this batch contained again."""
    return sa.select(_REPEAT.row_seq).where(_REPEAT.feed == feed, _REPEAT.batch == batch)


def count_rows_in_other_batches(connection: sa.Connection, batch: int) -> dict[int, int]:
    """Count the valid rows of this batch by each other batch that delivered them too."""
    feed = connection.execute(sa.select(_BATCH.feed).where(_BATCH.batch == batch)).scalar()
    if feed is None:
        return {}
    row, withdrawal = schema.feeds[feed].c, schema.withdrawals.c
    withdrawn = sa.select(withdrawal.row_seq).where(withdrawal.feed == feed)
    repeated = select_rows_repeated_by(feed, batch)
    own_rows = sa.select(row.seq).where(row.batch == batch)
    repeating_batches = sa.select(_REPEAT.batch, sa.func.count()).where(
        _REPEAT.feed == feed,
        sa.or_(_REPEAT.row_seq.in_(own_rows), _REPEAT.row_seq.in_(repeated)),
        _is_of_other_valid_batch(batch),
        _REPEAT.row_seq.not_in(withdrawn),
    )
    first_batches = sa.select(row.batch, sa.func.count()).where(
        row.seq.in_(repeated),
        row.seq.not_in(withdrawn),
        row.batch.not_in(visible_at.select_withdrawn_batches()),
    )
    counts = Counter[int]()
    for query in (repeating_batches.group_by(_REPEAT.batch), first_batches.group_by(row.batch)):
        counts.update({int(other): int(count) for other, count in connection.execute(query)})
    return dict(sorted(counts.items()))
