"""The store's own book: what lies in quarantine, what was noted."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd
import sqlalchemy as sa

from situasi.store import frame_reader, schema, visible_at
from situasi.store.interface import QuarantinedRow, StoreError
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
_MAX_BOUND_VALUES = 500
_MAX_NUMBER = 2**63  # what an engine takes for a number at all


def select_quarantine() -> sa.Select[Any]:
    """Every row of the quarantine table, with `released_by` and `seen_at`.

    A release counts until the batch that made it is taken back: then its rows are
    gone from the board, and the original must wait in quarantine again.
    """
    release, when = schema.releases.c, visible_at.select_batch_times().c
    released_by = (
        sa.select(sa.func.min(release.batch))
        .where(release.number == schema.quarantine.c.seq, _is_release_valid())
        .scalar_subquery()
    )
    # The batch that is being written has no row of its own yet.
    joined = schema.quarantine.outerjoin(
        visible_at.select_batch_times(), when.batch == schema.quarantine.c.batch
    )
    seen_at = sa.func.coalesce(when.at, schema.quarantine.c.recorded_at)
    more = (released_by.label("released_by"), seen_at.label("seen_at"))
    columns: list[Any] = [*schema.quarantine.c, *more]
    return sa.select(*columns).select_from(joined)


def _is_release_valid(at_us: int | None = None) -> sa.ColumnElement[bool]:
    """Whether a release counts (or counted at a moment): its batch was not taken back."""
    return schema.releases.c.batch.not_in(visible_at.select_withdrawn_batches(at_us))


def _select_released_numbers(at_us: int | None = None) -> sa.Select[Any]:
    """The numbers that no longer wait (or waited at a moment), each once."""
    release, when = schema.releases.c, visible_at.select_batch_times().c
    counted = sa.select(release.number).where(_is_release_valid(at_us)).distinct()
    if at_us is None:
        return counted
    by_then = sa.select(when.batch).where(when.at <= at_us)
    return counted.where(release.batch.in_(by_then))


def count_waiting(connection: sa.Connection) -> dict[str, int]:
    """By feed: all rows less the released ones, for the rows themselves are many and wide."""
    row = schema.quarantine.c
    every = sa.select(row.feed, sa.func.count()).group_by(row.feed)
    gone = every.where(row.seq.in_(_select_released_numbers()))
    less = {feed: int(count) for feed, count in connection.execute(gone)}
    found = {feed: count - less.get(feed, 0) for feed, count in connection.execute(every)}
    return {feed: count for feed, count in sorted(found.items()) if count}


def read_quarantine_frame(connection: sa.Connection, at_us: int | None) -> pd.DataFrame:
    """See protocol.Store.held."""
    row = schema.quarantine.c
    when = visible_at.select_batch_times().c
    columns: list[Any] = [
        row.seq.label("number"),
        *(row[name] for name in list(_FRAME_DTYPES)[1:-1]),
        when.at,
    ]
    joined = schema.quarantine.join(visible_at.select_batch_times(), when.batch == row.batch)
    waiting = (
        sa.select(*columns)
        .select_from(joined)
        .where(row.seq.not_in(_select_released_numbers(at_us)))
    )
    waiting = waiting.order_by(row.seq)
    if at_us is not None:
        waiting = waiting.where(when.at <= at_us)
    return frame_reader.read_frame(connection, waiting, _FRAME_DTYPES)


def read_releases(connection: sa.Connection, after: int) -> pd.DataFrame:
    """See protocol.Store.released."""
    release, row = schema.releases.c, schema.quarantine.c
    columns = (release.seq, release.number, release.batch, row.feed)
    asked = sa.select(*columns).where(release.seq > after, row.seq == release.number)
    return frame_reader.read_frame(connection, asked.order_by(release.seq), _RELEASE_DTYPES)


def is_waiting(connection: sa.Connection, number: int) -> bool:
    """Whether a quarantined row is not taken in yet; StoreError when there is none."""
    found = connection.execute(select_quarantine().where(schema.quarantine.c.seq == number)).first()
    if found is None:
        raise StoreError(f"Karantina nomor {number} tidak ada. Periksa nomornya.")
    return found.released_by is None


def find_released(connection: sa.Connection, numbers: Collection[int]) -> set[int]:
    """Which of these rows no longer wait."""
    release, found = schema.releases.c, set[int]()
    asked = sorted(numbers)
    for start in range(0, len(asked), _MAX_BOUND_VALUES):
        piece = release.number.in_(asked[start : start + _MAX_BOUND_VALUES])
        found |= {
            int(one)
            for one in connection.execute(_select_released_numbers().where(piece)).scalars()
        }
    return found


def read_quarantine(
    connection: sa.Connection,
    feed: str | None,
    *,
    released: bool,
    numbers: Collection[int] | None = None,
) -> list[QuarantinedRow]:
    """Oldest first; only those that wait unless `released`, and of these numbers if given."""
    statement = select_quarantine().order_by(schema.quarantine.c.seq)
    if feed is not None:
        statement = statement.where(schema.quarantine.c.feed == feed)
    if not released:
        statement = statement.where(schema.quarantine.c.seq.not_in(_select_released_numbers()))
    return [
        _build_row(row)
        for asked in _split_by_numbers(statement, numbers)
        for row in connection.execute(asked)
    ]


def _split_by_numbers(
    statement: sa.Select[Any], numbers: Collection[int] | None
) -> Iterator[sa.Select[Any]]:
    """The statement for these numbers, in pieces that every engine takes; whole for None."""
    if numbers is None:
        yield statement
        return
    asked = sorted(number for number in set(numbers) if 0 < number < _MAX_NUMBER)
    for start in range(0, len(asked), _MAX_BOUND_VALUES):
        piece = asked[start : start + _MAX_BOUND_VALUES]
        yield statement.where(schema.quarantine.c.seq.in_(piece))


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
    """See protocol.Store.noted."""
    note = schema.notes.c
    asked = sa.select(note.value).where(note.key == key).order_by(note.seq.desc()).limit(1)
    found = connection.execute(asked).scalar()
    return None if found is None else json.loads(found)


def read_notes(connection: sa.Connection) -> dict[str, Any]:
    """The newest value of each key, keys in the order of the alphabet."""
    newest = sa.select(sa.func.max(schema.notes.c.seq)).group_by(schema.notes.c.key)
    found = connection.execute(
        sa.select(schema.notes.c.key, schema.notes.c.value)
        .where(schema.notes.c.seq.in_(newest))
        .order_by(schema.notes.c.key)
    )
    return {key: json.loads(value) for key, value in found}
