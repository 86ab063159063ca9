"""Joins the rows of one place into one valid polygon; refuses a place that occurs twice."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import shapely

from situasi.ingest.boundaries.report import GeoRefused, format_list
from situasi.ingest.boundaries.topology import polygon_parts

DUPLICATE_OVERLAP_SHARE = (
    0.05  # rows of one place overlap in this share of the smaller one: they are copies, not parts
)
MAX_PART_DISTANCE_DEGREES = (
    0.3  # degrees, some 30 km: rows of one name further apart are two places
)


def to_polygon(shape: Any) -> Any | None:
    """Return the polygon of any geometry, in 2D; None if it has none or is not finite."""
    if shape is None or shape.is_empty:
        return None
    flat = shapely.force_2d(shape)
    if not shapely.is_valid_input(flat) or not _is_finite(flat):
        return None
    return shapely.MultiPolygon(polygon_parts(flat)) if polygon_parts(flat) else None


def dissolve_rows(
    rows: Sequence[tuple[str, Any]], name_of: Callable[[str], str], *, by_name: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return one valid polygon per code, in order of code, and repair notes in Indonesian.

    rows: (code, polygon). Raises GeoRefused where a code occurs twice, or, with `by_name`, where
    one name is two places far apart.
    """
    self_crossing = {code for code, shape in rows if not shape.is_valid}
    parts: dict[str, list[Any]] = {}
    for code, shape in rows:
        parts.setdefault(code, []).append(_make_valid(shape))
    duplicates = [code for code, shapes in parts.items() if _is_duplicate(shapes, by_name)]
    if duplicates:
        names = format_list(f"{name_of(code)} ({code})" for code in sorted(duplicates))
        raise GeoRefused(f"Tercantum lebih dari sekali dalam berkas: {names}.")
    joined = {code: shapely.union_all(shapes) for code, shapes in sorted(parts.items())}
    polygons = {code: shape for code, shape in joined.items() if not shape.is_empty}
    if not self_crossing:
        return polygons, ()
    names = format_list(map(name_of, sorted(self_crossing)))
    return polygons, (f"garis yang menyilang dirinya sendiri diperbaiki: {names}",)


def _is_finite(shape: Any) -> bool:
    return all(abs(edge) < 1e12 for edge in shape.bounds)  # False for NaN too


def _make_valid(shape: Any) -> Any:
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return (
        shapely.MultiPolygon(polygon_parts(valid))
        if polygon_parts(valid)
        else shapely.MultiPolygon()
    )


def _is_duplicate(shapes: Sequence[Any], by_name: bool) -> bool:
    for first, second in combinations(shapes, 2):
        smaller = min(first.area, second.area)
        if (
            smaller > 0
            and shapely.intersection(first, second).area > DUPLICATE_OVERLAP_SHARE * smaller
        ):
            return True
        if by_name and shapely.distance(first, second) > MAX_PART_DISTANCE_DEGREES:
            return True
    return False
