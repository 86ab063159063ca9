"""One source: read, check, save; and the ledger of what became of every row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from situasi import feeds
from situasi.feeds.context import Context
from situasi.feeds.reading.sources import read
from situasi.feeds.table import Checked, Rejected, SourceRefused, Table
from situasi.feeds.when import by_the_end
from situasi.store.protocol import Delivery, Rejection, Store, Writing

Progress = Callable[[float, int], None]

# The heading that a returned quarantine file carries, so that a corrected row is known again.
RETURNED = "no_karantina"


@dataclass
class Ledger:
    """What became of one source. read == accepted + duplicate + quarantined, always.

    refused: the one sentence why the source could not be read at all, else None.
    """

    path: str
    feed: str | None = None
    sha256: str | None = None
    read: int = 0
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reasons: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: str | None = None

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


def ingest_file(
    path: Path,
    store: Store,
    context: Context,
    *,
    now: datetime,
    actor: str,
    feed: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Ledger:
    """Bring one file through the door. All of it is stored, or nothing.

    feed: which feed it is; None lets the headings tell. A file that cannot be read
    leaves the store as it was and says why in `refused`. Raises StoreError.
    """
    ledger = Ledger(str(path), feed=feed)
    try:
        ledger.sha256 = _sha256(path)
        tables = read(path, context.recognised)
        first = next(tables, None)
        if first is None:
            return ledger
        ledger.feed = feed or _told(first, context)
        delivery = Delivery(ledger.feed, path.name, ledger.sha256, now, actor)
        with store.deliver(delivery) as writing:
            _save(first, writing, ledger, context, now, progress)
            for table in tables:
                _save(table, writing, ledger, context, now, progress)
            if dry_run:
                writing.discard()
    except SourceRefused as error:
        return Ledger(str(path), feed=ledger.feed, sha256=ledger.sha256, refused=str(error))
    return ledger


def ingest_rows(
    rows: Sequence[dict[str, Any]],
    source: str,
    store: Store,
    context: Context,
    *,
    feed: str,
    now: datetime,
    actor: str,
) -> Ledger:
    """Bring rows that are already apart (a replay, a form) through the same door."""
    cells = pd.DataFrame(rows, dtype="object")
    cells = cells.where(cells.notna() & (cells != ""), None)
    table = Table(cells, list(range(1, len(rows) + 1)))
    ledger = Ledger(source, feed=feed, sha256=hashlib.sha256(repr(rows).encode()).hexdigest())
    with store.deliver(Delivery(feed, source, ledger.sha256 or "", now, actor)) as writing:
        _save(table, writing, ledger, context, now, None)
    return ledger


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceRefused(f"berkas tidak dapat dibuka: {error.strerror or error}") from error


def _told(table: Table, context: Context) -> str:
    """The feed that the headings tell."""
    headings = list(table.cells.columns)
    feed = context.vocabulary.feed_of(headings)
    if feed is None:
        votes = any(context.holds_votes(heading) for heading in headings)
        why = "; polisi tidak mencatat perolehan suara" if votes else ""
        raise SourceRefused(
            "judul kolom tidak menunjukkan jenis laporan (butuh sedikitnya waktu, tempat dan jenis)"
            + why
        )
    return feed


def _save(
    table: Table,
    writing: Writing,
    ledger: Ledger,
    context: Context,
    now: datetime,
    progress: Progress | None,
) -> None:
    assert ledger.feed is not None, "the feed is told before the first row is saved"
    checked = feeds.check(table, ledger.feed, context, now)
    history = context.election.thresholds.history_after
    accepted = checked.accepted.assign(known_at=known_at(checked.accepted, now, history))
    added = writing.add(accepted, [_rejection(r) for r in checked.rejected])
    writing.release(_returned(table, checked))
    ledger.read += checked.read
    ledger.accepted += added.accepted
    ledger.duplicate += added.duplicate
    ledger.quarantined += added.quarantined
    ledger.reasons += [{"row": r.row, "reasons": list(r.reasons)} for r in checked.rejected]
    ledger.notes += [n for n in (*table.notes, *checked.notes) if n not in ledger.notes]
    if progress:
        progress(table.progress, ledger.read)


def known_at(accepted: pd.DataFrame, now: datetime, history_after: Any) -> pd.Series:
    """When the command post knew each row.

    Of the day itself: when this board stored it. Of an exercise, and of history (stored
    more than `history_after` after its own time): when it was reported as the source says,
    or else when it happened.
    """
    stored = pd.Series(pd.Timestamp(now), accepted.index).astype("datetime64[us, UTC]")
    happened = accepted["occurred_at"]
    for precision in ("hari", "bulan"):
        latest = happened + (by_the_end(now, precision) - now)
        happened = happened.where(accepted["precision"] != precision, latest)
    own = accepted["reported_at"].fillna(happened)
    history = accepted["occurred_at"] < stored - history_after
    return own.where(accepted["latihan"] | (history & (own <= stored)), stored)


def _rejection(rejected: Rejected) -> Rejection:
    return Rejection(rejected.row, rejected.raw, rejected.reasons)


def _returned(table: Table, checked: Checked) -> list[int]:
    """The quarantine numbers whose corrected rows were accepted just now."""
    if RETURNED not in table.cells.columns:
        return []
    accepted = np.isin(table.rows, checked.accepted["row"].to_numpy())
    numbers = table.cells.loc[accepted, RETURNED].dropna()
    return [int(float(n)) for n in numbers if str(n).replace(".", "", 1).isdigit()]
