"""Shortfalls: TPS without officers or below the pattern, and groups that one officer can cover."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from situasi.analysis.incidents.cases import is_critical
from situasi.analysis.personnel import staffing
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.personnel.officers import POLICE_GROUPS
from situasi.analysis.personnel.requirements import round_up
from situasi.analysis.rank_ranges import build_rank_columns, try_weights
from situasi.domain.feed_schemas import KERAWANAN
from situasi.domain.rules import CriticalRule, RedeploymentRules, StaffingPatterns

# An officer counts until known to be away: silence is not absence.
COUNTED_STATES = ("hadir", "tanpa_kabar", "ditunggu")
# Thirds and sixths do not add up exactly.
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class StationGroup:
    """TPS of one kecamatan that one officer covers together.

    tps_codes: the most serious first. desa: of the first. officers_needed: until none is below the
    pattern. empty_points: the points of each empty TPS, removed by the first officer. short_points:
    of each TPS below the pattern, removed by the last officer.
    """

    tps_codes: tuple[str, ...]
    desa: str
    kecamatan: str
    officers_needed: int
    empty_points: Mapping[str, int]
    short_points: Mapping[str, int]


def find_critical_places(cases: pd.DataFrame, rule: CriticalRule) -> frozenset[str]:
    """Find where a critical case is open: its desa, or its kecamatan if no desa is stated.

    cases: open ones (case_index.is_open).
    """
    critical = cases[is_critical(cases, rule)]
    places = critical["desa"].where(critical["desa"].notna(), critical["kecamatan"])
    return frozenset(str(code) for code in places.dropna())


def build_shortfall_table(
    coverage: Coverage,
    critical_places: Collection[str],
    points: Mapping[str, int],
) -> pd.DataFrame:
    """Build one row per TPS: those of staffing.build_staffing_table, with what it lacks.

    held: strength of officers not known to be away, and of those en route. empty (absent), short
    (below the pattern by `held`); never of a TPS that is released, or whose kecamatan has no known
    posting. lacks: need less held. spare: how much strength of those present could
    leave. watched: a critical case is open there. points: of its shortfall, without those for an
    empty TPS.
    """
    tps = coverage.tps
    table = staffing.build_assignments(coverage.officers, coverage.postings)
    counted = table[table["group"].isin(POLICE_GROUPS) & table["state"].isin(COUNTED_STATES)]
    arriving = _select_en_route_postings(coverage)
    shares = pd.concat([counted, arriving])[["code", "share"]].groupby("code")["share"].sum()
    held = tps["code"].map(shares).fillna(0.0).astype("float64")
    is_judged = ~tps["released"] & (tps["state"] != "tidak_diketahui")
    watched = tps["desa"].isin(list(critical_places)) | tps["kecamatan"].isin(list(critical_places))
    levels = [level if isinstance(level, str) else "" for level in tps["kerawanan"]]
    return tps.assign(
        held=held,
        empty=tps["absent"] & is_judged,
        short=is_judged & (held < tps["need"] - TOLERANCE),
        lacks=(tps["need"] - held).clip(lower=0.0),
        spare=tps["strength_present"] - tps["need"],
        watched=watched,
        points=[
            points.get(level, 0) + points["incident"] * bool(is_watched)
            for level, is_watched in zip(levels, watched, strict=True)
        ],
    )


def _select_en_route_postings(coverage: Coverage) -> pd.DataFrame:
    """Select the postings of those en route, unless they are counted there already."""
    police = coverage.postings[coverage.postings["group"].isin(POLICE_GROUPS)]
    is_counted = police["state"].isin(COUNTED_STATES)
    is_counted &= ~police["petugas"].isin(
        staffing.find_away_officers(coverage.officers, coverage.postings)
    )
    is_en_route = police["petugas"].isin(list(coverage.en_route))
    arriving: pd.DataFrame = police[is_en_route & ~is_counted]
    return arriving


def rank_shortfalls(tps: pd.DataFrame, points: Mapping[str, int]) -> pd.DataFrame:
    """Return each shortfall of build_shortfall_table with its rank, the gravest first.

    A row for each TPS without officers and for each below the pattern, with the columns of `tps`;
    `empty` says which of the two, `points` are all of it. `rank`: by points, 1 the gravest, with
    `rank_first` and `rank_last`, between which it stays when each of the points moves
    (rank_ranges). points: of RedeploymentRules.shortfall_points.
    """
    rows = pd.concat([tps[tps["empty"]], tps[tps["short"]].assign(empty=False)], ignore_index=True)
    levels = {level: [own == level for own in rows["kerawanan"]] for level in KERAWANAN}
    parts = pd.DataFrame({"empty": rows["empty"], "incident": rows["watched"], **levels})
    kinds, kind, counts = np.unique(
        parts.to_numpy("float64"), axis=0, return_inverse=True, return_counts=True
    )
    weights = np.array([points[name] for name in parts.columns], dtype="float64")
    ranks = build_rank_columns(try_weights(kinds, weights, counts)).iloc[kind.ravel()]
    rows["points"] = rows["points"] + points["empty"] * rows["empty"]
    ranked = rows.join(ranks.reset_index(drop=True))
    return ranked.sort_values("rank", kind="stable", ignore_index=True)


def group_stations(
    tps: pd.DataFrame, postings: pd.DataFrame, patterns: StaffingPatterns, rule: RedeploymentRules
) -> list[StationGroup]:
    """Group the short TPS as far as one officer can cover them; the most serious first.

    tps: of build_shortfall_table. TPS of one order stay together; those of one desa and pattern are
    joined while the pattern allows.
    """
    short = tps[tps["short"] | tps["empty"]]
    orders = _collect_officers_by_tps(postings, short["code"])
    records = zip(*(short[name].tolist() for name in _STATION_COLUMNS), strict=True)
    rows = [_ShortStation(*record) for record in records]
    rows.sort(
        key=lambda item: (-(item.points + rule.shortfall_points["empty"] * item.empty), item.code)
    )
    by_pattern: dict[object, dict[str, list[_ShortStation]]] = {}
    for item in rows:
        by_order = by_pattern.setdefault((item.kecamatan, item.need, item.kerawanan), {})
        by_order.setdefault(orders.get(item.code, item.desa), []).append(item)
    result = []
    for by_order in by_pattern.values():
        packed = list(by_order.values())
        kerawanan = packed[0][0].kerawanan
        max_tps = patterns.pattern_for(kerawanan if isinstance(kerawanan, str) else None).tps
        result += [_build_station_group(part, rule) for part in _pack_groups(packed, max_tps)]
    return sorted(result, key=lambda part: (_priority_key(part), part.tps_codes))


def count_by_kecamatan(tps: pd.DataFrame) -> pd.DataFrame:
    """Count by kecamatan the TPS of build_shortfall_table, the empty and the short ones.

    known: whether any posting there is known; where none is, nothing is reported as missing.
    """
    rows = tps.assign(tps=1, known=tps["state"] != "tidak_diketahui")
    by_kecamatan = rows.groupby("kecamatan")[["tps", "empty", "short", "known"]]
    counts = by_kecamatan.sum().astype("int64")
    return counts.assign(known=counts["known"] > 0)


class _ShortStation(NamedTuple):
    """A TPS that lacks officers, with columns of build_shortfall_table."""

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
    """Join the officers ordered to each TPS to one string."""
    rows = postings[postings["code"].isin(list(codes)) & postings["group"].isin(POLICE_GROUPS)]
    joined: pd.Series = rows.groupby("code")["petugas"].agg(lambda names: " ".join(sorted(names)))
    return {str(code): str(names) for code, names in joined.items()}


def _pack_groups(groups: Sequence[list[_ShortStation]], max_tps: int) -> list[list[_ShortStation]]:
    """Cut groups to what one officer can cover, and join them within a desa where possible."""
    packs: list[list[_ShortStation]] = []
    for group in groups:
        desa = {tps.desa for tps in group}
        neighbours = (pack for pack in packs if any(tps.desa in desa for tps in pack))
        target = next(
            (
                pack
                for pack in neighbours
                if len(pack) + len(group) <= _compute_capacity([*pack, *group], max_tps)
            ),
            None,
        )
        if target is not None:
            target += group
            continue
        size = _compute_capacity(group, max_tps)
        packs += [group[start : start + size] for start in range(0, len(group), size)]
    return packs


def _compute_capacity(stations: Sequence[_ShortStation], max_tps: int) -> int:
    """Return how many TPS with such a lack one officer can cover."""
    lacks = max(tps.lacks for tps in stations)
    return 1 if lacks <= 0 else max(1, min(max_tps, math.floor(1 / lacks + TOLERANCE)))


def _build_station_group(
    stations: Sequence[_ShortStation], rule: RedeploymentRules
) -> StationGroup:
    lacks = max(tps.lacks for tps in stations)
    return StationGroup(
        tps_codes=tuple(tps.code for tps in stations),
        desa=stations[0].desa,
        kecamatan=stations[0].kecamatan,
        officers_needed=max(1, round_up(len(stations) * lacks)),
        empty_points={
            tps.code: tps.points + rule.shortfall_points["empty"] for tps in stations if tps.empty
        },
        short_points={tps.code: tps.points for tps in stations if tps.short},
    )
