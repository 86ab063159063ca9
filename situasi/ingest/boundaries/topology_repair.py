"""Makes polygons fit their neighbours: edges become the same points, slivers find an owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from situasi.ingest.boundaries.report import Slivers
from situasi.ingest.boundaries.topology import (
    area_km2,
    find_gaps,
    find_overlaps,
    mean_width_m,
    polygon_parts,
)

GRID_DEGREES = (
    1e-6  # degree, 0.1 m: every point lies on it, so that writing six decimals moves nothing
)
MAX_ERROR_KM2 = 0.05  # a gap or overlap up to this size is a drawing error and is repaired
MAX_ERROR_WIDTH_M = 50.0  # and so is a longer one that is no wider than this
MAX_PASSES = 3  # filling one crack may bring out another


@dataclass(frozen=True)
class RepairResult:
    """Polygons by code that fit together, and what was found, repaired and left."""

    polygons: dict[str, Any]
    gaps: Slivers
    overlaps: Slivers


def repair_topology(polygons: dict[str, Any]) -> RepairResult:
    """Repair small gaps and overlaps: each goes to the neighbour with the longest shared edge.

    polygons: valid polygons by code, in degrees. Larger gaps stay open and larger overlaps
    stay in both polygons; they are counted as left.
    """
    shapes = [shapely.set_precision(shape, GRID_DEGREES) for shape in polygons.values()]
    open_, double = before = find_gaps(shapes), find_overlaps(shapes)
    for _ in range(MAX_PASSES):
        shapes = _fit_together(shapes, open_)
        open_, double = find_gaps(shapes), find_overlaps(shapes)
        if not any(map(is_small, (*open_, *double))):
            break
    return RepairResult(
        dict(zip(polygons, shapes, strict=True)),
        _count_slivers(before[0], open_),
        _count_slivers(before[1], double),
    )


def is_small(piece: Any) -> bool:
    """Whether a gap or overlap is a drawing error."""
    return area_km2(piece) <= MAX_ERROR_KM2 or mean_width_m(piece) <= MAX_ERROR_WIDTH_M


def _fit_together(shapes: list[Any], open_: list[Any]) -> list[Any]:
    """Cut all polygons into faces along all lines, settle whose each face is, join them again."""
    edges = [shape.boundary for shape in (*shapes, *open_)]
    lines = shapely.union_all(edges, grid_size=GRID_DEGREES)
    faces = list(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))
    owners: list[set[int]] = [set() for _ in faces]
    inside = shapely.point_on_surface(np.array(faces, dtype=object))
    for face, shape in zip(*shapely.STRtree(shapes).query(inside, "intersects"), strict=True):
        owners[int(face)].add(int(shape))
    assign_slivers(faces, owners, is_small)
    return [
        shapely.union_all([face for face, owner in zip(faces, owners, strict=True) if at in owner])
        for at in range(len(shapes))
    ]


def _count_slivers(before: Iterable[Any], after: Iterable[Any]) -> Slivers:
    before, left = list(before), list(after)
    found_km2, left_km2 = (sum(area_km2(piece) for piece in some) for some in (before, left))
    return Slivers(
        found=max(len(before), len(left)),
        found_km2=found_km2,
        repaired=max(len(before) - len(left), 0),
        repaired_km2=max(found_km2 - left_km2, 0.0),
        remaining=len(left),
        remaining_km2=left_km2,
    )


def assign_slivers(
    faces: list[Any], owners: list[set[int]], is_small: Callable[[Any], bool]
) -> None:
    """Leave one owner to each face that lies in a small gap or overlap. Changes both lists.

    faces: polygons whose shared edges have the same points. owners: of each face, the
    numbers of the polygons it lies in. A gap between more than two neighbours is divided.
    """
    waiting = _small_pieces(faces, [at for at, owner in enumerate(owners) if not owner], is_small)
    waiting += _small_pieces(
        faces, [at for at, owner in enumerate(owners) if len(owner) > 1], is_small
    )
    # A polygon that lies wholly in another would vanish if its only face were given away.
    settled = {owner for some in owners if len(some) == 1 for owner in some}
    for at in waiting:
        alone = owners[at] - settled
        if alone:
            owners[at] = {min(alone)}
            settled |= alone
    waiting = [at for at in waiting if len(owners[at]) != 1]
    while waiting:  # a face deep inside a gap has a neighbour only when those around it are settled
        tree = shapely.STRtree(faces)
        shared = {at: edges for at in waiting if (edges := _shared_edges(at, faces, owners, tree))}
        if not shared:
            return
        given = [
            (at, _divide_face(faces[at], edges, not owners[at])) for at, edges in shared.items()
        ]
        for at, pieces in given:
            owners[at] = set()
            faces.extend(piece for piece, _ in pieces)
            owners.extend({owner} for _, owner in pieces)
        waiting = [at for at in waiting if at not in shared]


def _small_pieces(
    faces: list[Any], chosen: list[int], is_small: Callable[[Any], bool]
) -> list[int]:
    """Those of the chosen faces that lie in a small piece, when touching ones are joined."""
    if not chosen:
        return []
    pieces = polygon_parts(shapely.union_all([faces[at] for at in chosen]))
    small = [is_small(piece) for piece in pieces]
    inside = shapely.point_on_surface(np.array([faces[at] for at in chosen], dtype=object))
    face, piece = shapely.STRtree(pieces).query(inside, "intersects")
    return [chosen[f] for f, p in zip(face, piece, strict=True) if small[p]]


def _shared_edges(
    at: int, faces: list[Any], owners: list[set[int]], tree: shapely.STRtree
) -> dict[int, Any]:
    """Neighbour -> the edge it shares with this face; of an overlap, only its owners."""
    edges: dict[int, list[Any]] = {}
    for other in tree.query(faces[at], predicate="intersects"):
        if other == at or len(owners[other]) != 1:
            continue
        (owner,) = owners[other]
        edge = shapely.intersection(faces[at].boundary, faces[other].boundary)
        if edge.length > 0 and (not owners[at] or owner in owners[at]):
            edges.setdefault(owner, []).append(edge)
    return {owner: shapely.union_all(some) for owner, some in edges.items()}


def _divide_face(face: Any, shared: dict[int, Any], is_gap: bool) -> list[tuple[Any, int]]:
    """The face with its new owner; a gap between more than two is divided.

    Each triangle of such a gap goes to that of the neighbours at its corners that has most of
    the edge, so that a strip between two goes wholly to one and never across a third.
    """
    ranked = sorted(shared, key=lambda owner: -shared[owner].length)
    if not is_gap or len(ranked) <= 2:
        return [(face, ranked[0])]
    triangles = np.array(shapely.get_parts(shapely.constrained_delaunay_triangles(face)))
    owner_of = np.full(len(triangles), ranked[0])
    for owner in reversed(ranked):
        owner_of[shapely.intersects(triangles, shared[owner])] = owner
    return [(triangle, int(owner)) for triangle, owner in zip(triangles, owner_of, strict=True)]
