"""Hot places: where and at which hours incidents come closer together than elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.as_of import WithCases
from situasi.analysis.hotspots import rates, scan_statistic
from situasi.analysis.hotspots.exposure import Watched, watched
from situasi.analysis.hotspots.scan_statistic import Centres, Scan
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from situasi.domain.register import Register


@dataclass(frozen=True)
class Hot:
    """day: what counts, and what does not. cells: risk.cells. scan: the clusters alive now."""

    day: Watched
    cells: pd.DataFrame
    scan: Scan


@reads(INCIDENTS, MERGES)
def hot(
    known: WithCases, register: Register, at: datetime, wanted: Selection, centres: Centres
) -> Hot:
    """Hot places of the whole area, of the wanted kinds, weights and states.

    centres: of the kecamatan; those without one are no neighbours of any.
    """
    rules = register.election.rules
    day = watched(known, register, at, wanted)
    return Hot(
        day,
        rates.cells(day, rules.risk),
        scan_statistic.scan(day, register.tps, centres, rules.clusters),
    )
