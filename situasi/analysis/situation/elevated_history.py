"""When cases were stated kuning or merah, and when they no longer were."""

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import INCIDENTS, SITUASI, STATUS_CLOSED
from situasi.domain.register import Register

_COLUMNS = ["case", "kecamatan", "known_at"]


@reads(INCIDENTS)
def list_elevated_steps(
    frames: Mapping[str, pd.DataFrame], _register: Register, _at: datetime
) -> pd.DataFrame:
    """Return the reports of all cases that ever were kuning or merah, in the order of knowing.

    Columns: case, kecamatan, known_at, is_elevated (kuning or merah, and not closed, from then on).
    """
    rows = frames.get(INCIDENTS.name)
    if rows is None or rows.empty:
        return pd.DataFrame(columns=[*_COLUMNS, "is_elevated"])
    ever = rows.loc[rows["situasi"].isin(SITUASI[1:]), "case"].unique()
    steps = rows[rows["case"].isin(ever)].sort_values(["known_at", "seq"], kind="stable")
    stated = steps.groupby("case")["situasi"].ffill()
    is_elevated = stated.isin(SITUASI[1:]) & ~steps["status"].isin(STATUS_CLOSED)
    return steps[_COLUMNS].assign(is_elevated=is_elevated)


def count_elevated(steps: pd.DataFrame, at: datetime) -> int:
    """Return how many kecamatan were kuning or merah at this moment. steps: as listed."""
    last = steps[steps["known_at"] <= at].groupby("case").last()
    return int(last.loc[last["is_elevated"].astype(bool), "kecamatan"].nunique())
