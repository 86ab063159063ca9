"""Police deployment: who covers which TPS, who is reserve or patrol, which TPS have nobody."""

import random
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from situasi.simulation import templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.incidents.lifecycle import SimulatedIncident
from situasi.simulation.personnel.orders import Posting, compute_order_time
from situasi.simulation.personnel.roster import Member

_NOT_AT_TPS_SHARE = 0.15  # of the officers, not posted to TPS
_POLRES_SHARE = 0.4  # of those not at TPS
_POLSEK_DUTIES = ("patroli", "cadangan", "patroli", "cadangan", "patroli")
_TPS_PER_GAP = 150  # one TPS in so many has nobody
_TPS_PER_OVERSTRETCHED = 200  # one officer per so many TPS has far too many
_FILLED_GAP_SHARE = 0.5  # of the gaps, during the morning
_SENT_TO_CROWD = 4

OfficerPools = dict[str, deque[Member]]


def build_initial_orders(context: SimulationContext, officers: Sequence[Member]) -> list[Posting]:
    """Build the orders of the day before, one for every officer, neighbouring TPS together."""
    rng = context.rng("postings")
    pools = _build_pools(officers, rng)
    reserve_count = min(
        round(_NOT_AT_TPS_SHARE * len(officers)), len(officers) - len(_tps_by_kecamatan(context))
    )
    orders = list(_generate_reserve_orders(context, pools, reserve_count))
    gaps = _draw_gaps(context, rng)
    seats = {
        code: unit for unit, codes in context.list_kecamatan_by_polsek().items() for code in codes
    }
    shares = _allocate_officers(context, len(officers) - reserve_count)
    overstretched = set(
        rng.sample(sorted(shares), min(len(shares), len(context.places) // _TPS_PER_OVERSTRETCHED))
    )
    for code, count in shares.items():
        places = [p for p in context.list_places_in(code) if p.tps_code not in gaps]
        for part in _split_places(
            places, count, _compute_overstretched_size(context) if code in overstretched else 0
        ):
            member = _take_officer(pools, seats[code])
            orders.append(
                Posting(member, "tps", code, compute_order_time(context), places=tuple(part))
            )
    return orders


def _build_pools(officers: Sequence[Member], rng: random.Random) -> OfficerPools:
    """Group officers by the unit whose area they know: their Polsek, or "" for anywhere."""
    by_unit: dict[str, list[Member]] = {}
    for member in officers:
        by_unit.setdefault(member.satuan if member.kecamatan else "", []).append(member)
    for members in by_unit.values():
        rng.shuffle(members)
    return {unit: deque(members) for unit, members in by_unit.items()}


def _take_officer(pools: OfficerPools, unit: str) -> Member:
    """Take the next officer of this unit, or of the largest pool if it has none left."""
    return (pools.get(unit) or max(pools.values(), key=len)).popleft()


def _generate_reserve_orders(
    context: SimulationContext, pools: OfficerPools, count: int
) -> Iterator[Posting]:
    """Yield reserve at the Polres, then reserve and patrols of each Polsek in turn."""
    texts = templates.load_texts("force")["places"]
    command = context.register.election.command
    at_polres = round(_POLRES_SHARE * count)
    reserve = texts["reserve"].format(unit=command)
    ordered_at = compute_order_time(context)
    for _ in range(at_polres):
        yield Posting(_take_officer(pools, ""), "cadangan", "", ordered_at, lokasi=reserve)
    seats = list(context.list_kecamatan_by_polsek().items())
    for number in range(count - at_polres):
        unit, codes = seats[number % len(seats)]
        turn = number // len(seats)
        kind = _POLSEK_DUTIES[turn % len(_POLSEK_DUTIES)]
        code = codes[turn // 2 % len(codes)] if kind == "patroli" else codes[0]
        lokasi = texts["patrol" if kind == "patroli" else "reserve"].format(unit=unit)
        yield Posting(_take_officer(pools, unit), kind, code, ordered_at, lokasi=lokasi)


def _draw_gaps(context: SimulationContext, rng: random.Random) -> set[str]:
    """Draw TPS codes that nobody is posted to, each in a different kecamatan."""
    large = [c for c, n in sorted(_tps_by_kecamatan(context).items()) if n > 2]
    count = min(len(context.places) // _TPS_PER_GAP, len(large))
    return {rng.choice(context.list_places_in(code)).tps_code for code in rng.sample(large, count)}


def _compute_overstretched_size(context: SimulationContext) -> int:
    """Return a number of TPS for one officer well above what the pattern allows."""
    pattern = context.register.election.rules.staffing_patterns.pattern_for(None)
    return pattern.tps // pattern.polri + 2


def _tps_by_kecamatan(context: SimulationContext) -> Counter[str]:
    return Counter(place.kecamatan for place in context.places)


def _allocate_officers(context: SimulationContext, total: int) -> dict[str, int]:
    """Allocate officers by kecamatan: one each, the rest by largest remainder of TPS."""
    tps = _tps_by_kecamatan(context)
    shares = dict.fromkeys(sorted(tps), 1)
    while sum(shares.values()) < total:
        neediest = max(
            (code for code in shares if shares[code] < tps[code]),
            key=lambda code: tps[code] / shares[code],
        )
        shares[neediest] += 1
    return shares


def _split_places(
    places: Sequence[Place], count: int, first_size: int
) -> Iterator[Sequence[Place]]:
    """Split into neighbouring parts, none empty; a first_size above 0 is that of the first."""
    if first_size and count > 1 and len(places) >= first_size + count - 1:
        yield places[:first_size]
        places, count = places[first_size:], count - 1
    for part in range(count):
        yield places[part * len(places) // count : (part + 1) * len(places) // count]


def build_redeployment_orders(
    context: SimulationContext,
    initial_orders: Sequence[Posting],
    incidents: Sequence[SimulatedIncident],
) -> list[Posting]:
    """Build orders of the day: reserve to some empty TPS, and to the crowd that went to merah."""
    rng = context.rng("reposted")
    texts = templates.load_texts("force")["orders"]
    return [
        *_generate_gap_orders(context, initial_orders, texts, rng),
        *_generate_crowd_orders(initial_orders, incidents, texts),
    ]


def _generate_gap_orders(
    context: SimulationContext,
    initial_orders: Sequence[Posting],
    texts: Mapping[str, str],
    rng: random.Random,
) -> Iterator[Posting]:
    covered = {place.tps_code for posting in initial_orders for place in posting.places}
    uncovered = [place for place in context.places if place.tps_code not in covered]
    free = [p for p in initial_orders if p.penugasan == "cadangan" and p.kecamatan]
    areas = {code: codes for codes in context.list_kecamatan_by_polsek().values() for code in codes}
    for place in uncovered[: round(_FILLED_GAP_SHARE * len(uncovered))]:
        near = [p for p in free if p.kecamatan in areas[place.kecamatan]] or free
        if near:
            free.remove(near[0])
            since = context.clock.opens + draw_minutes(rng, 90, 150)
            yield Posting(
                near[0].member, "tps", place.kecamatan, since, (place,), uraian=texts["gap"]
            )


def _generate_crowd_orders(
    initial_orders: Sequence[Posting],
    incidents: Sequence[SimulatedIncident],
    texts: Mapping[str, str],
) -> Iterator[Posting]:
    """Yield orders from the first merah update to the next hijau, then back to the reserve."""
    crowd = next((case for case in incidents if "merah" in _list_situasi(case)), None)
    if crowd is None:
        return
    start, end = _find_critical_interval(crowd)
    reserve = [p for p in initial_orders if p.penugasan == "cadangan" and not p.kecamatan]
    location = f"TPS {crowd.place.tps} {crowd.place.desa_label}"
    for reserve_order in reserve[:_SENT_TO_CROWD]:
        member, text = reserve_order.member, texts["crowd"].format(where=location)
        yield Posting(
            member, "tps", crowd.place.kecamatan, start, places=(crowd.place,), uraian=text
        )
        yield Posting(
            member, "cadangan", "", end, lokasi=reserve_order.lokasi, uraian=texts["back"]
        )  # fmt: skip


def _list_situasi(incident: SimulatedIncident) -> list[str]:
    return [item.situasi for item in incident.updates]


def _find_critical_interval(incident: SimulatedIncident) -> tuple[datetime, datetime]:
    first = _list_situasi(incident).index("merah")
    end = next(item.reported_time for item in incident.updates[first:] if item.situasi == "hijau")
    return incident.updates[first].reported_time, end
