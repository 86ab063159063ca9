"""Bursts: windows in which a kecamatan has more incidents than chance, while they are fresh."""

from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis.alerts.intervals import build_intervals, concat_intervals
from situasi.analysis.hotspots.incident_counts import Excess, IncidentCounts
from situasi.analysis.timestamps import MICROSECOND
from situasi.domain.alert_rules import AlertRule
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.rules import CountRules


def find_bursts(counts: IncidentCounts, rule: AlertRule, rules: CountRules) -> pd.DataFrame:
    """Find the incidents of each window from when it first reached a level of the rule.

    An interval lasts until the window is no longer fresh: what becomes known after that raises
    nothing. value: an Excess.
    """
    fresh_us = rules.fresh_for // MICROSECOND
    parts = []
    for level, rate in rule.level_rates:
        reached: dict[Any, Excess] = {}
        for excess in counts.excesses:
            if excess.per_day <= rate:
                reached.setdefault(excess.window, excess)
        for call in reached.values():
            rows = counts.members_of(call)
            begin = np.maximum(rows["known"].to_numpy("int64"), call.known)
            counted = rows["until"].to_numpy("int64") > begin
            rows, begin = rows[counted], begin[counted]
            parts.append(
                build_intervals(
                    "beruntun",
                    subject=call.kecamatan,
                    kecamatan=call.kecamatan,
                    member=rows["case"].to_numpy(),
                    begin=begin,
                    end=[call.end + fresh_us] * len(rows),
                    level=level,
                    value=[call] * len(rows),
                    feed=INCIDENTS.name,
                    seq=rows["seq"].to_numpy(),
                    latihan=rows["latihan"].to_numpy(),
                )
            )
    return concat_intervals(parts)
