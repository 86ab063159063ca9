"""The roll-up of officers as SQL: police posted to TPS and present. See analysis.coverage."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import PERSONNEL, POSTINGS, ROSTER
from situasi.store import visible_at
from situasi.store.rollups.conditions import (
    SqlExpression,
    bind_time,
    count_where,
    not_withdrawn,
    recency_rank,
    reported_time,
)

_POLICE = ("polri", "bko_polda", "brimob")
_AT_POST_CHECKINS = ("tiba_di_tps", "laporan_berkala")


@cache
def select_officer_counts(*, is_live: bool) -> sa.Select[Any]:
    """One row: known (postings to a TPS whose place is known), posted, present, lapses, begins.

    lapses: until when the first word of those present is still fresh; begins: when the next row
    comes into force. NULL: never.
    """
    spoke = visible_at.select_feed_rows(PERSONNEL.name).c.instansi.is_not(None)
    order, word = _select_posted(is_live), _select_last_cell(PERSONNEL.name, is_live, "checkin")
    roster = _select_last_cell(ROSTER.name, is_live, "instansi")
    stated = _select_last_cell(PERSONNEL.name, is_live, "instansi", spoke)
    group = sa.func.coalesce(roster.c.instansi, stated.c.instansi)
    police = sa.or_(group.is_(None), group.in_(_POLICE))
    there = sa.and_(
        word.c.checkin.in_(_AT_POST_CHECKINS),
        word.c.occurred_at >= bind_time("at") - bind_time("every"),
    )
    lapses = sa.func.min(sa.case((sa.and_(police, there), word.c.occurred_at + bind_time("every"))))
    joined = (
        order.outerjoin(roster, roster.c.petugas == order.c.petugas)
        .outerjoin(stated, stated.c.petugas == order.c.petugas)
        .outerjoin(word, word.c.petugas == order.c.petugas)
    )
    return sa.select(
        sa.func.coalesce(sa.func.sum(order.c.placed), 0).label("known"),
        count_where(police).label("posted"),
        count_where(sa.and_(police, there)).label("present"),
        lapses.label("lapses"),
        _next_start(is_live).label("begins"),
    ).select_from(joined)


def _select_posted(is_live: bool) -> sa.Subquery:
    """One row for each officer whose newest order names TPS; placed: how many lines name where."""
    row = visible_at.select_feed_rows(POSTINGS.name).c
    begun = sa.and_(*not_withdrawn(POSTINGS.name, is_live), row.occurred_at <= bind_time("at"))
    order = sa.select(
        row.petugas, row.id, row.kecamatan, row.penugasan, row.tps, row.occurred_at,
        reported_time(POSTINGS.name).label("told"),
        sa.func.max(row.occurred_at).over(partition_by=[row.petugas]).label("newest"),
    ).where(begun).subquery()  # fmt: skip
    last = sa.func.max(order.c.told).over(partition_by=[order.c.petugas, order.c.id])
    line = sa.select(order, last.label("last")).where(order.c.occurred_at == order.c.newest)
    held = line.subquery()
    to_tps = sa.or_(
        held.c.penugasan == "tps", sa.and_(held.c.penugasan.is_(None), held.c.tps.is_not(None))
    )
    placed = held.c.kecamatan.is_not(None)  # a row that names a desa names its kecamatan
    return (
        sa.select(held.c.petugas, count_where(placed).label("placed"))
        .where(held.c.told == held.c.last, to_tps)
        .group_by(held.c.petugas)
        .subquery()
    )


def _select_last_cell(
    feed: str, is_live: bool, name: str, *conditions: SqlExpression
) -> sa.Subquery:
    """One cell of the last row of each officer, and when it happened: analysis.presence.ordered."""
    row = visible_at.select_feed_rows(feed).c
    turn = recency_rank([row.petugas], row.occurred_at, reported_time(feed), row.seq)
    begun = [*not_withdrawn(feed, is_live), row.occurred_at <= bind_time("at"), *conditions]
    every = sa.select(row.petugas, row[name], row.occurred_at, turn.label("turn")).where(*begun)
    found = every.subquery()
    return sa.select(found.c.petugas, found.c[name], found.c.occurred_at).where(
        found.c.turn == 1
    ).subquery()  # fmt: skip


def _next_start(is_live: bool) -> SqlExpression:
    """When the next row begins to hold that is known and still lies ahead."""
    ahead = [
        sa.select(visible_at.select_feed_rows(feed).c.occurred_at.label("then")).where(
            *not_withdrawn(feed, is_live),
            visible_at.select_feed_rows(feed).c.occurred_at > bind_time("at"),
        )
        for feed in (POSTINGS.name, PERSONNEL.name, ROSTER.name)
    ]
    every = sa.union_all(*ahead).subquery()
    return sa.select(sa.func.min(every.c.then)).scalar_subquery()
