"""The writing of one delivery into the store: all of it in one transaction, or nothing."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS
from situasi.store import repeated_rows, schema, visible_at, withdrawals
from situasi.store.audit import hash_chain
from situasi.store.audit.row_digests import (
    RowsHash,
    build_feed_words,
    build_hash_detail,
    hash_rows,
    hash_rows_after,
    read_last_number,
)
from situasi.store.engines.engine import Backend, WriteTransaction, iter_chunks
from situasi.store.model import AppendResult, Delivery, Rejection, StoreError
from situasi.store.quarantine_queries import is_waiting, read_waiting_numbers
from situasi.store.quarantine_writer import find_waiting, quarantine_rows
from situasi.store.row_encoding import (
    Values,
    clean_text,
    compute_digests,
    encode_frame,
    encode_times,
)
from situasi.store.timestamps import to_micros
from situasi.store.visible_at import Clock

# Rows prepared and inserted at a time: memory stays small.
_CHUNK_ROWS = 20_000
# A delivery without new rows gets this action in the audit log, the same one once an hour:
# a bot that sends its file every minute must not fill the log.
REPEAT_ACTION = "deliver-again"
_REPEAT_LOG_INTERVAL_US = 3_600_000_000  # microseconds
_MAX_LOGGED_NUMBERS = 50
# Tables beside that of the feed to which a delivery adds rows.
_OTHER_TABLES = (schema.quarantine, schema.releases, schema.repeats)


@dataclass(frozen=True)
class _Chunk:
    """Rows ready to be inserted: cells by column, and the digest of each row's content."""

    columns: dict[str, Any]
    digests: list[bytes]


