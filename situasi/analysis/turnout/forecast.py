"""Turnout outlook: how many will have come in the end, and how sure that is.

Method: each TPS that told is taken on to its end by the day's pace (outlook_pace), silent TPS come
as their kecamatan does (outlook_parts). That gives a centre and a sigma; the interval is the
centre and a multiple of sigma, within which the truth of simulated days lay in so many of a
hundred (normalised split conformal prediction, as newsrooms do for places that have not
reported; situasi/analysis/turnout/calibration.py). A perkiraan: no day with heads counted by the
hour was found.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports, select_current_counts
from situasi.analysis.turnout import forecast_inputs, forecast_pace
from situasi.analysis.turnout.forecast_inputs import Floats, Mask
from situasi.analysis.turnout.forecast_model import ForecastComponents, compute_components
from situasi.analysis.turnout.forecast_pace import PacePosterior
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.register import Register

# The ways that the model is compared with, in the order in which they are told.
BASELINES = ("paced", "scaled", "so_far")


@dataclass(frozen=True)
class TurnoutForecast:
    """What can be said of the end of the day, by kecamatan in the order of the register.

    tps; set_aside: TPS whose newest count is not used; dpt; dpt_told, heads: of the TPS that told a
    count; expected: voters of these that were to be expected by then, if all came. parts, running:
    None where no count can be used. stretch: by what sigma is multiplied (whole, kecamatan).
    """

    register: Register
    tps: Floats
    set_aside: Floats
    dpt: Floats
    dpt_reported: Floats
    voters_present: Floats
    expected_voters: Floats
    components: ForecastComponents | None
    pace_posterior: PacePosterior | None
    interval_factors: tuple[float, float]

    @property
    def kecamatan_codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.register.tps["kecamatan"]))


def compute_forecast(
    station_counts: TpsReports, register: Register, at: datetime
) -> TurnoutForecast | None:
    """The outlook at this moment; None where the election has no calibration for its rules.

    standing: of station_reports.counts.
    """
    calibrated = register.election.turnout_parameters
    return (
        compute_forecast_with_parameters(calibrated, station_counts, register, at)
        if calibrated
        else None
    )


def compute_forecast_with_parameters(
    parameters: ForecastParameters,
    station_counts: TpsReports,
    register: Register,
    at: datetime,
) -> TurnoutForecast:
    """The same by this calibration."""
    rules, pace = register.election.rules.forecast, parameters.pace
    lists = forecast_inputs.build_voter_rolls(register)
    counted = forecast_inputs.build_turnout_counts(station_counts, register, pace)
    used = counted.take(counted.is_used)
    running = forecast_pace.compute_pace_posterior(used, lists, pace, rules) if len(used) else None
    newest = counted.newest()
    place, told = newest.station_index, lists.dpt[newest.station_index]
    opens = register.election.local_time(register.election.tps_opens)
    return TurnoutForecast(
        register=register,
        tps=lists.sum_by_kecamatan(np.ones(len(lists))),
        set_aside=lists.sum_by_kecamatan((~newest.is_used).astype("float64"), place),
        dpt=np.array([float(register.kecamatan[code].dpt) for code in lists.kecamatan_codes]),
        dpt_reported=lists.sum_by_kecamatan(told, place),
        voters_present=lists.sum_by_kecamatan(newest.voters_present, place),
        expected_voters=lists.sum_by_kecamatan(told * newest.expected_share, place),
        components=compute_components(used, lists, running, pace, rules) if running else None,
        pace_posterior=running,
        interval_factors=parameters.interval_factors((at - opens).total_seconds() / 60),
    )


def build_kecamatan_table(forecast: TurnoutForecast) -> pd.DataFrame:
    """Each kecamatan alone: index kecamatan; columns of `summed`, estimated (its dpt is one)."""
    each = np.eye(len(forecast.tps), dtype=bool)
    table = pd.DataFrame(
        sum_areas(forecast, each), pd.Index(forecast.kecamatan_codes, name="kecamatan")
    )
    return table.assign(
        estimated=[forecast.register.kecamatan[c].dpt_estimated for c in forecast.kecamatan_codes]
    )


def compute_total(forecast: TurnoutForecast, kecamatan: Collection[str] = ()) -> pd.Series:
    """These kecamatan (none: all) as one: columns of `areas`; its centre is the sum of theirs."""
    wanted = list(kecamatan) or list(forecast.kecamatan_codes)
    of = np.isin(forecast.kecamatan_codes, wanted)
    row = {name: values[0] for name, values in sum_areas(forecast, of[np.newaxis]).items()}
    guessed = any(forecast.register.kecamatan[code].dpt_estimated for code in wanted)
    everywhere = forecast.register.is_complete and bool(of.all())
    return pd.Series({**row, "estimated": guessed and not everywhere}, dtype="object")


def sum_areas(forecast: TurnoutForecast, member_mask: Mask) -> dict[str, npt.NDArray[np.float64]]:
    """The numbers of areas of one or more kecamatan each.

    of: a row for each area, a column for each kecamatan. All in voters but tps, told (TPS with a
    count that is used), ended (those with that of their end), set_aside (TPS whose newest
    count is not used) and enough (whether they are enough for an estimate): counted (heads of the
    newest undoubted counts), dpt, centre, sigma, low, high; and the plain ways paced (those
    that told, by what was to be expected by then), scaled (their rate as it is now), so_far
    (nobody else comes). NaN where nobody told.
    """
    member = member_mask.astype("float64")
    plain = {name: member @ getattr(forecast, name) for name in ("tps", "set_aside", "dpt")}
    heads, told, expected = (
        member @ values
        for values in (forecast.voters_present, forecast.dpt_reported, forecast.expected_voters)
    )
    plain |= {
        "so_far": np.where(told > 0, heads, np.nan),
        "scaled": _divide(heads, told) * plain["dpt"],
        "paced": _divide(heads, expected) * plain["dpt"],
    }
    return plain | _compute_estimates(forecast, member_mask, plain["tps"])


def _compute_estimates(
    forecast: TurnoutForecast, member_mask: Mask, tps: Floats
) -> dict[str, npt.NDArray[np.float64]]:
    member, model = member_mask.astype("float64"), forecast.components
    if model is None or forecast.pace_posterior is None:
        none, unknown = np.zeros(len(member_mask)), np.full(len(member_mask), np.nan)
        return {
            **dict.fromkeys(("told", "ended", "counted"), none),
            "enough": none.astype(bool),
            **dict.fromkeys(("centre", "sigma", "low", "high"), unknown),
        }
    rules = forecast.register.election.rules.forecast
    names = ("told", "ended", "counted", "most", "centre")
    sums = {name: member @ getattr(model, name) for name in names}
    most = sums.pop("most")
    sigma = np.array(
        [model.compute_sigma(one, forecast.pace_posterior, rules) for one in member_mask]
    )
    # One number where all told their end.
    reach = np.where(
        sums["ended"] == tps, 0.0, sigma * _select_interval_factors(forecast, member_mask)
    )
    return {
        **sums,
        "enough": _has_enough_reports(forecast, member_mask),
        "sigma": sigma,
        "low": np.clip(sums["centre"] - reach, sums["counted"], most),
        "high": np.clip(sums["centre"] + reach, sums["counted"], most),
    }


def _select_interval_factors(forecast: TurnoutForecast, member_mask: Mask) -> Floats:
    """It was fitted for the whole and for each kecamatan; of some of them the wider is taken."""
    size = member_mask.sum(axis=1)
    everywhere = (size == member_mask.shape[1]) & forecast.register.is_complete
    all_of_it, each = forecast.interval_factors
    return np.where(
        everywhere, all_of_it, np.where(size == 1, each, max(forecast.interval_factors))
    )


def _has_enough_reports(forecast: TurnoutForecast, member_mask: Mask) -> Mask:
    """Whether they told enough: TPS of one alone; shares of TPS and of kecamatan in several."""
    assert forecast.components is not None
    rules = forecast.register.election.rules.forecast
    alone = forecast.components.told >= np.minimum(rules.min_tps, forecast.tps)
    size, member = member_mask.sum(axis=1), member_mask.astype("float64")
    tps = member @ forecast.components.told >= rules.min_tps_share * (member @ forecast.tps)
    heard = member @ alone >= rules.min_kecamatan_share * size
    return np.where(size == 1, member @ alone > 0, tps & heard)


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    found: Floats = np.divide(
        numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0
    )
    return found


def compute_forecast_as_of(
    reports: TpsReports, register: Register, at: datetime
) -> TurnoutForecast | None:
    """The outlook of a moment of the day, of what had been told by then. reports: of_stations."""
    moment = timestamps.to_us(at)
    standing = select_current_counts(
        reports.take((reports.reported_us <= moment) & (reports.occurred_us <= moment)), register
    )
    return compute_forecast(standing, register, at)
