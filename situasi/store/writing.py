"""One delivery on its way into the store: all of it in one transaction, or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pandas as pd
import sqlalchemy as sa

from situasi.records import FEEDS
from situasi.store import tables, trail
from situasi.store.backend import Backend
from situasi.store.canonical import (
    Values,
    cleaned,
    digests,
    moments,
    quarantine_digest,
    storable,
)
from situasi.store.journal import waits
from situasi.store.moments import to_micros
from situasi.store.protocol import Added, Delivery, Rejection, StoreError

# Rows are made ready and inserted this many at a time: memory stays small, and the
# numbers of bound values stay under what every engine takes.
_PIECE = 20_000
_ASKED_AT_ONCE = 500


@dataclass(frozen=True)
class _Piece:
    """Rows ready to be inserted: cells by column, and the digest of each row's content."""

    columns: dict[str, Any]
    content: list[bytes]


class SqlWriting:
    """See protocol.Writing. Lives inside one `deliver` block, in one thread."""

    def __init__(self, backend: Backend, connection: sa.Connection, delivery: Delivery) -> None:
        self._backend = backend
        self._connection = connection
        self._delivery = delivery
        self._feed = FEEDS[delivery.feed]
        self._table = tables.feeds[delivery.feed]
        self._at = to_micros(delivery.recorded_at)
        self._batch: int | None = None
        self._total = Added(0, 0, 0)
        self._anything_new = False
        self._released: list[int] = []
        self._settled_by: dict[int, int] = {}
        self._discarded = False
        self._is_trial = False  # discarded before anything was written: only reads
        self._tried: set[tuple[bytes, int]] = set()
        self._broken = False

    def add(self, accepted: pd.DataFrame, rejected: Sequence[Rejection]) -> Added:
        with self._all_or_nothing():
            # Whatever takes time and no database comes before the lock.
            pieces = [
                self._prepared(accepted.iloc[start : start + _PIECE])
                for start in range(0, len(accepted), _PIECE)
            ]
            held = self._prepared_rejections(rejected)
            if self._is_trial:
                stored, new_in_quarantine = sum(map(self._count_new, pieces)), 0
            else:
                batch = self._reserved_batch()
                stored = sum([self._append(batch, piece) for piece in pieces])
                new_in_quarantine = self._reject(batch, held)
        added = Added(stored, len(accepted) - stored, len(rejected))
        total = self._total
        self._total = Added(
            total.accepted + added.accepted,
            total.duplicate + added.duplicate,
            total.quarantined + added.quarantined,
        )
        self._anything_new |= stored + new_in_quarantine > 0
        return added

    def release(self, numbers: Sequence[int], rows: Mapping[int, int] | None = None) -> None:
        """Numbers already taken in stay with the batch that took them.

        Raises StoreError for a number that is not in quarantine.
        """
        if not numbers:
            return
        if self._is_trial:
            with self._backend.reading() as connection:
                for number in dict.fromkeys(numbers):
                    waits(connection, number)
            return
        with self._all_or_nothing():
            batch = self._reserved_batch()
            for number in dict.fromkeys(numbers):
                if waits(self._connection, number):
                    released = {"number": number, "batch": batch, "recorded_at": self._at}
                    self._backend.append(self._connection, tables.releases, released)
                    self._released.append(number)
                    if rows and number in rows:
                        self._settled_by[number] = rows[number]
                    self._anything_new = True

    def discard(self) -> None:
        self._discarded = True
        self._is_trial = self._batch is None

    def finish(self) -> None:
        """Commit what is new. Raises StoreError when a part of the delivery had failed."""
        if self._broken:
            raise StoreError("Kiriman ini gagal sebagian dan tidak disimpan. Ulangi dari awal.")
        if self._discarded or not self._anything_new:
            self._connection.rollback()
            return
        with self._all_or_nothing():
            counts = {
                "accepted": self._total.accepted,
                "duplicate": self._total.duplicate,
                "quarantined": self._total.quarantined,
            }
            self._write_batch(counts)
            self._connection.commit()

    def _write_batch(self, counts: dict[str, int]) -> None:
        delivery = self._delivery
        named = {
            "batch": self._reserved_batch(),
            "feed": delivery.feed,
            "source": cleaned(delivery.source),
            "sha256": cleaned(delivery.sha256),
        }
        self._backend.append(
            self._connection,
            tables.batches,
            {**named, **counts, "recorded_at": self._at, "actor": cleaned(delivery.actor)},
        )
        detail = {**named, **counts, "released": self._released}
        if self._settled_by:
            detail["settled_by"] = {str(one): row for one, row in self._settled_by.items()}
        trail.write(
            self._backend,
            self._connection,
            self._at,
            delivery.actor,
            "deliver",
            detail,
            moves=True,
        )

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """A caller who swallows an error must not commit the half that went well."""
        already_broken, self._broken = self._broken, True
        with self._backend.speaking():
            yield
        self._broken = already_broken

    def _reserved_batch(self) -> int:
        """The next number. No one else takes it: this statement holds the write lock."""
        if self._batch is None:
            highest = sa.select(sa.func.coalesce(sa.func.max(tables.batches.c.batch), 0))
            self._batch = int(self._connection.execute(highest).scalar_one()) + 1
        return self._batch

    def _prepared(self, accepted: pd.DataFrame) -> _Piece:
        values = storable(self._feed, accepted)
        known_at = moments(accepted["known_at"])
        if None in known_at:
            raise ValueError("known_at must be given for every accepted row")
        nothing = [None] * len(accepted)
        given = {name: cells for name, cells in values.items() if cells != nothing}
        content = digests(given)
        columns: dict[str, Any] = {
            **given,
            "row": accepted["row"].astype("int64").tolist(),
            "known_at": known_at,
        }
        return _Piece(columns, content)

    def _append(self, batch: int, piece: _Piece) -> int:
        # SQLite's driver takes a bytearray quicker than bytes.
        columns = piece.columns | {"digest": map(bytearray, piece.content)}
        constants = {"batch": batch, "recorded_at": self._at}
        rounds = self._rounds(self._connection, piece.content)
        if any(rounds):
            columns["round"] = rounds
        else:
            constants["round"] = 0
        return self._backend.append_new(
            self._connection, self._table, columns, constants, ["digest", "round"]
        )

    def _count_new(self, piece: _Piece) -> int:
        """How many of these rows would be stored; asked on a connection that only reads."""
        before, columns = len(self._tried), self._table.c
        known: set[tuple[bytes, int]] = set()
        with self._backend.reading() as connection:
            keys = list(zip(piece.content, self._rounds(connection, piece.content), strict=True))
            for start in range(0, len(keys), _ASKED_AT_ONCE):
                asked = piece.content[start : start + _ASKED_AT_ONCE]
                found = connection.execute(
                    sa.select(columns.digest, columns.round).where(columns.digest.in_(asked))
                )
                known.update((bytes(digest), count) for digest, count in found)
        self._tried.update(key for key in keys if key not in known)
        return len(self._tried) - before

    def _rounds(self, connection: sa.Connection, content: list[bytes]) -> Values:
        """How often each content has been taken back so far."""
        taken = tables.withdrawals.c
        mine = taken.feed == self._feed.name
        if connection.execute(sa.select(sa.exists().where(mine))).scalar_one() == 0:
            return [0] * len(content)
        times: dict[bytes, int] = {}
        for start in range(0, len(content), _ASKED_AT_ONCE):
            asked = taken.digest.in_(content[start : start + _ASKED_AT_ONCE])
            found = connection.execute(
                sa.select(taken.digest, sa.func.count()).where(mine, asked).group_by(taken.digest)
            )
            times.update((digest, count) for digest, count in found)
        return [times.get(digest, 0) for digest in content]

    def _prepared_rejections(self, rejected: Sequence[Rejection]) -> dict[str, Any]:
        # Kept in the sender's order of columns; compared in any order.
        raw = [json.dumps(row.raw) for row in rejected]
        content = [json.dumps(row.raw, sort_keys=True) for row in rejected]
        reasons = [json.dumps(row.reasons) for row in rejected]
        feed = self._feed.name
        return {
            "feed": repeat(feed),
            "source": repeat(cleaned(self._delivery.source)),
            "row": [row.row for row in rejected],
            "raw": raw,
            "reasons": reasons,
            "digest": [
                quarantine_digest((feed, *parts)) for parts in zip(content, reasons, strict=True)
            ],
        }

    def _reject(self, batch: int, columns: dict[str, Any]) -> int:
        constants = {"batch": batch, "recorded_at": self._at}
        return self._backend.append_new(
            self._connection, tables.quarantine, columns, constants, ["digest"]
        )
