"""Digests of the rows that a commit writes, put into its entry of the trail.

A row is a row of words of 64 bits. The seal of a table's new rows is over all their words, in
their order. Beside it each row has a mark of four bytes, kept with the batch: the seal proves
that something was changed, the marks say which row (proving.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

Words = npt.NDArray[np.uint64]
Checksums = npt.NDArray[np.uint32]

HASHES_KEY = "sealed"  # what the detail of an entry calls its seals
_DIGEST_BYTES = 16  # bytes of a seal, and of the digest of a row
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class RowsHash:
    """The seal of rows of one table, in the order in which they are added."""

    def __init__(self) -> None:
        self._hash, self._checksums = blake2b(digest_size=_DIGEST_BYTES), list[Checksums]()
        self.row_count = 0

    def add(self, words: Words) -> None:
        """words: one row of them for each row of the table."""
        self._hash.update(np.ascontiguousarray(words, dtype="<u8").data)
        self._checksums.append(compute_checksums(words))
        self.row_count += len(words)

    @property
    def hexdigest(self) -> str | None:
        """As it stands in the trail; None for no row."""
        return self._hash.hexdigest() if self.row_count else None

    @property
    def checksums(self) -> bytes:
        return b"".join(marks.astype("<u4").tobytes() for marks in self._checksums)


def compute_checksums(words: Words) -> Checksums:
    """Four bytes for each row. They tell rows apart, and prove nothing."""
    mixed = np.zeros(len(words), dtype=np.uint64)
    for column in words.T:
        mixed = (mixed ^ column) * _FACTOR
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def decode_checksums(stored: bytes) -> Checksums:
    return np.frombuffer(stored[: len(stored) // 4 * 4], dtype="<u4")


def build_feed_words(
    numbers: Sequence[npt.NDArray[np.int64]], digests: Iterable[bytes], flags: Iterable[Any]
) -> Words:
    """The words of rows of a feed.

    numbers: columns of whole numbers. digests: of the content, which leave out our own remarks
    (`flags`).
    """
    columns = [np.asarray(column, dtype=np.int64).view(np.uint64) for column in numbers]
    content = _to_words(digests)
    said, known = list(flags), dict[Any, bytes]()
    remarks = np.zeros((len(content), 2), dtype=np.uint64)
    if any(one is not None for one in said):
        for one in said:
            if one not in known:
                known[one] = bytes(_DIGEST_BYTES) if one is None else _compute_digest(one)
        remarks = _to_words(known[one] for one in said)
    return np.column_stack([*columns, content, remarks])


def build_words(rows: Iterable[Sequence[Any]]) -> Words:
    """The words of rows of any other table, of all their cells."""
    return _to_words(_compute_digest(list(row)) for row in rows)


def hash_rows(rows: Iterable[Sequence[Any]]) -> RowsHash:
    made = RowsHash()
    made.add(build_words(rows))
    return made


def hash_rows_after(connection: sa.Connection, table: sa.Table, last: int) -> RowsHash:
    """The seal of the rows of a table numbered above `last`: those that this commit wrote."""
    asked = sa.select(*table.columns).where(table.c.seq > last).order_by(table.c.seq)
    return hash_rows(connection.execute(asked))


def hash_last_row(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    """The seal of the row that was just added to a table of single rows, and its number."""
    asked = sa.select(*table.columns).order_by(table.c.seq.desc()).limit(1)
    row = tuple(connection.execute(asked).one())
    return {"number": int(row[0]), table.name: hash_rows([row]).hexdigest}


def read_last_number(connection: sa.Connection, table: sa.Table) -> int:
    """The highest number in a table; 0 where there is no row."""
    return int(connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0)


def _to_words(digests: Iterable[bytes]) -> Words:
    joined = b"".join(digests)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64).reshape(-1, _DIGEST_BYTES // 8)


def _compute_digest(cells: Any) -> bytes:
    """The cells may be anything that a tampering hand put there: they only must not be the same."""
    text = json.dumps(cells, default=_encode_cell)
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()


def _encode_cell(cell: Any) -> Any:
    if isinstance(cell, bytes | bytearray | memoryview):
        return {"bytes": bytes(cell).hex()}
    return {"cell": repr(cell)}
