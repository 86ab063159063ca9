"""Compares the rows of a store with the hashes in its audit log, and names the changed rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import sqlalchemy as sa

from situasi.domain.feed_schemas import FEEDS, ColumnKind, Feed
from situasi.store import frame_reader, schema
from situasi.store.audit import hash_chain, row_digests
from situasi.store.audit.audit_claims import AuditClaims, read_claims
from situasi.store.audit.row_digests import HASHES_KEY, Checksums, RowsHash, Words
from situasi.store.engines.engine import Backend
from situasi.store.row_encoding import compute_digests

_FETCH_ROWS = 20_000
_SINGLE_ROWS = 100  # the same where a row may be a whole file
_MAX_NAMED_ROWS = 5  # rows of one delivery listed one by one
_MAX_ALIGNED_ROWS = 5_000  # rows that are aligned to find the missing ones

# What the hash of a feed row covers, besides its content and its flags.
HASHED_COLUMNS = ("seq", "batch", "row", "recorded_at", "known_at", "round")
_BATCH_TABLES = (
    (schema.quarantine, "baris karantina"),
    (schema.releases, "pelepasan karantina"),
    (schema.repeats, "catatan baris ganda"),
)
# Not replicated: an empty one beside entries that name its rows belongs to another store.
_LOCAL_TABLES = (
    (schema.waiting, "Berkas atau pesan menunggu"),
    (schema.settlements, "Penyelesaian yang menunggu"),
)


def verify(backend: Backend, connection: sa.Connection, expected_hash: str | None) -> list[str]:
    """Return the breaks of the audit log and the changed rows, one sentence each."""
    breaks = hash_chain.verify(backend, connection, expected_hash)
    return breaks + find_changes(connection, is_log_broken=bool(breaks))


def find_changes(connection: sa.Connection, *, is_log_broken: bool) -> list[str]:
    """Return every row change that the audit log does not record, one Indonesian sentence each.

    is_log_broken: whether the audit log is broken; then a row without an entry proves nothing.
    """
    claims = read_claims(connection)
    claims.is_complete &= not is_log_broken
    changes = []
    if not is_log_broken:
        changes += [f"Catatan {seq} tidak memuat segel barisnya." for seq in claims.without_hashes]
    proofs = [
        _TableProof(connection, claims, schema.batches, "keterangan kiriman", "batch"),
        *(_FeedProof(connection, claims, feed) for feed in FEEDS.values()),
        *(_TableProof(connection, claims, table, label) for table, label in _BATCH_TABLES),
    ]
    for proof in proofs:
        changes += proof.find_changes()
    changes += _find_withdrawal_changes(connection, claims)
    changes += _find_single_row_changes(
        connection, schema.notes, claims.notes, "Catatan papan", is_complete=claims.is_complete
    )
    for table, label in _LOCAL_TABLES:
        changes += _find_local_changes(connection, claims, table, label)
    # A record may be written without an entry.
    access_changes = _find_single_row_changes(
        connection, schema.access, claims.access, "Data akses", is_complete=False
    )
    # Access records are not replicated: where none matches, they belong to another store.
    return changes + (access_changes if len(access_changes) < len(claims.access) else [])


class _TableProof:
    """The check of one table whose rows belong to batches.

    label: of its rows, in messages. hash_name: of its hash in an entry; else the table's own name.
    """

    def __init__(
        self,
        connection: sa.Connection,
        claims: AuditClaims,
        table: sa.Table,
        label: str,
        hash_name: str = "",
    ) -> None:
        self._connection, self._claims, self.table = connection, claims, table
        self._label, self._hash_name = label, hash_name or table.name
        self._hashes: dict[int, RowsHash] = defaultdict(RowsHash)

    def iter_chunks(self, *conditions: sa.ColumnElement[bool]) -> Iterator[Sequence[Any]]:
        """Yield all cells in order of numbers, in chunks, as the driver returns them."""
        key = next(iter(self.table.primary_key))
        query = sa.select(*self.table.columns).where(*conditions).order_by(key)
        return frame_reader.fetch_chunks(self._connection, query, _FETCH_ROWS)

    def build_words(self, rows: Sequence[tuple[Any, ...]]) -> Words:
        """Return the words of these rows."""
        return row_digests.build_words(rows)

    def concerns_table(self, detail: Mapping[str, Any]) -> bool:  # noqa: ARG002
        """Return whether a delivery writes into this table."""
        return True

    def inspect(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Check more of the rows while they are read; the default checks nothing."""

    def find_changes(self) -> list[str]:
        """Return what is wrong with the rows of this table."""
        at, changes = list(self.table.c.keys()).index("batch"), list[str]()
        for chunk in self.iter_chunks():
            self.inspect(chunk)
            words = self.build_words(chunk)
            for batch, rows in _batch_runs([row[at] for row in chunk]):
                self._hashes[batch].add(words[rows])
        for batch, rows_hash in self._hashes.items():
            if batch not in self._claims.deliveries and self._claims.is_complete:
                changes.append(
                    f"Kiriman {batch} tidak ada dalam jejak:"
                    f" {rows_hash.row_count} {self._label} disisipkan."
                )
        for batch, detail in self._claims.deliveries.items():
            rows_hash = self._hashes.get(batch) or RowsHash()
            expected = detail[HASHES_KEY].get(self._hash_name)
            if self.concerns_table(detail) and rows_hash.hexdigest != expected:
                changes += self.describe_changes(batch, detail)
        return changes

    def describe_changes(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        """Describe what is wrong with this batch, in quarantine row by row."""
        if self.table is schema.quarantine:
            return self._describe_by_checksums(batch, int(detail["accepted"]), None, "karantina")
        return [f"Kiriman {batch}: {self._label} diubah, hilang atau disisipkan."]

    def _describe_by_checksums(
        self, batch: int, first: int, count: int | None, label: str
    ) -> list[str]:
        """first, count: where the checksums of this table lie among those of the batch."""
        query = sa.select(schema.batches.c.marks).where(schema.batches.c.batch == batch)
        stored = self._connection.execute(query).scalar()
        expected = row_digests.decode_checksums(bytes(stored or b""))[first:][:count]
        row_position = list(self.table.c.keys()).index("row")
        numbers, parts = list[Any](), list[Checksums]()
        for chunk in self.iter_chunks(self.table.c.batch == batch):
            parts.append(row_digests.compute_checksums(self.build_words(chunk)))
            numbers += [row[row_position] for row in chunk]
        actual = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint32)
        texts = _describe_differences(expected, actual, numbers)
        more = [f"dan {len(texts) - _MAX_NAMED_ROWS} lagi"] if len(texts) > _MAX_NAMED_ROWS else []
        text = "; ".join([*texts[:_MAX_NAMED_ROWS], *more]) or "diubah"
        return [f"Kiriman {batch}, {label}: {text}."]


