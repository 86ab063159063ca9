"""The life of an incident: told, checked, handled, closed; each turn a row of its own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.simulation.context import Place, SimulationContext, widen_place
from situasi.simulation.incidents.templates import IncidentTemplate

_FALSE_ALARM_SHARE = 0.4  # of the stories that can turn out unfounded
_UNVERIFIED_SHARE = 0.35  # small matters are often handled without a word of checking
_UNLOCATED_SHARE = 0.1
_OPEN_SHARE = 0.115  # of the day's incidents, still open at its end
_LATE_REPORT_SHARE = 0.08  # told long after it happened
_MIN_DURATION = timedelta(minutes=60)  # the least that a life needs

# First word after the event, in minutes: what is grave is told at once.
_FIRST_REPORT_DELAY_MIN = {"rendah": (4, 25), "sedang": (3, 15), "tinggi": (2, 7)}
# Early turns come quickly and the last one takes its time, the more so the graver it is.
_TIME_EXPONENT = {"rendah": 1.4, "sedang": 1.4, "tinggi": 2.6}


@dataclass(frozen=True)
class IncidentUpdate:
    """One telling within a life."""

    reported_time: datetime
    status: str
    tingkat: str
    situasi: str
    uraian: str


@dataclass(frozen=True)
class SimulatedIncident:
    """One incident from its first word to its last. crowd: it has a situasi of its own."""

    key: str
    place: Place
    jenis: str
    occurred_time: datetime
    pelapor: str
    updates: tuple[IncidentUpdate, ...]
    is_crowd: bool = False
    delayed_phases: tuple[tuple[str, str, datetime], ...] = ()  # TPS code, phase, not before
    alternative_text: str = ""  # how another post would word the first turn

    @property
    def tingkat(self) -> str:
        return self.updates[-1].tingkat

    @property
    def is_closed(self) -> bool:
        return self.updates[-1].status in STATUS_CLOSED


def simulate_incident(
    context: SimulationContext,
    template: IncidentTemplate,
    place: Place,
    key: str,
    rng: random.Random,
) -> SimulatedIncident:
    """Let a story happen at a TPS (its `place` as given by the register)."""
    began = context.clock.draw_time_between(rng, template.time_window, _MIN_DURATION)
    waiting = {
        h.fase: began + timedelta(minutes=rng.randint(*h.delay_range_min))
        for h in template.phase_delays
    }
    path = _draw_status_path(template, rng)
    struck = _list_affected_places(context, template, place, rng.randint(*template.number_range))
    number = len(struck) if template.is_multi_tps else rng.randint(*template.number_range)
    words = context.build_template_values(place, began) | {"n": str(number)}
    return SimulatedIncident(
        key=key,
        place=_drop_point_at_random(widen_place(place, template.location_level, context), rng),
        jenis=template.jenis,
        occurred_time=began,
        pelapor=rng.choice(template.reporters).format(**words),
        updates=tuple(
            IncidentUpdate(
                at,
                status,
                template.tingkat,
                "",
                rng.choice(template.texts_by_status[status]).format(**words),
            )
            for at, status in zip(
                _draw_update_times(context, template, began, [*waiting.values()], len(path), rng),
                path,
                strict=True,
            )
        ),
        delayed_phases=tuple(
            (p.tps_code, fase, at) for fase, at in waiting.items() for p in struck
        ),
        alternative_text=template.alternative_text.format(**words),
    )


def _list_affected_places(
    context: SimulationContext, template: IncidentTemplate, place: Place, number: int
) -> list[Place]:
    """The TPS concerned: this one, or so many of its desa as there are."""
    if not template.is_multi_tps:
        return [place]
    same = [p for p in context.places if (p.kecamatan, p.desa) == (place.kecamatan, place.desa)]
    return same[:number]


def _draw_status_path(template: IncidentTemplate, rng: random.Random) -> list[str]:
    if "tidak_terbukti" in template.texts_by_status and rng.random() < _FALSE_ALARM_SHARE:
        return ["dilaporkan", "diverifikasi", "tidak_terbukti"]
    path = [status for status in template.texts_by_status if status != "tidak_terbukti"]
    if template.tingkat == "rendah" and len(path) > 2 and rng.random() < _UNVERIFIED_SHARE:
        path.remove(path[1])
    return path


def _draw_update_times(
    context: SimulationContext,
    template: IncidentTemplate,
    occurred_time: datetime,
    delay_ends: Sequence[datetime],
    count: int,
    rng: random.Random,
) -> list[datetime]:
    """When each turn is told: strictly one after another, the last before the day ends."""
    low, high = _FIRST_REPORT_DELAY_MIN[template.tingkat]
    slow = template.tingkat == "rendah" and rng.random() < _LATE_REPORT_SHARE
    first = occurred_time + timedelta(
        minutes=rng.randint(40, 75) if slow else rng.randint(low, high)
    )
    end = first + timedelta(minutes=rng.randint(*template.duration_range_min))
    end = max(end, *(hold + timedelta(minutes=rng.randint(3, 12)) for hold in delay_ends), end)
    latest = context.clock.last - timedelta(minutes=rng.randint(2, 25))
    first = max(occurred_time, min(first, latest - timedelta(minutes=3 * count)))
    span = max(min(end, latest) - first, timedelta(minutes=2 * count)) / timedelta(minutes=1)
    haste = _TIME_EXPONENT[template.tingkat]
    shares = [(step / (count - 1)) ** haste if count > 1 else 0.0 for step in range(count)]
    minutes = [max(round(span * share), step) for step, share in enumerate(shares)]
    return [first + timedelta(minutes=m) for m in minutes]


def _drop_point_at_random(place: Place, rng: random.Random) -> Place:
    return replace(place, point=None) if rng.random() < _UNLOCATED_SHARE else place


def leave_some_open(
    incidents: Sequence[SimulatedIncident], context: SimulationContext, rng: random.Random
) -> list[SimulatedIncident]:
    """Take the last word from about an eighth of the lives, one grave one among them.

    Those already passed on, and those of the evening, stay open first.
    """
    late = context.clock.closes + timedelta(hours=4, minutes=30)
    ranked = sorted(
        (life for life in incidents if not life.is_crowd and len(life.updates) > 1),
        key=lambda life: (
            not _is_referred(life),
            life.updates[0].reported_time < late,
            len(life.updates) < 3,  # nobody leaves the first word of a matter as the last
            rng.random(),
        ),
    )
    count = max(1, round(_OPEN_SHARE * len(incidents)))
    grave = [life for life in ranked if life.tingkat == "tinggi"][:1]
    other = [life for life in ranked if life.tingkat != "tinggi"]
    passed = [life for life in other if _is_referred(life)][: round(0.6 * count)]
    rest = [life for life in other if not _is_referred(life)][: count - len(grave) - len(passed)]
    opened = {life.key for life in (*grave, *passed, *rest)}
    return [
        replace(life, updates=life.updates[:-1]) if life.key in opened else life
        for life in incidents
    ]


def _is_referred(incident: SimulatedIncident) -> bool:
    return any(turn.status == "diteruskan" for turn in incident.updates)
