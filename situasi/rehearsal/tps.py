"""Each TPS through the rehearsal day: supplies, opening, heads counted, closing, boxes."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from situasi.rehearsal import turnout, wording
from situasi.rehearsal.lives import Life
from situasi.rehearsal.posts import Post
from situasi.rehearsal.scene import Place, Scene

_LATE_OPENING = 0.03
_LATE_SUPPLIES = 0.015
_SLOW_REPORTER = 0.06
_HOUR_SKIPPED = 0.07
_NO_HOURS = 0.02
_NO_CLOSING_WORD = 0.006
_FAR_BOX = 0.008
_WORTH_A_WORD = timedelta(minutes=15)

Held = Mapping[tuple[str, str], datetime]


@dataclass(frozen=True)
class Course:
    """One TPS's day: when each phase was reached, and words for those that were late."""

    place: Place
    moments: dict[str, datetime]
    reasons: dict[str, str]


def play(scene: Scene, lives: Sequence[Life]) -> tuple[list[Post], dict[str, datetime]]:
    """Posts of all TPS, and when each TPS's box reached the PPK (missing: not by day's end)."""
    rng = scene.rng("tps")
    held = _held(lives)
    words = wording.read("tps")
    heads = turnout.final(scene.register, scene.rng("turnout"))
    wrong = _wrong_counts(scene, rng)
    posts: list[Post] = []
    boxes = {}
    for place in scene.places:
        course = _course(scene, place, held, words["late"], rng)
        pelapor = rng.choice(words["pelapor"]["tps"]).format(polsek=scene.polsek(place.kecamatan))
        posts += _posts(scene, course, heads[place.tps_code], wrong, pelapor, rng)
        if course.moments["kotak_tiba_ppk"] < scene.clock.last:
            boxes[place.tps_code] = course.moments["kotak_tiba_ppk"]
    return posts, boxes


def _held(lives: Sequence[Life]) -> dict[tuple[str, str], datetime]:
    held: dict[tuple[str, str], datetime] = {}
    for life in lives:
        for code, fase, until in life.held:
            held[code, fase] = max(until, held.get((code, fase), until))
    return held


def _wrong_counts(scene: Scene, rng: random.Random) -> dict[str, int]:
    """The TPS that mistype one count, and in which way."""
    number = min(3, 1 + len(scene.places) // 300)
    chosen = rng.sample([place.tps_code for place in scene.places], min(number, len(scene.places)))
    return {code: how for how, code in enumerate(chosen)}


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
        opening = scene.clock.opens + timedelta(minutes=rng.randint(18, 75))
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
    minutes = {
        "ditutup": min(rng.randint(0, 18), rng.randint(0, 18)),
        "hitung_selesai": rng.randint(150, 320),
        "kotak_bergeser": rng.randint(15, 60),
        "kotak_tiba_ppk": journey,
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


def _posts(
    scene: Scene,
    course: Course,
    total: int,
    wrong: Mapping[str, int],
    pelapor: str,
    rng: random.Random,
) -> list[Post]:
    told = _hourly(scene, course, total, wrong, rng)
    silent_end = rng.random() < _NO_CLOSING_WORD
    for fase, moment in course.moments.items():
        if silent_end and fase in {"ditutup", "hitung_selesai"}:
            continue
        cells = {"fase": fase, "uraian": course.reasons.get(fase, "")}
        if fase == "ditutup":
            cells["hadir"] = str(total)
        told.append((moment, moment + timedelta(minutes=rng.randint(2, 22)), cells))
    where = scene.where(course.place) | {"pelapor": pelapor}
    return [
        Post(
            at,
            course.place.kecamatan,
            f"{course.place.tps_code}-{cells.get('fase', '')}-{moment:%H%M}",
            where | {"waktu": moment.isoformat(timespec="seconds")} | cells,
        )
        for moment, at, cells in told
        if at <= scene.clock.last
    ]


def _hourly(
    scene: Scene, course: Course, total: int, wrong: Mapping[str, int], rng: random.Random
) -> list[tuple[datetime, datetime, dict[str, str]]]:
    """Heads at each full hour of voting: (counted, told, cells)."""
    clock, opened = scene.clock, course.moments["dibuka"]
    slow, mute = rng.random() < _SLOW_REPORTER, rng.random() < _NO_HOURS
    code = course.place.tps_code
    hours = [hour for hour in clock.hours(clock.opens, clock.closes) if hour > opened]
    slip = rng.choice(hours[1:-1] or hours) if code in wrong and hours else None
    pace = rng.uniform(-0.03, 0.03)
    told = []
    for hour in hours:
        late = rng.randint(35, 80) if slow else rng.randint(2, 24)
        skipped = rng.random() < _HOUR_SKIPPED
        if (mute or skipped) and hour != slip:
            continue
        elapsed = (hour - opened) / (clock.closes - clock.opens)
        heads = turnout.so_far(total, min(1.0, max(0.0, elapsed + pace)))
        if hour == slip:
            heads = turnout.mistyped(heads, wrong[code])
        told.append((hour, hour + timedelta(minutes=late), {"hadir": str(heads)}))
    return told
