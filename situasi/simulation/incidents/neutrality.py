"""Neutrality on the rehearsal day: no case, and Sipropam says so morning, noon and evening."""

from __future__ import annotations

from datetime import timedelta

from situasi.simulation import templates
from situasi.simulation.context import Scene
from situasi.simulation.feed_rows import Post

_UNIT = "Sipropam"


def play(scene: Scene) -> list[Post]:
    """The nihil posts of the day."""
    rng = scene.rng("neutrality")
    posts = []
    for number, raw in enumerate(templates.read("neutrality")["report"]):
        moment = scene.clock.at(raw["at"])
        told = scene.clock.clip(moment + timedelta(minutes=rng.randint(3, 12)))
        cells = scene.area("") | {
            "waktu": moment.isoformat(timespec="seconds"),
            "asal": "propam",
            "langkah": "nihil",
            "satuan": _UNIT,
            "uraian": raw["uraian"],
            "pelapor": _UNIT,
        }
        posts.append(Post(told, "", f"nihil-{number}", cells))
    return posts
