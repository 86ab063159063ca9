"""Takes in the official boundary file that a Polres holds, whatever its form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from situasi.domain.register import Register
from situasi.ingest.boundaries import reference as shipped
from situasi.ingest.boundaries.crs_detection import LocatedShapes, centres_in_window, locate_shapes
from situasi.ingest.boundaries.dissolve import dissolve_rows, to_polygon
from situasi.ingest.boundaries.geojson_writer import format_collection, replace_imports
from situasi.ingest.boundaries.layers import read_layers
from situasi.ingest.boundaries.match_result import MatchResult, register_names
from situasi.ingest.boundaries.place_matching import match_places
from situasi.ingest.boundaries.report import BoundaryReport, GeoRefused, format_decimal, format_list
from situasi.ingest.boundaries.topology import METRE_DEGREES, area_km2, count_vertices
from situasi.ingest.boundaries.topology_repair import RepairResult, repair_topology

LEVELS = ("kecamatan", "desa")
DEFAULT_CAUTION = "Disederhanakan, bukan acuan hukum"
MIN_DESA_SHARE = 0.5  # a file with fewer desa than this share is of another kabupaten or level


@dataclass(frozen=True)
class _SourceLayer:
    """One layer: its polygons and declared CRS, and which of them is which place."""

    shapes: Any
    crs: Any
    match_result: MatchResult
    features: int


@dataclass(frozen=True)
class _PlacePolygons:
    """Polygons by code in degrees, from how many rows, how coordinates were read, what to say."""

    polygons: dict[str, Any]
    rows: int
    located: LocatedShapes
    warnings: tuple[str, ...]


def import_file(
    path: Path,
    level: str,
    register: Register,
    target_folder: Path,
    *,
    credit: str | None = None,
    caution: str = DEFAULT_CAUTION,
    tolerance_m: float = 10.0,
) -> BoundaryReport:
    """Read, repair and write boundaries to `target_folder/impor/`, where boards find them.

    level: "kecamatan" or "desa"; with every desa there, kecamatan are made from them too.
    credit: whom to name beside the map; without it, the file. tolerance_m: how far lines are
    simplified (0: not at all). Nothing is written unless all is well.
    Raises GeoRefused with one Indonesian sentence; ValueError for an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {LEVELS}, not {level!r}")
    source = _best_layer(path, level, register)
    missing = _check_missing(source.match_result, level, register, path.name)
    found = _assemble_polygons(source, register)
    mended = repair_topology(found.polygons)
    drawn = _simplify(mended.polygons, tolerance_m)
    parts = _build_levels(drawn, level, register, is_complete=not missing)
    names = register_names("kecamatan", register) | register_names("desa", register)
    credit = credit or f"Batas: {path.name}"
    files = replace_imports(
        target_folder,
        {one: format_collection(part, names, credit, caution) for one, part in parts.items()},
    )
    return BoundaryReport(
        source=path.name,
        level=level,
        features=source.features,
        ignored_features=source.features - found.rows,
        area_km2={code: area_km2(shape) for code, shape in sorted(drawn.items())},
        gaps=mended.gaps,
        overlaps=mended.overlaps,
        vertices=count_vertices(list(drawn.values())),
        crs=found.located.crs,
        column=source.match_result.column,
        axes_swapped=found.located.axes_swapped,
        written_files=files,
        warnings=(
            *source.match_result.warnings,
            *missing,
            *found.warnings,
            *_remaining_warnings(mended),
        ),
    )


def _best_layer(path: Path, level: str, register: Register) -> _SourceLayer:
    """The layer that finds most places of the register."""
    sources = []
    areas = 0
    for frame in read_layers(path):
        shapes = [to_polygon(shape) for shape in frame.geometry.values]
        kept = [at for at, shape in enumerate(shapes) if shape is not None]
        areas += len(kept)
        table = frame.drop(columns=frame.geometry.name).iloc[kept].reset_index(drop=True)
        reading = match_places(table, level, register)
        if reading:
            sources.append(
                _SourceLayer([shapes[at] for at in kept], frame.crs, reading, len(frame))
            )
    if not areas:
        raise GeoRefused(
            f"Berkas {path.name} tidak berisi wilayah (poligon), hanya titik atau garis."
        )
    if not sources:
        raise GeoRefused(
            f"Tidak satu pun {level} {register.election.kabupaten} dikenali dalam {path.name}: "
            "tidak ada kolom dengan kode Kemendagri atau nama dari daftar."
        )
    return max(sources, key=lambda source: source.match_result.place_count)


