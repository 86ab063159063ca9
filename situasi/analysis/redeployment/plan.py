"""Allocation: whom to move, so that the gravest shortfalls go first, and by the shortest ways."""

from __future__ import annotations

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
from situasi.analysis.personnel.officers import frame
from situasi.analysis.queries import reads
from situasi.analysis.redeployment import candidates, distances, greedy, milp, shortfalls
from situasi.analysis.redeployment.candidates import Mover
from situasi.analysis.redeployment.problem import Counts, Numbers, Problem, Solution
from situasi.analysis.redeployment.shortfalls import Bundle
from situasi.domain import row_order
from situasi.domain.feed_schemas import INCIDENTS, MERGES, POSTINGS
from situasi.domain.register import Register
from situasi.domain.road_network import Geography
from situasi.domain.rules import RedeploymentRules


@dataclass(frozen=True, eq=False)
class Needs:
    """What is short at a moment, and who could go.

    tps: shortfalls.judged, of all. chosen: the kecamatan that are to be helped (empty: all).
    bundles: shortfalls.bundles of these. movers: movable.movers. under_way: officers ordered
    elsewhere lately, who are awaited there.
    """

    coverage: Coverage
    tps: pd.DataFrame
    chosen: tuple[str, ...]
    bundles: tuple[Bundle, ...]
    movers: tuple[Mover, ...]
    under_way: frozenset[str]

    @property
    def shown(self) -> pd.DataFrame:
        """The TPS of the chosen kecamatan."""
        return within(self.tps, self.chosen)


def within(tps: pd.DataFrame, kecamatan: Collection[str]) -> pd.DataFrame:
    """The TPS of these kecamatan (none: all)."""
    return tps[tps["kecamatan"].isin(list(kecamatan))] if kecamatan else tps


@reads(INCIDENTS, MERGES, POSTINGS, depends_on=(coverage.coverage,))
def needs(
    known: FeedFrames,
    register: Register,
    at: datetime,
    everywhere: Coverage,
    kecamatan: tuple[str, ...] = (),
) -> Needs:
    """What is short in these kecamatan (none: all), and who could go, from anywhere."""
    rule, patterns = register.election.rules.redeployment, register.election.rules.staffing_patterns
    order = row_order.select_current_orders(frame(known, POSTINGS), at)
    coming = shortfalls.under_way(order, everywhere.officers, at, rule)
    opened = merging.build_merged_cases(known.cases, known[MERGES.name]).to_frame(
        case_index.is_open
    )
    grave = shortfalls.grave_places(opened)
    tps = shortfalls.judged(everywhere, coming, grave, rule.shortfall_points)
    area = () if register.is_complete else tuple(register.kecamatan)
    free = candidates.movers(everywhere, tps, rule, area)
    short = within(tps, kecamatan)
    return Needs(
        coverage.within(everywhere, kecamatan),
        tps,
        kecamatan,
        tuple(shortfalls.bundles(short, everywhere.posts, patterns, rule)),
        tuple(one for one in free if one.petugas not in coming),
        frozenset(coming),
    )


@dataclass(frozen=True, eq=False)
class Move:
    """One officer and where to. km: a perkiraan. along: whether it is along the ways.

    number: of those who go to this place, the nearest first.
    """

    mover: Mover
    to: Bundle
    km: float
    along: bool
    number: int

    @property
    def empty(self) -> tuple[str, ...]:
        """The TPS that are no longer without officers by this move."""
        return tuple(self.to.empty) if self.number == 1 else ()

    @property
    def short(self) -> tuple[str, ...]:
        """The TPS that this move, the last that was needed, brings up to the pattern."""
        return tuple(self.to.short) if self.number == self.to.officers else ()


@dataclass(frozen=True, eq=False)
class Plan:
    """Who is to go where.

    at: the moment it was made for. moves: the gravest first. tiers: points of shortfalls, the
    gravest first; before: how many of each there are, removed: how many the moves remove. plain:
    removed and km by the plain way (nearest_first). proven: there is no better one. ways:
    whether a net of ways was given.
    """

    at: datetime
    moves: tuple[Move, ...]
    tiers: tuple[int, ...]
    before: tuple[int, ...]
    removed: tuple[int, ...]
    plain: tuple[tuple[int, ...], float]
    proven: bool
    ways: bool

    @property
    def km(self) -> float:
        return sum(move.km for move in self.moves)


