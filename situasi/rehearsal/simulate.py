"""The rehearsal day of any register, written as the four feed files of an election day."""

from __future__ import annotations

from pathlib import Path

from situasi.regions import Register
from situasi.rehearsal import activities, calm, incidents, lives, personnel, posts, scene, tps
from situasi.shapes import Boundaries

_WHERE = ("kode_kecamatan", "kecamatan", "desa", "tps")
_END = ("pelapor", "waktu_lapor", "sumber", "latihan")

HEADINGS: dict[str, tuple[str, ...]] = {
    "incidents": (
        *("id", "waktu", *_WHERE, "lat", "lon", "jenis", "tingkat", "status", "uraian"),
        *("pelapor", "waktu_lapor", "situasi", "sumber", "latihan"),
    ),
    "tps": ("id", "waktu", *_WHERE, "fase", "hadir", "uraian", *_END),
    "personnel": ("id", "waktu", *_WHERE, "petugas", "instansi", "checkin", "uraian", *_END),
    "activities": (
        *("id", "waktu", "kode_kecamatan", "kecamatan", "giat", "status", "lokasi", "jumlah"),
        *("uraian", *_END),
    ),
}
_PREFIX = {"incidents": "", "tps": "T", "personnel": "P", "activities": "G"}


def simulate(register: Register, boundaries: Boundaries, seed: int, out: Path) -> list[Path]:
    """Write incidents.csv, tps.csv, personnel.csv and activities.csv into `out`.

    One believable day, marked latihan=ya in every row and ordered by waktu_lapor. The same
    register, boundaries and seed give the same bytes. Returns the paths written.
    Raises ValueError when the register has no TPS.
    """
    stage = scene.build(register, boundaries, seed)
    told = incidents.happen(stage)
    busy = {life.place.kecamatan for life in told if life.crowd}
    quiet = posts.silences(stage, busy, stage.rng("silences"))
    tps_posts, boxes = tps.play(stage, told)
    feeds = {
        "incidents": [post for life in told for post in lives.posts(stage, life)],
        "tps": tps_posts,
        "personnel": personnel.play(stage, boxes),
        "activities": activities.play(stage),
    }
    heard = {feed: posts.hushed(rows, quiet) for feed, rows in feeds.items()}
    heard["incidents"] += calm.report(stage, told, quiet)
    out.mkdir(parents=True, exist_ok=True)
    return [
        posts.write(out / f"{feed}.csv", HEADINGS[feed], rows, _PREFIX[feed], seed)
        for feed, rows in heard.items()
    ]
