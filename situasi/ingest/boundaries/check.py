"""Checks boundaries that the board draws against the register."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from situasi.domain import boundaries
from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.ingest.boundaries import place_names
from situasi.ingest.boundaries.match_result import places
from situasi.ingest.boundaries.reference import INDONESIA
from situasi.ingest.boundaries.report import Report, Slivers, decimal, listed
from situasi.ingest.boundaries.topology import area_km2, gaps, overlaps, vertices


def check(source: Path | Boundaries, register: Register, level: str = "kecamatan") -> Report:
    """Measure boundaries: areas, gaps, overlaps, codes and names; nothing is changed.

    source: a boundaries folder (as in election.toml) or boundaries already read.
    Raises FileNotFoundError where the folder holds none of this level.
    """
    drawn = source if isinstance(source, Boundaries) else boundaries.load(source, level)
    valid = [shapely.make_valid(shape) for shape in drawn.polygons]
    open_, double = gaps(valid), overlaps(valid)
    area: dict[str, float] = {}
    for code, shape in zip(drawn.codes, valid, strict=True):
        area[code] = area.get(code, 0.0) + area_km2(shape)
    return Report(
        source=source.name if isinstance(source, Path) else "batas yang dimuat",
        level=level,
        features=len(drawn.codes),
        ignored=0,
        area_km2=area,
        gaps=_left(open_),
        overlaps=_left(double),
        vertices=vertices(drawn.polygons.tolist()),
        warnings=(
            *_codes(drawn, places(level, register)),
            *_lines(drawn),
            *_slivers("celah", open_),
            *_slivers("tumpang tindih", double),
        ),
    )


def _left(pieces: list[Any]) -> Slivers:
    size = sum(area_km2(piece) for piece in pieces)
    return Slivers(found=len(pieces), found_km2=size, left=len(pieces), left_km2=size)


def _slivers(what: str, pieces: list[Any]) -> Iterator[str]:
    if pieces:
        sizes = sorted((area_km2(piece) for piece in pieces), reverse=True)
        told = listed((f"{decimal(size, 4)} km²" for size in sizes), 3)
        yield f"{len(pieces)} {what} antarwilayah: {told}"


def _codes(drawn: Boundaries, wanted: dict[str, str]) -> Iterator[str]:
    missing = [name for code, name in wanted.items() if code not in drawn.codes]
    strange = [code for code in drawn.codes if code not in wanted]
    doubled = [code for code, count in Counter(drawn.codes).items() if count > 1]
    if missing:
        yield f"tidak ada dalam batas: {listed(missing)}"
    if strange:
        yield f"kode tidak ada dalam daftar: {listed(strange)}"
    if doubled:
        yield f"kode tercantum lebih dari sekali: {listed(doubled)}"
    named = {
        str(feature["properties"]["kode"]): feature["properties"].get("nama", "")
        for feature in json.loads(drawn.raw)["features"]
    }
    other = [
        f"{code} {name} (daftar: {wanted[code]})"
        for code, name in named.items()
        if code in wanted and place_names.plain(name) != place_names.plain(wanted[code])
    ]
    if other:
        yield f"nama berbeda dari daftar: {listed(other)}"


def _lines(drawn: Boundaries) -> Iterator[str]:
    broken = [c for c, s in zip(drawn.codes, drawn.polygons, strict=True) if not s.is_valid]
    if broken:
        yield f"garis menyilang dirinya sendiri: {listed(broken)}"
    west, south, east, north = drawn.bounds
    if not (
        INDONESIA[0] <= west <= east <= INDONESIA[2]
        and INDONESIA[1] <= south <= north <= INDONESIA[3]
    ):
        yield "letaknya di luar Indonesia: periksa urutan bujur dan lintang"
    if not drawn.credit or not drawn.caution:
        yield "sumber (credit) atau peringatan (caution) tidak tertulis dalam berkas"
