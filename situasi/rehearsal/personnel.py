"""The officers of the rehearsal day: roll call, movement, arrival, word from the post, return."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.rehearsal import wording
from situasi.rehearsal.posts import Post
from situasi.rehearsal.scene import Place, Scene

# 331 officers, 20 of them lent by the Polda, for 667 TPS: Polres Ogan Ilir, roll
# call of 25 November 2024. Elsewhere in the same proportion.
_OFFICERS_PER_TPS = 331 / 667
_BKO_SHARE = 20 / 331
_NEVER = 0.01
_LATE = 0.04
_FALLS_SILENT = 0.02
_WORD_SKIPPED = 0.12
_WORD_EVERY = timedelta(minutes=150)


@dataclass(frozen=True)
class Officer:
    """One officer of the roster and the TPS that are covered, one at least."""

    petugas: str
    instansi: str
    posts: tuple[Place, ...]


@dataclass(frozen=True)
class _Checkin:
    kind: str
    moment: datetime
    place: Place
    uraian: str = ""


def strength(scene: Scene) -> int:
    """How many officers secure this many TPS."""
    kecamatan = len({place.kecamatan for place in scene.places})
    return min(len(scene.places), max(kecamatan, round(_OFFICERS_PER_TPS * len(scene.places))))


def play(scene: Scene, boxes: Mapping[str, datetime]) -> list[Post]:
    """Check-ins of all officers; one returns only after the boxes of the own TPS are at the PPK."""
    rng = scene.rng("personnel")
    reasons = wording.read("tps")["late"]["arrival"]
    posts: list[Post] = []
    for officer in _roster(scene, rng):
        if rng.random() < _NEVER:
            continue
        for checkin in _day(scene, officer, boxes, reasons, rng):
            told = checkin.moment + timedelta(minutes=rng.randint(0, 12))
            if told <= scene.clock.last:
                posts.append(_post(scene, officer, checkin, told))
    return posts


def _roster(scene: Scene, rng: random.Random) -> list[Officer]:
    """Officers in proportion to the TPS of each kecamatan, neighbouring TPS together."""
    total = strength(scene)
    lent = set(rng.sample(range(total), round(_BKO_SHARE * total)))
    own_numbers = iter(range(1, total - len(lent) + 1))
    lent_numbers = iter(range(total - len(lent) + 1, total + 1))
    covered = [
        places[n * len(places) // count : (n + 1) * len(places) // count]
        for code, count in _shares(scene, total).items()
        for places in [scene.in_kecamatan(code)]
        for n in range(count)
    ]
    return [
        Officer(
            petugas=f"P-{next(lent_numbers if n in lent else own_numbers):04d}",
            instansi="bko_polda" if n in lent else "polri",
            posts=tuple(posts),
        )
        for n, posts in enumerate(covered)
    ]


def _shares(scene: Scene, total: int) -> dict[str, int]:
    """Officers by kecamatan: one each, the rest by largest remainder of TPS."""
    tps = Counter(place.kecamatan for place in scene.places)
    shares = dict.fromkeys(sorted(tps), 1)
    while sum(shares.values()) < total:
        short = max(
            (code for code in shares if shares[code] < tps[code]),
            key=lambda code: tps[code] / shares[code],
        )
        shares[short] += 1
    return shares


def _day(
    scene: Scene,
    officer: Officer,
    boxes: Mapping[str, datetime],
    reasons: list[str],
    rng: random.Random,
) -> list[_Checkin]:
    clock, first = scene.clock, officer.posts[0]
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
    home = [boxes.get(place.tps_code) for place in officer.posts]
    if all(home):
        arrival = max(moment for moment in home if moment is not None)
        day.append(_Checkin("kembali", arrival + timedelta(minutes=rng.randint(12, 45)), office))
    back = day[-1].moment if day[-1].kind == "kembali" else clock.last
    day += [word for word in _words(scene, officer, arrived, rng) if word.moment < back]
    return [checkin for checkin in day if checkin.moment <= silent_from]


def _words(scene: Scene, officer: Officer, arrived: datetime, rng: random.Random) -> list[_Checkin]:
    """Regular words, in turn from each TPS the officer covers."""
    told = []
    moment = arrived + timedelta(minutes=rng.randint(60, 120))
    turn = 0
    while moment < scene.clock.at("tutup+330"):
        if rng.random() >= _WORD_SKIPPED:
            place = officer.posts[(turn + 1) % len(officer.posts)]
            told.append(_Checkin("laporan_berkala", moment, place))
        turn += 1
        moment += _WORD_EVERY + timedelta(minutes=rng.randint(-20, 20))
    return told


def _post(scene: Scene, officer: Officer, checkin: _Checkin, told: datetime) -> Post:
    cells = scene.where(checkin.place) | {
        "waktu": checkin.moment.isoformat(timespec="seconds"),
        "petugas": officer.petugas,
        "instansi": officer.instansi,
        "checkin": checkin.kind,
        "uraian": checkin.uraian,
        "pelapor": "Padal PAM TPS" if checkin.kind == "apel" else "Petugas PAM TPS",
    }
    key = f"{officer.petugas}-{checkin.kind}-{checkin.moment:%H%M}"
    return Post(told, checkin.place.kecamatan, key, cells)
