"""How many TPS were silent, and what was counted, at the hours before: as it was known then."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.queries import reads
from situasi.analysis.stations.status import SILENT_STATES, build_station_table, count_by_kecamatan
from situasi.domain.feed_schemas import TPS, empty_frame
from situasi.domain.register import Register

HOURS = 4
_COLUMNS = ["hours_ago", "kecamatan", *SILENT_STATES, "voters_present", "dpt_counted"]


@reads(TPS)
def compute_station_history(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Return for each of the last hours, the oldest first, the TPS of each kecamatan.

    Columns: hours_ago, kecamatan, each of SILENT_STATES, voters_present (sum of the newest counts)
    and dpt_counted (voters on the lists of the TPS with a count). No rows where nobody reports.
    """
    rows = frames.get(TPS.name, empty_frame(TPS))
    parts = []
    for hours_ago in range(HOURS, 0, -1) if len(rows) else ():
        moment = at - timedelta(hours=hours_ago)
        known = {TPS.name: rows[rows["known_at"] <= moment]}
        stations = build_station_table(known, register, moment)
        counted = stations[stations["hadir"].notna()].groupby("kecamatan")[["hadir", "dpt"]].sum()
        counts = count_by_kecamatan(stations)[list(SILENT_STATES)].assign(
            hours_ago=hours_ago, voters_present=counted["hadir"], dpt_counted=counted["dpt"]
        )
        parts.append(counts.rename_axis("kecamatan").reset_index().fillna(0))
    return (
        pd.concat(parts, ignore_index=True)[_COLUMNS] if parts else pd.DataFrame(columns=_COLUMNS)
    )
