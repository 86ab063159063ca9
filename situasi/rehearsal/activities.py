"""Activities (giat) of the rehearsal day and the days before it, all made up."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from situasi.rehearsal import personnel, wording
from situasi.rehearsal.posts import Post
from situasi.rehearsal.scene import Scene

_CANCELLED = 0.04
_PLANNED_AHEAD = timedelta(hours=12)


def play(scene: Scene) -> list[Post]:
    """Posts of all activities; a planned one is told as rencana first, then as done or batal."""
    rng = scene.rng("activities")
    posts: list[Post] = []
    for number, raw in enumerate(wording.read("activities")["giat"]):
        for where, words in _stages(scene, raw.get("each", "kabupaten")):
            posts += _tellings(scene, raw, where, words, f"giat-{number}-{words['who']}", rng)
    return posts


def _stages(scene: Scene, each: str) -> list[tuple[str, dict[str, str]]]:
    """Where an activity takes place: (kecamatan code or "", words for its sentences)."""
    election = scene.register.election
    tps = Counter(place.kecamatan for place in scene.places)
    officers = personnel.strength(scene)
    common = {
        "command": election.command,
        "kabupaten": election.kabupaten,
        "personnel": str(officers),
        "part": str(max(5, officers // 4)),
        "checked": str(max(1, len(scene.places) // 30)),
    }
    if each == "kabupaten":
        return [("", common | {"who": election.command})]
    if each == "kecamatan":
        return [(code, common | _local(scene, code, tps)) for code in sorted(tps)]
    seats: dict[str, str] = {}
    for code in sorted(tps):
        seats.setdefault(scene.polsek(code), code)
    return [(code, common | _local(scene, code, tps)) for code in seats.values()]


def _local(scene: Scene, code: str, tps: Counter[str]) -> dict[str, str]:
    name, polsek = scene.register.kecamatan[code].name, scene.polsek(code)
    return {"kecamatan": name, "polsek": polsek, "tps": str(tps[code]), "who": f"{polsek} {code}"}


def _tellings(
    scene: Scene,
    raw: dict[str, Any],
    code: str,
    words: dict[str, str],
    key: str,
    rng: random.Random,
) -> list[Post]:
    election = scene.register.election
    day = election.day + timedelta(days=raw["day"])
    moment = election.local(raw["at"], day) + timedelta(minutes=rng.choice((0, 0, 0, 10, 15)))
    filled = words | {"small": str(rng.randint(6, 18))}
    cells = {
        "waktu": moment.isoformat(timespec="seconds"),
        "kode_kecamatan": code,
        "kecamatan": scene.register.kecamatan[code].name if code else election.kabupaten,
        "giat": raw["giat"],
        "lokasi": raw["lokasi"].format(**filled),
        "jumlah": raw.get("jumlah", "").format(**filled),
        "uraian": raw["uraian"].format(**filled),
        "pelapor": words.get("polsek", "Operator posko"),
    }
    planned = raw.get("planned", False)
    status = "batal" if planned and rng.random() < _CANCELLED else "terlaksana"
    posts = [Post(_after(moment, rng), code, key, cells | {"status": status})]
    if planned:
        posts.insert(0, Post(moment - _PLANNED_AHEAD, code, key, cells | {"status": "rencana"}))
    return posts


def _after(moment: datetime, rng: random.Random) -> datetime:
    return moment + timedelta(minutes=rng.randint(25, 70))
