"""Queries on the quarantine and the notes."""

import json
from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd
import sqlalchemy as sa

from situasi.store import frame_reader, schema, visible_at
from situasi.store.engines.engine import iter_chunks
from situasi.store.model import QuarantinedRow, StoreError
from situasi.store.timestamps import from_micros

_FRAME_DTYPES = {
    "number": "int64",
    "batch": "int64",
    "feed": "object",
    "source": "object",
    "row": "int64",
    "reasons": "object",
    "recorded_at": frame_reader.TIME_DTYPE,
}
_RELEASE_DTYPES = {"seq": "int64", "number": "int64", "batch": "int64", "feed": "object"}
_MAX_NUMBER = 2**63  # the limit of integers in the engines


def select_quarantine() -> sa.Select[Any]:
    """Select all rows of the quarantine table, with `released_by` and `seen_at`.

    A release counts until its batch is withdrawn: then its rows are no longer shown, and the
    original must wait in quarantine again.
    """
    release, batch = schema.releases.c, schema.batches.c
    released_by = (
        sa.select(sa.func.min(release.batch))
        .where(release.number == schema.quarantine.c.seq, _is_release_valid())
        .scalar_subquery()
    )
    # The batch being written has no row of its own yet.
    joined = schema.quarantine.outerjoin(schema.batches, batch.batch == schema.quarantine.c.batch)
    seen_at = sa.func.coalesce(batch.committed_at, schema.quarantine.c.recorded_at)
    extra = (released_by.label("released_by"), seen_at.label("seen_at"))
    columns: list[Any] = [*schema.quarantine.c, *extra]
    return sa.select(*columns).select_from(joined)


def _is_release_valid(at_us: int | None = None) -> sa.ColumnElement[bool]:
    """Return the condition that a release counts (or counted at a moment): its batch is valid."""
    return schema.releases.c.batch.not_in(visible_at.select_withdrawn_batches(at_us))


def _select_released_numbers(at_us: int | None = None) -> sa.Select[Any]:
    """Select the numbers that no longer wait (or no longer did at a moment), each once."""
    release, batch = schema.releases.c, schema.batches.c
    released = sa.select(release.number).where(_is_release_valid(at_us)).distinct()
    if at_us is None:
        return released
    by_then = sa.select(batch.batch).where(batch.committed_at <= at_us)
    return released.where(release.batch.in_(by_then))


def count_waiting(connection: sa.Connection) -> dict[str, int]:
    """Count the waiting rows by feed, as all minus the released ones: cheaper than reading rows."""
    row = schema.quarantine.c
    total_query = sa.select(row.feed, sa.func.count()).group_by(row.feed)
    released_query = total_query.where(row.seq.in_(_select_released_numbers()))
    released_by_feed = {feed: int(count) for feed, count in connection.execute(released_query)}
    waiting = {
        feed: count - released_by_feed.get(feed, 0)
        for feed, count in connection.execute(total_query)
    }
    return {feed: count for feed, count in sorted(waiting.items()) if count}


def read_quarantine_frame(connection: sa.Connection, at_us: int | None) -> pd.DataFrame:
    """Return the rows that wait, or waited at a moment (see Store.quarantine_frame)."""
    row, batch = schema.quarantine.c, schema.batches.c
    columns: list[Any] = [row[name] for name in list(_FRAME_DTYPES)[1:-1]]
    joined = schema.quarantine.join(schema.batches, batch.batch == row.batch)
    waiting = sa.select(row.seq.label("number"), *columns, batch.committed_at).select_from(joined)
    waiting = waiting.where(row.seq.not_in(_select_released_numbers(at_us))).order_by(row.seq)
    if at_us is not None:
        waiting = waiting.where(batch.committed_at <= at_us)
    return frame_reader.read_frame(connection, waiting, _FRAME_DTYPES)


def read_releases(connection: sa.Connection, after: int) -> pd.DataFrame:
    """Return releases above a number (see Store.quarantine_releases)."""
    release, row = schema.releases.c, schema.quarantine.c
    columns = (release.seq, release.number, release.batch, row.feed)
    query = sa.select(*columns).where(release.seq > after, row.seq == release.number)
    return frame_reader.read_frame(connection, query.order_by(release.seq), _RELEASE_DTYPES)


