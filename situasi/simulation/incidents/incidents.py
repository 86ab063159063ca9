"""The incidents of the rehearsal day: how many, which stories, and where."""

from __future__ import annotations

import random
from collections import Counter

from situasi.simulation.context import Place, Scene
from situasi.simulation.incidents import crowds, lifecycle, templates
from situasi.simulation.incidents.lifecycle import Life
from situasi.simulation.incidents.templates import Story

_PER_TPS = (0.115, 0.14)
_FEWEST = 12
_SHARE = {"tinggi": 0.065, "sedang": 0.28}


def happen(scene: Scene) -> list[Life]:
    """All lives of the day: single incidents and crowds, some still open at its end."""
    rng = scene.rng("incidents")
    count = max(_FEWEST, round(rng.uniform(*_PER_TPS) * len(scene.places)))
    told = crowds.gather(scene)
    for number, story in enumerate(_cast(scene, count - len(told), rng)):
        place = _place_for(scene, story, rng)
        told.append(lifecycle.live(scene, story, place, f"incident-{number}", rng))
    return lifecycle.leave_open(told, scene, rng)


def _cast(scene: Scene, count: int, rng: random.Random) -> list[Story]:
    """Which stories are told: quotas by tingkat, then by weight, each seldom twice."""
    stock = [story for story in templates.load() if _candidates(scene, story)]
    # The crowd that goes to merah is one of the grave ones already.
    quota = {level: max(1, round(share * count)) for level, share in _SHARE.items()}
    quota["tinggi"] = max(1, quota["tinggi"] - 1)
    quota["rendah"] = count - sum(quota.values())
    chosen: list[Story] = []
    for level, wanted in sorted(quota.items()):
        pool = [story for story in stock if story.tingkat == level]
        used: Counter[int] = Counter()
        for _ in range(wanted):
            weights = [s.weight / (1 + used[i]) ** 3 for i, s in enumerate(pool)]
            pick = rng.choices(range(len(pool)), weights)[0]
            used[pick] += 1
            chosen.append(pool[pick])
    return chosen


def _candidates(scene: Scene, story: Story) -> list[Place]:
    if story.where == "banjir":
        return [place for place in scene.places if place.kecamatan in scene.water]
    if story.where == "sungai":
        return [place for place in scene.places if scene.on_water(place)]
    return list(scene.places)


def _place_for(scene: Scene, story: Story, rng: random.Random) -> Place:
    candidates = _candidates(scene, story)
    if story.spread:
        size = Counter((p.kecamatan, p.desa) for p in scene.places)
        candidates = [
            p for p in candidates if size[p.kecamatan, p.desa] >= story.n[1]
        ] or candidates
    if story.where != "banjir":
        return rng.choice(candidates)
    return rng.choices(candidates, [scene.water[place.kecamatan] for place in candidates])[0]
