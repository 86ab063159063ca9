"""The audit log: who did what, in entries chained by hash, and the search for breaks in the chain.

What the hashes prove: whoever changes, removes, inserts or reorders an entry breaks them, and
`verify` says at which number. What they cannot prove: that nobody with write access to the file has
recomputed every hash, or cut off the end together with the engine's counter. Only a head that was
written down elsewhere shows that: it is then no longer on the chain.
"""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from situasi.store import frame_reader, schema
from situasi.store.engines.engine import Backend, WriteTransaction
from situasi.store.row_encoding import clean_text

GENESIS_HASH = "0" * 64  # the previous hash of the first entry

COLUMNS = {
    "seq": "int64",
    "at": frame_reader.TIME_DTYPE,
    "actor": "object",
    "action": "object",
    "detail": "object",
    "moves": "bool",
    "chain": "object",
}
_ENTRY = schema.audit.c

# Number and hash of an entry: two audit logs that share one are the same up to there.
AuditPosition = tuple[int, str]
_FETCH_ROWS = 600
_RECENT_ENTRIES = 2_000


def compute_hash(previous: Any, *entry: Any) -> str:
    """Return SHA-256, in hex, over the previous hash and the entry's cells.

    The entry: seq, at, actor, action, detail, moves. Written as one JSON list, so that no two
    entries have the same text. A manipulated cell may hold anything: it only must give another
    hash.
    """
    cells = [int(cell) if isinstance(cell, bool) else cell for cell in (previous, *entry)]
    return sha256(json.dumps(cells, default=repr).encode()).hexdigest()


def append_entry(
    write: WriteTransaction, action: str, detail: dict[str, Any], *, changes_data: bool
) -> None:
    """Append the next entry. Only under the write lock: two writers would fork the chain."""
    backend, connection = write.backend, write.connection
    last, previous = read_head(connection)
    entry = {
        # Never a number that was used before: an end that was cut off must stay a gap.
        "seq": max(last, backend.last_issued_number(connection, schema.audit)) + 1,
        "at": write.at_us,
        "actor": clean_text(write.actor),
        "action": clean_text(action),
        "detail": json.dumps(detail, allow_nan=False),
        "moves": changes_data,
    }
    row = entry | {"chain": compute_hash(previous, *entry.values())}
    backend.append(connection, schema.audit, row)
    if changes_data:
        backend.notify_changed(connection)


def read_head(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> tuple[int, Any]:
    """Return number and hash of the last entry of this kind; 0 and GENESIS_HASH before it."""
    query = sa.select(_ENTRY.seq, _ENTRY.chain).where(*conditions)
    row = connection.execute(query.order_by(_ENTRY.seq.desc()).limit(1)).first()
    return (row.seq, row.chain) if row else (0, GENESIS_HASH)


def read_version(connection: sa.Connection) -> int:
    """Return the highest number of an entry that changed data, from the index alone."""
    query = sa.select(_ENTRY.seq).where(_ENTRY.moves == sa.true())
    number = connection.execute(query.order_by(_ENTRY.seq.desc()).limit(1)).scalar()
    return int(number or 0)


def read_data_head(connection: sa.Connection) -> AuditPosition:
    """Return number (the version of the store) and hash of the last entry that changed data."""
    number, audit_hash = read_head(connection, _ENTRY.moves == sa.true())
    return int(number), str(audit_hash)


def read_hash(connection: sa.Connection, number: int) -> str | None:
    """Return the hash of the entry with this number; GENESIS_HASH for 0, None if missing."""
    if number == 0:
        return GENESIS_HASH
    row = connection.execute(sa.select(_ENTRY.chain).where(_ENTRY.seq == number)).first()
    return None if row is None else str(row.chain)


def was_logged_recently(
    connection: sa.Connection, action: str, actor: str, detail: dict[str, Any], *, since_us: int
) -> bool:
    """Return whether one of the newest entries says exactly the same of the same person."""
    last, _ = read_head(connection)
    same = (_ENTRY.action == action, _ENTRY.actor == actor, _ENTRY.detail == json.dumps(detail))
    query = sa.select(_ENTRY.seq).where(
        _ENTRY.seq > last - _RECENT_ENTRIES, _ENTRY.at > since_us, *same
    )
    return connection.execute(query.limit(1)).first() is not None


def verify(backend: Backend, connection: sa.Connection, expected_hash: str | None) -> list[str]:
    """Return the breaks in the audit log, one sentence each (see Store.verify)."""
    last_issued = backend.last_issued_number(connection, schema.audit)
    return find_breaks(iter_entries(connection, *COLUMNS), expected_hash, last_issued)


def find_breaks(
    entries: Iterable[tuple[Any, ...]], expected_hash: str | None, last_issued: int | None
) -> list[str]:
    """Return what is broken in these entries, each as COLUMNS.

    last_issued: the highest number ever issued. Each entry is compared with the hash on the one
    before it, so one change gives one sentence and not one for every later entry.
    """
    breaks: list[str] = []
    last, previous, is_expected_found = 0, GENESIS_HASH, expected_hash in (None, GENESIS_HASH)
    for seq, *cells, chain in entries:
        if seq <= last:
            breaks.append(f"Catatan {seq} disisipkan: nomor itu tidak pernah diberikan.")
            continue
        if seq > last + 1:
            missing = _format_range(last + 1, seq - 1)
            breaks.append(f"{missing} hilang; sambungan catatan {seq} tidak dapat diperiksa.")
        elif chain != compute_hash(previous, seq, *cells):
            predecessor = f"catatan {last}" if last else "awal"
            breaks.append(f"Catatan {seq} diubah, atau tidak menyambung pada {predecessor}.")
        is_expected_found = is_expected_found or chain == expected_hash
        last, previous = seq, chain
    if last_issued is not None and last_issued > last:
        breaks.append(f"{_format_range(last + 1, last_issued)} hilang dari ujung jejak.")
    if last_issued is not None and last_issued < last:
        breaks.append(f"Penghitung nomor diubah: {last_issued}, padahal catatan terakhir {last}.")
    if not is_expected_found:
        breaks.append(
            f"Ujung {expected_hash} tidak ada lagi pada jejak: catatan sampai ujung itu ditulis"
            f" ulang atau dibuang. Catatan terakhir sekarang {last}."
        )
    return breaks


def _format_range(first: int, last: int) -> str:
    return f"Catatan {first}" if first == last else f"Catatan {first} sampai {last}"


def iter_entries(
    connection: sa.Connection, *names: str, after: int = 0
) -> Iterator[tuple[Any, ...]]:
    """Yield the entries in order, unconverted: a converted cell could hide a change."""
    query = sa.select(*(_ENTRY[name] for name in names)).order_by(_ENTRY.seq)
    if after:
        query = query.where(_ENTRY.seq > after)
    for rows in frame_reader.fetch_chunks(connection, query, _FETCH_ROWS):
        yield from rows
