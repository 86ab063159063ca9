"""Where every member of the force is posted on the rehearsal day, and how it becomes rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from situasi.simulation.context import Place, Scene
from situasi.simulation.feed_rows import Post
from situasi.simulation.personnel.roster import Member

_LISTED, _ORDERED = time(10), time(16)  # on the day before


@dataclass(frozen=True)
class Posting:
    """One order: where a member stands from `since` on. places: the TPS, for penugasan "tps"."""

    member: Member
    penugasan: str
    kecamatan: str
    since: datetime
    places: tuple[Place, ...] = ()
    lokasi: str = ""
    uraian: str = ""


def ordered(scene: Scene) -> datetime:
    """When the orders of the day are given: the afternoon before."""
    return _day_before(scene, _ORDERED)


def _day_before(scene: Scene, at: time) -> datetime:
    election = scene.register.election
    return election.local_time(at, election.day - timedelta(days=1))


def roster(scene: Scene, postings: Sequence[Posting]) -> list[Post]:
    """One row for each member who has an order."""
    rng = scene.rng("roster")
    listed = _day_before(scene, _LISTED)
    members = {p.member.petugas: p.member for p in postings}
    told = {unit: listed + timedelta(minutes=rng.randint(5, 300))
            for unit in dict.fromkeys(m.satuan for m in members.values())}  # fmt: skip
    return [
        Post(
            told[member.satuan],
            "",
            member.petugas,
            scene.area(member.kecamatan)
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


def rows(scene: Scene, postings: Iterable[Posting]) -> list[Post]:
    """Orders as rows; the TPS of one desa stand in one cell: "001,002"."""
    return [
        Post(
            posting.since + timedelta(minutes=3),
            "",
            f"{posting.member.petugas}-{posting.since:%d%H%M}-{n}",
            where
            | {
                "waktu": posting.since.isoformat(timespec="seconds"),
                "petugas": posting.member.petugas,
                "penugasan": posting.penugasan,
                "lokasi": posting.lokasi,
                "uraian": posting.uraian,
                "pelapor": "Bagops",
            },
        )
        for posting in postings
        for n, where in enumerate(_cells(scene, posting))
    ]


def _cells(scene: Scene, posting: Posting) -> Iterator[dict[str, str]]:
    if not posting.places:
        yield scene.where(scene.whole(posting.kecamatan))
    by_desa = itertools.groupby(posting.places, key=lambda place: (place.kecamatan, place.desa))
    for _, group in by_desa:
        same = list(group)
        yield scene.where(same[0]) | {"tps": ",".join(place.tps for place in same)}


def escorts(scene: Scene, postings: Iterable[Posting]) -> dict[str, tuple[str, ...]]:
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
    for place in scene.places:
        if place.tps_code not in found and place.kecamatan in patrols:
            found[place.tps_code] = (patrols[place.kecamatan],)
    return found
