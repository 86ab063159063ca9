"""The same happening told by a second post: other words, other id, minutes and metres apart."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from situasi.simulation import templates
from situasi.simulation.context import SimulationContext
from situasi.simulation.incidents.lifecycle import IncidentUpdate, SimulatedIncident
from situasi.simulation.stations.coordinates import Point

_MAX_DUPLICATES = 3
_INCIDENTS_PER_DUPLICATE = 25
_MAX_OFFSET_DEG = (
    0.0018  # degrees, about 200 m: less than the margin that positions keep to the border
)


def simulate_duplicates(
    context: SimulationContext, incidents: Sequence[SimulatedIncident]
) -> list[SimulatedIncident]:
    """Second reports of a few slighter incidents; the last one is still open at day's end."""
    rng = context.rng("twins")
    words = templates.load_texts("twins")
    able = [
        life for life in incidents
        if life.alternative_text and life.place.point and life.tingkat != "tinggi"
        and life.updates[0].reported_time < context.clock.last - timedelta(hours=2)
    ]  # fmt: skip
    count = min(_MAX_DUPLICATES, len(able), max(1, len(incidents) // _INCIDENTS_PER_DUPLICATE))
    chosen = rng.sample(able, count)
    return [
        _build_duplicate(life, words, is_closed=n < count - 1, context=context, rng=rng)
        for n, life in enumerate(chosen)
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
    told = IncidentUpdate(
        max(incident.occurred_time, first.reported_time + timedelta(minutes=rng.randint(4, 18))),
        first.status,
        first.tingkat,
        "",
        incident.alternative_text,
    )
    end = replace(
        told,
        reported_time=max(told.reported_time, incident.updates[-1].reported_time)
        + timedelta(minutes=rng.randint(5, 40)),
        status="selesai",
        uraian=rng.choice(texts["closing"]),
    )
    tellers = [name for name in texts["pelapor"] if name != incident.pelapor]
    return replace(
        incident,
        key=f"{incident.key}-twin",
        place=replace(incident.place, point=_shift_point(incident.place.point, rng)),
        occurred_time=min(
            incident.occurred_time + timedelta(minutes=rng.randint(1, 9)), told.reported_time
        ),
        pelapor=rng.choice(tellers),
        updates=(told, end) if is_closed and end.reported_time <= context.clock.last else (told,),
        delayed_phases=(),
    )


def _shift_point(point: Point | None, rng: random.Random) -> Point | None:
    if point is None:
        return None
    return (
        round(point[0] + rng.uniform(-_MAX_OFFSET_DEG, _MAX_OFFSET_DEG), 5),
        round(point[1] + rng.uniform(-_MAX_OFFSET_DEG, _MAX_OFFSET_DEG), 5),
    )
