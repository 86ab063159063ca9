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
MAX_COMPARED: Final = 300_000
_MICROSECOND = timedelta(microseconds=1)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BlockingKeys:
    """What decides which cases are held against each other, one cell a case, in order of time.

    at: microseconds. exact: whether the hour is known. drill: whether it is of an exercise. area:
    code of the kecamatan, -1 for none. lat, lon: NaN where there is no point. fine: codes by
    which the likeliest pairs of an area agree (place and kind, words).
    """

    time_us: Ints
    has_hour: Bools
    is_exercise: Bools
    area: Ints
    lat: Floats
    lon: Floats
    fine_codes: tuple[Ints, ...] = ()


@dataclass(frozen=True)
class CandidatePairs:
    """Pairs of positions, the earlier one first, each once. complete: no pair was left out."""

    left: Ints
    right: Ints
    is_complete: bool


@dataclass(frozen=True)
class _BlockWindows:
    """For each case the cases of one block that follow it within its time: order[low:][:count]."""

    low: Ints
    count: Ints
    order: Ints

    def take_pairs(self, max_per_case: int) -> tuple[Ints, Ints]:
        """Return at most so many pairs for each case, those nearest in time."""
        taken = np.minimum(self.count, max_per_case)
        one = np.repeat(np.arange(len(taken)), taken)
        start = np.repeat(np.cumsum(taken) - taken, taken)
        return one, self.order[np.repeat(self.low, taken) + np.arange(len(one)) - start]


def find_candidates(
    blocking_keys: BlockingKeys, max_time_gap: timedelta, max_distance_km: float, budget: int
) -> CandidatePairs:
    """Find the pairs near in time, and of one kecamatan or near in place.

    Where they are more than the budget each case is held against the same number of others, the
    nearest in time: first those of the fine codes, so that a crowd hides no pair that agrees.
    """
    windows = list(_find_windows(blocking_keys, max_time_gap, max_distance_km))
    complete = sum(int(window.count.sum()) for window in windows) <= budget
    if not complete:
        fine = [
            w
            for code in blocking_keys.fine_codes
            for w in _find_block_windows(blocking_keys, code, [code], max_time_gap)
        ]
        windows = fine + windows
    counts = np.concatenate([window.count for window in windows])
    most = max(1, fair_share(counts, budget))
    taken = [window.take_pairs(most) for window in windows]
    size = max(1, len(blocking_keys.time_us))
    pair = np.unique(np.concatenate([one * size + other for one, other in taken]))
    return CandidatePairs(pair // size, pair % size, complete)


def fair_share(counts: Ints, budget: int) -> int:
    """Return how many each may have at most, so that all together have no more than the budget."""
    if counts.sum() <= budget:
        return int(counts.max(initial=0))
    ordered = np.sort(counts)
    rest = len(ordered) - np.arange(len(ordered))
    before = np.cumsum(ordered) - ordered
    over = int(np.argmax(before + ordered * rest > budget))  # the first that may not have all
    return int((budget - before[over]) // rest[over])


def _find_windows(
    blocking_keys: BlockingKeys, max_time_gap: timedelta, max_distance_km: float
) -> Iterator[_BlockWindows]:
    """Yield the cases of the same kecamatan, then those in the squares around each point."""
    yield from _find_block_windows(
        blocking_keys, blocking_keys.area, [blocking_keys.area], max_time_gap
    )
    cell, around = _grid_cells(blocking_keys, max_distance_km)
    yield from _find_block_windows(blocking_keys, cell, around, max_time_gap)


def _find_block_windows(
    blocking_keys: BlockingKeys, own_codes: Ints, other_codes: list[Ints], max_time_gap: timedelta
) -> Iterator[_BlockWindows]:
    """Yield the later cases of each asked code, by whether their hour is known.

    own: the code of each case; asked: codes that it is held against, -1 for none.
    """
    count = len(blocking_keys.time_us)
    near = np.searchsorted(
        blocking_keys.time_us, blocking_keys.time_us + max_time_gap // _MICROSECOND, side="right"
    )
    day = np.searchsorted(
        blocking_keys.time_us, blocking_keys.time_us + DAY // _MICROSECOND, side="left"
    )
    position = np.arange(count)
    ranked = (
        (own_codes * 2 + blocking_keys.is_exercise) * 2 + blocking_keys.has_hour
    ) * count + position
    order = np.argsort(ranked)
    ranked = ranked[order]
    for code in other_codes:
        for exact in (0, 1):
            until = np.where(
                blocking_keys.has_hour & bool(exact), near, day
            )  # both hours known: narrower
            start = ((code * 2 + blocking_keys.is_exercise) * 2 + exact) * count
            low = np.searchsorted(ranked, start + position + 1)
            high = np.searchsorted(ranked, start + until)
            yield _BlockWindows(low, np.where(code < 0, 0, np.maximum(high - low, 0)), order)


def _grid_cells(blocking_keys: BlockingKeys, max_distance_km: float) -> tuple[Ints, list[Ints]]:
    """Return the square that each point lies in, and for each the nine around it; -1 for none.

    A square is no narrower than `km`, so that whatever is as near lies in one of the nine.
    """
    there = ~(np.isnan(blocking_keys.lat) | np.isnan(blocking_keys.lon))
    if not there.any():
        nowhere = np.full(len(there), -1)
        return nowhere, []
    north = max_distance_km / KM_PER_DEGREE * 1.001
    narrowest = max(float(np.cos(np.radians(np.abs(blocking_keys.lat[there]).max()))), 1e-3)

    def square(degrees: Floats, size: float) -> Ints:
        cell = np.zeros(len(degrees), dtype="int64")
        cell[there] = np.floor((degrees[there] - degrees[there].min()) / size).astype("int64") + 1
        return cell

    y, x = square(blocking_keys.lat, north), square(blocking_keys.lon, north / narrowest)
    wide = int(x.max()) + 3
    own = np.where(there, y * wide + x, -1)
    steps = [dy * wide + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return own, [np.where(there, own + step, -1) for step in steps]


def flat_distance_km(lat: Any, lon: Any, lats: Any, lons: Any) -> Any:
    """Return kilometres between points; flat earth, true to the metre over a kabupaten."""
    north = (lats - lat) * KM_PER_DEGREE
    east = (lons - lon) * KM_PER_DEGREE * np.cos(np.radians((lat + lats) / 2))
    return np.hypot(north, east)