class DeliveryTransaction:
    """The writing of one delivery, inside one `deliver` block, in one thread: all or nothing."""

    def __init__(
        self,
        backend: Backend,
        connection: sa.Connection,
        delivery: Delivery,
        clock: Clock | None = None,
    ) -> None:
        self._backend, self._clock = backend, clock
        self._connection = connection
        self._delivery = delivery
        self._feed = FEEDS[delivery.feed]
        self._table = schema.feeds[delivery.feed]
        self._at_us = to_micros(delivery.recorded_at)
        self._write = WriteTransaction(backend, connection, self._at_us, delivery.actor)
        self._batch: int | None = None
        self._rows_hash, self._repeat_count = RowsHash(), 0
        # How many rows came again, by the earlier delivery that brought them first.
        self.repeated_of = Counter[int]()
        self._replaced: tuple[int, ...] = ()
        self._last_numbers: dict[str, int] = {}  # by table: the highest number before this delivery
        self._total = AppendResult(0, 0, 0)
        self._has_new_rows = False
        self._released: list[int] = []
        self._row_by_released: dict[int, int] = {}
        self._already_waiting = set[int]()
        self._is_discarded = False
        self._is_trial = False  # discarded before any write: only reads
        self._trial_keys: set[tuple[bytes, int]] = set()
        self._has_failed = False

    @property
    def batch(self) -> int | None:
        """The number of this delivery, once it has one; None in a trial."""
        return self._batch

    def add(self, accepted: pd.DataFrame, rejected: Sequence[Rejection]) -> AppendResult:
        """Append rows. accepted: columns of feed_schemas.dtypes(feed), plus `row` and `known_at`.

        A row whose content is already stored (and not withdrawn), or came earlier in this delivery,
        is a duplicate and is not stored again. A rejected row whose feed, raw cells and reasons
        already wait in quarantine counts as quarantined but is not stored again
        (`AppendResult.already_waiting`); once that row was released, the same row waits again.
        """
        with self._all_or_nothing():
            # Slow work that needs no database comes before the lock.
            chunks = [
                self._prepare_chunk(accepted.iloc[start : start + _CHUNK_ROWS])
                for start in range(0, len(accepted), _CHUNK_ROWS)
            ]
            if self._is_trial:
                stored = sum(map(self._count_new, chunks))
                with self._backend.read_connection() as connection:
                    quarantine_result = find_waiting(connection, self._feed.name, rejected)
            else:
                batch = self._reserve_batch()
                stored = sum([self._append_chunk(batch, chunk) for chunk in chunks])
                quarantine_result = quarantine_rows(self._write, self._delivery, batch, rejected)
        duplicates = len(accepted) - stored
        added = AppendResult(stored, duplicates, len(rejected), quarantine_result.already_waiting)
        total = self._total
        self._total = AppendResult(
            total.accepted + added.accepted,
            total.duplicate + added.duplicate,
            total.quarantined + added.quarantined,
        )
        self._has_new_rows |= stored + quarantine_result.new_count + self._repeat_count > 0
        self._already_waiting.update(filter(None, quarantine_result.already_waiting))
        return added

    def release(self, numbers: Sequence[int], rows: Mapping[int, int] | None = None) -> int:
        """Mark quarantined rows as accepted by this delivery, or dropped where it has no row.

        Return how many. Those released before stay with that batch. rows: for the audit log, the
        row of this delivery that settles each number. Raises StoreError for a number that is not in
        quarantine.
        """
        if not numbers:
            return 0
        if self._is_trial:
            with self._backend.read_connection() as connection:
                for number in dict.fromkeys(numbers):
                    is_waiting(connection, number)
            return 0
        released_before = len(self._released)
        with self._all_or_nothing():
            batch = self._reserve_batch()
            for number in dict.fromkeys(numbers):
                if is_waiting(self._connection, number):
                    released = {"number": number, "batch": batch, "recorded_at": self._at_us}
                    self._backend.append(self._connection, schema.releases, released)
                    self._released.append(number)
                    if rows and number in rows:
                        self._row_by_released[number] = rows[number]
                    self._has_new_rows = True
        return len(self._released) - released_before

    def replace(self, batches: Sequence[int], reason: str) -> None:
        """Withdraw earlier deliveries in this transaction, before the first `add`.

        The rows that these, or any other delivery of the same file, put into quarantine no longer
        wait, but those that are as faulty in this one. In a trial they only count as if they were
        withdrawn. Raises ConflictError where one was withdrawn meanwhile.
        """
        self._replaced = tuple(batches)
        if self._is_trial:
            return
        with self._all_or_nothing():
            for batch in batches:
                withdrawals.withdraw(self._write, batch, reason, self._clock, has_to_end=True)
        self._has_new_rows = True

    def discard(self) -> None:
        """Roll everything back at the end of the block.

        Called before the first `add` it makes the delivery a trial, which never takes the write
        lock: new rows are counted by reading.
        """
        self._is_discarded = True
        self._is_trial = self._batch is None

    def finish(self) -> None:
        """Commit what is new. Raises StoreError when a part of the delivery had failed."""
        if self._has_failed:
            raise StoreError("Kiriman ini gagal sebagian dan tidak disimpan. Ulangi dari awal.")
        if self._is_discarded:
            self._connection.rollback()
            return
        if self._replaced:
            self._release_replaced()
        with self._all_or_nothing():
            if self._has_new_rows:
                self._write_batch()
            else:
                self._log_repeat()
            self._connection.commit()

    def _release_replaced(self) -> None:
        batch, sha256 = schema.batches.c, clean_text(self._delivery.sha256)
        same = sa.select(batch.batch).where(batch.sha256 == sha256, batch.batch != self._batch)
        batches = {*self._replaced, *map(int, self._connection.execute(same).scalars())}
        waiting = read_waiting_numbers(self._connection, batches)
        self.release([number for number in waiting if number not in self._already_waiting])

    def _write_batch(self) -> None:
        summary = {"batch": self._reserve_batch(), **self._summary()}
        row = {**summary, "recorded_at": self._at_us, "actor": clean_text(self._delivery.actor)}
        hashes = {
            table.name: hash_rows_after(self._connection, table, self._last_numbers[table.name])
            for table in _OTHER_TABLES
        }
        row["marks"] = self._rows_hash.checksums + hashes[schema.quarantine.name].checksums
        # Computed last: all slow work is done, and no row is visible before the commit.
        row["committed_at"] = visible_at.compute_commit_time_us(
            self._connection, self._clock, self._at_us
        )
        self._backend.append(self._connection, schema.batches, row)
        header = hash_rows([[row[column.name] for column in schema.batches.columns]])
        detail = {**summary, "released": self._released}
        if self._delivery.profile:
            detail["profile"] = clean_text(self._delivery.profile)
        if self._repeat_count:
            detail["repeats"] = self._repeat_count
        detail |= self._waiting_detail()
        detail |= build_hash_detail({"rows": self._rows_hash, **hashes, "batch": header})
        if self._row_by_released:
            detail["settled_by"] = {str(at): row for at, row in self._row_by_released.items()}
        hash_chain.append_entry(self._write, "deliver", detail, changes_data=True)

    def _log_repeat(self) -> None:
        """Log that none of the delivered rows is new, unless that was logged within the hour."""
        detail = {**self._summary(), **self._waiting_detail()}
        rows = self._total.accepted + self._total.duplicate + self._total.quarantined
        is_logged = hash_chain.was_logged_recently(
            self._connection, REPEAT_ACTION, clean_text(self._delivery.actor), detail,
            since_us=self._at_us - _REPEAT_LOG_INTERVAL_US,
        )  # fmt: skip
        if rows and not is_logged:
            hash_chain.append_entry(self._write, REPEAT_ACTION, detail, changes_data=False)

    def _summary(self) -> dict[str, Any]:
        """Return what was delivered, and how many rows."""
        delivery, total = self._delivery, self._total
        return {
            "feed": delivery.feed,
            "source": clean_text(delivery.source),
            "sha256": clean_text(delivery.sha256),
            "accepted": total.accepted,
            "duplicate": total.duplicate,
            "quarantined": total.quarantined,
        }

    def _waiting_detail(self) -> dict[str, Any]:
        """Return the first quarantine numbers under which rejected rows were already waiting."""
        waiting = sorted(self._already_waiting)[:_MAX_LOGGED_NUMBERS]
        return {"waiting": waiting} if waiting else {}

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Mark the delivery as failed on an error: a caller who ignores it must not commit."""
        had_failed, self._has_failed = self._has_failed, True
        with self._backend.translate_errors():
            yield
        self._has_failed = had_failed

    def _reserve_batch(self) -> int:
        """Return the batch number. No one else takes it: this statement takes the write lock."""
        if self._batch is None:
            highest = sa.select(sa.func.coalesce(sa.func.max(schema.batches.c.batch), 0))
            self._batch = int(self._connection.execute(highest).scalar_one()) + 1
            tables = (self._table, *_OTHER_TABLES)
            self._last_numbers = {
                table.name: read_last_number(self._connection, table) for table in tables
            }
        return self._batch

    def _prepare_chunk(self, accepted: pd.DataFrame) -> _Chunk:
        values = encode_frame(self._feed, accepted)
        known_at = encode_times(accepted["known_at"])
        if None in known_at:
            raise ValueError("known_at must be given for every accepted row")
        all_missing = [None] * len(accepted)
        present = {name: cells for name, cells in values.items() if cells != all_missing}
        digests = compute_digests(present)
        columns: dict[str, Any] = {
            **present,
            "row": accepted["row"].astype("int64").tolist(),
            "known_at": known_at,
        }
        return _Chunk(columns, digests)

    def _append_chunk(self, batch: int, chunk: _Chunk) -> int:
        # SQLite's driver is faster with bytearray than with bytes.
        columns = chunk.columns | {"digest": map(bytearray, chunk.digests)}
        constants = {"batch": batch, "recorded_at": self._at_us}
        rounds = self._count_withdrawals(self._connection, chunk.digests)
        if any(rounds):
            columns["round"] = rounds
        else:
            constants["round"] = 0
        stored = self._backend.append_new(self._connection, self._table, columns, constants)
        self._hash_stored_rows(stored, chunk, rounds)
        return stored

    def _hash_stored_rows(self, stored: int, chunk: _Chunk, withdrawal_counts: Values) -> None:
        """Add the stored rows, with their numbers, to the hash of this delivery."""
        rows, known_at, flags = (chunk.columns.get(name) for name in ("row", "known_at", "flags"))
        assert rows is not None
        assert known_at is not None
        digests = chunk.digests
        numbers = self._find_stored_numbers(stored, digests)
        spots = list(numbers)
        if len(spots) < len(digests):
            self._record_repeats(digests, withdrawal_counts, {digests[at] for at in spots})
            rows, known_at, withdrawal_counts, digests = (
                [cells[at] for at in spots]
                for cells in (rows, known_at, withdrawal_counts, digests)
            )
            flags = [flags[at] for at in spots] if flags else None
        same = [np.full(len(spots), value) for value in (self._reserve_batch(), self._at_us)]
        columns = [list(numbers.values()), same[0], rows, same[1], known_at, withdrawal_counts]
        if spots:
            cells = [np.array(column, dtype=np.int64) for column in columns]
            self._rows_hash.add(build_feed_words(cells, digests, flags or [None] * len(spots)))

    def _record_repeats(
        self, digests: list[bytes], withdrawal_counts: Values, stored: set[bytes]
    ) -> None:
        """Record that rows of earlier deliveries came again."""
        counts = zip(digests, withdrawal_counts, strict=True)
        repeated = {digest: count for digest, count in counts if digest not in stored}
        batch = self._reserve_batch()
        count, first_batches = repeated_rows.record_repeats(
            self._write, self._delivery, batch, repeated
        )
        self._repeat_count += count
        self.repeated_of.update(first_batches)

    def _find_stored_numbers(self, stored: int, row_digests: list[bytes]) -> dict[int, int]:
        """Return the number of each stored row by its position among these, in order of numbers."""
        name = self._table.name
        before, last = self._last_numbers[name], read_last_number(self._connection, self._table)
        self._last_numbers[name] = last
        # All were stored, with consecutive numbers.
        if stored == len(row_digests) == last - before:
            return dict(zip(range(stored), range(before + 1, last + 1), strict=True))
        positions: dict[bytes, int] = {}
        for position, digest in enumerate(row_digests):
            positions.setdefault(digest, position)  # of two equal rows the first was stored
        row = self._table.c
        query = sa.select(row.digest, row.seq).where(row.seq > before).order_by(row.seq)
        stored_rows = self._connection.execute(query)
        return {positions[bytes(digest)]: int(number) for digest, number in stored_rows}

    def _count_new(self, chunk: _Chunk) -> int:
        """Count the rows that would be stored, on a connection that only reads."""
        count_before, columns = len(self._trial_keys), self._table.c
        stays = withdrawals.select_staying(self._feed.name, self._replaced)
        stored: set[tuple[bytes, int]] = set()
        with self._backend.read_connection() as connection:
            counts = self._count_withdrawals(connection, chunk.digests)
            keys = list(zip(chunk.digests, counts, strict=True))
            for digests in iter_chunks(chunk.digests):
                query = sa.select(columns.digest, columns.round).where(columns.digest.in_(digests))
                query = query.where(stays) if stays is not None else query
                stored.update((bytes(row.digest), row.round) for row in connection.execute(query))
        self._trial_keys.update(key for key in keys if key not in stored)
        return len(self._trial_keys) - count_before

    def _count_withdrawals(self, connection: sa.Connection, row_digests: list[bytes]) -> Values:
        """Return how often each content has been withdrawn so far."""
        withdrawal = schema.withdrawals.c
        of_feed = withdrawal.feed == self._feed.name
        if connection.execute(sa.select(sa.exists().where(of_feed))).scalar_one() == 0:
            return [0] * len(row_digests)
        counts: dict[bytes, int] = {}
        for chunk in iter_chunks(row_digests):
            query = sa.select(withdrawal.digest, sa.func.count())
            query = query.where(of_feed, withdrawal.digest.in_(chunk)).group_by(withdrawal.digest)
            counts.update((digest, count) for digest, count in connection.execute(query))
        return [counts.get(digest, 0) for digest in row_digests]
