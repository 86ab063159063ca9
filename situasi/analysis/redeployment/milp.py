"""The integer program of a problem: HiGHS finds the plan of which none is better."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from situasi.analysis.redeployment.greedy import greedy
from situasi.analysis.redeployment.problem import NEARLY, Counts, Numbers, Problem, Solution

Row = tuple[Any, Numbers, Numbers]  # a matrix of columns, and between what its rows must lie

# Tiers are weighed together while their weights stay far within what the solver tells apart.
_HEAVIEST = 10_000


def best(of: Problem, seconds: float) -> Solution:
    """The best plan, or the best that was found in so many seconds (not proven)."""
    import scipy.optimize  # noqa: F401 (the first time this takes longer than many a plan)

    until = time.monotonic() + seconds
    plain = greedy(of)
    if not of.km.size or not np.isfinite(of.km).any():
        return plain
    found = _sought(of, until)
    if found is None:
        return replace(plain, proven=False)
    if found.proven:
        return found
    chosen = min((found, plain), key=lambda one: one.rank(of))
    return replace(chosen, proven=False)


def _sought(of: Problem, until: float) -> Solution | None:
    whole = _Program(of)
    coarse = _Program(_coarse(of)) if np.isfinite(of.km).all() else whole
    held = coarse.gravest(until)
    if held is None:
        return None
    found = whole.nearest(whole.rows_of(coarse, held[0]), until)
    return found and replace(found, proven=found.proven and held[1])


class _Program:
    """The integer program of a problem.

    Columns: officers of a group sent to a place, for each pair that may be; whether each place
    that needs several has its first, and each place its last; whether each bound officer goes.
    """

    def __init__(self, of: Problem) -> None:
        self.of = of
        self.groups, self.places = np.nonzero(np.isfinite(of.km))
        self.pairs = pairs = len(self.groups)
        self.several = np.flatnonzero(of.need > 1)
        self.some = pairs + np.arange(len(self.several))
        self.all = pairs + len(self.several) + np.arange(len(of.need))
        self.goes = self.all[-1] + 1 + np.arange(len(of.takes))
        self.size = pairs + len(self.several) + len(of.need) + len(of.takes)
        self.upper = np.ones(self.size)
        self.upper[:pairs] = np.minimum(of.count[self.groups], of.need[self.places])
        # Once the others are whole, officers flow through a net: the best flow is whole too.
        self.whole = np.append(np.zeros(pairs), np.ones(self.size - pairs))
        self.rows = self._rows()

    def gravest(self, until: float) -> tuple[list[Row], bool] | None:
        """The most that can be removed, tier after tier, as rows that hold it; whether it is
        proven. None where nothing was found in time."""
        held: list[Row] = []
        proven = True
        for gains, weights in self._tiers():
            got = self._solve(-weights @ gains, [*self.rows, *held], self.whole, until)
            if got is None:
                return None
            reached = np.round(gains @ got[0])
            proven &= got[1]
            held.append((gains, reached, reached))
        return held, proven

    def nearest(self, held: Sequence[Row], until: float) -> Solution | None:
        """The fewest kilometres with this much removed."""
        cost = np.zeros(self.size)
        cost[: self.pairs] = self.of.km[self.groups, self.places]
        rows = [*self.rows, *held]
        # Mostly the best flow needs no whole numbers to be whole, and is found much sooner.
        got = self._solve(cost, rows, np.zeros(self.size), until)
        if got is not None and not _is_whole(got[0]):
            got = self._solve(cost, rows, self.whole, until)
            got = got and (self._corner(got[0], cost, rows, until), got[1])
        return got and self._read(*got)

    def _corner(self, found: Numbers, cost: Numbers, rows: Sequence[Row], until: float) -> Numbers:
        """The same places and bound officers, and of the flows to them a corner: it is whole."""
        if _is_whole(found):
            return found
        low, high = np.zeros(self.size), self.upper.copy()
        low[self.pairs :] = high[self.pairs :] = np.round(found[self.pairs :])
        got = self._solve(cost, rows, np.zeros(self.size), until, (low, high))
        return found if got is None else got[0]

    def _solve(
        self,
        cost: Numbers,
        rows: Sequence[Row],
        whole: Numbers,
        until: float,
        limits: tuple[Numbers, Numbers] | None = None,
    ) -> tuple[Numbers, bool] | None:
        """What HiGHS finds, and whether it is proven; None: nothing in time."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        left = until - time.monotonic()
        if left <= 0:
            return None
        done = milp(
            cost,
            integrality=whole,
            bounds=Bounds(*(limits or (np.zeros(self.size), self.upper))),
            constraints=[LinearConstraint(*row) for row in rows],
            options={"time_limit": left, "mip_rel_gap": 0.0},
        )
        return None if done.x is None else (done.x, done.status == 0)

    def _tiers(self) -> list[tuple[Numbers, Numbers]]:
        """What each column (second axis) removes of each tier, and so weighed that one more of a
        tier goes before all of those below; by as many tiers as can be weighed together."""
        of = self.of
        most = (of.first.sum(axis=0) + of.last.sum(axis=0)).tolist()
        parts: list[dict[int, int]] = [{}]
        weight = 1
        for tier in reversed([tier for tier, some in enumerate(most) if some]):
            if weight * (most[tier] + 1) > _HEAVIEST and parts[0]:
                parts.insert(0, {})
                weight = 1
            parts[0] = {tier: weight, **parts[0]}
            weight *= most[tier] + 1
        return [
            (np.array([self._gain(tier) for tier in part]), np.array(list(part.values()), float))
            for part in parts
            if part
        ]

    def _gain(self, tier: int) -> Numbers:
        of, gain = self.of, np.zeros(self.size)
        first, last = of.first[:, tier], of.last[:, tier]
        gain[self.some] = first[self.several]
        gain[self.all] = last + np.where(of.need == 1, first, 0)
        return gain

    def _rows(self) -> list[Row]:
        of, pairs = self.of, np.arange(len(self.groups))
        groups = self._matrix(len(of.count), self.groups, pairs, 1.0)
        kinds = self._matrix(len(of.most), of.kind[self.groups], pairs, 1.0)
        there = self._matrix(len(of.need), self.places, pairs, 1.0)
        rows = [_upto(groups, of.count), _upto(kinds, of.most), _upto(there, of.need)]
        full = self._matrix(len(of.need), np.arange(len(of.need)), self.all, of.need)
        rows.append(_upto(full - there, np.zeros(len(of.need))))
        if len(self.several):
            count = len(self.several)
            some = self._matrix(count, np.arange(count), self.some, 1.0)
            rows.append(_upto(some - there[self.several], np.zeros(count)))
        if of.takes:
            bound = np.array(sorted(of.bound))
            theirs = np.array([group for group, _ in of.takes], dtype=np.intp)
            going = self._matrix(len(of.count), theirs, self.goes, 1.0)
            rows.append(((groups - going)[bound], np.zeros(len(bound)), np.zeros(len(bound))))
            each = [(tps, who, share) for who, (_, t) in enumerate(of.takes) for tps, share in t]
            tps, who, share = (np.array(one) for one in zip(*each, strict=True))
            gone = self._matrix(len(of.spare), tps, self.goes[who], share)
            rows.append(_upto(gone, of.spare + NEARLY))
        return rows

    def _matrix(self, size: int, at: Counts, columns: Counts, values: Any) -> Any:
        from scipy.sparse import csr_array

        cells = np.broadcast_to(np.asarray(values, dtype=np.float64), at.shape)
        return csr_array((cells, (at, columns)), shape=(size, self.size))

    def _read(self, columns: Numbers, proven: bool) -> Solution:
        sent = np.zeros(self.of.km.shape, dtype=np.intp)
        sent[self.groups, self.places] = np.round(columns[: self.pairs]).astype(np.intp)
        going = np.flatnonzero(np.round(columns[self.goes]))
        return Solution(sent, tuple(int(one) for one in going), proven)

    def rows_of(self, other: _Program, held: Sequence[Row]) -> list[Row]:
        """Rows of a coarser program of the same places, as rows of this one."""
        own = [self._levels(gains[:, other.pairs :]) for gains, _low, _high in held]
        return [(one, low, high) for one, (_, low, high) in zip(own, held, strict=True)]

    def _levels(self, gains: Numbers) -> Numbers:
        found = np.zeros((len(gains), self.size))
        found[:, self.pairs : self.pairs + gains.shape[1]] = gains
        return found


def _is_whole(columns: Numbers) -> bool:
    return bool(np.abs(columns - np.round(columns)).max() < 1e-6)


def _coarse(of: Problem) -> Problem:
    """The same with all who are of one kind as one group: what can be removed asks no distance."""
    group = of.kind * 2 + np.isin(np.arange(len(of.kind)), list(of.bound))
    names, merged = np.unique(group, return_inverse=True)
    return replace(
        of,
        km=np.zeros((len(names), len(of.need))),
        count=np.bincount(merged, of.count, minlength=len(names)).astype(np.intp),
        kind=names // 2,
        takes=tuple((int(merged[of_group]), takes) for of_group, takes in of.takes),
    )


def _upto(matrix: Any, most: npt.NDArray[Any]) -> Row:
    return matrix, np.full(len(most), -np.inf), most.astype(np.float64)
