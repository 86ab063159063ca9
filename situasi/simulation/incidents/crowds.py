"""The crowds of the rehearsal day: situasi from hijau to kuning or merah and back."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates as simulation_templates
from situasi.simulation.context import Place, Scene, widened
from situasi.simulation.incidents import templates
from situasi.simulation.incidents.lifecycle import Life, Turn

_FEW_KECAMATAN = 6  # a smaller area has one crowd only


def gather(scene: Scene) -> list[Life]:
    """The crowds of the day, each in a kecamatan of its own; the first goes to merah."""
    rng = scene.rng("crowds")
    # Large kecamatan draw crowds.
    weights = Counter(place.kecamatan for place in scene.places)
    codes = sorted(weights)
    scripts = simulation_templates.read("crowds")["crowd"]
    found = []
    for number, script in enumerate(scripts if len(codes) >= _FEW_KECAMATAN else scripts[:1]):
        code = rng.choices(codes, [weights[c] for c in codes])[0]
        codes.remove(code)
        place = rng.choice(scene.in_kecamatan(code))
        found.append(_crowd(scene, script, place, f"crowd-{number}", rng))
    return found


def _crowd(
    scene: Scene, script: dict[str, Any], place: Place, key: str, rng: random.Random
) -> Life:
    lasting = timedelta(minutes=script["steps"][-1]["after"] + 10)
    began = scene.clock.between(rng, (script["between"][0], script["between"][1]), lasting)
    words = scene.words(place, began) | {"n": str(rng.randint(*script["n"]))}
    first = began + timedelta(minutes=rng.randint(2, 5))
    return Life(
        key=key,
        place=widened(place, script["place"], scene),
        jenis=script["jenis"],
        began=began,
        pelapor=script["pelapor"].format(**words),
        turns=tuple(_turn(step, first, words) for step in script["steps"]),
        crowd=True,
        held=tuple(
            (place.tps_code, hold.fase, began + timedelta(minutes=hold.minutes[0]))
            for hold in templates.holds(script)
        ),
    )


def _turn(step: dict[str, Any], first: datetime, words: dict[str, str]) -> Turn:
    return Turn(
        at=first + timedelta(minutes=step["after"]),
        status=step["status"],
        tingkat=step["tingkat"],
        situasi=step["situasi"],
        uraian=step["uraian"].format(**words),
    )


def restless(life: Life) -> tuple[datetime, datetime] | None:
    """From when until when a crowd was not hijau."""
    tense = [n for n, turn in enumerate(life.turns) if turn.situasi not in ("", "hijau")]
    if not tense:
        return None
    return life.turns[tense[0]].at, life.turns[min(tense[-1] + 1, len(life.turns) - 1)].at
