"""Turnout over kabupaten: like hour with like hour, as analysis.turnout.summary of one of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from situasi.higher_command.rollups.model import CountHour


@dataclass(frozen=True)
class Turnout:
    """A turnout in percent (None: no count with a known list), and of which hour it is.

    hour: the last that half of the TPS with a count told, in minutes after midnight (None: not
    known); stale: how many TPS told only an earlier one. is_common: the rate is of that hour alone,
    told by common_tps TPS; else it is that of the newest counts.
    """

    rate: float | None = None
    hour: int | None = None
    stale: int = 0
    is_common: bool = False
    common_tps: int = 0


def compute_turnout(
    hours: Mapping[int, CountHour], heads: int | None, voters: int | None
) -> Turnout:
    """Compute the turnout. hours: of Rollup.count_hours; heads, voters: of the newest counts."""
    newest_rate = 100 * heads / voters if heads is not None and voters else None
    if (hour := _find_common_hour(hours)) is None:
        return Turnout(newest_rate)
    common = hours[hour]
    stale = sum(counts.newest for at, counts in hours.items() if at < hour)
    if not stale or not common.voters:
        return Turnout(newest_rate, hour, stale)
    return Turnout(100 * common.heads / common.voters, hour, stale, True, common.told)


def _find_common_hour(hours: Mapping[int, CountHour]) -> int | None:
    """Find the last hour that at least half of the TPS told, or a later one; None: no count."""
    left = sum(counts.newest for counts in hours.values()) // 2
    for hour, counts in sorted(hours.items()):
        if left < counts.newest:
            return hour
        left -= counts.newest
    return None


def sum_count_hours(parts: Iterable[Mapping[int, CountHour]]) -> dict[int, CountHour]:
    """Sum by hour."""
    sums: dict[int, CountHour] = {}
    for part in parts:
        for hour, counts in part.items():
            sums[hour] = sums.get(hour, CountHour()) + counts
    return sums
