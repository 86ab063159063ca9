"""The small trend beside a figure: its values up to now, the oldest first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts.episodes import RESOLVED
from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.presence import STATES
from situasi.analysis.situation.area_summary import find_phases_reached
from situasi.analysis.situation.elevated_history import count_elevated
from situasi.analysis.stations.status import SILENT_STATES, count_by_kecamatan
from situasi.domain.feed_schemas import FASE, SITUASI, STATUS_CLOSED
from situasi.server.wall.view_model import ViewData

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
_STEPS = 6
# Of curves with a value for each quarter of an hour, so many are shown.
_CURVE_POINTS = 16


# Values, or of a figure with bounds its lowest and highest values.
Trend = list[float] | list[list[float]]


def compute_trend(key: str, data: ViewData) -> Trend:
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
    history = data.station_history
    if history.empty:
        return []
    counts = history[history["kecamatan"].isin(data.codes)].groupby("hours_ago")[state].sum()
    now = float((data.tps["state"] == state).sum())
    return [*map(float, counts.sort_index(ascending=False)), now]


def _compute_bounds(data: ViewData) -> list[list[float]]:
    """Return the bounds of the turnout at each of the last hours, and now, from the first count."""
    total, history = data.rates, data.station_history
    if history.empty or not total["tps_counted"] or not total["dpt"]:
        return []
    counts = history[history["kecamatan"].isin(data.codes)].groupby("hours_ago")
    sums = counts[["voters_present", "dpt_counted", "stale_left"]].sum().sort_index(ascending=False)
    sums = sums[sums["dpt_counted"] > 0].astype("float64")
    dpt = float(total["dpt"])
    left = (dpt - sums["dpt_counted"]).clip(lower=0.0) + sums["stale_left"]
    most = sums["voters_present"] + left
    past = zip(100 * sums["voters_present"] / dpt, 100 * most / dpt, strict=True)
    return [
        [round(least, 4), round(most, 4)]
        for least, most in [*past, (total["least"], total["most"])]
    ]


def _compute_absent(data: ViewData) -> list[float]:
    """Return how many TPS had no officer at each of the last hours, and have none now."""
    election, intervals = data.register.election, data.staffing_intervals
    starts = election.local_time(election.rules.personnel.arrive_by)
    rows = intervals[
        (intervals["rule"] == "tanpa_petugas") & intervals["kecamatan"].isin(data.codes)
    ]
    hours = [timestamps.to_us(at) for at in _list_hours(data)[:-1] if starts <= at]
    counts = [float(((rows["begin"] <= at) & (rows["end"] > at)).sum()) for at in hours]
    gaps = data.day.coverage_gaps.loc[data.codes]
    return [*counts, float(gaps.loc[gaps["known"], "absent"].sum())] if counts else []


def _compute_alerts(data: ViewData) -> list[float]:
    """Return how many alerts were open at each of the last hours, and are now."""
    if data.alerts is None:
        return []
    table, rules = data.alerts.table, data.register.election.alerts.rules
    # A cause that is gone keeps its alert for a while: it may come back.
    holds = table["rule"].map(
        {code: max(rule.clear_after, _MINUTE) for code, rule in rules.items()}
    )
    ended = table["until"] + holds.where(table["ended"] == RESOLVED, timedelta(0))
    ended = ended.where(table["closed_at"].isna(), table[["closed_at", "until"]].min(axis=1))
    counts = [
        float(((table["raised"] <= at) & ~(ended <= at)).sum()) for at in _list_hours(data)[:-1]
    ]
    return [*counts, float(len(data.alerts.open))]


def _compute_present(data: ViewData) -> list[float]:
    """Return how many officers were at their posts; at the end of duty another figure is shown."""
    rows = data.day.coverage_gaps.loc[data.codes]
    total = rows.loc[rows["known"], [*STATES[1:], "posted", "released", "tps"]].sum()
    if not rows["known"].any() or coverage.is_end_of_duty(total):
        return []
    return _list_last(data.attendance["present"])


def _list_last(values: pd.Series) -> list[float]:
    return [round(float(value), 2) for value in values.dropna().tail(_CURVE_POINTS)]


# None of the others. What is silent counts now sources, now places; its past, of officers too,
# would take 70 to 300 ms for each hour. Who is posted hardly changes on the day.
_TRENDS: dict[str, Callable[[ViewData], Trend]] = {
    "situasi": _compute_elevated,
    **{state: partial(_compute_silent, state) for state in SILENT_STATES},
    "terbuka": _compute_open_cases,
    "terakhir": _compute_new_cases,
    "tps": _compute_phase,
    "partisipasi": lambda data: _list_last(data.turnout_curve["rate"]),
    "hadir": lambda data: _list_last(data.turnout_curve["voters_present"]),
    "personel": _compute_present,
    "batas": _compute_bounds,
    "tanpa": _compute_absent,
    "peringatan": _compute_alerts,
}
