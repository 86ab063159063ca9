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

NAME = "days.toml"
_CLOSED = FASE.index("ditutup")
_MINUTE = 60_000_000  # microseconds
_NEVER = np.inf


@dataclass(frozen=True)
class Kind:
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
class Assumed:
    """What is assumed of a day. The tables are those of days.toml."""

    turnout: Mapping[str, Any]
    lists: Mapping[str, float]
    pace: Mapping[str, Any]
    wrong: Mapping[str, float]
    kinds: tuple[Kind, ...]


def assumed(folder: Path) -> Assumed:
    """The assumptions in `days.toml` of this election's folder.

    Raises FileNotFoundError, KeyError or TypeError where one is missing.
    """
    raw = tomllib.loads((folder / NAME).read_text("utf-8"))
    return Assumed(
        turnout=raw["turnout"],
        lists=raw["lists"],
        pace=raw["pace"],
        wrong=raw["wrong"],
        kinds=tuple(Kind(**kind) for kind in raw["kinds"]),
    )


@dataclass(frozen=True)
class Area:
    """The TPS as arrays, in the order of the register.

    opens, closes: microseconds. curve: share of the hours of voting, share of the final turnout.
    """

    dpt: _Floats
    estimated: npt.NDArray[np.bool_]
    kecamatan: npt.NDArray[np.intp]
    desa: npt.NDArray[np.intp]
    opens: int
    closes: int
    curve: tuple[_Floats, _Floats]

    @cached_property
    def hours(self) -> _Ints:
        """The full hours of voting after the opening, in microseconds."""
        return np.arange(self.opens, self.closes, 60 * _MINUTE, dtype="int64") + 60 * _MINUTE

    def __len__(self) -> int:
        return len(self.dpt)


def area(register: Register) -> Area:
    """The area of this register."""
    election, table = register.election, register.tps
    opens, closes = (
        round(election.local_time(at).timestamp() * 1e6)
        for at in (election.tps_opens, election.tps_closes)
    )
    times = [election.local_time(at).timestamp() * 1e6 for at, _ in election.rules.turnout.curve]
    elapsed = (np.array(times) - opens) / (closes - opens)
    voters = compute_voters_by_tps(register)
    return Area(
        dpt=np.array([voters[code] for code in table["code"]], dtype="float64"),
        estimated=table["estimated"].to_numpy(bool),
        kecamatan=pd.factorize(table["kecamatan"])[0],
        desa=pd.factorize(table["desa"])[0],
        opens=opens,
        closes=closes,
        curve=(elapsed, np.array([share for _, share in election.rules.turnout.curve])),
    )


@dataclass(frozen=True)
class Day:
    """One day. came: the truth, voters present at each full hour and (last) in the end, by TPS.

    place, at, told, heads, fase: what was told, a row for each count (microseconds; fase as the
    place in FASE, -1 for an hourly count).
    """

    kind: str
    came: _Ints
    place: _Ints
    at: _Ints
    told: _Ints
    heads: _Floats
    fase: npt.NDArray[np.intp]

    @property
    def final(self) -> _Ints:
        """Voters present in the end, by TPS."""
        return self.came[:, -1]


@dataclass(frozen=True)
class Lot:
    """What is drawn for a day beforehand, so that many days are evenly spread over it.

    level: of the turnout, 0 to 1; in_line: of how many wait at the closing, likewise. In sd: pace,
    how late the day is; peak, how close together its voters come; comers, how many more in each
    hour.
    """

    kind: Kind
    level: float
    in_line: float
    pace: float
    peak: float
    comers: tuple[float, ...]
    seed: tuple[int, int]


def lots(of: Area, given: Assumed, count: int, seed: int) -> list[Lot]:
    """The lots of so many days: each kind as often as its weight, all else in even steps.

    Even steps in an order by chance (a Latin hypercube) keep what is measured on the days
    from resting on luck.
    """
    rng = np.random.default_rng([seed, count])
    steps = np.arange(count)[:, None] + rng.random((count, len(of.curve[0]) + 4))
    even = rng.permuted(steps, axis=0) / count
    weights = np.array([kind.weight for kind in given.kinds])
    kinds = np.searchsorted(np.cumsum(weights) / weights.sum(), even[:, 0])
    normal = np.vectorize(NormalDist().inv_cdf)(even[:, 3:])
    return [
        Lot(
            given.kinds[min(int(kinds[at]), len(given.kinds) - 1)],
            level=float(even[at, 1]),
            in_line=float(even[at, 2]),
            pace=float(normal[at, 0]),
            peak=float(normal[at, 1]),
            comers=tuple(normal[at, 2:].tolist()),
            seed=(seed, at),
        )
        for at in range(count)
    ]


def days(of: Area, given: Assumed, count: int, seed: int) -> Iterator[Day]:
    """So many days, one after the other. The same seed: the same days."""
    return (day(of, given, lot) for lot in lots(of, given, count, seed))


def day(of: Area, given: Assumed, lot: Lot) -> Day:
    """The day of this lot."""
    rng = np.random.default_rng(lot.seed)
    order = _order(of, lot.kind, rng)
    final = _final(of, given, lot, order, rng)
    at = _moments(of, rng)
    true = _so_far(of, given, lot, final, at, rng)
    told = _delays(of, lot.kind, order, at, rng)
    shares = {name: share * lot.kind.wrong for name, share in given.wrong.items()}
    heads = simulated_errors.told(true, of.desa, shares, rng)
    place, step = np.nonzero(np.isfinite(told))
    last = at.shape[1] - 1
    return Day(
        kind=lot.kind.name,
        came=true,
        place=place,
        at=at[place, step],
        told=told[place, step].astype("int64"),
        heads=heads[place, step],
        fase=np.where(step == last, _CLOSED, -1),
    )


