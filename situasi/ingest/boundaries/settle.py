"""Settles whose a piece of land is that belongs to none, or to several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely

from situasi.ingest.boundaries.topology import parts


def settle(faces: list[Any], owners: list[set[int]], is_small: Callable[[Any], bool]) -> None:
    """Leave one owner to each face that lies in a small gap or overlap. Changes both lists.

    faces: polygons whose shared edges have the same points. owners: of each face, the
    numbers of the polygons it lies in. A gap between more than two neighbours is divided.
    """
    waiting = _small(faces, [at for at, owner in enumerate(owners) if not owner], is_small)
    waiting += _small(faces, [at for at, owner in enumerate(owners) if len(owner) > 1], is_small)
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
        shared = {at: edges for at in waiting if (edges := _shared(at, faces, owners, tree))}
        if not shared:
            return
        given = [(at, _given(faces[at], edges, not owners[at])) for at, edges in shared.items()]
        for at, pieces in given:
            owners[at] = set()
            faces.extend(piece for piece, _ in pieces)
            owners.extend({owner} for _, owner in pieces)
        waiting = [at for at in waiting if at not in shared]


def _small(faces: list[Any], chosen: list[int], is_small: Callable[[Any], bool]) -> list[int]:
    """Those of the chosen faces that lie in a small piece, when touching ones are joined."""
    if not chosen:
        return []
    pieces = parts(shapely.union_all([faces[at] for at in chosen]))
    small = [is_small(piece) for piece in pieces]
    inside = shapely.point_on_surface(np.array([faces[at] for at in chosen], dtype=object))
    face, piece = shapely.STRtree(pieces).query(inside, "intersects")
    return [chosen[f] for f, p in zip(face, piece, strict=True) if small[p]]


def _shared(
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


def _given(face: Any, shared: dict[int, Any], of_nobody: bool) -> list[tuple[Any, int]]:
    """The face with its new owner; a gap between more than two is divided.

    Each triangle of such a gap goes to that of the neighbours at its corners that has most of
    the edge, so that a strip between two goes wholly to one and never across a third.
    """
    ranked = sorted(shared, key=lambda owner: -shared[owner].length)
    if not of_nobody or len(ranked) <= 2:
        return [(face, ranked[0])]
    triangles = np.array(shapely.get_parts(shapely.constrained_delaunay_triangles(face)))
    owner_of = np.full(len(triangles), ranked[0])
    for owner in reversed(ranked):
        owner_of[shapely.intersects(triangles, shared[owner])] = owner
    return [(triangle, int(owner)) for triangle, owner in zip(triangles, owner_of, strict=True)]
