"""Assignment problem of officers and places, and the value of a solution."""

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
    """Officers in groups of interchangeable officers, and places that need them.

    distance_km: by group and place; infinite where nobody may go. group_kinds: of each group, an
    index of max_by_kind: how many of that kind may leave at once. first_officer_gain,
    last_officer_gain: by place and tier (the most serious first), the shortfalls that its first and
    its last officer remove. coverage_removed: of each officer bound to TPS, the group and, by TPS,
    the strength that leaves; spare: what each of these TPS can lose. Groups without such officers
    are free.
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
        """Return the groups of officers who are bound to TPS."""
        return frozenset(group for group, _ in self.coverage_removed)


@dataclass(frozen=True, eq=False)
class Solution:
    """Solution of a problem. officers_sent: by group and place.

    departing: which of Problem.coverage_removed leave. is_optimal: no better one exists.
    """

    officers_sent: Counts
    departing: tuple[int, ...]
    is_optimal: bool = True

    def count_removed(self, problem: Problem) -> tuple[int, ...]:
        """Count the shortfalls removed, by tier."""
        arrived = self.officers_sent.sum(axis=0)
        first = problem.first_officer_gain[arrived >= 1].sum(axis=0)
        last = problem.last_officer_gain[arrived >= problem.needed_officers].sum(axis=0)
        gained = first + last
        return tuple(int(count) for count in gained)

    def compute_total_km(self, problem: Problem) -> float:
        """Return the sum of km of all officers sent."""
        is_used = self.officers_sent > 0
        return float((problem.distance_km[is_used] * self.officers_sent[is_used]).sum())

    def compute_rank(self, problem: Problem) -> tuple[tuple[int, ...], float]:
        """Return the rank of a solution, lower is better: by shortfalls removed, then by km."""
        return tuple(-count for count in self.count_removed(problem)), round(
            self.compute_total_km(problem), 6
        )
