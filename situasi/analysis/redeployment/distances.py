"""Distances: how many km lie between two places, along the ways where their net is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from situasi.domain.road_network import FloatArray, Geography, RoadNetwork, great_circle_km

Yes = npt.NDArray[np.bool_]


def between(
    ground: Geography, origins: Sequence[str], goals: Sequence[str]
) -> tuple[FloatArray, Yes]:
    """Kilometres from each origin (row) to each goal, and whether they are along the ways.

    Places are codes of kecamatan or desa, "" for the seat of the command. Two in one area lie as
    far apart as points of it on the average; where no way leads, the line is straight.
    """
    starts, first = np.unique(np.array(origins, dtype=object).astype(str), return_inverse=True)
    ends, second = np.unique(np.array(goals, dtype=object).astype(str), return_inverse=True)
    if not len(starts) or not len(ends):
        return np.zeros((len(origins), len(goals))), np.zeros((len(origins), len(goals)), bool)
    here = np.array([ground.point(code) for code in starts])
    there = np.array([ground.point(code) for code in ends])
    km = great_circle_km(here[:, None, :], there[None, :, :])
    along = np.zeros(km.shape, dtype=bool)
    if ground.roads is not None:
        led = _led(ground.roads, here, there)
        along = np.isfinite(led)
        km = np.where(along, led, km)
    _inside(ground, starts.tolist(), ends.tolist(), km, along)
    cells = np.ix_(first, second)
    return km[cells], along[cells]


def _inside(
    ground: Geography, starts: Sequence[str], ends: Sequence[str], km: FloatArray, along: Yes
) -> None:
    """Write over what lies in one area, of which only one point is known."""
    areas = {code: ground.find_area(code) for code in {*starts, *ends}}
    for row, start in enumerate(starts):
        for column, end in enumerate(ends):
            if areas[start] == areas[end]:
                # Of the same desa that is nearer than anywhere in its kecamatan.
                place = start if start == end else areas[start]
                km[row, column], along[row, column] = ground.mean_internal_km(place or ""), False


def _led(ways: RoadNetwork, here: FloatArray, there: FloatArray) -> FloatArray:
    """Kilometres along the ways, with those to and from them; infinite where none leads."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    count = len(ways.nodes)
    # Of several edges between two nodes the shortest counts: the matrix would add them up.
    order = np.lexsort((ways.edge_km, *np.sort(ways.edges, axis=1).T))
    pairs = np.sort(ways.edges, axis=1)[order]
    first = np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1))
    apart = first & (pairs[:, 0] != pairs[:, 1])
    net = csr_array(
        (ways.edge_km[order][apart], (pairs[apart, 0], pairs[apart, 1])), shape=(count, count)
    )
    start, to_start = _nearest(ways, here)
    end, to_end = _nearest(ways, there)
    if len(here) <= len(there):
        led = dijkstra(net, directed=False, indices=start)[:, end]
    else:
        led = dijkstra(net, directed=False, indices=end)[:, start].T
    found: FloatArray = led + to_start[:, None] + to_end[None, :]
    return found


def _nearest(ways: RoadNetwork, points: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """The node nearest to each point, and how far it is."""
    found = np.empty(len(points), dtype=np.intp)
    km = np.empty(len(points))
    for at, point in enumerate(points):
        away = great_circle_km(np.broadcast_to(point, ways.nodes.shape), ways.nodes)
        found[at] = int(away.argmin())
        km[at] = away[found[at]]
    return found, km
