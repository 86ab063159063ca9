"""Base map under the measures: rivers, roads, railway, names of places and offices.

A picture for orientation, never a measure of distance.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

URL_TEMPLATE = "/peta/dasar-{part}-{fingerprint}.geojson"
LINE_KINDS = ("sungai", "tol", "jalan_utama", "jalan", "rel")
WATER_AREA = "perairan"
POLICE_KINDS, ELECTION_KINDS = ("mapolres", "polsek"), ("ppk", "kpu")
OFFICE_KINDS = (*POLICE_KINDS, *ELECTION_KINDS)
PLACE_KINDS = ("kota", "desa")
KINDS = (WATER_AREA, *LINE_KINDS, *PLACE_KINDS, *OFFICE_KINDS)
# What is drawn at every zoom, and the names that are drawn from a zoom on.
LINES, NAMES = "garis", "nama"
_KINDS_BY_PART = {
    LINES: frozenset({WATER_AREA, *LINE_KINDS, *OFFICE_KINDS}),
    NAMES: frozenset({*PLACE_KINDS, *OFFICE_KINDS}),
}
# Zooms (of deck.gl) from which names are drawn: each name from the first at which it has room.
NAME_ZOOMS = (10.6, 11.2, 11.8, 12.4, 13.0, 13.6)
_WORLD_PX = 512  # width of the whole world at zoom 0
# Space of a name in pixels: the widest usual letter, one line, and a gap to the next name.
_LETTER_PX, _LINE_PX, _GAP_PX = 6.2, 13.0, 3.0


@dataclass(frozen=True)
class MapFeature:
    """One river, road, place or office, WGS 84. kind: of KINDS; code: of a desa, where known."""

    kind: str
    name: str
    geometry: Any
    code: str = ""


@dataclass(frozen=True, eq=False)
class Basemap:
    """All features of an area. credit: sources and licences to name beside the map."""

    features: tuple[MapFeature, ...] = ()
    credit: str = ""

    def select(self, *kinds: str) -> list[MapFeature]:
        """Return the features of these kinds."""
        return [feature for feature in self.features if feature.kind in kinds]

    @cached_property
    def desa_points(self) -> dict[str, tuple[float, float]]:
        """Return a point (longitude, latitude) well inside each desa, by code."""
        return {
            feature.code: (feature.geometry.x, feature.geometry.y)
            for feature in self.select("desa")
            if feature.code and isinstance(feature.geometry, shapely.Point)
        }

    def url(self, part: str) -> str | None:
        """Return the address of LINES or NAMES, which changes with the content; None if empty."""
        content = self._contents.get(part)
        if content is None:
            return None
        return URL_TEMPLATE.format(part=part, fingerprint=_compute_fingerprint(content))

    def find_content(self, part: str, fingerprint: str) -> bytes | None:
        """Return the GeoJSON of this address; None if it is not of this map."""
        content = self._contents.get(part)
        has_content = content is not None and _compute_fingerprint(content) == fingerprint
        return content if has_content else None

    @cached_property
    def _contents(self) -> Mapping[str, bytes]:
        parts = {part: self.select(*kinds) for part, kinds in _KINDS_BY_PART.items()}
        return {part: _format_part(part, features) for part, features in parts.items() if features}


def parse(raw: bytes) -> Basemap:
    """Read a base map file. Raises ValueError or KeyError where it is not one."""
    collection = json.loads(raw)
    rows = [(row["properties"], row["geometry"]) for row in collection["features"]]
    return Basemap(
        tuple(
            MapFeature(
                str(properties["jenis"]),
                str(properties.get("nama") or ""),
                shapely.from_geojson(json.dumps(geometry)),
                str(properties.get("kode") or ""),
            )
            for properties, geometry in rows
        ),
        str(collection.get("credit", "")),
    )


def format_feature(feature: MapFeature) -> dict[str, Any]:
    """Return a feature as GeoJSON, without empty properties."""
    properties = {"jenis": feature.kind, "nama": feature.name, "kode": feature.code}
    return {
        "type": "Feature",
        "properties": {name: value for name, value in properties.items() if value},
        "geometry": json.loads(shapely.to_geojson(feature.geometry)),
    }


def _format_part(part: str, features: list[MapFeature]) -> bytes:
    """Format a part of the map as GeoJSON; NAMES with `z`, the number of their NAME_ZOOMS."""
    rows = [format_feature(feature) for feature in features]
    if part == NAMES:
        for row, level in zip(rows, _assign_name_levels(features), strict=True):
            row["properties"]["z"] = level
    collection = {"type": "FeatureCollection", "features": rows}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _assign_name_levels(features: list[MapFeature]) -> list[int]:
    """Return for each name the first of NAME_ZOOMS at which it lies on no name drawn by then.

    Towns come first, then offices. What has no room at any of them is drawn from the last one on.
    """
    ranks = {kind: rank for rank, kind in enumerate(("kota", *OFFICE_KINDS))}
    waiting = sorted(range(len(features)), key=lambda i: ranks.get(features[i].kind, len(ranks)))
    levels, drawn = np.full(len(features), len(NAME_ZOOMS) - 1), np.zeros(len(features), bool)
    half_widths = np.array([len(feature.name) * _LETTER_PX / 2 for feature in features])
    points = np.array([_project(feature.geometry.centroid) for feature in features])
    for level, zoom in enumerate(NAME_ZOOMS):
        x, y = points.T * 2**zoom
        for index in tuple(waiting):
            overlaps = (np.abs(x - x[index]) < half_widths + half_widths[index] + _GAP_PX) & (
                np.abs(y - y[index]) < _LINE_PX
            )
            if not (overlaps & drawn).any():
                levels[index], drawn[index] = level, True
                waiting.remove(index)
    return list(map(int, levels))


def _project(point: Any) -> tuple[float, float]:
    """Project to pixels of Web Mercator at zoom 0."""
    latitude = math.asinh(math.tan(math.radians(point.y)))
    return (point.x + 180) / 360 * _WORLD_PX, (1 - latitude / math.pi) / 2 * _WORLD_PX


def _compute_fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
