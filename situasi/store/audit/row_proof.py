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
from situasi.store.audit.audit_claims import Claims, read_claims
from situasi.store.audit.row_digests import SEALED, Marks, Seal, Words
from situasi.store.engines.engine import Backend
from situasi.store.row_encoding import digests

_READ_AT_ONCE = 20_000
_MOST_NAMED = 5  # rows of one delivery that are named one by one
_MOST_ALIGNED = 5_000  # rows that are compared to see which one is missing among them

# What a row of a feed is sealed by, besides its content and our remarks.
NUMBERS = ("seq", "batch", "row", "recorded_at", "known_at", "round")
_OF_BATCH = (schema.quarantine, schema.releases, schema.repeats)
_WORDS = {
    "quarantine": "baris karantina",
    "releases": "pelepasan karantina",
    "repeats": "catatan baris ganda",
}


def verify(backend: Backend, connection: sa.Connection, head: str | None) -> list[str]:
    """See protocol.Store."""
    breaks = audit_log.verify(backend, connection, head)
    return breaks + changes(connection, broken=bool(breaks))


def unsealed(connection: sa.Connection) -> int:
    """How many entries moved the data and hold no seal of their rows: those of older versions."""
    return read_claims(connection).unsealed


def changes(connection: sa.Connection, *, broken: bool) -> list[str]:
    """Every change of a row that the trail does not tell of, one sentence each in Indonesian.

    broken: whether the trail is: then a row without an entry proves nothing.
    """
    claims = read_claims(connection)
    claims.whole &= not broken
    found = _Headers(connection, claims).changes()
    for feed in FEEDS.values():
        found += _Reports(connection, claims, feed).changes()
    for table in _OF_BATCH:
        found += _Others(connection, claims, table).changes()
    found += _withdrawals(connection, claims)
    before = claims.notes_before if claims.whole else None
    found += _numbered(connection, schema.notes, claims.notes, before, "Catatan papan")
    said = _numbered(connection, schema.access, claims.access, None, "Data akses")
    # They never flow up: where none is as its entry says, those here are another's, or none.
    return found + (said if len(said) < len(claims.access) else [])


