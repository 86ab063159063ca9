"""The nearest forces: who can be sent to a place at once, from where, and how far that is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import reads
from situasi.analysis.redeployment import candidates, distances
from situasi.analysis.redeployment.candidates import FROM_TPS, Candidate
from situasi.domain.register import Register
from situasi.domain.road_network import Geography


@dataclass(frozen=True)
class Force:
    """Officers of one duty at one place. km: to the place in question, a perkiraan."""

    duty: str
    place_code: str
    lokasi: str | None
    count: int
    km: float


@reads(depends_on=(coverage.compute_coverage,))
def find_ready_officers(
    _frames: Mapping[str, pd.DataFrame],
    register: Register,
    _at: datetime,
    full_coverage: Coverage,
) -> list[Candidate]:
    """Find the reserves and patrols that are known to be present and stand at no TPS.

    Whoever guards a TPS leaves it by a plan (redeployment.plan), not by a glance at a wall.
    """
    no_spare = pd.DataFrame({"code": [], "spare": [], "watched": pd.Series([], dtype="bool")})
    rule = register.election.rules.redeployment
    movable = candidates.find_candidates(full_coverage, no_spare, rule)
    return [item for item in movable if item.duty != FROM_TPS]


def find_nearest_forces(
    ready: Sequence[Candidate], geography: Geography, place_code: str, max_forces: int
) -> list[Force]:
    """Return the forces nearest to a place, the nearest first. ready: of find_ready_officers."""
    groups = Counter((item.duty, item.place_code, item.lokasi or "") for item in ready)
    if not groups:
        return []
    keys = sorted(groups)
    km, _by_road = distances.compute_distances_km(
        geography, [place for _duty, place, _lokasi in keys], [place_code]
    )
    forces = [
        Force(duty, place, lokasi or None, groups[duty, place, lokasi], float(km[n, 0]))
        for n, (duty, place, lokasi) in enumerate(keys)
    ]
    return sorted(forces, key=lambda force: (force.km, force.duty, force.place_code))[:max_forces]
