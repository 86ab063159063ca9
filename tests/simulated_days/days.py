"""Simulated election days by the hundred: who came, and which counts were late, lost or wrong.

Not the rehearsal day of situasi/simulation, which is written row by row: these are numbers alone,
for trying the forecast with late, missing and wrong reports. Its interval rests on real days
(real_day_pace). Assumptions (figures in `days.toml`; all perkiraan):

* The turnout of the kabupaten is anywhere in a wide range; kecamatan and TPS differ from it
normally.
* A TPS with an estimated roll has a true roll that differs from it, as has its kecamatan; the
  sum of all rolls is that of the register.
* Voters come after `[turnout] curve` of rules.toml, but the whole day runs earlier or later, and
  they come closer together or wider apart; each hour has more or fewer than assumed, kecamatan
  and TPS have their own pace, a few TPS open late, and at the closing some voters still stand
  in line.
* TPS count at each full hour, and at their end. Reports come after a lognormal delay; some
  counts are skipped, some TPS report only the end, a few not even that; on some days
  whole kecamatan are out of contact for hours.
* On one kind of day those that tell little are those to which few came.
* TPS that report late may differ from those that report soon: the order (by chance, size or
  remoteness) is correlated with turnout, with its own strength and sign on each day.
* Counts are wrong: a digit lost, doubled or swapped, the hour before repeated, rounded to
  tens, above the end for some hours, a late start, one count for a whole desa.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register
from tests.simulated_days import count_errors

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_Rng = np.random.Generator

_FILE = Path(__file__).with_name("days.toml")
_CLOSED = FASE.index("ditutup")
_MINUTE = 60_000_000  # microseconds
_NEVER = np.inf
ORDERS = ("acak", "besar", "terpencil", "rendah")
# How much lower, in log, TPS lie per sd of lateness where the order is "rendah": so those that tell
# nothing lie some 21 to 28 % below those that tell.
_LOW_PER_SD = 0.52


@dataclass(frozen=True)
class DayKind:
    """Kind of day: in which order, how late and how badly TPS report (see days.toml).

    late_share: of the counts come late, of median late_min; then the order says who tells, not how
    late.
    """

    name: str
    weight: float
    order: str  # of ORDERS
    by: float
    median_min: float
    spread: float
    skipped: float
    mute: float
    no_end: float
    cut: float
    wrong: float
    late_share: float = 0.0
    late_min: float = 0.0


@dataclass(frozen=True)
class DayAssumptions:
    """Assumptions about a day, in the tables of days.toml."""

    turnout: Mapping[str, Any]
    lists: Mapping[str, float]
    pace: Mapping[str, Any]
    wrong: Mapping[str, float]
    kinds: tuple[DayKind, ...]


def load_assumptions() -> DayAssumptions:
    """Load the assumptions from `days.toml`."""
    raw = tomllib.loads(_FILE.read_text("utf-8"))
    return DayAssumptions(**{**raw, "kinds": tuple(DayKind(**kind) for kind in raw["kinds"])})


@dataclass(frozen=True)
class SimulatedArea:
    """The TPS as arrays, in the order of the register.

    curve: shares of the voting hours, and shares of the final turnout.
    """

    dpt: _Floats
    estimated: npt.NDArray[np.bool_]
    kecamatan: npt.NDArray[np.intp]
    desa: npt.NDArray[np.intp]
    opens_us: int
    closes_us: int
    curve: tuple[_Floats, _Floats]

    @cached_property
    def full_hours_us(self) -> _Ints:
        """Return the full hours of voting after the opening, in microseconds."""
        return np.arange(self.opens_us, self.closes_us, 60 * _MINUTE, dtype="int64") + 60 * _MINUTE

    def __len__(self) -> int:
        return len(self.dpt)


def build_area(register: Register) -> SimulatedArea:
    """Build the area of this register."""
    election, table = register.election, register.tps
    opens, closes = (
        round(election.local_time(at).timestamp() * 1e6)
        for at in (election.tps_opens, election.tps_closes)
    )
    times = [election.local_time(at).timestamp() * 1e6 for at, _ in election.rules.turnout.curve]
    elapsed = (np.array(times) - opens) / (closes - opens)
    voters = register.voters_by_tps
    return SimulatedArea(
        dpt=np.array([voters[code] for code in table["code"]], dtype="float64"),
        estimated=table["estimated"].to_numpy(bool),
        kecamatan=pd.factorize(table["kecamatan"])[0],
        desa=pd.factorize(table["desa"])[0],
        opens_us=opens,
        closes_us=closes,
        curve=(elapsed, np.array([share for _, share in election.rules.turnout.curve])),
    )


@dataclass(frozen=True)
class SimulatedDay:
    """One day.

    true_counts: voters present at each full hour and (last) in the end, by TPS. The other arrays
    are the reports, a row for each count; fase_index: position in FASE, -1 for an hourly count.
    """

    kind: str
    true_counts: _Ints
    station_index: _Ints
    counted_us: _Ints
    reported_us: _Ints
    reported_counts: _Floats
    fase_index: npt.NDArray[np.intp]

    @property
    def final_counts(self) -> _Ints:
        """Return the voters present in the end, by TPS."""
        return self.true_counts[:, -1]


@dataclass(frozen=True)
class DayDraw:
    """Random draws for a day, made beforehand so that many days are evenly spread.

    turnout_level, queue_level (how many wait at the closing): from 0 to 1. In sd: pace_deviation
    (how late the day is), peak_deviation (how close together voters come), arrival_deviations (how
    many more come in each hour).
    """

    kind: DayKind
    turnout_level: float
    queue_level: float
    pace_deviation: float
    peak_deviation: float
    arrival_deviations: tuple[float, ...]
    seed: tuple[int, int]


def draw_days(
    area: SimulatedArea, assumptions: DayAssumptions, count: int, seed: int
) -> list[DayDraw]:
    """Draw so many days: each kind as often as its weight, all else in even steps.

    Even steps in random order (a Latin hypercube) keep what is measured on the days from depending
    on chance. Such days are not exchangeable with one another or with a day to come: they serve to
    try the forecast under bad reporting, and no conformal interval may be fitted on them.
    """
    rng = np.random.default_rng([seed, count])
    steps = np.arange(count)[:, None] + rng.random((count, len(area.curve[0]) + 4))
    levels = rng.permuted(steps, axis=0) / count
    weights = np.array([kind.weight for kind in assumptions.kinds])
    kinds = np.searchsorted(np.cumsum(weights) / weights.sum(), levels[:, 0])
    normal = np.vectorize(NormalDist().inv_cdf)(levels[:, 3:])
    return [
        DayDraw(
            assumptions.kinds[min(int(kinds[number]), len(assumptions.kinds) - 1)],
            turnout_level=float(levels[number, 1]),
            queue_level=float(levels[number, 2]),
            pace_deviation=float(normal[number, 0]),
            peak_deviation=float(normal[number, 1]),
            arrival_deviations=tuple(normal[number, 2:].tolist()),
            seed=(seed, number),
        )
        for number in range(count)
    ]


def simulate_days(
    area: SimulatedArea, assumptions: DayAssumptions, count: int, seed: int
) -> Iterator[SimulatedDay]:
    """Simulate so many days, one after the other; the same seed gives the same days."""
    return (
        simulate_day(area, assumptions, draw) for draw in draw_days(area, assumptions, count, seed)
    )


def simulate_day(area: SimulatedArea, assumptions: DayAssumptions, draw: DayDraw) -> SimulatedDay:
    """Simulate the day of this draw."""
    rng = np.random.default_rng(draw.seed)
    order = _draw_report_order(area, draw.kind, rng)
    final_counts = _draw_final_counts(area, assumptions, draw, order, rng)
    count_times = _draw_count_times(area, rng)
    true_counts = _draw_true_counts(area, assumptions, draw, final_counts, count_times, rng)
    report_times = _draw_report_times(area, draw.kind, order, count_times, rng)
    shares = {name: share * draw.kind.wrong for name, share in assumptions.wrong.items()}
    reported_counts = count_errors.add_count_errors(true_counts, area.desa, shares, rng)
    station_index, step = np.nonzero(np.isfinite(report_times))
    return SimulatedDay(
        kind=draw.kind.name,
        true_counts=true_counts,
        station_index=station_index,
        counted_us=count_times[station_index, step],
        reported_us=report_times[station_index, step].astype("int64"),
        reported_counts=reported_counts[station_index, step],
        fase_index=np.where(step == count_times.shape[1] - 1, _CLOSED, -1),
    )


def _draw_report_order(area: SimulatedArea, kind: DayKind, rng: _Rng) -> _Floats:
    """Draw who reports late, as a normal score by TPS (high: late)."""
    noise = rng.normal(size=len(area))
    if kind.order == "besar":
        size = area.dpt * np.exp(rng.normal(0, 0.1, len(area)))
        late = rng.choice([-1, 1]) * (size - size.mean()) / (size.std() or 1) + 0.5 * noise
    elif kind.order == "terpencil":
        remoteness = rng.normal(size=area.kecamatan.max() + 1)[area.kecamatan]
        late = (
            0.6 * remoteness + 0.6 * rng.normal(size=area.desa.max() + 1)[area.desa] + 0.5 * noise
        )
    else:
        late = noise
    score: _Floats = (late - late.mean()) / (late.std() or 1)
    return score


def _draw_final_counts(
    area: SimulatedArea,
    assumptions: DayAssumptions,
    draw: DayDraw,
    report_order: _Floats,
    rng: _Rng,
) -> _Ints:
    """Draw the voters present at the end of the day."""
    low, high = assumptions.turnout["level"]
    shift = rng.normal(0, assumptions.turnout["kecamatan_sd"], area.kecamatan.max() + 1)
    lower = np.exp(-_LOW_PER_SD * report_order) if draw.kind.order == "rendah" else 1.0
    share = lower * (
        low
        + (high - low) * draw.turnout_level
        + shift[area.kecamatan]
        + rng.normal(0, assumptions.turnout["order_sd"]) * report_order
        + rng.normal(0, assumptions.turnout["tps_sd"], len(area))
    )
    true_rolls = _draw_true_voter_rolls(area, assumptions.lists, rng)
    final: _Ints = np.round(true_rolls * share.clip(0.15, 0.99)).astype("int64")
    return final


def _draw_true_voter_rolls(area: SimulatedArea, spreads: Mapping[str, float], rng: _Rng) -> _Floats:
    """Draw the true rolls where the register has estimates; their sum stays."""
    shift = rng.normal(0, spreads["kecamatan_sd"], area.kecamatan.max() + 1)
    noise = rng.normal(0, spreads["tps_sd"], len(area))
    rolls = area.dpt * np.exp(np.where(area.estimated, shift[area.kecamatan] + noise, 0.0))
    estimated_sum = area.dpt[area.estimated].sum()
    scale = estimated_sum / rolls[area.estimated].sum() if estimated_sum else 1.0
    return np.where(area.estimated, rolls * scale, rolls)


def _draw_count_times(area: SimulatedArea, rng: _Rng) -> _Ints:
    """Draw when each TPS counts: at the full hours, and when its last voter has gone in."""
    end = area.closes_us + rng.integers(0, 18, len(area)) * _MINUTE + 1
    hours = np.broadcast_to(area.full_hours_us, (len(area), len(area.full_hours_us)))
    return np.column_stack([hours, end]).astype("int64")


def compute_arrival_curve(
    area: SimulatedArea, assumptions: DayAssumptions, draw: DayDraw
) -> tuple[_Floats, _Floats]:
    """Compute the curve of one day: shares of the voting hours, and of voters by then."""
    elapsed, share = area.curve
    noise = assumptions.pace["hour_sd"] * np.array(draw.arrival_deviations[: len(share) - 1])
    arrivals = np.diff(share) * np.exp(noise)
    came = np.concatenate([[0.0], np.cumsum(arrivals) / arrivals.sum()])
    power = np.exp(assumptions.pace["peak_sd"] * draw.peak_deviation)
    peaked = came**power / (came**power + (1 - came).clip(0) ** power)
    return elapsed ** np.exp(-assumptions.pace["day_sd"] * draw.pace_deviation), peaked


def _draw_true_counts(
    area: SimulatedArea,
    assumptions: DayAssumptions,
    draw: DayDraw,
    final_counts: _Ints,
    count_times_us: _Ints,
    rng: _Rng,
) -> _Ints:
    """Draw the voters present at each of these moments; at the last: all."""
    elapsed, share = compute_arrival_curve(area, assumptions, draw)
    fewest, most = assumptions.pace["in_line"]
    in_line = fewest + (most - fewest) * draw.queue_level
    shift = rng.normal(0, assumptions.pace["kecamatan_sd"], area.kecamatan.max() + 1)
    pace = np.exp(shift[area.kecamatan] + rng.normal(0, assumptions.pace["tps_sd"], len(area)))
    is_late = rng.random(len(area)) < assumptions.pace["late_opening"]
    min_delay, max_delay = assumptions.pace["late_min"]
    delay_us = np.where(is_late, rng.uniform(min_delay, max_delay, len(area)) * _MINUTE, 0.0)
    fraction = (count_times_us[:, :-1] - area.opens_us - delay_us[:, None]) / (
        area.closes_us - area.opens_us - delay_us[:, None]
    )
    came = np.interp(fraction.clip(0, 1) ** pace[:, None], elapsed, share) * (1 - in_line)
    chance = np.sqrt(came * (1 - came) * final_counts[:, None]) * rng.normal(size=came.shape) * 0.5
    so_far = np.round(came * final_counts[:, None] + chance).clip(0, final_counts[:, None])
    steps = np.column_stack([so_far, final_counts])
    return np.maximum.accumulate(steps, axis=1).astype("int64")


def draw_delays(kind: DayKind, shape: tuple[int, ...], rng: _Rng) -> _Floats:
    """Draw the minutes until counts are told; late_share of them are of median late_min."""
    is_late = rng.random(shape) < kind.late_share
    median = np.where(is_late, kind.late_min, kind.median_min)
    return np.asarray(median * np.exp(rng.normal(0, kind.spread, shape)))


def _draw_report_times(
    area: SimulatedArea, kind: DayKind, report_order: _Floats, count_times_us: _Ints, rng: _Rng
) -> _Floats:
    """Draw when each count is reported, in microseconds; infinite: never."""
    lag = kind.by * report_order[:, None]
    delay = draw_delays(kind, count_times_us.shape, rng)
    if not kind.late_share:
        delay *= np.exp(lag)
    times: _Floats = count_times_us + np.maximum(delay, 1.0) * _MINUTE
    # The mean share of skipped counts stays the same; late reporters skip more.
    skip = rng.random(count_times_us.shape) < (kind.skipped * np.exp(lag - kind.by**2 / 2)).clip(
        0, 0.95
    )
    skip |= (rng.random(len(area)) < (kind.mute * np.exp(lag[:, 0])).clip(0, 0.95))[:, None]
    skip[:, -1] = rng.random(len(area)) < kind.no_end
    times[skip] = _NEVER
    if kind.cut:
        size = area.kecamatan.max() + 1
        is_cut = rng.random(size) < kind.cut
        until = np.where(is_cut, area.opens_us + rng.uniform(60, 420, size) * _MINUTE, 0.0)
        times = np.maximum(times, until[area.kecamatan][:, None])
    return times
