"""Second reports of an incident: other words, another id, minutes and metres apart."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from situasi.simulation import templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import SimulationContext
from situasi.simulation.incidents.lifecycle import IncidentUpdate, SimulatedIncident
from situasi.simulation.stations.coordinates import Point

_MAX_DUPLICATES = 3
_INCIDENTS_PER_DUPLICATE = 25
_MAX_OFFSET_DEG = (
    0.0018  # degrees, about 200 m: less than the distance of positions from the border
)


def simulate_duplicates(
    context: SimulationContext, incidents: Sequence[SimulatedIncident]
) -> list[SimulatedIncident]:
    """Simulate second reports of a few less serious incidents; the last stays open."""
    rng = context.rng("twins")
    texts = templates.load_texts("twins")
    pool = [
        incident for incident in incidents
        if incident.alternative_text and incident.place.point and incident.tingkat != "tinggi"
        and incident.updates[0].reported_time < context.clock.last - timedelta(hours=2)
    ]  # fmt: skip
    count = min(_MAX_DUPLICATES, len(pool), max(1, len(incidents) // _INCIDENTS_PER_DUPLICATE))
    chosen = rng.sample(pool, count)
    return [
        _build_duplicate(incident, texts, is_closed=number < count - 1, context=context, rng=rng)
        for number, incident in enumerate(chosen)
    ]


def _build_duplicate(
    incident: SimulatedIncident,
    texts: dict[str, list[str]],
    *,
    is_closed: bool,
    context: SimulationContext,
    rng: random.Random,
) -> SimulatedIncident:
    first = incident.updates[0]
    copy = IncidentUpdate(
        max(incident.occurred_time, first.reported_time + draw_minutes(rng, 4, 18)),
        first.status,
        first.tingkat,
        "",
        incident.alternative_text,
    )
    end = replace(
        copy,
        reported_time=max(copy.reported_time, incident.updates[-1].reported_time)
        + draw_minutes(rng, 5, 40),
        status="selesai",
        uraian=rng.choice(texts["closing"]),
    )
    reporters = [name for name in texts["pelapor"] if name != incident.pelapor]
    return replace(
        incident,
        key=f"{incident.key}-twin",
        place=replace(incident.place, point=_shift_point(incident.place.point, rng)),
        occurred_time=min(incident.occurred_time + draw_minutes(rng, 1, 9), copy.reported_time),
        pelapor=rng.choice(reporters),
        updates=(copy, end) if is_closed and end.reported_time <= context.clock.last else (copy,),
        delayed_phases=(),
    )


def _shift_point(point: Point | None, rng: random.Random) -> Point | None:
    if point is None:
        return None
    return (
        round(point[0] + rng.uniform(-_MAX_OFFSET_DEG, _MAX_OFFSET_DEG), 5),
        round(point[1] + rng.uniform(-_MAX_OFFSET_DEG, _MAX_OFFSET_DEG), 5),
    )
