"""Greedy solution: the nearest officer for one place after another, most serious first."""

import numpy as np

from situasi.analysis.redeployment.problem import TOLERANCE, Problem, Solution


def solve_greedily(problem: Problem) -> Solution:
    """Assign the nearest available officers to one place after another, most serious first."""
    sent = np.zeros(problem.distance_km.shape, dtype=np.intp)
    officers = _Officers(problem)
    for place, needed in _list_steps(problem):
        assigned: list[tuple[int, int | None]] = []
        while sent[:, place].sum() < needed and (pick := officers.find_nearest(place)):
            officers.move(*pick, 1)
            assigned.append(pick)
            sent[pick[0], place] += 1
        if sent[:, place].sum() < needed:  # too few remove no shortfall: nobody is sent
            for group, who in assigned:
                officers.move(group, who, -1)
                sent[group, place] -= 1
    return Solution(sent, tuple(sorted(officers.departing)))


def _list_steps(problem: Problem) -> list[tuple[int, int]]:
    """List (place, number of officers needed there), the largest gain first."""
    steps = []
    for place, need in enumerate(problem.needed_officers.tolist()):
        first, last = problem.first_officer_gain[place], problem.last_officer_gain[place]
        if need > 1 and first.any():
            steps.append((tuple(-first), 1, place))
            steps.append((tuple(-last), need, place))
        else:
            steps.append((tuple(-(first + last)), need, place))
    return [(place, needed) for _, needed, place in sorted(steps)]


class _Officers:
    """Who may still leave: by group and kind, and what the TPS of those bound to them can spare."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._spare = problem, problem.spare.copy()
        self._available, self._quota = problem.officer_counts.copy(), problem.max_by_kind.copy()
        self.departing: list[int] = []

    def find_nearest(self, place: int) -> tuple[int, int | None] | None:
        """Find the nearest group with an available officer, and who (None: anybody)."""
        problem = self._problem
        for group in np.argsort(problem.distance_km[:, place], kind="stable").tolist():
            if not np.isfinite(problem.distance_km[group, place]):
                return None
            if not self._available[group] or not self._quota[problem.group_kinds[group]]:
                continue
            if group not in problem.bound_groups:
                return group, None
            for officer, (officer_group, removed) in enumerate(problem.coverage_removed):
                is_free = officer_group == group and officer not in self.departing
                if is_free and all(share <= self._spare[tps] + TOLERANCE for tps, share in removed):
                    return group, officer
        return None

    def move(self, group: int, who: int | None, sign: int) -> None:
        """Record that one officer leaves (sign 1) or stays after all (sign -1)."""
        self._available[group] -= sign
        self._quota[self._problem.group_kinds[group]] -= sign
        if who is None:
            return
        for tps, share in self._problem.coverage_removed[who][1]:
            self._spare[tps] -= sign * share
        (self.departing.append if sign > 0 else self.departing.remove)(who)
