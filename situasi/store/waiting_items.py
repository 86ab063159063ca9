"""Files and messages that wait for a person, and what became of each."""

import json
import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from situasi.store import schema, visible_at
from situasi.store.audit import hash_chain, row_digests
from situasi.store.audit.row_digests import HASHES_KEY
from situasi.store.engines.engine import WriteTransaction
from situasi.store.model import (
    WAITING_FILE,
    WAITING_MESSAGE,
    ConflictError,
    Settlement,
    StoreError,
    WaitingItem,
)
from situasi.store.row_encoding import clean_text
from situasi.store.timestamps import from_micros

KINDS: Final = (WAITING_FILE, WAITING_MESSAGE)
OUTCOMES: Final = ("stored", "dropped")
# The actions in the audit log. The rows that these entries name never leave this machine.
WAIT_ACTION, SETTLE_ACTION = "wait", "settle"

MAX_CONTENT_BYTES: Final = 64 << 20  # of a content, not compressed
_MAX_STORED_BYTES: Final = 8 << 20  # compressed
_TOO_LARGE = "Isi ini terlalu besar untuk menunggu; bagi menjadi beberapa kiriman."
_ITEM = schema.waiting.c
_SETTLEMENT = schema.settlements.c


def encode_content(value: Any) -> bytes:
    """Return a JSON value compressed. Raises StoreError for one that is too large to wait."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    raw = text.encode("utf-8", "replace")
    content = zlib.compress(raw)
    if len(raw) > MAX_CONTENT_BYTES or len(content) > _MAX_STORED_BYTES:
        raise StoreError(_TOO_LARGE)
    return content


def decode_content(content: bytes) -> Any:
    """Return the JSON value of a content. Raises ValueError for a damaged one."""
    decompressor = zlib.decompressobj()
    try:
        raw = decompressor.decompress(content, MAX_CONTENT_BYTES)
    except zlib.error as error:
        raise ValueError("the content of a waiting item is damaged") from error
    if not decompressor.eof:
        raise ValueError("the content of a waiting item is damaged")
    return json.loads(raw)


def add(
    write: WriteTransaction, kind: str, source: str, sha256: str, content: bytes, note: str
) -> tuple[int, bool]:
    """Let something wait, under the write lock; return its number, and whether it is new.

    What waits already is not added again; what was settled waits again. note: JSON.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of waiting item: {kind!r}")
    connection, digest = write.connection, clean_text(sha256)
    same = sa.select(_ITEM.seq).where(_ITEM.kind == kind, _ITEM.sha256 == digest)
    numbers = [int(number) for number in connection.execute(same).scalars()]
    still_waiting = [item.number for item in read(connection, numbers=numbers)]
    if still_waiting:
        return still_waiting[0], False
    row: dict[str, Any] = {
        "kind": kind,
        "source": clean_text(source),
        "sha256": digest,
        "note": note,
    }
    row |= {"recorded_at": write.at_us, "actor": clean_text(write.actor)}
    row |= {"content": content, "round": len(numbers)}
    write.backend.append(connection, schema.waiting, row)
    hashes = row_digests.hash_last_row(connection, schema.waiting)
    detail = {name: row[name] for name in ("kind", "source", "sha256")} | {HASHES_KEY: hashes}
    hash_chain.append_entry(write, WAIT_ACTION, detail, changes_data=True)
    return int(hashes["number"]), True


