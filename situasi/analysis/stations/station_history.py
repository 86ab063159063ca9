"""How many TPS were silent, and what was counted, at the hours before: as it was known then."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.queries import reads
from situasi.analysis.stations.count_rounds import count_stale_left
from situasi.analysis.stations.status import SILENT_STATES, build_station_table, count_by_kecamatan
from situasi.domain.feed_schemas import TPS, empty_frame
from situasi.domain.register import Register

HOURS = 4
_COLUMNS = ["hours_ago", "kecamatan", *SILENT_STATES, "voters_present", "dpt_counted", "stale_left"]


@reads(TPS)
def compute_station_history(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Return for each of the last hours, the oldest first, the TPS of each kecamatan.

    Columns: hours_ago, kecamatan, each of SILENT_STATES, voters_present (sum of the newest counts)
    dpt_counted (voters on the lists of the TPS with a count) and stale_left (of those with an old
    count who was not in it). No rows where nobody reports.
    """
    rows = frames.get(TPS.name, empty_frame(TPS))
    parts = []
    for hours_ago in range(HOURS, 0, -1) if len(rows) else ():
        moment = at - timedelta(hours=hours_ago)
        known = {TPS.name: rows[rows["known_at"] <= moment]}
        stations = build_station_table(known, register, moment)
        stations = stations.assign(left=count_stale_left(stations))
        has_count = stations["hadir"].notna()
        counted = stations[has_count].groupby("kecamatan")[["hadir", "dpt", "left"]].sum()
        counts = count_by_kecamatan(stations)[list(SILENT_STATES)].assign(
            hours_ago=hours_ago,
            voters_present=counted["hadir"],
            dpt_counted=counted["dpt"],
            stale_left=counted["left"],
        )
        parts.append(counts.rename_axis("kecamatan").reset_index().fillna(0))
    return (
        pd.concat(parts, ignore_index=True)[_COLUMNS] if parts else pd.DataFrame(columns=_COLUMNS)
    )
