"""Checks the boundaries of the board against the register."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely

from situasi.domain import boundaries
from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.ingest.boundaries.match_result import register_names
from situasi.ingest.boundaries.place_names import parse_words
from situasi.ingest.boundaries.reference import INDONESIA
from situasi.ingest.boundaries.report import BoundaryReport, Slivers, format_decimal, format_list
from situasi.ingest.boundaries.topology import area_km2, count_vertices, find_gaps, find_overlaps


def check_boundaries(
    source: Path | Boundaries, register: Register, level: str = "kecamatan"
) -> BoundaryReport:
    """Measure boundaries without changing them: areas, gaps, overlaps, codes and names.

    source: a boundaries folder (as in election.toml) or boundaries already read. Raises
    FileNotFoundError where the folder has none of this level.
    """
    checked = source if isinstance(source, Boundaries) else boundaries.load(source, level)
    valid = [shapely.make_valid(shape) for shape in checked.polygons]
    gaps, overlaps = find_gaps(valid), find_overlaps(valid)
    areas: dict[str, float] = {}
    for code, shape in zip(checked.codes, valid, strict=True):
        areas[code] = areas.get(code, 0.0) + area_km2(shape)
    return BoundaryReport(
        source=source.name if isinstance(source, Path) else "batas yang dimuat",
        level=level,
        features=len(checked.codes),
        ignored_features=0,
        area_km2=areas,
        gaps=_count_unrepaired(gaps),
        overlaps=_count_unrepaired(overlaps),
        vertices=count_vertices(checked.polygons.tolist()),
        warnings=(
            *_code_warnings(checked, register_names(level, register)),
            *_line_warnings(checked),
            *_sliver_warnings("celah", gaps),
            *_sliver_warnings("tumpang tindih", overlaps),
        ),
    )


def _count_unrepaired(pieces: list[Any]) -> Slivers:
    size = sum(area_km2(piece) for piece in pieces)
    return Slivers(found=len(pieces), found_km2=size, remaining=len(pieces), remaining_km2=size)


def _sliver_warnings(quantity: str, pieces: list[Any]) -> Iterator[str]:
    if pieces:
        sizes = sorted((area_km2(piece) for piece in pieces), reverse=True)
        largest = format_list((f"{format_decimal(size, 4)} km²" for size in sizes), 3)
        yield f"{len(pieces)} {quantity} antarwilayah: {largest}"


def _code_warnings(checked: Boundaries, expected: dict[str, str]) -> Iterator[str]:
    missing = [name for code, name in expected.items() if code not in checked.codes]
    unknown = [code for code in checked.codes if code not in expected]
    duplicates = [code for code, count in Counter(checked.codes).items() if count > 1]
    if missing:
        yield f"tidak ada dalam batas: {format_list(missing)}"
    if unknown:
        yield f"kode tidak ada dalam daftar: {format_list(unknown)}"
    if duplicates:
        yield f"kode tercantum lebih dari sekali: {format_list(duplicates)}"
    names_by_code = {
        str(feature["properties"]["kode"]): feature["properties"].get("nama", "")
        for feature in json.loads(checked.raw)["features"]
    }
    differing = [
        f"{code} {name} (daftar: {expected[code]})"
        for code, name in names_by_code.items()
        if code in expected and "".join(parse_words(name)) != "".join(parse_words(expected[code]))
    ]
    if differing:
        yield f"nama berbeda dari daftar: {format_list(differing)}"


def _line_warnings(checked: Boundaries) -> Iterator[str]:
    invalid = [c for c, p in zip(checked.codes, checked.polygons, strict=True) if not p.is_valid]
    if invalid:
        yield f"garis menyilang dirinya sendiri: {format_list(invalid)}"
    west, south, east, north = checked.bounds
    if not (
        INDONESIA[0] <= west <= east <= INDONESIA[2]
        and INDONESIA[1] <= south <= north <= INDONESIA[3]
    ):
        yield "letaknya di luar Indonesia: periksa urutan bujur dan lintang"
    if not checked.credit or not checked.caution:
        yield "sumber (credit) atau peringatan (caution) tidak tertulis dalam berkas"
