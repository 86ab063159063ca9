"""Choose which pairs of cases are compared: those near in time and place, up to a limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from situasi.analysis.timestamps import MICROSECOND

KM_PER_DEGREE: Final = 111.2
# An event of which only the day is known may be at any hour of it.
DAY: Final = timedelta(days=1)
# Most pairs compared in one run. A day of some thousand incidents has fewer.
MAX_COMPARED: Final = 300_000

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BlockingKeys:
    """The values that decide which cases are compared, one cell per case, in order of time.

    time_us: microseconds. area: code of the kecamatan, -1 for none. lat, lon: NaN where there is no
    point. fine_codes: codes that the likeliest pairs of an area share (place and kind, words).
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
    """Pairs of positions, the earlier first, each once. is_complete: no pair was left out."""

    left: Ints
    right: Ints
    is_complete: bool


@dataclass(frozen=True)
class _BlockWindows:
    """By case the later cases of one block within its time window: order[low:][:count]."""

    low: Ints
    count: Ints
    order: Ints

    def take_pairs(self, max_per_case: int) -> tuple[Ints, Ints]:
        """Return at most `max_per_case` pairs for each case, those nearest in time."""
        counts = np.minimum(self.count, max_per_case)
        left = np.repeat(np.arange(len(counts)), counts)
        start = np.repeat(np.cumsum(counts) - counts, counts)
        return left, self.order[np.repeat(self.low, counts) + np.arange(len(left)) - start]


def find_candidates(
    blocking_keys: BlockingKeys, max_time_gap: timedelta, max_distance_km: float, budget: int
) -> CandidatePairs:
    """Find the pairs that are near in time and in one kecamatan, or near in time and place.

    If they exceed the budget, each case is compared with the same number of others, the nearest in
    time: first those of the fine codes, so that a crowd does not hide a pair that agrees.
    """
    windows = list(_find_windows(blocking_keys, max_time_gap, max_distance_km))
    is_complete = sum(int(window.count.sum()) for window in windows) <= budget
    if not is_complete:
        fine = [
            w
            for code in blocking_keys.fine_codes
            for w in _find_block_windows(blocking_keys, code, [code], max_time_gap)
        ]
        windows = fine + windows
    counts = np.concatenate([window.count for window in windows])
    max_per_case = max(1, fair_share(counts, budget))
    pairs = [window.take_pairs(max_per_case) for window in windows]
    size = max(1, len(blocking_keys.time_us))
    pair = np.unique(np.concatenate([left * size + right for left, right in pairs]))
    return CandidatePairs(pair // size, pair % size, is_complete)


def fair_share(counts: Ints, budget: int) -> int:
    """Return the most that each may have so that the total does not exceed the budget."""
    if counts.sum() <= budget:
        return int(counts.max(initial=0))
    ordered = np.sort(counts)
    remaining = len(ordered) - np.arange(len(ordered))
    used = np.cumsum(ordered) - ordered
    index = int(np.argmax(used + ordered * remaining > budget))  # the first that cannot have all
    return int((budget - used[index]) // remaining[index])


def _find_windows(
    blocking_keys: BlockingKeys, max_time_gap: timedelta, max_distance_km: float
) -> Iterator[_BlockWindows]:
    """Yield the windows of the same kecamatan, then those of the grid squares around each point."""
    yield from _find_block_windows(
        blocking_keys, blocking_keys.area, [blocking_keys.area], max_time_gap
    )
    cell, neighbours = _grid_cells(blocking_keys, max_distance_km)
    yield from _find_block_windows(blocking_keys, cell, neighbours, max_time_gap)


def _find_block_windows(
    blocking_keys: BlockingKeys, own_codes: Ints, other_codes: list[Ints], max_time_gap: timedelta
) -> Iterator[_BlockWindows]:
    """Yield windows of the later cases of each of `other_codes`, by whether their hour is known.

    own_codes: the code of each case; other_codes: codes that it is compared with, -1 for none.
    """
    count = len(blocking_keys.time_us)
    near_end = np.searchsorted(
        blocking_keys.time_us, blocking_keys.time_us + max_time_gap // MICROSECOND, side="right"
    )
    day_end = np.searchsorted(
        blocking_keys.time_us, blocking_keys.time_us + DAY // MICROSECOND, side="left"
    )
    position = np.arange(count)
    ranked = (
        (own_codes * 2 + blocking_keys.is_exercise) * 2 + blocking_keys.has_hour
    ) * count + position
    order = np.argsort(ranked)
    ranked = ranked[order]
    for code in other_codes:
        for has_hour in (0, 1):
            until = np.where(
                blocking_keys.has_hour & bool(has_hour), near_end, day_end
            )  # both hours known: narrower window
            start = ((code * 2 + blocking_keys.is_exercise) * 2 + has_hour) * count
            low = np.searchsorted(ranked, start + position + 1)
            high = np.searchsorted(ranked, start + until)
            yield _BlockWindows(low, np.where(code < 0, 0, np.maximum(high - low, 0)), order)


def _grid_cells(blocking_keys: BlockingKeys, max_distance_km: float) -> tuple[Ints, list[Ints]]:
    """Return the grid square of each point, and the nine squares around each; -1 for none.

    A square is no narrower than `max_distance_km`: all points within it lie in one of the nine.
    """
    known = ~(np.isnan(blocking_keys.lat) | np.isnan(blocking_keys.lon))
    if not known.any():
        return np.full(len(known), -1), []
    north = max_distance_km / KM_PER_DEGREE * 1.001
    min_cos = max(float(np.cos(np.radians(np.abs(blocking_keys.lat[known]).max()))), 1e-3)

    def square(degrees: Floats, size: float) -> Ints:
        cell = np.zeros(len(degrees), dtype="int64")
        cell[known] = np.floor((degrees[known] - degrees[known].min()) / size).astype("int64") + 1
        return cell

    y, x = square(blocking_keys.lat, north), square(blocking_keys.lon, north / min_cos)
    row_width = int(x.max()) + 3
    own = np.where(known, y * row_width + x, -1)
    steps = [dy * row_width + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    return own, [np.where(known, own + step, -1) for step in steps]


def flat_distance_km(lat: Any, lon: Any, lats: Any, lons: Any) -> Any:
    """Return the kilometres between points; flat earth, exact to the metre over a kabupaten."""
    north = (lats - lat) * KM_PER_DEGREE
    east = (lons - lon) * KM_PER_DEGREE * np.cos(np.radians((lat + lats) / 2))
    return np.hypot(north, east)
