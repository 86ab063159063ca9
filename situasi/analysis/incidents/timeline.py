"""The timeline: incidents per slot of time, by weight."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from situasi.domain.feed_schemas import TINGKAT


def count_by_slot(
    cases: pd.DataFrame, start: datetime, end: datetime, slot: timedelta = timedelta(minutes=15)
) -> pd.DataFrame:
    """Cases that happened in each slot from `start` to before `end`.

    Index: start of slot (zone of `start`); columns rendah, sedang, tinggi, belum (unweighed).
    Only cases whose hour is known can be placed; see `without_hour` for the rest.
    """
    placed = cases[(cases["precision"] == "menit") & _in_period(cases, start, end)]
    edges = pd.date_range(start, end, freq=slot, inclusive="left")
    at = ((placed["occurred_at"] - pd.Timestamp(start)) // slot).to_numpy("int64")
    level = pd.Categorical(placed["tingkat"], TINGKAT).codes.astype("int64")
    level[level < 0] = len(TINGKAT)  # unweighed
    names = [*TINGKAT, "belum"]
    counts = np.bincount(at * len(names) + level, minlength=len(edges) * len(names))
    return pd.DataFrame(counts.reshape(len(edges), len(names)), edges, names)


def count_without_hour(cases: pd.DataFrame, start: datetime, end: datetime) -> int:
    """Cases of that time of which only the day or the month is known."""
    return int(((cases["precision"] != "menit") & _in_period(cases, start, end)).sum())


def _in_period(cases: pd.DataFrame, start: datetime, end: datetime) -> pd.Series:
    return (cases["occurred_at"] >= start) & (cases["occurred_at"] < end)
