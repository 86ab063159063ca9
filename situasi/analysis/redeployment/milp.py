"""The integer program of a problem: HiGHS finds the plan of which none is better."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from situasi.analysis.redeployment.greedy import solve_greedily
from situasi.analysis.redeployment.problem import TOLERANCE, Counts, Numbers, Problem, Solution

Constraint = tuple[Any, Numbers, Numbers]  # a matrix of columns, and between what its rows must lie

# Tiers are weighed together while their weights stay far within what the solver tells apart.
_MAX_WEIGHT = 10_000


def solve_optimally(problem: Problem, time_limit_s: float) -> Solution:
    """The best plan, or the best that was found in so many seconds (not proven)."""
    import scipy.optimize  # noqa: F401 (the first time this takes longer than many a plan)

    until = time.monotonic() + time_limit_s
    plain = solve_greedily(problem)
    if not problem.distance_km.size or not np.isfinite(problem.distance_km).any():
        return plain
    found = _search(problem, until)
    if found is None:
        return replace(plain, is_optimal=False)
    if found.is_optimal:
        return found
    chosen = min((found, plain), key=lambda one: one.compute_rank(problem))
    return replace(chosen, is_optimal=False)


def _search(problem: Problem, deadline_s: float) -> Solution | None:
    whole = _MilpModel(problem)
    coarse = (
        _MilpModel(_aggregate_groups(problem)) if np.isfinite(problem.distance_km).all() else whole
    )
    held = coarse.solve_tiers(deadline_s)
    if held is None:
        return None
    found = whole.minimize_km(whole.convert_constraints(coarse, held[0]), deadline_s)
    return found and replace(found, is_optimal=found.is_optimal and held[1])


class _MilpModel:
    """The integer program of a problem.

    Columns: officers of a group sent to a place, for each pair that may be; whether each place
    that needs several has its first, and each place its last; whether each bound officer goes.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.groups, self.places = np.nonzero(np.isfinite(problem.distance_km))
        self.pairs = pairs = len(self.groups)
        self.multi_officer_places = np.flatnonzero(problem.needed_officers > 1)
        self.first_officer_columns = pairs + np.arange(len(self.multi_officer_places))
        self.last_officer_columns = (
            pairs + len(self.multi_officer_places) + np.arange(len(problem.needed_officers))
        )
        self.departure_columns = (
            self.last_officer_columns[-1] + 1 + np.arange(len(problem.coverage_removed))
        )
        self.column_count = (
            pairs
            + len(self.multi_officer_places)
            + len(problem.needed_officers)
            + len(problem.coverage_removed)
        )
        self.upper_bounds = np.ones(self.column_count)
        self.upper_bounds[:pairs] = np.minimum(
            problem.officer_counts[self.groups], problem.needed_officers[self.places]
        )
        # Once the others are whole, officers flow through a net: the best flow is whole too.
        self.integrality = np.append(np.zeros(pairs), np.ones(self.column_count - pairs))
        self.constraints = self._build_constraints()

    def solve_tiers(self, deadline_s: float) -> tuple[list[Constraint], bool] | None:
        """The most that can be removed, tier after tier, as rows that hold it; whether it is
        proven. None where nothing was found in time."""
        held: list[Constraint] = []
        proven = True
        for gains, weights in self._list_tier_objectives():
            got = self._solve(
                -weights @ gains, [*self.constraints, *held], self.integrality, deadline_s
            )
            if got is None:
                return None
            reached = np.round(gains @ got[0])
            proven &= got[1]
            held.append((gains, reached, reached))
        return held, proven

    def minimize_km(
        self, tier_constraints: Sequence[Constraint], deadline_s: float
    ) -> Solution | None:
        """The fewest kilometres with this much removed."""
        cost = np.zeros(self.column_count)
        cost[: self.pairs] = self.problem.distance_km[self.groups, self.places]
        rows = [*self.constraints, *tier_constraints]
        # Mostly the best flow needs no whole numbers to be whole, and is found much sooner.
        got = self._solve(cost, rows, np.zeros(self.column_count), deadline_s)
        if got is not None and not _is_integral(got[0]):
            got = self._solve(cost, rows, self.integrality, deadline_s)
            got = got and (self._find_vertex(got[0], cost, rows, deadline_s), got[1])
        return got and self._to_solution(*got)

    def _find_vertex(
        self, solution: Numbers, cost: Numbers, constraints: Sequence[Constraint], deadline_s: float
    ) -> Numbers:
        """The same places and bound officers, and of the flows to them a corner: it is whole."""
        if _is_integral(solution):
            return solution
        low, high = np.zeros(self.column_count), self.upper_bounds.copy()
        low[self.pairs :] = high[self.pairs :] = np.round(solution[self.pairs :])
        got = self._solve(cost, constraints, np.zeros(self.column_count), deadline_s, (low, high))
        return solution if got is None else got[0]

    def _solve(
        self,
        cost: Numbers,
        constraint_rows: Sequence[Constraint],
        integrality: Numbers,
        deadline_s: float,
        limits: tuple[Numbers, Numbers] | None = None,
    ) -> tuple[Numbers, bool] | None:
        """What HiGHS finds, and whether it is proven; None: nothing in time."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        left = deadline_s - time.monotonic()
        if left <= 0:
            return None
        done = milp(
            cost,
            integrality=integrality,
            bounds=Bounds(*(limits or (np.zeros(self.column_count), self.upper_bounds))),
            constraints=[LinearConstraint(*row) for row in constraint_rows],
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )
        return None if done.x is None else (done.x, done.status == 0)

    def _list_tier_objectives(self) -> list[tuple[Numbers, Numbers]]:
        """What each column (second axis) removes of each tier, and so weighed that one more of a
        tier goes before all of those below; by as many tiers as can be weighed together."""
        of = self.problem
        most = (of.first_officer_gain.sum(axis=0) + of.last_officer_gain.sum(axis=0)).tolist()
        parts: list[dict[int, int]] = [{}]
        weight = 1
        for tier in reversed([tier for tier, some in enumerate(most) if some]):
            if weight * (most[tier] + 1) > _MAX_WEIGHT and parts[0]:
                parts.insert(0, {})
                weight = 1
            parts[0] = {tier: weight, **parts[0]}
            weight *= most[tier] + 1
        return [
            (
                np.array([self._compute_tier_gain(tier) for tier in part]),
                np.array(list(part.values()), float),
            )
            for part in parts
            if part
        ]

    def _compute_tier_gain(self, tier: int) -> Numbers:
        of, gain = self.problem, np.zeros(self.column_count)
        first, last = of.first_officer_gain[:, tier], of.last_officer_gain[:, tier]
        gain[self.first_officer_columns] = first[self.multi_officer_places]
        gain[self.last_officer_columns] = last + np.where(of.needed_officers == 1, first, 0)
        return gain

    def _build_constraints(self) -> list[Constraint]:
        of, pairs = self.problem, np.arange(len(self.groups))
        groups = self._build_sparse_matrix(len(of.officer_counts), self.groups, pairs, 1.0)
        kinds = self._build_sparse_matrix(
            len(of.max_by_kind), of.group_kinds[self.groups], pairs, 1.0
        )
        there = self._build_sparse_matrix(len(of.needed_officers), self.places, pairs, 1.0)
        rows = [
            _limit_rows(groups, of.officer_counts),
            _limit_rows(kinds, of.max_by_kind),
            _limit_rows(there, of.needed_officers),
        ]
        full = self._build_sparse_matrix(
            len(of.needed_officers),
            np.arange(len(of.needed_officers)),
            self.last_officer_columns,
            of.needed_officers,
        )
        rows.append(_limit_rows(full - there, np.zeros(len(of.needed_officers))))
        if len(self.multi_officer_places):
            count = len(self.multi_officer_places)
            some = self._build_sparse_matrix(
                count, np.arange(count), self.first_officer_columns, 1.0
            )
            rows.append(_limit_rows(some - there[self.multi_officer_places], np.zeros(count)))
        if of.coverage_removed:
            bound = np.array(sorted(of.bound_groups))
            theirs = np.array([group for group, _ in of.coverage_removed], dtype=np.intp)
            going = self._build_sparse_matrix(
                len(of.officer_counts), theirs, self.departure_columns, 1.0
            )
            rows.append(((groups - going)[bound], np.zeros(len(bound)), np.zeros(len(bound))))
            each = [
                (tps, who, share)
                for who, (_, t) in enumerate(of.coverage_removed)
                for tps, share in t
            ]
            tps, who, share = (np.array(one) for one in zip(*each, strict=True))
            gone = self._build_sparse_matrix(len(of.spare), tps, self.departure_columns[who], share)
            rows.append(_limit_rows(gone, of.spare + TOLERANCE))
        return rows

    def _build_sparse_matrix(
        self, row_count: int, row_index: Counts, columns: Counts, values: Any
    ) -> Any:
        from scipy.sparse import csr_array

        cells = np.broadcast_to(np.asarray(values, dtype=np.float64), row_index.shape)
        return csr_array((cells, (row_index, columns)), shape=(row_count, self.column_count))

    def _to_solution(self, columns: Numbers, is_optimal: bool) -> Solution:
        sent = np.zeros(self.problem.distance_km.shape, dtype=np.intp)
        sent[self.groups, self.places] = np.round(columns[: self.pairs]).astype(np.intp)
        going = np.flatnonzero(np.round(columns[self.departure_columns]))
        return Solution(sent, tuple(int(one) for one in going), is_optimal)

    def convert_constraints(
        self, other: _MilpModel, tier_constraints: Sequence[Constraint]
    ) -> list[Constraint]:
        """Rows of a coarser program of the same places, as rows of this one."""
        own = [
            self._widen_gains(gains[:, other.pairs :]) for gains, _low, _high in tier_constraints
        ]
        return [(one, low, high) for one, (_, low, high) in zip(own, tier_constraints, strict=True)]

    def _widen_gains(self, gains: Numbers) -> Numbers:
        found = np.zeros((len(gains), self.column_count))
        found[:, self.pairs : self.pairs + gains.shape[1]] = gains
        return found


def _is_integral(columns: Numbers) -> bool:
    return bool(np.abs(columns - np.round(columns)).max() < 1e-6)


def _aggregate_groups(problem: Problem) -> Problem:
    """The same with all who are of one kind as one group: what can be removed asks no distance."""
    group = problem.group_kinds * 2 + np.isin(
        np.arange(len(problem.group_kinds)), list(problem.bound_groups)
    )
    names, merged = np.unique(group, return_inverse=True)
    return replace(
        problem,
        distance_km=np.zeros((len(names), len(problem.needed_officers))),
        officer_counts=np.bincount(merged, problem.officer_counts, minlength=len(names)).astype(
            np.intp
        ),
        group_kinds=names // 2,
        coverage_removed=tuple(
            (int(merged[of_group]), takes) for of_group, takes in problem.coverage_removed
        ),
    )


def _limit_rows(matrix: Any, upper_limits: npt.NDArray[Any]) -> Constraint:
    return matrix, np.full(len(upper_limits), -np.inf), upper_limits.astype(np.float64)
