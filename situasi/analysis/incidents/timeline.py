"""The timeline: incidents per time slot, by tingkat."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from situasi.domain.feed_schemas import TINGKAT


def count_by_slot(
    cases: pd.DataFrame, start: datetime, end: datetime, slot: timedelta = timedelta(minutes=15)
) -> pd.DataFrame:
    """Count the cases that happened in each slot from `start` to before `end`.

    Index: start of slot (timezone of `start`); columns rendah, sedang, tinggi, belum (no tingkat).
    Only cases with a known hour can be placed; count_without_hour counts the rest.
    """
    timed = cases[(cases["precision"] == "menit") & _in_period(cases, start, end)]
    edges = pd.date_range(start, end, freq=slot, inclusive="left")
    slot_index = ((timed["occurred_at"] - pd.Timestamp(start)) // slot).to_numpy("int64")
    level = pd.Categorical(timed["tingkat"], TINGKAT).codes.astype("int64")
    level[level < 0] = len(TINGKAT)  # no tingkat
    names = [*TINGKAT, "belum"]
    counts = np.bincount(slot_index * len(names) + level, minlength=len(edges) * len(names))
    return pd.DataFrame(counts.reshape(len(edges), len(names)), edges, names)


def count_without_hour(cases: pd.DataFrame, start: datetime, end: datetime) -> int:
    """Count the cases of that period of which only the day or the month is known."""
    return int(((cases["precision"] != "menit") & _in_period(cases, start, end)).sum())


def _in_period(cases: pd.DataFrame, start: datetime, end: datetime) -> pd.Series:
    return (cases["occurred_at"] >= start) & (cases["occurred_at"] < end)
