"""How many TPS were late or out of reach at the hours before: as it was known then."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.queries import reads
from situasi.analysis.stations.status import SILENT_STATES, build_station_table, count_by_kecamatan
from situasi.domain.feed_schemas import TPS, empty_frame
from situasi.domain.register import Register

HOURS = 4


@reads(TPS)
def compute_silence_history(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Return for each of the last hours, the oldest first, the silent TPS of each kecamatan.

    Columns: hours_ago, kecamatan, and each of SILENT_STATES. No rows where nobody reports.
    """
    rows = frames.get(TPS.name, empty_frame(TPS))
    parts = []
    for hours_ago in range(HOURS, 0, -1) if len(rows) else ():
        moment = at - timedelta(hours=hours_ago)
        known = {TPS.name: rows[rows["known_at"] <= moment]}
        counts = count_by_kecamatan(build_station_table(known, register, moment))
        parts.append(counts[list(SILENT_STATES)].reset_index().assign(hours_ago=hours_ago))
    columns = ["hours_ago", "kecamatan", *SILENT_STATES]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
