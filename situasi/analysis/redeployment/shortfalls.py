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
from situasi.analysis.personnel.officers import AS_POLICE
from situasi.analysis.personnel.requirements import whole
from situasi.domain.feed_schemas import SITUASI, TINGKAT
from situasi.domain.rules import RedeploymentRules, StaffingPatterns

# An officer counts until it is known that nobody is there: silence is no absence.
COUNTED = ("hadir", "tanpa_kabar", "ditunggu")
# Thirds and sixths do not add up exactly.
NEARLY = 1e-9


@dataclass(frozen=True, eq=False)
class Bundle:
    """TPS of one kecamatan that one officer takes together.

    codes: the most serious first. place: the desa of the first. officers: how many it needs until
    none is below the pattern. empty, short: the points of each TPS where nobody is, which the
    first officer removes, and of each below the pattern, which the last one does.
    """

    codes: tuple[str, ...]
    place: str
    kecamatan: str
    officers: int
    empty: Mapping[str, int]
    short: Mapping[str, int]


def grave_places(cases: pd.DataFrame) -> frozenset[str]:
    """Where a grave case is open: its desa, or its kecamatan where nobody named the desa.

    cases: open ones (analysis.incidents.cases).
    """
    grave = cases[(cases["tingkat"] == TINGKAT[-1]) | (cases["situasi"] == SITUASI[-1])]
    named = grave["desa"].where(grave["desa"].notna(), grave["kecamatan"])
    return frozenset(str(code) for code in named.dropna())


def under_way(
    order: pd.DataFrame, officers: pd.DataFrame, at: datetime, rule: RedeploymentRules
) -> set[str]:
    """Officers who were ordered elsewhere so lately that no word from there can be asked yet.

    order: postings.standing. officers: of coverage.Coverage.
    """
    lately = order[order["occurred_at"] >= at - rule.en_route_grace]
    spoke = officers["checkin_at"].reindex(lately["petugas"]).set_axis(lately.index)
    return set(lately.loc[~(spoke >= lately["occurred_at"]), "petugas"])


def judged(
    found: Coverage, coming: Collection[str], grave: Collection[str], points: Mapping[str, int]
) -> pd.DataFrame:
    """One row per TPS: those of manning.by_tps, with what it lacks.

    coming: officers who are `under_way`. held: strength of those of whom it is not known that
    they are away, and of those who come. empty (absent, nobody comes), short (below the pattern
    by `held`); never of a TPS that is released, or of whose kecamatan no posting is known. lacks:
    need less held. spare: how much strength of those present could go. watched: a grave case is
    open there. points: of its shortfall, without those for an empty TPS.
    """
    tps = found.tps
    stands = staffing.stands(found.officers, found.posts)
    counted = stands[stands["group"].isin(AS_POLICE) & stands["state"].isin(COUNTED)]
    due = _due(found, coming)
    shares = pd.concat([counted, due])[["code", "share"]].groupby("code")["share"].sum()
    held = tps["code"].map(shares).fillna(0.0).astype("float64")
    judged_at_all = ~tps["released"] & (tps["state"] != "tidak_diketahui")
    watched = tps["desa"].isin(list(grave)) | tps["kecamatan"].isin(list(grave))
    levels = [level if isinstance(level, str) else "" for level in tps["kerawanan"]]
    return tps.assign(
        held=held,
        empty=tps["absent"] & judged_at_all & ~tps["code"].isin(due["code"]),
        short=judged_at_all & (held < tps["need"] - NEARLY),
        lacks=(tps["need"] - held).clip(lower=0.0),
        spare=tps["strength_present"] - tps["need"],
        watched=watched,
        points=[
            points.get(level, 0) + points["incident"] * bool(one)
            for level, one in zip(levels, watched, strict=True)
        ],
    )


