"""Joins the rows of one place into one valid polygon; refuses a place that comes twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import shapely

from situasi.ingest.boundaries.report import GeoRefused, listed
from situasi.ingest.boundaries.topology import parts

DOUBLED = 0.05  # rows of one place share more than this part of the smaller one: not parts, copies
FAR = 0.3  # degrees, some 30 km: rows of one name further apart are two places


def polygonal(shape: Any) -> Any | None:
    """The polygon of any geometry, flat; None where it has none, or no finite coordinates."""
    if shape is None or shape.is_empty:
        return None
    flat = shapely.force_2d(shape)
    if not shapely.is_valid_input(flat) or not _finite(flat):
        return None
    return shapely.MultiPolygon(parts(flat)) if parts(flat) else None


def gather(
    rows: Sequence[tuple[str, Any]], name_of: Callable[[str], str], *, by_name: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """One valid polygon per code, in order of code; and what was repaired, in Indonesian.

    rows: (code, polygon). Raises GeoRefused where a code stands there twice, or, with
    `by_name`, where one name is two places far apart.
    """
    crossed = {code for code, shape in rows if not shape.is_valid}
    pieces: dict[str, list[Any]] = {}
    for code, shape in rows:
        pieces.setdefault(code, []).append(_valid(shape))
    doubled = [code for code, shapes in pieces.items() if _doubled(shapes, by_name)]
    if doubled:
        told = listed(f"{name_of(code)} ({code})" for code in sorted(doubled))
        raise GeoRefused(f"Tercantum lebih dari sekali dalam berkas: {told}.")
    joined = {code: shapely.union_all(shapes) for code, shapes in sorted(pieces.items())}
    found = {code: shape for code, shape in joined.items() if not shape.is_empty}
    if not crossed:
        return found, ()
    told = listed(map(name_of, sorted(crossed)))
    return found, (f"garis yang menyilang dirinya sendiri diperbaiki: {told}",)


def _finite(shape: Any) -> bool:
    return all(abs(edge) < 1e12 for edge in shape.bounds)  # False for NaN too


def _valid(shape: Any) -> Any:
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return shapely.MultiPolygon(parts(whole)) if parts(whole) else shapely.MultiPolygon()


def _doubled(shapes: Sequence[Any], by_name: bool) -> bool:
    for one, other in combinations(shapes, 2):
        smaller = min(one.area, other.area)
        if smaller > 0 and shapely.intersection(one, other).area > DOUBLED * smaller:
            return True
        if by_name and shapely.distance(one, other) > FAR:
            return True
    return False
