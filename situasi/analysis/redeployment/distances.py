"""Distances: how many km lie between two places, along the ways where their net is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from situasi.domain.road_network import Ground, Numbers, Ways, straight_km

Yes = npt.NDArray[np.bool_]


def between(ground: Ground, origins: Sequence[str], goals: Sequence[str]) -> tuple[Numbers, Yes]:
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
    km = straight_km(here[:, None, :], there[None, :, :])
    along = np.zeros(km.shape, dtype=bool)
    if ground.ways is not None:
        led = _led(ground.ways, here, there)
        along = np.isfinite(led)
        km = np.where(along, led, km)
    _inside(ground, starts.tolist(), ends.tolist(), km, along)
    cells = np.ix_(first, second)
    return km[cells], along[cells]


def _inside(
    ground: Ground, starts: Sequence[str], ends: Sequence[str], km: Numbers, along: Yes
) -> None:
    """Write over what lies in one area, of which only one point is known."""
    areas = {code: ground.known(code) for code in {*starts, *ends}}
    for row, start in enumerate(starts):
        for column, end in enumerate(ends):
            if areas[start] == areas[end]:
                # Of the same desa that is nearer than anywhere in its kecamatan.
                place = start if start == end else areas[start]
                km[row, column], along[row, column] = ground.within(place or ""), False


def _led(ways: Ways, here: Numbers, there: Numbers) -> Numbers:
    """Kilometres along the ways, with those to and from them; infinite where none leads."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    count = len(ways.nodes)
    # Of several edges between two nodes the shortest counts: the matrix would add them up.
    order = np.lexsort((ways.km, *np.sort(ways.edges, axis=1).T))
    pairs = np.sort(ways.edges, axis=1)[order]
    first = np.append(True, (pairs[1:] != pairs[:-1]).any(axis=1))
    apart = first & (pairs[:, 0] != pairs[:, 1])
    net = csr_array(
        (ways.km[order][apart], (pairs[apart, 0], pairs[apart, 1])), shape=(count, count)
    )
    start, to_start = _nearest(ways, here)
    end, to_end = _nearest(ways, there)
    if len(here) <= len(there):
        led = dijkstra(net, directed=False, indices=start)[:, end]
    else:
        led = dijkstra(net, directed=False, indices=end)[:, start].T
    found: Numbers = led + to_start[:, None] + to_end[None, :]
    return found


def _nearest(ways: Ways, points: Numbers) -> tuple[npt.NDArray[np.intp], Numbers]:
    """The node nearest to each point, and how far it is."""
    found = np.empty(len(points), dtype=np.intp)
    km = np.empty(len(points))
    for at, point in enumerate(points):
        away = straight_km(np.broadcast_to(point, ways.nodes.shape), ways.nodes)
        found[at] = int(away.argmin())
        km[at] = away[found[at]]
    return found, km
