"""Check-ins of the rehearsal day: roll call, movement, arrival, report from the post, return."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from situasi.simulation import templates
from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.feed_rows import FeedRow
from situasi.simulation.personnel.orders import Posting

_NO_CHECKIN_SHARE = 0.01
_LATE_SHARE = 0.04
_FALLS_SILENT_SHARE = 0.02
_SKIPPED_CHECKIN_SHARE = 0.12
_WITHOUT_POINT_SHARE = 0.15
_GPS_DEGREES = 0.0002  # about 22 m
_CHECKIN_INTERVAL = timedelta(minutes=150)
_POLICE_AGENCIES = ("polri", "bko_polda")


@dataclass(frozen=True)
class _Checkin:
    kind: str
    occurred_time: datetime
    place: Place
    uraian: str = ""


def simulate_checkins(
    context: SimulationContext, postings: Sequence[Posting], box_arrivals: Mapping[str, datetime]
) -> list[FeedRow]:
    """Simulate check-ins of all who are posted, in the order of their orders.

    box_arrivals: when the box of a TPS reached the PPK; a police officer returns only after the
    boxes of the own TPS. Linmas go home once their TPS has counted.
    """
    rng, gps = context.rng("personnel"), context.rng("personnel/points")
    reasons = templates.load_texts("tps")["late"]["arrival"]
    orders: dict[str, list[Posting]] = {}
    for posting in postings:
        orders.setdefault(posting.member.petugas, []).append(posting)
    rows: list[FeedRow] = []
    for own_orders in orders.values():
        if rng.random() < _NO_CHECKIN_SHARE:
            continue
        for checkin in _simulate_officer_day(context, own_orders, box_arrivals, reasons, rng):
            reported_time = checkin.occurred_time + draw_minutes(rng, 0, 12)
            if reported_time <= context.clock.last:
                rows.append(_build_row(context, own_orders[0], checkin, reported_time, gps))
    return rows


def _simulate_officer_day(
    context: SimulationContext,
    orders: Sequence[Posting],
    box_arrivals: Mapping[str, datetime],
    reasons: list[str],
    rng: random.Random,
) -> list[_Checkin]:
    first = orders[0]
    if first.member.instansi == "linmas":
        return _simulate_linmas_day(context, first, rng)
    if first.penugasan == "tps":
        return _simulate_tps_day(context, first, box_arrivals, reasons, rng)
    return _simulate_other_day(context, orders, rng)


def _simulate_linmas_day(
    context: SimulationContext, order: Posting, rng: random.Random
) -> list[_Checkin]:
    """Simulate a Linmas day: no roll call, they live there and the TPS officer reports them."""
    arrived, place = _draw_time_before_opening(context, 15, 65, rng), order.places[0]
    returned = context.clock.resolve_anchor("tutup+300") + draw_minutes(rng, -20, 40)
    return [
        _Checkin("tiba_di_tps", arrived, place),
        *_generate_periodic_checkins(order.places, arrived, returned, rng),
        _Checkin("kembali", returned, place),
    ]


def _draw_time_before_opening(
    context: SimulationContext, min_minutes: int, max_minutes: int, rng: random.Random
) -> datetime:
    return context.clock.clip(context.clock.opens - draw_minutes(rng, min_minutes, max_minutes))


def _simulate_tps_day(
    context: SimulationContext,
    order: Posting,
    box_arrivals: Mapping[str, datetime],
    reasons: list[str],
    rng: random.Random,
) -> list[_Checkin]:
    clock, first = context.clock, order.places[0]
    office = context.build_kecamatan_place(first.kecamatan)
    rollcall = clock.opens - draw_minutes(rng, 90, 150)
    moved = max(rollcall + timedelta(minutes=8), clock.opens - draw_minutes(rng, 70, 110))
    is_late = rng.random() < _LATE_SHARE
    arrived = moved + draw_minutes(rng, *((75, 120) if is_late else (12, 55)))
    day = [
        _Checkin("apel", clock.clip(rollcall), office),
        _Checkin("pergeseran", moved, office),
        _Checkin("tiba_di_tps", arrived, first, rng.choice(reasons) if is_late else ""),
    ]
    silent_from = (
        clock.resolve_anchor("buka+120") if rng.random() < _FALLS_SILENT_SHARE else clock.last
    )
    arrivals = [box_arrivals.get(place.tps_code) for place in order.places]
    if all(arrivals):
        arrival = max(moment for moment in arrivals if moment is not None)
        day.append(_Checkin("kembali", arrival + draw_minutes(rng, 12, 45), office))
    returned = day[-1].occurred_time if day[-1].kind == "kembali" else clock.last
    day += _generate_periodic_checkins(
        order.places, arrived, min(returned, clock.resolve_anchor("tutup+330")), rng
    )
    return [checkin for checkin in day if checkin.occurred_time <= silent_from]


def _simulate_other_day(
    context: SimulationContext, orders: Sequence[Posting], rng: random.Random
) -> list[_Checkin]:
    """Simulate reserve, patrols and partners: at their base, and where later orders send them."""
    clock = context.clock
    rollcall = _draw_time_before_opening(context, 90, 150, rng)
    day = [_Checkin("apel", rollcall, context.build_kecamatan_place(orders[0].kecamatan))]
    ends = [order.valid_from for order in orders[1:]] + [clock.resolve_anchor("tutup+510")]
    since = rollcall
    for order, end in zip(orders, ends, strict=True):
        base = context.build_kecamatan_place(order.kecamatan)
        if order.penugasan == "patroli" or order.valid_from >= clock.first:
            since = max(since, order.valid_from) + draw_minutes(rng, 4, 15)
            day.append(_Checkin("pergeseran", since, base))
        if order.places:
            since += draw_minutes(rng, 10, 35)
            day.append(_Checkin("tiba_di_tps", since, order.places[0]))
        day += _generate_periodic_checkins(order.places or (base,), since, end, rng)
        since = max(since, end)
    if orders[0].penugasan == "patroli" or orders[0].member.instansi not in _POLICE_AGENCIES:
        returned = since + draw_minutes(rng, 5, 50)
        day.append(
            _Checkin("kembali", returned, context.build_kecamatan_place(orders[0].kecamatan))
        )
    return day


def _generate_periodic_checkins(
    places: Sequence[Place], since: datetime, until: datetime, rng: random.Random
) -> list[_Checkin]:
    """Generate regular check-ins, from each of the places in turn."""
    checkins = []
    moment = since + draw_minutes(rng, 60, 120)
    turn = 0
    while moment < until:
        if rng.random() >= _SKIPPED_CHECKIN_SHARE:
            place = places[(turn + 1) % len(places)]
            checkins.append(_Checkin("laporan_berkala", moment, place))
        turn += 1
        moment += _CHECKIN_INTERVAL + draw_minutes(rng, -20, 20)
    return checkins


def _build_row(
    context: SimulationContext,
    order: Posting,
    checkin: _Checkin,
    reported_time: datetime,
    gps: random.Random,
) -> FeedRow:
    member = order.member
    cells = (
        context.build_location_cells(checkin.place)
        | _build_point_cells(checkin, gps)
        | {
            "waktu": checkin.occurred_time.isoformat(timespec="seconds"),
            "petugas": member.petugas,
            "instansi": member.instansi,
            "checkin": checkin.kind,
            "uraian": checkin.uraian,
            "pelapor": _select_reporter(order, checkin),
        }
    )
    key = f"{member.petugas}-{checkin.kind}-{checkin.occurred_time:%H%M}"
    return FeedRow(reported_time, checkin.place.kecamatan, key, cells)


def _build_point_cells(checkin: _Checkin, gps: random.Random) -> dict[str, str]:
    """Build the point of an arrival, as exact as a telephone's; some have none."""
    point = checkin.place.point
    if point is None or checkin.kind != "tiba_di_tps" or gps.random() < _WITHOUT_POINT_SHARE:
        return {"lat": "", "lon": ""}
    lon, lat = (degrees + gps.gauss(0, _GPS_DEGREES) for degrees in point)
    return {"lat": f"{lat:.5f}", "lon": f"{lon:.5f}"}


def _select_reporter(order: Posting, checkin: _Checkin) -> str:
    if checkin.kind == "apel":
        return "Padal PAM TPS"
    if order.member.instansi == "linmas" or order.places:
        return "Petugas PAM TPS"
    return {"cadangan": "Padal cadangan", "patroli": "Petugas patroli"}.get(
        order.penugasan, "Operator posko"
    )
