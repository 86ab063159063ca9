"""The trail: who did what, each entry sealed to the one before it, and where a seal is broken.

What the seals prove: whoever changes, removes, inserts or reorders an entry breaks them, and
`verify` says at which number. What they cannot prove: that nobody who may write to the file
has recomputed every seal, or cut off the end together with the engine's counter. Only a
`head` that was written down elsewhere shows that: it is then no longer on the chain.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from situasi.store import frame_reader, schema
from situasi.store.engines.engine import Backend
from situasi.store.row_encoding import clean_text

GENESIS_HASH = "0" * 64  # what the first entry is sealed to

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

# Number and seal of an entry: two trails that share one are the same up to there.
AuditPosition = tuple[int, str]
_FETCH_ROWS = 600
_RECENT_ENTRIES = 2_000  # entries


def compute_hash(previous: Any, *entry: Any) -> str:
    """SHA-256, in hex, over the seal of the entry before and seq, at, actor, action, detail, moves.

    Written as one JSON list, so that no two entries have the same text. The cells may be
    anything that a tampering hand put there: it only must not come out the same.
    """
    cells = [int(cell) if isinstance(cell, bool) else cell for cell in (previous, *entry)]
    return sha256(json.dumps(cells, default=repr).encode()).hexdigest()


def append_entry(
    backend: Backend,
    connection: sa.Connection,
    at_us: int,
    actor: str,
    action: str,
    detail: dict[str, Any],
    *,
    changes_data: bool,
) -> None:
    """The next entry. Only under the write lock: two writers would fork the chain."""
    last, previous = read_head(connection)
    entry = {
        # Never a number that was given before: an end cut off must stay a gap.
        "seq": max(last, backend.last_issued_number(connection, schema.audit)) + 1,
        "at": at_us,
        "actor": clean_text(actor),
        "action": clean_text(action),
        "detail": json.dumps(detail, allow_nan=False),
        "moves": changes_data,
    }
    chained = entry | {"chain": compute_hash(previous, *entry.values())}
    backend.append(connection, schema.audit, chained)
    if changes_data:
        backend.notify_changed(connection)


def read_head(connection: sa.Connection) -> tuple[int, Any]:
    """Number and seal of the last entry; 0 and BEGINNING before the first."""
    last = sa.select(_ENTRY.seq, _ENTRY.chain).order_by(_ENTRY.seq.desc()).limit(1)
    found = connection.execute(last).first()
    return (found.seq, found.chain) if found else (0, GENESIS_HASH)


def read_version(connection: sa.Connection) -> int:
    """The highest number that moved the data."""
    moved = sa.select(_ENTRY.seq).where(_ENTRY.moves == sa.true())
    found = connection.execute(moved.order_by(_ENTRY.seq.desc()).limit(1)).scalar()
    return int(found or 0)


def read_data_head(connection: sa.Connection) -> tuple[int, str]:
    """Number and seal of the newest entry that moved the data; 0 and BEGINNING before the first."""
    moved = sa.select(_ENTRY.seq, _ENTRY.chain).where(_ENTRY.moves == sa.true())
    found = connection.execute(moved.order_by(_ENTRY.seq.desc()).limit(1)).first()
    return (int(found.seq), str(found.chain)) if found else (0, GENESIS_HASH)


def read_hash(connection: sa.Connection, number: int) -> str | None:
    """The seal of the entry with this number; BEGINNING of 0, None where there is none."""
    if number == 0:
        return GENESIS_HASH
    found = connection.execute(sa.select(_ENTRY.chain).where(_ENTRY.seq == number)).first()
    return None if found is None else str(found.chain)


def was_logged_recently(
    connection: sa.Connection, action: str, actor: str, detail: dict[str, Any], *, since_us: int
) -> bool:
    """Whether one of the newest entries says the very same of the same person."""
    last, _ = read_head(connection)
    same = (_ENTRY.action == action, _ENTRY.actor == actor, _ENTRY.detail == json.dumps(detail))
    told = sa.select(_ENTRY.seq).where(
        _ENTRY.seq > last - _RECENT_ENTRIES, _ENTRY.at > since_us, *same
    )
    return connection.execute(told.limit(1)).first() is not None


def verify(backend: Backend, connection: sa.Connection, expected_hash: str | None) -> list[str]:
    """See protocol.Store."""
    given = backend.last_issued_number(connection, schema.audit)
    return find_breaks(iter_entries(connection, *COLUMNS), expected_hash, given)


def find_breaks(
    entries: Iterable[tuple[Any, ...]], expected_hash: str | None, last_issued: int | None
) -> list[str]:
    """What is broken in these entries, each as COLUMNS; given: the highest number ever given.

    Each entry is held against the seal that stands on the one before it, so one deed gives
    one sentence and not one for every entry that follows.
    """
    found_breaks: list[str] = []
    last, previous, found = 0, GENESIS_HASH, expected_hash in (None, GENESIS_HASH)
    for seq, *said, chain in entries:
        if seq <= last:
            found_breaks.append(f"Catatan {seq} disisipkan: nomor itu tidak pernah diberikan.")
            continue
        if seq > last + 1:
            lost = _format_range(last + 1, seq - 1)
            found_breaks.append(f"{lost} hilang; sambungan catatan {seq} tidak dapat diperiksa.")
        elif chain != compute_hash(previous, seq, *said):
            before = f"catatan {last}" if last else "awal"
            found_breaks.append(f"Catatan {seq} diubah, atau tidak menyambung pada {before}.")
        found = found or chain == expected_hash
        last, previous = seq, chain
    if last_issued is not None and last_issued > last:
        found_breaks.append(f"{_format_range(last + 1, last_issued)} hilang dari ujung jejak.")
    if last_issued is not None and last_issued < last:
        found_breaks.append(
            f"Penghitung nomor diubah: {last_issued}, padahal catatan terakhir {last}."
        )
    if not found:
        found_breaks.append(
            f"Ujung {expected_hash} tidak ada lagi pada jejak: catatan sampai ujung itu ditulis ulang"
            f" atau dibuang. Catatan terakhir sekarang {last}."
        )
    return found_breaks


def _format_range(first: int, last: int) -> str:
    return f"Catatan {first}" if first == last else f"Catatan {first} sampai {last}"


def iter_entries(
    connection: sa.Connection, *names: str, after: int = 0
) -> Iterator[tuple[Any, ...]]:
    """The entries in order, as the driver gives them: a converted cell could hide a change."""
    asked = sa.select(*(_ENTRY[name] for name in names)).order_by(_ENTRY.seq)
    if after:
        asked = asked.where(_ENTRY.seq > after)
    result = connection.execute(asked)
    cursor = result.cursor
    assert cursor is not None, "a SELECT always has a cursor"
    while rows := cursor.fetchmany(_FETCH_ROWS):
        yield from rows
    result.close()
