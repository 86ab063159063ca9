"""Distances in km between two places, along the roads where a road network is given."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from situasi.analysis.runs import is_first_of_run
from situasi.domain.road_network import FloatArray, Geography, RoadNetwork, great_circle_km

Mask = npt.NDArray[np.bool_]


def compute_distances_km(
    geography: Geography, origins: Sequence[str], destinations: Sequence[str]
) -> tuple[FloatArray, Mask]:
    """Compute km from each origin (row) to each destination, and whether it is by road.

    Places are codes of kecamatan or desa, "" for the seat of the command. Two in one area are as
    far apart as its points on average; without a road the distance is a straight line.
    """
    starts, first = np.unique(np.array(origins, dtype=object).astype(str), return_inverse=True)
    ends, second = np.unique(np.array(destinations, dtype=object).astype(str), return_inverse=True)
    if not len(starts) or not len(ends):
        return np.zeros((len(origins), len(destinations))), np.zeros(
            (len(origins), len(destinations)), bool
        )
    start_points = np.array([geography.point(code) for code in starts])
    end_points = np.array([geography.point(code) for code in ends])
    km = great_circle_km(start_points[:, None, :], end_points[None, :, :])
    by_road = np.zeros(km.shape, dtype=bool)
    if geography.roads is not None:
        road_km = _compute_road_km(geography.roads, start_points, end_points)
        by_road = np.isfinite(road_km)
        km = np.where(by_road, road_km, km)
    _fill_distances_within_area(geography, starts.tolist(), ends.tolist(), km, by_road)
    cells = np.ix_(first, second)
    return km[cells], by_road[cells]


def _fill_distances_within_area(
    geography: Geography, starts: Sequence[str], ends: Sequence[str], km: FloatArray, by_road: Mask
) -> None:
    """Replace distances within one area, of which only one point is known."""
    areas = {code: geography.find_area(code) for code in {*starts, *ends}}
    for row, start in enumerate(starts):
        for column, end in enumerate(ends):
            if areas[start] == areas[end]:
                # The mean distance within one desa is more exact than that of its kecamatan.
                place = start if start == end else areas[start]
                km[row, column] = geography.mean_internal_km(place or "")
                by_road[row, column] = False


def _compute_road_km(
    roads: RoadNetwork, origin_points: FloatArray, destination_points: FloatArray
) -> FloatArray:
    """Return km by road including access; infinite where no road leads."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    count = len(roads.nodes)
    # Of several edges between two nodes only the shortest is used: the matrix would add them up.
    order = np.lexsort((roads.edge_km, *np.sort(roads.edges, axis=1).T))
    pairs = np.sort(roads.edges, axis=1)[order]
    is_kept = is_first_of_run(*pairs.T) & (pairs[:, 0] != pairs[:, 1])
    net = csr_array(
        (roads.edge_km[order][is_kept], (pairs[is_kept, 0], pairs[is_kept, 1])),
        shape=(count, count),
    )
    start, to_start = _find_nearest_nodes(roads, origin_points)
    end, to_end = _find_nearest_nodes(roads, destination_points)
    if len(origin_points) <= len(destination_points):
        road_km = dijkstra(net, directed=False, indices=start)[:, end]
    else:
        road_km = dijkstra(net, directed=False, indices=end)[:, start].T
    total_km: FloatArray = road_km + to_start[:, None] + to_end[None, :]
    return total_km


def _find_nearest_nodes(
    roads: RoadNetwork, points: FloatArray
) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Return the node nearest to each point, and its distance in km."""
    nodes = np.empty(len(points), dtype=np.intp)
    km = np.empty(len(points))
    for row, point in enumerate(points):
        node_km = great_circle_km(np.broadcast_to(point, roads.nodes.shape), roads.nodes)
        nodes[row] = int(node_km.argmin())
        km[row] = node_km[nodes[row]]
    return nodes, km
