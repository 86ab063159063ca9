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
from situasi.ingest.boundaries.match_result import register_names
from situasi.ingest.boundaries.reference import INDONESIA
from situasi.ingest.boundaries.report import BoundaryReport, Slivers, format_decimal, format_list
from situasi.ingest.boundaries.topology import area_km2, count_vertices, find_gaps, find_overlaps


def check_boundaries(
    source: Path | Boundaries, register: Register, level: str = "kecamatan"
) -> BoundaryReport:
    """Measure boundaries: areas, gaps, overlaps, codes and names; nothing is changed.

    source: a boundaries folder (as in election.toml) or boundaries already read.
    Raises FileNotFoundError where the folder holds none of this level.
    """
    drawn = source if isinstance(source, Boundaries) else boundaries.load(source, level)
    valid = [shapely.make_valid(shape) for shape in drawn.polygons]
    open_, double = find_gaps(valid), find_overlaps(valid)
    area: dict[str, float] = {}
    for code, shape in zip(drawn.codes, valid, strict=True):
        area[code] = area.get(code, 0.0) + area_km2(shape)
    return BoundaryReport(
        source=source.name if isinstance(source, Path) else "batas yang dimuat",
        level=level,
        features=len(drawn.codes),
        ignored_features=0,
        area_km2=area,
        gaps=_count_unrepaired(open_),
        overlaps=_count_unrepaired(double),
        vertices=count_vertices(drawn.polygons.tolist()),
        warnings=(
            *_code_warnings(drawn, register_names(level, register)),
            *_line_warnings(drawn),
            *_sliver_warnings("celah", open_),
            *_sliver_warnings("tumpang tindih", double),
        ),
    )


def _count_unrepaired(pieces: list[Any]) -> Slivers:
    size = sum(area_km2(piece) for piece in pieces)
    return Slivers(found=len(pieces), found_km2=size, remaining=len(pieces), remaining_km2=size)


def _sliver_warnings(quantity: str, pieces: list[Any]) -> Iterator[str]:
    if pieces:
        sizes = sorted((area_km2(piece) for piece in pieces), reverse=True)
        told = format_list((f"{format_decimal(size, 4)} km²" for size in sizes), 3)
        yield f"{len(pieces)} {quantity} antarwilayah: {told}"


def _code_warnings(drawn: Boundaries, expected: dict[str, str]) -> Iterator[str]:
    missing = [name for code, name in expected.items() if code not in drawn.codes]
    strange = [code for code in drawn.codes if code not in expected]
    doubled = [code for code, count in Counter(drawn.codes).items() if count > 1]
    if missing:
        yield f"tidak ada dalam batas: {format_list(missing)}"
    if strange:
        yield f"kode tidak ada dalam daftar: {format_list(strange)}"
    if doubled:
        yield f"kode tercantum lebih dari sekali: {format_list(doubled)}"
    named = {
        str(feature["properties"]["kode"]): feature["properties"].get("nama", "")
        for feature in json.loads(drawn.raw)["features"]
    }
    other = [
        f"{code} {name} (daftar: {expected[code]})"
        for code, name in named.items()
        if code in expected
        and place_names.normalize_name(name) != place_names.normalize_name(expected[code])
    ]
    if other:
        yield f"nama berbeda dari daftar: {format_list(other)}"


def _line_warnings(drawn: Boundaries) -> Iterator[str]:
    broken = [c for c, s in zip(drawn.codes, drawn.polygons, strict=True) if not s.is_valid]
    if broken:
        yield f"garis menyilang dirinya sendiri: {format_list(broken)}"
    west, south, east, north = drawn.bounds
    if not (
        INDONESIA[0] <= west <= east <= INDONESIA[2]
        and INDONESIA[1] <= south <= north <= INDONESIA[3]
    ):
        yield "letaknya di luar Indonesia: periksa urutan bujur dan lintang"
    if not drawn.credit or not drawn.caution:
        yield "sumber (credit) atau peringatan (caution) tidak tertulis dalam berkas"
