"""The check-ins of the rehearsal day: roll call, movement, arrival, word from the post, return."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.simulation import templates
from situasi.simulation.context import Place, Scene
from situasi.simulation.feed_rows import Post
from situasi.simulation.personnel.orders import Posting

_NEVER = 0.01
_LATE = 0.04
_FALLS_SILENT = 0.02
_WORD_SKIPPED = 0.12
_WORD_EVERY = timedelta(minutes=150)
_POLICE = ("polri", "bko_polda")


@dataclass(frozen=True)
class _Checkin:
    kind: str
    moment: datetime
    place: Place
    uraian: str = ""


def play(scene: Scene, postings: Sequence[Posting], boxes: Mapping[str, datetime]) -> list[Post]:
    """Check-ins of all who are posted, in the order of their orders.

    boxes: when the box of a TPS reached the PPK; an officer of the police returns only after
    the boxes of the own TPS. Linmas go home once their TPS has counted.
    """
    rng = scene.rng("personnel")
    reasons = templates.read("tps")["late"]["arrival"]
    orders: dict[str, list[Posting]] = {}
    for posting in postings:
        orders.setdefault(posting.member.petugas, []).append(posting)
    posts: list[Post] = []
    for own in orders.values():
        if rng.random() < _NEVER:
            continue
        for checkin in _course(scene, own, boxes, reasons, rng):
            told = checkin.moment + timedelta(minutes=rng.randint(0, 12))
            if told <= scene.clock.last:
                posts.append(_post(scene, own[0], checkin, told))
    return posts


def _course(
    scene: Scene,
    orders: Sequence[Posting],
    boxes: Mapping[str, datetime],
    reasons: list[str],
    rng: random.Random,
) -> list[_Checkin]:
    first = orders[0]
    if first.member.instansi == "linmas":
        return _linmas(scene, first, rng)
    if first.penugasan == "tps":
        return _at_tps(scene, first, boxes, reasons, rng)
    return _aside(scene, orders, rng)


def _linmas(scene: Scene, order: Posting, rng: random.Random) -> list[_Checkin]:
    """No roll call: they live there. The officer at their TPS tells of them."""
    arrived, place = _before_opening(scene, 15, 65, rng), order.places[0]
    back = scene.clock.at("tutup+300") + timedelta(minutes=rng.randint(-20, 40))
    return [
        _Checkin("tiba_di_tps", arrived, place),
        *_words(order.places, arrived, back, rng),
        _Checkin("kembali", back, place),
    ]


def _before_opening(scene: Scene, low: int, high: int, rng: random.Random) -> datetime:
    return scene.clock.clip(scene.clock.opens - timedelta(minutes=rng.randint(low, high)))


def _at_tps(
    scene: Scene,
    order: Posting,
    boxes: Mapping[str, datetime],
    reasons: list[str],
    rng: random.Random,
) -> list[_Checkin]:
    clock, first = scene.clock, order.places[0]
    office = scene.whole(first.kecamatan)
    rollcall = clock.opens - timedelta(minutes=rng.randint(90, 150))
    moved = max(
        rollcall + timedelta(minutes=8), clock.opens - timedelta(minutes=rng.randint(70, 110))
    )
    late = rng.random() < _LATE
    arrived = moved + timedelta(minutes=rng.randint(75, 120) if late else rng.randint(12, 55))
    day = [
        _Checkin("apel", clock.clip(rollcall), office),
        _Checkin("pergeseran", moved, office),
        _Checkin("tiba_di_tps", arrived, first, rng.choice(reasons) if late else ""),
    ]
    silent_from = clock.at("buka+120") if rng.random() < _FALLS_SILENT else clock.last
    home = [boxes.get(place.tps_code) for place in order.places]
    if all(home):
        arrival = max(moment for moment in home if moment is not None)
        day.append(_Checkin("kembali", arrival + timedelta(minutes=rng.randint(12, 45)), office))
    back = day[-1].moment if day[-1].kind == "kembali" else clock.last
    day += _words(order.places, arrived, min(back, clock.at("tutup+330")), rng)
    return [checkin for checkin in day if checkin.moment <= silent_from]


def _aside(scene: Scene, orders: Sequence[Posting], rng: random.Random) -> list[_Checkin]:
    """Reserve, patrols and partners: at their base, and wherever a later order sends them."""
    clock = scene.clock
    rollcall = _before_opening(scene, 90, 150, rng)
    day = [_Checkin("apel", rollcall, scene.whole(orders[0].kecamatan))]
    ends = [order.since for order in orders[1:]] + [clock.at("tutup+510")]
    since = rollcall
    for order, end in zip(orders, ends, strict=True):
        base = scene.whole(order.kecamatan)
        if order.penugasan == "patroli" or order.since >= clock.first:
            since = max(since, order.since) + timedelta(minutes=rng.randint(4, 15))
            day.append(_Checkin("pergeseran", since, base))
        if order.places:
            since += timedelta(minutes=rng.randint(10, 35))
            day.append(_Checkin("tiba_di_tps", since, order.places[0]))
        day += _words(order.places or (base,), since, end, rng)
        since = max(since, end)
    if orders[0].penugasan == "patroli" or orders[0].member.instansi not in _POLICE:
        back = since + timedelta(minutes=rng.randint(5, 50))
        day.append(_Checkin("kembali", back, scene.whole(orders[0].kecamatan)))
    return day


def _words(
    places: Sequence[Place], since: datetime, until: datetime, rng: random.Random
) -> list[_Checkin]:
    """Regular words, in turn from each of the places."""
    told = []
    moment = since + timedelta(minutes=rng.randint(60, 120))
    turn = 0
    while moment < until:
        if rng.random() >= _WORD_SKIPPED:
            place = places[(turn + 1) % len(places)]
            told.append(_Checkin("laporan_berkala", moment, place))
        turn += 1
        moment += _WORD_EVERY + timedelta(minutes=rng.randint(-20, 20))
    return told


def _post(scene: Scene, order: Posting, checkin: _Checkin, told: datetime) -> Post:
    member = order.member
    cells = scene.where(checkin.place) | {
        "waktu": checkin.moment.isoformat(timespec="seconds"),
        "petugas": member.petugas,
        "instansi": member.instansi,
        "checkin": checkin.kind,
        "uraian": checkin.uraian,
        "pelapor": _teller(order, checkin),
    }
    key = f"{member.petugas}-{checkin.kind}-{checkin.moment:%H%M}"
    return Post(told, checkin.place.kecamatan, key, cells)


def _teller(order: Posting, checkin: _Checkin) -> str:
    if checkin.kind == "apel":
        return "Padal PAM TPS"
    if order.member.instansi == "linmas" or order.places:
        return "Petugas PAM TPS"
    return {"cadangan": "Padal cadangan", "patroli": "Petugas patroli"}.get(
        order.penugasan, "Operator posko"
    )
