"""How often alerts call somebody, against EEMUA 191.

That guide (alarm systems: design, management and procurement) is made for one operator: about one
alarm in ten minutes over a day is very likely acceptable, more than ten within ten minutes are more
than anybody can answer.
"""

import numpy as np
import pandas as pd

ACCEPTABLE_A_DAY = 144
FLOOD_IN_TEN_MINUTES = 10


def find_calls(alerts: pd.DataFrame, posts: pd.Series) -> pd.Series:
    """Return which alerts call a post: those graver than all that lasted there when they rose.

    alerts: Alerts.table. The others join what the post is already called for.
    """
    ordered = alerts.assign(post=posts).sort_values(
        ["raised", "level", "key"], ascending=[True, False, True]
    )
    never = np.iinfo("int64").max
    until = ordered["until"].astype("int64").where(ordered["until"].notna(), never)
    raised_us = ordered["raised"].astype("int64")
    last_ends: dict[str, dict[int, int]] = {}
    calls = []
    for post, level, raised, end in zip(
        ordered["post"], ordered["level"], raised_us, until, strict=True
    ):
        by_level = last_ends.setdefault(post, {})
        calls.append(all(last <= raised or other < level for other, last in by_level.items()))
        by_level[level] = max(end, by_level.get(level, end))
    return pd.Series(calls, ordered.index, dtype="bool").reindex(alerts.index)


def find_most_in(raised: pd.Series, window: pd.Timedelta) -> int:
    """Return the largest number of these moments that lie within one window."""
    times = np.sort(raised.astype("int64").to_numpy())
    unit = int(window / pd.Timedelta(microseconds=1))
    first = np.searchsorted(times, times - unit, side="right")
    return int((np.arange(len(times)) - first + 1).max(initial=0))
