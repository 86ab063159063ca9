"""Alerts by Polsek: what is open at one place is one line, and answered by one call."""

import pandas as pd

from situasi.domain.register import Register

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
