"""The hourly word of each kecamatan when nothing happens: nihil is a report too."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import Scene
from situasi.simulation.feed_rows import CATCHING_UP, Post, Silence
from situasi.simulation.incidents import crowds
from situasi.simulation.incidents.lifecycle import Life

_MISSED = 0.05
_LATE = 0.06
_STILL_MENTIONED = timedelta(hours=2)


def report(scene: Scene, lives: Sequence[Life], quiet: Sequence[Silence]) -> list[Post]:
    """Hourly nihil posts with situasi hijau, and the first words after each silence.

    None is written in a silence, nor while a crowd in the kecamatan is not hijau.
    """
    rng = scene.rng("calm")
    words = templates.read("calm")
    posts = [_restored(scene, silence, words, rng) for silence in quiet]
    for code in sorted({place.kecamatan for place in scene.places}):
        for hour in scene.clock.hours(scene.clock.first, scene.clock.last - timedelta(minutes=30)):
            told = _delay(hour, rng)
            if told is None or not _allowed(code, hour, told, lives, quiet):
                continue
            text = rng.choice(_sentences(scene, words, lives, code, hour))
            posts.append(_post(scene, code, hour, told, text))
    return posts


def _delay(hour: datetime, rng: random.Random) -> datetime | None:
    chance = rng.random()
    prompt, late = rng.randint(1, 16), rng.randint(28, 55)
    if chance < _MISSED:
        return None
    return hour + timedelta(minutes=late if chance < _MISSED + _LATE else prompt)


def _allowed(
    code: str,
    hour: datetime,
    told: datetime,
    lives: Sequence[Life],
    quiet: Sequence[Silence],
) -> bool:
    if any(s.kecamatan == code and s.start <= told < s.end + CATCHING_UP for s in quiet):
        return False
    for life in lives:
        tense = crowds.restless(life)
        if tense and life.place.kecamatan == code and hour <= tense[1] and told >= tense[0]:
            return False
    return True


def _sentences(
    scene: Scene, words: dict[str, Any], lives: Sequence[Life], code: str, hour: datetime
) -> list[str]:
    if any(_unsettled(life, code, hour) for life in lives):
        return list(words["besides"]["uraian"])
    begun = [p for p in words["phase"] if scene.clock.at(p["from"]) <= hour]
    return list((begun or words["phase"])[-1 if begun else 0]["uraian"])


def _unsettled(life: Life, code: str, hour: datetime) -> bool:
    """Already told and not closed; what stays open is mentioned for a while only."""
    if life.place.kecamatan != code or life.turns[0].at > hour:
        return False
    last = life.turns[-1].at
    return hour < (last if life.closed else last + _STILL_MENTIONED)


def _restored(scene: Scene, silence: Silence, words: dict[str, Any], rng: random.Random) -> Post:
    hours = round((silence.end - silence.start) / timedelta(hours=1))
    told = silence.end + CATCHING_UP + timedelta(minutes=rng.randint(1, 4))
    text = words["restored"]["uraian"][0].replace("{hours}", str(hours))
    return _post(scene, silence.kecamatan, silence.end, told, text)


def _post(scene: Scene, code: str, moment: datetime, told: datetime, text: str) -> Post:
    place = scene.whole(code)
    cells = scene.where(place) | {
        "waktu": moment.isoformat(timespec="seconds"),
        "jenis": "nihil",
        "status": "nihil",
        "situasi": "hijau",
        "uraian": text.format(**scene.words(place, moment)),
        "pelapor": scene.polsek(code),
    }
    return Post(told, code, f"nihil-{code}-{moment:%H%M}", cells)
