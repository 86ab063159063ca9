"""Crowds of the rehearsal day: situasi from hijau to kuning or merah and back."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates as simulation_templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import Place, SimulationContext, widen_place
from situasi.simulation.incidents import templates
from situasi.simulation.incidents.lifecycle import IncidentUpdate, SimulatedIncident

_MIN_KECAMATAN_FOR_ALL = 6  # a smaller area has only one crowd


def simulate_crowds(context: SimulationContext) -> list[SimulatedIncident]:
    """Simulate the crowds of the day, each in a different kecamatan; the first goes to merah."""
    rng = context.rng("crowds")
    # Large kecamatan are more likely to have a crowd.
    weights = Counter(place.kecamatan for place in context.places)
    codes = sorted(weights)
    scripts = simulation_templates.load_texts("crowds")["crowd"]
    incidents = []
    for number, script in enumerate(
        scripts if len(codes) >= _MIN_KECAMATAN_FOR_ALL else scripts[:1]
    ):
        code = rng.choices(codes, [weights[kecamatan] for kecamatan in codes])[0]
        codes.remove(code)
        place = rng.choice(context.list_places_in(code))
        incidents.append(_build_crowd(context, script, place, f"crowd-{number}", rng))
    return incidents


def _build_crowd(
    context: SimulationContext, script: dict[str, Any], place: Place, key: str, rng: random.Random
) -> SimulatedIncident:
    duration = timedelta(minutes=script["steps"][-1]["after"] + 10)
    start = context.clock.draw_time_between(
        rng, (script["between"][0], script["between"][1]), duration
    )
    values = context.build_template_values(place, start) | {"n": str(rng.randint(*script["n"]))}
    first_report = start + draw_minutes(rng, 2, 5)
    return SimulatedIncident(
        key=key,
        place=widen_place(place, script["place"], context),
        jenis=script["jenis"],
        occurred_time=start,
        pelapor=script["pelapor"].format(**values),
        updates=tuple(_build_update(step, first_report, values) for step in script["steps"]),
        is_crowd=True,
        delayed_phases=tuple(
            (place.tps_code, delay.fase, start + timedelta(minutes=delay.delay_range_min[0]))
            for delay in templates.parse_phase_delays(script)
        ),
    )


def _build_update(
    step: dict[str, Any], first_time: datetime, template_values: dict[str, str]
) -> IncidentUpdate:
    return IncidentUpdate(
        reported_time=first_time + timedelta(minutes=step["after"]),
        status=step["status"],
        tingkat=step["tingkat"],
        situasi=step["situasi"],
        uraian=step["uraian"].format(**template_values),
    )


def find_tense_interval(incident: SimulatedIncident) -> tuple[datetime, datetime] | None:
    """Find from when until when a crowd was not hijau."""
    tense = [n for n, update in enumerate(incident.updates) if update.situasi not in ("", "hijau")]
    if not tense:
        return None
    last = min(tense[-1] + 1, len(incident.updates) - 1)
    return incident.updates[tense[0]].reported_time, incident.updates[last].reported_time
