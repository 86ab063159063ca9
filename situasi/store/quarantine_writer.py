"""Puts rejected rows into quarantine: each waits once, and waits again after its correction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import sqlalchemy as sa

from situasi.store import schema
from situasi.store.engines.engine import WriteTransaction, iter_chunks
from situasi.store.model import Delivery, Rejection
from situasi.store.quarantine_queries import find_corrected
from situasi.store.row_encoding import clean_text, compute_quarantine_digest

_ROW = schema.quarantine.c


@dataclass(frozen=True)
class QuarantineResult:
    """The result of quarantining rows.

    already_waiting: for each row, the number under which it was already waiting, or None.
    """

    new_count: int
    already_waiting: tuple[int | None, ...]


def quarantine_rows(
    write: WriteTransaction, delivery: Delivery, batch: int, rejected: Sequence[Rejection]
) -> QuarantineResult:
    """Add the rows that do not wait yet, under the write lock.

    A row is identified by its feed, raw cells (in any order) and reasons, and by how often the same
    row was corrected before: so the same faulty row of a new event waits again. A row that somebody
    dropped does not.
    """
    if not rejected:
        return QuarantineResult(0, ())
    content, connection = _encode_content(rejected), write.connection
    release_counts, waiting = _count_releases(connection, delivery.feed, content)
    new = [position for position, number in enumerate(waiting) if number is None]
    digests = [
        compute_digest(delivery.feed, *content[position], release_counts[position])
        for position in new
    ]
    columns: dict[str, Any] = {
        "feed": repeat(delivery.feed),
        "source": repeat(clean_text(delivery.source)),
        "row": [rejected[position].row for position in new],
        "raw": [json.dumps(rejected[position].raw) for position in new],
        "reasons": [content[position][1] for position in new],
        "digest": digests,
        "round": [release_counts[position] for position in new],
    }
    constants = {"batch": batch, "recorded_at": write.at_us}
    stored = 0
    if new:
        stored = write.backend.append_new(connection, schema.quarantine, columns, constants)
    if stored < len(new):  # the same row twice in one delivery
        number_by_digest = _find_numbers(connection, set(digests))
        seen_digests = set[bytes]()
        for position, digest in zip(new, digests, strict=True):
            waiting[position] = number_by_digest[digest] if digest in seen_digests else None
            seen_digests.add(digest)
    return QuarantineResult(stored, tuple(waiting))


def find_waiting(
    connection: sa.Connection, feed: str, rejected: Sequence[Rejection]
) -> QuarantineResult:
    """Return what `quarantine_rows` would do with these rows, only by reading: for a trial."""
    _, waiting = _count_releases(connection, feed, _encode_content(rejected))
    return QuarantineResult(waiting.count(None), tuple(waiting))


def _encode_content(rejected: Sequence[Rejection]) -> list[tuple[str, str]]:
    """Return raw cells and reasons as JSON; the order of columns does not matter."""
    return [
        (json.dumps(rejection.raw, sort_keys=True), json.dumps(rejection.reasons))
        for rejection in rejected
    ]


def compute_digest(feed: str, raw: str, reasons: str, release_count: int) -> bytes:
    """Return the 16 bytes that identify a row in quarantine; raw and reasons as sorted JSON.

    release_count: how often it was released before; 0 is left out.
    """
    return compute_quarantine_digest(
        (feed, raw, reasons, *([str(release_count)] if release_count else []))
    )


def _count_releases(
    connection: sa.Connection, feed: str, content: Sequence[tuple[str, str]]
) -> tuple[list[int], list[int | None]]:
    """Return for each row how often it was released, and the number under which it waits."""
    release_counts = [0] * len(content)
    waiting_numbers: list[int | None] = [None] * len(content)
    release_count, open_positions = 0, list(range(len(content)))
    while open_positions:
        digests = {
            position: compute_digest(feed, *content[position], release_count)
            for position in open_positions
        }
        number_by_digest = _find_numbers(connection, set(digests.values()))
        corrected = find_corrected(connection, number_by_digest.values())
        next_positions = []
        for position, digest in digests.items():
            number = number_by_digest.get(digest)
            release_counts[position] = release_count
            if number in corrected:
                next_positions.append(position)
            else:
                waiting_numbers[position] = number
        open_positions, release_count = next_positions, release_count + 1
    return release_counts, waiting_numbers


def _find_numbers(connection: sa.Connection, digests: set[bytes]) -> dict[bytes, int]:
    """Return the quarantine numbers of those digests that are there."""
    number_by_digest: dict[bytes, int] = {}
    for chunk in iter_chunks(sorted(digests)):
        query = sa.select(_ROW.digest, _ROW.seq).where(_ROW.digest.in_(chunk))
        number_by_digest.update(
            (bytes(digest), int(number)) for digest, number in connection.execute(query)
        )
    return number_by_digest
