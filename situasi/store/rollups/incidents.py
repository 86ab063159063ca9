"""The roll-up of incidents in SQL: cases, merged cases, and the situasi of each kecamatan.

It must give the results of analysis.incidents.cases, analysis.incidents.merging and
analysis.situation.crowd_state.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import (
    CRITICAL,
    INCIDENTS,
    MERGES,
    SITUASI,
    STATUS,
    STATUS_CLOSED,
    TINGKAT,
)
from situasi.store import visible_at
from situasi.store.rollups.conditions import (
    SqlExpression,
    as_int,
    bind_time,
    count_where,
    not_withdrawn,
    rank,
    recency_rank,
    reported_time,
)

_DAY_US = 86_400_000_000
_ALARM_STATES = SITUASI[1:]


@cache
def select_case_counts(dialect: str, *, is_live: bool) -> sa.Select[Any]:
    """Count cases of the day that really happened: jenis, tingkat (rank), open, grave, n."""
    case = _select_merged_cases(dialect, is_live).subquery()
    is_critical = _is_critical(case.c)
    groups = [case.c.jenis, case.c.tingkat, case.c.open]
    counts = [
        sa.func.count().label("n"),
        count_where(sa.and_(case.c.open == 1, is_critical)).label("grave"),
    ]
    return sa.select(*groups, *counts).where(_is_case_of_day(case.c)).group_by(*groups)


@cache
def select_critical_cases(dialect: str, *, is_live: bool) -> sa.Select[Any]:
    """Select the open cases of the day that are tinggi or merah, newest first, up to `most`."""
    case = _select_merged_cases(dialect, is_live).subquery()
    row = visible_at.select_feed_rows(INCIDENTS.name).c
    cells = [row[name] for name in ("desa", "desa_text", "tps", "uraian", "latihan")]
    return (
        sa.select(*case.c, *cells)
        .join_from(case, visible_at.select_feed_rows(INCIDENTS.name), row.seq == case.c.row)
        .where(_is_case_of_day(case.c), case.c.open == 1, _is_critical(case.c))
        .order_by(case.c.known_at.desc(), case.c.seq.desc())
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


@cache
def select_day_row_count(*, is_live: bool) -> sa.Select[Any]:
    """Count the rows about the day, including nihil."""
    row = visible_at.select_feed_rows(INCIDENTS.name).c
    return sa.select(sa.func.count()).where(
        *not_withdrawn(INCIDENTS.name, is_live), _occurred_on_day(row)
    )


@cache
def select_situasi(*, is_live: bool) -> sa.Select[Any]:
    """Select by kecamatan (NULL: whole kabupaten): alarm (rank of SITUASI), calm (when stated)."""
    case = _select_cases(is_live).subquery().c
    nihil = _equals(case.jenis, "nihil")
    # A late report is as old as what it describes.
    is_late = sa.and_(case.precision == "menit", nihil, case.occurred_at <= case.situasi_at)
    stated_at = sa.case((is_late, case.occurred_at), else_=case.situasi_at)
    is_calm = sa.or_(_equals(case.situasi, SITUASI[0]), nihil)
    is_alarm = sa.and_(_is_open(case), case.situasi.in_(_ALARM_STATES))
    return sa.select(
        case.kecamatan,
        sa.func.max(sa.case((is_alarm, rank(case.situasi, SITUASI)))).label("alarm"),
        sa.func.max(sa.case((is_calm, stated_at))).label("calm"),
    ).group_by(case.kecamatan)


def _occurred_on_day(row: Any) -> sa.ColumnElement[bool]:
    since = bind_time("since")
    return sa.and_(row.occurred_at >= since, row.occurred_at < since + _DAY_US)


def _is_case_of_day(case: Any) -> sa.ColumnElement[bool]:
    return sa.and_(case.happened == 1, _occurred_on_day(case))


def _is_critical(case: Any) -> sa.ColumnElement[bool]:
    return sa.or_(
        _equals(case.tingkat, TINGKAT.index(CRITICAL["tingkat"])),
        _equals(case.situasi, SITUASI.index(CRITICAL["situasi"])),
    )


def _equals(cell: SqlExpression, value: Any) -> sa.ColumnElement[bool]:
    """Return a comparison that is never NULL."""
    return sa.and_(cell.is_not(None), cell == value)


def _is_open(case: Any) -> sa.ColumnElement[bool]:
    # The status nihil is among STATUS_CLOSED.
    return sa.and_(~_equals(case.jenis, "nihil"), _is_open_status(case.status))


def _is_open_status(status: SqlExpression) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(status, "").not_in(STATUS_CLOSED)


def _case_key(row: Any) -> SqlExpression:
    """Return the case key, as analysis.incidents.cases.build_case_keys does."""
    day = sa.cast((row.occurred_at + bind_time("offset")) // _DAY_US, sa.Text)
    rehearsal = sa.case((row.latihan == sa.true(), "latihan"), else_="")
    desa = sa.func.coalesce(row.desa, row.desa_text, "-")
    parts = [sa.func.coalesce(row.jenis, "-"), sa.func.coalesce(row.kecamatan, "-"), desa]
    key: SqlExpression = row.id + "|" + day + "|" + rehearsal
    for part in parts:
        key = key + "|" + part
    return key


def _select_cases(is_live: bool) -> sa.Select[Any]:
    """Select one row per case before merging: its newest state.

    row: the number of the newest row.
    """
    row = visible_at.select_feed_rows(INCIDENTS.name).c
    names = ("occurred_at", "precision", "kecamatan", "jenis", "tingkat", "situasi", "status")
    incident = (
        sa.select(
            _case_key(row).label("case"),
            reported_time(INCIDENTS.name).label("told"),
            row.seq,
            row.known_at,
            *(row[name] for name in names),
            row.latihan,
        )
        .where(*not_withdrawn(INCIDENTS.name, is_live))
        .subquery()
        .c
    )
    group = [incident.case]
    stated = sa.or_(incident.situasi.is_not(None), _equals(incident.jenis, "nihil"))
    ranked = sa.select(
        incident.case, incident.seq.label("row"), incident.seq, incident.told, incident.known_at,
        *(incident[name] for name in names if name not in ("tingkat", "situasi")), incident.latihan,
        # A stated value holds until another one is reported.
        *(_last_stated(incident, name).label(name) for name in ("tingkat", "situasi")),
        sa.func.min(incident.known_at).over(partition_by=group).label("first_known"),
        sa.func.max(sa.case((stated, incident.told))).over(partition_by=group).label("situasi_at"),
        recency_rank(group, incident.told, incident.seq).label("turn"),
    ).subquery()  # fmt: skip
    return sa.select(*(c for c in ranked.c if c.key != "turn")).where(ranked.c.turn == 1)


def _last_stated(incident: Any, name: str) -> SqlExpression:
    cell = incident[name]
    order = [as_int(cell.is_not(None)).desc(), incident.told.desc(), incident.seq.desc()]
    return sa.func.first_value(cell).over(partition_by=[incident.case], order_by=order)


def _select_merged_cases(dialect: str, is_live: bool) -> sa.Select[Any]:
    """Select the cases with each group as one row, as analysis.incidents.merging does.

    tingkat, situasi: ranks. open, happened: 1 or 0.
    """
    cases = _select_cases(is_live).cte("cases")
    first = _select_canonical_cases(cases, dialect, is_live)
    joined_cases = cases.outerjoin(first, first.c.case == cases.c.case)
    head = sa.func.coalesce(first.c.head, cases.c.case)
    member = sa.select(
        cases, head.label("head"), rank(cases.c.tingkat, TINGKAT).label("weight"),
        rank(cases.c.situasi, SITUASI).label("crowd"),
        rank(cases.c.status, STATUS).label("step"),
        as_int(_is_open_status(cases.c.status)).label("lively"),
    ).select_from(joined_cases).subquery().c  # fmt: skip
    group = [member.head]
    open_step = sa.case((member.lively == 1, member.step))  # of those still open
    newest = [member.told.desc(), member.seq.desc()]
    row = sa.select(
        member.case, member.head, member.row, member.occurred_at, member.kecamatan, member.jenis,
        sa.func.max(member.lively).over(partition_by=group).label("open"),
        sa.func.first_value(member.status).over(partition_by=group, order_by=newest).label("last"),
        sa.func.max(open_step).over(partition_by=group).label("step"),
        sa.func.max(member.weight).over(partition_by=group).label("tingkat"),
        sa.func.max(member.crowd).over(partition_by=group).label("situasi"),
        sa.func.max(member.known_at).over(partition_by=group).label("known_at"),
        sa.func.max(member.seq).over(partition_by=group).label("seq"),
    ).subquery().c  # fmt: skip
    is_nothing = sa.or_(_equals(row.jenis, "nihil"), sa.and_(row.open == 0, row.last == "nihil"))
    parts = [c for c in row if c.key not in ("head", "open")]
    is_open = as_int(sa.and_(row.open == 1, ~is_nothing)).label("open")
    return sa.select(*parts, is_open, as_int(~is_nothing).label("happened")).where(
        row.case == row.head
    )


def _select_canonical_cases(cases: sa.CTE, dialect: str, is_live: bool) -> sa.Subquery:
    """Select the case that represents each merged case: the earliest known of its group."""
    merges = _select_effective_merges(cases, is_live)
    pairs = merges.select().union_all(sa.select(merges.c.ke, merges.c.kasus)).cte("pairs")
    case, other_case = pairs.c.kasus, pairs.c.ke
    reach = sa.select(case.label("case"), other_case.label("reached")).cte("reach", recursive=True)
    next_step = sa.select(reach.c.case, other_case).join_from(reach, pairs, case == reach.c.reached)
    reach = reach.union(next_step)
    # Keys are compared as bytes, whatever the collation of the database.
    key = sa.collate(reach.c.reached, "BINARY" if dialect == "sqlite" else "C")
    turn = sa.func.row_number().over(
        partition_by=[reach.c.case], order_by=[cases.c.first_known, key]
    )
    ranked = (
        sa.select(reach.c.case, reach.c.reached.label("head"), turn.label("turn"))
        .join_from(reach, cases, cases.c.case == reach.c.reached)
        .subquery()
    )
    return sa.select(ranked.c.case, ranked.c.head).where(ranked.c.turn == 1).subquery()


def _select_effective_merges(cases: sa.CTE, is_live: bool) -> sa.CTE:
    """Select pairs of known cases whose newest decision is to merge them."""
    row = visible_at.select_feed_rows(MERGES.name).c
    ordered = row.kasus < row.ke
    pair = [
        sa.case((ordered, row.kasus), else_=row.ke),
        sa.case((ordered, row.ke), else_=row.kasus),
    ]
    turn = recency_rank(pair, reported_time(MERGES.name), row.seq)
    merge = sa.select(row.kasus, row.ke, row.tindakan, row.latihan, turn.label("turn")).where(
        *not_withdrawn(MERGES.name, is_live)
    ).subquery().c  # fmt: skip
    case, other_case = cases.alias(), cases.alias()
    same_kind = sa.and_(case.c.latihan == other_case.c.latihan, case.c.latihan == merge.latihan)
    return (
        sa.select(merge.kasus, merge.ke)
        .join(case, case.c.case == merge.kasus)
        .join(other_case, other_case.c.case == merge.ke)
        .where(merge.turn == 1, merge.tindakan == "gabung", merge.kasus != merge.ke, same_kind)
        .cte("bonds")
    )
