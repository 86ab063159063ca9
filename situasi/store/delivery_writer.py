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
from situasi.store.audit.row_digests import SEALED, Seal, last_of, report_words, seal_after, seal_of
from situasi.store.engines.engine import Backend
from situasi.store.interface import Added, Delivery, Rejection, StoreError
from situasi.store.quarantine_queries import waits
from situasi.store.quarantine_writer import find_waiting, reject
from situasi.store.row_encoding import Values, cleaned, digests, moments, storable
from situasi.store.timestamps import to_micros
from situasi.store.visible_at import Clock

# Rows are made ready and inserted this many at a time: memory stays small, and the
# numbers of bound values stay under what every engine takes.
_PIECE = 20_000
_ASKED_AT_ONCE = 500
# What the trail calls a delivery of which no row was new, and how often it says so of the same:
# a bot that sends its file every minute is not to fill the trail.
AGAIN = "deliver-again"
_TOLD_ONCE_IN = 3_600_000_000  # microseconds
_MOST_NAMED = 50  # numbers in an entry


@dataclass(frozen=True)
class _Piece:
    """Rows ready to be inserted: cells by column, and the digest of each row's content."""

    columns: dict[str, Any]
    content: list[bytes]


class SqlWriting:
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
        self._at = to_micros(delivery.recorded_at)
        self._batch: int | None = None
        self._rows_seal, self._repeated = Seal(), 0
        self._last: dict[str, int] = {}  # by table: the highest number before this delivery
        self._total = Added(0, 0, 0)
        self._anything_new = False
        self._released: list[int] = []
        self._settled_by: dict[int, int] = {}
        self._waiting = set[int]()
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
            if self._is_trial:
                stored = sum(map(self._count_new, pieces))
                with self._backend.reading() as connection:
                    refused = find_waiting(connection, self._feed.name, rejected)
            else:
                batch = self._reserved_batch()
                stored = sum([self._append(batch, piece) for piece in pieces])
                refused = reject(
                    self._backend, self._connection, self._delivery, batch, self._at, rejected
                )
        duplicates = len(accepted) - stored
        added = Added(stored, duplicates, len(rejected), refused.waiting)
        total = self._total
        self._total = Added(
            total.accepted + added.accepted,
            total.duplicate + added.duplicate,
            total.quarantined + added.quarantined,
        )
        self._anything_new |= stored + refused.new + self._repeated > 0
        self._waiting |= {number for number in refused.waiting if number is not None}
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
                    self._backend.append(self._connection, schema.releases, released)
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
        if self._discarded:
            self._connection.rollback()
            return
        with self._all_or_nothing():
            if self._anything_new:
                self._write_batch()
            else:
                self._tell_again()
            self._connection.commit()

    def _write_batch(self) -> None:
        named = {"batch": self._reserved_batch(), **self._named()}
        row = {**named, "recorded_at": self._at, "actor": cleaned(self._delivery.actor)}
        others = (schema.quarantine, schema.releases, schema.repeats)
        seals = {
            one.name: seal_after(self._connection, one, self._last[one.name]) for one in others
        }
        row["marks"] = self._rows_seal.marks + seals[schema.quarantine.name].marks
        # Last of all: what takes long was done, and nobody sees a row before this is committed.
        row["committed_at"] = visible_at.stamp(self._connection, self._clock, self._at)
        self._backend.append(self._connection, schema.batches, row)
        header = seal_of([[row[column.name] for column in schema.batches.columns]])
        every = {"rows": self._rows_seal, **seals, "batch": header}
        sealed = {SEALED: {name: seal.text for name, seal in every.items() if seal.text}}
        again = {"repeats": self._repeated} if self._repeated else {}
        detail = {**named, "released": self._released, **again, **self._waited(), **sealed}
        if self._settled_by:
            detail["settled_by"] = {str(one): row for one, row in self._settled_by.items()}
        self._tell("deliver", detail, moves=True)

    def _tell_again(self) -> None:
        """Say in the trail that rows came of which none is new, unless it says so already."""
        detail = {**self._named(), **self._waited()}
        rows = self._total.accepted + self._total.duplicate + self._total.quarantined
        actor = cleaned(self._delivery.actor)
        known = audit_log.said_lately(
            self._connection, AGAIN, actor, detail, since=self._at - _TOLD_ONCE_IN
        )
        if rows and not known:
            self._tell(AGAIN, detail, moves=False)

    def _tell(self, action: str, detail: dict[str, Any], *, moves: bool) -> None:
        actor = self._delivery.actor
        audit_log.write(
            self._backend, self._connection, self._at, actor, action, detail, moves=moves
        )

    def _named(self) -> dict[str, Any]:
        """What the delivery was, and how many rows it brought."""
        delivery, total = self._delivery, self._total
        return {
            "feed": delivery.feed,
            "source": cleaned(delivery.source),
            "sha256": cleaned(delivery.sha256),
            "accepted": total.accepted,
            "duplicate": total.duplicate,
            "quarantined": total.quarantined,
        }

    def _waited(self) -> dict[str, Any]:
        """The numbers as which faulty rows of it waited already; the first of many."""
        return {"waiting": sorted(self._waiting)[:_MOST_NAMED]} if self._waiting else {}

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
            highest = sa.select(sa.func.coalesce(sa.func.max(schema.batches.c.batch), 0))
            self._batch = int(self._connection.execute(highest).scalar_one()) + 1
            written = (self._table, schema.quarantine, schema.releases, schema.repeats)
            self._last = {one.name: last_of(self._connection, one) for one in written}
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
        stored = self._backend.append_new(
            self._connection, self._table, columns, constants, ["digest", "round"]
        )
        self._seal(stored, piece, rounds)
        return stored

    def _seal(self, stored: int, piece: _Piece, rounds: Values) -> None:
        """Take the rows that went in into the seal of this delivery, with their numbers."""
        rows, known_at, flags = (piece.columns.get(name) for name in ("row", "known_at", "flags"))
        assert rows is not None
        assert known_at is not None
        content = piece.content
        numbers = self._numbered(stored, content)
        kept = list(numbers)
        if len(kept) < len(content):
            self._repeat(dict(zip(content, rounds, strict=True)), {content[at] for at in kept})
            rows, known_at, rounds, content = (
                [cells[at] for at in kept] for cells in (rows, known_at, rounds, content)
            )
            flags = [flags[at] for at in kept] if flags else None
        of_all = [np.full(len(kept), one) for one in (self._reserved_batch(), self._at)]
        columns = [list(numbers.values()), of_all[0], rows, of_all[1], known_at, rounds]
        if kept:
            cells = [np.array(column, dtype=np.int64) for column in columns]
            self._rows_seal.add(report_words(cells, content, flags or [None] * len(kept)))

    def _repeat(self, rounds: dict[bytes, int], stored: set[bytes]) -> None:
        """Remember that rows which others had brought before came again."""
        batch = self._reserved_batch()
        again = {mark: turn for mark, turn in rounds.items() if mark not in stored}
        kept = repeated_rows.remember(self._backend, self._connection, self._delivery, batch, again)
        self._repeated += kept

    def _numbered(self, stored: int, content: list[bytes]) -> dict[int, int]:
        """By place among these rows: the number of each that went in, in the order of numbers."""
        name = self._table.name
        before, last = self._last[name], last_of(self._connection, self._table)
        self._last[name] = last
        if stored == len(content) == last - before:  # all of them, one number after another
            return dict(zip(range(stored), range(before + 1, last + 1), strict=True))
        places: dict[bytes, int] = {}
        for place, mark in enumerate(content):
            places.setdefault(mark, place)  # of two that are the same the first went in
        row = self._table.c
        asked = sa.select(row.digest, row.seq).where(row.seq > before).order_by(row.seq)
        found = self._connection.execute(asked)
        return {places[bytes(mark)]: int(number) for mark, number in found}

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
        taken = schema.withdrawals.c
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
