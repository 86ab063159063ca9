"""Builds a second, invented election: other place, other codes, other time zone, any size."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from situasi.domain.settings import ROOT

KABUPATEN = "Negeri Contoh"
COMMAND = "Polres Negeri Contoh"
CODE = "99.01"
WEST, NORTH, SIDE = 122.0, -1.4, 0.1  # degrees: in the sea off Sulawesi, far from Ogan Ilir
COLUMNS = 10
TPS_PER_PLACE = 2
DPT_PER_TPS = 300
_NAMES = (
    "Batu Gading", "Lembah Jati", "Pasir Mutiara", "Kuala Dendang", "Padang Embun",
    "Teluk Cempaka", "Rimba Waru", "Gunung Selasih", "Hulu Bidara", "Danau Kemuning",
)  # fmt: skip
_PLACES = (("1001", "Pasar", "kelurahan"), ("2002", "Dusun", "desa"), ("2003", "Seberang", "desa"))

_TOML = """\
[election]
name = "Pilkada Negeri Contoh 2030"
kind = "pilkada"
command = "Polres Negeri Contoh"
operation = "Operasi Contoh 2030"
ballot = "pasangan"
candidates = ["Anu Pertama", "Anu Kedua"]

[kabupaten]
code = "99.01"
name = "Negeri Contoh"
boundaries = "geo"

[day]
date = 2030-11-20
zone = "Asia/Makassar"
zone_label = "WITA"
tps_opens = 07:00:00
tps_closes = 13:00:00
watch_from = 04:00:00
watch_until = 00:00:00
moments = [
    {{ at = 07:00:00, label = "TPS buka" }},
    {{ at = 13:00:00, label = "TPS tutup" }},
]

[register]
dpt = {dpt}
tps = {tps}

[thresholds]
situasi_valid_min = 180
future_tolerance_min = 15
history_after_h = 24
coordinate_tolerance_km = 1.0

[thresholds.silent_after_min]
incidents = 60
tps = 90
personnel = 180
"""


def invented_election(folder: Path, kecamatan: int = 3) -> Path:
    """Write a whole, valid election folder of so many kecamatan (1 to 99) and return it.

    Each kecamatan is a square of 0.1 degree with one kelurahan, two desa and six TPS of
    300 voters; they lie in rows of ten from 122.0 E, 1.4 S. The DPT of every second
    kecamatan is perkiraan, the polsek of the last is a dugaan.
    """
    codes = kecamatan_codes(kecamatan)
    folder.mkdir(parents=True, exist_ok=True)
    tps = len(codes) * len(_PLACES) * TPS_PER_PLACE
    toml = _TOML.format(dpt=tps * DPT_PER_TPS, tps=tps)
    (folder / "election.toml").write_text(toml, "utf-8")
    shutil.copy(ROOT / "data/elections/ogan-ilir-2024/rules.toml", folder)
    _places(folder, codes)
    _police(folder, codes)
    _plans(folder)
    write_squares(folder / "geo" / "kecamatan.geojson", codes)
    return folder


def kecamatan_codes(count: int = 3) -> list[str]:
    """99.01.01, 99.01.02, ..."""
    if not 1 <= count <= 99:
        raise ValueError(f"1 to 99 kecamatan, not {count}")
    return [f"{CODE}.{number:02d}" for number in range(1, count + 1)]


def kecamatan_name(code: str) -> str:
    """The invented name of a kecamatan."""
    number = int(code.rpartition(".")[2]) - 1
    name, again = _NAMES[number % len(_NAMES)], number // len(_NAMES)
    return f"{name} {chr(ord('A') + again - 1)}" if again else name


def square(code: str) -> tuple[float, float, float, float]:
    """West, south, east, north of a kecamatan, in degrees."""
    number = int(code.rpartition(".")[2]) - 1
    west = round(WEST + SIDE * (number % COLUMNS), 6)
    north = round(NORTH - SIDE * (number // COLUMNS), 6)
    return west, round(north - SIDE, 6), round(west + SIDE, 6), north


def write_squares(path: Path, codes: Sequence[str]) -> None:
    """Write the boundaries of these kecamatan as the board ships them."""
    collection = {
        "type": "FeatureCollection",
        "credit": "Batas: rekaan untuk uji",
        "caution": "Rekaan, bukan acuan hukum",
        "features": [_feature(code) for code in codes],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(collection), "utf-8")


def _feature(code: str) -> dict[str, Any]:
    west, south, east, north = square(code)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"kode": code, "nama": kecamatan_name(code)},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _places(folder: Path, codes: Sequence[str]) -> None:
    tps = len(_PLACES) * TPS_PER_PLACE
    estimated = {code: "ya" if index % 2 else "tidak" for index, code in enumerate(codes)}
    _write(
        folder / "kecamatan.csv",
        "kode,nama,dpt,dpt_perkiraan,tps",
        [
            (
                code,
                kecamatan_name(code),
                tps * DPT_PER_TPS,
                estimated[code],
                tps,
            )
            for code in codes
        ],
    )
    _write(
        folder / "desa.csv",
        "kode,nama,jenis,kecamatan_kode",
        [
            (f"{code}.{number}", f"{place} {kecamatan_name(code)}", kind, code)
            for code in codes
            for number, place, kind in _PLACES
        ],
    )
    _write(
        folder / "tps.csv",
        "desa_kode,nomor,dpt,kerawanan,perkiraan",
        [
            (f"{code}.{number}", nomor, DPT_PER_TPS, _kerawanan(nomor), "tidak")
            for code in codes
            for number, _, _ in _PLACES
            for nomor in range(1, TPS_PER_PLACE + 1)
        ],
    )
    _write(
        folder / "aliases.csv",
        "kode,nama",
        [(code, kecamatan_name(code).replace(" ", "")) for code in codes],
    )


def _kerawanan(nomor: int) -> str:
    return "rawan" if nomor == 1 else "kurang_rawan"


def _police(folder: Path, codes: Sequence[str]) -> None:
    _write(
        folder / "polsek.csv",
        "polsek,kecamatan_kode,dasar,sumber,catatan",
        [
            (f"Polsek {kecamatan_name(codes[index // 2 * 2])}", code,
             "dugaan" if code == codes[-1] else "tersumber", "", "")
            for index, code in enumerate(codes)
        ],
    )  # fmt: skip


def _plans(folder: Path) -> None:
    _write(
        folder / "tahapan.csv",
        "kode,tahapan,mulai,selesai,lingkup,dasar,sumber,catatan",
        [("T01", "Masa tenang", "2030-11-17", "2030-11-19", KABUPATEN, "tersumber", "", ""),
         ("T02", "Pemungutan suara", "2030-11-20", "2030-11-20", KABUPATEN, "tersumber", "", "")],
    )  # fmt: skip
    _write(
        folder / "sop.csv",
        "kode,tahapan_kode,butir,fungsi,giat,dasar",
        [("S01", "T01", "Patroli masa tenang", "preventif", "patroli", "usulan")],
    )


def _write(path: Path, heading: str, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heading.split(","))
        writer.writerows(rows)
