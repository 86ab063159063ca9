"""Which rows of a feed hold at a moment: the time each was told, and the newest of a group."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd


def reported_time(rows: pd.DataFrame) -> pd.Series:
    """When each row was told, by which the states of a case follow each other.

    As the source says; else when it was stored (of an exercise: when it was known). Not
    `known_at`: that of a late row may lie before the row it follows.
    """
    otherwise: pd.Series = rows["recorded_at"].where(~rows["latihan"], rows["known_at"])
    return rows["reported_at"].fillna(otherwise)


def select_current_orders(rows: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """The posting rows that hold at `at`: of each officer those of the newest order begun.

    The rows of an officer with the same `occurred_at` are one order. Within it, rows with
    the same id are one line told again: those told last hold.
    """
    begun = rows[rows["occurred_at"] <= at]
    officer = pd.factorize(begun["petugas"])[0]
    order = begun[_is_newest_of_group(officer, begun["occurred_at"])]
    officer = pd.factorize(order["petugas"])[0]
    told_again, ids = pd.factorize(order["id"], use_na_sentinel=False)
    line = pd.factorize(officer * len(ids) + told_again)[0]
    return order[_is_newest_of_group(line, reported_time(order))].reset_index(drop=True)


def _is_newest_of_group(group: npt.NDArray[np.intp], times: pd.Series) -> npt.NDArray[np.bool_]:
    """Which rows have the newest time of their group (numbered from 0)."""
    us = times.astype("int64").to_numpy()
    newest = np.full(group.max(initial=-1) + 1, np.iinfo("int64").min)
    np.maximum.at(newest, group, us)
    found: npt.NDArray[np.bool_] = us == newest[group]
    return found
