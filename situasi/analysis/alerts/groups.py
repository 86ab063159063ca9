"""Alerts by Polsek: what is open at one place is one line, and answered by one call.

The yardstick is EEMUA 191 (alarm systems: a guide to design, management and procurement), made for
one operator: about one alarm in ten minutes over a day is very likely acceptable, more than ten
within ten minutes are more than anybody can answer.
"""

import numpy as np
import pandas as pd

from situasi.domain.register import Register

# Of EEMUA 191.
ACCEPTABLE_A_DAY = 144
FLOOD_IN_TEN_MINUTES = 10
GROUP_COLUMNS = ("post", "lead", "level", "n", "since", "raised", "latihan")


def list_posts(alerts: pd.DataFrame, register: Register) -> pd.Series:
    """Return by alert the post that it calls: a Polsek, which may have several kecamatan.

    A kecamatan whose Polsek is unknown is a post of its own; "": the whole kabupaten.
    """
    posts = {code: place.polsek or place.name for code, place in register.kecamatan.items()}
    names = [posts.get(area, area) if isinstance(area, str) else "" for area in alerts["kecamatan"]]
    return pd.Series(names, alerts.index, dtype="object")


def build_groups(alerts: pd.DataFrame, posts: pd.Series) -> pd.DataFrame:
    """Build one row for each post of these alerts, in their order.

    alerts: rows of Alerts.table, the gravest first. posts: of list_posts. lead: key of the first
    alert of the group; level: of that one; n: number of alerts; since, raised: when the first
    began, and the last rose to its level.
    """
    if alerts.empty:
        return pd.DataFrame(columns=list(GROUP_COLUMNS))
    groups = alerts.groupby(posts.rename("post"), sort=False).agg(
        lead=("key", "first"), level=("level", "first"), n=("key", "size"),
        since=("since", "min"), raised=("raised", "max"), latihan=("latihan", "any"),
    )  # fmt: skip
    return groups.reset_index()[list(GROUP_COLUMNS)]


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
