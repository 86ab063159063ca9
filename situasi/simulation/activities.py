"""Activities (giat) of the rehearsal day and the weeks around it, all made up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from situasi.domain.register import SopItem, Stage
from situasi.simulation import sop_links, templates
from situasi.simulation.context import Scene
from situasi.simulation.feed_rows import Post
from situasi.simulation.personnel import roster

_CANCELLED = 0.04
_NEVER_TOLD = 0.08  # planned, and then not a word
_PLANNED_AHEAD = timedelta(hours=72)
_PLANNED_FOR = timedelta(days=7)  # stages that begin later are not planned yet
_EARLY = 7  # days into its stage, at most
_KEEPS_PLANNING = timedelta(hours=2)  # before the day ends, the last plans are told


def play(scene: Scene) -> list[Post]:
    """Posts of all activities; a planned one is told as rencana first, then as done or batal.

    Lines of the SOP list that no scripted activity serves get one of their own.
    """
    rng = scene.rng("activities")
    posts: list[Post] = []
    for number, raw in enumerate(templates.read("activities")["giat"]):
        for where, words in _places(scene, raw.get("each", "kabupaten")):
            cells = _scripted(scene, raw, where, words, rng)
            ahead = timedelta(hours=raw["ahead"]) if "ahead" in raw else None
            posts += _tellings(scene, cells, f"giat-{number}-{words['who']}", ahead, rng)
    for stage, item in sop_links.uncovered(scene.register, {post.cells["sop"] for post in posts}):
        if _begin(scene, stage) <= scene.register.election.day + _PLANNED_FOR:
            cells = _of_sop(scene, item, _within(scene, stage, rng))
            posts += _tellings(scene, cells, f"sop-{item.code}", _PLANNED_AHEAD, rng)
    return posts


def _places(scene: Scene, each: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Where an activity takes place: (kecamatan code or "", words for its sentences)."""
    election = scene.register.election
    tps = Counter(place.kecamatan for place in scene.places)
    officers = roster.strength(scene)
    common = {
        "command": election.command,
        "kabupaten": election.kabupaten,
        "personnel": str(officers),
        "part": str(max(5, officers // 4)),
        "checked": str(max(1, len(scene.places) // 30)),
    }
    if each == "kabupaten":
        yield "", common | {"who": election.command}
        return
    codes = sorted(tps) if each == "kecamatan" else [c[0] for c in scene.seats().values()]
    for code in codes:
        name, polsek = scene.register.kecamatan[code].name, scene.polsek(code)
        here = {"kecamatan": name, "polsek": polsek, "tps": str(tps[code])}
        yield code, common | here | {"who": f"{polsek} {code}"}


def _scripted(
    scene: Scene, raw: dict[str, Any], code: str, words: dict[str, str], rng: random.Random
) -> dict[str, str]:
    election = scene.register.election
    day = election.day + timedelta(days=raw["day"])
    moment = election.local_time(raw["at"], day) + timedelta(minutes=rng.choice((0, 0, 0, 10, 15)))
    filled = words | {"small": str(rng.randint(6, 18))}
    text = raw["uraian"].format(**filled)
    tahapan = sop_links.stage(scene.register, raw["stage"])
    return scene.area(code) | {
        "waktu": moment.isoformat(timespec="seconds"),
        "giat": raw["giat"],
        "fungsi": raw["fungsi"],
        "tahapan": tahapan,
        "sop": sop_links.sop(scene.register, tahapan, raw["fungsi"], raw["giat"], text),
        "mitra": raw.get("mitra", ""),
        "lokasi": raw["lokasi"].format(**filled),
        "jumlah": raw.get("jumlah", "").format(**filled),
        "uraian": text,
        "pelapor": words.get("polsek", "Operator posko"),
    }


def _of_sop(scene: Scene, item: SopItem, moment: datetime) -> dict[str, str]:
    return scene.area("") | {
        "waktu": moment.isoformat(timespec="seconds"),
        "giat": item.giat or "",
        "fungsi": item.fungsi or "",
        "tahapan": item.stage,
        "sop": item.code,
        "uraian": item.text,
        "pelapor": "Operator posko",
    }


def _within(scene: Scene, stage: Stage, rng: random.Random) -> datetime:
    """An hour by day on a day of the stage; on the election day itself while TPS are open."""
    election = scene.register.election
    start, end = _begin(scene, stage), stage.end or election.day
    if start <= election.day <= end:
        return scene.clock.opens + timedelta(minutes=rng.randint(0, 300))
    day = start + timedelta(days=rng.randint(0, min(_EARLY, (end - start).days)))
    return election.local_time(time(rng.randint(8, 15)), day)


def _begin(scene: Scene, stage: Stage) -> date:
    return stage.start or scene.register.election.day


def _tellings(
    scene: Scene,
    cells: dict[str, str],
    key: str,
    ahead: timedelta | None,
    rng: random.Random,
) -> list[Post]:
    moment = datetime.fromisoformat(cells["waktu"])
    code = cells["kode_kecamatan"]
    posts = []
    if ahead:
        latest = scene.clock.last - _KEEPS_PLANNING - timedelta(minutes=rng.randint(0, 90))
        planned = min(moment - ahead, latest)
        posts.append(Post(planned, code, key, cells | {"status": "rencana"}))
    told = moment + timedelta(minutes=rng.randint(25, 70))
    if told <= scene.clock.last and not (ahead and rng.random() < _NEVER_TOLD):
        status = "batal" if ahead and rng.random() < _CANCELLED else "terlaksana"
        posts.append(Post(told, code, key, cells | {"status": status}))
    return posts