def plan(found: Needs, ground: Geography, rule: RedeploymentRules, at: datetime) -> Plan:
    """The plan for these needs."""
    groups = _groups(found.movers)
    tiers = sorted({p for one in found.bundles for p in _points(one)}, reverse=True)
    km, along = distances.between(
        ground, [place for _, place, _ in groups], [one.place for one in found.bundles]
    )
    problem = _problem(found, groups, tiers, np.where(km <= rule.max_km, km, np.inf), rule)
    best, plain = milp.best(problem, rule.time_limit_s), greedy.greedy(problem)
    before = problem.first.sum(axis=0) + problem.last.sum(axis=0)
    return Plan(
        at=at,
        moves=tuple(_moves(found, groups, best, km, along)),
        tiers=tuple(tiers),
        before=tuple(int(one) for one in before),
        removed=best.removed(problem),
        plain=(plain.removed(problem), plain.km(problem)),
        proven=best.proven,
        ways=ground.roads is not None,
    )


# Kind, place, and whether going takes anything from a TPS.
Group = tuple[str, str, bool]


def _groups(movers: Sequence[Mover]) -> dict[Group, list[Mover]]:
    """Officers of whom any is as good as another."""
    found: dict[Group, list[Mover]] = defaultdict(list)
    for one in movers:
        found[one.kind, one.place, bool(one.takes)].append(one)
    return dict(found)


def _problem(
    found: Needs,
    groups: Mapping[Group, Sequence[Mover]],
    tiers: Sequence[int],
    km: Numbers,
    rule: RedeploymentRules,
) -> Problem:
    kinds = sorted({kind for kind, _, _ in groups})
    names = list(dict.fromkeys(code for one in found.movers for code, _ in one.takes))
    spare = found.tps.set_index("code")["spare"].reindex(names)
    number = {code: at for at, code in enumerate(names)}
    return Problem(
        km=km,
        count=_counts(map(len, groups.values())),
        kind=_counts(kinds.index(kind) for kind, _, _ in groups),
        most=_counts(candidates.most(kind, found.movers, rule) for kind in kinds),
        need=_counts(one.officers for one in found.bundles),
        first=_by_tier([one.empty for one in found.bundles], tiers),
        last=_by_tier([one.short for one in found.bundles], tiers),
        takes=tuple(
            (group, tuple((number[code], share) for code, share in one.takes))
            for group, ((_, _, tied), some) in enumerate(groups.items())
            if tied
            for one in some
        ),
        spare=spare.to_numpy(np.float64),
    )


def _points(one: Bundle) -> tuple[int, ...]:
    return (*one.empty.values(), *one.short.values())


def _counts(numbers: Iterable[int]) -> Counts:
    return np.array(list(numbers), dtype=np.intp)


def _by_tier(points: Sequence[Mapping[str, int]], tiers: Sequence[int]) -> Counts:
    """How many shortfalls of each tier each place has."""
    found = np.zeros((len(points), len(tiers)), dtype=np.intp)
    for place, some in enumerate(points):
        for one in some.values():
            found[place, tiers.index(one)] += 1
    return found


def _moves(
    found: Needs,
    groups: Mapping[Group, Sequence[Mover]],
    chosen: Solution,
    km: Numbers,
    along: distances.Yes,
) -> Iterator[Move]:
    """The moves of a solution, place after place, the nearest first."""
    tied = [one for (_, _, bound_), some in groups.items() if bound_ for one in some]
    going = {tied[at].petugas for at in chosen.going}
    ready = [
        [one for one in some if not takes or one.petugas in going]
        for (_, _, takes), some in groups.items()
    ]
    for place, to in enumerate(found.bundles):
        sent = [
            (float(km[group, place]), group)
            for group in np.flatnonzero(chosen.sent[:, place]).tolist()
            for _ in range(chosen.sent[group, place])
        ]
        for number, (far, group) in enumerate(sorted(sent), start=1):
            yield Move(ready[group].pop(0), to, far, bool(along[group, place]), number)
