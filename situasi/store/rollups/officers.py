"""The roll-up of officers as SQL: police posted to TPS and present. See analysis.coverage."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import PERSONNEL, POSTINGS, ROSTER
from situasi.store import visible_at
from situasi.store.rollups.conditions import Said, count, moment, newest, standing, told

_POLICE = ("polri", "bko_polda", "brimob")
_FROM_THE_POST = ("tiba_di_tps", "laporan_berkala")


@cache
def officers(*, live: bool) -> sa.Select[Any]:
    """One row: known (postings to a TPS whose place is known), posted, present, lapses, begins.

    lapses: until when the first word of those present is still fresh; begins: when the next row
    comes into force. NULL: never.
    """
    spoke = visible_at.rows(PERSONNEL.name).c.instansi.is_not(None)
    order, word = _posted(live), _last(PERSONNEL.name, live, "checkin")
    roster = _last(ROSTER.name, live, "instansi")
    stated = _last(PERSONNEL.name, live, "instansi", spoke)
    group = sa.func.coalesce(roster.c.instansi, stated.c.instansi)
    police = sa.or_(group.is_(None), group.in_(_POLICE))
    there = sa.and_(
        word.c.checkin.in_(_FROM_THE_POST), word.c.occurred_at >= moment("at") - moment("every")
    )
    lapses = sa.func.min(sa.case((sa.and_(police, there), word.c.occurred_at + moment("every"))))
    joined = (
        order.outerjoin(roster, roster.c.petugas == order.c.petugas)
        .outerjoin(stated, stated.c.petugas == order.c.petugas)
        .outerjoin(word, word.c.petugas == order.c.petugas)
    )
    return sa.select(
        sa.func.coalesce(sa.func.sum(order.c.placed), 0).label("known"),
        count(police).label("posted"),
        count(sa.and_(police, there)).label("present"),
        lapses.label("lapses"),
        _begins(live).label("begins"),
    ).select_from(joined)


def _posted(live: bool) -> sa.Subquery:
    """One row for each officer whose newest order names TPS; placed: how many lines name where."""
    row = visible_at.rows(POSTINGS.name).c
    begun = sa.and_(*standing(POSTINGS.name, live), row.occurred_at <= moment("at"))
    order = sa.select(
        row.petugas, row.id, row.kecamatan, row.penugasan, row.tps, row.occurred_at,
        told(POSTINGS.name).label("told"),
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
        sa.select(held.c.petugas, count(placed).label("placed"))
        .where(held.c.told == held.c.last, to_tps)
        .group_by(held.c.petugas)
        .subquery()
    )


def _last(feed: str, live: bool, name: str, *which: Said) -> sa.Subquery:
    """One cell of the last row of each officer, and when it happened: analysis.presence.ordered."""
    row = visible_at.rows(feed).c
    turn = newest([row.petugas], row.occurred_at, told(feed), row.seq)
    begun = [*standing(feed, live), row.occurred_at <= moment("at"), *which]
    every = sa.select(row.petugas, row[name], row.occurred_at, turn.label("turn")).where(*begun)
    found = every.subquery()
    return sa.select(found.c.petugas, found.c[name], found.c.occurred_at).where(
        found.c.turn == 1
    ).subquery()  # fmt: skip


def _begins(live: bool) -> Said:
    """When the next row begins to hold that is known and still lies ahead."""
    ahead = [
        sa.select(visible_at.rows(feed).c.occurred_at.label("then")).where(
            *standing(feed, live), visible_at.rows(feed).c.occurred_at > moment("at")
        )
        for feed in (POSTINGS.name, PERSONNEL.name, ROSTER.name)
    ]
    every = sa.union_all(*ahead).subquery()
    return sa.select(sa.func.min(every.c.then)).scalar_subquery()