def is_waiting(connection: sa.Connection, number: int) -> bool:
    """Return whether a quarantined row still waits. Raises StoreError when there is none."""
    row = connection.execute(select_quarantine().where(schema.quarantine.c.seq == number)).first()
    if row is None:
        raise StoreError(f"Karantina nomor {number} tidak ada. Periksa nomornya.")
    return row.released_by is None


def read_waiting_numbers(connection: sa.Connection, batches: Collection[int]) -> list[int]:
    """Return the numbers of the rows that these deliveries put into quarantine and that wait."""
    row = schema.quarantine.c
    query = sa.select(row.seq).where(row.seq.not_in(_select_released_numbers())).order_by(row.seq)
    return [
        int(number)
        for chunk in iter_chunks(sorted(batches))
        for number in connection.execute(query.where(row.batch.in_(chunk))).scalars()
    ]


def count_corrected(connection: sa.Connection, batches: Collection[int]) -> dict[int, int]:
    """Count the rows that these deliveries put into quarantine, by the delivery that freed them."""
    release, row, counts = schema.releases.c, schema.quarantine.c, dict[int, int]()
    query = sa.select(release.batch, sa.func.count(release.number.distinct()))
    query = query.where(release.number == row.seq, _is_release_valid()).group_by(release.batch)
    for chunk in iter_chunks(sorted(batches)):
        for batch, count in connection.execute(query.where(row.batch.in_(chunk))):
            counts[int(batch)] = counts.get(int(batch), 0) + int(count)
    return counts


def find_corrected(connection: sa.Connection, numbers: Collection[int]) -> set[int]:
    """Return those of these rows whose correction came; a dropped row is none of them.

    A batch without any row of its own dropped the rows that it released.
    """
    release, batch, corrected = schema.releases.c, schema.batches.c, set[int]()
    has_rows = sa.select(batch.batch).where(
        batch.accepted + batch.duplicate + batch.quarantined > 0
    )
    for chunk in iter_chunks(sorted(numbers)):
        query = _select_released_numbers().where(release.number.in_(chunk))
        query = query.where(release.batch.in_(has_rows))
        corrected |= {int(number) for number in connection.execute(query).scalars()}
    return corrected


def read_quarantine(
    connection: sa.Connection,
    feed: str | None,
    *,
    released: bool,
    numbers: Collection[int] | None = None,
) -> list[QuarantinedRow]:
    """Return quarantined rows, oldest first; only waiting ones unless `released`.

    numbers: only these, if given.
    """
    statement = select_quarantine().order_by(schema.quarantine.c.seq)
    if feed is not None:
        statement = statement.where(schema.quarantine.c.feed == feed)
    if not released:
        statement = statement.where(schema.quarantine.c.seq.not_in(_select_released_numbers()))
    return [
        _build_row(row)
        for query in _split_by_numbers(statement, numbers)
        for row in connection.execute(query)
    ]


def _split_by_numbers(
    statement: sa.Select[Any], numbers: Collection[int] | None
) -> Iterator[sa.Select[Any]]:
    """Yield the statement for these numbers, in chunks for every engine; unchanged for None."""
    if numbers is None:
        yield statement
        return
    valid_numbers = sorted(number for number in set(numbers) if 0 < number < _MAX_NUMBER)
    for chunk in iter_chunks(valid_numbers):
        yield statement.where(schema.quarantine.c.seq.in_(chunk))


def _build_row(row: sa.Row[Any]) -> QuarantinedRow:
    return QuarantinedRow(
        number=row.seq,
        batch=row.batch,
        feed=row.feed,
        source=row.source,
        row=row.row,
        raw=json.loads(row.raw),
        reasons=tuple(json.loads(row.reasons)),
        recorded_at=from_micros(row.seen_at),
        released_by=row.released_by,
    )


def read_note(connection: sa.Connection, key: str) -> Any:
    """Return the newest value of this key; None where there is none."""
    note = schema.notes.c
    query = sa.select(note.value).where(note.key == key).order_by(note.seq.desc()).limit(1)
    value = connection.execute(query).scalar()
    return None if value is None else json.loads(value)


def read_notes(connection: sa.Connection) -> dict[str, Any]:
    """Return the newest value of each key, keys in alphabetical order."""
    note = schema.notes.c
    newest = sa.select(sa.func.max(note.seq)).group_by(note.key)
    query = sa.select(note.key, note.value).where(note.seq.in_(newest)).order_by(note.key)
    rows = connection.execute(query)
    return {key: json.loads(value) for key, value in rows}
