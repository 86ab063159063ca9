"""The end of the day by kecamatan, before any interval: a centre, and where its error comes from.

Each TPS that told is taken on to its end by the day's pace; TPS that told nothing come as their
kecamatan does, drawn towards all kecamatan where few of it have told (empirical Bayes, normal).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from situasi.analysis.turnout.forecast_inputs import Floats, Mask, TurnoutCounts, VoterRolls
from situasi.analysis.turnout.forecast_pace import SD_PER_MAD, PacePosterior
from situasi.domain.forecast_parameters import Pace
from situasi.domain.rules import ForecastRules as Rules

_MIN_SD = 0.01  # of a rate: nothing is more alike
_COUNT_ERROR_SHARE = 0.005  # of a list: by what a final count that nobody doubts may be wrong
_MIN_STATIONS_FOR_MEDIAN = 5  # the median of fewer TPS says nothing of their kecamatan


@dataclass(frozen=True)
class ForecastComponents:
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
    weight_by_slot: Floats
    unreported: Floats
    own_variance: Floats

    def compute_sigma(self, member_mask: Mask, posterior: PacePosterior, rules: Rules) -> float:
        """The standard error of these kecamatan as one: what they share adds up."""
        mass = self.weight_by_slot[member_mask].sum(axis=0)
        shared = max(float(mass @ posterior.covariance @ mass), 0.0)
        silent = rules.unreported_sd * float(self.unreported[member_mask].sum())
        return float(np.sqrt(shared + silent**2 + float(self.own_variance[member_mask].sum())))


@dataclass(frozen=True)
class _TurnoutLevels:
    """Turnout as a share of the list, by kecamatan, as of its silent TPS.

    centre: about which its TPS are believed to lie; tps: with this sd. of: drawn towards all
    kecamatan; variance: of its error.
    """

    centre: Floats
    station_sd: float
    shrunk_rate: Floats
    variance: Floats


def compute_components(
    counts: TurnoutCounts, rolls: VoterRolls, posterior: PacePosterior, pace: Pace, rules: Rules
) -> ForecastComponents:
    """The parts of the whole. counts: of outlook_counts.weighed, those
    that are used, of one TPS at least."""
    newest, hard = counts.newest(), counts.take(~counts.is_suspect).newest()
    place, last = newest.station_index, len(pace.offset)
    counted = np.zeros(len(rolls))
    counted[hard.station_index] = hard.voters_present
    over = np.zeros(len(rolls), dtype=bool)
    over[hard.station_index] = hard.slot == last
    most = np.where(over, counted, np.maximum(rolls.max_voters, counted))

    rate = (
        newest.voters_present
        * np.exp(-posterior.mean[newest.slot])
        / newest.expected_share
        / rolls.dpt[place]
    )
    levels = _estimate_levels(rate, place, rolls, rules)
    final = _winsorise(rate, place, rolls, levels, rules) * rolls.dpt[place]
    final = np.clip(final, counted[place], most[place])

    quiet = np.setdiff1d(np.arange(len(rolls)), place)
    silent = np.minimum(
        levels.shrunk_rate * rolls.sum_by_kecamatan(rolls.dpt[quiet], quiet),
        rolls.sum_by_kecamatan(most[quiet], quiet),
    )
    mass = _compute_weight_by_slot(final, silent, newest, rolls, last + 1)
    return ForecastComponents(
        tps=rolls.sum_by_kecamatan(np.ones(len(rolls))),
        told=rolls.sum_by_kecamatan(np.ones(len(place)), place),
        ended=rolls.sum_by_kecamatan(over.astype("float64")),
        counted=rolls.sum_by_kecamatan(counted),
        most=rolls.sum_by_kecamatan(most),
        centre=rolls.sum_by_kecamatan(final, place) + silent,
        weight_by_slot=mass,
        unreported=silent,
        own_variance=_compute_own_variance(final, newest, quiet, rolls, levels, pace)
        + (mass @ np.append(pace.kecamatan, 0.0)) ** 2,
    )


def _estimate_levels(
    rate: Floats, station_index: np.ndarray, rolls: VoterRolls, rules: Rules
) -> _TurnoutLevels:
    """What the TPS that told say of those that did not."""
    home, dpt, many = (
        rolls.kecamatan_index[station_index],
        rolls.dpt[station_index],
        len(rolls.kecamatan_codes),
    )
    told = np.bincount(home, minlength=many)
    centre = np.full(many, np.median(rate))
    for code in np.flatnonzero(told >= _MIN_STATIONS_FOR_MEDIAN):
        centre[code] = np.median(rate[home == code])
    tps = max(SD_PER_MAD * float(np.median(np.abs(rate - centre[home]))), _MIN_SD)
    reach = rules.winsor_sd * tps
    near = np.clip(rate, centre[home] - reach, centre[home] + reach)

    weight = rolls.sum_by_kecamatan(dpt, station_index)
    heard = weight > 0
    mean = np.divide(
        rolls.sum_by_kecamatan(near * dpt, station_index), weight, where=heard, out=np.zeros(many)
    )
    noise = np.full(many, np.inf)
    noise[heard] = (
        tps**2
        * (rolls.sum_by_kecamatan(dpt**2, station_index) / np.maximum(weight, 1.0) ** 2)[heard]
    )
    whole = float(weight @ mean / weight.sum())
    apart = float(weight @ np.where(heard, (mean - whole) ** 2, 0.0) / weight.sum())
    inside = float(weight @ np.where(heard, noise, 0.0) / weight.sum())
    between = max(apart - inside, _MIN_SD**2)
    own = between / (between + noise)  # 0 of a kecamatan that told nothing
    drawn = np.where(heard, whole + own * (mean - whole), whole)
    return _TurnoutLevels(centre, tps, drawn, between * (1 - own))


def _winsorise(
    rate: Floats, station_index: np.ndarray, rolls: VoterRolls, levels: _TurnoutLevels, rules: Rules
) -> Floats:
    """The rates, none further from its kecamatan than a TPS is believed to lie."""
    centre, reach = (
        levels.centre[rolls.kecamatan_index[station_index]],
        rules.winsor_sd * levels.station_sd,
    )
    return np.clip(rate, centre - reach, centre + reach)


def _compute_weight_by_slot(
    final_estimates: Floats,
    unreported: Floats,
    newest: TurnoutCounts,
    rolls: VoterRolls,
    slot_count: int,
) -> Floats:
    """On counts of which hour the estimates stand; of the silent, as of those that told."""
    mass = np.zeros((len(rolls.kecamatan_codes), slot_count))
    np.add.at(mass, (rolls.kecamatan_index[newest.station_index], newest.slot), final_estimates)
    told = mass.sum(axis=1, keepdims=True)
    everywhere = (
        mass.sum(axis=0) / mass.sum() if mass.sum() else np.full(slot_count, 1 / slot_count)
    )
    shares = np.where(told > 0, mass / np.where(told > 0, told, 1.0), everywhere)
    found: Floats = mass + shares * unreported[:, None]
    return found


def _compute_own_variance(
    final_estimates: Floats,
    newest: TurnoutCounts,
    silent_stations: np.ndarray,
    rolls: VoterRolls,
    levels: _TurnoutLevels,
    pace: Pace,
) -> Floats:
    """The variance of what is by chance of each TPS, and of how far the silent ones are known."""
    place = newest.station_index
    spread = (np.append(pace.tps, 0.0)[newest.slot] * final_estimates) ** 2
    spread += (_COUNT_ERROR_SHARE * rolls.dpt[place]) ** 2
    spread += np.where(newest.is_suspect, (levels.station_sd * rolls.dpt[place]) ** 2, 0.0)
    left = rolls.sum_by_kecamatan(rolls.dpt[silent_stations], silent_stations)
    unknown = levels.station_sd**2 * rolls.sum_by_kecamatan(
        rolls.dpt[silent_stations] ** 2, silent_stations
    )
    found: Floats = rolls.sum_by_kecamatan(spread, place) + unknown + left**2 * levels.variance
    return found
