"""Where every member of the force is posted on the rehearsal day, and how it becomes rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.feed_rows import FeedRow
from situasi.simulation.personnel.roster import Member

_ROSTER_TIME, _ORDER_TIME = time(10), time(16)  # on the day before


@dataclass(frozen=True)
class Posting:
    """One order: where a member stands from `since` on. places: the TPS, for penugasan "tps"."""

    member: Member
    penugasan: str
    kecamatan: str
    valid_from: datetime
    places: tuple[Place, ...] = ()
    lokasi: str = ""
    uraian: str = ""


def compute_order_time(context: SimulationContext) -> datetime:
    """When the orders of the day are given: the afternoon before."""
    return _compute_time_day_before(context, _ORDER_TIME)


def _compute_time_day_before(context: SimulationContext, at: time) -> datetime:
    election = context.register.election
    return election.local_time(at, election.day - timedelta(days=1))


def build_roster_rows(context: SimulationContext, postings: Sequence[Posting]) -> list[FeedRow]:
    """One row for each member who has an order."""
    rng = context.rng("roster")
    listed = _compute_time_day_before(context, _ROSTER_TIME)
    members = {p.member.petugas: p.member for p in postings}
    told = {unit: listed + timedelta(minutes=rng.randint(5, 300))
            for unit in dict.fromkeys(m.satuan for m in members.values())}  # fmt: skip
    return [
        FeedRow(
            told[member.satuan],
            "",
            member.petugas,
            context.build_area_cells(member.kecamatan)
            | {
                "waktu": listed.isoformat(timespec="seconds"),
                "petugas": member.petugas,
                "pangkat": member.pangkat,
                "satuan": member.satuan,
                "instansi": member.instansi,
                "pelapor": "Bagsdm",
            },
        )
        for member in members.values()
    ]


def build_order_rows(context: SimulationContext, postings: Iterable[Posting]) -> list[FeedRow]:
    """Orders as rows; the TPS of one desa stand in one cell: "001,002"."""
    return [
        FeedRow(
            posting.valid_from + timedelta(minutes=3),
            "",
            f"{posting.member.petugas}-{posting.valid_from:%d%H%M}-{n}",
            where
            | {
                "waktu": posting.valid_from.isoformat(timespec="seconds"),
                "petugas": posting.member.petugas,
                "penugasan": posting.penugasan,
                "lokasi": posting.lokasi,
                "uraian": posting.uraian,
                "pelapor": "Bagops",
            },
        )
        for posting in postings
        for n, where in enumerate(_generate_location_cells(context, posting))
    ]


def _generate_location_cells(
    context: SimulationContext, posting: Posting
) -> Iterator[dict[str, str]]:
    if not posting.places:
        yield context.build_location_cells(context.build_kecamatan_place(posting.kecamatan))
    by_desa = itertools.groupby(posting.places, key=lambda place: (place.kecamatan, place.desa))
    for _, group in by_desa:
        same = list(group)
        yield context.build_location_cells(same[0]) | {"tps": ",".join(place.tps for place in same)}


def assign_box_escorts(
    context: SimulationContext, postings: Iterable[Posting]
) -> dict[str, tuple[str, ...]]:
    """Officers by TPS code who bring its box to the PPK; a patrol where nobody is posted."""
    patrols: dict[str, str] = {}
    found: dict[str, tuple[str, ...]] = {}
    for posting in postings:
        number = posting.member.petugas
        if posting.penugasan == "patroli":
            patrols.setdefault(posting.kecamatan, number)
        if posting.member.instansi in ("polri", "bko_polda"):
            for place in posting.places:
                found[place.tps_code] = (*found.get(place.tps_code, ()), number)
    for place in context.places:
        if place.tps_code not in found and place.kecamatan in patrols:
            found[place.tps_code] = (patrols[place.kecamatan],)
    return found
