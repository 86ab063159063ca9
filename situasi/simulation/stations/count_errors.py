"""Wrong counts on the rehearsal day, so that anomaly checks have something to find."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median_low

from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.stations import turnout

# TPS of 667 that report a wrong count, by kind; a smaller area has at least one lost_digit.
_SHARE_BY_KIND = {"lost_digit": 4 / 667, "above_list": 3 / 667, "late_start": 4 / 667}
_TPS_PER_COPIED_DESA = 300
_ABOVE_LIST = 1.4  # times the list: more than an estimated one is doubted at, less than is held
_LATE_START_SHARE = 0.15  # of the heads, while a TPS that starts late has not checked its list


@dataclass(frozen=True)
class CountError:
    """One error at one TPS, at one hour.

    kind: lost_digit (the count falls), above_list, late_start (far too few until the hour, then a
    jump), copied (the count that others of the desa report too). count: where it is another one.
    """

    kind: str
    hour: datetime
    count: int = 0

    def apply(self, voters_present: int, hour: datetime) -> int:
        """Return the count that the TPS reports at an hour with so many voters present."""
        if self.kind == "late_start" and hour < self.hour:
            return round(_LATE_START_SHARE * voters_present)
        if hour != self.hour or self.kind == "late_start":
            return voters_present
        return turnout.drop_digit(voters_present) if self.kind == "lost_digit" else self.count

    def is_report_required(self, hour: datetime) -> bool:
        """Return whether this hour must be reported for the error to be visible."""
        return hour <= self.hour


def draw_count_errors(
    context: SimulationContext, final_counts: Mapping[str, int]
) -> dict[str, CountError]:
    """Draw the errors of the day by TPS code, at most one per TPS. final_counts: by TPS."""
    rng = context.rng("slips")
    hours = context.clock.list_full_hours(context.clock.opens, context.clock.closes)
    if not hours:
        return {}
    errors = _draw_copied_counts(context, final_counts, hours[(len(hours) - 1) // 2], rng)
    voters = context.register.voters_by_tps
    free = [place.tps_code for place in context.places if place.tps_code not in errors]
    for kind, share in _SHARE_BY_KIND.items():
        min_count = 1 if kind == "lost_digit" else 0
        for code in rng.sample(
            free, min(len(free), max(min_count, round(share * len(context.places))))
        ):
            free.remove(code)
            count = round(_ABOVE_LIST * voters[code]) if kind == "above_list" else 0
            errors[code] = CountError(kind, _draw_hour(kind, hours, rng), count)
    return errors


def _draw_hour(kind: str, hours: list[datetime], rng: random.Random) -> datetime:
    if kind == "late_start":
        return hours[len(hours) * 4 // 6 - 1] if len(hours) > 1 else hours[0]
    return rng.choice(hours[1:-1] or hours)


def _draw_copied_counts(
    context: SimulationContext, final_counts: Mapping[str, int], hour: datetime, rng: random.Random
) -> dict[str, CountError]:
    """Draw a few desa where all TPS report the same count at one hour."""
    by_desa: dict[tuple[str, str], list[Place]] = {}
    for place in context.places:
        by_desa.setdefault((place.kecamatan, place.desa), []).append(place)
    min_repeats = context.register.election.rules.tps.min_repeats
    large_desa = [desa for desa, places in by_desa.items() if len(places) >= min_repeats]
    count = min(len(context.places) // _TPS_PER_COPIED_DESA, len(large_desa))
    elapsed = (hour - context.clock.opens) / (context.clock.closes - context.clock.opens)
    errors: dict[str, CountError] = {}
    for desa in rng.sample(large_desa, count):
        codes = [place.tps_code for place in by_desa[desa]]
        common = median_low(turnout.compute_count_at(final_counts[code], elapsed) for code in codes)
        errors |= {code: CountError("copied", hour, common) for code in codes}
    return errors
