"""Invented points for TPS, around their desa and inside their kecamatan."""

import random
from collections.abc import Iterable

import shapely

from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register

Point = tuple[float, float]  # longitude, latitude

_MARGIN = 0.003  # degrees, about 300 m: well inside, even where the border was simplified
_DESA_RADIUS = 0.012  # degrees, about 1.3 km
_MAX_TRIES = 60
_CANDIDATE_COUNT = 12


def draw_tps_points(
    register: Register, boundaries: Boundaries, rng: random.Random
) -> dict[str, Point]:
    """Draw a point by TPS code; none without a polygon.

    It is near its desa as the base map has it, or near a point that is invented for the desa.
    """
    polygons = zip(boundaries.codes, boundaries.polygons, strict=True)
    inner = {code: _shrink_polygon(polygon) for code, polygon in polygons}
    labels = boundaries.label_points
    desa: dict[str, Point] = {}
    for kecamatan in sorted(set(register.kecamatan) & set(inner)):
        centres: list[Point] = []
        for code in sorted(d.code for d in register.desa.values() if d.kecamatan == kecamatan):
            centre = boundaries.basemap.desa_points.get(code)
            if centre is None or not shapely.contains_xy(inner[kecamatan], *centre):
                centre = _draw_distant_point(inner[kecamatan], labels[kecamatan], centres, rng)
            centres.append(centre)
            desa[code] = centre
    return {
        code: _draw_point_near(inner[village.rpartition(".")[0]], desa[village], rng)
        for code, village in _list_tps_desa(register)
        if village in desa
    }


def _list_tps_desa(register: Register) -> Iterable[tuple[str, str]]:
    return zip(register.tps["code"], register.tps["desa"], strict=True)


def _shrink_polygon(polygon: shapely.Geometry) -> shapely.Geometry:
    smaller = shapely.buffer(polygon, -_MARGIN)
    inner = polygon if smaller.is_empty else smaller
    shapely.prepare(inner)
    return inner


def _draw_distant_point(
    area: shapely.Geometry, centre: Point, existing: list[Point], rng: random.Random
) -> Point:
    """Draw a point in the area, far from the existing ones, as villages are."""
    candidates = [_draw_point_in(area, centre, rng) for _ in range(_CANDIDATE_COUNT)]
    return max(
        candidates,
        key=lambda p: min(((p[0] - x) ** 2 + (p[1] - y) ** 2 for x, y in existing), default=0.0),
    )


def _draw_point_in(area: shapely.Geometry, fallback: Point, rng: random.Random) -> Point:
    west, south, east, north = shapely.bounds(area)
    for _ in range(_MAX_TRIES):
        point = (round(rng.uniform(west, east), 5), round(rng.uniform(south, north), 5))
        if shapely.contains_xy(area, *point):
            return point
    return fallback


def _draw_point_near(area: shapely.Geometry, centre: Point, rng: random.Random) -> Point:
    for _ in range(_MAX_TRIES):
        point = (
            round(centre[0] + rng.uniform(-_DESA_RADIUS, _DESA_RADIUS), 5),
            round(centre[1] + rng.uniform(-_DESA_RADIUS, _DESA_RADIUS), 5),
        )
        if shapely.contains_xy(area, *point):
            return point
    return centre
