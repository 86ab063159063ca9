"""Hotspots: the picture of the day by kecamatan and hour, and what is more than usual just now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.as_of import FeedFrames
from situasi.analysis.hotspots.incident_counts import Excess, IncidentCounts, compute_counts
from situasi.analysis.queries import reads
from situasi.analysis.timestamps import Micros
from situasi.domain.feed_schemas import INCIDENTS
from situasi.domain.register import Register

_HOUR_US = timedelta(hours=1) // timestamps.MICROSECOND


@dataclass(frozen=True)
class Hotspots:
    """counts: the result behind all. cases: those that it counts (CaseIndex.to_frame). cells: the
    picture, by kecamatan and hour. calls: of each kecamatan the rarest excess that is still fresh,
    the rarest first.
    """

    counts: IncidentCounts
    cases: pd.DataFrame
    cells: pd.DataFrame
    calls: tuple[Excess, ...]


@reads(INCIDENTS, depends_on=(compute_counts,))
def compute_hotspots(
    frames: FeedFrames, register: Register, at: datetime, counts: IncidentCounts
) -> Hotspots:
    """Compute the picture of the day so far, and which excesses are still fresh."""
    current = counts.list_current()
    fresh_us = register.election.rules.counts.fresh_for // timestamps.MICROSECOND
    calls: dict[str, Excess] = {}
    for excess in current:
        if excess.end + fresh_us > timestamps.to_us(at):
            calls.setdefault(excess.kecamatan, excess)
    cases = frames.cases.to_frame()
    return Hotspots(
        counts,
        cases[cases["case"].isin(counts.counted["case"])],
        _build_cells(frames[INCIDENTS.name], register, at, counts, current),
        tuple(calls.values()),
    )


def _build_cells(
    rows: pd.DataFrame,
    register: Register,
    at: datetime,
    counts: IncidentCounts,
    current: Sequence[Excess],
) -> pd.DataFrame:
    """Build a row per kecamatan and hour (its start) of the day so far.

    count: of incidents; missing where nothing was heard. excess: the rarest with incidents of that
    hour, None where there is none; grade: how rare it is (0: none).
    """
    election = register.election
    until = min(max(at, election.day_start), election.day_end)
    start = timestamps.to_us(election.day_start)
    hours = np.arange(start, timestamps.to_us(until), _HOUR_US)
    numbers = counts.counted.groupby(
        ["kecamatan", _find_hour(counts.counted["occurred"], start)]
    ).size()  # fmt: skip
    index = pd.MultiIndex.from_product([list(register.kecamatan), hours])
    count = numbers.reindex(index, fill_value=0).to_numpy("float64")
    heard_us = np.repeat(_find_observed_until(rows, register, until), len(hours))
    unheard = (heard_us <= index.get_level_values(1).to_numpy("int64")) & (count == 0)
    marks = {
        (excess.kecamatan, hour): excess
        for excess in reversed(current)
        for hour in _find_hour(counts.members_of(excess)["occurred"], start).unique().tolist()
    }
    limits = _list_grades(register)
    marked = [marks.get(cell) for cell in index]
    return pd.DataFrame(
        {
            "kecamatan": index.get_level_values(0),
            "hour": timestamps.index_from_us(index.get_level_values(1).to_numpy("int64")),
            "count": np.where(unheard, np.nan, count),
            "excess": pd.Series(marked, dtype="object"),
            "grade": [sum(e.per_day <= limit for limit in limits) if e else 0 for e in marked],
        }
    )


def _list_grades(register: Register) -> list[float]:
    """Return the calls a day at most of each grade: marked, then the levels of the alert."""
    rule = register.election.alerts.rules.get("beruntun")
    return [np.inf, *(rate for _level, rate in (rule.level_rates if rule else ()))]


def _find_hour(occurred: pd.Series, start: int) -> pd.Series:
    return occurred - (occurred - start) % _HOUR_US


def _find_observed_until(rows: pd.DataFrame, register: Register, until: datetime) -> Micros:
    """Return until when no report of each kecamatan means that nothing happened: its last report of
    the day, nihil included, plus the time for which a hijau is valid; NEVER without any."""
    election = register.election
    reports = rows.loc[rows["known_at"] >= election.day_start, ["kecamatan", "known_at"]]
    last = reports.groupby("kecamatan")["known_at"].max().reindex(list(register.kecamatan))
    heard_us = timestamps.column_to_us(last + election.thresholds.situasi_valid)
    return np.minimum(heard_us, timestamps.to_us(until))
