"""The crowds of the rehearsal day: situasi from hijau to kuning or merah and back."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates as simulation_templates
from situasi.simulation.context import Place, SimulationContext, widen_place
from situasi.simulation.incidents import templates
from situasi.simulation.incidents.lifecycle import IncidentUpdate, SimulatedIncident

_MIN_KECAMATAN_FOR_ALL = 6  # a smaller area has one crowd only


def simulate_crowds(context: SimulationContext) -> list[SimulatedIncident]:
    """The crowds of the day, each in a kecamatan of its own; the first goes to merah."""
    rng = context.rng("crowds")
    # Large kecamatan draw crowds.
    weights = Counter(place.kecamatan for place in context.places)
    codes = sorted(weights)
    scripts = simulation_templates.load_texts("crowds")["crowd"]
    found = []
    for number, script in enumerate(
        scripts if len(codes) >= _MIN_KECAMATAN_FOR_ALL else scripts[:1]
    ):
        code = rng.choices(codes, [weights[c] for c in codes])[0]
        codes.remove(code)
        place = rng.choice(context.list_places_in(code))
        found.append(_build_crowd(context, script, place, f"crowd-{number}", rng))
    return found


def _build_crowd(
    context: SimulationContext, script: dict[str, Any], place: Place, key: str, rng: random.Random
) -> SimulatedIncident:
    lasting = timedelta(minutes=script["steps"][-1]["after"] + 10)
    began = context.clock.draw_time_between(
        rng, (script["between"][0], script["between"][1]), lasting
    )
    words = context.build_template_values(place, began) | {"n": str(rng.randint(*script["n"]))}
    first = began + timedelta(minutes=rng.randint(2, 5))
    return SimulatedIncident(
        key=key,
        place=widen_place(place, script["place"], context),
        jenis=script["jenis"],
        occurred_time=began,
        pelapor=script["pelapor"].format(**words),
        updates=tuple(_build_update(step, first, words) for step in script["steps"]),
        is_crowd=True,
        delayed_phases=tuple(
            (place.tps_code, hold.fase, began + timedelta(minutes=hold.delay_range_min[0]))
            for hold in templates.parse_phase_delays(script)
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
    """From when until when a crowd was not hijau."""
    tense = [n for n, turn in enumerate(incident.updates) if turn.situasi not in ("", "hijau")]
    if not tense:
        return None
    return incident.updates[tense[0]].reported_time, incident.updates[
        min(tense[-1] + 1, len(incident.updates) - 1)
    ].reported_time