class _Table:
    """One table whose rows belong to batches."""

    def __init__(self, connection: sa.Connection, claims: Claims, table: sa.Table) -> None:
        self._connection, self._claims, self.table = connection, claims, table
        self._seals: dict[int, Seal] = defaultdict(Seal)

    def rows(self, *which: sa.ColumnElement[bool]) -> Iterator[Sequence[Any]]:
        """All cells in the order of numbers, in pieces, as the driver gives them."""
        key = next(iter(self.table.primary_key))
        asked = sa.select(*self.table.columns).where(*which).order_by(key)
        result = self._connection.execute(asked)
        cursor = result.cursor
        assert cursor is not None, "a SELECT always has a cursor"
        while piece := cursor.fetchmany(_READ_AT_ONCE):
            yield piece
        result.close()

    def words(self, piece: Sequence[tuple[Any, ...]]) -> Words:
        return row_digests.words(piece)

    def expected(self, detail: Mapping[str, Any]) -> str | None:
        seals: Mapping[str, str] = detail[SEALED]
        return seals.get(self.table.name)

    def counted(self, detail: Mapping[str, Any]) -> int | None:
        """How many rows an entry without seals says it wrote; None: it does not say."""
        return {"releases": len(detail.get("released", ()))}.get(self.table.name)

    def mine(self, detail: Mapping[str, Any]) -> bool:  # noqa: ARG002 (of a feed only its own)
        """Whether a delivery writes into this table."""
        return True

    def look(self, piece: Sequence[tuple[Any, ...]]) -> None:
        """What else is to be seen of rows while they are read."""

    def changes(self) -> list[str]:
        """What is wrong with the rows of this table."""
        at, found = list(self.table.c.keys()).index("batch"), list[str]()
        for piece in self.rows():
            self.look(piece)
            words = self.words(piece)
            for batch, rows in _runs([row[at] for row in piece]):
                self._seals[batch].add(words[rows])
        for batch, seal in self._seals.items():
            if batch not in self._claims.deliveries and self._claims.whole:
                found.append(
                    f"Kiriman {batch} tidak ada dalam jejak: {seal.rows} {self.called} disisipkan."
                )
        for batch, detail in self._claims.deliveries.items():
            if self.mine(detail):
                found += self._compared(batch, detail)
        return found

    def _compared(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        seal = self._seals.get(batch) or Seal()
        if detail.get(SEALED) is None:
            count = self.counted(detail)
            if count in (None, seal.rows):
                return []
            return [f"Kiriman {batch}: {seal.rows} {self.called}, padahal jejak menyebut {count}."]
        return self.named(batch, detail) if seal.text != self.expected(detail) else []

    def named(self, batch: int, detail: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 (by kind)
        """What is wrong with this batch, row by row where its marks tell."""
        return [f"Kiriman {batch}: {self.called} diubah, hilang atau disisipkan."]

    @property
    def called(self) -> str:
        return _WORDS[self.table.name]

    def _by_marks(self, batch: int, first: int, count: int | None, label: str) -> list[str]:
        """first, count: where the marks of this table lie among those of the batch."""
        kept = sa.select(schema.batches.c.marks).where(schema.batches.c.batch == batch)
        marks = self._connection.execute(kept).scalar()
        wanted = row_digests.marks_from(bytes(marks or b""))[first:][:count]
        at = list(self.table.c.keys()).index("row")
        numbers, there = list[Any](), list[Marks]()
        for piece in self.rows(self.table.c.batch == batch):
            there.append(row_digests.marks_of(self.words(piece)))
            numbers += [row[at] for row in piece]
        found = np.concatenate(there) if there else np.zeros(0, dtype=np.uint32)
        said = _differences(wanted, found, numbers)
        more = [f"dan {len(said) - _MOST_NAMED} lagi"] if len(said) > _MOST_NAMED else []
        what = "; ".join([*said[:_MOST_NAMED], *more]) or "diubah"
        return [f"Kiriman {batch}, {label}: {what}."]


class _Others(_Table):
    """Rows in quarantine, releases, repeats."""

    def named(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        if self.table is not schema.quarantine:
            return super().named(batch, detail)
        return self._by_marks(batch, int(detail["accepted"]), None, "karantina")


class _Reports(_Table):
    """The rows of a feed, and whether their cells are those of their digest."""

    def __init__(self, connection: sa.Connection, claims: Claims, feed: Feed) -> None:
        super().__init__(connection, claims, schema.feeds[feed.name])
        self._feed = feed
        self._names = list(self.table.c.keys())
        self._wrong: dict[int, list[str]] = defaultdict(list)

    @property
    def called(self) -> str:
        return f"baris {self._feed.name}"

    def mine(self, detail: Mapping[str, Any]) -> bool:
        return detail.get("feed") == self._feed.name

    def counted(self, detail: Mapping[str, Any]) -> int | None:
        return int(detail["accepted"])

    def expected(self, detail: Mapping[str, Any]) -> str | None:
        seals: Mapping[str, str] = detail[SEALED]
        return seals.get("rows")

    def words(self, piece: Sequence[tuple[Any, ...]]) -> Words:
        cells = dict(zip(self._names, zip(*piece, strict=True), strict=True))
        numbers = [_whole(cells[name]) for name in NUMBERS]
        marks = [_sixteen(cell) for cell in cells["digest"]]
        return row_digests.report_words(numbers, marks, cells["flags"])

    def look(self, piece: Sequence[tuple[Any, ...]]) -> None:
        """Note the rows whose cells are not those of their digest."""
        batch, row, mark = (self._names.index(name) for name in ("batch", "row", "digest"))
        for cells, made in zip(piece, _recomputed(self._feed, self._names, piece), strict=True):
            if made != _sixteen(cells[mark]):
                self._wrong[cells[batch]].append(str(cells[row]))

    def changes(self) -> list[str]:
        named = super().changes()
        return [*(self._said(batch, rows) for batch, rows in self._wrong.items()), *named]

    def _said(self, batch: int, rows: Sequence[str]) -> str:
        more = f" dan {len(rows) - _MOST_NAMED} lagi" if len(rows) > _MOST_NAMED else ""
        listed = ", ".join(rows[:_MOST_NAMED])
        return f"Kiriman {batch}, {self._feed.name}: isi baris {listed}{more} diubah."

    def named(self, batch: int, detail: Mapping[str, Any]) -> list[str]:
        return self._by_marks(batch, 0, int(detail["accepted"]), self._feed.name)


class _Headers(_Table):
    """The batches themselves."""

    def __init__(self, connection: sa.Connection, claims: Claims) -> None:
        super().__init__(connection, claims, schema.batches)

    @property
    def called(self) -> str:
        return "keterangan kiriman"

    def expected(self, detail: Mapping[str, Any]) -> str | None:
        seals: Mapping[str, str] = detail[SEALED]
        return seals.get("batch")

    def counted(self, detail: Mapping[str, Any]) -> int | None:  # noqa: ARG002 (one each)
        return 1


def _withdrawals(connection: sa.Connection, claims: Claims) -> list[str]:
    """Rows taken back, and the acts by which they were."""
    found, table, act = [], schema.withdrawals, schema.withdrawn_batches
    acts = {row.batch: row for row in connection.execute(sa.select(act).order_by(act.c.seq))}
    covered = 0
    for batch, detail in claims.withdrawals.items():
        seals = detail.get(SEALED)
        if seals is None:
            covered += int(detail["rows"])
            continue
        one = acts.pop(batch, None)
        if one is None or row_digests.seal_of([tuple(one)[1:]]).text != seals.get("act"):
            found.append(f"Penarikan kiriman {batch}: keterangannya diubah atau hilang.")
            continue
        rows = sa.select(table).where(table.c.seq >= one.first, table.c.seq < one.first + one.rows)
        there = row_digests.seal_of(map(tuple, connection.execute(rows.order_by(table.c.seq))))
        covered += int(one.rows)
        if there.text != seals.get("rows"):
            found.append(
                f"Penarikan kiriman {batch}: penarikan barisnya diubah, hilang atau disisipkan."
            )
    found += [f"Penarikan kiriman {batch} disisipkan." for batch in acts if claims.whole]
    count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    if count != covered and claims.whole:
        found.append(f"Baris yang ditarik ada {count}, padahal jejak menyebut {covered}.")
    return found


def _numbered(
    connection: sa.Connection,
    table: sa.Table,
    claims: Mapping[int, str],
    before: int | None,
    label: str,
) -> list[str]:
    """Rows that stand alone. before: how many there are that no entry seals; None: any number."""
    found, left, others = [], dict(claims), 0
    for row in connection.execute(sa.select(table).order_by(table.c.seq)):
        wanted = left.pop(row.seq, None)
        others += wanted is None
        if wanted is not None and row_digests.seal_of([tuple(row)]).text != wanted:
            found.append(f"{label} nomor {row.seq} diubah.")
    found += [f"{label} nomor {number} hilang." for number in left]
    if before is not None and others != before:
        found.append(f"{label}: {others} di luar segel, padahal jejak menyebut {before}.")
    return found


def _runs(batches: Sequence[Any]) -> Iterator[tuple[Any, slice]]:
    """Each stretch of the same batch, and where it lies."""
    start = 0
    for at in range(1, len(batches) + 1):
        if at == len(batches) or batches[at] != batches[start]:
            yield batches[start], slice(start, at)
            start = at


def _differences(wanted: Marks, there: Marks, numbers: Sequence[Any]) -> list[str]:
    """What is changed, missing or inserted, in words, by the sender's row numbers."""
    if len(wanted) == len(there):
        return [f"baris {numbers[at]} diubah" for at in np.flatnonzero(wanted != there).tolist()]
    if max(len(wanted), len(there)) > _MOST_ALIGNED:
        return [f"ada {len(there)} baris, seharusnya {len(wanted)}"]
    said: list[str] = []
    matcher = SequenceMatcher(None, wanted.tolist(), there.tolist(), autojunk=False)
    for tag, first, end, start, stop in matcher.get_opcodes():
        both = min(end - first, stop - start) if tag != "equal" else 0
        said += [f"baris {numbers[start + at]} diubah" for at in range(both)]
        if tag != "equal" and end - first > both:
            place = f"sesudah baris {numbers[start + both - 1]}" if start + both else "di awal"
            said.append(f"{end - first - both} baris hilang {place}")
        if tag != "equal" and stop - start > both:
            said += [f"baris {numbers[at]} disisipkan" for at in range(start + both, stop)]
    return said


def _recomputed(
    feed: Feed, names: Sequence[str], piece: Sequence[tuple[Any, ...]]
) -> list[bytes | None]:
    """The digests of the content of these rows; None for cells that are of no such kind."""
    kinds = {column.name: column.kind for column in feed.columns}

    def made(rows: Sequence[tuple[Any, ...]]) -> list[bytes]:
        cells = dict(zip(names, zip(*rows, strict=True), strict=True))
        return digests({name: _plain(kind, cells[name]) for name, kind in kinds.items()})

    try:
        return list(made(piece))
    except (TypeError, ValueError, AttributeError):
        pass
    found: list[bytes | None] = []
    for row in piece:
        try:
            found += made([row])
        except (TypeError, ValueError, AttributeError):
            found.append(None)
    return found


def _plain(kind: ColumnKind, cells: Sequence[Any]) -> list[Any]:
    """Cells as they were when their digest was made, whichever engine gives them."""
    if kind is ColumnKind.BOOLEAN:
        return [bool(cell) if cell in (0, 1) else cell for cell in cells]
    wanted: type = {ColumnKind.DECIMAL: float, ColumnKind.TIME: int, ColumnKind.COUNT: int}.get(
        kind, str
    )
    if set(map(type, cells)) - {wanted, type(None)}:
        raise TypeError(f"cells that are no {kind}")
    return list(cells)


def _whole(cells: Sequence[Any]) -> Any:
    try:
        return np.array(cells, dtype=np.int64)
    except (TypeError, ValueError, OverflowError):  # a tampering hand put something else there
        return np.array([cell if isinstance(cell, int) else -1 for cell in cells], dtype=np.int64)


def _sixteen(cell: Any) -> bytes:
    """A digest as it is kept; of anything else bytes that no digest is."""
    kept = bytes(cell) if isinstance(cell, bytes | bytearray | memoryview) else b""
    return kept if len(kept) == 16 else b"\0" * 16
