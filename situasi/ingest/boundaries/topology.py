"""Areas, and the gaps and overlaps between neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

METRE_DEGREES = 1 / 111_320  # in degrees; the error is under 2 % anywhere in Indonesia
NOISE_KM2 = 1e-6  # a sliver under 1 m²,
NOISE_M = 0.3  # or narrower than a few steps of the six decimals, is arithmetic, not a line
CRACK_M = 50.0  # gaps open to the outside are found up to this width
CRACK_KM2 = 1e-4  # and from 100 m²; smaller ones are the sharp corners of an outline
_GEOD = Geod(ellps="WGS84")


def area_km2(shape: Any) -> float:
    """Geodesic area on the WGS 84 ellipsoid of a polygon in degrees."""
    area, _ = _GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))
    return abs(float(area)) / 1e6


def polygon_parts(shape: Any) -> list[Any]:
    """The polygons of any geometry, without its points and lines."""
    pieces = shapely.get_parts(shapely.get_parts(shape))
    return [piece for piece in pieces if piece.geom_type == "Polygon" and not piece.is_empty]


def count_vertices(shapes: Sequence[Any]) -> int:
    """Points of all rings together."""
    return int(np.sum(shapely.get_num_coordinates(np.array(shapes, dtype=object))))


def mean_width_m(piece: Any) -> float:
    """Twice area over perimeter: how wide a long thin piece is."""
    return 2 * float(piece.area) / float(piece.length) / METRE_DEGREES


def find_overlaps(shapes: Sequence[Any]) -> list[Any]:
    """Every piece that lies in two polygons."""
    polygons = np.array(shapes, dtype=object)
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    once = left < right
    shared = shapely.intersection(polygons[left[once]], polygons[right[once]])
    return [piece for shape in shared for piece in polygon_parts(shape) if _is_significant(piece)]


def find_gaps(shapes: Sequence[Any]) -> list[Any]:
    """Every piece between polygons that lies in none: holes, and thin cracks to the outside."""
    whole = shapely.union_all(np.array(shapes, dtype=object))
    holes = [
        shapely.Polygon(ring)
        for part in polygon_parts(whole)
        for ring in shapely.get_rings(part)[1:]
    ]
    # What lies in the hole is cut out of the gap: an islet belongs to somebody.
    inner = [piece for hole in holes for piece in polygon_parts(shapely.difference(hole, whole))]
    found = [*inner, *_find_cracks(shapes, shapely.union_all([whole, *holes]))]
    return [piece for piece in found if _is_significant(piece)]


def _is_significant(piece: Any) -> bool:
    return area_km2(piece) > NOISE_KM2 and mean_width_m(piece) > NOISE_M


def _find_cracks(shapes: Sequence[Any], whole: Any) -> list[Any]:
    """Thin pieces outside that have one polygon on one side and another on the other.

    Widening and narrowing the whole fills them. The corners are mitred, so that a corner
    of the outline comes back as it was, down to inlets that open by three degrees.
    """
    reach = CRACK_M / 2 * METRE_DEGREES
    wide = shapely.buffer(whole, reach, join_style="mitre", mitre_limit=5)
    closed = shapely.buffer(wide, -reach, join_style="mitre", mitre_limit=40)
    outside = polygon_parts(shapely.difference(closed, whole))
    tree = shapely.STRtree(np.array(shapes, dtype=object))
    large = (piece for piece in outside if area_km2(piece) > CRACK_KM2)
    return [piece for piece in large if _lies_between(piece, tree)]


def _lies_between(piece: Any, tree: shapely.STRtree) -> bool:
    """Whether a good part of the edge lies on another polygon than the one that holds most."""
    points = shapely.get_coordinates(piece.exterior)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    middles = shapely.points((points[:-1] + points[1:]) / 2)
    edge, polygon = tree.query_nearest(middles, max_distance=0.2 * METRE_DEGREES, all_matches=False)
    touched = np.bincount(polygon, weights=lengths[edge])
    return touched.size > 0 and bool(1 - touched.max() / touched.sum() > 0.15)
