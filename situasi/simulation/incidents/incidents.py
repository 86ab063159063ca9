"""Incidents of the rehearsal day: how many, which templates, and where."""

import random
from collections import Counter

from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.incidents import crowds, lifecycle, templates
from situasi.simulation.incidents.lifecycle import SimulatedIncident
from situasi.simulation.incidents.templates import IncidentTemplate

_INCIDENTS_PER_TPS = (0.115, 0.14)
_MIN_INCIDENTS = 12
_SHARE_BY_TINGKAT = {"tinggi": 0.065, "sedang": 0.28}


def simulate_incidents(context: SimulationContext) -> list[SimulatedIncident]:
    """Simulate single incidents and crowds, some still open at the end of the day."""
    rng = context.rng("incidents")
    count = max(_MIN_INCIDENTS, round(rng.uniform(*_INCIDENTS_PER_TPS) * len(context.places)))
    cases = crowds.simulate_crowds(context)
    for number, template in enumerate(_draw_templates(context, count - len(cases), rng)):
        place = _draw_place(context, template, rng)
        cases.append(
            lifecycle.simulate_incident(context, template, place, f"incident-{number}", rng)
        )
    return lifecycle.leave_some_open(cases, context, rng)


def _draw_templates(
    context: SimulationContext, count: int, rng: random.Random
) -> list[IncidentTemplate]:
    """Draw the templates: quotas by tingkat, then by weight, each rarely twice."""
    every = templates.load_incident_templates()
    available = [template for template in every if _list_candidate_places(context, template)]
    # The crowd that goes to merah already counts as one of tingkat tinggi.
    quota = {level: max(1, round(share * count)) for level, share in _SHARE_BY_TINGKAT.items()}
    quota["tinggi"] = max(1, quota["tinggi"] - 1)
    quota["rendah"] = count - sum(quota.values())
    drawn: list[IncidentTemplate] = []
    for level, size in sorted(quota.items()):
        pool = [template for template in available if template.tingkat == level]
        used: Counter[int] = Counter()
        for _ in range(size):
            weights = [s.weight / (1 + used[i]) ** 3 for i, s in enumerate(pool)]
            choice = rng.choices(range(len(pool)), weights)[0]
            used[choice] += 1
            drawn.append(pool[choice])
    return drawn


def _list_candidate_places(context: SimulationContext, template: IncidentTemplate) -> list[Place]:
    if template.terrain == "banjir":
        return [place for place in context.places if place.kecamatan in context.flood_weights]
    if template.terrain == "sungai":
        return [place for place in context.places if context.is_on_water(place)]
    return list(context.places)


def _draw_place(
    context: SimulationContext, template: IncidentTemplate, rng: random.Random
) -> Place:
    candidates = _list_candidate_places(context, template)
    if template.is_multi_tps:
        size = Counter((p.kecamatan, p.desa) for p in context.places)
        candidates = [
            p for p in candidates if size[p.kecamatan, p.desa] >= template.number_range[1]
        ] or candidates
    if template.terrain != "banjir":
        return rng.choice(candidates)
    weights = [context.flood_weights[place.kecamatan] for place in candidates]
    return rng.choices(candidates, weights)[0]
