"""Spells of feeds that should speak and do not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.intervals import heard, joined, spells
from situasi.domain.election import Election

_US = timedelta(microseconds=1)


def silences(
    known: Mapping[str, pd.DataFrame], feeds: tuple[str, ...], election: Election, at: datetime
) -> pd.DataFrame:
    """Feeds of which nothing was known for longer than their limit, within the watched day.

    As analysis.silence says it of one moment.
    """
    start, end = timestamps.of(election.day_start), timestamps.of(election.day_end)
    parts = []
    for feed in feeds:
        limit = election.thresholds.silent_after.get(feed)
        if limit is None or feed not in known:
            continue
        rows, told = heard(known[feed][["known_at", "latihan"]], at)
        inside = np.unique(told[(told > start) & (told < end)])
        since = np.concatenate([[start], inside])
        until = np.append(inside, end)
        begin = since + limit // _US + 1
        size = len(since)
        parts.append(
            spells(
                "sumber_senyap",
                subject=feed,
                member=np.full(size, feed, dtype=object),
                begin=begin,
                end=until,
                value=[timestamps.moment(int(one)) if at else None
                       for at, one in enumerate(since)],
                latihan=bool(rows["latihan"].any()),
            )
        )  # fmt: skip
    return joined(parts)
