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
Marks = npt.NDArray[np.uint32]

SEALED = "sealed"  # what the detail of an entry calls its seals
_SIZE = 16  # bytes of a seal, and of the digest of a row
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Seal:
    """The seal of rows of one table, in the order in which they are added."""

    def __init__(self) -> None:
        self._hash, self._marks = blake2b(digest_size=_SIZE), list[Marks]()
        self.rows = 0

    def add(self, words: Words) -> None:
        """words: one row of them for each row of the table."""
        self._hash.update(np.ascontiguousarray(words, dtype="<u8").data)
        self._marks.append(marks_of(words))
        self.rows += len(words)

    @property
    def text(self) -> str | None:
        """As it stands in the trail; None for no row."""
        return self._hash.hexdigest() if self.rows else None

    @property
    def marks(self) -> bytes:
        return b"".join(marks.astype("<u4").tobytes() for marks in self._marks)


def marks_of(words: Words) -> Marks:
    """Four bytes for each row. They tell rows apart, and prove nothing."""
    mixed = np.zeros(len(words), dtype=np.uint64)
    for column in words.T:
        mixed = (mixed ^ column) * _FACTOR
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def marks_from(kept: bytes) -> Marks:
    return np.frombuffer(kept[: len(kept) // 4 * 4], dtype="<u4")


def report_words(
    numbers: Sequence[npt.NDArray[np.int64]], digests: Iterable[bytes], flags: Iterable[Any]
) -> Words:
    """The words of rows of a feed.

    numbers: columns of whole numbers. digests: of the content, which leave out our own remarks
    (`flags`).
    """
    columns = [np.asarray(column, dtype=np.int64).view(np.uint64) for column in numbers]
    content = _in_words(digests)
    said, known = list(flags), dict[Any, bytes]()
    remarks = np.zeros((len(content), 2), dtype=np.uint64)
    if any(one is not None for one in said):
        for one in said:
            if one not in known:
                known[one] = bytes(_SIZE) if one is None else _digest(one)
        remarks = _in_words(known[one] for one in said)
    return np.column_stack([*columns, content, remarks])


def words(rows: Iterable[Sequence[Any]]) -> Words:
    """The words of rows of any other table, of all their cells."""
    return _in_words(_digest(list(row)) for row in rows)


def seal_of(rows: Iterable[Sequence[Any]]) -> Seal:
    made = Seal()
    made.add(words(rows))
    return made


def seal_after(connection: sa.Connection, table: sa.Table, last: int) -> Seal:
    """The seal of the rows of a table numbered above `last`: those that this commit wrote."""
    asked = sa.select(*table.columns).where(table.c.seq > last).order_by(table.c.seq)
    return seal_of(connection.execute(asked))


def seal_of_last(connection: sa.Connection, table: sa.Table) -> dict[str, Any]:
    """The seal of the row that was just added to a table of single rows, and its number."""
    asked = sa.select(*table.columns).order_by(table.c.seq.desc()).limit(1)
    row = tuple(connection.execute(asked).one())
    return {"number": int(row[0]), table.name: seal_of([row]).text}


def last_of(connection: sa.Connection, table: sa.Table) -> int:
    """The highest number in a table; 0 where there is no row."""
    return int(connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0)


def _in_words(digests: Iterable[bytes]) -> Words:
    joined = b"".join(digests)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64).reshape(-1, _SIZE // 8)


def _digest(cells: Any) -> bytes:
    """The cells may be anything that a tampering hand put there: they only must not be the same."""
    text = json.dumps(cells, default=_spelled)
    return blake2b(text.encode(), digest_size=_SIZE).digest()


def _spelled(cell: Any) -> Any:
    if isinstance(cell, bytes | bytearray | memoryview):
        return {"bytes": bytes(cell).hex()}
    return {"cell": repr(cell)}
