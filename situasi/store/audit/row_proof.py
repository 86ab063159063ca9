"""Holds the rows of a store against the seals in its trail, and names those that were changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, ColumnKind, Feed
from situasi.store import schema
from situasi.store.audit import audit_log, row_digests
from situasi.store.audit.audit_claims import AuditClaims, read_claims
from situasi.store.audit.row_digests import HASHES_KEY, Checksums, RowsHash, Words
from situasi.store.engines.engine import Backend
from situasi.store.row_encoding import compute_digests

_FETCH_ROWS = 20_000
_MAX_NAMED_ROWS = 5  # rows of one delivery that are named one by one
_MAX_ALIGNED_ROWS = 5_000  # rows that are compared to see which one is missing among them

# What a row of a feed is sealed by, besides its content and our remarks.
HASHED_COLUMNS = ("seq", "batch", "row", "recorded_at", "known_at", "round")
_BATCH_TABLES = (schema.quarantine, schema.releases, schema.repeats)
_TABLE_LABELS = {
    "quarantine": "baris karantina",
    "releases": "pelepasan karantina",
    "repeats": "catatan baris ganda",
}


def verify(backend: Backend, connection: sa.Connection, expected_hash: str | None) -> list[str]:
    """See protocol.Store."""
    breaks = audit_log.verify(backend, connection, expected_hash)
    return breaks + find_changes(connection, is_log_broken=bool(breaks))


def count_entries_without_hash(connection: sa.Connection) -> int:
    """How many entries moved the data and hold no seal of their rows: those of older versions."""
    return read_claims(connection).entries_without_hash


def find_changes(connection: sa.Connection, *, is_log_broken: bool) -> list[str]:
    """Every change of a row that the trail does not tell of, one sentence each in Indonesian.

    broken: whether the trail is: then a row without an entry proves nothing.
    """
    claims = read_claims(connection)
    claims.is_complete &= not is_log_broken
    found = _BatchHeaderProof(connection, claims).find_changes()
    for feed in FEEDS.values():
        found += _FeedProof(connection, claims, feed).find_changes()
    for table in _BATCH_TABLES:
        found += _OtherTableProof(connection, claims, table).find_changes()
    found += _find_withdrawal_changes(connection, claims)
    before = claims.notes_without_hash if claims.is_complete else None
    found += _find_single_row_changes(
        connection, schema.notes, claims.notes, before, "Catatan papan"
    )
    said = _find_single_row_changes(connection, schema.access, claims.access, None, "Data akses")
    # They never flow up: where none is as its entry says, those here are another's, or none.
    return found + (said if len(said) < len(claims.access) else [])


class _TableProof:
    """One table whose rows belong to batches."""

    def __init__(self, connection: sa.Connection, claims: AuditClaims, table: sa.Table) -> None:
        self._connection, self._claims, self.table = connection, claims, table
        self._hashes: dict[int, RowsHash] = defaultdict(RowsHash)

    def iter_chunks(self, *conditions: sa.ColumnElement[bool]) -> Iterator[Sequence[Any]]:
        """All cells in the order of numbers, in pieces, as the driver gives them."""
        key = next(iter(self.table.primary_key))
        asked = sa.select(*self.table.columns).where(*conditions).order_by(key)
        result = self._connection.execute(asked)
        cursor = result.cursor
        assert cursor is not None, "a SELECT always has a cursor"
        while piece := cursor.fetchmany(_FETCH_ROWS):
            yield piece
        result.close()

    def build_words(self, rows: Sequence[tuple[Any, ...]]) -> Words:
        return row_digests.build_words(rows)

    def expected_hash(self, detail: Mapping[str, Any]) -> str | None:
        seals: Mapping[str, str] = detail[HASHES_KEY]
        return seals.get(self.table.name)

    def expected_count(self, detail: Mapping[str, Any]) -> int | None:
        """How many rows an entry without seals says it wrote; None: it does not say."""
        return {"releases": len(detail.get("released", ()))}.get(self.table.name)

    def concerns_table(self, detail: Mapping[str, Any]) -> bool:  # noqa: ARG002 (of a feed only its own)
        """Whether a delivery writes into this table."""
        return True

    def inspect(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """What else is to be seen of rows while they are read."""

    def find_changes(self) -> list[str]:
        """What is wrong with the rows of this table."""
        at, found = list(self.table.c.keys()).index("batch"), list[str]()
        for piece in self.iter_chunks():
            self.inspect(piece)
            words = self.build_words(piece)
            for batch, rows in _batch_runs([row[at] for row in piece]):
                self._hashes[batch].add(words[rows])
        for batch, seal in self._hashes.items():
            if batch not in self._claims.deliveries and self._claims.is_complete:
                found.append(
                    f"Kiriman {batch} tidak ada dalam jejak: {seal.row_count} {self.label} disisipkan."
                )
        for batch, detail in self._claims.deliveries.items():
            if self.concerns_table(detail):
                found += self._compare_batch(batch, detail)
        return found

    def _compare_batch(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        seal = self._hashes.get(batch) or RowsHash()
        if detail.get(HASHES_KEY) is None:
            count = self.expected_count(detail)
            if count in (None, seal.row_count):
                return []
            return [
                f"Kiriman {batch}: {seal.row_count} {self.label}, padahal jejak menyebut {count}."
            ]
        return (
            self.describe_changes(batch, detail)
            if seal.hexdigest != self.expected_hash(detail)
            else []
        )

    def describe_changes(self, batch: int, detail: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 (by kind)
        """What is wrong with this batch, row by row where its marks tell."""
        return [f"Kiriman {batch}: {self.label} diubah, hilang atau disisipkan."]

    @property
    def label(self) -> str:
        return _TABLE_LABELS[self.table.name]

    def _describe_by_checksums(
        self, batch: int, first: int, count: int | None, label: str
    ) -> list[str]:
        """first, count: where the marks of this table lie among those of the batch."""
        kept = sa.select(schema.batches.c.marks).where(schema.batches.c.batch == batch)
        marks = self._connection.execute(kept).scalar()
        wanted = row_digests.decode_checksums(bytes(marks or b""))[first:][:count]
        at = list(self.table.c.keys()).index("row")
        numbers, there = list[Any](), list[Checksums]()
        for piece in self.iter_chunks(self.table.c.batch == batch):
            there.append(row_digests.compute_checksums(self.build_words(piece)))
            numbers += [row[at] for row in piece]
        found = np.concatenate(there) if there else np.zeros(0, dtype=np.uint32)
        said = _describe_differences(wanted, found, numbers)
        more = [f"dan {len(said) - _MAX_NAMED_ROWS} lagi"] if len(said) > _MAX_NAMED_ROWS else []
        what = "; ".join([*said[:_MAX_NAMED_ROWS], *more]) or "diubah"
        return [f"Kiriman {batch}, {label}: {what}."]


class _OtherTableProof(_TableProof):
    """Rows in quarantine, releases, repeats."""

    def describe_changes(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        if self.table is not schema.quarantine:
            return super().describe_changes(batch, detail)
        return self._describe_by_checksums(batch, int(detail["accepted"]), None, "karantina")


class _FeedProof(_TableProof):
    """The rows of a feed, and whether their cells are those of their digest."""

    def __init__(self, connection: sa.Connection, claims: AuditClaims, feed: Feed) -> None:
        super().__init__(connection, claims, schema.feeds[feed.name])
        self._feed = feed
        self._names = list(self.table.c.keys())
        self._changed_rows: dict[int, list[str]] = defaultdict(list)

    @property
    def label(self) -> str:
        return f"baris {self._feed.name}"

    def concerns_table(self, detail: Mapping[str, Any]) -> bool:
        return detail.get("feed") == self._feed.name

    def expected_count(self, detail: Mapping[str, Any]) -> int | None:
        return int(detail["accepted"])

    def expected_hash(self, detail: Mapping[str, Any]) -> str | None:
        seals: Mapping[str, str] = detail[HASHES_KEY]
        return seals.get("rows")

    def build_words(self, rows: Sequence[tuple[Any, ...]]) -> Words:
        cells = dict(zip(self._names, zip(*rows, strict=True), strict=True))
        numbers = [_to_int64(cells[name]) for name in HASHED_COLUMNS]
        marks = [_digest_or_zeros(cell) for cell in cells["digest"]]
        return row_digests.build_feed_words(numbers, marks, cells["flags"])

    def inspect(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Note the rows whose cells are not those of their digest."""
        batch, row, mark = (self._names.index(name) for name in ("batch", "row", "digest"))
        for cells, made in zip(
            rows, _recompute_digests(self._feed, self._names, rows), strict=True
        ):
            if made != _digest_or_zeros(cells[mark]):
                self._changed_rows[cells[batch]].append(str(cells[row]))

    def find_changes(self) -> list[str]:
        named = super().find_changes()
        return [
            *(
                self._describe_content_changes(batch, rows)
                for batch, rows in self._changed_rows.items()
            ),
            *named,
        ]

    def _describe_content_changes(self, batch: int, rows: Sequence[str]) -> str:
        more = f" dan {len(rows) - _MAX_NAMED_ROWS} lagi" if len(rows) > _MAX_NAMED_ROWS else ""
        listed = ", ".join(rows[:_MAX_NAMED_ROWS])
        return f"Kiriman {batch}, {self._feed.name}: isi baris {listed}{more} diubah."

    def describe_changes(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        return self._describe_by_checksums(batch, 0, int(detail["accepted"]), self._feed.name)


class _BatchHeaderProof(_TableProof):
    """The batches themselves."""

    def __init__(self, connection: sa.Connection, claims: AuditClaims) -> None:
        super().__init__(connection, claims, schema.batches)

    @property
    def label(self) -> str:
        return "keterangan kiriman"

    def expected_hash(self, detail: Mapping[str, Any]) -> str | None:
        seals: Mapping[str, str] = detail[HASHES_KEY]
        return seals.get("batch")

    def expected_count(self, detail: Mapping[str, Any]) -> int | None:  # noqa: ARG002 (one each)
        return 1


def _find_withdrawal_changes(connection: sa.Connection, claims: AuditClaims) -> list[str]:
    """Rows taken back, and the acts by which they were."""
    found, table, act = [], schema.withdrawals, schema.withdrawn_batches
    acts = {row.batch: row for row in connection.execute(sa.select(act).order_by(act.c.seq))}
    covered = 0
    for batch, detail in claims.withdrawals.items():
        seals = detail.get(HASHES_KEY)
        if seals is None:
            covered += int(detail["rows"])
            continue
        one = acts.pop(batch, None)
        if one is None or row_digests.hash_rows([tuple(one)[1:]]).hexdigest != seals.get("act"):
            found.append(f"Penarikan kiriman {batch}: keterangannya diubah atau hilang.")
            continue
        rows = sa.select(table).where(table.c.seq >= one.first, table.c.seq < one.first + one.rows)
        there = row_digests.hash_rows(map(tuple, connection.execute(rows.order_by(table.c.seq))))
        covered += int(one.rows)
        if there.hexdigest != seals.get("rows"):
            found.append(
                f"Penarikan kiriman {batch}: penarikan barisnya diubah, hilang atau disisipkan."
            )
    found += [f"Penarikan kiriman {batch} disisipkan." for batch in acts if claims.is_complete]
    count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    if count != covered and claims.is_complete:
        found.append(f"Baris yang ditarik ada {count}, padahal jejak menyebut {covered}.")
    return found


def _find_single_row_changes(
    connection: sa.Connection,
    table: sa.Table,
    claims: Mapping[int, str],
    count_without_hash: int | None,
    label: str,
) -> list[str]:
    """Rows that stand alone. before: how many there are that no entry seals; None: any number."""
    found, left, others = [], dict(claims), 0
    for row in connection.execute(sa.select(table).order_by(table.c.seq)):
        wanted = left.pop(row.seq, None)
        others += wanted is None
        if wanted is not None and row_digests.hash_rows([tuple(row)]).hexdigest != wanted:
            found.append(f"{label} nomor {row.seq} diubah.")
    found += [f"{label} nomor {number} hilang." for number in left]
    if count_without_hash is not None and others != count_without_hash:
        found.append(
            f"{label}: {others} di luar segel, padahal jejak menyebut {count_without_hash}."
        )
    return found


def _batch_runs(batches: Sequence[Any]) -> Iterator[tuple[Any, slice]]:
    """Each stretch of the same batch, and where it lies."""
    start = 0
    for at in range(1, len(batches) + 1):
        if at == len(batches) or batches[at] != batches[start]:
            yield batches[start], slice(start, at)
            start = at


def _describe_differences(
    expected: Checksums, actual: Checksums, numbers: Sequence[Any]
) -> list[str]:
    """What is changed, missing or inserted, in words, by the sender's row numbers."""
    if len(expected) == len(actual):
        return [f"baris {numbers[at]} diubah" for at in np.flatnonzero(expected != actual).tolist()]
    if max(len(expected), len(actual)) > _MAX_ALIGNED_ROWS:
        return [f"ada {len(actual)} baris, seharusnya {len(expected)}"]
    said: list[str] = []
    matcher = SequenceMatcher(None, expected.tolist(), actual.tolist(), autojunk=False)
    for tag, first, end, start, stop in matcher.get_opcodes():
        both = min(end - first, stop - start) if tag != "equal" else 0
        said += [f"baris {numbers[start + at]} diubah" for at in range(both)]
        if tag != "equal" and end - first > both:
            place = f"sesudah baris {numbers[start + both - 1]}" if start + both else "di awal"
            said.append(f"{end - first - both} baris hilang {place}")
        if tag != "equal" and stop - start > both:
            said += [f"baris {numbers[at]} disisipkan" for at in range(start + both, stop)]
    return said


def _recompute_digests(
    feed: Feed, names: Sequence[str], feed_rows: Sequence[tuple[Any, ...]]
) -> list[bytes | None]:
    """The digests of the content of these rows; None for cells that are of no such kind."""
    kinds = {column.name: column.kind for column in feed.columns}

    def made(rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
        cells = dict(zip(names, zip(*rows, strict=True), strict=True))
        return compute_digests(
            {name: _normalize_cells(kind, cells[name]) for name, kind in kinds.items()}
        )

    try:
        return list(made(feed_rows))
    except (TypeError, ValueError, AttributeError):
        pass
    found: list[bytes | None] = []
    for row in feed_rows:
        try:
            found += made([row])
        except (TypeError, ValueError, AttributeError):
            found.append(None)
    return found


def _normalize_cells(kind: ColumnKind, cells: Sequence[Any]) -> list[Any]:
    """Cells as they were when their digest was made, whichever engine gives them."""
    if kind is ColumnKind.BOOLEAN:
        return [bool(cell) if cell in (0, 1) else cell for cell in cells]
    wanted: type = {ColumnKind.DECIMAL: float, ColumnKind.TIME: int, ColumnKind.COUNT: int}.get(
        kind, str
    )
    if set(map(type, cells)) - {wanted, type(None)}:
        raise TypeError(f"cells that are no {kind}")
    return list(cells)


def _to_int64(cells: Sequence[Any]) -> Any:
    try:
        return np.array(cells, dtype=np.int64)
    except (TypeError, ValueError, OverflowError):  # a tampering hand put something else there
        return np.array([cell if isinstance(cell, int) else -1 for cell in cells], dtype=np.int64)


def _digest_or_zeros(cell: Any) -> bytes:
    """A digest as it is kept; of anything else bytes that no digest is."""
    kept = bytes(cell) if isinstance(cell, bytes | bytearray | memoryview) else b""
    return kept if len(kept) == 16 else b"\0" * 16
