"""Invented election folders for every kabupaten of a command, for a Polda rehearsal."""

from __future__ import annotations

import csv
import json
import math
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from situasi.domain import higher_command
from situasi.domain.higher_command import HigherCommand, Member

# For a kabupaten whose number of TPS is not known.
_DEFAULT_TPS = 300
_VOTERS_PER_TPS = 480
_TPS_PER_KECAMATAN, _TPS_PER_DESA = 42, 3
_SQUARE_SIDE_DEG, _SQUARES_PER_ROW = 0.1, 8  # side of one square in degrees, squares in a row
_WEST, _NORTH, _KABUPATEN_SPACING_DEG = (
    95.0,
    6.0,
    1.0,
)  # north-western corner of the first kabupaten
_FIRST_NAMES = (
    "Batu",
    "Lembah",
    "Pasir",
    "Kuala",
    "Padang",
    "Teluk",
    "Rimba",
    "Gunung",
    "Hulu",
    "Danau",
)
_SECOND_NAMES = (
    "Gading", "Jati", "Mutiara", "Dendang", "Embun",
    "Cempaka", "Waru", "Selasih", "Bidara", "Kemuning",
)  # fmt: skip
_DESA_NAMES = (
    "Pasar", "Dusun", "Seberang", "Tanjung", "Muara", "Talang", "Sukajadi", "Karang",
    "Lubuk", "Pulau", "Tebing", "Simpang", "Ulak", "Payakabung", "Sungai", "Bukit",
)  # fmt: skip
_NOTE = "buatan untuk LATIHAN"
# Files that are the same wherever people vote on the same day.
_SHARED_FILES = ("rules.toml", "tahapan.csv", "sop.csv")


@dataclass(frozen=True)
class _Desa:
    code: str
    name: str
    tps: int


@dataclass(frozen=True)
class _Kecamatan:
    code: str
    name: str
    desa: tuple[_Desa, ...]

    @property
    def tps(self) -> int:
        """Return the number of TPS of all desa."""
        return sum(desa.tps for desa in self.desa)


def write_province(folder: Path, template: Path, target: Path) -> Path:
    """Write this command into target, with an election folder for every member without one.

    folder: of the command. template: the election whose rules and plans all the others share.
    Kecamatan, desa, TPS and boundaries are invented, and marked so; only the number of TPS is that
    of `kabupaten.csv`. Returns the new command folder.
    """
    command = higher_command.load(folder)
    folders: dict[str, Path] = {}
    for position, member in enumerate(command.members):
        folders[member.code] = member.election_folder or target / "elections" / member.code
        if member.election_folder is None:
            _write_election(command, member, position, template, folders[member.code])
    base = target / "commands" / command.slug
    base.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / higher_command.FILE_NAME, base)
    with (folder / higher_command.MEMBERS_FILE_NAME).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    lines = [{**row, "pemilihan": str(folders[row["kode"]].resolve())} for row in rows]
    _write_csv(
        base / higher_command.MEMBERS_FILE_NAME,
        names,
        [[row[name] for name in names] for row in lines],
    )
    return base


def _write_election(
    command: HigherCommand, member: Member, position: int, template: Path, target: Path
) -> None:
    target.mkdir(parents=True, exist_ok=True)
    areas = list(_generate_kecamatan(member.code, member.tps or _DEFAULT_TPS))
    for name in _SHARED_FILES:
        shutil.copy(template / name, target)
    (target / "election.toml").write_text(_format_election_toml(command, member, areas), "utf-8")
    _write_register_files(target, areas)
    _write_boundaries(target / "geo" / "kecamatan.geojson", areas, position)


def _generate_kecamatan(kabupaten: str, tps: int) -> Iterator[_Kecamatan]:
    """Yield kecamatan and desa with so many TPS in total."""
    count = max(1, round(tps / _TPS_PER_KECAMATAN))
    for number, tps_count in enumerate(_split_evenly(tps, count)):
        code = f"{kabupaten}.{number + 1:02d}"
        name = f"{_FIRST_NAMES[number % 10]} {_SECOND_NAMES[(number + number // 10) % 10]}"
        villages = min(len(_DESA_NAMES), max(1, math.ceil(tps_count / _TPS_PER_DESA)))
        desa = (
            _Desa(f"{code}.{2001 + index}", f"{_DESA_NAMES[index]} {name}", desa_tps)
            for index, desa_tps in enumerate(_split_evenly(tps_count, villages))
        )
        yield _Kecamatan(code, name, tuple(desa))


