"""Heads counted at a TPS of the rehearsal day, hour by hour, and the final count by list."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.simulation.context import SimulationContext
from situasi.simulation.stations import turnout
from situasi.simulation.stations.count_errors import CountError

_SLOW_REPORTER_SHARE = 0.06
_SKIPPED_HOUR_SHARE = 0.07
_NO_HOURLY_SHARE = 0.02
_PARTS_AT_CLOSING_SHARE = 0.85
_PARTS_HOURLY_SHARE = 0.3
# Voters of the additional list (DPTb) come like others; those with only an identity card (DPK)
# are served in the last hour.
_MAX_DPTB, _MAX_DPK = 5, 9
_LAST_HOUR = timedelta(hours=1)

TimedCells = tuple[datetime, datetime, dict[str, str]]  # counted, reported, cells


@dataclass(frozen=True)
class FinalCount:
    """Final voters present at one TPS: all of them, and of these DPTb and DPK."""

    total: int
    dptb: int
    dpk: int

    def to_cells(self) -> dict[str, str]:
        """Return the cells of all parts."""
        return _build_cells(self.total, self.dptb, self.dpk)


def draw_final_count(total: int, rng: random.Random) -> FinalCount:
    """Draw the parts of a final count."""
    dptb = min(total, rng.randint(0, _MAX_DPTB), rng.randint(0, _MAX_DPTB))
    return FinalCount(total, dptb, min(total - dptb, rng.randint(0, _MAX_DPK)))


def _build_cells(total: int, dptb: int, dpk: int) -> dict[str, str]:
    return {
        "hadir": str(total),
        "hadir_dpt": str(total - dptb - dpk),
        "hadir_dptb": str(dptb),
        "hadir_dpk": str(dpk),
    }


def build_closing_cells(final_count: FinalCount, rng: random.Random) -> dict[str, str]:
    """Build the cells of the closing report; a few TPS report only the sum."""
    return (
        final_count.to_cells()
        if rng.random() < _PARTS_AT_CLOSING_SHARE
        else {"hadir": str(final_count.total)}
    )


def simulate_hourly_counts(
    context: SimulationContext,
    opening_time: datetime,
    final_count: FinalCount,
    count_error: CountError | None,
    rng: random.Random,
) -> list[TimedCells]:
    """Simulate reports of each full hour of voting; some hours are never reported."""
    clock = context.clock
    is_slow, is_mute = rng.random() < _SLOW_REPORTER_SHARE, rng.random() < _NO_HOURLY_SHARE
    has_parts = rng.random() < _PARTS_HOURLY_SHARE
    pace = rng.uniform(-0.03, 0.03)
    reports = []
    for hour in clock.list_full_hours(clock.opens, clock.closes):
        delay = rng.randint(35, 80) if is_slow else rng.randint(2, 24)
        is_skipped = rng.random() < _SKIPPED_HOUR_SHARE
        if hour <= opening_time or (
            (is_mute or is_skipped) and not (count_error and count_error.is_report_required(hour))
        ):
            continue
        elapsed = (hour - opening_time) / (clock.closes - clock.opens)
        present = turnout.compute_count_at(final_count.total, min(1.0, max(0.0, elapsed + pace)))
        if count_error:
            cells = {"hadir": str(count_error.apply(present, hour))}
        elif has_parts and hour >= clock.closes - _LAST_HOUR:
            cells = _build_partial_cells(final_count, present, is_last_hour=hour >= clock.closes)
        else:
            cells = {"hadir": str(present)}
        reports.append((hour, hour + timedelta(minutes=delay), cells))
    return reports


def _build_partial_cells(
    final_count: FinalCount, voters_present: int, *, is_last_hour: bool
) -> dict[str, str]:
    dptb = min(final_count.dptb, voters_present)
    return _build_cells(
        voters_present, dptb, min(final_count.dpk, voters_present - dptb) if is_last_hour else 0
    )
