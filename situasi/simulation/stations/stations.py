"""Each TPS through the rehearsal day: supplies, opening, closing, counting, and its box's way."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from situasi.simulation import templates
from situasi.simulation.context import Place, Scene
from situasi.simulation.feed_rows import Post
from situasi.simulation.incidents.lifecycle import Life
from situasi.simulation.stations import count_errors, counts, outages, turnout
from situasi.simulation.stations.count_errors import Slip
from situasi.simulation.stations.counts import Heads

_LATE_OPENING = 0.03
_FAR_TOO_LATE = 0.15  # of those
_LATE_SUPPLIES = 0.015
_NO_CLOSING_WORD = 0.006
_FAR_BOX = 0.008
_ON_TO_KPU = 0.06  # of the boxes early at the PPK; the others follow on the next days
_WORTH_A_WORD = timedelta(minutes=15)
_TO_KPU = timedelta(hours=8, minutes=15)
_WAY_TO_KPU = timedelta(minutes=60)

Held = Mapping[tuple[str, str], datetime]


@dataclass(frozen=True)
class Course:
    """One TPS's day: when each phase was reached, and words for those that were late."""

    place: Place
    moments: dict[str, datetime]
    reasons: dict[str, str]


def play(
    scene: Scene, lives: Sequence[Life], escorts: Mapping[str, Sequence[str]]
) -> tuple[list[Post], dict[str, datetime]]:
    """Posts of all TPS, and when each TPS's box reached the PPK (missing: not by day's end).

    escorts: the officers who bring the box, by TPS code.
    """
    rng = scene.rng("tps")
    held = _held(lives)
    words = templates.read("tps")
    final = turnout.final(scene.register, scene.rng("turnout"))
    wrong = count_errors.draw(scene, final)
    lost = {loss.place.tps_code: loss for loss in outages.losses(scene)}
    posts: list[Post] = []
    boxes = {}
    for place in scene.places:
        code = place.tps_code
        course = _course(scene, place, held, words["late"], rng)
        pelapor = rng.choice(words["pelapor"]["tps"]).format(polsek=scene.polsek(place.kecamatan))
        people = counts.draw(final[code], rng)
        told = _told(scene, course, people, wrong.get(code), escorts.get(code, ()), rng)
        posts += _posts(scene, place, pelapor, told)
        if course.moments["kotak_tiba_ppk"] < scene.clock.last:
            boxes[code] = course.moments["kotak_tiba_ppk"]
    return outages.told(scene, lost.values()) + outages.waiting(posts, lost), boxes


def _held(lives: Sequence[Life]) -> dict[tuple[str, str], datetime]:
    held: dict[tuple[str, str], datetime] = {}
    for life in lives:
        for code, fase, until in life.held:
            held[code, fase] = max(until, held.get((code, fase), until))
    return held


def _course(
    scene: Scene, place: Place, held: Held, late: dict[str, Any], rng: random.Random
) -> Course:
    reasons: dict[str, str] = {}
    supplies, opening = _morning(scene, place, late, reasons, rng)
    moments = {"logistik_tiba": supplies}
    _apply(moments, "logistik_tiba", place, held, late, reasons)
    ready = moments["logistik_tiba"] + timedelta(minutes=rng.randint(12, 20))
    moments["dibuka"] = max(opening, ready)
    if ready - scene.clock.opens > _WORTH_A_WORD and ready > opening:
        reasons["dibuka"] = late["no_supplies"]
    _apply(moments, "dibuka", place, held, late, reasons)
    reached = max(moments["dibuka"], scene.clock.closes)
    for fase, wait in _evening(scene, place, rng).items():
        moments[fase] = reached + wait
        _apply(moments, fase, place, held, late, reasons)
        reached = moments[fase]
    at_kpu = scene.clock.closes + _TO_KPU + timedelta(minutes=rng.randint(0, 75))
    if reached < at_kpu - _WAY_TO_KPU and rng.random() < _ON_TO_KPU:
        moments["kotak_tiba_kpu"] = at_kpu
    return Course(place, moments, reasons)


def _morning(
    scene: Scene,
    place: Place,
    late: dict[str, Any],
    reasons: dict[str, str],
    rng: random.Random,
) -> tuple[datetime, datetime]:
    supplies = scene.clock.opens - timedelta(minutes=rng.randint(35, 115))
    opening = scene.clock.opens + timedelta(minutes=min(rng.randint(0, 10), rng.randint(0, 10)))
    if rng.random() < _LATE_SUPPLIES:
        supplies = scene.clock.opens + timedelta(minutes=rng.randint(-20, 20))
        reasons["logistik_tiba"] = rng.choice(late["logistik_tiba"])
    if rng.random() < _LATE_OPENING:
        far_too_late = rng.random() < _FAR_TOO_LATE
        minutes = rng.randint(100, 145) if far_too_late else rng.randint(18, 75)
        opening = scene.clock.opens + timedelta(minutes=minutes)
        pool = late["dibuka"] + (late["dibuka_river"] if scene.on_water(place) else [])
        reasons["dibuka"] = rng.choice(pool)
    return supplies, opening


def _evening(scene: Scene, place: Place, rng: random.Random) -> dict[str, timedelta]:
    """How long each phase takes after the one before it (closing: after the hour)."""
    journey = rng.randint(20, 75)
    if scene.on_water(place) or place.kecamatan in scene.water:
        journey += rng.randint(15, 60)
    if rng.random() < _FAR_BOX:
        journey += 600
    to_pps = rng.randint(5, 18)
    minutes = {
        "ditutup": min(rng.randint(0, 18), rng.randint(0, 18)),
        "hitung_selesai": rng.randint(150, 320),
        "kotak_bergeser": rng.randint(15, 60),
        "kotak_tiba_pps": to_pps,
        "kotak_tiba_ppk": journey - to_pps,
    }
    return {fase: timedelta(minutes=wait) for fase, wait in minutes.items()}


def _apply(
    moments: dict[str, datetime],
    fase: str,
    place: Place,
    held: Held,
    late: dict[str, Any],
    reasons: dict[str, str],
) -> None:
    until = held.get((place.tps_code, fase))
    if until is not None and until > moments[fase]:
        moments[fase] = until
        reasons[fase] = late["held"][fase]


def _told(
    scene: Scene,
    course: Course,
    people: Heads,
    slip: Slip | None,
    escort: Sequence[str],
    rng: random.Random,
) -> list[counts.Told]:
    """Everything one TPS tells: (happened, told, cells)."""
    told = counts.hourly(scene, course.moments["dibuka"], people, slip, rng)
    silent_end = rng.random() < _NO_CLOSING_WORD
    for fase, moment in course.moments.items():
        if silent_end and fase in {"ditutup", "hitung_selesai"}:
            continue
        cells = {"fase": fase, "uraian": course.reasons.get(fase, "")}
        if fase == "ditutup":
            cells |= counts.final(people, rng)
        if fase == "kotak_bergeser":
            cells["pengawal"] = ", ".join(escort)
        told.append((moment, moment + timedelta(minutes=rng.randint(2, 22)), cells))
    return [(moment, at, cells) for moment, at, cells in told if at <= scene.clock.last]


def _posts(scene: Scene, place: Place, pelapor: str, told: Sequence[counts.Told]) -> list[Post]:
    where = scene.where(place) | {"pelapor": pelapor}
    return [
        Post(
            at,
            place.kecamatan,
            f"{place.tps_code}-{cells.get('fase', '')}-{moment:%H%M}",
            where | {"waktu": moment.isoformat(timespec="seconds")} | cells,
        )
        for moment, at, cells in told
    ]
