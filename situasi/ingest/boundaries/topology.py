"""Areas of polygons, and the gaps and overlaps between neighbours."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

METRE_DEGREES = 1 / 111_320  # in degrees; the error is under 2 % anywhere in Indonesia
NOISE_KM2 = 1e-6  # a sliver under 1 m²,
NOISE_M = 0.3  # or narrower than a few steps of the six decimals, is a rounding error
CRACK_M = 50.0  # gaps open to the outside are found up to this width
CRACK_KM2 = 1e-4  # and from 100 m²; smaller ones are the sharp corners of an outline
_GEOD = Geod(ellps="WGS84")


def area_km2(shape: Any) -> float:
    """Return the geodesic area of a polygon in degrees, on the WGS 84 ellipsoid."""
    area, _ = _GEOD.geometry_area_perimeter(shapely.orient_polygons(shape))
    return abs(float(area)) / 1e6


def polygon_parts(shape: Any) -> list[Any]:
    """Return the polygons of any geometry, without its points and lines."""
    pieces = shapely.get_parts(shapely.get_parts(shape))
    return [piece for piece in pieces if piece.geom_type == "Polygon" and not piece.is_empty]


def count_vertices(shapes: Sequence[Any]) -> int:
    """Return the number of points of all rings together."""
    return int(np.sum(shapely.get_num_coordinates(np.array(shapes, dtype=object))))


def mean_width_m(piece: Any) -> float:
    """Return twice area over perimeter: the width of a long thin piece."""
    return 2 * float(piece.area) / float(piece.length) / METRE_DEGREES


def find_overlaps(shapes: Sequence[Any]) -> list[Any]:
    """Return every piece that lies in two polygons."""
    polygons = np.array(shapes, dtype=object)
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    is_first = left < right
    shared = shapely.intersection(polygons[left[is_first]], polygons[right[is_first]])
    return [piece for shape in shared for piece in polygon_parts(shape) if _is_significant(piece)]


def find_gaps(shapes: Sequence[Any]) -> list[Any]:
    """Return every piece between polygons that is in none: holes, and thin cracks at the edge."""
    union = shapely.union_all(np.array(shapes, dtype=object))
    holes = [
        shapely.Polygon(ring)
        for part in polygon_parts(union)
        for ring in shapely.get_rings(part)[1:]
    ]
    # What lies in the hole is cut out of the gap: an islet belongs to a polygon.
    inner = [piece for hole in holes for piece in polygon_parts(shapely.difference(hole, union))]
    gaps = [*inner, *_find_cracks(shapes, shapely.union_all([union, *holes]))]
    return [piece for piece in gaps if _is_significant(piece)]


def _is_significant(piece: Any) -> bool:
    return area_km2(piece) > NOISE_KM2 and mean_width_m(piece) > NOISE_M


def _find_cracks(shapes: Sequence[Any], union: Any) -> list[Any]:
    """Return thin pieces outside that lie between two polygons.

    Buffering the union outwards and inwards fills them. The corners are mitred, so that a corner of
    the outline comes back as it was, down to inlets that open by three degrees.
    """
    distance = CRACK_M / 2 * METRE_DEGREES
    widened = shapely.buffer(union, distance, join_style="mitre", mitre_limit=5)
    filled = shapely.buffer(widened, -distance, join_style="mitre", mitre_limit=40)
    outside = polygon_parts(shapely.difference(filled, union))
    tree = shapely.STRtree(np.array(shapes, dtype=object))
    large = (piece for piece in outside if area_km2(piece) > CRACK_KM2)
    return [piece for piece in large if _lies_between(piece, tree)]


def _lies_between(piece: Any, tree: shapely.STRtree) -> bool:
    """Return whether a good part of the edge touches a polygon other than its main one."""
    points = shapely.get_coordinates(piece.exterior)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    middles = shapely.points((points[:-1] + points[1:]) / 2)
    edge, polygon = tree.query_nearest(middles, max_distance=0.2 * METRE_DEGREES, all_matches=False)
    length_by_polygon = np.bincount(polygon, weights=lengths[edge])
    return length_by_polygon.size > 0 and bool(
        1 - length_by_polygon.max() / length_by_polygon.sum() > 0.15
    )