def _due(found: Coverage, coming: Collection[str]) -> pd.DataFrame:
    """The posts of those who come, unless they are counted there already."""
    posts = found.posts[found.posts["group"].isin(AS_POLICE)]
    there = posts["state"].isin(COUNTED)
    there &= ~posts["petugas"].isin(staffing.away(found.officers, found.posts))
    due: pd.DataFrame = posts[posts["petugas"].isin(list(coming)) & ~there]
    return due


def bundles(
    tps: pd.DataFrame, posts: pd.DataFrame, patterns: StaffingPatterns, rule: RedeploymentRules
) -> list[Bundle]:
    """What is short, put together as far as one officer can take it; the most serious first.

    tps: of `judged`. Those of one order stay together; of one desa and pattern they are joined
    while the pattern allows.
    """
    short = tps[tps["short"] | tps["empty"]]
    orders = _orders(posts, short["code"])
    cells = zip(*(short[name].tolist() for name in _OF_TPS), strict=True)
    rows = [_Tps(*one) for one in cells]
    rows.sort(
        key=lambda one: (-(one.points + rule.shortfall_points["empty"] * one.empty), one.code)
    )
    same: dict[object, dict[str, list[_Tps]]] = {}
    for one in rows:
        groups = same.setdefault((one.kecamatan, one.need, one.kerawanan), {})
        groups.setdefault(orders.get(one.code, one.desa), []).append(one)
    found = []
    for groups in same.values():
        some = list(groups.values())
        level = some[0][0].kerawanan
        most = patterns.pattern_for(level if isinstance(level, str) else None).tps
        found += [_bundle(one, rule) for one in _packed(some, most)]
    return sorted(found, key=lambda one: (_key(one), one.codes))


def areas(tps: pd.DataFrame) -> pd.DataFrame:
    """By kecamatan how many TPS of `judged` there are, are empty and are short.

    known: whether any posting there is known; where none is, nothing is said to be missing.
    """
    rows = tps.assign(tps=1, known=tps["state"] != "tidak_diketahui")
    by_code = rows.groupby("kecamatan")[["tps", "empty", "short", "known"]]
    found = by_code.sum().astype("int64")
    return found.assign(known=found["known"] > 0)


class _Tps(NamedTuple):
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


_OF_TPS = _Tps._fields


def _key(one: Bundle) -> list[int]:
    return sorted(-points for points in (*one.empty.values(), *one.short.values()))


def _orders(posts: pd.DataFrame, codes: Iterable[str]) -> dict[str, str]:
    """By TPS the officers who were ordered there, as one word."""
    mine = posts[posts["code"].isin(list(codes)) & posts["group"].isin(AS_POLICE)]
    named: pd.Series = mine.groupby("code")["petugas"].agg(lambda who: " ".join(sorted(who)))
    return {str(code): str(who) for code, who in named.items()}


def _packed(groups: Sequence[list[_Tps]], most: int) -> list[list[_Tps]]:
    """The groups cut to what one officer can take, and joined within a desa while that lasts."""
    made: list[list[_Tps]] = []
    for group in groups:
        desa = {one.desa for one in group}
        near = (some for some in made if any(one.desa in desa for one in some))
        room = next((some for some in near
                     if len(some) + len(group) <= _room([*some, *group], most)), None)  # fmt: skip
        if room is not None:
            room += group
            continue
        size = _room(group, most)
        made += [group[at : at + size] for at in range(0, len(group), size)]
    return made


def _room(some: Sequence[_Tps], most: int) -> int:
    """How many TPS that lack so much one officer can take."""
    lacks = max(one.lacks for one in some)
    return 1 if lacks <= 0 else max(1, min(most, math.floor(1 / lacks + NEARLY)))


def _bundle(some: Sequence[_Tps], rule: RedeploymentRules) -> Bundle:
    lacks = max(one.lacks for one in some)
    return Bundle(
        codes=tuple(one.code for one in some),
        place=some[0].desa,
        kecamatan=some[0].kecamatan,
        officers=max(1, whole(len(some) * lacks)),
        empty={one.code: one.points + rule.shortfall_points["empty"] for one in some if one.empty},
        short={one.code: one.points for one in some if one.short},
    )
