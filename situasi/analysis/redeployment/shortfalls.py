"""Shortfalls: TPS without officers or below the pattern, and what one officer could take there."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from situasi.analysis.personnel import staffing
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import POLICE_GROUPS
from situasi.analysis.personnel.requirements import round_up
from situasi.domain.feed_schemas import SITUASI, TINGKAT
from situasi.domain.rules import RedeploymentRules, StaffingPatterns

# An officer counts until it is known that nobody is there: silence is no absence.
COUNTED_STATES = ("hadir", "tanpa_kabar", "ditunggu")
# Thirds and sixths do not add up exactly.
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class StationGroup:
    """TPS of one kecamatan that one officer takes together.

    codes: the most serious first. place: the desa of the first. officers: how many it needs until
    none is below the pattern. empty, short: the points of each TPS where nobody is, which the
    first officer removes, and of each below the pattern, which the last one does.
    """

    tps_codes: tuple[str, ...]
    desa: str
    kecamatan: str
    officers_needed: int
    empty_points: Mapping[str, int]
    short_points: Mapping[str, int]


def find_critical_places(cases: pd.DataFrame) -> frozenset[str]:
    """Where a grave case is open: its desa, or its kecamatan where nobody named the desa.

    cases: open ones (analysis.incidents.cases).
    """
    grave = cases[(cases["tingkat"] == TINGKAT[-1]) | (cases["situasi"] == SITUASI[-1])]
    named = grave["desa"].where(grave["desa"].notna(), grave["kecamatan"])
    return frozenset(str(code) for code in named.dropna())


def find_en_route_officers(
    current_orders: pd.DataFrame, officer_table: pd.DataFrame, at: datetime, rule: RedeploymentRules
) -> set[str]:
    """Officers who were ordered elsewhere so lately that no word from there can be asked yet.

    order: postings.standing. officers: of coverage.Coverage.
    """
    lately = current_orders[current_orders["occurred_at"] >= at - rule.en_route_grace]
    spoke = officer_table["checkin_at"].reindex(lately["petugas"]).set_axis(lately.index)
    return set(lately.loc[~(spoke >= lately["occurred_at"]), "petugas"])


def build_shortfall_table(
    coverage: Coverage,
    en_route: Collection[str],
    critical_places: Collection[str],
    points: Mapping[str, int],
) -> pd.DataFrame:
    """One row per TPS: those of manning.by_tps, with what it lacks.

    coming: officers who are `under_way`. held: strength of those of whom it is not known that
    they are away, and of those who come. empty (absent, nobody comes), short (below the pattern
    by `held`); never of a TPS that is released, or of whose kecamatan no posting is known. lacks:
    need less held. spare: how much strength of those present could go. watched: a grave case is
    open there. points: of its shortfall, without those for an empty TPS.
    """
    tps = coverage.tps
    stands = staffing.build_assignments(coverage.officers, coverage.postings)
    counted = stands[stands["group"].isin(POLICE_GROUPS) & stands["state"].isin(COUNTED_STATES)]
    due = _select_en_route_postings(coverage, en_route)
    shares = pd.concat([counted, due])[["code", "share"]].groupby("code")["share"].sum()
    held = tps["code"].map(shares).fillna(0.0).astype("float64")
    judged_at_all = ~tps["released"] & (tps["state"] != "tidak_diketahui")
    watched = tps["desa"].isin(list(critical_places)) | tps["kecamatan"].isin(list(critical_places))
    levels = [level if isinstance(level, str) else "" for level in tps["kerawanan"]]
    return tps.assign(
        held=held,
        empty=tps["absent"] & judged_at_all & ~tps["code"].isin(due["code"]),
        short=judged_at_all & (held < tps["need"] - TOLERANCE),
        lacks=(tps["need"] - held).clip(lower=0.0),
        spare=tps["strength_present"] - tps["need"],
        watched=watched,
        points=[
            points.get(level, 0) + points["incident"] * bool(one)
            for level, one in zip(levels, watched, strict=True)
        ],
    )


def _select_en_route_postings(coverage: Coverage, en_route: Collection[str]) -> pd.DataFrame:
    """The posts of those who come, unless they are counted there already."""
    posts = coverage.postings[coverage.postings["group"].isin(POLICE_GROUPS)]
    there = posts["state"].isin(COUNTED_STATES)
    there &= ~posts["petugas"].isin(
        staffing.find_away_officers(coverage.officers, coverage.postings)
    )
    due: pd.DataFrame = posts[posts["petugas"].isin(list(en_route)) & ~there]
    return due


def group_stations(
    tps: pd.DataFrame, postings: pd.DataFrame, patterns: StaffingPatterns, rule: RedeploymentRules
) -> list[StationGroup]:
    """What is short, put together as far as one officer can take it; the most serious first.

    tps: of `judged`. Those of one order stay together; of one desa and pattern they are joined
    while the pattern allows.
    """
    short = tps[tps["short"] | tps["empty"]]
    orders = _collect_officers_by_tps(postings, short["code"])
    cells = zip(*(short[name].tolist() for name in _STATION_COLUMNS), strict=True)
    rows = [_ShortStation(*one) for one in cells]
    rows.sort(
        key=lambda one: (-(one.points + rule.shortfall_points["empty"] * one.empty), one.code)
    )
    same: dict[object, dict[str, list[_ShortStation]]] = {}
    for one in rows:
        groups = same.setdefault((one.kecamatan, one.need, one.kerawanan), {})
        groups.setdefault(orders.get(one.code, one.desa), []).append(one)
    found = []
    for groups in same.values():
        some = list(groups.values())
        level = some[0][0].kerawanan
        most = patterns.pattern_for(level if isinstance(level, str) else None).tps
        found += [_build_station_group(one, rule) for one in _pack_groups(some, most)]
    return sorted(found, key=lambda one: (_priority_key(one), one.tps_codes))


def count_by_kecamatan(tps: pd.DataFrame) -> pd.DataFrame:
    """By kecamatan how many TPS of `judged` there are, are empty and are short.

    known: whether any posting there is known; where none is, nothing is said to be missing.
    """
    rows = tps.assign(tps=1, known=tps["state"] != "tidak_diketahui")
    by_code = rows.groupby("kecamatan")[["tps", "empty", "short", "known"]]
    found = by_code.sum().astype("int64")
    return found.assign(known=found["known"] > 0)


class _ShortStation(NamedTuple):
    """A TPS that lacks officers, as `judged` tells of it."""

    code: str
    kecamatan: str
    desa: str
    kerawanan: str | None
    need: float
    lacks: float
    points: int
    empty: bool
    short: bool


_STATION_COLUMNS = _ShortStation._fields


def _priority_key(station_group: StationGroup) -> list[int]:
    return sorted(
        -points
        for points in (*station_group.empty_points.values(), *station_group.short_points.values())
    )


def _collect_officers_by_tps(postings: pd.DataFrame, codes: Iterable[str]) -> dict[str, str]:
    """By TPS the officers who were ordered there, as one word."""
    mine = postings[postings["code"].isin(list(codes)) & postings["group"].isin(POLICE_GROUPS)]
    named: pd.Series = mine.groupby("code")["petugas"].agg(lambda who: " ".join(sorted(who)))
    return {str(code): str(who) for code, who in named.items()}


def _pack_groups(groups: Sequence[list[_ShortStation]], max_tps: int) -> list[list[_ShortStation]]:
    """The groups cut to what one officer can take, and joined within a desa while that lasts."""
    made: list[list[_ShortStation]] = []
    for group in groups:
        desa = {one.desa for one in group}
        near = (some for some in made if any(one.desa in desa for one in some))
        room = next(
            (
                some
                for some in near
                if len(some) + len(group) <= _compute_capacity([*some, *group], max_tps)
            ),
            None,
        )
        if room is not None:
            room += group
            continue
        size = _compute_capacity(group, max_tps)
        made += [group[at : at + size] for at in range(0, len(group), size)]
    return made


def _compute_capacity(stations: Sequence[_ShortStation], max_tps: int) -> int:
    """How many TPS that lack so much one officer can take."""
    lacks = max(one.lacks for one in stations)
    return 1 if lacks <= 0 else max(1, min(max_tps, math.floor(1 / lacks + TOLERANCE)))


def _build_station_group(
    stations: Sequence[_ShortStation], rule: RedeploymentRules
) -> StationGroup:
    lacks = max(one.lacks for one in stations)
    return StationGroup(
        tps_codes=tuple(one.code for one in stations),
        desa=stations[0].desa,
        kecamatan=stations[0].kecamatan,
        officers_needed=max(1, round_up(len(stations) * lacks)),
        empty_points={
            one.code: one.points + rule.shortfall_points["empty"] for one in stations if one.empty
        },
        short_points={one.code: one.points for one in stations if one.short},
    )
