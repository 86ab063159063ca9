"""Makes the base map of a Polres from map files of any supported format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from situasi.domain import boundaries as domain_boundaries
from situasi.domain.basemap import (
    KINDS,
    LINE_KINDS,
    WATER_AREA,
    MapFeature,
    format_feature,
)
from situasi.domain.boundaries import BASEMAP_LEVEL, KM_PER_DEGREE, Boundaries
from situasi.domain.register import Register
from situasi.ingest.basemap import feature_kinds
from situasi.ingest.boundaries.geojson_writer import format_json, replace_imports
from situasi.ingest.boundaries.layers import OSM_SUFFIXES, read_layers
from situasi.ingest.boundaries.report import GeoRefused

MAX_BYTES = 400_000
MARGIN_KM = 3.0  # lines go on so far beyond the border, and no farther
# Tried in this order until the map is small enough.
_TOLERANCES_M = (15.0, 30.0, 60.0, 120.0, 240.0)
_MIN_WATER_KM2 = 0.05
_DECIMALS = 5


@dataclass(frozen=True)
class BasemapReport:
    """Result of an import. counts: features by kind; ignored: rows that no base map draws."""

    sources: tuple[str, ...]
    counts: dict[str, int]
    ignored: int
    size_bytes: int
    tolerance_m: float
    written_file: Path

    def format_lines(self) -> list[str]:
        """Return the report for the command line, in Indonesian, as lines."""
        return [
            f"Peta dasar dari {', '.join(self.sources)}",
            "  " + ", ".join(f"{kind} {count}" for kind, count in self.counts.items()),
            f"  {self.ignored} baris lain tidak digambar",
            f"  {self.size_bytes} bita, disederhanakan sampai {self.tolerance_m:.0f} m",
            f"  ditulis: {self.written_file}",
        ]


def import_basemap(
    paths: Sequence[Path], register: Register, folder: Path, *, credit: str | None = None
) -> BasemapReport:
    """Read, clip, simplify and write a base map to `folder/impor/`; it replaces the one there.

    credit: sources and licences to name beside the map, by default the files. Raises GeoRefused
    with one Indonesian sentence; nothing is written then.
    """
    boundaries = domain_boundaries.load(folder)
    area = shapely.union_all(boundaries.polygons).buffer(MARGIN_KM / KM_PER_DEGREE)
    rows = [row for path in paths for row in _read_rows(path, area)]
    features = [feature for row in rows if (feature := _build_feature(row, area))]
    features = _add_desa_codes(features, register, boundaries)
    names = tuple(path.name for path in paths)
    if not features:
        raise GeoRefused(
            "Tidak ada sungai, jalan, rel, desa atau kantor kabupaten ini dalam "
            f"{', '.join(names)}."
        )
    tolerance_m, text = _format_small_enough(features, credit or f"Peta dasar: {', '.join(names)}")
    (written_file,) = replace_imports(folder, {BASEMAP_LEVEL: text})
    counts = {kind: sum(feature.kind == kind for feature in features) for kind in KINDS}
    return BasemapReport(
        sources=names,
        counts={kind: count for kind, count in counts.items() if count},
        ignored=len(rows) - len(features),
        size_bytes=len(text.encode()),
        tolerance_m=tolerance_m,
        written_file=written_file,
    )


def _read_rows(path: Path, area: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows near the area: lower-case columns, and `geometry` in degrees."""
    for frame in read_layers(path, bbox=area.bounds, more_suffixes=OSM_SUFFIXES):
        frame = frame if frame.crs is None else frame.to_crs(4326)
        shapes = frame.geometry.values
        table = frame.drop(columns=frame.geometry.name).rename(columns=str.lower)
        near = np.flatnonzero(shapely.intersects(np.asarray(shapes, dtype=object), area))
        for row, shape in zip(table.iloc[near].to_dict("records"), shapes[near], strict=True):
            yield {**row, "geometry": shape}


def _build_feature(row: dict[str, Any], area: Any) -> MapFeature | None:
    """Return what the base map draws of a row, inside the area; None for other rows."""
    kind = feature_kinds.find_kind(row)
    if kind is None:
        return None
    shape = shapely.force_2d(row["geometry"])
    if kind in (WATER_AREA, *LINE_KINDS):
        shape = _select_dimension(shapely.intersection(shapely.make_valid(shape), area), kind)
    elif shapely.get_dimensions(shape):
        shape = shapely.Point(shapely.maximum_inscribed_circle(shape).coords[0])
    if shape.is_empty:
        return None
    name, code = feature_kinds.find_name(row), feature_kinds.find_code(row)
    return MapFeature(kind, name, shape, code if kind == "desa" else "")


def _select_dimension(shape: Any, kind: str) -> Any:
    """Return only the polygons of water, from a size on, or only the lines of other kinds."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    dimensions = shapely.get_dimensions(parts)
    if kind == WATER_AREA:
        is_large = shapely.area(parts) > _MIN_WATER_KM2 / KM_PER_DEGREE**2
        return shapely.multipolygons(parts[(dimensions == 2) & is_large])
    return shapely.line_merge(shapely.multilinestrings(parts[dimensions == 1]))


def _add_desa_codes(
    features: list[MapFeature], register: Register, boundaries: Boundaries
) -> list[MapFeature]:
    """Give each desa the code and spelling of the register: by its code, or name and kecamatan."""
    by_name = {(desa.kecamatan, desa.name.casefold()): code for code, desa in register.desa.items()}
    result = []
    for feature in features:
        if feature.kind == "desa" and feature.code not in register.desa:
            lon, lat = np.array([feature.geometry.x]), np.array([feature.geometry.y])
            place = boundaries.locate(lon, lat)[0], feature.name.casefold()
            feature = MapFeature(
                feature.kind, feature.name, feature.geometry, by_name.get(place, "")
            )
        if feature.code:
            name = register.desa[feature.code].name
            feature = MapFeature(feature.kind, name, feature.geometry, feature.code)
        result.append(feature)
    return result


def _format_small_enough(features: list[MapFeature], credit: str) -> tuple[float, str]:
    """Return the tolerance in metres and the file. Raises GeoRefused if it stays too large."""
    for tolerance_m in _TOLERANCES_M:
        text = _format_collection([_simplify(feature, tolerance_m) for feature in features], credit)
        if len(text.encode()) <= MAX_BYTES:
            return tolerance_m, text
    raise GeoRefused(
        f"Peta dasar ini tetap di atas {MAX_BYTES // 1000} kB; kurangi isinya, "
        "misalnya jalan kecil."
    )


def _simplify(feature: MapFeature, tolerance_m: float) -> MapFeature:
    degrees = tolerance_m / 1000 / KM_PER_DEGREE
    shape = shapely.set_precision(shapely.simplify(feature.geometry, degrees), 10.0**-_DECIMALS)
    return MapFeature(feature.kind, feature.name, shape, feature.code)


def _format_collection(features: list[MapFeature], credit: str) -> str:
    """Return the file, one feature a line, in the order in which kinds are drawn."""
    ordered = sorted(features, key=lambda feature: (KINDS.index(feature.kind), feature.code))
    lines = ",\n".join(
        format_json(format_feature(feature)) for feature in ordered if not feature.geometry.is_empty
    )
    head = f'"credit":{format_json(credit)},\n"features":[\n'
    return f'{{"type":"FeatureCollection",\n{head}{lines}\n]}}\n'
