"""The roll-up of TPS in SQL: phases reached and voters present (analysis.stations.status)."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from situasi.domain.feed_schemas import FASE, TPS
from situasi.higher_command.rollups.conditions import (
    SqlExpression,
    as_int,
    bind_time,
    count_where,
    not_withdrawn,
    rank,
    recency_rank,
    reported_time,
)
from situasi.store import visible_at

_OPENED, _CLOSED = FASE.index("dibuka"), FASE.index("ditutup")


@cache
def select_station_counts(dialect: str, *, is_live: bool, has_register: bool) -> sa.Select[Any]:
    """Select one row: how many TPS reported, counted, and reached each of FASE, and their voters.

    heads, turnout_heads, dpt: NULL where none is known; as in Rollup. has_register: only TPS of
    `listed` count, a JSON object of code and voters on the list.
    """
    station = _select_stations(dialect, is_live=is_live, has_register=has_register)
    reached = sa.case((sa.and_(station.c.heads > 0, station.c.phase < _OPENED), _OPENED),
                      else_=station.c.phase)  # fmt: skip
    has_both = sa.and_(station.c.heads.is_not(None), station.c.dpt.is_not(None))
    return sa.select(
        count_where(station.c.reported == 1).label("reported"),
        count_where(station.c.heads.is_not(None)).label("counted"),
        sa.func.sum(station.c.heads).label("heads"),
        sa.func.sum(sa.case((has_both, station.c.heads))).label("turnout_heads"),
        sa.func.sum(sa.case((has_both, station.c.dpt))).label("dpt"),
        *(count_where(reached >= index).label(fase) for index, fase in enumerate(FASE)),
    )


def _select_stations(dialect: str, *, is_live: bool, has_register: bool) -> sa.Subquery:
    """Select one row per TPS: whether it reported, its last phase (-1: none), its newest count."""
    row = _select_reports(dialect, is_live=is_live, has_register=has_register)
    count_rank = recency_rank([row.c.place], as_int(row.c.counts), *_count_order(row))
    ranked = sa.select(row, count_rank.label("turn")).subquery()
    newest_count = sa.and_(ranked.c.turn == 1, ranked.c.counts)
    reported = sa.or_(ranked.c.phase.is_not(None), ranked.c.heads.is_not(None))
    return (
        sa.select(
            sa.func.max(as_int(reported)).label("reported"),
            sa.func.coalesce(sa.func.max(ranked.c.phase), -1).label("phase"),
            sa.func.max(sa.case((newest_count, ranked.c.heads))).label("heads"),
            sa.func.max(ranked.c.dpt).label("dpt"),
        )
        .group_by(ranked.c.place)
        .subquery()
    )


def _count_order(row: sa.Subquery) -> list[SqlExpression]:
    """Return by what the last count is found: by time taken, the end of voting, time reported."""
    is_final = as_int(sa.func.coalesce(row.c.phase, -1) >= _CLOSED)
    return [row.c.occurred_at, is_final, row.c.reported_at, row.c.seq]


@cache
def select_count_hours(dialect: str, *, is_live: bool) -> sa.Select[Any]:
    """Select by round its counts, as in CountHour, of the TPS of `listed`."""
    row = _select_reports(dialect, is_live=is_live, has_register=True)
    numbered = sa.select(row, _find_round(row.c.occurred_at).label("round")).where(row.c.counts)
    row = numbered.subquery()
    ranked = sa.select(
        row,
        recency_rank([row.c.place], *_count_order(row)).label("turn"),
        recency_rank([row.c.place, row.c.round], *_count_order(row)).label("turn_in_round"),
    ).subquery()
    is_told = ranked.c.turn_in_round == 1
    has_list = sa.and_(is_told, ranked.c.dpt.is_not(None))
    return sa.select(
        ranked.c.round,
        count_where(ranked.c.turn == 1).label("newest"),
        count_where(is_told).label("told"),
        sa.func.coalesce(sa.func.sum(sa.case((has_list, ranked.c.heads))), 0).label("heads"),
        sa.func.coalesce(sa.func.sum(sa.case((has_list, ranked.c.dpt))), 0).label("voters"),
    ).group_by(ranked.c.round)


def _find_round(occurred_at: SqlExpression) -> SqlExpression:
    """Return the round of a count, as analysis.stations.count_rounds.find_rounds."""
    passed = sa.type_coerce(occurred_at, sa.BigInteger) - sa.bindparam("first", type_=sa.BigInteger)
    number = passed // sa.bindparam("interval", type_=sa.BigInteger)
    last = sa.bindparam("last", type_=sa.BigInteger)
    return sa.case((passed < 0, 0), (number > last, last), else_=number)


def _select_reports(dialect: str, *, is_live: bool, has_register: bool) -> sa.Subquery:
    row = visible_at.select_feed_rows(TPS.name).c
    other_voters = sa.func.coalesce(row.hadir_dptb, 0) + sa.func.coalesce(row.hadir_dpk, 0)
    heads = sa.func.coalesce(row.hadir, row.hadir_dpt + other_voters)
    today = row.occurred_at.between(bind_time("since"), bind_time("until"))
    is_single_tps = sa.or_(row.lingkup.is_(None), row.lingkup.not_in(["desa", "kecamatan"]))
    place = (row.desa if has_register else _place_by_name(row)) + "." + row.tps
    columns = [
        place.label("place"),
        rank(row.fase, FASE).label("phase"),
        heads.label("heads"),
        sa.and_(heads.is_not(None), today).label("counts"),
        row.occurred_at,
        reported_time(TPS.name).label("reported_at"),
        row.seq,
    ]
    conditions = [*not_withdrawn(TPS.name, is_live), is_single_tps, place.is_not(None)]
    if not has_register:
        unknown = sa.cast(None, sa.BigInteger).label("dpt")
        return sa.select(*columns, unknown).where(*conditions).subquery()
    listed = _select_registered_tps(dialect)
    return (
        sa.select(*columns, listed.c.dpt)
        .join_from(visible_at.select_feed_rows(TPS.name), listed, listed.c.code == place)
        .where(*conditions)
        .subquery()
    )


def _place_by_name(row: Any) -> SqlExpression:
    """Return the place of a TPS in its sender's words, where no register is known."""
    area = sa.func.coalesce(row.kecamatan, "")
    return sa.func.coalesce(row.desa, area + "/" + sa.func.coalesce(row.desa_text, ""))


def _select_registered_tps(dialect: str) -> sa.CTE:
    """Select code and voters (dpt) of each TPS in `listed`."""
    register_json = sa.bindparam("listed", type_=sa.Text)
    entries = (
        sa.func.json_each(register_json)
        if dialect == "sqlite"
        else sa.func.json_each_text(sa.cast(register_json, postgresql.JSON))
    ).table_valued("key", "value")
    voters = sa.cast(entries.c.value, sa.BigInteger).label("dpt")
    # Materialized: read once and not once for every report.
    return sa.select(entries.c.key.label("code"), voters).cte("listed").prefix_with("MATERIALIZED")
