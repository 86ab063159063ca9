"""Turnout at the end of the day by kecamatan: a centre, and the parts of its error.

Each TPS that reported is extrapolated to its end by the pace of the day. TPS that reported nothing
get the rate of their kecamatan, drawn towards that of all kecamatan where few of it have reported
(empirical Bayes, normal).
"""

from dataclasses import dataclass

import numpy as np

from situasi.analysis.turnout.forecast_inputs import Floats, TurnoutCounts, VoterRolls
from situasi.analysis.turnout.forecast_pace import SD_PER_MAD, PacePosterior
from situasi.analysis.turnout.silent_stations import estimate_silent_stations
from situasi.domain.forecast_parameters import ForecastParameters, Pace
from situasi.domain.rules import ForecastRules as Rules

_MIN_SD = 0.01  # of a rate: no smaller spread is believed
# Sd of a count that is wrong unnoticed: 1.2 % of the counts of people who were asked to count were
# off by half, sqrt(0.012) / 2 (1,687 reports of two days of 2019, jtannen/turnout_tracker).
_COUNT_ERROR_SHARE = 0.055
_MIN_STATIONS_FOR_MEDIAN = 5  # the median of fewer TPS is no estimate of their kecamatan


@dataclass(frozen=True)
class ErrorCovariance:
    """Covariance of the errors of areas, in voters squared: as far as few days tell, and of all."""

    few: Floats
    total: Floats


@dataclass(frozen=True)
class ForecastComponents:
    """Parts of the forecast by kecamatan, in the order of VoterRolls.kecamatan_codes.

    In voters, but tps, used and ended in TPS. used: with a count that is not set aside. ended: with
    a final count without doubt. counted: of the newest counts without doubt. most: the upper limit.
    centre: the estimate. weight_by_slot: by kecamatan and hour (the last: the end), how much of the
    centre rests on counts of that hour. silent_sd: of the error that TPS without a report share.
    pace_sd: of the error from a kecamatan's own pace. own_variance: variance of errors that no
    other kecamatan shares. is_whole: whether these are all kecamatan of the kabupaten.
    """

    tps: Floats
    used: Floats
    ended: Floats
    counted: Floats
    most: Floats
    centre: Floats
    weight_by_slot: Floats
    silent_sd: Floats
    pace_sd: Floats
    own_variance: Floats
    is_whole: bool = True

    def compute_error_covariance(self, member: Floats, posterior: PacePosterior) -> ErrorCovariance:
        """Compute how the errors of these areas go with one another: shared errors add up.

        member: 0 or 1, a row for each area, a column for each kecamatan.
        """
        weights, silent = member @ self.weight_by_slot, member @ self.silent_sd
        pace: Floats = weights @ posterior.covariance @ weights.T
        silence = np.outer(silent, silent)
        spread = member * self.pace_sd
        own = (member * self.own_variance) @ member.T + spread @ spread.T
        if self.is_whole:  # the pace of kecamatan is measured against all: they add up to nothing
            common = spread @ self.centre / max(float(np.linalg.norm(self.centre)), 1.0)
            own -= np.outer(common, common)
        few: Floats = weights @ posterior.of_days @ weights.T
        return ErrorCovariance(few, pace + silence + own)


@dataclass(frozen=True)
class _TurnoutLevels:
    """Turnout as a share of the roll by kecamatan, for its silent TPS.

    centre: around which its TPS lie, with station_sd. shrunk_rate: drawn towards all kecamatan.
    variance: of the error of shrunk_rate.
    """

    centre: Floats
    station_sd: float
    shrunk_rate: Floats
    variance: Floats


