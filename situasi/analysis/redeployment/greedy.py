"""The plain way: the nearest officer for one place after another, the gravest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from situasi.analysis.redeployment.problem import NEARLY, Counts, Numbers, Problem, Solution


def greedy(of: Problem) -> Solution:
    """The nearest who may go, to one place after another, the gravest first."""
    sent = np.zeros(of.km.shape, dtype=np.intp)
    left, room = of.count.copy(), of.most.copy()
    spare = of.spare.copy()
    going: list[int] = []
    for place, wanted in _steps(of):
        gone: list[tuple[int, int | None]] = []
        while sent[:, place].sum() < wanted:
            pick = _nearest(of, place, left, room, spare, going)
            if pick is None:
                break
            group, who = pick
            gone.append(pick)
            _go(of, group, who, left, room, spare, going, 1)
            sent[group, place] += 1
        if sent[:, place].sum() < wanted:  # too few would remove nothing: they stay
            for group, who in gone:
                _go(of, group, who, left, room, spare, going, -1)
                sent[group, place] -= 1
    return Solution(sent, tuple(sorted(going)))


def _steps(of: Problem) -> list[tuple[int, int]]:
    """(place, officers that must be there then), the gravest gain first."""
    steps = []
    for place, need in enumerate(of.need.tolist()):
        first, last = of.first[place], of.last[place]
        if need > 1 and first.any():
            steps.append((tuple(-first), 1, place))
            steps.append((tuple(-last), need, place))
        else:
            steps.append((tuple(-(first + last)), need, place))
    return [(place, wanted) for _, wanted, place in sorted(steps)]


def _nearest(
    of: Problem, place: int, left: Counts, room: Counts, spare: Numbers, going: Sequence[int]
) -> tuple[int, int | None] | None:
    """The group with the shortest way of which somebody may go, and who (None: anybody)."""
    for group in np.argsort(of.km[:, place], kind="stable").tolist():
        if not np.isfinite(of.km[group, place]):
            return None
        if not left[group] or not room[of.kind[group]]:
            continue
        if group not in of.bound:
            return group, None
        for who, (theirs, takes) in enumerate(of.takes):
            free = theirs == group and who not in going
            if free and all(share <= spare[tps] + NEARLY for tps, share in takes):
                return group, who
    return None


def _go(
    of: Problem, group: int, who: int | None, left: Counts, room: Counts, spare: Numbers,
    going: list[int], by: int,
) -> None:  # fmt: skip
    """One officer leaves (by 1) or stays after all (by -1)."""
    left[group] -= by
    room[of.kind[group]] -= by
    if who is None:
        return
    for tps, share in of.takes[who][1]:
        spare[tps] -= by * share
    if by > 0:
        going.append(who)
    else:
        going.remove(who)
