"""Lifecycle of an incident: reported, verified, handled, closed; each update is a row."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from situasi.domain.feed_schemas import STATUS_CLOSED
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import Place, SimulationContext, widen_place
from situasi.simulation.incidents.templates import IncidentTemplate

_FALSE_ALARM_SHARE = 0.4  # of the templates that can turn out unfounded
_UNVERIFIED_SHARE = 0.35  # minor incidents are often handled without verification
_UNLOCATED_SHARE = 0.1
_OPEN_SHARE = 0.115  # of the day's incidents, still open at its end
_LATE_REPORT_SHARE = 0.08  # reported long after it happened
_MIN_DURATION = timedelta(minutes=60)  # minimum for a lifecycle

# First report after the event, in minutes: serious incidents are reported at once.
_FIRST_REPORT_DELAY_MIN = {"rendah": (4, 25), "sedang": (3, 15), "tinggi": (2, 7)}
# Early updates come quickly and the last one takes its time, more so for serious incidents.
_TIME_EXPONENT = {"rendah": 1.4, "sedang": 1.4, "tinggi": 2.6}


@dataclass(frozen=True)
class IncidentUpdate:
    """One update within a lifecycle."""

    reported_time: datetime
    status: str
    tingkat: str
    situasi: str
    uraian: str


@dataclass(frozen=True)
class SimulatedIncident:
    """One incident from its first report to its last. is_crowd: it has its own situasi."""

    key: str
    place: Place
    jenis: str
    occurred_time: datetime
    pelapor: str
    updates: tuple[IncidentUpdate, ...]
    is_crowd: bool = False
    delayed_phases: tuple[tuple[str, str, datetime], ...] = ()  # TPS code, phase, not before
    alternative_text: str = ""  # how another post would word the first report

    @property
    def tingkat(self) -> str:
        """Return the tingkat of the last update."""
        return self.updates[-1].tingkat

    @property
    def is_closed(self) -> bool:
        """Return whether the last status is a closed one."""
        return self.updates[-1].status in STATUS_CLOSED


def simulate_incident(
    context: SimulationContext,
    template: IncidentTemplate,
    place: Place,
    key: str,
    rng: random.Random,
) -> SimulatedIncident:
    """Simulate an incident from a template at a TPS of the register."""
    start = context.clock.draw_time_between(rng, template.time_window, _MIN_DURATION)
    delays = {
        delay.fase: start + draw_minutes(rng, *delay.delay_range_min)
        for delay in template.phase_delays
    }
    path = _draw_status_path(template, rng)
    affected = _list_affected_places(context, template, place, rng.randint(*template.number_range))
    number = len(affected) if template.is_multi_tps else rng.randint(*template.number_range)
    values = context.build_template_values(place, start) | {"n": str(number)}
    return SimulatedIncident(
        key=key,
        place=_drop_point_at_random(widen_place(place, template.location_level, context), rng),
        jenis=template.jenis,
        occurred_time=start,
        pelapor=rng.choice(template.reporters).format(**values),
        updates=tuple(
            IncidentUpdate(
                at,
                status,
                template.tingkat,
                "",
                rng.choice(template.texts_by_status[status]).format(**values),
            )
            for at, status in zip(
                _draw_update_times(context, template, start, [*delays.values()], len(path), rng),
                path,
                strict=True,
            )
        ),
        delayed_phases=tuple(
            (p.tps_code, fase, at) for fase, at in delays.items() for p in affected
        ),
        alternative_text=template.alternative_text.format(**values),
    )


def _list_affected_places(
    context: SimulationContext, template: IncidentTemplate, place: Place, number: int
) -> list[Place]:
    """List the TPS concerned: this one, or up to so many of its desa."""
    if not template.is_multi_tps:
        return [place]
    nearby = [p for p in context.places if (p.kecamatan, p.desa) == (place.kecamatan, place.desa)]
    return nearby[:number]


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
    """Draw the time of each update: in order, the last before the day ends."""
    low, high = _FIRST_REPORT_DELAY_MIN[template.tingkat]
    is_late = template.tingkat == "rendah" and rng.random() < _LATE_REPORT_SHARE
    first = occurred_time + draw_minutes(rng, *((40, 75) if is_late else (low, high)))
    end = first + draw_minutes(rng, *template.duration_range_min)
    end = max(end, *(until + draw_minutes(rng, 3, 12) for until in delay_ends), end)
    latest = context.clock.last - draw_minutes(rng, 2, 25)
    first = max(occurred_time, min(first, latest - timedelta(minutes=3 * count)))
    span = max(min(end, latest) - first, timedelta(minutes=2 * count)) / timedelta(minutes=1)
    exponent = _TIME_EXPONENT[template.tingkat]
    shares = [(step / (count - 1)) ** exponent if count > 1 else 0.0 for step in range(count)]
    minutes = [max(round(span * share), step) for step, share in enumerate(shares)]
    return [first + timedelta(minutes=minute) for minute in minutes]


def _drop_point_at_random(place: Place, rng: random.Random) -> Place:
    return replace(place, point=None) if rng.random() < _UNLOCATED_SHARE else place


def leave_some_open(
    incidents: Sequence[SimulatedIncident], context: SimulationContext, rng: random.Random
) -> list[SimulatedIncident]:
    """Remove the last update of about an eighth of the incidents, one tinggi among them.

    Incidents already referred, and those of the evening, are left open first.
    """
    late = context.clock.closes + timedelta(hours=4, minutes=30)
    ranked = sorted(
        (case for case in incidents if not case.is_crowd and len(case.updates) > 1),
        key=lambda case: (
            not _is_referred(case),
            case.updates[0].reported_time < late,
            len(case.updates) < 3,  # the first report alone must not remain as the last
            rng.random(),
        ),
    )
    count = max(1, round(_OPEN_SHARE * len(incidents)))
    worst = [case for case in ranked if case.tingkat == "tinggi"][:1]
    other = [case for case in ranked if case.tingkat != "tinggi"]
    referred = [case for case in other if _is_referred(case)][: round(0.6 * count)]
    rest = [case for case in other if not _is_referred(case)][: count - len(worst) - len(referred)]
    open_keys = {case.key for case in (*worst, *referred, *rest)}
    return [
        replace(case, updates=case.updates[:-1]) if case.key in open_keys else case
        for case in incidents
    ]


def _is_referred(incident: SimulatedIncident) -> bool:
    return any(update.status == "diteruskan" for update in incident.updates)
