"""The rehearsal day of any register, written as the feed files of an election day."""

from __future__ import annotations

from pathlib import Path

from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.simulation import activities, context, feed_rows
from situasi.simulation.context import Scene
from situasi.simulation.feed_rows import Post
from situasi.simulation.incidents import duplicates, incidents, neutrality, routine_reports
from situasi.simulation.incidents import rows as incidents_rows
from situasi.simulation.incidents.lifecycle import Life
from situasi.simulation.personnel import checkins, deployment, partner_agencies, roster
from situasi.simulation.personnel import orders as personnel_orders
from situasi.simulation.stations import stations as stations_stations

_AREA = ("kode_kecamatan", "kecamatan")
_WHERE = (*_AREA, "desa", "tps")
_START = ("id", "waktu")
_END = ("pelapor", "waktu_lapor", "sumber", "latihan")

HEADINGS: dict[str, tuple[str, ...]] = {
    "incidents": (
        *(*_START, *_WHERE, "lat", "lon", "jenis", "tingkat", "status", "uraian"),
        *("pelapor", "waktu_lapor", "situasi", "keandalan", "kredibilitas"),
        *("ditugaskan", "rujukan", "sumber", "latihan"),
    ),
    "tps": (
        *(*_START, *_WHERE, "fase", "hadir", "hadir_dpt", "hadir_dptb", "hadir_dpk"),
        *("kontak", "pengawal", "uraian", *_END),
    ),
    "personnel": (*_START, *_WHERE, "petugas", "instansi", "checkin", "uraian", *_END),
    "activities": (
        *(*_START, *_AREA, "giat", "fungsi", "status", "tahapan", "sop", "mitra"),
        *("lokasi", "jumlah", "uraian", *_END),
    ),
    "roster": (*_START, *_AREA, "petugas", "pangkat", "satuan", "instansi", *_END),
    "postings": (*_START, *_WHERE, "petugas", "penugasan", "lokasi", "uraian", *_END),
    "neutrality": (*_START, *_AREA, "langkah", "asal", "satuan", "uraian", *_END),
}
_PREFIX = {
    "incidents": "", "tps": "T", "personnel": "P", "activities": "G",
    "roster": "R", "postings": "K", "neutrality": "N",
}  # fmt: skip


def simulate(register: Register, boundaries: Boundaries, seed: int, out: Path) -> list[Path]:
    """Write FEED.csv into `out` for every feed of HEADINGS.

    One believable day, marked latihan=ya in every row and ordered by waktu_lapor. The same
    register, boundaries and seed give the same bytes. Returns the paths written.
    Raises ValueError when the register has no TPS.
    """
    stage = context.build(register, boundaries, seed)
    told = incidents.happen(stage)
    told += duplicates.tell(stage, told)
    busy = {life.place.kecamatan for life in told if life.crowd}
    quiet = feed_rows.silences(stage, busy, stage.rng("silences"))
    heard = {feed: feed_rows.hushed(rows, quiet) for feed, rows in _feeds(stage, told).items()}
    heard["incidents"] += routine_reports.report(stage, told, quiet)
    out.mkdir(parents=True, exist_ok=True)
    return [
        feed_rows.write(out / f"{feed}.csv", HEADINGS[feed], rows, _PREFIX[feed], seed)
        for feed, rows in heard.items()
    ]


def _feeds(stage: Scene, told: list[Life]) -> dict[str, list[Post]]:
    """The posts of every feed, as if no line were ever broken."""
    standing = deployment.standing(stage, roster.police(stage))
    orders = [
        *standing,
        *partner_agencies.posted(stage),
        *deployment.reposted(stage, standing, told),
    ]
    stations, boxes = stations_stations.play(stage, told, personnel_orders.escorts(stage, orders))
    return {
        "incidents": [post for life in told for post in incidents_rows.posts(stage, life)],
        "tps": stations,
        "personnel": checkins.play(stage, orders, boxes),
        "activities": activities.play(stage),
        "roster": personnel_orders.roster(stage, orders),
        "postings": personnel_orders.rows(stage, orders),
        "neutrality": neutrality.play(stage),
    }
