"""Greedy solution: the nearest officer for one place after another, most serious first."""

from collections.abc import Sequence

import numpy as np

from situasi.analysis.redeployment.problem import TOLERANCE, Counts, Numbers, Problem, Solution


def solve_greedily(problem: Problem) -> Solution:
    """Assign the nearest available officers to one place after another, most serious first."""
    sent = np.zeros(problem.distance_km.shape, dtype=np.intp)
    available, kind_quota = problem.officer_counts.copy(), problem.max_by_kind.copy()
    spare = problem.spare.copy()
    departing: list[int] = []
    for place, needed in _list_steps(problem):
        assigned: list[tuple[int, int | None]] = []
        while sent[:, place].sum() < needed:
            pick = _find_nearest(problem, place, available, kind_quota, spare, departing)
            if pick is None:
                break
            group, who = pick
            assigned.append(pick)
            _apply_departure(problem, group, who, available, kind_quota, spare, departing, 1)
            sent[group, place] += 1
        if sent[:, place].sum() < needed:  # too few remove no shortfall: nobody is sent
            for group, who in assigned:
                _apply_departure(problem, group, who, available, kind_quota, spare, departing, -1)
                sent[group, place] -= 1
    return Solution(sent, tuple(sorted(departing)))


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


def _find_nearest(
    problem: Problem,
    place: int,
    available: Counts,
    kind_quota: Counts,
    spare: Numbers,
    departing: Sequence[int],
) -> tuple[int, int | None] | None:
    """Find the nearest group with an available officer, and who (None: anybody)."""
    for group in np.argsort(problem.distance_km[:, place], kind="stable").tolist():
        if not np.isfinite(problem.distance_km[group, place]):
            return None
        if not available[group] or not kind_quota[problem.group_kinds[group]]:
            continue
        if group not in problem.bound_groups:
            return group, None
        for officer, (officer_group, removed) in enumerate(problem.coverage_removed):
            is_free = officer_group == group and officer not in departing
            if is_free and all(share <= spare[tps] + TOLERANCE for tps, share in removed):
                return group, officer
    return None


def _apply_departure(
    problem: Problem,
    group: int,
    who: int | None,
    available: Counts,
    kind_quota: Counts,
    spare: Numbers,
    departing: list[int],
    sign: int,
) -> None:
    """Record that one officer leaves (sign 1) or stays after all (sign -1)."""
    available[group] -= sign
    kind_quota[problem.group_kinds[group]] -= sign
    if who is None:
        return
    for tps, share in problem.coverage_removed[who][1]:
        spare[tps] -= sign * share
    if sign > 0:
        departing.append(who)
    else:
        departing.remove(who)
