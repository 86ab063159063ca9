"""Seven ways in which the counts of a real day come in late, in part, or wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from situasi.analysis import timestamps
from situasi.domain.election import Election
from situasi.domain.feed_schemas import FASE
from tests.bench.real_days import PARTS, Floats, RealDay
from tests.simulated_days import days as simulated_days
from tests.simulated_days.count_errors import add_count_errors
from tests.simulated_days.days import SimulatedDay

_MINUTE_US = 60_000_000
_NEVER = np.inf
_SILENT_SHARE = 0.2  # of the stations never tell their end, in every way
_LOWER_TURNOUT = 0.75  # of silent stations, against those that tell


@dataclass(frozen=True)
class _Told:
    """By station and hour, the last the end: minutes until a count is known, and the counts."""

    delay_min: Floats
    counts: Floats


def _build(day: RealDay) -> _Told:
    counts = day.voters_present[:, 1:]
    # The last full hour and the end are one moment of the real day: stations tell the end alone.
    return _Told(np.zeros(counts.shape), counts.copy())


def _draw_delays(
    shape: tuple[int, ...], median: float, sd: float, rng: np.random.Generator
) -> Floats:
    return median * np.exp(rng.normal(0, sd, shape))


def _skip(delay: Floats, share: float, rng: np.random.Generator) -> Floats:
    return np.where(rng.random(delay.shape) < share, _NEVER, delay)


def _tell_at_random(day: RealDay, rng: np.random.Generator) -> _Told:
    told = _build(day)
    delay = _skip(_draw_delays(told.delay_min.shape, 10, 0.6, rng), 0.2, rng)
    return _Told(delay, told.counts)


def _tell_late(day: RealDay, rng: np.random.Generator) -> _Told:
    told = _build(day)
    slow = rng.normal(0, 0.6, (len(day.dpt), 1))
    delay = _draw_delays(told.delay_min.shape, 35, 0.8, rng) * np.exp(slow)
    return _Told(_skip(delay, 0.25, rng), told.counts)


def _silence_parts(day: RealDay, rng: np.random.Generator) -> _Told:
    told = _tell_at_random(day, rng)
    is_silent = np.zeros(PARTS, dtype=bool)
    is_silent[rng.choice(PARTS, 5, replace=False)] = True
    return _Told(np.where(is_silent[day.part][:, None], _NEVER, told.delay_min), told.counts)


def _silence_low(day: RealDay, rng: np.random.Generator) -> _Told:
    """Silence the stations of low turnout, so that they lie about a quarter below the others."""
    told = _tell_at_random(day, rng)
    is_silent = draw_low_stations(day, 0.3, rng)
    return _Told(np.where(is_silent[:, None], _NEVER, told.delay_min), told.counts)


def draw_low_stations(day: RealDay, share: float, rng: np.random.Generator) -> np.ndarray:
    """Draw such a share of the stations, as selective as _LOWER_TURNOUT asks, or as can be."""
    rate = day.voters_present[:, -1] / day.dpt
    size = round(share * len(rate))
    noise = rng.normal(size=len(rate)) * rate.std()
    best, least = np.zeros(len(rate), dtype=bool), np.inf
    for weight in (0.0, 0.3, 0.6, 1.0, 1.5, 2.5):
        chosen = np.zeros(len(rate), dtype=bool)
        chosen[np.argsort(rate + weight * noise)[:size]] = True
        ratio = _mean_rate(day, chosen) / _mean_rate(day, ~chosen)
        if abs(ratio - _LOWER_TURNOUT) < least:
            best, least = chosen, abs(ratio - _LOWER_TURNOUT)
    return best


def _mean_rate(day: RealDay, chosen: np.ndarray) -> float:
    return float(day.voters_present[chosen, -1].sum() / day.dpt[chosen].sum())


def _catch_up(day: RealDay, rng: np.random.Generator) -> _Told:
    """Tell nothing for hours, then all at once, part by part."""
    told = _build(day)
    hours = np.arange(1, told.counts.shape[1] + 1) * 60.0
    every = rng.uniform(90, 200, PARTS)[day.part][:, None]
    start = rng.uniform(0, 1, PARTS)[day.part][:, None] * every
    sent = np.ceil((hours - start) / every) * every + start
    delay = sent - hours + _draw_delays(told.counts.shape, 5, 0.5, rng)
    return _Told(_skip(delay, 0.1, rng), told.counts)


def _tell_falling(day: RealDay, rng: np.random.Generator) -> _Told:
    """Get every twentieth count wrong so that it falls, and every fiftieth above the end."""
    told = _tell_at_random(day, rng)
    counts, chance = told.counts.copy(), rng.random(told.counts.shape)
    falls, above = chance < 0.05, chance > 0.98
    before = np.column_stack([counts[:, 0] * 0.7, counts[:, :-1]])
    counts = np.where(falls, before * rng.uniform(0.5, 1.0, counts.shape), counts)
    counts = np.where(above, counts[:, -1:] * rng.uniform(1.0, 1.6, counts.shape), counts)
    return _Told(told.delay_min, np.round(counts))


def _tell_as_people(day: RealDay, rng: np.random.Generator) -> _Told:
    """Tell as late and as wrongly as volunteers did (see days.toml), but 40 % of the stations."""
    assumptions = simulated_days.load_assumptions()
    kind = next(one for one in assumptions.kinds if one.name == "sukarela")
    true_counts = _build(day).counts.astype("int64")
    shares = {name: share * kind.wrong for name, share in assumptions.wrong.items()}
    each = np.arange(len(true_counts))  # a commune copies from no other
    counts = add_count_errors(true_counts, each, shares, rng)
    delay = simulated_days.draw_delays(kind, counts.shape, rng)
    tells = ~draw_low_stations(day, 0.6, rng)
    return _Told(np.where(tells[:, None], _skip(delay, kind.skipped, rng), _NEVER), counts)


WAYS: dict[str, Callable[[RealDay, np.random.Generator], _Told]] = {
    "random": _tell_at_random,
    "late": _tell_late,
    "parts silent": _silence_parts,
    "low turnout silent": _silence_low,
    "catching up": _catch_up,
    "falling counts": _tell_falling,
    "as people told": _tell_as_people,
}


def build_reports(day: RealDay, way: str, election: Election, seed: int) -> SimulatedDay:
    """Build the reports of this day; the same seed gives the same ones."""
    rng = np.random.default_rng([seed, list(WAYS).index(way)])
    told = WAYS[way](day, rng)
    opens = timestamps.to_us(election.local_time(election.tps_opens))
    hours, stations = told.counts.shape[1], len(day.dpt)
    counted_us = np.broadcast_to(
        opens + np.arange(1, hours + 1) * 60 * _MINUTE_US, told.counts.shape
    ).copy()
    counted_us[:, -1] += _MINUTE_US  # the end, past the closing
    delay = told.delay_min.copy()
    delay[rng.random(stations) < _SILENT_SHARE, -1] = _NEVER
    index, step = np.nonzero(np.isfinite(delay))
    reported = counted_us + np.where(np.isfinite(delay), np.maximum(delay, 1.0), 0) * _MINUTE_US
    return SimulatedDay(
        kind=way,
        true_counts=day.voters_present[:, 1:].astype("int64"),
        station_index=index,
        counted_us=counted_us[index, step].astype("int64"),
        reported_us=reported[index, step].astype("int64"),
        reported_counts=told.counts[index, step],
        fase_index=np.where(step == hours - 1, FASE.index("ditutup"), -1),
    )
