"""The order of rows of a feed: when each was reported, and which is the newest of a group."""

from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd


def reported_time(rows: pd.DataFrame) -> pd.Series:
    """Return when each row was reported, which orders the states of a case.

    As the source states; else when it was stored (in an exercise: when it was known). Not
    `known_at`: that of a late row may lie before the row it follows.
    """
    fallback: pd.Series = rows["recorded_at"].where(~rows["latihan"], rows["known_at"])
    return rows["reported_at"].fillna(fallback)


def select_current_orders(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """Return the posting rows in force at `at`: the newest order of each officer begun by then.

    The rows of an officer with the same `occurred_at` are one order. Within it, rows with the same
    id are one line reported again: the latest ones hold.
    """
    started = rows[rows["occurred_at"] <= at]
    officer = pd.factorize(started["petugas"])[0]
    order = started[_is_newest_of_group(officer, started["occurred_at"])]
    officer = pd.factorize(order["petugas"])[0]
    line_numbers, ids = pd.factorize(order["id"], use_na_sentinel=False)
    line = pd.factorize(officer * len(ids) + line_numbers)[0]
    return order[_is_newest_of_group(line, reported_time(order))].reset_index(drop=True)


def _is_newest_of_group(group: npt.NDArray[np.intp], times: pd.Series) -> npt.NDArray[np.bool_]:
    """Return which rows have the newest time of their group (numbered from 0)."""
    microseconds = times.astype("int64").to_numpy()
    newest = np.full(group.max(initial=-1) + 1, np.iinfo("int64").min)
    np.maximum.at(newest, group, microseconds)
    is_newest: npt.NDArray[np.bool_] = microseconds == newest[group]
    return is_newest
