"""TPS on water that cannot be reached for a while: their words wait until the line is back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from situasi.simulation import templates
from situasi.simulation.context import Place, Scene
from situasi.simulation.feed_rows import Post, held_back

_TPS_PER_LOSS = 130
_FAR = 3  # flooded kecamatan weigh so much more than a desa that only has water in its name

# From when, and how many minutes; the last line is for all others.
_HOURS = (("buka-45", (220, 280)), ("tutup-75", (80, 140)), ("buka+50", (70, 160)))


@dataclass(frozen=True)
class Loss:
    """One TPS out of reach from `start` until `end`."""

    place: Place
    start: datetime
    end: datetime


def losses(scene: Scene) -> list[Loss]:
    """A few TPS on rivers or floods, none for a small register.

    Nobody knows of the first whether it opened; the second is lost around closing.
    """
    rng = scene.rng("contact")
    wet = [place for place in scene.places if scene.on_water(place)]
    wet += [place for place in scene.places if place.kecamatan in scene.water] * _FAR
    count = min(len(scene.places) // _TPS_PER_LOSS, len({place.tps_code for place in wet}))
    chosen: dict[str, Place] = {}
    while len(chosen) < count:
        place = rng.choice(wet)
        chosen[place.tps_code] = place
    found = []
    for number, place in enumerate(chosen.values()):
        begins, lasts = _HOURS[min(number, len(_HOURS) - 1)]
        start = scene.clock.at(begins) + timedelta(minutes=rng.randint(0, 30))
        end = scene.clock.clip(start + timedelta(minutes=rng.randint(*lasts)))
        found.append(Loss(place, start, end))
    return found


def told(scene: Scene, lost: Iterable[Loss]) -> list[Post]:
    """Two rows for each loss: tak_terjangkau and terjangkau, both told by the Polsek."""
    words = templates.read("tps")["contact"]
    return [
        Post(
            moment + timedelta(minutes=5),
            loss.place.kecamatan,
            f"{loss.place.tps_code}-{kontak}",
            scene.where(loss.place)
            | {
                "waktu": moment.isoformat(timespec="seconds"),
                "kontak": kontak,
                "uraian": words[kontak],
                "pelapor": scene.polsek(loss.place.kecamatan),
            },
        )
        for loss in lost
        for kontak, moment in (("tak_terjangkau", loss.start), ("terjangkau", loss.end))
    ]


def waiting(posts: Iterable[Post], tps: Mapping[str, Loss]) -> list[Post]:
    """The posts of one TPS each, by TPS code, as they come through its loss. Order is kept."""
    return [
        replace(post, at=held_back(post.at, tps[code].start, tps[code].end))
        if (code := post.key.partition("-")[0]) in tps
        else post
        for post in posts
    ]
