"""The plan for the police: who covers which TPS, who is reserve or patrol, what is left bare."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from situasi.simulation import templates
from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.incidents.lifecycle import SimulatedIncident
from situasi.simulation.personnel.orders import Posting, compute_order_time
from situasi.simulation.personnel.roster import Member

_NOT_AT_TPS_SHARE = 0.15  # of the officers, not posted to TPS
_POLRES_SHARE = 0.4  # of those aside
_POLSEK_DUTIES = ("patroli", "cadangan", "patroli", "cadangan", "patroli")
_TPS_PER_GAP = 150  # one TPS in so many is left without anybody
_TPS_PER_OVERSTRETCHED = 200  # and one officer in so many TPS has far too many
_FILLED_GAP_SHARE = 0.5  # of the gaps, during the morning
_SENT_TO_CROWD = 4

OfficerPools = dict[str, deque[Member]]


def build_initial_orders(context: SimulationContext, officers: Sequence[Member]) -> list[Posting]:
    """The orders of the day before, one for every officer, neighbouring TPS together."""
    rng = context.rng("postings")
    pools = _build_pools(officers, rng)
    aside = min(
        round(_NOT_AT_TPS_SHARE * len(officers)), len(officers) - len(_tps_by_kecamatan(context))
    )
    plan = list(_generate_reserve_orders(context, pools, aside))
    gaps = _draw_gaps(context, rng)
    seats = {
        code: unit for unit, codes in context.list_kecamatan_by_polsek().items() for code in codes
    }
    shares = _allocate_officers(context, len(officers) - aside)
    thin = set(
        rng.sample(sorted(shares), min(len(shares), len(context.places) // _TPS_PER_OVERSTRETCHED))
    )
    for code, count in shares.items():
        places = [p for p in context.list_places_in(code) if p.tps_code not in gaps]
        for part in _split_places(
            places, count, _compute_overstretched_size(context) if code in thin else 0
        ):
            member = _take_officer(pools, seats[code])
            plan.append(
                Posting(member, "tps", code, compute_order_time(context), places=tuple(part))
            )
    return plan


def _build_pools(officers: Sequence[Member], rng: random.Random) -> OfficerPools:
    """Officers by the unit whose area they know: their Polsek, or "" for anywhere."""
    found: dict[str, list[Member]] = {}
    for member in officers:
        found.setdefault(member.satuan if member.kecamatan else "", []).append(member)
    for members in found.values():
        rng.shuffle(members)
    return {unit: deque(members) for unit, members in found.items()}


def _take_officer(pools: OfficerPools, unit: str) -> Member:
    """The next officer of this unit, or of the largest pool where it has none left."""
    return (pools.get(unit) or max(pools.values(), key=len)).popleft()


def _generate_reserve_orders(
    context: SimulationContext, pools: OfficerPools, count: int
) -> Iterator[Posting]:
    """Reserve at the Polres, then reserve and patrols of each Polsek in turn."""
    words = templates.load_texts("force")["places"]
    command = context.register.election.command
    at_polres = round(_POLRES_SHARE * count)
    reserve = words["reserve"].format(unit=command)
    for _ in range(at_polres):
        yield Posting(
            _take_officer(pools, ""), "cadangan", "", compute_order_time(context), lokasi=reserve
        )
    seats = list(context.list_kecamatan_by_polsek().items())
    for number in range(count - at_polres):
        unit, codes = seats[number % len(seats)]
        turn = number // len(seats)
        kind = _POLSEK_DUTIES[turn % len(_POLSEK_DUTIES)]
        code = codes[turn // 2 % len(codes)] if kind == "patroli" else codes[0]
        lokasi = words["patrol" if kind == "patroli" else "reserve"].format(unit=unit)
        yield Posting(
            _take_officer(pools, unit), kind, code, compute_order_time(context), lokasi=lokasi
        )


def _draw_gaps(context: SimulationContext, rng: random.Random) -> set[str]:
    """TPS codes that nobody is posted to, each in a kecamatan of its own."""
    large = [c for c, n in sorted(_tps_by_kecamatan(context).items()) if n > 2]
    count = min(len(context.places) // _TPS_PER_GAP, len(large))
    return {rng.choice(context.list_places_in(code)).tps_code for code in rng.sample(large, count)}


def _compute_overstretched_size(context: SimulationContext) -> int:
    """TPS for one officer, well above what the pattern allows."""
    pattern = context.register.election.rules.staffing_patterns.pattern_for(None)
    return pattern.tps // pattern.polri + 2


def _tps_by_kecamatan(context: SimulationContext) -> Counter[str]:
    return Counter(place.kecamatan for place in context.places)


def _allocate_officers(context: SimulationContext, total: int) -> dict[str, int]:
    """Officers by kecamatan: one each, the rest by largest remainder of TPS."""
    tps = _tps_by_kecamatan(context)
    shares = dict.fromkeys(sorted(tps), 1)
    while sum(shares.values()) < total:
        short = max(
            (code for code in shares if shares[code] < tps[code]),
            key=lambda code: tps[code] / shares[code],
        )
        shares[short] += 1
    return shares


def _split_places(
    places: Sequence[Place], count: int, first_size: int
) -> Iterator[Sequence[Place]]:
    """So many neighbouring parts, none empty; the first of this size where one is asked for."""
    if first_size and count > 1 and len(places) >= first_size + count - 1:
        yield places[:first_size]
        places, count = places[first_size:], count - 1
    for n in range(count):
        yield places[n * len(places) // count : (n + 1) * len(places) // count]


def build_redeployment_orders(
    context: SimulationContext,
    initial_orders: Sequence[Posting],
    incidents: Sequence[SimulatedIncident],
) -> list[Posting]:
    """Orders of the day itself: reserve to some bare TPS, and to the crowd that went to merah."""
    rng = context.rng("reposted")
    words = templates.load_texts("force")["orders"]
    return [
        *_generate_gap_orders(context, initial_orders, words, rng),
        *_generate_crowd_orders(initial_orders, incidents, words),
    ]


def _generate_gap_orders(
    context: SimulationContext,
    initial_orders: Sequence[Posting],
    texts: Mapping[str, str],
    rng: random.Random,
) -> Iterator[Posting]:
    covered = {place.tps_code for posting in initial_orders for place in posting.places}
    bare = [place for place in context.places if place.tps_code not in covered]
    free = [p for p in initial_orders if p.penugasan == "cadangan" and p.kecamatan]
    areas = {code: codes for codes in context.list_kecamatan_by_polsek().values() for code in codes}
    for place in bare[: round(_FILLED_GAP_SHARE * len(bare))]:
        near = [p for p in free if p.kecamatan in areas[place.kecamatan]] or free
        if near:
            free.remove(near[0])
            since = context.clock.opens + timedelta(minutes=rng.randint(90, 150))
            yield Posting(
                near[0].member, "tps", place.kecamatan, since, (place,), uraian=texts["gap"]
            )


def _generate_crowd_orders(
    initial_orders: Sequence[Posting],
    incidents: Sequence[SimulatedIncident],
    texts: Mapping[str, str],
) -> Iterator[Posting]:
    """From the first merah word to the calm after it, then back to where they came from."""
    grave = next((life for life in incidents if "merah" in _list_situasi(life)), None)
    if grave is None:
        return
    start, end = _find_critical_interval(grave)
    reserve = [p for p in initial_orders if p.penugasan == "cadangan" and not p.kecamatan]
    where = f"TPS {grave.place.tps} {grave.place.desa_label}"
    for at_rest in reserve[:_SENT_TO_CROWD]:
        member, text = at_rest.member, texts["crowd"].format(where=where)
        yield Posting(
            member, "tps", grave.place.kecamatan, start, places=(grave.place,), uraian=text
        )
        yield Posting(
            member, "cadangan", "", end, lokasi=at_rest.lokasi, uraian=texts["back"]
        )  # fmt: skip


def _list_situasi(incident: SimulatedIncident) -> list[str]:
    return [turn.situasi for turn in incident.updates]


def _find_critical_interval(incident: SimulatedIncident) -> tuple[datetime, datetime]:
    first = _list_situasi(incident).index("merah")
    calm = next(turn.reported_time for turn in incident.updates[first:] if turn.situasi == "hijau")
    return incident.updates[first].reported_time, calm
