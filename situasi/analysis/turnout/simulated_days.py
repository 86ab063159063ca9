"""Simulated election days by the hundred: who came, and what was told of it late, never or wrongly.

Not the rehearsal day, which is one story told row by row: these are numbers alone, for calibrating
and testing estimates. What is assumed (figures in `days.toml` of the election; all perkiraan):

* The kabupaten's turnout is anywhere in a wide range; kecamatan and TPS differ from it normally.
* A TPS whose list is estimated has a real list that differs from it, as has its kecamatan; the
  sum of all lists is that of the register.
* Voters come after `[turnout] curve` of rules.toml, but the whole day runs earlier or later, and
  they come closer together or wider apart; each hour has more or fewer than assumed, kecamatan
  and TPS have a pace of their own, a few TPS open late, and at the closing some still stand in
  line.
* TPS count at each full hour, and at their end. Words come after a lognormal delay; some
  counts are skipped, some TPS tell nothing but the end, a few not even that; on some days
  whole kecamatan cannot be heard for hours.
* Who reports late may differ from who reports soon: the order (by chance, by size, by remoteness)
  goes along with turnout, with a strength and a sign of its own on each day.
* Counts are wrong: a digit lost, doubled or swapped, the hour before told again, rounded to
  tens, a late start, one count for a whole desa.
"""

from __future__ import annotations

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

from situasi.analysis.turnout import simulated_errors
from situasi.domain.feed_schemas import FASE
from situasi.domain.register import Register, compute_voters_by_tps

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_Rng = np.random.Generator

FILE_NAME = "days.toml"
_CLOSED = FASE.index("ditutup")
_MINUTE = 60_000_000  # microseconds
_NEVER = np.inf


@dataclass(frozen=True)
class DayKind:
    """A kind of day: in which order, how late and how badly TPS report (see days.toml)."""

    name: str
    weight: float
    order: str
    by: float
    median_min: float
    spread: float
    skipped: float
    mute: float
    no_end: float
    cut: float
    wrong: float


@dataclass(frozen=True)
class DayAssumptions:
    """What is assumed of a day. The tables are those of days.toml."""

    turnout: Mapping[str, Any]
    lists: Mapping[str, float]
    pace: Mapping[str, Any]
    wrong: Mapping[str, float]
    kinds: tuple[DayKind, ...]


def load_assumptions(folder: Path) -> DayAssumptions:
    """The assumptions in `days.toml` of this election's folder.

    Raises FileNotFoundError, KeyError or TypeError where one is missing.
    """
    raw = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    return DayAssumptions(
        turnout=raw["turnout"],
        lists=raw["lists"],
        pace=raw["pace"],
        wrong=raw["wrong"],
        kinds=tuple(DayKind(**kind) for kind in raw["kinds"]),
    )


@dataclass(frozen=True)
class SimulatedArea:
    """The TPS as arrays, in the order of the register.

    opens, closes: microseconds. curve: share of the hours of voting, share of the final turnout.
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
        """The full hours of voting after the opening, in microseconds."""
        return np.arange(self.opens_us, self.closes_us, 60 * _MINUTE, dtype="int64") + 60 * _MINUTE

    def __len__(self) -> int:
        return len(self.dpt)


def build_area(register: Register) -> SimulatedArea:
    """The area of this register."""
    election, table = register.election, register.tps
    opens, closes = (
        round(election.local_time(at).timestamp() * 1e6)
        for at in (election.tps_opens, election.tps_closes)
    )
    times = [election.local_time(at).timestamp() * 1e6 for at, _ in election.rules.turnout.curve]
    elapsed = (np.array(times) - opens) / (closes - opens)
    voters = compute_voters_by_tps(register)
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
    """One day. came: the truth, voters present at each full hour and (last) in the end, by TPS.

    place, at, told, heads, fase: what was told, a row for each count (microseconds; fase as the
    place in FASE, -1 for an hourly count).
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
        """Voters present in the end, by TPS."""
        return self.true_counts[:, -1]


