"""Alert intervals of feeds that should deliver rows and do not."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.intervals import build_intervals, concat_intervals, filter_known_by
from situasi.analysis.timestamps import MICROSECOND
from situasi.domain.election import Election


def find_silent_feeds(
    frames: Mapping[str, pd.DataFrame], feeds: tuple[str, ...], election: Election, at: datetime
) -> pd.DataFrame:
    """Find when no row of a feed was known for longer than its limit, within the watched day.

    Does for all moments what situation.feed_staleness does for one.
    """
    start, end = timestamps.to_us(election.day_start), timestamps.to_us(election.day_end)
    parts = []
    for feed in feeds:
        limit = election.thresholds.silent_after.get(feed)
        if limit is None or feed not in frames:
            continue
        rows, known_us = filter_known_by(frames[feed][["known_at", "latihan"]], at)
        inside = np.unique(known_us[(known_us > start) & (known_us < end)])
        since = np.concatenate([[start], inside])
        until = np.append(inside, end)
        begin = since + limit // MICROSECOND + 1
        size = len(since)
        parts.append(
            build_intervals(
                "sumber_senyap",
                subject=feed,
                member=np.full(size, feed, dtype=object),
                begin=begin,
                end=until,
                value=[timestamps.from_us(int(time_us)) if index else None
                       for index, time_us in enumerate(since)],
                latihan=bool(rows["latihan"].any()),
            )
        )  # fmt: skip
    return concat_intervals(parts)
