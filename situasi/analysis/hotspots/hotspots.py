"""Hotspots: where and at which hours incidents come closer together than elsewhere."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.hotspots import rates, scan_statistic
from situasi.analysis.hotspots.exposure import ObservedDay, compute_observed_day
from situasi.analysis.hotspots.scan_statistic import Centres, ScanResult
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import INCIDENTS, MERGES
from situasi.domain.register import Register


@dataclass(frozen=True)
class Hotspots:
    """day: what counts and what does not. rate_table: of rates. scan: the clusters active now."""

    day: ObservedDay
    rate_table: pd.DataFrame
    scan: ScanResult


@reads(INCIDENTS, MERGES)
def compute_hotspots(
    frames: FeedFrames, register: Register, at: datetime, selection: Selection, centres: Centres
) -> Hotspots:
    """Compute the hotspots of the whole area, of the selected kinds, tingkat and status.

    centres: of the kecamatan; one without a centre is a neighbour of none.
    """
    rules = register.election.rules
    day = compute_observed_day(frames, register, at, selection)
    return Hotspots(
        day,
        rates.build_rate_table(day, rules.risk),
        scan_statistic.scan(day, register.tps, centres, rules.clusters),
    )