@dataclass(frozen=True)
class DayDraw:
    """What is drawn for a day beforehand, so that many days are evenly spread over it.

    level: of the turnout, 0 to 1; in_line: of how many wait at the closing, likewise. In sd: pace,
    how late the day is; peak, how close together its voters come; comers, how many more in each
    hour.
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
    """The lots of so many days: each kind as often as its weight, all else in even steps.

    Even steps in an order by chance (a Latin hypercube) keep what is measured on the days
    from resting on luck.
    """
    rng = np.random.default_rng([seed, count])
    steps = np.arange(count)[:, None] + rng.random((count, len(area.curve[0]) + 4))
    even = rng.permuted(steps, axis=0) / count
    weights = np.array([kind.weight for kind in assumptions.kinds])
    kinds = np.searchsorted(np.cumsum(weights) / weights.sum(), even[:, 0])
    normal = np.vectorize(NormalDist().inv_cdf)(even[:, 3:])
    return [
        DayDraw(
            assumptions.kinds[min(int(kinds[at]), len(assumptions.kinds) - 1)],
            turnout_level=float(even[at, 1]),
            queue_level=float(even[at, 2]),
            pace_deviation=float(normal[at, 0]),
            peak_deviation=float(normal[at, 1]),
            arrival_deviations=tuple(normal[at, 2:].tolist()),
            seed=(seed, at),
        )
        for at in range(count)
    ]


def simulate_days(
    area: SimulatedArea, assumptions: DayAssumptions, count: int, seed: int
) -> Iterator[SimulatedDay]:
    """So many days, one after the other. The same seed: the same days."""
    return (
        simulate_day(area, assumptions, lot) for lot in draw_days(area, assumptions, count, seed)
    )


def simulate_day(area: SimulatedArea, assumptions: DayAssumptions, draw: DayDraw) -> SimulatedDay:
    """The day of this lot."""
    rng = np.random.default_rng(draw.seed)
    order = _draw_report_order(area, draw.kind, rng)
    final = _draw_final_counts(area, assumptions, draw, order, rng)
    at = _draw_count_times(area, rng)
    true = _draw_true_counts(area, assumptions, draw, final, at, rng)
    told = _draw_report_times(area, draw.kind, order, at, rng)
    shares = {name: share * draw.kind.wrong for name, share in assumptions.wrong.items()}
    heads = simulated_errors.add_count_errors(true, area.desa, shares, rng)
    place, step = np.nonzero(np.isfinite(told))
    last = at.shape[1] - 1
    return SimulatedDay(
        kind=draw.kind.name,
        true_counts=true,
        station_index=place,
        counted_us=at[place, step],
        reported_us=told[place, step].astype("int64"),
        reported_counts=heads[place, step],
        fase_index=np.where(step == last, _CLOSED, -1),
    )


def _draw_report_order(area: SimulatedArea, kind: DayKind, rng: _Rng) -> _Floats:
    """Who reports late, as a normal score by TPS (high: late)."""
    own = rng.normal(size=len(area))
    if kind.order == "besar":
        size = area.dpt * np.exp(rng.normal(0, 0.1, len(area)))
        found = rng.choice([-1, 1]) * (size - size.mean()) / (size.std() or 1) + 0.5 * own
    elif kind.order == "terpencil":
        far = rng.normal(size=area.kecamatan.max() + 1)[area.kecamatan]
        found = 0.6 * far + 0.6 * rng.normal(size=area.desa.max() + 1)[area.desa] + 0.5 * own
    else:
        found = own
    score: _Floats = (found - found.mean()) / (found.std() or 1)
    return score


def _draw_final_counts(
    area: SimulatedArea,
    assumptions: DayAssumptions,
    draw: DayDraw,
    report_order: _Floats,
    rng: _Rng,
) -> _Ints:
    """Voters present at the end of the day."""
    low, high = assumptions.turnout["level"]
    home = rng.normal(0, assumptions.turnout["kecamatan_sd"], area.kecamatan.max() + 1)
    share = (
        low
        + (high - low) * draw.turnout_level
        + home[area.kecamatan]
        + rng.normal(0, assumptions.turnout["order_sd"]) * report_order
        + rng.normal(0, assumptions.turnout["tps_sd"], len(area))
    )
    real = _draw_true_voter_rolls(area, assumptions.lists, rng)
    final: _Ints = np.round(real * share.clip(0.15, 0.99)).astype("int64")
    return final


def _draw_true_voter_rolls(area: SimulatedArea, spreads: Mapping[str, float], rng: _Rng) -> _Floats:
    """The real lists, where the register has estimates; their sum stays."""
    home = rng.normal(0, spreads["kecamatan_sd"], area.kecamatan.max() + 1)
    own = rng.normal(0, spreads["tps_sd"], len(area))
    real = area.dpt * np.exp(np.where(area.estimated, home[area.kecamatan] + own, 0.0))
    guessed = area.dpt[area.estimated].sum()
    scale = guessed / real[area.estimated].sum() if guessed else 1.0
    return np.where(area.estimated, real * scale, real)


def _draw_count_times(area: SimulatedArea, rng: _Rng) -> _Ints:
    """When each TPS counts: at the full hours, and when the last has gone in."""
    end = area.closes_us + rng.integers(0, 18, len(area)) * _MINUTE + 1
    hours = np.broadcast_to(area.full_hours_us, (len(area), len(area.full_hours_us)))
    return np.column_stack([hours, end]).astype("int64")


def compute_arrival_curve(
    area: SimulatedArea, assumptions: DayAssumptions, draw: DayDraw
) -> tuple[_Floats, _Floats]:
    """The curve of one day: shares of the hours of voting, and of who came by then."""
    elapsed, share = area.curve
    more = assumptions.pace["hour_sd"] * np.array(draw.arrival_deviations[: len(share) - 1])
    comers = np.diff(share) * np.exp(more)
    came = np.concatenate([[0.0], np.cumsum(comers) / comers.sum()])
    power = np.exp(assumptions.pace["peak_sd"] * draw.peak_deviation)
    closer = came**power / (came**power + (1 - came).clip(0) ** power)
    return elapsed ** np.exp(-assumptions.pace["day_sd"] * draw.pace_deviation), closer


def _draw_true_counts(
    area: SimulatedArea,
    assumptions: DayAssumptions,
    draw: DayDraw,
    final_counts: _Ints,
    count_times_us: _Ints,
    rng: _Rng,
) -> _Ints:
    """Voters present at each of these moments; at the last: all."""
    elapsed, share = compute_arrival_curve(area, assumptions, draw)
    fewest, many = assumptions.pace["in_line"]
    in_line = fewest + (many - fewest) * draw.queue_level
    home = rng.normal(0, assumptions.pace["kecamatan_sd"], area.kecamatan.max() + 1)
    own = np.exp(home[area.kecamatan] + rng.normal(0, assumptions.pace["tps_sd"], len(area)))
    late = rng.random(len(area)) < assumptions.pace["late_opening"]
    least, most = assumptions.pace["late_min"]
    opened = np.where(late, rng.uniform(least, most, len(area)) * _MINUTE, 0.0)
    since = (count_times_us[:, :-1] - area.opens_us - opened[:, None]) / (
        area.closes_us - area.opens_us - opened[:, None]
    )
    came = np.interp(since.clip(0, 1) ** own[:, None], elapsed, share) * (1 - in_line)
    chance = np.sqrt(came * (1 - came) * final_counts[:, None]) * rng.normal(size=came.shape) * 0.5
    so_far = np.round(came * final_counts[:, None] + chance).clip(0, final_counts[:, None])
    steps = np.column_stack([so_far, final_counts])
    return np.maximum.accumulate(steps, axis=1).astype("int64")


def _draw_report_times(
    area: SimulatedArea, kind: DayKind, report_order: _Floats, count_times_us: _Ints, rng: _Rng
) -> _Floats:
    """When each count is told, in microseconds; infinite: never."""
    late = kind.by * report_order[:, None]
    delay = kind.median_min * np.exp(rng.normal(0, kind.spread, count_times_us.shape) + late)
    told: _Floats = count_times_us + np.maximum(delay, 1.0) * _MINUTE
    # The same share is left out, of those late in order more.
    out = rng.random(count_times_us.shape) < (kind.skipped * np.exp(late - kind.by**2 / 2)).clip(
        0, 0.95
    )
    out |= (rng.random(len(area)) < (kind.mute * np.exp(late[:, 0])).clip(0, 0.95))[:, None]
    out[:, -1] = rng.random(len(area)) < kind.no_end
    told[out] = _NEVER
    if kind.cut:
        many = area.kecamatan.max() + 1
        deaf = rng.random(many) < kind.cut
        until = np.where(deaf, area.opens_us + rng.uniform(60, 420, many) * _MINUTE, 0.0)
        told = np.maximum(told, until[area.kecamatan][:, None])
    return told