def settle(
    write: WriteTransaction,
    number: int,
    outcome: str,
    batches: Sequence[int],
    detail: dict[str, Any],
) -> None:
    """Record what became of a waiting item, under the write lock.

    batches: that it became; none where it was dropped or all its rows were known. Raises StoreError
    where there is no such item, ConflictError where somebody else settled it.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"no outcome of a waiting item: {outcome!r}")
    connection = write.connection
    items = read(connection, numbers=[number], include_settled=True)
    if not items:
        raise StoreError(f"Nomor {number} tidak ada di antara yang menunggu. Periksa nomornya.")
    if items[0].settlement is not None:
        raise ConflictError(f"Nomor {number} tidak lagi menunggu: orang lain menyelesaikannya.")
    text = json.dumps(detail, allow_nan=False)
    for batch in batches or (None,):
        row = {"number": number, "outcome": outcome, "detail": text, "batch": batch}
        row |= {"recorded_at": write.at_us, "actor": clean_text(write.actor)}
        write.backend.append(connection, schema.settlements, row)
        hashes = row_digests.hash_last_row(connection, schema.settlements)
        entry = {"number": number, "outcome": outcome, "batch": batch, **detail}
        hash_chain.append_entry(
            write, SETTLE_ACTION, entry | {HASHES_KEY: hashes}, changes_data=True
        )


def read(
    connection: sa.Connection,
    kind: str | None = None,
    *,
    numbers: Sequence[int] | None = None,
    include_settled: bool = False,
) -> list[WaitingItem]:
    """Return the items that wait (or all), oldest first, without their contents.

    numbers: only these. A settlement counts until all batches that the item became are withdrawn:
    then it waits again.
    """
    columns = [column for column in _ITEM if column.name not in {"content", "round"}]
    query = sa.select(*columns).order_by(_ITEM.seq)
    if kind is not None:
        query = query.where(_ITEM.kind == kind)
    if numbers is not None:
        query = query.where(_ITEM.seq.in_(list(numbers)))
    if not include_settled:
        query = query.where(_ITEM.seq.not_in(sa.select(_SETTLEMENT.number).where(_is_valid())))
    settlements = _read_settlements(connection, numbers) if include_settled else {}
    return [_build_item(row, settlements.get(row.seq)) for row in connection.execute(query)]


def count(connection: sa.Connection) -> dict[str, int]:
    """Return how many items wait, by kind."""
    settled = sa.select(_SETTLEMENT.number).where(_is_valid())
    query = sa.select(_ITEM.kind, sa.func.count()).where(_ITEM.seq.not_in(settled))
    return {kind: int(total) for kind, total in connection.execute(query.group_by(_ITEM.kind))}


def read_content(connection: sa.Connection, number: int) -> Any:
    """Return the content of an item as it was encoded; None where there is no such item."""
    content = connection.execute(sa.select(_ITEM.content).where(_ITEM.seq == number)).scalar()
    return None if content is None else decode_content(bytes(content))


def _is_valid() -> sa.ColumnElement[bool]:
    batch = _SETTLEMENT.batch
    return sa.or_(batch.is_(None), batch.not_in(visible_at.select_withdrawn_batches()))


def _read_settlements(
    connection: sa.Connection, numbers: Sequence[int] | None
) -> dict[int, Settlement]:
    query = sa.select(schema.settlements).where(_is_valid()).order_by(_SETTLEMENT.seq)
    if numbers is not None:
        query = query.where(_SETTLEMENT.number.in_(list(numbers)))
    rows_by_number: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        rows_by_number[row.number].append(row)
    return {number: _build_settlement(rows) for number, rows in rows_by_number.items()}


def _build_settlement(rows: Sequence[sa.Row[Any]]) -> Settlement:
    return Settlement(
        outcome=rows[-1].outcome,
        batches=tuple(int(row.batch) for row in rows if row.batch is not None),
        detail=json.loads(rows[-1].detail),
        settled_at=from_micros(rows[-1].recorded_at),
        actor=rows[-1].actor,
    )


def _build_item(row: sa.Row[Any], settlement: Settlement | None) -> WaitingItem:
    return WaitingItem(
        number=row.seq,
        kind=row.kind,
        source=row.source,
        sha256=row.sha256,
        recorded_at=from_micros(row.recorded_at),
        actor=row.actor,
        note=json.loads(row.note),
        settlement=settlement,
    )
