"""The same happening told by a second post: other words, other id, minutes and metres apart."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from situasi.simulation import templates
from situasi.simulation.context import Scene
from situasi.simulation.incidents.lifecycle import Life, Turn
from situasi.simulation.stations.coordinates import Point

_MOST = 3
_LIVES_PER_TWIN = 25
_METRES = 0.0018  # degrees, about 200 m: less than the margin that positions keep to the border


def tell(scene: Scene, lives: Sequence[Life]) -> list[Life]:
    """Second reports of a few slighter incidents; the last one is still open at day's end."""
    rng = scene.rng("twins")
    words = templates.read("twins")
    able = [
        life for life in lives
        if life.retold and life.place.point and life.tingkat != "tinggi"
        and life.turns[0].at < scene.clock.last - timedelta(hours=2)
    ]  # fmt: skip
    count = min(_MOST, len(able), max(1, len(lives) // _LIVES_PER_TWIN))
    chosen = rng.sample(able, count)
    return [
        _twin(life, words, closed=n < count - 1, scene=scene, rng=rng)
        for n, life in enumerate(chosen)
    ]


def _twin(
    life: Life, words: dict[str, list[str]], *, closed: bool, scene: Scene, rng: random.Random
) -> Life:
    first = life.turns[0]
    told = Turn(
        max(life.began, first.at + timedelta(minutes=rng.randint(4, 18))),
        first.status,
        first.tingkat,
        "",
        life.retold,
    )
    end = replace(
        told,
        at=max(told.at, life.turns[-1].at) + timedelta(minutes=rng.randint(5, 40)),
        status="selesai",
        uraian=rng.choice(words["closing"]),
    )
    tellers = [name for name in words["pelapor"] if name != life.pelapor]
    return replace(
        life,
        key=f"{life.key}-twin",
        place=replace(life.place, point=_beside(life.place.point, rng)),
        began=min(life.began + timedelta(minutes=rng.randint(1, 9)), told.at),
        pelapor=rng.choice(tellers),
        turns=(told, end) if closed and end.at <= scene.clock.last else (told,),
        held=(),
    )


def _beside(point: Point | None, rng: random.Random) -> Point | None:
    if point is None:
        return None
    return (
        round(point[0] + rng.uniform(-_METRES, _METRES), 5),
        round(point[1] + rng.uniform(-_METRES, _METRES), 5),
    )
