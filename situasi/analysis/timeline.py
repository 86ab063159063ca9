"""The timeline: incidents per slot of time, by weight."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from situasi.records import TINGKAT

LEVELS = (*TINGKAT, None)


def per_slot(
    found: pd.DataFrame, start: datetime, end: datetime, slot: timedelta = timedelta(minutes=15)
) -> pd.DataFrame:
    """Cases that happened in each slot from `start` to before `end`.

    Index: start of slot (zone of `start`); columns rendah, sedang, tinggi, belum (unweighed).
    Only cases whose hour is known can be placed; see `without_hour` for the rest.
    """
    placed = found[(found["precision"] == "menit") & _between(found, start, end)]
    edges = pd.date_range(start, end, freq=slot, inclusive="left")
    at = ((placed["occurred_at"] - pd.Timestamp(start)) // slot).astype("int64")
    level = placed["tingkat"].astype("object").where(placed["tingkat"].notna(), "belum")
    table = pd.crosstab(at, level).reindex(
        index=range(len(edges)), columns=[*TINGKAT, "belum"], fill_value=0
    )
    return table.set_axis(edges, axis=0).rename_axis(None, axis=1)


def without_hour(found: pd.DataFrame, start: datetime, end: datetime) -> int:
    """Cases of that time of which only the day or the month is known."""
    return int(((found["precision"] != "menit") & _between(found, start, end)).sum())


def _between(found: pd.DataFrame, start: datetime, end: datetime) -> pd.Series:
    return (found["occurred_at"] >= start) & (found["occurred_at"] < end)
