"""The area for travel: positions of places, and the roads and rivers between them."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from situasi.domain import boundaries as domain_boundaries
from situasi.domain.boundaries import KM_PER_DEGREE, Boundaries
from situasi.domain.register import Register

Point = tuple[float, float]  # longitude, latitude (WGS 84)
FloatArray = npt.NDArray[np.float64]

_EARTH_KM = 6371.0088
# Mean distance of two random points in a square, in sides of the square.
_MEAN_DISTANCE_IN_SQUARE = 0.5214
# 0.00001 degrees are about a metre: ends of lines this near are one node.
_NODE_DECIMALS = 5


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads and rivers as a graph.

    nodes: ends and crossings (lon, lat). edges: pairs of nodes. edge_km: length along the line.
    """

    nodes: FloatArray
    edges: npt.NDArray[np.intp]
    edge_km: FloatArray


@dataclass(frozen=True, eq=False)
class Geography:
    """The positions of the places.

    points: in each kecamatan, and in each desa whose TPS have places, that has lines or stands on
    the base map. areas_km2: of those with lines. desa_counts: number of desa by kecamatan.
    seat_kecamatan: the kecamatan of the command, None if unknown. roads: None without a file:
    distances are then straight lines.
    """

    points: Mapping[str, Point]
    areas_km2: Mapping[str, float]
    desa_counts: Mapping[str, int]
    seat_kecamatan: str | None
    roads: RoadNetwork | None = None

    def find_area(self, code: str) -> str | None:
        """Return the code whose position a place has: its own or its kecamatan's; None without.

        code: of a kecamatan or desa; "" for the seat of the command.
        """
        code = code or self.seat_kecamatan or ""
        if code in self.points:
            return code
        parent = code.rpartition(".")[0]
        return parent if parent in self.points else None

    def point(self, code: str) -> Point:
        """Return the point of a place for maps and distances; the mean of all if unknown."""
        area = self.find_area(code)
        return self.points[area] if area else self._mean_point

    def mean_internal_km(self, code: str) -> float:
        """Return the mean distance of two points in this place, in km (perkiraan)."""
        area = self.find_area(code)
        if area is None:
            return _MEAN_DISTANCE_IN_SQUARE * math.sqrt(sum(self.areas_km2.values()))
        # A desa without known lines counts as an equal part of its kecamatan.
        has_lines = area == (code or self.seat_kecamatan) and area in self.areas_km2
        bounded = area if area in self.areas_km2 else area.rpartition(".")[0]
        parts = 1 if has_lines else max(1, self.desa_counts.get(bounded, 1))
        return _MEAN_DISTANCE_IN_SQUARE * math.sqrt(self.areas_km2[bounded] / parts)

    @cached_property
    def _mean_point(self) -> Point:
        lon, lat = np.array(list(self.points.values())).mean(axis=0).tolist()
        return lon, lat


def load(register: Register, boundaries: Boundaries) -> Geography:
    """Return the geography of an election; where its TPS are known, they place their desa.

    Raises FileNotFoundError or ValueError for a file of roads that is missing or has no lines.
    """
    election, layers = register.election, [boundaries]
    with suppress(FileNotFoundError):  # not imported: the kecamatan stands for its desa
        layers.append(domain_boundaries.load(election.boundaries_folder, "desa"))
    return Geography(
        points={
            **boundaries.basemap.desa_points,
            **{code: point for layer in layers for code, point in layer.label_points.items()},
            **compute_desa_points(register.tps),
        },
        areas_km2={
            code: compute_area_km2(polygon)
            for layer in layers
            for code, polygon in zip(layer.codes, layer.polygons, strict=True)
        },
        desa_counts=Counter(code.rpartition(".")[0] for code in register.desa),
        seat_kecamatan=election.seat_kecamatan,
        roads=read_roads(election.roads_file) if election.roads_file else None,
    )


def compute_desa_points(tps: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the middle (longitude, latitude) of the TPS of each desa whose places are known.

    The median: one TPS with a wrong point moves it little. tps: of a Register.
    """
    placed = tps[tps["lat"].notna()]
    middles = placed.groupby("desa")[["lon", "lat"]].median()
    points = zip(middles["lon"].tolist(), middles["lat"].tolist(), strict=True)
    return dict(zip(middles.index.astype(str), points, strict=True))


def compute_area_km2(polygon: Any) -> float:
    """Return the area of a polygon in degrees, in km² (to 1 % near the equator)."""
    longitude_scale = math.cos(math.radians(shapely.centroid(polygon).y))
    return float(shapely.area(polygon)) * KM_PER_DEGREE**2 * longitude_scale


def great_circle_km(origins: FloatArray, destinations: FloatArray) -> FloatArray:
    """Return the great-circle distances between two arrays of points (…, 2), in km."""
    lon, lat = np.moveaxis(np.radians(origins), -1, 0)
    to_lon, to_lat = np.moveaxis(np.radians(destinations), -1, 0)
    haversine = (
        np.sin((to_lat - lat) / 2) ** 2
        + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    )
    distances: FloatArray = 2 * _EARTH_KM * np.arcsin(np.sqrt(haversine))
    return distances


def read_roads(path: Path) -> RoadNetwork:
    """Read a GeoJSON file of lines. Raises FileNotFoundError, or ValueError without lines."""
    try:
        features = json.loads(path.read_text("utf-8"))["features"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: bukan kumpulan garis GeoJSON") from error
    lines = [
        line for feature in features for line in _line_coordinates(feature.get("geometry") or {})
    ]
    if not lines:
        raise ValueError(f"{path}: tidak memuat garis")
    return build_network(lines)


def _line_coordinates(geometry: Mapping[str, Any]) -> list[list[Sequence[float]]]:
    if geometry.get("type") == "LineString":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"]) if geometry.get("type") == "MultiLineString" else []


def build_network(lines: Iterable[Sequence[Sequence[float]]]) -> RoadNetwork:
    """Return the network of these lines: a node wherever one ends or two share a point."""
    rounded = [
        [(round(point[0], _NODE_DECIMALS), round(point[1], _NODE_DECIMALS)) for point in line]
        for line in lines
    ]
    rounded = [line for line in rounded if len(line) > 1]
    point_counts = Counter(point for line in rounded for point in line)
    node_numbers: dict[Point, int] = {}
    edges: list[tuple[int, int]] = []
    lengths: list[float] = []
    for line in rounded:
        steps = great_circle_km(np.array(line[:-1]), np.array(line[1:])).tolist()
        first_node, km = node_numbers.setdefault(line[0], len(node_numbers)), 0.0
        for position, step in enumerate(steps, start=1):
            km += step
            if point_counts[line[position]] > 1 or position == len(steps):
                node = node_numbers.setdefault(line[position], len(node_numbers))
                edges.append((first_node, node))
                lengths.append(km)
                first_node, km = node, 0.0
    return RoadNetwork(
        np.array(list(node_numbers)), np.array(edges, dtype=np.intp), np.array(lengths)
    )