def _assemble_polygons(source: _SourceLayer, register: Register) -> _PlacePolygons:
    """The rows of this kabupaten in degrees, one polygon per code, each where it must lie."""
    reading, known = source.match_result, shipped.load(register)
    if reading.is_weak and not known:
        raise GeoRefused(f"Kode pada kolom {reading.column} bukan kode Kemendagri.")
    chosen = [at for at, code in enumerate(reading.codes) if code]
    placed = locate_shapes(
        np.array([source.shapes[at] for at in chosen], dtype=object), source.crs, known
    )
    near = centres_in_window(placed.shapes, known.window) if known else np.full(len(chosen), True)
    rows = [
        (str(reading.codes[at]), shape)
        for at, shape, here in zip(chosen, placed.shapes, near, strict=True)
        if here
    ]
    polygons, notes = dissolve_rows(rows, register.name_of, by_name=reading.is_by_name)
    lost = sorted({code for code in reading.codes if code} - set(polygons))
    if lost:
        told = format_list(register.name_of(code) for code in lost)
        raise GeoRefused(f"Namanya ada, tetapi letaknya jauh di luar kabupaten: {told}.")
    checks = shipped.check_positions(polygons, known, register.name_of) if known else ()
    return _PlacePolygons(polygons, len(rows), placed, (*placed.warnings, *notes, *checks))


def _check_missing(
    match_result: MatchResult, level: str, register: Register, name: str
) -> tuple[str, ...]:
    """Refuse where kecamatan are missing; of desa a few may be."""
    wanted = register_names(level, register)
    lost = [place for code, place in wanted.items() if code not in set(match_result.codes)]
    if not lost:
        return ()
    strange = (
        f"; nama yang tidak dikenali: {format_list(match_result.unknown_names)}"
        if match_result.unknown_names
        else ""
    )
    told = f"{len(lost)} {level} tidak ada dalam {name}: {format_list(lost)}{strange}"
    if level == "kecamatan" or match_result.place_count < MIN_DESA_SHARE * len(wanted):
        raise GeoRefused(f"{told}.")
    return (told,)


def _simplify(polygons: dict[str, Any], tolerance_m: float) -> dict[str, Any]:
    """Fewer points, the same for both neighbours; left as it is where that would break a shape."""
    if tolerance_m <= 0:
        return polygons
    shapes = np.array(list(polygons.values()), dtype=object)
    fewer = shapely.coverage_simplify(shapes, tolerance_m * METRE_DEGREES)
    sound = shapely.is_valid(fewer).all() and not shapely.is_empty(fewer).any()
    if not sound or shapely.coverage_is_valid(shapes) != shapely.coverage_is_valid(fewer):
        return polygons
    return dict(zip(polygons, fewer, strict=True))


def _build_levels(
    drawn: dict[str, Any], level: str, register: Register, *, is_complete: bool
) -> dict[str, dict[str, Any]]:
    levels = {level: drawn}
    if level == "desa" and is_complete:
        members: dict[str, list[Any]] = {}
        for code, shape in drawn.items():
            members.setdefault(register.desa[code].kecamatan, []).append(shape)
        levels["kecamatan"] = {code: shapely.union_all(some) for code, some in members.items()}
    return levels


def _remaining_warnings(repair_result: RepairResult) -> Iterator[str]:
    for what, slivers in (
        ("celah", repair_result.gaps),
        ("tumpang tindih", repair_result.overlaps),
    ):
        if slivers.remaining:
            size = format_decimal(slivers.remaining_km2, 4)
            yield f"{slivers.remaining} {what} tersisa setelah perbaikan: {size} km²"
