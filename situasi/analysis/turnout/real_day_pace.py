"""Pace of an election day from real days: mean curve, what is not known of it, and spreads.

A day of this place is: the mean curve of countries, plus how this country differs (not known until
a day of this place was recorded: its variance stands for that), plus how this place differs, plus
what the day itself has, which all places share, plus what place and day have together. Own days
narrow the second and third (a normal conditioned on what was seen). Higgins, Thompson and
Spiegelhalter (2009): with few days the interval of the next one is that of t with days - 1 degrees,
and the mean of so many days is wrong by 1/days of their variance. That is a part of what is not
known of the country, so own days narrow it too. With many days, day_conformal. How places differ
for good, and how a day takes each of them otherwise, was measured on many places: these parts of
the variance are kept apart (Pace.of_days).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from situasi.analysis.turnout import day_conformal
from situasi.domain.election import Election
from situasi.domain.forecast_parameters import Pace
from situasi.domain.real_days import DaySummary, RealDays

_Floats = npt.NDArray[np.float64]

# How far the log share at the closing may lie from all: voters in line, late counts.
_END_SD = 0.01


@dataclass(frozen=True)
class PaceEstimate:
    """The pace for a day that is to come, with the degrees of freedom of its interval.

    day_quantile: of day_conformal.fit_day_quantile.
    """

    pace: Pace
    degrees: int
    day_quantile: float | None


class _Covariances(NamedTuple):
    """Of one cause: as far as it was measured on few days and countries, and on many places."""

    few: _Floats
    many: _Floats


def estimate_pace(
    real_days: RealDays, own_days: Sequence[DaySummary], election: Election
) -> PaceEstimate:
    """Estimate the pace at the full hours of this election's voting."""
    elapsed = compute_full_hours(election)
    assumed = _compute_assumed_log_share(election, elapsed)
    mean, country = _estimate_countries(real_days.days, assumed, elapsed)
    count = len({day.day for day in (*real_days.days, *own_days)})
    persistent = _move_covariance(real_days.persistent, real_days.days[0].elapsed, elapsed)
    places = _average(
        [
            _move_covariance(day.between_places, day.elapsed, elapsed)
            for day in real_days.days
            if day.between_places is not None
        ]
    )
    between_days = _estimate_between_days(real_days.days, elapsed)
    of_place_and_day = _keep_positive(places - persistent)
    wider = _compute_widening(
        between_days + of_place_and_day,
        build_interpolation(real_days.days[0].elapsed, elapsed) @ real_days.least_day_sd,
    )
    of_day, of_place_and_day = wider * between_days, wider * of_place_and_day
    of_mean = (of_day + of_place_and_day) / len(real_days.days)
    mean, few, many = _learn_from_own_days(
        mean,
        _Covariances(country + of_mean, persistent),
        _Covariances(of_day, of_place_and_day),
        _move_all(own_days, elapsed, real_days.days),
    )
    end = np.zeros_like(few)
    end[-1, -1] = _END_SD**2
    return PaceEstimate(
        Pace(
            offset=mean - assumed,
            covariance=few + many + end,
            of_days=few,
            kecamatan=_average_spreads(real_days.days, own_days, "parts", elapsed),
            tps=_average_spreads(real_days.days, own_days, "stations", elapsed),
            chance=_average_spreads(real_days.days, own_days, "chance", elapsed),
        ),
        degrees=count - 1,
        day_quantile=_fit_quantile(real_days.days, own_days, elapsed, election),
    )


def _fit_quantile(
    days: Sequence[DaySummary],
    own_days: Sequence[DaySummary],
    elapsed: _Floats,
    election: Election,
) -> float | None:
    """Fit the quantile at the hours before the closing; days of this place are a group apart."""
    hours = elapsed[elapsed < 1]
    own = np.array(_move_all(own_days, hours, days)).reshape(-1, len(hours))
    return day_conformal.fit_day_quantile(
        [*_group_by_country(days, hours), own], election.rules.forecast.confidence_percent
    )


def compute_full_hours(election: Election) -> _Floats:
    """Compute the full hours after the opening as shares of the voting hours."""
    opens, closes = (
        election.local_time(at).timestamp() for at in (election.tps_opens, election.tps_closes)
    )
    hours = np.arange(opens + 3600, closes + 1, 3600)
    return (hours - opens) / (closes - opens)


def _compute_assumed_log_share(election: Election, elapsed: _Floats) -> _Floats:
    """Return the log share that the rules assume at these shares of the voting hours."""
    opens, closes = (
        election.local_time(at).timestamp() for at in (election.tps_opens, election.tps_closes)
    )
    curve = election.rules.turnout.curve
    times = [election.local_time(at).timestamp() for at, _ in curve]
    shares = np.interp(opens + elapsed * (closes - opens), times, [share for _, share in curve])
    return np.asarray(np.log(shares.clip(1e-3)))


def build_interpolation(known: _Floats, wanted: _Floats) -> _Floats:
    """Build the matrix that takes log shares at `known` to `wanted` shares of the voting hours.

    Linear in the log of the elapsed share; at the end all have come, so the log share is 0. Before
    the first known share its value holds (a curve is moved to it by _move).
    """
    log_known = np.log(np.append(known, 1.0))
    basis = np.eye(len(log_known))[:, :-1]
    return np.column_stack(
        [np.interp(np.log(wanted), log_known, basis[:, column]) for column in range(len(known))]
    )


