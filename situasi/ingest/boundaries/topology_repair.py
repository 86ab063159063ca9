"""Makes polygons fit their neighbours: edges become the same points, slivers find an owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from situasi.ingest.boundaries.report import Slivers
from situasi.ingest.boundaries.settle import settle
from situasi.ingest.boundaries.topology import area_km2, gaps, mean_width_m, overlaps

GRID = 1e-6  # degree, 0.1 m: every point lies on it, so that writing six decimals moves nothing
SMALL_KM2 = 0.05  # a gap or overlap up to this size is a drawing error and is repaired
THIN_M = 50.0  # and so is a longer one that is no wider than this
PASSES = 3  # filling one crack may bring out another


@dataclass(frozen=True)
class Mended:
    """Polygons by code that fit together, and what was found, repaired and left."""

    polygons: dict[str, Any]
    gaps: Slivers
    overlaps: Slivers


def mend(polygons: dict[str, Any]) -> Mended:
    """Repair small gaps and overlaps: each goes to the neighbour with the longest shared edge.

    polygons: valid polygons by code, in degrees. Larger gaps stay open and larger overlaps
    stay in both polygons; they are counted as left.
    """
    shapes = [shapely.set_precision(shape, GRID) for shape in polygons.values()]
    open_, double = before = gaps(shapes), overlaps(shapes)
    for _ in range(PASSES):
        shapes = _fitted(shapes, open_)
        open_, double = gaps(shapes), overlaps(shapes)
        if not any(map(is_small, (*open_, *double))):
            break
    return Mended(
        dict(zip(polygons, shapes, strict=True)),
        _counted(before[0], open_),
        _counted(before[1], double),
    )


def is_small(piece: Any) -> bool:
    """Whether a gap or overlap is a drawing error."""
    return area_km2(piece) <= SMALL_KM2 or mean_width_m(piece) <= THIN_M


def _fitted(shapes: list[Any], open_: list[Any]) -> list[Any]:
    """Cut all polygons into faces along all lines, settle whose each face is, join them again."""
    edges = [shape.boundary for shape in (*shapes, *open_)]
    lines = shapely.union_all(edges, grid_size=GRID)
    faces = list(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))
    owners: list[set[int]] = [set() for _ in faces]
    inside = shapely.point_on_surface(np.array(faces, dtype=object))
    for face, shape in zip(*shapely.STRtree(shapes).query(inside, "intersects"), strict=True):
        owners[int(face)].add(int(shape))
    settle(faces, owners, is_small)
    return [
        shapely.union_all([face for face, owner in zip(faces, owners, strict=True) if at in owner])
        for at in range(len(shapes))
    ]


def _counted(before: Iterable[Any], after: Iterable[Any]) -> Slivers:
    before, left = list(before), list(after)
    found_km2, left_km2 = (sum(area_km2(piece) for piece in some) for some in (before, left))
    return Slivers(
        found=max(len(before), len(left)),
        found_km2=found_km2,
        repaired=max(len(before) - len(left), 0),
        repaired_km2=max(found_km2 - left_km2, 0.0),
        left=len(left),
        left_km2=left_km2,
    )
