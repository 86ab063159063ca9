"""The roll-up of TPS as SQL: how far they are, and how many voters came. See analysis.stations."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from situasi.domain.feed_schemas import FASE, TPS
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

_OPENED = FASE.index("dibuka")


@cache
def select_station_counts(dialect: str, *, is_live: bool, has_register: bool) -> sa.Select[Any]:
    """One row: spoke, counted, heads, rated, dpt (NULL: nobody), and TPS by each of FASE reached.

    register: only TPS of `listed` count, a JSON object of code and voters on the list.
    """
    each = _select_stations(dialect, is_live=is_live, has_register=has_register)
    reached = sa.case((sa.and_(each.c.heads > 0, each.c.phase < _OPENED), _OPENED),
                      else_=each.c.phase)  # fmt: skip
    rated = sa.and_(each.c.heads.is_not(None), each.c.dpt.is_not(None))
    return sa.select(
        count_where(each.c.spoke == 1).label("spoke"),
        count_where(each.c.heads.is_not(None)).label("counted"),
        sa.func.sum(each.c.heads).label("heads"),
        sa.func.sum(sa.case((rated, each.c.heads))).label("rated"),
        sa.func.sum(sa.case((rated, each.c.dpt))).label("dpt"),
        *(count_where(reached >= place).label(fase) for place, fase in enumerate(FASE)),
    )


def _select_stations(dialect: str, *, is_live: bool, has_register: bool) -> sa.Subquery:
    """One row for each TPS: whether it spoke, its furthest phase (-1: none), its newest count."""
    row = _select_reports(dialect, is_live=is_live, has_register=has_register)
    # The count that stands: of the election day, the last by when it was taken, then told.
    last = recency_rank(
        [row.c.place], as_int(row.c.counts), row.c.occurred_at, row.c.told, row.c.seq
    )
    ranked = sa.select(row, last.label("turn")).subquery()
    newest_count = sa.and_(ranked.c.turn == 1, ranked.c.counts)
    spoke = sa.or_(ranked.c.phase.is_not(None), ranked.c.heads.is_not(None))
    return (
        sa.select(
            sa.func.max(as_int(spoke)).label("spoke"),
            sa.func.coalesce(sa.func.max(ranked.c.phase), -1).label("phase"),
            sa.func.max(sa.case((newest_count, ranked.c.heads))).label("heads"),
            sa.func.max(ranked.c.dpt).label("dpt"),
        )
        .group_by(ranked.c.place)
        .subquery()
    )


def _select_reports(dialect: str, *, is_live: bool, has_register: bool) -> sa.Subquery:
    row = visible_at.select_feed_rows(TPS.name).c
    others = sa.func.coalesce(row.hadir_dptb, 0) + sa.func.coalesce(row.hadir_dpk, 0)
    heads = sa.func.coalesce(row.hadir, row.hadir_dpt + others)
    today = row.occurred_at.between(bind_time("since"), bind_time("until"))
    one = sa.or_(row.lingkup.is_(None), row.lingkup.not_in(["desa", "kecamatan"]))
    place = (row.desa if has_register else _place_by_name(row)) + "." + row.tps
    told_so = [
        place.label("place"),
        rank(row.fase, FASE).label("phase"),
        heads.label("heads"),
        sa.and_(heads.is_not(None), today).label("counts"),
        row.occurred_at,
        reported_time(TPS.name).label("told"),
        row.seq,
    ]
    known = [*not_withdrawn(TPS.name, is_live), one, place.is_not(None)]
    if not has_register:
        unknown = sa.cast(None, sa.BigInteger).label("dpt")
        return sa.select(*told_so, unknown).where(*known).subquery()
    listed = _select_registered_tps(dialect)
    return (
        sa.select(*told_so, listed.c.dpt)
        .join_from(visible_at.select_feed_rows(TPS.name), listed, listed.c.code == place)
        .where(*known)
        .subquery()
    )


def _place_by_name(row: Any) -> SqlExpression:
    """Where a TPS is by its sender's words, so far as no register tells."""
    area = sa.func.coalesce(row.kecamatan, "")
    return sa.func.coalesce(row.desa, area + "/" + sa.func.coalesce(row.desa_text, ""))


def _select_registered_tps(dialect: str) -> sa.CTE:
    """Code and voters (dpt) of each TPS in `listed`."""
    told_so = sa.bindparam("listed", type_=sa.Text)
    given = (
        sa.func.json_each(told_so)
        if dialect == "sqlite"
        else sa.func.json_each_text(sa.cast(told_so, postgresql.JSON))
    ).table_valued("key", "value")
    voters = sa.cast(given.c.value, sa.BigInteger).label("dpt")
    # Read once, and found by an index: not once for every report.
    return sa.select(given.c.key.label("code"), voters).cte("listed").prefix_with("MATERIALIZED")