def _move_all(
    days: Sequence[DaySummary], elapsed: _Floats, others: Sequence[DaySummary] = ()
) -> list[_Floats]:
    """Return the log shares of these days at these shares.

    Where a day is not known it goes as those that were known from the start, as far above or below
    them as at its known shares: days start slowly, and no line between two far points is a day.
    """
    known = (*days, *others)
    first = min((day.elapsed[0] for day in known), default=1.0)
    usual_days = [day for day in known if day.elapsed[0] <= first + 1e-4]
    return [_move(day, elapsed, usual_days) for day in days]


def _move(day: DaySummary, elapsed: _Floats, usual_days: Sequence[DaySummary]) -> _Floats:
    usual_then, usual = (
        _average([_interpolate(one, shares) for one in usual_days])
        for shares in (day.elapsed, elapsed)
    )
    weights = build_interpolation(day.elapsed, elapsed)
    moved: _Floats = usual + weights @ (day.log_share - usual_then)
    return moved


def _interpolate(day: DaySummary, elapsed: _Floats) -> _Floats:
    """Return the log shares of this day alone; before its first they are in proportion."""
    started = np.log(np.minimum(elapsed / day.elapsed[0], 1.0))
    log_share: _Floats = started + build_interpolation(day.elapsed, elapsed) @ day.log_share
    return log_share


def _move_covariance(covariance: _Floats, known: _Floats, elapsed: _Floats) -> _Floats:
    weights = build_interpolation(known, elapsed)
    moved: _Floats = weights @ covariance @ weights.T
    return moved


def _group_by_country(days: Sequence[DaySummary], elapsed: _Floats) -> list[_Floats]:
    by_country: dict[str, list[_Floats]] = defaultdict(list)
    for day, moved in zip(days, _move_all(days, elapsed), strict=True):
        by_country[day.country].append(moved)
    return [np.array(curves) for curves in by_country.values()]


def _estimate_countries(
    days: Sequence[DaySummary], assumed: _Floats, elapsed: _Floats
) -> tuple[_Floats, _Floats]:
    """Return the mean curve of the countries, and the covariance of one country around it.

    The curve that the rules assume is one more country of which nothing was measured: it counts in
    the covariance, not in the mean.
    """
    means = np.array([curves.mean(axis=0) for curves in _group_by_country(days, elapsed)])
    mean = means.mean(axis=0)
    deviations = np.vstack([means, assumed]) - mean
    return mean, deviations.T @ deviations / len(deviations)


def _estimate_between_days(days: Sequence[DaySummary], elapsed: _Floats) -> _Floats:
    """Return the covariance of a country's days around its mean, pooled over countries."""
    groups = _group_by_country(days, elapsed)
    deviations = np.vstack([curves - curves.mean(axis=0) for curves in groups])
    covariance: _Floats = deviations.T @ deviations / max(len(days) - len(groups), 1)
    return covariance


def _learn_from_own_days(
    mean: _Floats, usual: _Covariances, day: _Covariances, own: Sequence[_Floats]
) -> tuple[_Floats, _Floats, _Floats]:
    """Return the mean of a day of this place, and its covariance once these days were seen.

    usual: of what all days of this place share. day: of each of them. The covariance in two parts:
    what was measured on few days and countries, and on many places.
    """
    if not own:
        return mean, usual.few + day.few, usual.many + day.many
    unknown, noise = usual.few + usual.many, (day.few + day.many) / len(own)
    seen = np.array(own).mean(axis=0)
    gain = unknown @ np.linalg.pinv(unknown + noise, hermitian=True)
    left = np.eye(len(mean)) - gain
    few, many = (
        left @ before @ left.T + gain @ of_day @ gain.T / len(own) + of_day
        for before, of_day in zip(usual, day, strict=True)
    )
    return mean + gain @ (seen - mean), few, many


def _compute_widening(covariance: _Floats, least_sd: _Floats) -> _Floats:
    """Return what to multiply it by: no sd is below these then, and its correlations stay."""
    sd = np.sqrt(np.diag(covariance))
    factor = np.maximum(sd, least_sd) / np.maximum(sd, 1e-9)
    return np.outer(factor, factor)


def _keep_positive(matrix: _Floats) -> _Floats:
    """Return the nearest symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    positive: _Floats = (vectors * values.clip(0)) @ vectors.T
    return positive


def _average(matrices: Sequence[_Floats]) -> _Floats:
    return np.asarray(np.mean(matrices, axis=0))


def _average_spreads(
    days: Sequence[DaySummary], own: Sequence[DaySummary], name: str, elapsed: _Floats
) -> _Floats:
    """Return the mean spread at these shares; own days alone where they have it."""
    for source in (own, days):
        pairs = [(day.elapsed, getattr(day, name)) for day in source]
        known = [(at, spread) for at, spread in pairs if spread is not None]
        if known:
            return _average([build_interpolation(at, elapsed) @ spread for at, spread in known])
    return np.zeros(len(elapsed))