def compute_components(
    counts: TurnoutCounts,
    rolls: VoterRolls,
    posterior: PacePosterior,
    parameters: ForecastParameters,
    rules: Rules,
    *,
    is_whole: bool,
) -> ForecastComponents:
    """Compute the parts from the used counts of build_turnout_counts, of at least one TPS.

    is_whole: whether the rolls are of all kecamatan of the kabupaten.
    """
    pace = parameters.pace
    newest, trusted = counts.newest(), counts.take(~counts.is_suspect).newest()
    station_index, end_slot = newest.station_index, len(pace.offset)
    counted = np.zeros(len(rolls))
    counted[trusted.station_index] = trusted.voters_present
    has_ended = np.zeros(len(rolls), dtype=bool)
    has_ended[trusted.station_index] = trusted.slot == end_slot
    max_voters = np.where(has_ended, counted, np.maximum(rolls.max_voters, counted))

    rate = (
        newest.voters_present
        * np.exp(-posterior.mean[newest.slot])
        / newest.expected_share
        / rolls.dpt[station_index]
    )
    levels = _estimate_levels(rate, station_index, rolls, rules)
    final = _winsorise(rate, station_index, rolls, levels, rules) * rolls.dpt[station_index]
    final = np.clip(final, counted[station_index], max_voters[station_index])

    silent = np.setdiff1d(np.arange(len(rolls)), station_index)
    rounds_missed = min((int(newest.slot.max()) + 1) / end_slot, 1.0)
    turnout_sd = _estimate_turnout_sd(rate, levels.station_sd, newest, rolls, parameters)
    unreported = estimate_silent_stations(
        silent, rolls, levels.shrunk_rate, turnout_sd, max_voters, rounds_missed, parameters, rules,
    )  # fmt: skip
    weights = _compute_weight_by_slot(final, unreported.voters, newest, rolls, end_slot + 1)
    return ForecastComponents(
        tps=rolls.sum_by_kecamatan(np.ones(len(rolls))),
        used=rolls.sum_by_kecamatan(np.ones(len(station_index)), station_index),
        ended=rolls.sum_by_kecamatan(has_ended.astype("float64")),
        counted=rolls.sum_by_kecamatan(counted),
        most=rolls.sum_by_kecamatan(max_voters),
        centre=rolls.sum_by_kecamatan(final, station_index) + unreported.voters,
        weight_by_slot=weights,
        silent_sd=unreported.shared_sd,
        pace_sd=weights @ np.append(pace.kecamatan, 0.0),
        own_variance=_compute_own_variance(final, newest, rolls, levels, pace)
        + unreported.own_variance
        + rolls.sum_by_kecamatan(rolls.dpt[silent], silent) ** 2 * levels.variance,
        is_whole=is_whole,
    )


def _estimate_levels(
    rate: Floats, station_index: np.ndarray, rolls: VoterRolls, rules: Rules
) -> _TurnoutLevels:
    """Estimate from the TPS that reported the turnout of those that did not."""
    kecamatan_index, dpt = rolls.kecamatan_index[station_index], rolls.dpt[station_index]
    size = len(rolls.kecamatan_codes)
    tps_counts = np.bincount(kecamatan_index, minlength=size)
    centre = np.full(size, np.median(rate))
    for code in np.flatnonzero(tps_counts >= _MIN_STATIONS_FOR_MEDIAN):
        centre[code] = np.median(rate[kecamatan_index == code])
    sd = max(SD_PER_MAD * float(np.median(np.abs(rate - centre[kecamatan_index]))), _MIN_SD)
    limit = rules.winsor_sd * sd
    near = np.clip(rate, centre[kecamatan_index] - limit, centre[kecamatan_index] + limit)

    weight = rolls.sum_by_kecamatan(dpt, station_index)
    known = weight > 0
    mean = np.divide(
        rolls.sum_by_kecamatan(near * dpt, station_index), weight, where=known, out=np.zeros(size)
    )
    noise = np.full(size, np.inf)
    noise[known] = (
        sd**2
        * (rolls.sum_by_kecamatan(dpt**2, station_index) / np.maximum(weight, 1.0) ** 2)[known]
    )
    total = float(weight @ mean / weight.sum())
    spread = float(weight @ np.where(known, (mean - total) ** 2, 0.0) / weight.sum())
    within = float(weight @ np.where(known, noise, 0.0) / weight.sum())
    between = max(spread - within, _MIN_SD**2)
    own = between / (between + noise)  # 0 where a kecamatan reported nothing
    shrunk = np.where(known, total + own * (mean - total), total)
    return _TurnoutLevels(centre, sd, shrunk, between * (1 - own))


