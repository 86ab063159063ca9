"""The small trend beside a figure: its values up to now, the oldest first."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.presence import STATES
from situasi.analysis.situation.area_summary import find_phases_reached
from situasi.analysis.stations.status import count_by_kecamatan
from situasi.domain.feed_schemas import FASE, STATUS_CLOSED
from situasi.server.wall.view_model import ViewData

_HOUR = timedelta(hours=1)
_STEPS = 6
# Of curves with a value for each quarter of an hour, so many are shown.
_CURVE_POINTS = 16


def compute_trend(key: str, data: ViewData) -> list[float]:
    """Return the trend of the figure with this key; empty where none is known or it has none."""
    compute = _TRENDS.get(key)
    return [] if compute is None else compute(data)


def _list_hours(data: ViewData) -> list[datetime]:
    return [pd.Timestamp(data.view_time.at) - n * _HOUR for n in range(_STEPS, -1, -1)]


def _compute_open_cases(data: ViewData) -> list[float]:
    """Return how many cases were open at each of the last hours; closed ones till their end."""
    rows = data.overview.selected_cases
    if rows.empty:
        return []
    is_closed = rows["status"].isin(STATUS_CLOSED)
    counts = [
        float(((rows["first_known"] <= at) & ~(is_closed & (rows["known_at"] <= at))).sum())
        for at in _list_hours(data)[:-1]
    ]
    return [*counts, float(len(data.overview.open_cases))]


def _compute_new_cases(data: ViewData) -> list[float]:
    """Return how many cases became known in each of the last hours."""
    known = data.overview.selected_cases["first_known"]
    return [float(((known > at - _HOUR) & (known <= at)).sum()) for at in _list_hours(data)]


def _compute_phase(data: ViewData) -> list[float]:
    """Return how many TPS had reached the furthest common phase, half an hour apart."""
    row = find_phases_reached(count_by_kecamatan(data.tps.assign(kecamatan=""))).iloc[0]
    if not isinstance(row["fase"], str):
        return []
    later = data.tps[list(FASE[FASE.index(row["fase"]) :])].min(axis=1)
    now = pd.Timestamp(data.view_time.at)
    return [float((later <= now - n * _HOUR / 2).sum()) for n in range(_STEPS, -1, -1)]


def _compute_turnout(data: ViewData) -> list[float]:
    return _list_last(data.turnout_curve["rate"])


def _compute_voters(data: ViewData) -> list[float]:
    return _list_last(data.turnout_curve["voters_present"])


def _compute_present(data: ViewData) -> list[float]:
    """Return how many officers were at their posts; at the end of duty another figure is shown."""
    rows = data.day.coverage_gaps.loc[data.codes]
    total = rows.loc[rows["known"], [*STATES[1:], "posted", "released", "tps"]].sum()
    if not rows["known"].any() or coverage.is_end_of_duty(total):
        return []
    return _list_last(data.attendance["present"])


def _list_last(values: pd.Series) -> list[float]:
    return [round(float(value), 2) for value in values.dropna().tail(_CURVE_POINTS)]


_TRENDS: dict[str, Callable[[ViewData], list[float]]] = {
    "terbuka": _compute_open_cases,
    "terakhir": _compute_new_cases,
    "tps": _compute_phase,
    "partisipasi": _compute_turnout,
    "hadir": _compute_voters,
    "personel": _compute_present,
}
