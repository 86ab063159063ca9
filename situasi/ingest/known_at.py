"""When the command post knew the rows of a delivery."""

from datetime import datetime

import pandas as pd

from situasi.domain.election import Election
from situasi.ingest.validation.time_check import compute_latest_moment


def compute_known_at(accepted: pd.DataFrame, now: datetime, election: Election) -> pd.Series:
    """Return when the command post knew each row.

    Until the watch is over: when this dashboard stored it. For an exercise, and for history
    (stored after the watch, and long after its own time): when it was reported according to the
    source, or else when it happened; if neither is known, when it was stored.
    """
    stored = pd.Series(pd.Timestamp(now), accepted.index).astype("datetime64[us, UTC]")
    happened = accepted["occurred_at"]
    for precision in ("hari", "bulan"):
        latest = happened + (compute_latest_moment(now, precision) - now)
        happened = happened.where(accepted["precision"] != precision, latest)
    source_time = accepted["reported_at"].fillna(happened).fillna(stored)
    margin = election.thresholds.history_after
    over = now > election.day_end + margin
    is_history = over & (accepted["occurred_at"] < stored - margin) & (source_time <= stored)
    return source_time.where(accepted["latihan"] | is_history, stored)