def _estimate_turnout_sd(
    rate: Floats, station_sd: float, newest: TurnoutCounts, rolls: VoterRolls,
    parameters: ForecastParameters,
) -> float:  # fmt: skip
    """Estimate the sd of the turnout of TPS in their kecamatan, without that of their pace.

    rate, station_sd: of estimates of their end, as shares of the list. In the morning most of what
    sets these apart is when their voters come. No less than what a TPS's own past leaves open.
    """
    dpt = rolls.dpt[newest.station_index]
    of_pace = float(np.median(_compute_pace_sd(rate * dpt, newest.slot, parameters.pace) / dpt))
    least = min(parameters.past_sd * float(np.median(rate)), station_sd)
    return max(float(np.sqrt(max(station_sd**2 - of_pace**2, 0.0))), least)


def _winsorise(
    rate: Floats, station_index: np.ndarray, rolls: VoterRolls, levels: _TurnoutLevels, rules: Rules
) -> Floats:
    """Limit the rates to the distance from their kecamatan that a TPS can have."""
    centre = levels.centre[rolls.kecamatan_index[station_index]]
    limit = rules.winsor_sd * levels.station_sd
    return np.clip(rate, centre - limit, centre + limit)


def _compute_weight_by_slot(
    final_estimates: Floats,
    unreported: Floats,
    newest: TurnoutCounts,
    rolls: VoterRolls,
    slot_count: int,
) -> Floats:
    """Return how much rests on counts of each hour; silent TPS are spread like the others."""
    mass = np.zeros((len(rolls.kecamatan_codes), slot_count))
    np.add.at(mass, (rolls.kecamatan_index[newest.station_index], newest.slot), final_estimates)
    reported = mass.sum(axis=1, keepdims=True)
    average = mass.sum(axis=0) / mass.sum() if mass.sum() else np.full(slot_count, 1 / slot_count)
    shares = np.where(reported > 0, mass / np.where(reported > 0, reported, 1.0), average)
    weights: Floats = mass + shares * unreported[:, None]
    return weights


def _compute_own_variance(
    final_estimates: Floats,
    newest: TurnoutCounts,
    rolls: VoterRolls,
    levels: _TurnoutLevels,
    pace: Pace,
) -> Floats:
    """Return the variance from chance in each TPS that told.

    The pace of TPS is measured against that of their kecamatan: the deviations of all add up to
    nothing, so where all told the same hour, nothing is left of it.
    """
    index = newest.station_index
    voters = np.maximum(levels.shrunk_rate[rolls.kecamatan_index] * rolls.dpt, 0.0)
    voters[index] = final_estimates
    spread = _compute_pace_sd(final_estimates, newest.slot, pace)
    usual = _compute_pace_sd(voters, np.zeros(len(voters), dtype="int64"), pace)
    common = rolls.sum_by_kecamatan(spread * usual[index], index) ** 2
    deviations = rolls.sum_by_kecamatan(spread**2, index) - common / rolls.sum_by_kecamatan(
        usual**2
    ).clip(1.0)
    single = (_COUNT_ERROR_SHARE * final_estimates) ** 2
    single += np.where(newest.is_suspect, (levels.station_sd * rolls.dpt[index]) ** 2, 0.0)
    variance: Floats = deviations.clip(0.0) + rolls.sum_by_kecamatan(single, index)
    return variance


def _compute_pace_sd(voters: Floats, slot: np.ndarray, pace: Pace) -> Floats:
    """Return by how many voters the pace of a TPS differs, one sd, at these hours."""
    share = np.append(pace.tps, 0.0)[slot] ** 2
    sd: Floats = np.sqrt(share * voters**2 + np.append(pace.chance, 0.0)[slot] * voters)
    return sd
