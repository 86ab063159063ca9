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
from situasi.ingest.boundaries.crs_detection import Placed, place, within
from situasi.ingest.boundaries.dissolve import gather, polygonal
from situasi.ingest.boundaries.geojson_writer import collection, switch
from situasi.ingest.boundaries.layers import layers
from situasi.ingest.boundaries.match_result import Reading, places
from situasi.ingest.boundaries.place_matching import match
from situasi.ingest.boundaries.report import GeoRefused, Report, decimal, listed
from situasi.ingest.boundaries.topology import METRE, area_km2, vertices
from situasi.ingest.boundaries.topology_repair import Mended, mend

LEVELS = ("kecamatan", "desa")
CAUTION = "Disederhanakan, bukan acuan hukum"
FEW = 0.5  # a file with fewer desa than this share is of another kabupaten or level


@dataclass(frozen=True)
class _Source:
    """One layer: its polygons and declared CRS, and which of them is which place."""

    shapes: Any
    crs: Any
    reading: Reading
    features: int


@dataclass(frozen=True)
class _Found:
    """Polygons by code in degrees, from how many rows, how coordinates were read, what to say."""

    polygons: dict[str, Any]
    rows: int
    placed: Placed
    warnings: tuple[str, ...]


def import_file(
    path: Path,
    level: str,
    register: Register,
    target_folder: Path,
    *,
    credit: str | None = None,
    caution: str = CAUTION,
    tolerance_m: float = 10.0,
) -> Report:
    """Read, repair and write boundaries to `target_folder/impor/`, where boards find them.

    level: "kecamatan" or "desa"; with every desa there, kecamatan are made from them too.
    credit: whom to name beside the map; without it, the file. tolerance_m: how far lines are
    simplified (0: not at all). Nothing is written unless all is well.
    Raises GeoRefused with one Indonesian sentence; ValueError for an unknown level.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {LEVELS}, not {level!r}")
    source = _best_layer(path, level, register)
    missing = _missing(source.reading, level, register, path.name)
    found = _placed(source, register)
    mended = mend(found.polygons)
    drawn = _simplified(mended.polygons, tolerance_m)
    parts = _levels(drawn, level, register, whole=not missing)
    names = places("kecamatan", register) | places("desa", register)
    credit = credit or f"Batas: {path.name}"
    files = switch(
        target_folder,
        {one: collection(part, names, credit, caution) for one, part in parts.items()},
    )
    return Report(
        source=path.name,
        level=level,
        features=source.features,
        ignored=source.features - found.rows,
        area_km2={code: area_km2(shape) for code, shape in sorted(drawn.items())},
        gaps=mended.gaps,
        overlaps=mended.overlaps,
        vertices=vertices(list(drawn.values())),
        crs=found.placed.crs,
        column=source.reading.column,
        axes_swapped=found.placed.swapped,
        written=files,
        warnings=(*source.reading.warnings, *missing, *found.warnings, *_left(mended)),
    )


def _best_layer(path: Path, level: str, register: Register) -> _Source:
    """The layer that finds most places of the register."""
    sources = []
    areas = 0
    for frame in layers(path):
        shapes = [polygonal(shape) for shape in frame.geometry.values]
        kept = [at for at, shape in enumerate(shapes) if shape is not None]
        areas += len(kept)
        table = frame.drop(columns=frame.geometry.name).iloc[kept].reset_index(drop=True)
        reading = match(table, level, register)
        if reading:
            sources.append(_Source([shapes[at] for at in kept], frame.crs, reading, len(frame)))
    if not areas:
        raise GeoRefused(
            f"Berkas {path.name} tidak berisi wilayah (poligon), hanya titik atau garis."
        )
    if not sources:
        raise GeoRefused(
            f"Tidak satu pun {level} {register.election.kabupaten} dikenali dalam {path.name}: "
            "tidak ada kolom dengan kode Kemendagri atau nama dari daftar."
        )
    return max(sources, key=lambda source: source.reading.hits)


def _placed(source: _Source, register: Register) -> _Found:
    """The rows of this kabupaten in degrees, one polygon per code, each where it must lie."""
    reading, known = source.reading, shipped.load(register)
    if reading.weak and not known:
        raise GeoRefused(f"Kode pada kolom {reading.column} bukan kode Kemendagri.")
    chosen = [at for at, code in enumerate(reading.codes) if code]
    placed = place(np.array([source.shapes[at] for at in chosen], dtype=object), source.crs, known)
    near = within(placed.shapes, known.window) if known else np.full(len(chosen), True)
    rows = [
        (str(reading.codes[at]), shape)
        for at, shape, here in zip(chosen, placed.shapes, near, strict=True)
        if here
    ]
    polygons, notes = gather(rows, register.name_of, by_name=reading.by_name)
    lost = sorted({code for code in reading.codes if code} - set(polygons))
    if lost:
        told = listed(register.name_of(code) for code in lost)
        raise GeoRefused(f"Namanya ada, tetapi letaknya jauh di luar kabupaten: {told}.")
    checks = shipped.verify(polygons, known, register.name_of) if known else ()
    return _Found(polygons, len(rows), placed, (*placed.warnings, *notes, *checks))


def _missing(reading: Reading, level: str, register: Register, name: str) -> tuple[str, ...]:
    """Refuse where kecamatan are missing; of desa a few may be."""
    wanted = places(level, register)
    lost = [place for code, place in wanted.items() if code not in set(reading.codes)]
    if not lost:
        return ()
    strange = f"; nama yang tidak dikenali: {listed(reading.unknown)}" if reading.unknown else ""
    told = f"{len(lost)} {level} tidak ada dalam {name}: {listed(lost)}{strange}"
    if level == "kecamatan" or reading.hits < FEW * len(wanted):
        raise GeoRefused(f"{told}.")
    return (told,)


def _simplified(polygons: dict[str, Any], tolerance_m: float) -> dict[str, Any]:
    """Fewer points, the same for both neighbours; left as it is where that would break a shape."""
    if tolerance_m <= 0:
        return polygons
    shapes = np.array(list(polygons.values()), dtype=object)
    fewer = shapely.coverage_simplify(shapes, tolerance_m * METRE)
    sound = shapely.is_valid(fewer).all() and not shapely.is_empty(fewer).any()
    if not sound or shapely.coverage_is_valid(shapes) != shapely.coverage_is_valid(fewer):
        return polygons
    return dict(zip(polygons, fewer, strict=True))


def _levels(
    drawn: dict[str, Any], level: str, register: Register, *, whole: bool
) -> dict[str, dict[str, Any]]:
    levels = {level: drawn}
    if level == "desa" and whole:
        members: dict[str, list[Any]] = {}
        for code, shape in drawn.items():
            members.setdefault(register.desa[code].kecamatan, []).append(shape)
        levels["kecamatan"] = {code: shapely.union_all(some) for code, some in members.items()}
    return levels


def _left(mended: Mended) -> Iterator[str]:
    for what, slivers in (("celah", mended.gaps), ("tumpang tindih", mended.overlaps)):
        if slivers.left:
            size = decimal(slivers.left_km2, 4)
            yield f"{slivers.left} {what} tersisa setelah perbaikan: {size} km²"
