"""Imports the official boundary file of a Polres, in any supported format."""

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
    """Polygons by code in degrees, their row count, how they were located, and warnings."""

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
    """Read, repair and write boundaries to `target_folder/impor/`, where the board finds them.

    level: "kecamatan" or "desa"; if every desa is present, kecamatan are built from them too.
    credit: source to name beside the map, by default the file. tolerance_m: tolerance for
    simplifying lines (0: none). Nothing is written after an error. Raises GeoRefused with one
    Indonesian sentence; ValueError for an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {LEVELS}, not {level!r}")
    source = _best_layer(path, level, register)
    missing = _check_missing(source.match_result, level, register, path.name)
    assembled = _assemble_polygons(source, register)
    repaired = repair_topology(assembled.polygons)
    simplified = _simplify(repaired.polygons, tolerance_m)
    by_level = _build_levels(simplified, level, register, is_complete=not missing)
    names = register_names("kecamatan", register) | register_names("desa", register)
    credit = credit or f"Batas: {path.name}"
    files = replace_imports(
        target_folder,
        {key: format_collection(part, names, credit, caution) for key, part in by_level.items()},
    )
    return BoundaryReport(
        source=path.name,
        level=level,
        features=source.features,
        ignored_features=source.features - assembled.rows,
        area_km2={code: area_km2(shape) for code, shape in sorted(simplified.items())},
        gaps=repaired.gaps,
        overlaps=repaired.overlaps,
        vertices=count_vertices(list(simplified.values())),
        crs=assembled.located.crs,
        column=source.match_result.column,
        axes_swapped=assembled.located.axes_swapped,
        written_files=files,
        warnings=(
            *source.match_result.warnings,
            *missing,
            *assembled.warnings,
            *_remaining_warnings(repaired),
        ),
    )


def _best_layer(path: Path, level: str, register: Register) -> _SourceLayer:
    """Return the layer that contains most places of the register."""
    sources = []
    area_count = 0
    for frame in read_layers(path):
        shapes = [to_polygon(shape) for shape in frame.geometry.values]
        rows = [i for i, shape in enumerate(shapes) if shape is not None]
        area_count += len(rows)
        table = frame.drop(columns=frame.geometry.name).iloc[rows].reset_index(drop=True)
        match_result = match_places(table, level, register)
        if match_result:
            sources.append(
                _SourceLayer([shapes[i] for i in rows], frame.crs, match_result, len(frame))
            )
    if not area_count:
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
    """Return the rows of this kabupaten in degrees, one polygon per code, checked for position."""
    match, ref = source.match_result, shipped.load(register)
    if match.is_weak and not ref:
        raise GeoRefused(f"Kode pada kolom {match.column} bukan kode Kemendagri.")
    indexes = [i for i, code in enumerate(match.codes) if code]
    located = locate_shapes(
        np.array([source.shapes[i] for i in indexes], dtype=object), source.crs, ref
    )
    is_near = centres_in_window(located.shapes, ref.window) if ref else np.full(len(indexes), True)
    rows = [
        (str(match.codes[i]), shape)
        for i, shape, is_inside in zip(indexes, located.shapes, is_near, strict=True)
        if is_inside
    ]
    polygons, notes = dissolve_rows(rows, register.name_of, by_name=match.is_by_name)
    outside = sorted({code for code in match.codes if code} - set(polygons))
    if outside:
        names = format_list(register.name_of(code) for code in outside)
        raise GeoRefused(f"Namanya ada, tetapi letaknya jauh di luar kabupaten: {names}.")
    checks = shipped.check_positions(polygons, ref, register.name_of) if ref else ()
    return _PlacePolygons(polygons, len(rows), located, (*located.warnings, *notes, *checks))


def _check_missing(
    match_result: MatchResult, level: str, register: Register, name: str
) -> tuple[str, ...]:
    """Raise GeoRefused if kecamatan are missing; of desa, return a warning if only a few are."""
    expected = register_names(level, register)
    missing = [place for code, place in expected.items() if code not in set(match_result.codes)]
    if not missing:
        return ()
    unknown = (
        f"; nama yang tidak dikenali: {format_list(match_result.unknown_names)}"
        if match_result.unknown_names
        else ""
    )
    message = f"{len(missing)} {level} tidak ada dalam {name}: {format_list(missing)}{unknown}"
    if level == "kecamatan" or match_result.place_count < MIN_DESA_SHARE * len(expected):
        raise GeoRefused(f"{message}.")
    return (message,)


def _simplify(polygons: dict[str, Any], tolerance_m: float) -> dict[str, Any]:
    """Simplify shared lines alike for both neighbours; return the input if a shape would break."""
    if tolerance_m <= 0:
        return polygons
    shapes = np.array(list(polygons.values()), dtype=object)
    simplified = shapely.coverage_simplify(shapes, tolerance_m * METRE_DEGREES)
    is_valid = shapely.is_valid(simplified).all() and not shapely.is_empty(simplified).any()
    if not is_valid or shapely.coverage_is_valid(shapes) != shapely.coverage_is_valid(simplified):
        return polygons
    return dict(zip(polygons, simplified, strict=True))


def _build_levels(
    polygons: dict[str, Any], level: str, register: Register, *, is_complete: bool
) -> dict[str, dict[str, Any]]:
    levels = {level: polygons}
    if level == "desa" and is_complete:
        members: dict[str, list[Any]] = {}
        for code, shape in polygons.items():
            members.setdefault(register.desa[code].kecamatan, []).append(shape)
        levels["kecamatan"] = {code: shapely.union_all(shapes) for code, shapes in members.items()}
    return levels


def _remaining_warnings(repair_result: RepairResult) -> Iterator[str]:
    for kind, slivers in (
        ("celah", repair_result.gaps),
        ("tumpang tindih", repair_result.overlaps),
    ):
        if slivers.remaining:
            size = format_decimal(slivers.remaining_km2, 4)
            yield f"{slivers.remaining} {kind} tersisa setelah perbaikan: {size} km²"
