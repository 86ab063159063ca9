"""Orders of every officer on the rehearsal day, and their rows."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from situasi.simulation.clock import draw_minutes
from situasi.simulation.context import Place, SimulationContext
from situasi.simulation.feed_rows import FeedRow
from situasi.simulation.personnel.roster import Member

_ROSTER_TIME, _ORDER_TIME = time(10), time(16)  # on the day before


@dataclass(frozen=True)
class Posting:
    """One order, valid from `valid_from`. places: the TPS, for penugasan "tps"."""

    member: Member
    penugasan: str
    kecamatan: str
    valid_from: datetime
    places: tuple[Place, ...] = ()
    lokasi: str = ""
    uraian: str = ""


def compute_order_time(context: SimulationContext) -> datetime:
    """Return when the orders of the day are given: the afternoon before."""
    return _compute_time_day_before(context, _ORDER_TIME)


def _compute_time_day_before(context: SimulationContext, at: time) -> datetime:
    election = context.register.election
    return election.local_time(at, election.day - timedelta(days=1))


def build_roster_rows(context: SimulationContext, postings: Sequence[Posting]) -> list[FeedRow]:
    """Build one row for each officer who has an order."""
    rng = context.rng("roster")
    listed = _compute_time_day_before(context, _ROSTER_TIME)
    members = {posting.member.petugas: posting.member for posting in postings}
    times = {unit: listed + draw_minutes(rng, 5, 300)
            for unit in dict.fromkeys(member.satuan for member in members.values())}  # fmt: skip
    return [
        FeedRow(
            times[member.satuan],
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
    """Build orders as rows; the TPS of one desa are in one cell: "001,002"."""
    return [
        FeedRow(
            posting.valid_from + timedelta(minutes=3),
            "",
            f"{posting.member.petugas}-{posting.valid_from:%d%H%M}-{number}",
            location
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
        for number, location in enumerate(_generate_location_cells(context, posting))
    ]


def _generate_location_cells(
    context: SimulationContext, posting: Posting
) -> Iterator[dict[str, str]]:
    if not posting.places:
        yield context.build_location_cells(context.build_kecamatan_place(posting.kecamatan))
    by_desa = itertools.groupby(posting.places, key=lambda place: (place.kecamatan, place.desa))
    for _, group in by_desa:
        part = list(group)
        yield context.build_location_cells(part[0]) | {"tps": ",".join(place.tps for place in part)}


def assign_box_escorts(
    context: SimulationContext, postings: Iterable[Posting]
) -> dict[str, tuple[str, ...]]:
    """Assign officers by TPS code to bring its box to the PPK; a patrol if nobody is posted."""
    patrols: dict[str, str] = {}
    escorts: dict[str, tuple[str, ...]] = {}
    for posting in postings:
        number = posting.member.petugas
        if posting.penugasan == "patroli":
            patrols.setdefault(posting.kecamatan, number)
        if posting.member.instansi in ("polri", "bko_polda"):
            for place in posting.places:
                escorts[place.tps_code] = (*escorts.get(place.tps_code, ()), number)
    for place in context.places:
        if place.tps_code not in escorts and place.kecamatan in patrols:
            escorts[place.tps_code] = (patrols[place.kecamatan],)
    return escorts
