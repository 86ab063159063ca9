"""The ground that officers cross: where places lie, and the ways between them."""

from __future__ import annotations

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
import shapely

from situasi.domain import boundaries as domain_boundaries
from situasi.domain.boundaries import KM_PER_DEGREE, Boundaries
from situasi.domain.election import Election

Point = tuple[float, float]  # longitude, latitude (WGS 84)
FloatArray = npt.NDArray[np.float64]

_EARTH_KM = 6371.0088
# How far apart two points of a square lie on the average, in sides of it.
_MEAN_DISTANCE_IN_SQUARE = 0.5214
# 0.00001 degrees are a metre: ends of lines this near are one place.
_NODE_DECIMALS = 5


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads and rivers as a net. nodes: ends and crossings (lon, lat); edges: pairs of nodes;
    km: the length of each, along the line."""

    nodes: FloatArray
    edges: npt.NDArray[np.intp]
    edge_km: FloatArray


@dataclass(frozen=True, eq=False)
class Geography:
    """Where the places lie.

    points, km2: a point within each kecamatan, and each desa whose lines are known, and its area.
    desa: how many desa a kecamatan has. seat: the kecamatan of the command, None where nobody
    said. ways: None where no file of them is given: then distances are straight lines.
    """

    points: Mapping[str, Point]
    areas_km2: Mapping[str, float]
    desa_counts: Mapping[str, int]
    seat_kecamatan: str | None
    roads: RoadNetwork | None = None

    def find_area(self, code: str) -> str | None:
        """The area by which a place is known: itself, or its kecamatan; None: it has none.

        code: of a kecamatan or desa; "" for the seat of the command.
        """
        code = code or self.seat_kecamatan or ""
        if code in self.points:
            return code
        above = code.rpartition(".")[0]
        return above if above in self.points else None

    def point(self, code: str) -> Point:
        """Where a place is drawn and measured from; the middle of all where nothing is known."""
        area = self.find_area(code)
        return self.points[area] if area else self._mean_point

    def mean_internal_km(self, code: str) -> float:
        """How many km apart two points of this place lie on the average (perkiraan)."""
        area = self.find_area(code)
        if area is None:
            return _MEAN_DISTANCE_IN_SQUARE * math.sqrt(sum(self.areas_km2.values()))
        # Of a desa whose lines nobody gave: its kecamatan parted into equal ones.
        parts = (
            1 if area == (code or self.seat_kecamatan) else max(1, self.desa_counts.get(area, 1))
        )
        return _MEAN_DISTANCE_IN_SQUARE * math.sqrt(self.areas_km2[area] / parts)

    @cached_property
    def _mean_point(self) -> Point:
        lon, lat = np.array(list(self.points.values())).mean(axis=0).tolist()
        return lon, lat


def load(election: Election, boundaries: Boundaries, desa: Iterable[str]) -> Geography:
    """The ground of an election. desa: the codes of all.

    Raises FileNotFoundError or ValueError for a file of ways that is missing or holds no lines.
    """
    every = [boundaries]
    with suppress(FileNotFoundError):  # nobody imported any: the kecamatan stands for its desa
        every.append(domain_boundaries.load(election.boundaries_folder, "desa"))
    return Geography(
        points={code: point for one in every for code, point in one.label_points.items()},
        areas_km2={
            code: compute_area_km2(polygon)
            for one in every
            for code, polygon in zip(one.codes, one.polygons, strict=True)
        },
        desa_counts=Counter(code.rpartition(".")[0] for code in desa),
        seat_kecamatan=election.seat_kecamatan,
        roads=read_roads(election.roads_file) if election.roads_file else None,
    )


def compute_area_km2(polygon: Any) -> float:
    """The area of a polygon in degrees, in km² (to 1 % near the equator)."""
    narrower = math.cos(math.radians(shapely.centroid(polygon).y))
    return float(shapely.area(polygon)) * KM_PER_DEGREE**2 * narrower


def great_circle_km(origins: FloatArray, destinations: FloatArray) -> FloatArray:
    """The great circle between points (…, 2) and others, in km."""
    lon, lat = np.moveaxis(np.radians(origins), -1, 0)
    to_lon, to_lat = np.moveaxis(np.radians(destinations), -1, 0)
    half = (
        np.sin((to_lat - lat) / 2) ** 2
        + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    )
    found: FloatArray = 2 * _EARTH_KM * np.arcsin(np.sqrt(half))
    return found


def read_roads(path: Path) -> RoadNetwork:
    """Read a GeoJSON file of lines. Raises FileNotFoundError, and ValueError where it has none."""
    try:
        features = json.loads(path.read_text("utf-8"))["features"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: no GeoJSON collection of lines") from error
    lines = [line for one in features for line in _line_coordinates(one.get("geometry") or {})]
    if not lines:
        raise ValueError(f"{path}: holds no lines")
    return build_network(lines)


def _line_coordinates(geometry: Mapping[str, Any]) -> list[list[Sequence[float]]]:
    if geometry.get("type") == "LineString":
        return [geometry["coordinates"]]
    return list(geometry["coordinates"]) if geometry.get("type") == "MultiLineString" else []


def build_network(lines: Iterable[Sequence[Sequence[float]]]) -> RoadNetwork:
    """The net of these lines: a node wherever one ends or two share a point."""
    drawn = [
        [(round(p[0], _NODE_DECIMALS), round(p[1], _NODE_DECIMALS)) for p in line] for line in lines
    ]
    drawn = [line for line in drawn if len(line) > 1]
    seen = Counter(point for line in drawn for point in line)
    number: dict[Point, int] = {}
    edges: list[tuple[int, int]] = []
    lengths: list[float] = []
    for line in drawn:
        steps = great_circle_km(np.array(line[:-1]), np.array(line[1:])).tolist()
        begun, gone = number.setdefault(line[0], len(number)), 0.0
        for at, step in enumerate(steps, start=1):
            gone += step
            if seen[line[at]] > 1 or at == len(steps):
                reached = number.setdefault(line[at], len(number))
                edges.append((begun, reached))
                lengths.append(gone)
                begun, gone = reached, 0.0
    return RoadNetwork(np.array(list(number)), np.array(edges, dtype=np.intp), np.array(lengths))
