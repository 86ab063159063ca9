"""The plain way: the nearest officer for one place after another, the gravest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from situasi.analysis.redeployment.problem import TOLERANCE, Counts, Numbers, Problem, Solution


def solve_greedily(problem: Problem) -> Solution:
    """The nearest who may go, to one place after another, the gravest first."""
    sent = np.zeros(problem.distance_km.shape, dtype=np.intp)
    left, room = problem.officer_counts.copy(), problem.max_by_kind.copy()
    spare = problem.spare.copy()
    going: list[int] = []
    for place, wanted in _list_steps(problem):
        gone: list[tuple[int, int | None]] = []
        while sent[:, place].sum() < wanted:
            pick = _find_nearest(problem, place, left, room, spare, going)
            if pick is None:
                break
            group, who = pick
            gone.append(pick)
            _apply_departure(problem, group, who, left, room, spare, going, 1)
            sent[group, place] += 1
        if sent[:, place].sum() < wanted:  # too few would remove nothing: they stay
            for group, who in gone:
                _apply_departure(problem, group, who, left, room, spare, going, -1)
                sent[group, place] -= 1
    return Solution(sent, tuple(sorted(going)))


def _list_steps(problem: Problem) -> list[tuple[int, int]]:
    """(place, officers that must be there then), the gravest gain first."""
    steps = []
    for place, need in enumerate(problem.needed_officers.tolist()):
        first, last = problem.first_officer_gain[place], problem.last_officer_gain[place]
        if need > 1 and first.any():
            steps.append((tuple(-first), 1, place))
            steps.append((tuple(-last), need, place))
        else:
            steps.append((tuple(-(first + last)), need, place))
    return [(place, wanted) for _, wanted, place in sorted(steps)]


def _find_nearest(
    problem: Problem,
    place: int,
    available: Counts,
    kind_quota: Counts,
    spare: Numbers,
    departing: Sequence[int],
) -> tuple[int, int | None] | None:
    """The group with the shortest way of which somebody may go, and who (None: anybody)."""
    for group in np.argsort(problem.distance_km[:, place], kind="stable").tolist():
        if not np.isfinite(problem.distance_km[group, place]):
            return None
        if not available[group] or not kind_quota[problem.group_kinds[group]]:
            continue
        if group not in problem.bound_groups:
            return group, None
        for who, (theirs, takes) in enumerate(problem.coverage_removed):
            free = theirs == group and who not in departing
            if free and all(share <= spare[tps] + TOLERANCE for tps, share in takes):
                return group, who
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
    """One officer leaves (by 1) or stays after all (by -1)."""
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
