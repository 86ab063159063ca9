"""Assigning: a problem of officers and places, and what a solution of it is worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.intp]

# Thirds and sixths do not add up exactly.
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Problem:
    """Officers of groups, any of a group as good as another, and places that need them.

    km: by group and place; infinite where nobody may go. count: officers of each group. kind: of
    each group, an index of `most`: how many of that kind may go at once. need: officers of each
    place. first, last: by place and tier (the gravest first) the shortfalls that its first and its
    last officer removes. takes: of each officer who is bound to TPS, the group and, by TPS, what
    goes with them; spare: what may go of each of these TPS. Groups without such officers are free.
    """

    distance_km: Numbers
    officer_counts: Counts
    group_kinds: Counts
    max_by_kind: Counts
    needed_officers: Counts
    first_officer_gain: Counts
    last_officer_gain: Counts
    coverage_removed: tuple[tuple[int, tuple[tuple[int, float], ...]], ...] = ()
    spare: Numbers = field(default_factory=lambda: np.zeros(0))

    @cached_property
    def bound_groups(self) -> frozenset[int]:
        """Groups of officers who are bound to TPS."""
        return frozenset(group for group, _ in self.coverage_removed)


@dataclass(frozen=True, eq=False)
class Solution:
    """sent: officers by group and place. going: which of Problem.takes go.

    proven: none is better.
    """

    officers_sent: Counts
    departing: tuple[int, ...]
    is_optimal: bool = True

    def count_removed(self, problem: Problem) -> tuple[int, ...]:
        """Shortfalls removed, by tier."""
        there = self.officers_sent.sum(axis=0)
        gained = problem.first_officer_gain[there >= 1].sum(axis=0) + problem.last_officer_gain[
            there >= problem.needed_officers
        ].sum(axis=0)
        return tuple(int(one) for one in gained)

    def compute_total_km(self, problem: Problem) -> float:
        gone = self.officers_sent > 0
        return float((problem.distance_km[gone] * self.officers_sent[gone]).sum())

    def compute_rank(self, problem: Problem) -> tuple[tuple[int, ...], float]:
        """The less, the better: what it leaves undone, then how far it is."""
        return tuple(-one for one in self.count_removed(problem)), round(
            self.compute_total_km(problem), 6
        )
