"""Digests of the rows that a commit writes, stored in its audit log entry.

A row is a row of 64-bit words. The hash of a table's new rows covers all their words, in order.
Each row also has a checksum of four bytes, kept with the batch: the hash proves that something was
changed, the checksums say which row (row_proof.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

Words = npt.NDArray[np.uint64]
Checksums = npt.NDArray[np.uint32]

HASHES_KEY = "sealed"  # the key of the hashes in the detail of an entry
_DIGEST_BYTES = 16  # of a hash, and of the digest of a row
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class RowsHash:
    """The hash of rows of one table, in the order in which they are added."""

    def __init__(self) -> None:
        self._hash, self._checksums = blake2b(digest_size=_DIGEST_BYTES), list[Checksums]()
        self.row_count = 0

    def add(self, words: Words) -> None:
        """Add rows. words: one row of words for each row of the table."""
        self._hash.update(np.ascontiguousarray(words, dtype="<u8").data)
        self._checksums.append(compute_checksums(words))
        self.row_count += len(words)

    @property
    def hexdigest(self) -> str | None:
        """Return the hash as in the audit log; None without rows."""
        return self._hash.hexdigest() if self.row_count else None

    @property
    def checksums(self) -> bytes:
        """Return the checksums of all rows, as stored."""
        return b"".join(checksums.astype("<u4").tobytes() for checksums in self._checksums)


def compute_checksums(words: Words) -> Checksums:
    """Return four bytes for each row. They tell rows apart and prove nothing."""
    mixed = np.zeros(len(words), dtype=np.uint64)
    for column in words.T:
        mixed = (mixed ^ column) * _FACTOR
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def decode_checksums(stored: bytes) -> Checksums:
    """Return the checksums in these stored bytes."""
    return np.frombuffer(stored[: len(stored) // 4 * 4], dtype="<u4")


def build_feed_words(
    numbers: Sequence[npt.NDArray[np.int64]], digests: Iterable[bytes], flags: Iterable[Any]
) -> Words:
    """Return the words of feed rows.

    numbers: integer columns. digests: of the content, without our own `flags`.
    """
    columns = [np.asarray(column, dtype=np.int64).view(np.uint64) for column in numbers]
    content = _to_words(digests)
    flag_list, digest_by_flags = list(flags), dict[Any, bytes]()
    flag_words = np.zeros((len(content), 2), dtype=np.uint64)
    if any(cell is not None for cell in flag_list):
        for cell in flag_list:
            if cell not in digest_by_flags:
                digest_by_flags[cell] = (
                    bytes(_DIGEST_BYTES) if cell is None else _compute_digest(cell)
                )
        flag_words = _to_words(digest_by_flags[cell] for cell in flag_list)
    return np.column_stack([*columns, content, flag_words])


def build_words(rows: Iterable[Sequence[Any]]) -> Words:
    """Return the words of rows of any other table, over all their cells."""
    return _to_words(_compute_digest(list(row)) for row in rows)


def hash_rows(rows: Iterable[Sequence[Any]]) -> RowsHash:
    """Return the hash of these rows."""
    rows_hash = RowsHash()
    rows_hash.add(build_words(rows))
    return rows_hash


def hash_rows_after(connection: sa.Connection, table: sa.Table, last: int) -> RowsHash:
    """Return the hash of the rows numbered above `last`: those that this commit wrote."""
    query = sa.select(*table.columns).where(table.c.seq > last).order_by(table.c.seq)
    return hash_rows(connection.execute(query))


def hash_last_row(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    """Return number and hash of the row that was just added to a table."""
    query = sa.select(*table.columns).order_by(table.c.seq.desc()).limit(1)
    row = tuple(connection.execute(query).one())
    return {"number": int(row[0]), table.name: hash_rows([row]).hexdigest}


def read_last_number(connection: sa.Connection, table: sa.Table) -> int:
    """Return the highest number in a table; 0 where there is no row."""
    return int(connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0)


def build_hash_detail(hashes: Mapping[str, RowsHash]) -> dict[str, Any]:
    """Return the hashes of several tables as an entry holds them; one without rows is left out."""
    return {HASHES_KEY: {name: rows.hexdigest for name, rows in hashes.items() if rows.hexdigest}}


def _to_words(digests: Iterable[bytes]) -> Words:
    joined = b"".join(digests)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64).reshape(-1, _DIGEST_BYTES // 8)


def _compute_digest(cells: Any) -> bytes:
    """Return a digest. A manipulated cell may hold anything: it only must give another digest."""
    text = json.dumps(cells, default=_encode_cell)
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()


def _encode_cell(cell: Any) -> Any:
    if isinstance(cell, bytes | bytearray | memoryview):
        return {"bytes": bytes(cell).hex()}
    return {"cell": repr(cell)}
