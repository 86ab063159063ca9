"""Assigning: a problem of officers and places, and what a solution of it is worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.intp]

# Thirds and sixths do not add up exactly.
NEARLY = 1e-9


@dataclass(frozen=True, eq=False)
class Problem:
    """Officers of groups, any of a group as good as another, and places that need them.

    km: by group and place; infinite where nobody may go. count: officers of each group. kind: of
    each group, an index of `most`: how many of that kind may go at once. need: officers of each
    place. first, last: by place and tier (the gravest first) the shortfalls that its first and its
    last officer removes. takes: of each officer who is bound to TPS, the group and, by TPS, what
    goes with them; spare: what may go of each of these TPS. Groups without such officers are free.
    """

    km: Numbers
    count: Counts
    kind: Counts
    most: Counts
    need: Counts
    first: Counts
    last: Counts
    takes: tuple[tuple[int, tuple[tuple[int, float], ...]], ...] = ()
    spare: Numbers = field(default_factory=lambda: np.zeros(0))

    @cached_property
    def bound(self) -> frozenset[int]:
        """Groups of officers who are bound to TPS."""
        return frozenset(group for group, _ in self.takes)


@dataclass(frozen=True, eq=False)
class Solution:
    """sent: officers by group and place. going: which of Problem.takes go.

    proven: none is better.
    """

    sent: Counts
    going: tuple[int, ...]
    proven: bool = True

    def removed(self, of: Problem) -> tuple[int, ...]:
        """Shortfalls removed, by tier."""
        there = self.sent.sum(axis=0)
        gained = of.first[there >= 1].sum(axis=0) + of.last[there >= of.need].sum(axis=0)
        return tuple(int(one) for one in gained)

    def km(self, of: Problem) -> float:
        gone = self.sent > 0
        return float((of.km[gone] * self.sent[gone]).sum())

    def rank(self, of: Problem) -> tuple[tuple[int, ...], float]:
        """The less, the better: what it leaves undone, then how far it is."""
        return tuple(-one for one in self.removed(of)), round(self.km(of), 6)
