"""Neutrality on the rehearsal day: no case, and Sipropam says so morning, noon and evening."""

from __future__ import annotations

from datetime import timedelta

from situasi.rehearsal import wording
from situasi.rehearsal.posts import Post
from situasi.rehearsal.scene import Scene

_UNIT = "Sipropam"


def play(scene: Scene) -> list[Post]:
    """The nihil posts of the day."""
    rng = scene.rng("neutrality")
    posts = []
    for number, raw in enumerate(wording.read("neutrality")["report"]):
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
