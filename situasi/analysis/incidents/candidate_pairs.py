"""Choose which pairs of cases are compared: those near in time and place, a bounded number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

KM_PER_DEGREE: Final = 111.2
# Who knows only the day of an event may mean any hour of it.
DAY: Final = timedelta(days=1)
# So many pairs are compared in one run. A day of some thousand incidents has fewer.
MOST_COMPARED: Final = 300_000
_US = timedelta(microseconds=1)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Blocks:
    """What decides which cases are held against each other, one cell a case, in order of time.

    at: microseconds. exact: whether the hour is known. drill: whether it is of an exercise. area:
    code of the kecamatan, -1 for none. lat, lon: NaN where there is no point. fine: codes by
    which the likeliest pairs of an area agree (place and kind, words).
    """

    at: Ints
    exact: Bools
    drill: Bools
    area: Ints
    lat: Floats
    lon: Floats
    fine: tuple[Ints, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """Pairs of positions, the earlier one first, each once. complete: no pair was left out."""

    one: Ints
    other: Ints
    complete: bool


@dataclass(frozen=True)
class _Windows:
    """For each case the cases of one block that follow it within its time: order[low:][:count]."""

    low: Ints
    count: Ints
    order: Ints

    def take(self, most: int) -> tuple[Ints, Ints]:
        """Return at most so many pairs for each case, those nearest in time."""
        taken = np.minimum(self.count, most)
        one = np.repeat(np.arange(len(taken)), taken)
        start = np.repeat(np.cumsum(taken) - taken, taken)
        return one, self.order[np.repeat(self.low, taken) + np.arange(len(one)) - start]


def candidates(blocks: Blocks, within: timedelta, km: float, budget: int) -> Candidates:
    """Find the pairs near in time, and of one kecamatan or near in place.

    Where they are more than the budget each case is held against the same number of others, the
    nearest in time: first those of the fine codes, so that a crowd hides no pair that agrees.
    """
    windows = list(_windows(blocks, within, km))
    complete = sum(int(window.count.sum()) for window in windows) <= budget
    if not complete:
        fine = [w for code in blocks.fine for w in _of_block(blocks, code, [code], within)]
        windows = fine + windows
    counts = np.concatenate([window.count for window in windows])
    most = max(1, fair_share(counts, budget))
    taken = [window.take(most) for window in windows]
    size = max(1, len(blocks.at))
    pair = np.unique(np.concatenate([one * size + other for one, other in taken]))
    return Candidates(pair // size, pair % size, complete)


def fair_share(counts: Ints, budget: int) -> int:
    """Return how many each may have at most, so that all together have no more than the budget."""
    if counts.sum() <= budget:
        return int(counts.max(initial=0))
    ordered = np.sort(counts)
    rest = len(ordered) - np.arange(len(ordered))
    before = np.cumsum(ordered) - ordered
    over = int(np.argmax(before + ordered * rest > budget))  # the first that may not have all
    return int((budget - before[over]) // rest[over])


def _windows(blocks: Blocks, within: timedelta, km: float) -> Iterator[_Windows]:
    """Yield the cases of the same kecamatan, then those in the squares around each point."""
    yield from _of_block(blocks, blocks.area, [blocks.area], within)
    cell, around = _cells(blocks, km)
    yield from _of_block(blocks, cell, around, within)


def _of_block(
    blocks: Blocks, own: Ints, asked: list[Ints], within: timedelta
) -> Iterator[_Windows]:
    """Yield the later cases of each asked code, by whether their hour is known.

    own: the code of each case; asked: codes that it is held against, -1 for none.
    """
    count = len(blocks.at)
    near = np.searchsorted(blocks.at, blocks.at + within // _US, side="right")
    day = np.searchsorted(blocks.at, blocks.at + DAY // _US, side="left")
    position = np.arange(count)
    ranked = ((own * 2 + blocks.drill) * 2 + blocks.exact) * count + position
    order = np.argsort(ranked)
    ranked = ranked[order]
    for code in asked:
        for exact in (0, 1):
            until = np.where(blocks.exact & bool(exact), near, day)  # both hours known: narrower
            start = ((code * 2 + blocks.drill) * 2 + exact) * count
            low = np.searchsorted(ranked, start + position + 1)
            high = np.searchsorted(ranked, start + until)
            yield _Windows(low, np.where(code < 0, 0, np.maximum(high - low, 0)), order)


def _cells(blocks: Blocks, km: float) -> tuple[Ints, list[Ints]]:
    """Return the square that each point lies in, and for each the nine around it; -1 for none.

    A square is no narrower than `km`, so that whatever is as near lies in one of the nine.
    """
    there = ~(np.isnan(blocks.lat) | np.isnan(blocks.lon))
    if not there.any():
        nowhere = np.full(len(there), -1)
        return nowhere, []
    north = km / KM_PER_DEGREE * 1.001
    narrowest = max(float(np.cos(np.radians(np.abs(blocks.lat[there]).max()))), 1e-3)

    def square(degrees: Floats, size: float) -> Ints:
        cell = np.zeros(len(degrees), dtype="int64")
        cell[there] = np.floor((degrees[there] - degrees[there].min()) / size).astype("int64") + 1
        return cell

    y, x = square(blocks.lat, north), square(blocks.lon, north / narrowest)
    wide = int(x.max()) + 3
    own = np.where(there, y * wide + x, -1)
    steps = [dy * wide + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return own, [np.where(there, own + step, -1) for step in steps]


def flat_km(lat: Any, lon: Any, lats: Any, lons: Any) -> Any:
    """Return kilometres between points; flat earth, true to the metre over a kabupaten."""
    north = (lats - lat) * KM_PER_DEGREE
    east = (lons - lon) * KM_PER_DEGREE * np.cos(np.radians((lat + lats) / 2))
    return np.hypot(north, east)