def _split_evenly(total: int, parts: int) -> list[int]:
    """Split a total as evenly as possible."""
    return [total // parts + (part < total % parts) for part in range(parts)]


def _format_election_toml(
    command: HigherCommand, member: Member, areas: Sequence[_Kecamatan]
) -> str:
    tps = sum(area.tps for area in areas)

    def format_time(moment: time) -> str:
        return moment.isoformat()

    return f"""\
# {_NOTE}: no figure of this folder but the number of TPS is real.
[election]
name = "LATIHAN Pilkada {member.name}"
contest = "{command.contest}"
kind = "pilkada"
command = "{member.command}"
operation = "{command.operation}"
ballot = "pasangan"
candidates = []

[kabupaten]
code = "{member.code}"
name = "{member.name}"
boundaries = "geo"

[day]
date = {command.day.isoformat()}
zone = "{member.zone.key}"
zone_label = "{member.zone_label}"
tps_opens = {format_time(command.tps_opens)}
tps_closes = {format_time(command.tps_closes)}
watch_from = {format_time(command.watch_from)}
watch_until = {format_time(command.watch_until)}
moments = [
    {{ at = {format_time(command.tps_opens)}, label = "TPS buka" }},
    {{ at = {format_time(command.tps_closes)}, label = "TPS tutup" }},
]

[register]
dpt = {tps * _VOTERS_PER_TPS}
tps = {tps}

[thresholds]
situasi_valid_min = {_to_minutes(command.situasi_valid.total_seconds())}
future_tolerance_min = 15
history_after_h = 24
coordinate_tolerance_km = 1.0

[thresholds.silent_after_min]
incidents = 60
tps = 90
personnel = 180
"""


def _to_minutes(seconds: float) -> int:
    return round(seconds / 60)


def _write_register_files(target: Path, areas: Sequence[_Kecamatan]) -> None:
    pairs = [(area, desa) for area in areas for desa in area.desa]
    _write_csv(
        target / "kecamatan.csv",
        ("kode", "nama", "dpt", "dpt_perkiraan", "tps"),
        [(area.code, area.name, area.tps * _VOTERS_PER_TPS, "ya", area.tps) for area in areas],
    )
    _write_csv(
        target / "desa.csv",
        ("kode", "nama", "jenis", "kecamatan_kode"),
        [(desa.code, desa.name, "desa", area.code) for area, desa in pairs],
    )
    _write_csv(
        target / "tps.csv",
        ("desa_kode", "nomor", "dpt", "kerawanan", "perkiraan"),
        [
            (desa.code, number + 1, _VOTERS_PER_TPS, "", "ya")
            for _, desa in pairs
            for number in range(desa.tps)
        ],
    )
    _write_csv(target / "aliases.csv", ("kode", "nama"), [])
    _write_csv(
        target / "polsek.csv",
        ("polsek", "kecamatan_kode", "dasar", "sumber", "catatan"),
        [(f"Polsek {area.name}", area.code, "dugaan", "", _NOTE) for area in areas],
    )


def _write_boundaries(path: Path, areas: Sequence[_Kecamatan], position: int) -> None:
    """Write a square for each kecamatan, side by side; each kabupaten apart from the others."""
    features = []
    for index, area in enumerate(areas):
        west = (
            _WEST
            + _KABUPATEN_SPACING_DEG * (position % 40)
            + _SQUARE_SIDE_DEG * (index % _SQUARES_PER_ROW)
        )
        south = (
            _NORTH
            - _KABUPATEN_SPACING_DEG * (position // 40)
            - _SQUARE_SIDE_DEG * (index // _SQUARES_PER_ROW + 1)
        )
        east, north = west + _SQUARE_SIDE_DEG, south + _SQUARE_SIDE_DEG
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        rounded = [[round(x, 6), round(y, 6)] for x, y in ring]
        features.append({
            "type": "Feature",
            "properties": {"kode": area.code, "nama": area.name},
            "geometry": {"type": "Polygon", "coordinates": [rounded]},
        })  # fmt: skip
    collection = {
        "type": "FeatureCollection",
        "credit": f"Batas: {_NOTE}",
        "caution": "Rekaan, bukan acuan hukum",
        "features": features,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(collection), "utf-8")


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
