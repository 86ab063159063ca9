"""Puts refused rows into quarantine: each waits once, and waits again after it was settled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.engines.engine import Backend
from situasi.store.interface import Delivery, Rejection
from situasi.store.quarantine_queries import find_released
from situasi.store.row_encoding import clean_text, compute_quarantine_digest

_ROW = schema.quarantine.c
_MAX_BOUND_VALUES = 500


@dataclass(frozen=True)
class QuarantineResult:
    """What became of refused rows. waiting: for each row, the number as which it waited already."""

    new_count: int
    already_waiting: tuple[int | None, ...]


def quarantine_rows(
    backend: Backend,
    connection: sa.Connection,
    delivery: Delivery,
    batch: int,
    at_us: int,
    rejected: Sequence[Rejection],
) -> QuarantineResult:
    """Add the rows that do not wait yet, under the write lock.

    A row is known by its feed, raw cells (in any order) and reasons, and by how often that was
    settled before. So the same faulty row of a new event waits anew once the older was settled.
    """
    if not rejected:
        return QuarantineResult(0, ())
    content = _encode_content(rejected)
    rounds, waiting = _count_releases(connection, delivery.feed, content)
    new = [place for place, number in enumerate(waiting) if number is None]
    digests = [compute_digest(delivery.feed, *content[place], rounds[place]) for place in new]
    columns: dict[str, Any] = {
        "feed": repeat(delivery.feed),
        "source": repeat(clean_text(delivery.source)),
        "row": [rejected[place].row for place in new],
        "raw": [json.dumps(rejected[place].raw) for place in new],
        "reasons": [content[place][1] for place in new],
        "digest": digests,
        "round": [rounds[place] for place in new],
    }
    constants = {"batch": batch, "recorded_at": at_us}
    stored = 0
    if new:
        stored = backend.append_new(connection, schema.quarantine, columns, constants, ["digest"])
    if stored < len(new):  # the same row twice in one delivery
        numbers = _find_numbers(connection, set(digests))
        seen = set[bytes]()
        for place, mark in zip(new, digests, strict=True):
            waiting[place] = numbers[mark] if mark in seen else None
            seen.add(mark)
    return QuarantineResult(stored, tuple(waiting))


def find_waiting(
    connection: sa.Connection, feed: str, rejected: Sequence[Rejection]
) -> QuarantineResult:
    """Say what `reject` would make of these rows, by reading alone: for a trial."""
    _, waiting = _count_releases(connection, feed, _encode_content(rejected))
    return QuarantineResult(waiting.count(None), tuple(waiting))


def _encode_content(rejected: Sequence[Rejection]) -> list[tuple[str, str]]:
    """Raw cells and reasons as JSON: kept in the sender's order of columns, compared in any."""
    return [(json.dumps(one.raw, sort_keys=True), json.dumps(one.reasons)) for one in rejected]


def compute_digest(feed: str, raw: str, reasons: str, release_count: int) -> bytes:
    """16 bytes by which a row in quarantine is known; raw and reasons as JSON, keys sorted.

    turn: how often it had been settled before. Of the first it says nothing, as ever.
    """
    return compute_quarantine_digest(
        (feed, raw, reasons, *([str(release_count)] if release_count else []))
    )


def _count_releases(
    connection: sa.Connection, feed: str, content: Sequence[tuple[str, str]]
) -> tuple[list[int], list[int | None]]:
    """For each row how often it was settled, and the number as which it waits (None: not yet)."""
    rounds = [0] * len(content)
    found: list[int | None] = [None] * len(content)
    turn, asked = 0, list(range(len(content)))
    while asked:
        marks = {place: compute_digest(feed, *content[place], turn) for place in asked}
        numbers = _find_numbers(connection, set(marks.values()))
        done = find_released(connection, numbers.values())
        further = []
        for place, mark in marks.items():
            number = numbers.get(mark)
            rounds[place] = turn
            if number in done:
                further.append(place)
            else:
                found[place] = number
        asked, turn = further, turn + 1
    return rounds, found


def _find_numbers(connection: sa.Connection, digests: set[bytes]) -> dict[bytes, int]:
    """The numbers in quarantine of those of these rows that are there."""
    found: dict[bytes, int] = {}
    for piece in iter_chunks(sorted(digests)):
        asked = sa.select(_ROW.digest, _ROW.seq).where(_ROW.digest.in_(piece))
        found.update((bytes(mark), int(number)) for mark, number in connection.execute(asked))
    return found


def iter_chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in pieces that every engine takes as values of one statement."""
    for start in range(0, len(values), _MAX_BOUND_VALUES):
        yield values[start : start + _MAX_BOUND_VALUES]
