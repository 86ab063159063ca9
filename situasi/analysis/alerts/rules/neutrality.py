"""Alert intervals of neutrality cases that are open for longer than their target."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.intervals import FOREVER, build_intervals, filter_known_by
from situasi.analysis.neutrality import REPORTED_STEP, build_case_keys
from situasi.analysis.timestamps import MICROSECOND
from situasi.domain.feed_schemas import LANGKAH_CLOSED, NEUTRALITY


def find_overdue(rows: pd.DataFrame, target: timedelta, at: datetime) -> pd.DataFrame:
    """Find open cases older than the target, with the age that analysis.neutrality computes."""
    rows, known_us = filter_known_by(rows, at)
    reported_us = timestamps.reported_us(rows)
    table = rows.assign(known_us=known_us, reported_us=reported_us, case=build_case_keys(rows))
    table = table[table["langkah"] != "nihil"].sort_values(["known_us", "seq"], kind="stable")
    intervals: list[tuple[object, ...]] = []
    cases: dict[str, list[Any]] = {}
    for row in table.itertuples():
        cases.setdefault(str(row.case), []).append(row)
    for case, case_rows in cases.items():
        intervals += _find_case_intervals(case, case_rows, target // MICROSECOND)
    cells = list(zip(*intervals, strict=True)) or [()] * 6
    member, area, begin, end, seq, latihan = map(list, cells)
    return build_intervals(
        "netralitas", subject=member, member=member, kecamatan=area, feed=NEUTRALITY.name,
        begin=np.array(begin, dtype="int64"), end=np.array(end, dtype="int64"), seq=seq,
        latihan=latihan,
    )  # fmt: skip


def _find_case_intervals(case: str, rows: list[Any], target_us: int) -> list[tuple[object, ...]]:
    """Return when the case was overdue after each of its rows, by all rows known by then."""
    intervals: list[tuple[object, ...]] = []
    # The last reported value of each, after its place in reported order.
    step: tuple[Any, ...] = ()
    area: tuple[Any, ...] = ()
    first = reported = FOREVER
    for index, row in enumerate(rows):
        order = (row.reported_us, row.seq)
        if isinstance(row.langkah, str):
            step = max(step, (*order, row.langkah))
        if isinstance(row.kecamatan, str):
            area = max(area, (*order, row.kecamatan))
        first = min(first, int(row.reported_us))
        if row.langkah == REPORTED_STEP:
            reported = min(reported, int(row.reported_us))
        if step and step[2] in LANGKAH_CLOSED:
            continue
        since = reported if reported != FOREVER else first
        end = int(rows[index + 1].known_us) if index + 1 < len(rows) else FOREVER
        begin = max(int(row.known_us), since + target_us + 1)
        intervals.append((case, area[2] if area else None, begin, end, row.seq, row.latihan))
    return intervals
