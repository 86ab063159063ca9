"""The store's own book: who did what, what lies in quarantine, what was noted."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from situasi.store import tables
from situasi.store.canonical import cleaned
from situasi.store.moments import from_micros
from situasi.store.protocol import Quarantined, StoreError


def write_audit(
    connection: sa.Connection, at: int, actor: str, action: str, detail: dict[str, Any]
) -> None:
    """The one audit row of this transaction; its `seq` is the new version."""
    connection.execute(
        sa.insert(tables.audit),
        {"at": at, "actor": cleaned(actor), "action": action, "detail": json.dumps(detail)},
    )


def quarantined() -> sa.Select[Any]:
    """Every row of the quarantine table, with `released_by`.

    A release counts until the batch that made it is taken back: then its rows are
    gone from the board, and the original must wait in quarantine again.
    """
    release, taken = tables.releases.c, tables.withdrawals.c
    released_by = (
        sa.select(sa.func.min(release.batch))
        .where(release.number == tables.quarantine.c.seq)
        .where(~sa.exists().where(taken.batch == release.batch))
        .scalar_subquery()
    )
    return sa.select(tables.quarantine, released_by.label("released_by"))


def waits(connection: sa.Connection, number: int) -> bool:
    """Whether a quarantined row is not taken in yet; StoreError when there is none."""
    found = connection.execute(quarantined().where(tables.quarantine.c.seq == number)).first()
    if found is None:
        raise StoreError(f"Karantina nomor {number} tidak ada. Periksa nomornya.")
    return found.released_by is None


def read_quarantine(
    connection: sa.Connection, feed: str | None, *, released: bool
) -> list[Quarantined]:
    """Oldest first; only those that wait unless `released`."""
    statement = quarantined().order_by(tables.quarantine.c.seq)
    if feed is not None:
        statement = statement.where(tables.quarantine.c.feed == feed)
    rows = [_quarantined(row) for row in connection.execute(statement)]
    return [row for row in rows if released or row.released_by is None]


def _quarantined(row: sa.Row[Any]) -> Quarantined:
    return Quarantined(
        number=row.seq,
        batch=row.batch,
        feed=row.feed,
        source=row.source,
        row=row.row,
        raw=json.loads(row.raw),
        reasons=tuple(json.loads(row.reasons)),
        recorded_at=from_micros(row.recorded_at),
        released_by=row.released_by,
    )


def newest_notes(connection: sa.Connection) -> dict[str, Any]:
    """The newest value of each key, keys in the order of the alphabet."""
    newest = sa.select(sa.func.max(tables.notes.c.seq)).group_by(tables.notes.c.key)
    found = connection.execute(
        sa.select(tables.notes.c.key, tables.notes.c.value)
        .where(tables.notes.c.seq.in_(newest))
        .order_by(tables.notes.c.key)
    )
    return {key: json.loads(value) for key, value in found}
