"""Integer program of a redeployment problem, solved to the optimum by HiGHS."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from situasi.analysis.redeployment.greedy import solve_greedily
from situasi.analysis.redeployment.problem import TOLERANCE, Counts, Numbers, Problem, Solution

Constraint = tuple[Any, Numbers, Numbers]  # matrix of columns, lower and upper limit of its rows

# Tiers are weighted together only while the weights stay well within the solver's precision.
_MAX_WEIGHT = 10_000


def solve_optimally(problem: Problem, time_limit_s: float) -> Solution:
    """Find the best plan, or the best found within so many seconds (then not optimal)."""
    import scipy.optimize  # noqa: F401 (this import can take longer than solving a plan)

    until = time.monotonic() + time_limit_s
    baseline = solve_greedily(problem)
    if not problem.distance_km.size or not np.isfinite(problem.distance_km).any():
        return baseline
    solution = _search(problem, until)
    if solution is None:
        return replace(baseline, is_optimal=False)
    if solution.is_optimal:
        return solution
    chosen = min((solution, baseline), key=lambda candidate: candidate.compute_rank(problem))
    return replace(chosen, is_optimal=False)


def _search(problem: Problem, deadline_s: float) -> Solution | None:
    model = _MilpModel(problem)
    coarse = (
        _MilpModel(_aggregate_groups(problem)) if np.isfinite(problem.distance_km).all() else model
    )
    tiers = coarse.solve_tiers(deadline_s)
    if tiers is None:
        return None
    solution = model.minimize_km(model.convert_constraints(coarse, tiers[0]), deadline_s)
    return solution and replace(solution, is_optimal=solution.is_optimal and tiers[1])


class _MilpModel:
    """The integer program of a problem.

    Columns: officers of a group sent to a place, for each allowed pair; whether each place that
    needs several has its first officer, and each place its last; whether each bound officer leaves.
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
        # Once the other columns are integers, officers are a network flow: its best corner is
        # integral.
        self.integrality = np.append(np.zeros(pairs), np.ones(self.column_count - pairs))
        self.constraints = self._build_constraints()

    def solve_tiers(self, deadline_s: float) -> tuple[list[Constraint], bool] | None:
        """Return constraints keeping the most removed by tier, and if optimal; None if too late."""
        constraints: list[Constraint] = []
        is_optimal = True
        for gains, weights in self._list_tier_objectives():
            best = self._solve(
                -weights @ gains, [*self.constraints, *constraints], self.integrality, deadline_s
            )
            if best is None:
                return None
            removed = np.round(gains @ best[0])
            is_optimal &= best[1]
            constraints.append((gains, removed, removed))
        return constraints, is_optimal

    def minimize_km(
        self, tier_constraints: Sequence[Constraint], deadline_s: float
    ) -> Solution | None:
        """Minimise the km with this much removed."""
        cost = np.zeros(self.column_count)
        cost[: self.pairs] = self.problem.distance_km[self.groups, self.places]
        rows = [*self.constraints, *tier_constraints]
        # Usually the best flow is integral even if not required, and is then found much faster.
        best = self._solve(cost, rows, np.zeros(self.column_count), deadline_s)
        if best is not None and not _is_integral(best[0]):
            best = self._solve(cost, rows, self.integrality, deadline_s)
            best = best and (self._find_vertex(best[0], cost, rows, deadline_s), best[1])
        return best and self._to_solution(*best)

    def _find_vertex(
        self, solution: Numbers, cost: Numbers, constraints: Sequence[Constraint], deadline_s: float
    ) -> Numbers:
        """Find an integral corner of the flows with the same places and bound officers."""
        if _is_integral(solution):
            return solution
        low, high = np.zeros(self.column_count), self.upper_bounds.copy()
        low[self.pairs :] = high[self.pairs :] = np.round(solution[self.pairs :])
        best = self._solve(cost, constraints, np.zeros(self.column_count), deadline_s, (low, high))
        return solution if best is None else best[0]

    def _solve(
        self,
        cost: Numbers,
        constraint_rows: Sequence[Constraint],
        integrality: Numbers,
        deadline_s: float,
        limits: tuple[Numbers, Numbers] | None = None,
    ) -> tuple[Numbers, bool] | None:
        """Solve with HiGHS; return columns and whether optimal, or None if out of time."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        remaining_s = deadline_s - time.monotonic()
        if remaining_s <= 0:
            return None
        result = milp(
            cost,
            integrality=integrality,
            bounds=Bounds(*(limits or (np.zeros(self.column_count), self.upper_bounds))),
            constraints=[LinearConstraint(*row) for row in constraint_rows],
            options={"time_limit": remaining_s, "mip_rel_gap": 0.0},
        )
        return None if result.x is None else (result.x, result.status == 0)

    def _list_tier_objectives(self) -> list[tuple[Numbers, Numbers]]:
        """List objectives of as many tiers as can be weighted together.

        Gains of each column (axis 1) by tier; one more of a tier outweighs all tiers below.
        """
        task = self.problem
        most = (task.first_officer_gain.sum(axis=0) + task.last_officer_gain.sum(axis=0)).tolist()
        parts: list[dict[int, int]] = [{}]
        weight = 1
        for tier in reversed([tier for tier, count in enumerate(most) if count]):
            if weight * (most[tier] + 1) > _MAX_WEIGHT and parts[0]:
                parts.insert(0, {})
                weight = 1
            parts[0] = {tier: weight, **parts[0]}
            weight *= most[tier] + 1
        return [self._build_objective(part) for part in parts if part]

    def _build_objective(self, weights: Mapping[int, int]) -> tuple[Numbers, Numbers]:
        gains = np.array([self._compute_tier_gain(tier) for tier in weights])
        return gains, np.array(list(weights.values()), float)

    def _compute_tier_gain(self, tier: int) -> Numbers:
        task, gain = self.problem, np.zeros(self.column_count)
        first, last = task.first_officer_gain[:, tier], task.last_officer_gain[:, tier]
        gain[self.first_officer_columns] = first[self.multi_officer_places]
        gain[self.last_officer_columns] = last + np.where(task.needed_officers == 1, first, 0)
        return gain

    def _build_constraints(self) -> list[Constraint]:
        task, pairs = self.problem, np.arange(len(self.groups))
        groups = self._build_sparse_matrix(len(task.officer_counts), self.groups, pairs, 1.0)
        kinds = self._build_sparse_matrix(
            len(task.max_by_kind), task.group_kinds[self.groups], pairs, 1.0
        )
        arrived = self._build_sparse_matrix(len(task.needed_officers), self.places, pairs, 1.0)
        rows = [
            _limit_rows(groups, task.officer_counts),
            _limit_rows(kinds, task.max_by_kind),
            _limit_rows(arrived, task.needed_officers),
        ]
        complete = self._build_sparse_matrix(
            len(task.needed_officers),
            np.arange(len(task.needed_officers)),
            self.last_officer_columns,
            task.needed_officers,
        )
        rows.append(_limit_rows(complete - arrived, np.zeros(len(task.needed_officers))))
        if len(self.multi_officer_places):
            count = len(self.multi_officer_places)
            first = self._build_sparse_matrix(
                count, np.arange(count), self.first_officer_columns, 1.0
            )
            rows.append(_limit_rows(first - arrived[self.multi_officer_places], np.zeros(count)))
        if task.coverage_removed:
            bound = np.array(sorted(task.bound_groups))
            members = np.array([group for group, _ in task.coverage_removed], dtype=np.intp)
            departing = self._build_sparse_matrix(
                len(task.officer_counts), members, self.departure_columns, 1.0
            )
            rows.append(((groups - departing)[bound], np.zeros(len(bound)), np.zeros(len(bound))))
            entries = [
                (tps, who, share)
                for who, (_, removed) in enumerate(task.coverage_removed)
                for tps, share in removed
            ]
            tps, who, share = (np.array(values) for values in zip(*entries, strict=True))
            lost = self._build_sparse_matrix(
                len(task.spare), tps, self.departure_columns[who], share
            )
            rows.append(_limit_rows(lost, task.spare + TOLERANCE))
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
        departing = np.flatnonzero(np.round(columns[self.departure_columns]))
        return Solution(sent, tuple(int(officer) for officer in departing), is_optimal)

    def convert_constraints(
        self, other: _MilpModel, tier_constraints: Sequence[Constraint]
    ) -> list[Constraint]:
        """Convert rows of a coarser model of the same places to rows of this model."""
        rows = [
            self._widen_gains(gains[:, other.pairs :]) for gains, _low, _high in tier_constraints
        ]
        return [
            (row, low, high) for row, (_, low, high) in zip(rows, tier_constraints, strict=True)
        ]

    def _widen_gains(self, gains: Numbers) -> Numbers:
        widened = np.zeros((len(gains), self.column_count))
        widened[:, self.pairs : self.pairs + gains.shape[1]] = gains
        return widened


def _is_integral(columns: Numbers) -> bool:
    return bool(np.abs(columns - np.round(columns)).max() < 1e-6)


def _aggregate_groups(problem: Problem) -> Problem:
    """Merge all groups of one kind: what can be removed does not depend on distance."""
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