def _order(of: Area, kind: Kind, rng: _Rng) -> _Floats:
    """Who reports late, as a normal score by TPS (high: late)."""
    own = rng.normal(size=len(of))
    if kind.order == "besar":
        size = of.dpt * np.exp(rng.normal(0, 0.1, len(of)))
        found = rng.choice([-1, 1]) * (size - size.mean()) / (size.std() or 1) + 0.5 * own
    elif kind.order == "terpencil":
        far = rng.normal(size=of.kecamatan.max() + 1)[of.kecamatan]
        found = 0.6 * far + 0.6 * rng.normal(size=of.desa.max() + 1)[of.desa] + 0.5 * own
    else:
        found = own
    score: _Floats = (found - found.mean()) / (found.std() or 1)
    return score


def _final(of: Area, given: Assumed, lot: Lot, order: _Floats, rng: _Rng) -> _Ints:
    """Voters present at the end of the day."""
    low, high = given.turnout["level"]
    home = rng.normal(0, given.turnout["kecamatan_sd"], of.kecamatan.max() + 1)
    share = (
        low
        + (high - low) * lot.level
        + home[of.kecamatan]
        + rng.normal(0, given.turnout["order_sd"]) * order
        + rng.normal(0, given.turnout["tps_sd"], len(of))
    )
    real = _lists(of, given.lists, rng)
    final: _Ints = np.round(real * share.clip(0.15, 0.99)).astype("int64")
    return final


def _lists(of: Area, given: Mapping[str, float], rng: _Rng) -> _Floats:
    """The real lists, where the register has estimates; their sum stays."""
    home = rng.normal(0, given["kecamatan_sd"], of.kecamatan.max() + 1)
    own = rng.normal(0, given["tps_sd"], len(of))
    real = of.dpt * np.exp(np.where(of.estimated, home[of.kecamatan] + own, 0.0))
    guessed = of.dpt[of.estimated].sum()
    scale = guessed / real[of.estimated].sum() if guessed else 1.0
    return np.where(of.estimated, real * scale, real)


def _moments(of: Area, rng: _Rng) -> _Ints:
    """When each TPS counts: at the full hours, and when the last has gone in."""
    end = of.closes + rng.integers(0, 18, len(of)) * _MINUTE + 1
    hours = np.broadcast_to(of.hours, (len(of), len(of.hours)))
    return np.column_stack([hours, end]).astype("int64")


def shares(of: Area, given: Assumed, lot: Lot) -> tuple[_Floats, _Floats]:
    """The curve of one day: shares of the hours of voting, and of who came by then."""
    elapsed, share = of.curve
    more = given.pace["hour_sd"] * np.array(lot.comers[: len(share) - 1])
    comers = np.diff(share) * np.exp(more)
    came = np.concatenate([[0.0], np.cumsum(comers) / comers.sum()])
    power = np.exp(given.pace["peak_sd"] * lot.peak)
    closer = came**power / (came**power + (1 - came).clip(0) ** power)
    return elapsed ** np.exp(-given.pace["day_sd"] * lot.pace), closer


def _so_far(of: Area, given: Assumed, lot: Lot, final: _Ints, at: _Ints, rng: _Rng) -> _Ints:
    """Voters present at each of these moments; at the last: all."""
    elapsed, share = shares(of, given, lot)
    fewest, many = given.pace["in_line"]
    in_line = fewest + (many - fewest) * lot.in_line
    home = rng.normal(0, given.pace["kecamatan_sd"], of.kecamatan.max() + 1)
    own = np.exp(home[of.kecamatan] + rng.normal(0, given.pace["tps_sd"], len(of)))
    late = rng.random(len(of)) < given.pace["late_opening"]
    least, most = given.pace["late_min"]
    opened = np.where(late, rng.uniform(least, most, len(of)) * _MINUTE, 0.0)
    since = (at[:, :-1] - of.opens - opened[:, None]) / (of.closes - of.opens - opened[:, None])
    came = np.interp(since.clip(0, 1) ** own[:, None], elapsed, share) * (1 - in_line)
    chance = np.sqrt(came * (1 - came) * final[:, None]) * rng.normal(size=came.shape) * 0.5
    so_far = np.round(came * final[:, None] + chance).clip(0, final[:, None])
    steps = np.column_stack([so_far, final])
    return np.maximum.accumulate(steps, axis=1).astype("int64")


def _delays(of: Area, kind: Kind, order: _Floats, at: _Ints, rng: _Rng) -> _Floats:
    """When each count is told, in microseconds; infinite: never."""
    late = kind.by * order[:, None]
    delay = kind.median_min * np.exp(rng.normal(0, kind.spread, at.shape) + late)
    told: _Floats = at + np.maximum(delay, 1.0) * _MINUTE
    # The same share is left out, of those late in order more.
    out = rng.random(at.shape) < (kind.skipped * np.exp(late - kind.by**2 / 2)).clip(0, 0.95)
    out |= (rng.random(len(of)) < (kind.mute * np.exp(late[:, 0])).clip(0, 0.95))[:, None]
    out[:, -1] = rng.random(len(of)) < kind.no_end
    told[out] = _NEVER
    if kind.cut:
        many = of.kecamatan.max() + 1
        deaf = rng.random(many) < kind.cut
        until = np.where(deaf, of.opens + rng.uniform(60, 420, many) * _MINUTE, 0.0)
        told = np.maximum(told, until[of.kecamatan][:, None])
    return told
