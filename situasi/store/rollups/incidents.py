"""The roll-up of incidents as SQL: cases, those merged as one, and the situasi of each kecamatan.

analysis.incidents.cases, analysis.merging and analysis.situasi say what it must give.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from situasi.domain.feed_schemas import INCIDENTS, MERGES, SITUASI, STATUS, STATUS_CLOSED, TINGKAT
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
_CRITICAL = (len(TINGKAT) - 1, SITUASI.index("merah"))
_ALARM_STATES = SITUASI[1:]


@cache
def select_case_counts(dialect: str, *, is_live: bool) -> sa.Select[Any]:
    """Cases of the day in which something happened: jenis, tingkat (rank), open, grave, n."""
    case = _select_merged_cases(dialect, is_live).subquery()
    grave = _is_critical(case.c)
    kinds = [case.c.jenis, case.c.tingkat, case.c.open]
    number = [
        sa.func.count().label("n"),
        count_where(sa.and_(case.c.open == 1, grave)).label("grave"),
    ]
    return sa.select(*kinds, *number).where(_is_case_of_day(case.c)).group_by(*kinds)


@cache
def select_critical_cases(dialect: str, *, is_live: bool) -> sa.Select[Any]:
    """The open cases of the day that are tinggi or merah, the last known first, `most` of them."""
    case = _select_merged_cases(dialect, is_live).subquery()
    row = visible_at.select_feed_rows(INCIDENTS.name).c
    words = [row[name] for name in ("desa", "desa_text", "tps", "uraian", "latihan")]
    return (
        sa.select(*case.c, *words)
        .join_from(case, visible_at.select_feed_rows(INCIDENTS.name), row.seq == case.c.row)
        .where(_is_case_of_day(case.c), case.c.open == 1, _is_critical(case.c))
        .order_by(case.c.known_at.desc(), case.c.seq.desc())
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


@cache
def select_day_row_count(*, is_live: bool) -> sa.Select[Any]:
    """How many rows tell of the day, nihil among them."""
    row = visible_at.select_feed_rows(INCIDENTS.name).c
    return sa.select(sa.func.count()).where(
        *not_withdrawn(INCIDENTS.name, is_live), _occurred_on_day(row)
    )


@cache
def select_situasi(*, is_live: bool) -> sa.Select[Any]:
    """By kecamatan (NULL: the whole kabupaten): alarm (rank of SITUASI), calm (when last said)."""
    case = _select_cases(is_live).subquery().c
    nihil = _equals(case.jenis, "nihil")
    # A word that comes late is as old as what it tells of.
    late = sa.and_(case.precision == "menit", nihil, case.occurred_at <= case.situasi_at)
    spoken = sa.case((late, case.occurred_at), else_=case.situasi_at)
    calm = sa.or_(_equals(case.situasi, SITUASI[0]), nihil)
    alarm = sa.and_(_is_open(case), case.situasi.in_(_ALARM_STATES))
    return sa.select(
        case.kecamatan,
        sa.func.max(sa.case((alarm, rank(case.situasi, SITUASI)))).label("alarm"),
        sa.func.max(sa.case((calm, spoken))).label("calm"),
    ).group_by(case.kecamatan)


def _occurred_on_day(row: Any) -> sa.ColumnElement[bool]:
    since = bind_time("since")
    return sa.and_(row.occurred_at >= since, row.occurred_at < since + _DAY_US)


def _is_case_of_day(case: Any) -> sa.ColumnElement[bool]:
    return sa.and_(case.happened == 1, _occurred_on_day(case))


def _is_critical(case: Any) -> sa.ColumnElement[bool]:
    return sa.or_(_equals(case.tingkat, _CRITICAL[0]), _equals(case.situasi, _CRITICAL[1]))


def _equals(cell: SqlExpression, value: Any) -> sa.ColumnElement[bool]:
    """Never NULL."""
    return sa.and_(cell.is_not(None), cell == value)


def _is_open(case: Any) -> sa.ColumnElement[bool]:
    # A status of nihil is among those that close.
    return sa.and_(~_equals(case.jenis, "nihil"), _is_open_status(case.status))


def _is_open_status(status: SqlExpression) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(status, "").not_in(STATUS_CLOSED)


def _case_key(row: Any) -> SqlExpression:
    """analysis.incidents.case_keys."""
    day = sa.cast((row.occurred_at + bind_time("offset")) // _DAY_US, sa.Text)
    made = sa.case((row.latihan == sa.true(), "latihan"), else_="")
    village = sa.func.coalesce(row.desa, row.desa_text, "-")
    rest = [sa.func.coalesce(row.jenis, "-"), sa.func.coalesce(row.kecamatan, "-"), village]
    key: SqlExpression = row.id + "|" + day + "|" + made
    for part in rest:
        key = key + "|" + part
    return key


def _select_cases(is_live: bool) -> sa.Select[Any]:
    """One row for each case: its newest state, not yet merged. row: the number of its newest."""
    row = visible_at.select_feed_rows(INCIDENTS.name).c
    names = ("occurred_at", "precision", "kecamatan", "jenis", "tingkat", "situasi", "status")
    every = (
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
    case = [every.case]
    stated = sa.or_(every.situasi.is_not(None), _equals(every.jenis, "nihil"))
    ranked = sa.select(
        every.case, every.seq.label("row"), every.seq, every.told, every.known_at,
        *(every[name] for name in names if name not in ("tingkat", "situasi")), every.latihan,
        # Stated once, it holds until another word on it is told.
        *(_last_stated(every, name).label(name) for name in ("tingkat", "situasi")),
        sa.func.min(every.known_at).over(partition_by=case).label("first_known"),
        sa.func.max(sa.case((stated, every.told))).over(partition_by=case).label("situasi_at"),
        recency_rank(case, every.told, every.seq).label("turn"),
    ).subquery()  # fmt: skip
    return sa.select(*(c for c in ranked.c if c.key != "turn")).where(ranked.c.turn == 1)


def _last_stated(every: Any, name: str) -> SqlExpression:
    cell = every[name]
    order = [as_int(cell.is_not(None)).desc(), every.told.desc(), every.seq.desc()]
    return sa.func.first_value(cell).over(partition_by=[every.case], order_by=order)


def _select_merged_cases(dialect: str, is_live: bool) -> sa.Select[Any]:
    """The cases with each group as one row, as analysis.merging.folded has them.

    tingkat, situasi: ranks. open, happened: 1 or 0.
    """
    cases = _select_cases(is_live).cte("cases")
    head = _select_canonical_cases(cases, dialect, is_live)
    joined = cases.outerjoin(head, head.c.case == cases.c.case)
    stands = sa.func.coalesce(head.c.head, cases.c.case)
    named = sa.select(
        cases, stands.label("head"), rank(cases.c.tingkat, TINGKAT).label("weight"),
        rank(cases.c.situasi, SITUASI).label("crowd"),
        rank(cases.c.status, STATUS).label("step"),
        as_int(_is_open_status(cases.c.status)).label("lively"),
    ).select_from(joined).subquery().c  # fmt: skip
    group = [named.head]
    furthest = sa.case((named.lively == 1, named.step))  # of those still open
    last = [named.told.desc(), named.seq.desc()]
    one = sa.select(
        named.case, named.head, named.row, named.occurred_at, named.kecamatan, named.jenis,
        sa.func.max(named.lively).over(partition_by=group).label("open"),
        sa.func.first_value(named.status).over(partition_by=group, order_by=last).label("last"),
        sa.func.max(furthest).over(partition_by=group).label("step"),
        sa.func.max(named.weight).over(partition_by=group).label("tingkat"),
        sa.func.max(named.crowd).over(partition_by=group).label("situasi"),
        sa.func.max(named.known_at).over(partition_by=group).label("known_at"),
        sa.func.max(named.seq).over(partition_by=group).label("seq"),
    ).subquery().c  # fmt: skip
    nothing = sa.or_(_equals(one.jenis, "nihil"), sa.and_(one.open == 0, one.last == "nihil"))
    parts = [c for c in one if c.key not in ("head", "open")]
    opened = as_int(sa.and_(one.open == 1, ~nothing)).label("open")
    return sa.select(*parts, opened, as_int(~nothing).label("happened")).where(one.case == one.head)


def _select_canonical_cases(cases: sa.CTE, dialect: str, is_live: bool) -> sa.Subquery:
    """Which case stands for each merged one: of those bound to it the one known earliest."""
    bound = _select_effective_merges(cases, is_live)
    pairs = bound.select().union_all(sa.select(bound.c.ke, bound.c.kasus)).cte("pairs")
    one, other = pairs.c.kasus, pairs.c.ke
    reach = sa.select(one.label("case"), other.label("reached")).cte("reach", recursive=True)
    further = sa.select(reach.c.case, other).join_from(reach, pairs, one == reach.c.reached)
    reach = reach.union(further)
    # Keys are compared as bytes, whatever the language of the database.
    key = sa.collate(reach.c.reached, "BINARY" if dialect == "sqlite" else "C")
    first = sa.func.row_number().over(
        partition_by=[reach.c.case], order_by=[cases.c.first_known, key]
    )
    ranked = (
        sa.select(reach.c.case, reach.c.reached.label("head"), first.label("turn"))
        .join_from(reach, cases, cases.c.case == reach.c.reached)
        .subquery()
    )
    return sa.select(ranked.c.case, ranked.c.head).where(ranked.c.turn == 1).subquery()


def _select_effective_merges(cases: sa.CTE, is_live: bool) -> sa.CTE:
    """Pairs of known cases of which the newest word is that they are one: merging.bonds."""
    row = visible_at.select_feed_rows(MERGES.name).c
    ordered = row.kasus < row.ke
    pair = [
        sa.case((ordered, row.kasus), else_=row.ke),
        sa.case((ordered, row.ke), else_=row.kasus),
    ]
    turn = recency_rank(pair, reported_time(MERGES.name), row.seq)
    said = sa.select(row.kasus, row.ke, row.tindakan, row.latihan, turn.label("turn")).where(
        *not_withdrawn(MERGES.name, is_live)
    ).subquery().c  # fmt: skip
    one, other = cases.alias(), cases.alias()
    same = sa.and_(one.c.latihan == other.c.latihan, one.c.latihan == said.latihan)
    return (
        sa.select(said.kasus, said.ke)
        .join(one, one.c.case == said.kasus)
        .join(other, other.c.case == said.ke)
        .where(said.turn == 1, said.tindakan == "gabung", said.kasus != said.ke, same)
        .cte("bonds")
    )
