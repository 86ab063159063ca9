"""Heads counted at a TPS of the rehearsal day, hour by hour, and the final count in its parts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.simulation.context import Scene
from situasi.simulation.stations import turnout
from situasi.simulation.stations.count_errors import Slip

_SLOW_REPORTER = 0.06
_HOUR_SKIPPED = 0.07
_NO_HOURS = 0.02
_PARTS_AT_CLOSING = 0.85
_PARTS_BEFORE = 0.3
# Voters of the additional list (DPTb) come like others; those with only an identity card (DPK)
# are served in the last hour.
_MOST_DPTB, _MOST_DPK = 5, 9
_LAST_HOUR = timedelta(hours=1)

Told = tuple[datetime, datetime, dict[str, str]]  # counted, told, cells


@dataclass(frozen=True)
class Heads:
    """Who comes to one TPS in the end: all of them, and of these DPTb and DPK."""

    total: int
    dptb: int
    dpk: int

    def cells(self) -> dict[str, str]:
        return _cells(self.total, self.dptb, self.dpk)


def draw(total: int, rng: random.Random) -> Heads:
    """The parts of a final count."""
    dptb = min(total, rng.randint(0, _MOST_DPTB), rng.randint(0, _MOST_DPTB))
    return Heads(total, dptb, min(total - dptb, rng.randint(0, _MOST_DPK)))


def _cells(total: int, dptb: int, dpk: int) -> dict[str, str]:
    return {
        "hadir": str(total),
        "hadir_dpt": str(total - dptb - dpk),
        "hadir_dptb": str(dptb),
        "hadir_dpk": str(dpk),
    }


def final(heads: Heads, rng: random.Random) -> dict[str, str]:
    """The cells of the closing word; a few TPS tell the sum only."""
    return heads.cells() if rng.random() < _PARTS_AT_CLOSING else {"hadir": str(heads.total)}


def hourly(
    scene: Scene, opened: datetime, heads: Heads, slip: Slip | None, rng: random.Random
) -> list[Told]:
    """What a TPS tells of each full hour of voting; some hours are never told."""
    clock = scene.clock
    slow, mute = rng.random() < _SLOW_REPORTER, rng.random() < _NO_HOURS
    parts = rng.random() < _PARTS_BEFORE
    pace = rng.uniform(-0.03, 0.03)
    told = []
    for hour in clock.hours(clock.opens, clock.closes):
        late = rng.randint(35, 80) if slow else rng.randint(2, 24)
        skipped = rng.random() < _HOUR_SKIPPED
        if hour <= opened or ((mute or skipped) and not (slip and slip.firm(hour))):
            continue
        elapsed = (hour - opened) / (clock.closes - clock.opens)
        here = turnout.so_far(heads.total, min(1.0, max(0.0, elapsed + pace)))
        if slip:
            cells = {"hadir": str(slip.told(here, hour))}
        elif parts and hour >= clock.closes - _LAST_HOUR:
            cells = _so_far(heads, here, last=hour >= clock.closes)
        else:
            cells = {"hadir": str(here)}
        told.append((hour, hour + timedelta(minutes=late), cells))
    return told


def _so_far(heads: Heads, here: int, *, last: bool) -> dict[str, str]:
    dptb = min(heads.dptb, here)
    return _cells(here, dptb, min(heads.dpk, here - dptb) if last else 0)
