"""Whom to move, on a day on which much is missing: seconds, and what it does better than the
plain way."""

from __future__ import annotations

import time

from situasi.analysis.personnel import coverage
from situasi.analysis.queries import dependencies_of
from situasi.analysis.redeployment import plan as redeployment_plan
from situasi.domain import boundaries, election, road_network
from situasi.domain import register as domain_register
from situasi.domain.settings import load
from tests import queries
from tests.analysis.builders_moves import AT, crisis, needs, rated
from tests.builders import wib

OFFICERS = 400
DAYS = 10


def run() -> None:
    """Print the figures of so many made-up days of the whole register."""
    definition = election.load(load({}).election_folder)
    register = domain_register.load(definition)
    land = road_network.load(register, boundaries.load(definition.boundaries_folder))
    rule = definition.rules.redeployment
    redeployment_plan.compute_plan(
        needs(crisis(register), register), land, rule, wib(AT)
    )  # loads the solver
    print(f"\nWhom to move: {len(register.tps)} TPS, {OFFICERS} officers, {DAYS} made-up days")
    looked, made, shorter, graver, proven = [], [], [], 0, 0
    for seed in range(1, DAYS + 1):
        own = rated(register, seed)
        rows = crisis(own, OFFICERS, seed)
        covered = queries.run(coverage.compute_coverage, rows, own, wib(AT))
        given = dependencies_of(redeployment_plan.compute_needs).restrict_frames(rows)
        begun = time.perf_counter()
        found = redeployment_plan.compute_needs(given, own, wib(AT), covered, ())
        looked.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        plan = redeployment_plan.compute_plan(found, land, rule, wib(AT))
        made.append(time.perf_counter() - begun)
        removed, km = plan.greedy_result
        ahead = (plan.shortfalls_removed, -plan.total_km) >= (removed, -km - 1e-6)
        assert ahead, f"day {seed}: behind the plain way"
        graver += plan.shortfalls_removed > removed
        proven += plan.is_optimal
        if plan.shortfalls_removed == removed:
            shorter.append(100 * (1 - plan.total_km / km))
        print(
            f"  day {seed:>2}: {sum(plan.shortfalls_before):>4} short, {plan.shortfalls_removed} "
            f"(plain way {removed}) by {len(plan.moves)} officers, {plan.total_km:,.0f} km "
            f"(plain {km:,.0f})"
        )
    print(f"  what is short: median {_middle(looked) * 1e3:,.0f} ms")
    print(
        f"  the plan: median {_middle(made):.2f} s, worst {max(made):.2f} s; proven the best on "
        f"{proven} of {DAYS} days"
    )
    print(
        f"  graver shortfalls removed than by the plain way on {graver} days; the same on "
        f"{len(shorter)}, by {_middle(shorter or [0.0]):.0f} % fewer km (median)"
    )


def _middle(some: list[float]) -> float:
    return sorted(some)[len(some) // 2]