class _FeedProof(_TableProof):
    """The check of feed rows, and whether their cells match their digest."""

    def __init__(self, connection: sa.Connection, claims: AuditClaims, feed: Feed) -> None:
        super().__init__(connection, claims, schema.feeds[feed.name], f"baris {feed.name}", "rows")
        self._feed = feed
        self._names = list(self.table.c.keys())
        self._changed_rows: dict[int, list[str]] = defaultdict(list)

    def concerns_table(self, detail: Mapping[str, Any]) -> bool:
        """Return whether the delivery is of this feed."""
        return detail.get("feed") == self._feed.name

    def build_words(self, rows: Sequence[tuple[Any, ...]]) -> Words:
        """Return the words of these rows."""
        cells = dict(zip(self._names, zip(*rows, strict=True), strict=True))
        numbers = [_to_int64(cells[name]) for name in HASHED_COLUMNS]
        digests = [_digest_or_zeros(cell) for cell in cells["digest"]]
        return row_digests.build_feed_words(numbers, digests, cells["flags"])

    def inspect(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Note the rows whose cells do not match their digest."""
        batch, row, digest = (self._names.index(name) for name in ("batch", "row", "digest"))
        recomputed = _recompute_digests(self._feed, self._names, rows)
        for cells, expected in zip(rows, recomputed, strict=True):
            if expected != _digest_or_zeros(cells[digest]):
                self._changed_rows[cells[batch]].append(str(cells[row]))

    def find_changes(self) -> list[str]:
        """Return changed contents, then the other changes."""
        other_changes = super().find_changes()
        contents = self._changed_rows.items()
        return [*(self._describe_contents(batch, rows) for batch, rows in contents), *other_changes]

    def _describe_contents(self, batch: int, rows: Sequence[str]) -> str:
        more = f" dan {len(rows) - _MAX_NAMED_ROWS} lagi" if len(rows) > _MAX_NAMED_ROWS else ""
        listed = ", ".join(rows[:_MAX_NAMED_ROWS])
        return f"Kiriman {batch}, {self._feed.name}: isi baris {listed}{more} diubah."

    def describe_changes(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        """Describe changes row by row."""
        return self._describe_by_checksums(batch, 0, int(detail["accepted"]), self._feed.name)


def _find_withdrawal_changes(connection: sa.Connection, claims: AuditClaims) -> list[str]:
    """Return changes of withdrawn rows and of the withdrawals of batches."""
    changes, table, act = [], schema.withdrawals, schema.withdrawn_batches
    by_batch = {row.batch: row for row in connection.execute(sa.select(act).order_by(act.c.seq))}
    covered = 0
    for batch, detail in claims.withdrawals.items():
        hashes = detail[HASHES_KEY]
        row = by_batch.pop(batch, None)
        if row is None or _hash_row(tuple(row)[1:]) != hashes.get("act"):
            changes.append(f"Penarikan kiriman {batch}: keterangannya diubah atau hilang.")
            continue
        number = table.c.seq
        rows = sa.select(table).where(number >= row.first, number < row.first + row.rows)
        actual = row_digests.hash_rows(map(tuple, connection.execute(rows.order_by(number))))
        covered += int(row.rows)
        if actual.hexdigest != hashes.get("rows"):
            changes.append(
                f"Penarikan kiriman {batch}: penarikan barisnya diubah, hilang atau disisipkan."
            )
    changes += [
        f"Penarikan kiriman {batch} disisipkan." for batch in by_batch if claims.is_complete
    ]
    count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    if count != covered and claims.is_complete:
        changes.append(f"Baris yang ditarik ada {count}, padahal jejak menyebut {covered}.")
    return changes


def _find_single_row_changes(
    connection: sa.Connection,
    table: sa.Table,
    claims: Mapping[int, str],
    label: str,
    *,
    is_complete: bool,
) -> list[str]:
    """Return changes in a table with one hash per row.

    is_complete: whether a row that no entry hashes was inserted.
    """
    changes, unseen, unclaimed = [], dict(claims), 0
    options = {"yield_per": _SINGLE_ROWS}
    for row in connection.execute(
        sa.select(table).order_by(table.c.seq), execution_options=options
    ):
        expected = unseen.pop(row.seq, None)
        unclaimed += expected is None
        if expected is not None and _hash_row(tuple(row)) != expected:
            changes.append(f"{label} nomor {row.seq} diubah.")
    changes += [f"{label} nomor {number} hilang." for number in unseen]
    if is_complete and unclaimed:
        changes.append(f"{label}: {unclaimed} di luar segel, padahal jejak menyebut 0.")
    return changes


def _find_local_changes(
    connection: sa.Connection, claims: AuditClaims, table: sa.Table, label: str
) -> list[str]:
    """Return changes in a table that is not replicated, with one hash per row."""
    if not row_digests.read_last_number(connection, table):
        return []
    hashes: dict[int, str] = getattr(claims, table.name)
    return _find_single_row_changes(
        connection, table, hashes, label, is_complete=claims.is_complete
    )


def _hash_row(row: tuple[Any, ...]) -> str | None:
    return row_digests.hash_rows([row]).hexdigest


def _batch_runs(batches: Sequence[Any]) -> Iterator[tuple[Any, slice]]:
    """Yield each run of the same batch, and its slice."""
    start = 0
    for position in range(1, len(batches) + 1):
        if position == len(batches) or batches[position] != batches[start]:
            yield batches[start], slice(start, position)
            start = position


def _describe_differences(
    expected: Checksums, actual: Checksums, numbers: Sequence[Any]
) -> list[str]:
    """Describe what is changed, missing or inserted, by the sender's row numbers."""
    if len(expected) == len(actual):
        return [f"baris {numbers[i]} diubah" for i in np.flatnonzero(expected != actual).tolist()]
    if max(len(expected), len(actual)) > _MAX_ALIGNED_ROWS:
        return [f"ada {len(actual)} baris, seharusnya {len(expected)}"]
    sentences: list[str] = []
    matcher = SequenceMatcher(None, expected.tolist(), actual.tolist(), autojunk=False)
    for tag, first, end, start, stop in matcher.get_opcodes():
        changed = min(end - first, stop - start) if tag != "equal" else 0
        rest = start + changed
        sentences += [f"baris {numbers[start + i]} diubah" for i in range(changed)]
        if tag != "equal" and end - first > changed:
            where = f"sesudah baris {numbers[rest - 1]}" if rest else "di awal"
            sentences.append(f"{end - first - changed} baris hilang {where}")
        if tag != "equal" and stop - start > changed:
            sentences += [f"baris {numbers[i]} disisipkan" for i in range(rest, stop)]
    return sentences


def _recompute_digests(
    feed: Feed, names: Sequence[str], feed_rows: Sequence[tuple[Any, ...]]
) -> list[bytes | None]:
    """Return the digests of the content of these rows; None for cells of the wrong kind."""
    kinds = {column.name: column.kind for column in feed.columns}

    def compute(rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
        cells = dict(zip(names, zip(*rows, strict=True), strict=True))
        return compute_digests(
            {name: _normalize_cells(kind, cells[name]) for name, kind in kinds.items()}
        )

    try:
        return list(compute(feed_rows))
    except (TypeError, ValueError, AttributeError):
        pass
    digests: list[bytes | None] = []
    for row in feed_rows:
        try:
            digests += compute([row])
        except (TypeError, ValueError, AttributeError):
            digests.append(None)
    return digests


def _normalize_cells(kind: ColumnKind, cells: Sequence[Any]) -> list[Any]:
    """Return cells as they were when their digest was computed, in every engine."""
    if kind is ColumnKind.BOOLEAN:
        return [bool(cell) if cell in (0, 1) else cell for cell in cells]
    expected: type = {ColumnKind.DECIMAL: float, ColumnKind.TIME: int, ColumnKind.COUNT: int}.get(
        kind, str
    )
    if set(map(type, cells)) - {expected, type(None)}:
        raise TypeError(f"cells that are no {kind}")
    return list(cells)


def _to_int64(cells: Sequence[Any]) -> Any:
    try:
        return np.array(cells, dtype=np.int64)
    except (TypeError, ValueError, OverflowError):  # a manipulated cell
        return np.array([cell if isinstance(cell, int) else -1 for cell in cells], dtype=np.int64)


def _digest_or_zeros(cell: Any) -> bytes:
    """Return a stored digest; for anything else zeros, which no digest is."""
    digest = bytes(cell) if isinstance(cell, bytes | bytearray | memoryview) else b""
    return digest if len(digest) == 16 else b"\0" * 16
