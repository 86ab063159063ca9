"""Base map under the measures: rivers, roads, railway, names of places and offices.

A picture for orientation, never a measure of distance.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
        return {part: _format_part(features) for part, features in parts.items() if features}


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


def _format_part(features: list[MapFeature]) -> bytes:
    collection = {"type": "FeatureCollection", "features": [format_feature(f) for f in features]}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _compute_fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
