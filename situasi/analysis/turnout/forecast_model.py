"""The end of the day by kecamatan, before any interval: a centre, and where its error comes from.

Each TPS that told is taken on to its end by the day's pace; TPS that told nothing come as their
kecamatan does, drawn towards all kecamatan where few of it have told (empirical Bayes, normal).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from situasi.analysis.turnout.forecast_inputs import Counts, Floats, Lists, Mask
from situasi.analysis.turnout.forecast_pace import MAD, Running
from situasi.domain.forecast_parameters import Pace
from situasi.domain.rules import ForecastRules as Rules

_LEAST_SD = 0.01  # of a rate: nothing is more alike
_SLIP = 0.005  # of a list: by what a final count that nobody doubts may be wrong
_FEW = 5  # the median of fewer TPS says nothing of their kecamatan


@dataclass(frozen=True)
class Parts:
    """By kecamatan, in the order of Lists.codes. Voters; of tps, told and ended TPS.

    told: TPS with a count that is not set aside; ended: with that of their end, not doubted at all.
    counted: heads of the newest undoubted counts. most: no more can come. centre: the
    estimate. mass: by kecamatan and hour (the last: the end), how much of the centre stands on
    counts of that hour. silent: how much on TPS that told nothing. own: variance of the errors
    that no other kecamatan shares.
    """

    tps: Floats
    told: Floats
    ended: Floats
    counted: Floats
    most: Floats
    centre: Floats
    mass: Floats
    silent: Floats
    own: Floats

    def sigma(self, of: Mask, running: Running, rules: Rules) -> float:
        """The standard error of these kecamatan as one: what they share adds up."""
        mass = self.mass[of].sum(axis=0)
        shared = max(float(mass @ running.covariance @ mass), 0.0)
        silent = rules.unreported_sd * float(self.silent[of].sum())
        return float(np.sqrt(shared + silent**2 + float(self.own[of].sum())))


@dataclass(frozen=True)
class _Levels:
    """Turnout as a share of the list, by kecamatan, as of its silent TPS.

    centre: about which its TPS are believed to lie; tps: with this sd. of: drawn towards all
    kecamatan; variance: of its error.
    """

    centre: Floats
    tps: float
    of: Floats
    variance: Floats


def parts(counts: Counts, lists: Lists, running: Running, pace: Pace, rules: Rules) -> Parts:
    """The parts of the whole. counts: of outlook_counts.weighed, those
    that are used, of one TPS at least."""
    newest, hard = counts.newest(), counts.take(~counts.soft).newest()
    place, last = newest.place, len(pace.offset)
    counted = np.zeros(len(lists))
    counted[hard.place] = hard.heads
    over = np.zeros(len(lists), dtype=bool)
    over[hard.place] = hard.slot == last
    most = np.where(over, counted, np.maximum(lists.most, counted))

    rate = newest.heads * np.exp(-running.ahead[newest.slot]) / newest.share / lists.dpt[place]
    levels = _levels(rate, place, lists, rules)
    final = _believed(rate, place, lists, levels, rules) * lists.dpt[place]
    final = np.clip(final, counted[place], most[place])

    quiet = np.setdiff1d(np.arange(len(lists)), place)
    silent = np.minimum(
        levels.of * lists.summed(lists.dpt[quiet], quiet), lists.summed(most[quiet], quiet)
    )
    mass = _mass(final, silent, newest, lists, last + 1)
    return Parts(
        tps=lists.summed(np.ones(len(lists))),
        told=lists.summed(np.ones(len(place)), place),
        ended=lists.summed(over.astype("float64")),
        counted=lists.summed(counted),
        most=lists.summed(most),
        centre=lists.summed(final, place) + silent,
        mass=mass,
        silent=silent,
        own=_own(final, newest, quiet, lists, levels, pace)
        + (mass @ np.append(pace.kecamatan, 0.0)) ** 2,
    )


def _levels(rate: Floats, place: np.ndarray, lists: Lists, rules: Rules) -> _Levels:
    """What the TPS that told say of those that did not."""
    home, dpt, many = lists.kecamatan[place], lists.dpt[place], len(lists.codes)
    told = np.bincount(home, minlength=many)
    centre = np.full(many, np.median(rate))
    for code in np.flatnonzero(told >= _FEW):
        centre[code] = np.median(rate[home == code])
    tps = max(MAD * float(np.median(np.abs(rate - centre[home]))), _LEAST_SD)
    reach = rules.winsor_sd * tps
    near = np.clip(rate, centre[home] - reach, centre[home] + reach)

    weight = lists.summed(dpt, place)
    heard = weight > 0
    mean = np.divide(lists.summed(near * dpt, place), weight, where=heard, out=np.zeros(many))
    noise = np.full(many, np.inf)
    noise[heard] = tps**2 * (lists.summed(dpt**2, place) / np.maximum(weight, 1.0) ** 2)[heard]
    whole = float(weight @ mean / weight.sum())
    apart = float(weight @ np.where(heard, (mean - whole) ** 2, 0.0) / weight.sum())
    inside = float(weight @ np.where(heard, noise, 0.0) / weight.sum())
    between = max(apart - inside, _LEAST_SD**2)
    own = between / (between + noise)  # 0 of a kecamatan that told nothing
    drawn = np.where(heard, whole + own * (mean - whole), whole)
    return _Levels(centre, tps, drawn, between * (1 - own))


def _believed(
    rate: Floats, place: np.ndarray, lists: Lists, levels: _Levels, rules: Rules
) -> Floats:
    """The rates, none further from its kecamatan than a TPS is believed to lie."""
    centre, reach = levels.centre[lists.kecamatan[place]], rules.winsor_sd * levels.tps
    return np.clip(rate, centre - reach, centre + reach)


def _mass(final: Floats, silent: Floats, newest: Counts, lists: Lists, slots: int) -> Floats:
    """On counts of which hour the estimates stand; of the silent, as of those that told."""
    mass = np.zeros((len(lists.codes), slots))
    np.add.at(mass, (lists.kecamatan[newest.place], newest.slot), final)
    told = mass.sum(axis=1, keepdims=True)
    everywhere = mass.sum(axis=0) / mass.sum() if mass.sum() else np.full(slots, 1 / slots)
    shares = np.where(told > 0, mass / np.where(told > 0, told, 1.0), everywhere)
    found: Floats = mass + shares * silent[:, None]
    return found


def _own(
    final: Floats,
    newest: Counts,
    quiet: np.ndarray,
    lists: Lists,
    levels: _Levels,
    pace: Pace,
) -> Floats:
    """The variance of what is by chance of each TPS, and of how far the silent ones are known."""
    place = newest.place
    spread = (np.append(pace.tps, 0.0)[newest.slot] * final) ** 2
    spread += (_SLIP * lists.dpt[place]) ** 2
    spread += np.where(newest.soft, (levels.tps * lists.dpt[place]) ** 2, 0.0)
    left = lists.summed(lists.dpt[quiet], quiet)
    unknown = levels.tps**2 * lists.summed(lists.dpt[quiet] ** 2, quiet)
    found: Floats = lists.summed(spread, place) + unknown + left**2 * levels.variance
    return found
