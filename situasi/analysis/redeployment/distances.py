"""Distances: how many km lie between two places, along the ways where their net is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from situasi.domain.road_network import FloatArray, Geography, RoadNetwork, great_circle_km

Mask = npt.NDArray[np.bool_]


def compute_distances_km(
    geography: Geography, origins: Sequence[str], destinations: Sequence[str]
) -> tuple[FloatArray, Mask]:
    """Kilometres from each origin (row) to each goal, and whether they are along the ways.

    Places are codes of kecamatan or desa, "" for the seat of the command. Two in one area lie as
    far apart as points of it on the average; where no way leads, the line is straight.
    """
    starts, first = np.unique(np.array(origins, dtype=object).astype(str), return_inverse=True)
    ends, second = np.unique(np.array(destinations, dtype=object).astype(str), return_inverse=True)
    if not len(starts) or not len(ends):
        return np.zeros((len(origins), len(destinations))), np.zeros(
            (len(origins), len(destinations)), bool
        )
    here = np.array([geography.point(code) for code in starts])
    there = np.array([geography.point(code) for code in ends])
    km = great_circle_km(here[:, None, :], there[None, :, :])
    along = np.zeros(km.shape, dtype=bool)
    if geography.roads is not None:
        led = _compute_road_km(geography.roads, here, there)
        along = np.isfinite(led)
        km = np.where(along, led, km)
    _fill_distances_within_area(geography, starts.tolist(), ends.tolist(), km, along)
    cells = np.ix_(first, second)
    return km[cells], along[cells]


def _fill_distances_within_area(
    geography: Geography, starts: Sequence[str], ends: Sequence[str], km: FloatArray, by_road: Mask
) -> None:
    """Write over what lies in one area, of which only one point is known."""
    areas = {code: geography.find_area(code) for code in {*starts, *ends}}
    for row, start in enumerate(starts):
        for column, end in enumerate(ends):
            if areas[start] == areas[end]:
                # Of the same desa that is nearer than anywhere in its kecamatan.
                place = start if start == end else areas[start]
                km[row, column], by_road[row, column] = (
                    geography.mean_internal_km(place or ""),
                    False,
                )


def _compute_road_km(
    roads: RoadNetwork, origin_points: FloatArray, destination_points: FloatArray
) -> FloatArray:
    """Kilometres along the ways, with those to and from them; infinite where none leads."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    count = len(roads.nodes)
    # Of several edges between two nodes the shortest counts: the matrix would add them up.
    order = np.lexsort((roads.edge_km, *np.sort(roads.edges, axis=1).T))
    pairs = np.sort(roads.edges, axis=1)[order]
    first = np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1))
    apart = first & (pairs[:, 0] != pairs[:, 1])
    net = csr_array(
        (roads.edge_km[order][apart], (pairs[apart, 0], pairs[apart, 1])), shape=(count, count)
    )
    start, to_start = _find_nearest_nodes(roads, origin_points)
    end, to_end = _find_nearest_nodes(roads, destination_points)
    if len(origin_points) <= len(destination_points):
        led = dijkstra(net, directed=False, indices=start)[:, end]
    else:
        led = dijkstra(net, directed=False, indices=end)[:, start].T
    found: FloatArray = led + to_start[:, None] + to_end[None, :]
    return found


def _find_nearest_nodes(
    roads: RoadNetwork, points: FloatArray
) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """The node nearest to each point, and how far it is."""
    found = np.empty(len(points), dtype=np.intp)
    km = np.empty(len(points))
    for at, point in enumerate(points):
        away = great_circle_km(np.broadcast_to(point, roads.nodes.shape), roads.nodes)
        found[at] = int(away.argmin())
        km[at] = away[found[at]]
    return found, km
