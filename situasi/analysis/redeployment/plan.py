"""Redeployment plan: whom to move, so that the worst shortfalls go first, by the least km."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import case_index, merging
from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import reads
from situasi.analysis.redeployment import candidates, distances, greedy, milp, shortfalls
from situasi.analysis.redeployment.candidates import Candidate
from situasi.analysis.redeployment.problem import Counts, Numbers, Problem, Solution
from situasi.analysis.redeployment.shortfalls import StationGroup
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from situasi.domain.register import Register
from situasi.domain.road_network import Geography
from situasi.domain.rules import RedeploymentRules


@dataclass(frozen=True, eq=False)
class RedeploymentNeeds:
    """What is short at a moment, and who could be moved.

    tps: of shortfalls.build_shortfall_table, of all kecamatan. chosen_kecamatan: to be helped
    (empty: all). station_groups: short TPS of these. en_route: officers ordered elsewhere recently,
    who have not arrived yet.
    """

    coverage: Coverage
    tps: pd.DataFrame
    chosen_kecamatan: tuple[str, ...]
    station_groups: tuple[StationGroup, ...]
    candidates: tuple[Candidate, ...]
    en_route: frozenset[str]

    @property
    def chosen_tps(self) -> pd.DataFrame:
        """Return the TPS of the chosen kecamatan."""
        return filter_by_kecamatan(self.tps, self.chosen_kecamatan)


def filter_by_kecamatan(tps: pd.DataFrame, kecamatan: Collection[str]) -> pd.DataFrame:
    """Return the TPS of these kecamatan (none: all)."""
    return tps[tps["kecamatan"].isin(list(kecamatan))] if kecamatan else tps


@reads(INCIDENTS, MERGES, depends_on=(coverage.compute_coverage,))
def compute_needs(
    frames: FeedFrames,
    register: Register,
    _at: datetime,
    full_coverage: Coverage,
    kecamatan: tuple[str, ...] = (),
) -> RedeploymentNeeds:
    """Compute what is short in these kecamatan (none: all), and who could go from anywhere."""
    rule, patterns = register.election.rules.redeployment, register.election.rules.staffing_patterns
    open_cases = merging.build_merged_cases(frames.cases, frames[MERGES.name]).to_frame(
        case_index.is_open
    )
    critical = shortfalls.find_critical_places(open_cases, register.election.rules.critical)
    tps = shortfalls.build_shortfall_table(full_coverage, critical, rule.shortfall_points)
    area = () if register.is_complete else tuple(register.kecamatan)
    available = candidates.find_candidates(full_coverage, tps, rule, area)
    short = filter_by_kecamatan(tps, kecamatan)
    return RedeploymentNeeds(
        coverage.filter_by_kecamatan(full_coverage, kecamatan),
        tps,
        kecamatan,
        tuple(shortfalls.group_stations(short, full_coverage.postings, patterns, rule)),
        tuple(item for item in available if item.petugas not in full_coverage.en_route),
        full_coverage.en_route,
    )


@dataclass(frozen=True, eq=False)
class Move:
    """One officer and a destination.

    km: a perkiraan. arrival_rank: order among those sent to this place, the nearest first.
    """

    candidate: Candidate
    destination: StationGroup
    km: float
    is_by_road: bool
    arrival_rank: int

    @property
    def filled_tps(self) -> tuple[str, ...]:
        """Return the TPS that are no longer without officers after this move."""
        return tuple(self.destination.empty_points) if self.arrival_rank == 1 else ()

    @property
    def completed_tps(self) -> tuple[str, ...]:
        """Return the TPS that this move, the last one needed, brings up to the pattern."""
        return (
            tuple(self.destination.short_points)
            if self.arrival_rank == self.destination.officers_needed
            else ()
        )


@dataclass(frozen=True, eq=False)
class Plan:
    """A redeployment plan.

    at: the moment it was made for. moves: the most serious first. tiers: points of shortfalls, the
    most serious first; shortfalls_before: how many of each, shortfalls_removed: how many the moves
    remove. greedy_result: removed and km of the greedy solution. is_optimal: no better plan exists.
    """

    at: datetime
    moves: tuple[Move, ...]
    tiers: tuple[int, ...]
    shortfalls_before: tuple[int, ...]
    shortfalls_removed: tuple[int, ...]
    greedy_result: tuple[tuple[int, ...], float]
    is_optimal: bool
    has_road_network: bool

    @property
    def total_km(self) -> float:
        """Return the sum of km of all moves."""
        return sum(move.km for move in self.moves)


def compute_plan(
    redeployment_needs: RedeploymentNeeds,
    geography: Geography,
    rule: RedeploymentRules,
    at: datetime,
) -> Plan:
    """Compute the plan for these needs."""
    groups = _group_candidates(redeployment_needs.candidates)
    tiers = sorted(
        {p for group in redeployment_needs.station_groups for p in _list_shortfall_points(group)},
        reverse=True,
    )
    km, by_road = distances.compute_distances_km(
        geography,
        [place for _, place, _ in groups],
        [group.desa for group in redeployment_needs.station_groups],
    )
    problem = _build_problem(
        redeployment_needs, groups, tiers, np.where(km <= rule.max_km, km, np.inf), rule
    )
    best, plain = milp.solve_optimally(problem, rule.time_limit_s), greedy.solve_greedily(problem)
    before = problem.first_officer_gain.sum(axis=0) + problem.last_officer_gain.sum(axis=0)
    return Plan(
        at=at,
        moves=tuple(_generate_moves(redeployment_needs, groups, best, km, by_road)),
        tiers=tuple(tiers),
        shortfalls_before=tuple(int(count) for count in before),
        shortfalls_removed=best.count_removed(problem),
        greedy_result=(plain.count_removed(problem), plain.compute_total_km(problem)),
        is_optimal=best.is_optimal,
        has_road_network=geography.roads is not None,
    )


# Duty, place, and whether leaving takes anything from a TPS.
GroupKey = tuple[str, str, bool]


def _group_candidates(available: Sequence[Candidate]) -> dict[GroupKey, list[Candidate]]:
    """Group interchangeable officers."""
    groups: dict[GroupKey, list[Candidate]] = defaultdict(list)
    for item in available:
        groups[item.duty, item.place_code, bool(item.coverage_removed)].append(item)
    return dict(groups)


def _build_problem(
    redeployment_needs: RedeploymentNeeds,
    groups: Mapping[GroupKey, Sequence[Candidate]],
    tiers: Sequence[int],
    km: Numbers,
    rule: RedeploymentRules,
) -> Problem:
    kinds = sorted({kind for kind, _, _ in groups})
    names = list(
        dict.fromkeys(
            code for item in redeployment_needs.candidates for code, _ in item.coverage_removed
        )
    )
    spare = redeployment_needs.tps.set_index("code")["spare"].reindex(names)
    number = {code: position for position, code in enumerate(names)}
    return Problem(
        distance_km=km,
        officer_counts=_to_counts(map(len, groups.values())),
        group_kinds=_to_counts(kinds.index(kind) for kind, _, _ in groups),
        max_by_kind=_to_counts(
            candidates.compute_max_movable(kind, redeployment_needs.candidates, rule)
            for kind in kinds
        ),
        needed_officers=_to_counts(
            group.officers_needed for group in redeployment_needs.station_groups
        ),
        first_officer_gain=_count_by_tier(
            [group.empty_points for group in redeployment_needs.station_groups], tiers
        ),
        last_officer_gain=_count_by_tier(
            [group.short_points for group in redeployment_needs.station_groups], tiers
        ),
        coverage_removed=tuple(
            (group, tuple((number[code], share) for code, share in item.coverage_removed))
            for group, ((_, _, is_bound), pool) in enumerate(groups.items())
            if is_bound
            for item in pool
        ),
        spare=spare.to_numpy(np.float64),
    )


def _list_shortfall_points(station_group: StationGroup) -> tuple[int, ...]:
    return (*station_group.empty_points.values(), *station_group.short_points.values())


def _to_counts(numbers: Iterable[int]) -> Counts:
    return np.array(list(numbers), dtype=np.intp)


def _count_by_tier(points: Sequence[Mapping[str, int]], tiers: Sequence[int]) -> Counts:
    """Count the shortfalls of each tier at each place."""
    counts = np.zeros((len(points), len(tiers)), dtype=np.intp)
    for place, place_points in enumerate(points):
        for value in place_points.values():
            counts[place, tiers.index(value)] += 1
    return counts


def _generate_moves(
    redeployment_needs: RedeploymentNeeds,
    groups: Mapping[GroupKey, Sequence[Candidate]],
    solution: Solution,
    km: Numbers,
    by_road: distances.Mask,
) -> Iterator[Move]:
    """Yield the moves of a solution, place after place, the nearest first."""
    bound = [item for (_, _, is_bound), pool in groups.items() if is_bound for item in pool]
    departing = {bound[position].petugas for position in solution.departing}
    ready = [
        [item for item in pool if not is_tied or item.petugas in departing]
        for (_, _, is_tied), pool in groups.items()
    ]
    for place, target in enumerate(redeployment_needs.station_groups):
        sent = [
            (float(km[group, place]), group)
            for group in np.flatnonzero(solution.officers_sent[:, place]).tolist()
            for _ in range(solution.officers_sent[group, place])
        ]
        for number, (distance, group) in enumerate(sorted(sent), start=1):
            yield Move(ready[group].pop(0), target, distance, bool(by_road[group, place]), number)
