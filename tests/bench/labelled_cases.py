"""Reports of one made-up day with the truth of which tell of the same incident.

A second report of an incident differs as those of people do: other words, an hour rounded, a desa
left out, a point some way off, a kind that is taken for the first. Beside them stand pairs that
look alike and are two incidents: the next TPS, the same desa hours later, another desa of the same
hour, another kind at the same TPS.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from situasi.domain.register import Register
from tests.builders import DAY, incident

# By kind: the ways in which several people tell of it.
TEXTS = {
    "logistik": (
        "Surat suara di {tps} kurang 25 lembar, KPPS menunggu kiriman dari PPS",
        "Kekurangan surat suara 25 lembar di {tps} {desa}, masih ditunggu dari PPS",
        "Mohon bantuan, {tps} kekurangan surat suara, sudah lapor ke PPK",
        "Surat suara tidak cukup di {tps}",
    ),
    "unjuk_rasa": (
        "Sekitar 30 warga mendatangi kantor desa {desa} menolak hasil daftar pemilih",
        "Warga {desa} kurang lebih 30 orang berkumpul di kantor desa, protes soal daftar pemilih",
        "Massa berkumpul di kantor desa {desa}, situasi terkendali",
        "Aksi warga di kantor desa {desa}",
    ),
    "kericuhan": (
        "Terjadi adu mulut saksi paslon di {tps}, sempat dorong-dorongan, dilerai petugas",
        "Saksi di {tps} {desa} cekcok dan saling dorong, sudah dilerai anggota",
        "Keributan antarsaksi di {tps}",
        "Cekcok mulut saksi dengan KPPS, anggota sudah melerai",
    ),
    "politik_uang": (
        "Ditemukan warga membagikan amplop isi 50 ribu di {desa} sebelum pencoblosan",
        "Dugaan bagi-bagi amplop Rp50.000 di {desa}, satu orang diamankan warga",
        "Laporan amplop uang di {desa}",
        "Warga {desa} mengamankan seorang pembagi amplop",
    ),
    "listrik_jaringan": (
        "Listrik padam di {desa}, {tps} memakai genset",
        "Pemadaman listrik wilayah {desa} sejak tadi, penerangan TPS dari genset",
        "PLN padam, sinyal hilang di {desa}",
        "Lampu mati di {tps}",
    ),
    "akses": (
        "Jalan menuju {tps} terendam banjir 40 cm, pemilih memakai perahu",
        "Akses ke {tps} {desa} tergenang setinggi lutut, warga naik perahu ketek",
        "Jalan ke {desa} banjir, kendaraan tidak bisa lewat",
        "Banjir di jalan {desa}",
    ),
    "petugas_sakit": (
        "Ketua KPPS {tps} pingsan kelelahan, dibawa ke puskesmas",
        "Anggota KPPS di {tps} {desa} jatuh pingsan dan dilarikan ke puskesmas",
        "Petugas KPPS sakit di {desa}, dirawat di puskesmas",
        "KPPS pingsan",
    ),
}
# What a kind is taken for by whoever sees it from outside.
TAKEN_FOR = {"unjuk_rasa": "kericuhan", "kericuhan": "kekerasan", "akses": "bencana"}

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class LabelledCases:
    """rows: of the feed of incidents. same: pairs of ids that tell of one incident."""

    rows: Rows
    same: frozenset[frozenset[str]]


def build(register: Register, seed: int, count: int = 120, doubled: float = 0.4) -> LabelledCases:
    """Build so many incidents, of which this share is told of by a second post."""
    rng = random.Random(seed)
    rows: Rows = []
    same: set[frozenset[str]] = set()
    for number in range(count):
        first = _tell_first(register, rng, f"I{number}")
        rows.append(first)
        if rng.random() < doubled:
            rows.append(_tell_again(first, rng, f"I{number}b"))
            same.add(frozenset({first["id"], f"I{number}b"}))
        elif rng.random() < 0.5:
            rows.append(_tell_lookalike(register, first, rng, f"I{number}x"))
    rows.sort(key=lambda row: row["known_at"])
    return LabelledCases(rows, frozenset(same))


def _tell_first(register: Register, rng: random.Random, name: str) -> dict[str, Any]:
    tps = register.tps.iloc[rng.randrange(len(register.tps))]
    jenis = rng.choice(sorted(TEXTS))
    has_tps = rng.random() < 0.6
    has_point = rng.random() < 0.6
    at = DAY + timedelta(minutes=rng.randint(5 * 60, 20 * 60))
    place = _place(register, str(tps["code"]), has_tps)
    if has_point:
        place |= {"lat": -3.2 - rng.random() / 2, "lon": 104.4 + rng.random() / 2}
    return _row(rng, name, jenis, at, place, rng.randrange(4))


def _place(register: Register, code: str, has_tps: bool) -> dict[str, Any]:
    desa, _dot, number = code.rpartition(".")
    return {
        "kecamatan": desa.rpartition(".")[0], "desa": desa, "desa_text": register.name_of(desa),
        "tps": number if has_tps else None, "lat": None, "lon": None,
    }  # fmt: skip


def _row(
    rng: random.Random,
    name: str,
    jenis: str,
    at: datetime,
    place: dict[str, Any],
    variant: int,
    *,
    kind: str | None = None,
) -> dict[str, Any]:
    words = TEXTS[jenis][variant].format(
        tps=f"TPS {place['tps'] or '01'}", desa=place["desa_text"] or "setempat"
    )
    known = at + timedelta(minutes=rng.randint(1, 25))
    return incident(
        id=name, at=at, known=known, jenis=kind or jenis, uraian=words, pelapor=name, **place
    ) | {"_told": (jenis, variant)}  # fmt: skip


def _tell_again(first: dict[str, Any], rng: random.Random, name: str) -> dict[str, Any]:
    jenis, variant = first["_told"]
    at = first["occurred_at"] + timedelta(minutes=rng.randint(-15, 30))
    if rng.random() < 0.3:
        at = at.replace(minute=0)  # told by the hour
    place = {key: first[key] for key in ("kecamatan", "desa", "desa_text", "tps", "lat", "lon")}
    if rng.random() < 0.3:
        place["tps"] = None
    if rng.random() < 0.2:
        place |= {"desa": None, "desa_text": None, "tps": None}
    if rng.random() < 0.4:
        place |= {"lat": None, "lon": None}
    elif place["lat"] is not None:
        place["lat"] += rng.gauss(0, 0.004)  # some 400 m
    kind = TAKEN_FOR.get(jenis) if rng.random() < 0.2 else None
    forwarded = rng.random() < 0.2
    other = variant if forwarded else rng.choice([n for n in range(4) if n != variant])
    return _row(rng, name, jenis, at, place, other, kind=kind)


def _tell_lookalike(
    register: Register, first: dict[str, Any], rng: random.Random, name: str
) -> dict[str, Any]:
    """Tell of another incident that looks like this one."""
    jenis, variant = first["_told"]
    near = first["occurred_at"] + timedelta(minutes=rng.randint(-60, 60))
    place = {key: first[key] for key in ("kecamatan", "desa", "desa_text", "tps")}
    place |= {"lat": None, "lon": None}
    match rng.randrange(4):
        case 0:  # the next TPS
            place["tps"] = f"{(int(first['tps'] or 1) % 20) + 1:03d}"
            return _row(rng, name, jenis, near, place, variant)
        case 1:  # the same desa, hours later
            later = first["occurred_at"] + timedelta(hours=rng.randint(4, 7))
            return _row(rng, name, jenis, later, place, variant)
        case 2:  # another desa of the kecamatan
            tps = register.tps[register.tps["kecamatan"] == first["kecamatan"]]
            others = tps[tps["desa"] != first["desa"]]
            code = str(others["code"].iloc[rng.randrange(len(others))])
            return _row(rng, name, jenis, near, _place(register, code, True), variant)
        case _:  # another kind
            kinds = [kind for kind in sorted(TEXTS) if kind != jenis]
            return _row(rng, name, rng.choice(kinds), near, place, rng.randrange(4))
