"""The plan for the police: who covers which TPS, who is reserve or patrol, what is left bare."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from situasi.simulation import templates
from situasi.simulation.context import Place, Scene
from situasi.simulation.incidents.lifecycle import Life
from situasi.simulation.personnel.orders import Posting, ordered
from situasi.simulation.personnel.roster import Member

_ASIDE = 0.15  # of the officers, not posted to TPS
_AT_POLRES = 0.4  # of those aside
_OF_A_POLSEK = ("patroli", "cadangan", "patroli", "cadangan", "patroli")
_TPS_PER_GAP = 150  # one TPS in so many is left without anybody
_TPS_PER_THIN = 200  # and one officer in so many TPS has far too many
_FILLED = 0.5  # of the gaps, during the morning
_SENT_TO_CROWD = 4

Pools = dict[str, deque[Member]]


def standing(scene: Scene, officers: Sequence[Member]) -> list[Posting]:
    """The orders of the day before, one for every officer, neighbouring TPS together."""
    rng = scene.rng("postings")
    pools = _pools(officers, rng)
    aside = min(round(_ASIDE * len(officers)), len(officers) - len(_tps_by_kecamatan(scene)))
    plan = list(_aside(scene, pools, aside))
    gaps = _gaps(scene, rng)
    seats = {code: unit for unit, codes in scene.seats().items() for code in codes}
    shares = _shares(scene, len(officers) - aside)
    thin = set(rng.sample(sorted(shares), min(len(shares), len(scene.places) // _TPS_PER_THIN)))
    for code, count in shares.items():
        places = [p for p in scene.in_kecamatan(code) if p.tps_code not in gaps]
        for part in _cut(places, count, _too_many(scene) if code in thin else 0):
            member = _take(pools, seats[code])
            plan.append(Posting(member, "tps", code, ordered(scene), places=tuple(part)))
    return plan


def _pools(officers: Sequence[Member], rng: random.Random) -> Pools:
    """Officers by the unit whose area they know: their Polsek, or "" for anywhere."""
    found: dict[str, list[Member]] = {}
    for member in officers:
        found.setdefault(member.satuan if member.kecamatan else "", []).append(member)
    for members in found.values():
        rng.shuffle(members)
    return {unit: deque(members) for unit, members in found.items()}


def _take(pools: Pools, unit: str) -> Member:
    """The next officer of this unit, or of the largest pool where it has none left."""
    return (pools.get(unit) or max(pools.values(), key=len)).popleft()


def _aside(scene: Scene, pools: Pools, count: int) -> Iterator[Posting]:
    """Reserve at the Polres, then reserve and patrols of each Polsek in turn."""
    words = templates.read("force")["places"]
    command = scene.register.election.command
    at_polres = round(_AT_POLRES * count)
    reserve = words["reserve"].format(unit=command)
    for _ in range(at_polres):
        yield Posting(_take(pools, ""), "cadangan", "", ordered(scene), lokasi=reserve)
    seats = list(scene.seats().items())
    for number in range(count - at_polres):
        unit, codes = seats[number % len(seats)]
        turn = number // len(seats)
        kind = _OF_A_POLSEK[turn % len(_OF_A_POLSEK)]
        code = codes[turn // 2 % len(codes)] if kind == "patroli" else codes[0]
        lokasi = words["patrol" if kind == "patroli" else "reserve"].format(unit=unit)
        yield Posting(_take(pools, unit), kind, code, ordered(scene), lokasi=lokasi)


def _gaps(scene: Scene, rng: random.Random) -> set[str]:
    """TPS codes that nobody is posted to, each in a kecamatan of its own."""
    large = [c for c, n in sorted(_tps_by_kecamatan(scene).items()) if n > 2]
    count = min(len(scene.places) // _TPS_PER_GAP, len(large))
    return {rng.choice(scene.in_kecamatan(code)).tps_code for code in rng.sample(large, count)}


def _too_many(scene: Scene) -> int:
    """TPS for one officer, well above what the pattern allows."""
    pattern = scene.register.election.rules.staffing_patterns.pattern_for(None)
    return pattern.tps // pattern.polri + 2


def _tps_by_kecamatan(scene: Scene) -> Counter[str]:
    return Counter(place.kecamatan for place in scene.places)


def _shares(scene: Scene, total: int) -> dict[str, int]:
    """Officers by kecamatan: one each, the rest by largest remainder of TPS."""
    tps = _tps_by_kecamatan(scene)
    shares = dict.fromkeys(sorted(tps), 1)
    while sum(shares.values()) < total:
        short = max(
            (code for code in shares if shares[code] < tps[code]),
            key=lambda code: tps[code] / shares[code],
        )
        shares[short] += 1
    return shares


def _cut(places: Sequence[Place], count: int, first: int) -> Iterator[Sequence[Place]]:
    """So many neighbouring parts, none empty; the first of this size where one is asked for."""
    if first and count > 1 and len(places) >= first + count - 1:
        yield places[:first]
        places, count = places[first:], count - 1
    for n in range(count):
        yield places[n * len(places) // count : (n + 1) * len(places) // count]


def reposted(scene: Scene, plan: Sequence[Posting], lives: Sequence[Life]) -> list[Posting]:
    """Orders of the day itself: reserve to some bare TPS, and to the crowd that went to merah."""
    rng = scene.rng("reposted")
    words = templates.read("force")["orders"]
    return [*_to_gaps(scene, plan, words, rng), *_to_crowd(plan, lives, words)]


def _to_gaps(
    scene: Scene, plan: Sequence[Posting], words: Mapping[str, str], rng: random.Random
) -> Iterator[Posting]:
    covered = {place.tps_code for posting in plan for place in posting.places}
    bare = [place for place in scene.places if place.tps_code not in covered]
    free = [p for p in plan if p.penugasan == "cadangan" and p.kecamatan]
    areas = {code: codes for codes in scene.seats().values() for code in codes}
    for place in bare[: round(_FILLED * len(bare))]:
        near = [p for p in free if p.kecamatan in areas[place.kecamatan]] or free
        if near:
            free.remove(near[0])
            since = scene.clock.opens + timedelta(minutes=rng.randint(90, 150))
            yield Posting(
                near[0].member, "tps", place.kecamatan, since, (place,), uraian=words["gap"]
            )


def _to_crowd(
    plan: Sequence[Posting], lives: Sequence[Life], words: Mapping[str, str]
) -> Iterator[Posting]:
    """From the first merah word to the calm after it, then back to where they came from."""
    grave = next((life for life in lives if "merah" in _states(life)), None)
    if grave is None:
        return
    start, end = _tense(grave)
    reserve = [p for p in plan if p.penugasan == "cadangan" and not p.kecamatan]
    where = f"TPS {grave.place.tps} {grave.place.desa_label}"
    for at_rest in reserve[:_SENT_TO_CROWD]:
        member, text = at_rest.member, words["crowd"].format(where=where)
        yield Posting(
            member, "tps", grave.place.kecamatan, start, places=(grave.place,), uraian=text
        )
        yield Posting(
            member, "cadangan", "", end, lokasi=at_rest.lokasi, uraian=words["back"]
        )  # fmt: skip


def _states(life: Life) -> list[str]:
    return [turn.situasi for turn in life.turns]


def _tense(life: Life) -> tuple[datetime, datetime]:
    first = _states(life).index("merah")
    calm = next(turn.at for turn in life.turns[first:] if turn.situasi == "hijau")
    return life.turns[first].at, calm
