"""One delivery on its way into the store: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS
from situasi.store import repeated_rows, schema, visible_at
from situasi.store.audit import audit_log
from situasi.store.audit.row_digests import (
    HASHES_KEY,
    RowsHash,
    build_feed_words,
    hash_rows,
    hash_rows_after,
    read_last_number,
)
from situasi.store.engines.engine import Backend
from situasi.store.interface import AppendResult, Delivery, Rejection, StoreError
from situasi.store.quarantine_queries import is_waiting
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

# Rows are made ready and inserted this many at a time: memory stays small, and the
# numbers of bound values stay under what every engine takes.
_CHUNK_ROWS = 20_000
_MAX_BOUND_VALUES = 500
# What the trail calls a delivery of which no row was new, and how often it says so of the same:
# a bot that sends its file every minute is not to fill the trail.
REPEAT_ACTION = "deliver-again"
_REPEAT_LOG_INTERVAL_US = 3_600_000_000  # microseconds
_MAX_LOGGED_NUMBERS = 50  # numbers in an entry


@dataclass(frozen=True)
class _Chunk:
    """Rows ready to be inserted: cells by column, and the digest of each row's content."""

    columns: dict[str, Any]
    digests: list[bytes]


class SqlDeliveryTransaction:
    """See protocol.Writing. Lives inside one `deliver` block, in one thread."""

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
        self._batch: int | None = None
        self._rows_hash, self._repeat_count = RowsHash(), 0
        self._last_numbers: dict[str, int] = {}  # by table: the highest number before this delivery
        self._total = AppendResult(0, 0, 0)
        self._has_new_rows = False
        self._released: list[int] = []
        self._row_by_released: dict[int, int] = {}
        self._already_waiting = set[int]()
        self._is_discarded = False
        self._is_trial = False  # discarded before anything was written: only reads
        self._trial_keys: set[tuple[bytes, int]] = set()
        self._has_failed = False

    def add(self, accepted: pd.DataFrame, rejected: Sequence[Rejection]) -> AppendResult:
        with self._all_or_nothing():
            # Whatever takes time and no database comes before the lock.
            pieces = [
                self._prepare_chunk(accepted.iloc[start : start + _CHUNK_ROWS])
                for start in range(0, len(accepted), _CHUNK_ROWS)
            ]
            if self._is_trial:
                stored = sum(map(self._count_new, pieces))
                with self._backend.read_connection() as connection:
                    refused = find_waiting(connection, self._feed.name, rejected)
            else:
                batch = self._reserve_batch()
                stored = sum([self._append_chunk(batch, piece) for piece in pieces])
                refused = quarantine_rows(
                    self._backend, self._connection, self._delivery, batch, self._at_us, rejected
                )
        duplicates = len(accepted) - stored
        added = AppendResult(stored, duplicates, len(rejected), refused.already_waiting)
        total = self._total
        self._total = AppendResult(
            total.accepted + added.accepted,
            total.duplicate + added.duplicate,
            total.quarantined + added.quarantined,
        )
        self._has_new_rows |= stored + refused.new_count + self._repeat_count > 0
        self._already_waiting |= {
            number for number in refused.already_waiting if number is not None
        }
        return added

    def release(self, numbers: Sequence[int], rows: Mapping[int, int] | None = None) -> None:
        """Numbers already taken in stay with the batch that took them.

        Raises StoreError for a number that is not in quarantine.
        """
        if not numbers:
            return
        if self._is_trial:
            with self._backend.read_connection() as connection:
                for number in dict.fromkeys(numbers):
                    is_waiting(connection, number)
            return
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

    def discard(self) -> None:
        self._is_discarded = True
        self._is_trial = self._batch is None

    def finish(self) -> None:
        """Commit what is new. Raises StoreError when a part of the delivery had failed."""
        if self._has_failed:
            raise StoreError("Kiriman ini gagal sebagian dan tidak disimpan. Ulangi dari awal.")
        if self._is_discarded:
            self._connection.rollback()
            return
        with self._all_or_nothing():
            if self._has_new_rows:
                self._write_batch()
            else:
                self._log_repeat()
            self._connection.commit()

    def _write_batch(self) -> None:
        named = {"batch": self._reserve_batch(), **self._summary()}
        row = {**named, "recorded_at": self._at_us, "actor": clean_text(self._delivery.actor)}
        others = (schema.quarantine, schema.releases, schema.repeats)
        seals = {
            one.name: hash_rows_after(self._connection, one, self._last_numbers[one.name])
            for one in others
        }
        row["marks"] = self._rows_hash.checksums + seals[schema.quarantine.name].checksums
        # Last of all: what takes long was done, and nobody sees a row before this is committed.
        row["committed_at"] = visible_at.compute_commit_time_us(
            self._connection, self._clock, self._at_us
        )
        self._backend.append(self._connection, schema.batches, row)
        header = hash_rows([[row[column.name] for column in schema.batches.columns]])
        every = {"rows": self._rows_hash, **seals, "batch": header}
        sealed = {
            HASHES_KEY: {name: seal.hexdigest for name, seal in every.items() if seal.hexdigest}
        }
        again = {"repeats": self._repeat_count} if self._repeat_count else {}
        detail = {**named, "released": self._released, **again, **self._waiting_detail(), **sealed}
        if self._row_by_released:
            detail["settled_by"] = {str(one): row for one, row in self._row_by_released.items()}
        self._append_audit_entry("deliver", detail, changes_data=True)

    def _log_repeat(self) -> None:
        """Say in the trail that rows came of which none is new, unless it says so already."""
        detail = {**self._summary(), **self._waiting_detail()}
        rows = self._total.accepted + self._total.duplicate + self._total.quarantined
        actor = clean_text(self._delivery.actor)
        known = audit_log.was_logged_recently(
            self._connection,
            REPEAT_ACTION,
            actor,
            detail,
            since_us=self._at_us - _REPEAT_LOG_INTERVAL_US,
        )
        if rows and not known:
            self._append_audit_entry(REPEAT_ACTION, detail, changes_data=False)

    def _append_audit_entry(
        self, action: str, detail: dict[str, Any], *, changes_data: bool
    ) -> None:
        actor = self._delivery.actor
        audit_log.append_entry(
            self._backend,
            self._connection,
            self._at_us,
            actor,
            action,
            detail,
            changes_data=changes_data,
        )

    def _summary(self) -> dict[str, Any]:
        """What the delivery was, and how many rows it brought."""
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
        """The numbers as which faulty rows of it waited already; the first of many."""
        return (
            {"waiting": sorted(self._already_waiting)[:_MAX_LOGGED_NUMBERS]}
            if self._already_waiting
            else {}
        )

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """A caller who swallows an error must not commit the half that went well."""
        already_broken, self._has_failed = self._has_failed, True
        with self._backend.translate_errors():
            yield
        self._has_failed = already_broken

    def _reserve_batch(self) -> int:
        """The next number. No one else takes it: this statement holds the write lock."""
        if self._batch is None:
            highest = sa.select(sa.func.coalesce(sa.func.max(schema.batches.c.batch), 0))
            self._batch = int(self._connection.execute(highest).scalar_one()) + 1
            written = (self._table, schema.quarantine, schema.releases, schema.repeats)
            self._last_numbers = {
                one.name: read_last_number(self._connection, one) for one in written
            }
        return self._batch

    def _prepare_chunk(self, accepted: pd.DataFrame) -> _Chunk:
        values = encode_frame(self._feed, accepted)
        known_at = encode_times(accepted["known_at"])
        if None in known_at:
            raise ValueError("known_at must be given for every accepted row")
        nothing = [None] * len(accepted)
        given = {name: cells for name, cells in values.items() if cells != nothing}
        content = compute_digests(given)
        columns: dict[str, Any] = {
            **given,
            "row": accepted["row"].astype("int64").tolist(),
            "known_at": known_at,
        }
        return _Chunk(columns, content)

    def _append_chunk(self, batch: int, chunk: _Chunk) -> int:
        # SQLite's driver takes a bytearray quicker than bytes.
        columns = chunk.columns | {"digest": map(bytearray, chunk.digests)}
        constants = {"batch": batch, "recorded_at": self._at_us}
        rounds = self._count_withdrawals(self._connection, chunk.digests)
        if any(rounds):
            columns["round"] = rounds
        else:
            constants["round"] = 0
        stored = self._backend.append_new(
            self._connection, self._table, columns, constants, ["digest", "round"]
        )
        self._hash_stored_rows(stored, chunk, rounds)
        return stored

    def _hash_stored_rows(self, stored: int, chunk: _Chunk, withdrawal_counts: Values) -> None:
        """Take the rows that went in into the seal of this delivery, with their numbers."""
        rows, known_at, flags = (chunk.columns.get(name) for name in ("row", "known_at", "flags"))
        assert rows is not None
        assert known_at is not None
        content = chunk.digests
        numbers = self._find_stored_numbers(stored, content)
        kept = list(numbers)
        if len(kept) < len(content):
            self._record_repeats(
                dict(zip(content, withdrawal_counts, strict=True)), {content[at] for at in kept}
            )
            rows, known_at, withdrawal_counts, content = (
                [cells[at] for at in kept] for cells in (rows, known_at, withdrawal_counts, content)
            )
            flags = [flags[at] for at in kept] if flags else None
        of_all = [np.full(len(kept), one) for one in (self._reserve_batch(), self._at_us)]
        columns = [list(numbers.values()), of_all[0], rows, of_all[1], known_at, withdrawal_counts]
        if kept:
            cells = [np.array(column, dtype=np.int64) for column in columns]
            self._rows_hash.add(build_feed_words(cells, content, flags or [None] * len(kept)))

    def _record_repeats(self, withdrawal_counts: dict[bytes, int], stored: set[bytes]) -> None:
        """Remember that rows which others had brought before came again."""
        batch = self._reserve_batch()
        again = {mark: turn for mark, turn in withdrawal_counts.items() if mark not in stored}
        kept = repeated_rows.record_repeats(
            self._backend, self._connection, self._delivery, batch, again
        )
        self._repeat_count += kept

    def _find_stored_numbers(self, stored: int, row_digests: list[bytes]) -> dict[int, int]:
        """By place among these rows: the number of each that went in, in the order of numbers."""
        name = self._table.name
        before, last = self._last_numbers[name], read_last_number(self._connection, self._table)
        self._last_numbers[name] = last
        if stored == len(row_digests) == last - before:  # all of them, one number after another
            return dict(zip(range(stored), range(before + 1, last + 1), strict=True))
        places: dict[bytes, int] = {}
        for place, mark in enumerate(row_digests):
            places.setdefault(mark, place)  # of two that are the same the first went in
        row = self._table.c
        asked = sa.select(row.digest, row.seq).where(row.seq > before).order_by(row.seq)
        found = self._connection.execute(asked)
        return {places[bytes(mark)]: int(number) for mark, number in found}

    def _count_new(self, chunk: _Chunk) -> int:
        """How many of these rows would be stored; asked on a connection that only reads."""
        before, columns = len(self._trial_keys), self._table.c
        known: set[tuple[bytes, int]] = set()
        with self._backend.read_connection() as connection:
            keys = list(
                zip(chunk.digests, self._count_withdrawals(connection, chunk.digests), strict=True)
            )
            for start in range(0, len(keys), _MAX_BOUND_VALUES):
                asked = chunk.digests[start : start + _MAX_BOUND_VALUES]
                found = connection.execute(
                    sa.select(columns.digest, columns.round).where(columns.digest.in_(asked))
                )
                known.update((bytes(digest), count) for digest, count in found)
        self._trial_keys.update(key for key in keys if key not in known)
        return len(self._trial_keys) - before

    def _count_withdrawals(self, connection: sa.Connection, row_digests: list[bytes]) -> Values:
        """How often each content has been taken back so far."""
        taken = schema.withdrawals.c
        mine = taken.feed == self._feed.name
        if connection.execute(sa.select(sa.exists().where(mine))).scalar_one() == 0:
            return [0] * len(row_digests)
        times: dict[bytes, int] = {}
        for start in range(0, len(row_digests), _MAX_BOUND_VALUES):
            asked = taken.digest.in_(row_digests[start : start + _MAX_BOUND_VALUES])
            found = connection.execute(
                sa.select(taken.digest, sa.func.count()).where(mine, asked).group_by(taken.digest)
            )
            times.update((digest, count) for digest, count in found)
        return [times.get(digest, 0) for digest in row_digests]
