"""The roll-up of officers in SQL: police posted to TPS, and present.

It must give the results of analysis.personnel.coverage.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.analysis.personnel.officers import POLICE_GROUPS, classify_agency
from situasi.analysis.personnel.presence import AT_POST_CHECKINS
from situasi.domain import officer_marks
from situasi.domain.feed_schemas import INSTANSI, PERSONNEL, POSTINGS, ROSTER
from situasi.higher_command.rollups.conditions import (
    SqlExpression,
    bind_time,
    count_where,
    not_withdrawn,
    recency_rank,
    reported_time,
)
from situasi.store import visible_at

_POLICE = [agency for agency in INSTANSI if classify_agency(agency) in POLICE_GROUPS]


@cache
def select_officer_counts(*, is_live: bool) -> sa.Select[Any]:
    """Select one row: known (postings with a known place), posted, present, silent, returned,
    lapses, begins.

    silent: who came and has said nothing for too long. lapses: until when the oldest check-in of
    those present is valid; begins: when the next known row takes effect. NULL: never.
    """
    names_group = visible_at.select_feed_rows(PERSONNEL.name).c.instansi.is_not(None)
    posted = _select_posted(is_live)
    last_checkin = _select_last_cell(PERSONNEL.name, is_live, "checkin")
    roster = _select_last_cell(ROSTER.name, is_live, "instansi")
    checkin_group = _select_last_cell(PERSONNEL.name, is_live, "instansi", names_group)
    group = sa.func.coalesce(roster.c.instansi, checkin_group.c.instansi)
    police = sa.or_(group.is_(None), group.in_(_POLICE))
    is_at_post = last_checkin.c.checkin.in_(AT_POST_CHECKINS)
    is_recent = sa.and_(
        last_checkin.c.precision == "menit",  # of a day alone nobody is present
        last_checkin.c.occurred_at >= bind_time("at") - bind_time("every"),
    )
    is_present = sa.and_(is_at_post, is_recent)
    lapses = sa.func.min(
        sa.case((sa.and_(police, is_present), last_checkin.c.occurred_at + bind_time("every")))
    )
    officers = (
        posted.outerjoin(roster, roster.c.petugas == posted.c.petugas)
        .outerjoin(checkin_group, checkin_group.c.petugas == posted.c.petugas)
        .outerjoin(last_checkin, last_checkin.c.petugas == posted.c.petugas)
    )
    return sa.select(
        sa.func.coalesce(sa.func.sum(posted.c.placed), 0).label("known"),
        count_where(police).label("posted"),
        count_where(sa.and_(police, is_present)).label("present"),
        count_where(sa.and_(police, is_at_post, sa.not_(is_recent))).label("silent"),
        count_where(sa.and_(police, last_checkin.c.checkin == "kembali")).label("returned"),
        lapses.label("lapses"),
        _next_start(is_live).label("begins"),
    ).select_from(officers)


def _select_posted(is_live: bool) -> sa.Subquery:
    """Select one row per officer whose newest order names TPS; placed: lines with a known place."""
    row = visible_at.select_feed_rows(POSTINGS.name).c
    effective = sa.and_(*not_withdrawn(POSTINGS.name, is_live), row.occurred_at <= bind_time("at"))
    numbers = _select_numbers(is_live)
    petugas = sa.func.coalesce(numbers.c.number, row.petugas)
    order = sa.select(
        petugas.label("petugas"), row.id, row.kecamatan, row.penugasan, row.tps, row.occurred_at,
        reported_time(POSTINGS.name).label("reported_at"),
        sa.func.max(row.occurred_at).over(partition_by=[petugas]).label("newest"),
    ).select_from(
        visible_at.select_feed_rows(POSTINGS.name).outerjoin(numbers, numbers.c.mark == row.petugas)
    ).where(effective).subquery()  # fmt: skip
    last_report = sa.func.max(order.c.reported_at).over(partition_by=[order.c.petugas, order.c.id])
    lines = sa.select(order, last_report.label("last")).where(order.c.occurred_at == order.c.newest)
    newest = lines.subquery()
    to_tps = sa.or_(
        newest.c.penugasan == "tps",
        sa.and_(newest.c.penugasan.is_(None), newest.c.tps.is_not(None)),
    )
    has_place = newest.c.kecamatan.is_not(None)  # a row with a desa has its kecamatan too
    return (
        sa.select(newest.c.petugas, count_where(has_place).label("placed"))
        .where(newest.c.reported_at == newest.c.last, to_tps)
        .group_by(newest.c.petugas)
        .subquery()
    )


def _select_last_cell(
    feed: str, is_live: bool, name: str, *conditions: SqlExpression
) -> sa.Subquery:
    """Select one cell of the last row of each officer, its time and the precision of that."""
    row = visible_at.select_feed_rows(feed).c
    numbers = _select_numbers(is_live)
    petugas = sa.func.coalesce(numbers.c.number, row.petugas)
    turn = recency_rank([petugas], row.occurred_at, reported_time(feed), row.seq)
    filters = [*not_withdrawn(feed, is_live), row.occurred_at <= bind_time("at"), *conditions]
    time = (row.occurred_at, row.precision)
    cells = (petugas.label("petugas"), row[name], *time, turn.label("turn"))
    joined = visible_at.select_feed_rows(feed).outerjoin(numbers, numbers.c.mark == row.petugas)
    rows = sa.select(*cells).select_from(joined).where(*filters)
    ranked = rows.subquery()
    columns = (ranked.c.petugas, ranked.c[name], ranked.c.occurred_at, ranked.c.precision)
    return sa.select(*columns).where(ranked.c.turn == 1).subquery()


def _select_numbers(is_live: bool) -> sa.Subquery:
    """Select the officer number of each mark, as domain.officer_marks.find_officer_numbers."""
    pairs = []
    for precedence, feed in enumerate(officer_marks.FEEDS_WITH_MARKS):
        row = visible_at.select_feed_rows(feed).c
        is_pair = sa.and_(row.nrp.is_not(None), row.nrp != row.petugas)
        pairs.append(
            sa.select(
                row.nrp.label("mark"),
                row.petugas.label("number"),
                sa.literal(precedence).label("precedence"),
                row.seq.label("seq"),
            ).where(*not_withdrawn(feed, is_live), is_pair)
        )
    pair = sa.union_all(*pairs).subquery()
    turn = recency_rank([pair.c.mark], pair.c.precedence, pair.c.seq)
    ranked = sa.select(pair.c.mark, pair.c.number, turn.label("turn")).subquery()
    return sa.select(ranked.c.mark, ranked.c.number).where(ranked.c.turn == 1).subquery()


def _next_start(is_live: bool) -> SqlExpression:
    """Return when the next known row takes effect."""
    future_rows = []
    for feed in (POSTINGS.name, PERSONNEL.name, ROSTER.name):
        then = visible_at.select_feed_rows(feed).c.occurred_at
        conditions = (*not_withdrawn(feed, is_live), then > bind_time("at"))
        future_rows.append(sa.select(then.label("then")).where(*conditions))
    starts = sa.union_all(*future_rows).subquery()
    return sa.select(sa.func.min(starts.c.then)).scalar_subquery()
