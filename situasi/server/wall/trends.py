"""The small trend beside a figure: its values up to now, the oldest first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pandas as pd

from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.presence import STATES
from situasi.analysis.situation.area_summary import find_phases_reached
from situasi.analysis.situation.elevated_history import count_elevated
from situasi.analysis.stations.status import SILENT_STATES, count_by_kecamatan
from situasi.domain.feed_schemas import FASE, SITUASI, STATUS_CLOSED
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


def _compute_elevated(data: ViewData) -> list[float]:
    """Return how many kecamatan were kuning or merah at each of the last hours."""
    steps = data.elevated_steps
    # Cases that are merged into others stand in these.
    is_own = steps["case"].isin(data.overview.selected_cases["case"])
    steps = steps[is_own & steps["kecamatan"].isin(data.codes)]
    states = data.overview.crowd_states["situasi"]
    before = [float(count_elevated(steps, at)) for at in _list_hours(data)[:-1]]
    return [*before, float(states.isin(SITUASI[1:]).sum())]


def _compute_silent(state: str, data: ViewData) -> list[float]:
    """Return how many TPS were in this silent state at each of the last hours, and are now."""
    history = data.silence_history
    if history.empty:
        return []
    counts = history[history["kecamatan"].isin(data.codes)].groupby("hours_ago")[state].sum()
    now = float((data.tps["state"] == state).sum())
    return [*map(float, counts.sort_index(ascending=False)), now]


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


# None of the others: what is silent, the bounds and the TPS without officers are of this minute
# alone; their past would be computed anew for each hour, at the cost of a picture each.
_TRENDS: dict[str, Callable[[ViewData], list[float]]] = {
    "situasi": _compute_elevated,
    **{state: partial(_compute_silent, state) for state in SILENT_STATES},
    "terbuka": _compute_open_cases,
    "terakhir": _compute_new_cases,
    "tps": _compute_phase,
    "partisipasi": _compute_turnout,
    "hadir": _compute_voters,
    "personel": _compute_present,
}
