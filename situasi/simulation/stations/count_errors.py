"""Counts that are told wrong on the rehearsal day, so that there is something to doubt."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.stations import turnout

# How many TPS of 667 tell a count wrong, and how; a smaller area has one at least of the first.
_SHARE_BY_KIND = {"lost_digit": 4 / 667, "doubled_digit": 3 / 667, "late_start": 4 / 667}
_TPS_PER_COPIED_DESA = 300
_LATE_START_SHARE = 0.15  # of the heads, while a TPS that starts late has not looked at its list


@dataclass(frozen=True)
class CountError:
    """What goes wrong at one TPS, at one hour.

    kind: lost_digit (the count falls), doubled_digit (above the list), late_start (far too few
    until the hour, then a jump), copied (the count that others of the desa tell, too).
    """

    kind: str
    hour: datetime
    count: int = 0

    def apply(self, voters_present: int, hour: datetime) -> int:
        """What the TPS tells at an hour where so many heads are there."""
        if self.kind == "late_start" and hour < self.hour:
            return round(_LATE_START_SHARE * voters_present)
        if hour != self.hour or self.kind == "late_start":
            return voters_present
        return self.count if self.kind == "copied" else turnout.mistype(voters_present, self.kind)

    def is_report_required(self, hour: datetime) -> bool:
        """Whether this hour must be told, for the slip to show."""
        return hour <= self.hour


def draw_count_errors(
    context: SimulationContext, final_counts: Mapping[str, int]
) -> dict[str, CountError]:
    """The slips of the day by TPS code; each TPS has one at most. heads: final ones."""
    rng = context.rng("slips")
    hours = context.clock.list_full_hours(context.clock.opens, context.clock.closes)
    if not hours:
        return {}
    found = _draw_copied_counts(context, final_counts, hours[(len(hours) - 1) // 2], rng)
    free = [place.tps_code for place in context.places if place.tps_code not in found]
    for kind, share in _SHARE_BY_KIND.items():
        least = 1 if kind == "lost_digit" else 0
        for code in rng.sample(
            free, min(len(free), max(least, round(share * len(context.places))))
        ):
            free.remove(code)
            found[code] = CountError(kind, _draw_hour(kind, hours, rng))
    return found


def _draw_hour(kind: str, hours: list[datetime], rng: random.Random) -> datetime:
    if kind == "late_start":
        return hours[len(hours) * 4 // 6 - 1] if len(hours) > 1 else hours[0]
    return rng.choice(hours[1:-1] or hours)


def _draw_copied_counts(
    context: SimulationContext, final_counts: Mapping[str, int], hour: datetime, rng: random.Random
) -> dict[str, CountError]:
    """All TPS of a few desa tell one and the same count at one hour."""
    by_desa: dict[tuple[str, str], list[Place]] = {}
    for place in context.places:
        by_desa.setdefault((place.kecamatan, place.desa), []).append(place)
    enough = context.register.election.rules.tps.min_repeats
    large = [desa for desa, places in by_desa.items() if len(places) >= enough]
    count = min(len(context.places) // _TPS_PER_COPIED_DESA, len(large))
    elapsed = (hour - context.clock.opens) / (context.clock.closes - context.clock.opens)
    found: dict[str, CountError] = {}
    for desa in rng.sample(large, count):
        codes = [place.tps_code for place in by_desa[desa]]
        common = median_low(turnout.compute_count_at(final_counts[code], elapsed) for code in codes)
        found |= {code: CountError("copied", hour, common) for code in codes}
    return found
