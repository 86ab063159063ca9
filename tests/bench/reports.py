"""Made-up incident reports in any number, as the field would write them; same seed, same rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import openpyxl

from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register

HEADINGS = (
    *("id", "waktu", "waktu_lapor", "kode_kecamatan", "kecamatan", "desa", "tps", "lat", "lon"),
    *("jenis", "tingkat", "status", "uraian", "pelapor", "latihan"),
)
JENIS = (
    "logistik", "daftar pemilih", "unjuk rasa", "politik uang", "intimidasi", "listrik jaringan",
    "bencana", "netralitas", "petugas sakit", "lalu lintas", "kericuhan", "lainnya",
)  # fmt: skip
TINGKAT = ("rendah", "rendah", "rendah", "sedang", "sedang", "tinggi")
STATUS = ("dilaporkan", "diverifikasi", "ditangani", "selesai", "selesai", "selesai")
DEEDS = (
    "Logistik terlambat tiba", "Warga memprotes namanya tidak terdaftar", "Jalan menuju TPS banjir",
    "Genset TPS mati saat pencatatan", "Saksi berselisih dengan petugas", "Kerumunan di luar TPS",
)  # fmt: skip
EVERY_NTH_FAULTY = 100
EVERY_NTH_UPDATES = 10
# Of the days before: what a case is told after it happened, and how many stay open.
STEPS = ((5, "dilaporkan"), (40, "ditangani"), (180, "selesai"))
EVERY_NTH_STAYS_OPEN = 500
DAYS_BEFORE = 90

Row = list[object]


def rows(count: int, register: Register, boundaries: Boundaries, seed: int = 1) -> Iterator[Row]:
    """Reports of a made-up day, in the order of HEADINGS, points inside their kecamatan.

    Nearly every time, point and text is another. One in ten carries on an earlier report;
    one in a hundred states no kind and will be quarantined.
    """
    random = np.random.default_rng(seed)
    lon, lat, codes = _points(count, boundaries, random)
    seconds = np.sort(random.integers(0, 20 * 3600, count)).tolist()
    villages: dict[str, list[str]] = {code: [] for code in register.kecamatan}
    for desa in register.desa.values():
        villages[desa.kecamatan].append(desa.name)
    midnight = datetime.combine(register.election.day, datetime.min.time())
    picks = random.integers(0, 1 << 30, (count, 6)).tolist()
    for at, (code, second, pick) in enumerate(zip(codes, seconds, picks, strict=True)):
        carried = at - 1 - pick[0] % 50 if at > 50 and at % EVERY_NTH_UPDATES == 0 else at
        when = midnight + timedelta(hours=3, seconds=second)
        where = villages[code][pick[1] % len(villages[code])]
        yield [
            f"K-{carried:06d}",
            f"{when:%d/%m/%Y %H.%M.%S}",
            "",
            code,
            register.name_of(code),
            where,
            f"{1 + pick[2] % 12:03d}",
            round(float(lat[at]), 6),
            round(float(lon[at]), 6),
            "" if at % EVERY_NTH_FAULTY == 99 else JENIS[pick[3] % len(JENIS)],
            TINGKAT[pick[4] % len(TINGKAT)],
            STATUS[pick[5] % len(STATUS)],
            f"{DEEDS[pick[3] % len(DEEDS)]} di {where}, laporan ke-{at}.",
            f"Bhabin {where}",
            "ya",
        ]


def history(
    count: int, today: int, register: Register, boundaries: Boundaries, seed: int = 1
) -> Iterator[Row]:
    """So many reports, the last `today` of them of the day itself (`rows`).

    The others are of the three months before, in the order told: each case reported, handled
    and, but for one in five hundred, closed.
    """
    random = np.random.default_rng(seed + 1)
    cases = -(-(count - today) // len(STEPS))
    lon, lat, codes = _points(cases, boundaries, random)
    villages: dict[str, list[str]] = {code: [] for code in register.kecamatan}
    for desa in register.desa.values():
        villages[desa.kecamatan].append(desa.name)
    midnight = datetime.combine(register.election.day, datetime.min.time())
    first = midnight - timedelta(days=DAYS_BEFORE)
    span = DAYS_BEFORE * 1440 - max(after for after, _ in STEPS)
    minutes = np.sort(random.integers(0, span, cases))
    told = (minutes[:, None] + np.array([after for after, _ in STEPS])).ravel()
    picks = random.integers(0, 1 << 30, (cases, 4)).tolist()
    for at in np.argsort(told, kind="stable")[: count - today].tolist():
        case, step = divmod(at, len(STEPS))
        pick, code = picks[case], codes[case]
        where = villages[code][pick[0] % len(villages[code])]
        open_still = case % EVERY_NTH_STAYS_OPEN == 0
        yield [
            f"H-{case:06d}",
            f"{first + timedelta(minutes=int(minutes[case])):%d/%m/%Y %H.%M.%S}",
            f"{first + timedelta(minutes=int(told[at])):%d/%m/%Y %H.%M.%S}",
            code,
            register.name_of(code),
            where,
            f"{1 + pick[1] % 12:03d}",
            round(float(lat[case]), 6),
            round(float(lon[case]), 6),
            JENIS[pick[2] % len(JENIS)],
            TINGKAT[pick[3] % len(TINGKAT)],
            "ditangani" if open_still and step else STEPS[step][1],
            f"{DEEDS[pick[2] % len(DEEDS)]} di {where}, laporan ke-{case}.",
            f"Bhabin {where}",
            "ya",
        ]
    yield from rows(today, register, boundaries, seed)


def _points(
    count: int, boundaries: Boundaries, random: np.random.Generator
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], list[str]]:
    """Points spread over the kabupaten, and the kecamatan each lies in."""
    west, south, east, north = boundaries.bounds
    lon = random.uniform(west, east, 4 * count + 1_000)
    lat = random.uniform(south, north, len(lon))
    inside = boundaries.locate(lon, lat)
    kept = np.flatnonzero(inside != None)[:count]  # noqa: E711 (an array of objects)
    assert len(kept) == count, "a kabupaten fills more than a quarter of its frame"
    return lon[kept], lat[kept], inside[kept].tolist()


def write_csv(path: Path, reports: Iterator[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(reports)


def write_xlsx(path: Path, reports: Iterator[Row]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Kejadian")
    sheet.append(HEADINGS)
    for report in reports:
        sheet.append(report)
    book.save(path)
