"""Makes polygons fit their neighbours: shared edges get the same points, slivers get an owner."""

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
    1e-6  # degree, 0.1 m: every point is on this grid, so that writing six decimals moves nothing
)
MAX_ERROR_KM2 = 0.05  # a gap or overlap up to this size is a drawing error and is repaired
MAX_ERROR_WIDTH_M = 50.0  # and so is a longer one that is no wider than this
MAX_PASSES = 3  # filling one crack may bring out another


@dataclass(frozen=True)
class RepairResult:
    """Polygons by code that fit together, and the slivers found, repaired and remaining."""

    polygons: dict[str, Any]
    gaps: Slivers
    overlaps: Slivers


def repair_topology(polygons: dict[str, Any]) -> RepairResult:
    """Repair small gaps and overlaps: each goes to the neighbour with the longest shared edge.

    polygons: valid polygons by code, in degrees. Larger gaps stay open and larger overlaps stay in
    both polygons; they are counted as remaining.
    """
    shapes = [shapely.set_precision(shape, GRID_DEGREES) for shape in polygons.values()]
    gaps, overlaps = before = find_gaps(shapes), find_overlaps(shapes)
    for _ in range(MAX_PASSES):
        shapes = _fit_together(shapes, gaps)
        gaps, overlaps = find_gaps(shapes), find_overlaps(shapes)
        if not any(map(is_small, (*gaps, *overlaps))):
            break
    return RepairResult(
        dict(zip(polygons, shapes, strict=True)),
        _count_slivers(before[0], gaps),
        _count_slivers(before[1], overlaps),
    )


def is_small(piece: Any) -> bool:
    """Return whether a gap or overlap is a drawing error."""
    return area_km2(piece) <= MAX_ERROR_KM2 or mean_width_m(piece) <= MAX_ERROR_WIDTH_M


def _fit_together(shapes: list[Any], gaps: list[Any]) -> list[Any]:
    """Cut all polygons into faces along all lines, choose an owner of each, and join them again."""
    edges = [shape.boundary for shape in (*shapes, *gaps)]
    lines = shapely.union_all(edges, grid_size=GRID_DEGREES)
    faces = list(shapely.get_parts(shapely.polygonize(shapely.get_parts(lines))))
    owners: list[set[int]] = [set() for _ in faces]
    inside = shapely.point_on_surface(np.array(faces, dtype=object))
    for face, shape in zip(*shapely.STRtree(shapes).query(inside, "intersects"), strict=True):
        owners[int(face)].add(int(shape))
    assign_slivers(faces, owners, is_small)
    return [
        shapely.union_all([face for face, owner in zip(faces, owners, strict=True) if i in owner])
        for i in range(len(shapes))
    ]


def _count_slivers(before: Iterable[Any], after: Iterable[Any]) -> Slivers:
    before, left = list(before), list(after)
    found_km2, left_km2 = (sum(area_km2(piece) for piece in pieces) for pieces in (before, left))
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

    faces: polygons whose shared edges have the same points. owners: of each face, the numbers of
    the polygons it lies in. A gap between more than two neighbours is divided.
    """
    waiting = _small_pieces(faces, [i for i, owner in enumerate(owners) if not owner], is_small)
    waiting += _small_pieces(
        faces, [i for i, owner in enumerate(owners) if len(owner) > 1], is_small
    )
    # A polygon that lies completely in another would vanish without its only face.
    settled = {owner for group in owners if len(group) == 1 for owner in group}
    for i in waiting:
        only_here = owners[i] - settled
        if only_here:
            owners[i] = {min(only_here)}
            settled |= only_here
    waiting = [i for i in waiting if len(owners[i]) != 1]
    while waiting:  # a face inside a gap gets a neighbour when those around it are settled
        tree = shapely.STRtree(faces)
        shared = {i: edges for i in waiting if (edges := _shared_edges(i, faces, owners, tree))}
        if not shared:
            return
        divided = [(i, _divide_face(faces[i], edges, not owners[i])) for i, edges in shared.items()]
        for i, pieces in divided:
            owners[i] = set()
            faces.extend(piece for piece, _ in pieces)
            owners.extend({owner} for _, owner in pieces)
        waiting = [i for i in waiting if i not in shared]


def _small_pieces(
    faces: list[Any], indexes: list[int], is_small: Callable[[Any], bool]
) -> list[int]:
    """Return the indexes of faces that lie in a small piece, when touching ones are joined."""
    if not indexes:
        return []
    pieces = polygon_parts(shapely.union_all([faces[i] for i in indexes]))
    small = [is_small(piece) for piece in pieces]
    inside = shapely.point_on_surface(np.array([faces[i] for i in indexes], dtype=object))
    face, piece = shapely.STRtree(pieces).query(inside, "intersects")
    return [indexes[f] for f, p in zip(face, piece, strict=True) if small[p]]


def _shared_edges(
    i: int, faces: list[Any], owners: list[set[int]], tree: shapely.STRtree
) -> dict[int, Any]:
    """Return neighbour -> the edge it shares with this face; of an overlap, only its owners."""
    edges: dict[int, list[Any]] = {}
    for other in tree.query(faces[i], predicate="intersects"):
        if other == i or len(owners[other]) != 1:
            continue
        (owner,) = owners[other]
        edge = shapely.intersection(faces[i].boundary, faces[other].boundary)
        if edge.length > 0 and (not owners[i] or owner in owners[i]):
            edges.setdefault(owner, []).append(edge)
    return {owner: shapely.union_all(pieces) for owner, pieces in edges.items()}


def _divide_face(face: Any, shared: dict[int, Any], is_gap: bool) -> list[tuple[Any, int]]:
    """Return the face with its new owner; a gap between more than two neighbours is divided.

    Each triangle of such a gap goes to that neighbour at its corners which has most of the edge, so
    that a strip between two goes completely to one and never across a third.
    """
    ranked = sorted(shared, key=lambda owner: -shared[owner].length)
    if not is_gap or len(ranked) <= 2:
        return [(face, ranked[0])]
    triangles = np.array(shapely.get_parts(shapely.constrained_delaunay_triangles(face)))
    owner_of = np.full(len(triangles), ranked[0])
    for owner in reversed(ranked):
        owner_of[shapely.intersects(triangles, shared[owner])] = owner
    return [(triangle, int(owner)) for triangle, owner in zip(triangles, owner_of, strict=True)]
