"""Joins the rows of one place into one valid polygon; refuses a place that comes twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import shapely

from situasi.ingest.boundaries.report import GeoRefused, format_list
from situasi.ingest.boundaries.topology import polygon_parts

DUPLICATE_OVERLAP_SHARE = (
    0.05  # rows of one place share more than this part of the smaller one: not parts, copies
)
MAX_PART_DISTANCE_DEGREES = (
    0.3  # degrees, some 30 km: rows of one name further apart are two places
)


def to_polygon(shape: Any) -> Any | None:
    """The polygon of any geometry, flat; None where it has none, or no finite coordinates."""
    if shape is None or shape.is_empty:
        return None
    flat = shapely.force_2d(shape)
    if not shapely.is_valid_input(flat) or not _is_finite(flat):
        return None
    return shapely.MultiPolygon(polygon_parts(flat)) if polygon_parts(flat) else None


def dissolve_rows(
    rows: Sequence[tuple[str, Any]], name_of: Callable[[str], str], *, by_name: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """One valid polygon per code, in order of code; and what was repaired, in Indonesian.

    rows: (code, polygon). Raises GeoRefused where a code stands there twice, or, with
    `by_name`, where one name is two places far apart.
    """
    crossed = {code for code, shape in rows if not shape.is_valid}
    pieces: dict[str, list[Any]] = {}
    for code, shape in rows:
        pieces.setdefault(code, []).append(_make_valid(shape))
    doubled = [code for code, shapes in pieces.items() if _is_duplicate(shapes, by_name)]
    if doubled:
        told = format_list(f"{name_of(code)} ({code})" for code in sorted(doubled))
        raise GeoRefused(f"Tercantum lebih dari sekali dalam berkas: {told}.")
    joined = {code: shapely.union_all(shapes) for code, shapes in sorted(pieces.items())}
    found = {code: shape for code, shape in joined.items() if not shape.is_empty}
    if not crossed:
        return found, ()
    told = format_list(map(name_of, sorted(crossed)))
    return found, (f"garis yang menyilang dirinya sendiri diperbaiki: {told}",)


def _is_finite(shape: Any) -> bool:
    return all(abs(edge) < 1e12 for edge in shape.bounds)  # False for NaN too


def _make_valid(shape: Any) -> Any:
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return (
        shapely.MultiPolygon(polygon_parts(whole))
        if polygon_parts(whole)
        else shapely.MultiPolygon()
    )


def _is_duplicate(shapes: Sequence[Any], by_name: bool) -> bool:
    for one, other in combinations(shapes, 2):
        smaller = min(one.area, other.area)
        if (
            smaller > 0
            and shapely.intersection(one, other).area > DUPLICATE_OVERLAP_SHARE * smaller
        ):
            return True
        if by_name and shapely.distance(one, other) > MAX_PART_DISTANCE_DEGREES:
            return True
    return False
