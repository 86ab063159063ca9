"""Days of incidents for tests of counts: by chance over unlike places, told late, or planted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from situasi.analysis.hotspots.counts import CountChanges, find_excesses
from situasi.domain.rules import CountRules
from tests.analysis.builders_tps import whole

Rng = np.random.Generator
Floats = npt.NDArray[np.float64]

# Incidents an hour of the whole kabupaten from 04.00, as on the rehearsal day.
PACE = np.array([1, 1, 2, 6, 7, 7, 6, 5, 6, 7, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1], "float64")
STEPS = 2 * len(PACE)
TPS = whole().tps["kecamatan"].value_counts(sort=False).to_numpy("float64")
RULES: CountRules = whole().election.rules.counts
_MINUTE_US = 60_000_000


def told_as_abroad(rng: Rng, number: int) -> Floats:
    """Minutes until it was known: median 19, 75 % within 113, as people really report."""
    return np.exp(rng.normal(np.log(19), 2.6, number)).clip(0, 600)


def told_soon(rng: Rng, number: int) -> Floats:
    return rng.exponential(8, number)


@dataclass(frozen=True)
class Quiet:
    """How a day goes on which nothing is planted.

    likeness: of the kecamatan, Gamma shape of how often each has incidents. busy: so many times as
    often the whole day in one of them. wander: Gamma shape of each place from hour to hour. drift:
    sd of the log pace of a place, and how it goes with that of the hour before. again: of the
    incidents, told two to four times. followed: by so many others there, most within the half hour.
    round_hours: most are said to have happened at a half or quarter hour. outage: hours from
    04.00 between which nothing arrives, of `silent` kecamatan; it catches up afterwards.
    """

    likeness: float = 4.0
    busy: float = 4.0
    twins: float = 0.08
    times: float = 1.0
    wander: float | None = None
    drift: tuple[float, float] | None = None
    again: float = 0.0
    followed: float = 0.0
    round_hours: bool = False
    lag: Callable[[Rng, int], Floats] | None = None
    outage: tuple[float, float] | None = None
    silent: int = 1


@dataclass(frozen=True)
class Planted:
    """So many times as many incidents as usual in one kecamatan within one hour from 04.00."""

    place: int
    hour: int
    times: float


@dataclass(frozen=True)
class Day:
    """Minutes from 04.00 at which incidents happened and were known, and where (index)."""

    occurred: Floats
    known: Floats
    place: npt.NDArray[np.int64]

    def changes(self) -> CountChanges:
        order = np.argsort(self.known, kind="stable")
        known_us = (self.known[order] * _MINUTE_US).astype("int64")
        step = (self.occurred[order] * _MINUTE_US).astype("int64") // RULES.step_us
        return CountChanges(self.place[order], step, known_us, np.ones(len(order), dtype="int64"))

    def excesses(self, rules: CountRules = RULES) -> pd.DataFrame:
        return find_excesses(self.changes(), TPS, STEPS, rules)


def draw_shares(rng: Rng, quiet: Quiet) -> Floats:
    """Draw which share of the incidents is of each place (in rows) and hour from 04.00."""
    often = TPS * rng.gamma(quiet.likeness, 1 / quiet.likeness, len(TPS))
    often[rng.integers(len(TPS))] *= quiet.busy
    shares = np.outer(often / often.sum(), PACE / PACE.sum())
    if quiet.wander:
        shares = shares * rng.gamma(quiet.wander, 1 / quiet.wander, shares.shape)
    if quiet.drift:
        sd, kept = quiet.drift
        steps = (
            rng.normal(0, sd, shares.shape) * np.where(np.arange(len(PACE)), 1 - kept**2, 1) ** 0.5
        )
        log = lfilter([1.0], [1.0, -kept], steps)
        shares = shares * np.exp(log - sd**2 / 2)
    return np.asarray(shares)


def day(
    rng: Rng, quiet: Quiet, planted: Planted | None = None, shares: Floats | None = None
) -> Day:
    """Draw a day. shares: of draw_shares unless given."""
    mean = (draw_shares(rng, quiet) if shares is None else shares) * PACE.sum() * quiet.times
    if planted:
        usual = PACE[planted.hour] * quiet.times * TPS[planted.place] / TPS.sum()
        mean[planted.place, planted.hour] = usual * planted.times
    numbers = rng.poisson(mean).ravel()
    cell = np.repeat(np.arange(mean.size), numbers)
    place, hour = np.divmod(cell, len(PACE))
    occurred = 60 * (hour + rng.random(len(hour)))
    copies = (rng.random(len(hour)) < quiet.twins).astype("int64")
    if quiet.again:
        copies += rng.integers(1, 4, len(hour)) * (rng.random(len(hour)) < quiet.again)
    others = rng.poisson(quiet.followed, len(hour)) if quiet.followed else np.zeros_like(copies)
    after = np.repeat(occurred, copies) + rng.uniform(0, 15, copies.sum())
    later = np.repeat(occurred, others) + rng.exponential(15, others.sum())
    place = np.r_[place, np.repeat(place, copies), np.repeat(place, others)]
    occurred = np.r_[occurred, after, later]
    occurred = np.minimum(occurred, 60 * len(PACE) - 0.01)
    known = occurred + (quiet.lag(rng, len(occurred)) if quiet.lag else 0.0)
    if quiet.round_hours:
        step = rng.choice([30.0, 15.0, 1.0], len(occurred), p=[0.4, 0.4, 0.2])
        occurred = np.minimum(np.round(occurred / step) * step, known)
    if quiet.outage:
        first, last = (60 * hour for hour in quiet.outage)
        silent = np.isin(place, rng.permutation(len(TPS))[: quiet.silent])
        held = silent & (known >= first) & (known < last)
        known = np.where(held, last + rng.uniform(0, 10, len(known)), known)
    return Day(occurred, known, place.astype("int64"))


def episodes(excesses: pd.DataFrame, per_day: float) -> int:
    """How many calls these are: windows of one place that touch or overlap are one."""
    number = 0
    rare = excesses[excesses["per_day"] <= per_day].sort_values(["first", "end"])
    for _, windows in rare.groupby("place"):
        last = -1
        for first, end in zip(windows["first"], windows["end"], strict=True):
            number += int(first > last)
            last = max(last, end)
    return number
