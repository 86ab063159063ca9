"""Turnout forecast: how many voters will have come in the end, and how sure that is.

Method: each TPS that reported is extrapolated to its end by the pace of the day (forecast_pace);
silent TPS are estimated from their past or their kecamatan (silent_stations, forecast_model). That
gives a centre and its error; past turnout is weighed in, and the interval is that of t with the
degrees of freedom that the real days give, of which there are few (forecast_interval,
real_day_pace). It is a perkiraan: no day with hourly head counts is known in Indonesia.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.stations.reports import TpsReports, select_current_counts
from situasi.analysis.turnout import forecast_inputs, forecast_interval, forecast_pace
from situasi.analysis.turnout.forecast_inputs import Floats, Mask
from situasi.analysis.turnout.forecast_model import ForecastComponents, compute_components
from situasi.analysis.turnout.forecast_pace import PacePosterior
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.register import Register

# The methods that the model is compared with, in the order in which they are shown.


@dataclass(frozen=True)
class TurnoutForecast:
    """The forecast of the end of the day, by kecamatan in the order of the register.

    set_aside: TPS whose newest count is not used. dpt_reported, voters_present: of the TPS that
    reported a count. expected_voters: how many of these were expected by then if all came.
    components, pace_posterior: None where no count can be used.
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
    parameters: ForecastParameters

    @property
    def kecamatan_codes(self) -> tuple[str, ...]:
        """Return the kecamatan codes in the order of the register."""
        return tuple(dict.fromkeys(self.register.tps["kecamatan"]))


def compute_forecast(
    station_counts: TpsReports, register: Register, at: datetime
) -> TurnoutForecast | None:
    """Compute the forecast at this moment; None if the election has no calibration.

    station_counts: of reports.select_current_counts.
    """
    parameters = register.election.turnout_parameters
    return (
        compute_forecast_with_parameters(parameters, station_counts, register, at)
        if parameters
        else None
    )


def compute_forecast_with_parameters(
    parameters: ForecastParameters, station_counts: TpsReports, register: Register, at: datetime
) -> TurnoutForecast:
    """Compute the forecast with this calibration; a count taken after `at` is not used."""
    rules, pace = register.election.rules.forecast, parameters.pace
    station_counts = station_counts.take(station_counts.occurred_us <= timestamps.to_us(at))
    rolls = forecast_inputs.build_voter_rolls(register)
    counts = forecast_inputs.build_turnout_counts(station_counts, register, pace)
    used = counts.take(counts.is_used)
    learned = forecast_pace.compute_pace_posterior(used, rolls, pace, rules) if len(used) else None
    components = (
        compute_components(used, rolls, learned, parameters, rules, is_whole=register.is_complete)
        if learned
        else None
    )
    newest = counts.newest()
    station_index, reported_dpt = newest.station_index, rolls.dpt[newest.station_index]
    return TurnoutForecast(
        register=register,
        tps=rolls.sum_by_kecamatan(np.ones(len(rolls))),
        set_aside=rolls.sum_by_kecamatan((~newest.is_used).astype("float64"), station_index),
        dpt=np.array([float(register.kecamatan[code].dpt) for code in rolls.kecamatan_codes]),
        dpt_reported=rolls.sum_by_kecamatan(reported_dpt, station_index),
        voters_present=rolls.sum_by_kecamatan(newest.voters_present, station_index),
        expected_voters=rolls.sum_by_kecamatan(reported_dpt * newest.expected_share, station_index),
        components=components,
        pace_posterior=learned,
        parameters=parameters,
    )


def build_kecamatan_table(forecast: TurnoutForecast) -> pd.DataFrame:
    """Build sum_areas of each kecamatan alone, by kecamatan; estimated: its dpt is a perkiraan."""
    each_mask = np.eye(len(forecast.tps), dtype=bool)
    table = pd.DataFrame(
        sum_areas(forecast, each_mask), pd.Index(forecast.kecamatan_codes, name="kecamatan")
    )
    return table.assign(
        estimated=[forecast.register.kecamatan[c].dpt_estimated for c in forecast.kecamatan_codes]
    )


def compute_total(forecast: TurnoutForecast, kecamatan: Collection[str] = ()) -> pd.Series:
    """Sum these kecamatan (none: all) to one row; its centre is the sum of theirs."""
    codes = list(kecamatan) or list(forecast.kecamatan_codes)
    mask = np.isin(forecast.kecamatan_codes, codes)
    row = {name: values[0] for name, values in sum_areas(forecast, mask[np.newaxis]).items()}
    has_estimated_dpt = any(forecast.register.kecamatan[code].dpt_estimated for code in codes)
    is_kabupaten = forecast.register.is_complete and bool(mask.all())
    return pd.Series({**row, "estimated": has_estimated_dpt and not is_kabupaten}, dtype="object")


def sum_areas(forecast: TurnoutForecast, member_mask: Mask) -> dict[str, npt.NDArray[np.float64]]:
    """Return the numbers of areas of one or more kecamatan each; NaN where nobody reported.

    member_mask: a row for each area, a column for each kecamatan. TPS: tps, used (with a count that
    is used), ended (with a final count), set_aside (their newest count is not used). Voters:
    counted (of the newest counts without doubt), dpt, centre, sigma, low, high, and the baselines
    paced (the reporting TPS by what was expected by then), scaled (their present rate), so_far
    (nobody else comes). enough: whether the counts are enough for an estimate.
    """
    member = member_mask.astype("float64")
    columns = {name: member @ getattr(forecast, name) for name in ("tps", "set_aside", "dpt")}
    voters_present = member @ forecast.voters_present
    dpt_reported = member @ forecast.dpt_reported
    expected_voters = member @ forecast.expected_voters
    columns |= {
        "so_far": np.where(dpt_reported > 0, voters_present, np.nan),
        "scaled": _divide(voters_present, dpt_reported) * columns["dpt"],
        "paced": _divide(voters_present, expected_voters) * columns["dpt"],
    }
    return columns | _compute_estimates(forecast, member_mask, columns["tps"])


def _compute_estimates(
    forecast: TurnoutForecast, member_mask: Mask, tps: Floats
) -> dict[str, npt.NDArray[np.float64]]:
    member, model = member_mask.astype("float64"), forecast.components
    if model is None or forecast.pace_posterior is None:
        zeros, unknown = np.zeros(len(member_mask)), np.full(len(member_mask), np.nan)
        return {
            **dict.fromkeys(("used", "ended", "counted"), zeros),
            "enough": zeros.astype(bool),
            **dict.fromkeys(("centre", "sigma", "low", "high"), unknown),
        }
    rules = forecast.register.election.rules.forecast
    names = ("used", "ended", "counted", "most", "centre")
    sums = {name: member @ getattr(model, name) for name in names}
    limits = _build_total_limits(forecast, model)
    upper = np.where(member_mask.all(axis=1), limits.most, sums.pop("most"))
    whole = np.vstack([np.ones(len(forecast.tps)), member])
    errors = model.compute_error_covariance(whole, forecast.pace_posterior)
    estimate = forecast_interval.compute_intervals(
        np.append(model.centre.sum(), sums["centre"]),
        errors,
        limits,
        forecast.parameters,
        rules.confidence_percent,
    )
    columns = {name: values[1:] for name, values in estimate.items()}
    # Nothing is left to estimate where all TPS have reported their end.
    is_over = sums["ended"] == tps
    for name in ("low", "centre", "high"):
        known = np.where(is_over, sums["centre"], columns[name])
        columns[name] = np.clip(known, sums["counted"], upper)
    return {**sums, "enough": _has_enough_reports(forecast, member_mask), **columns}


def _build_total_limits(
    forecast: TurnoutForecast, model: ForecastComponents
) -> forecast_interval.TotalLimits:
    dpt, least, most = (float(sizes.sum()) for sizes in (forecast.dpt, model.counted, model.most))
    if forecast.register.is_complete:  # the list of the whole is official, whatever its parts are
        most = min(most, max(dpt, least))
    return forecast_interval.TotalLimits(dpt, least, most)


def _has_enough_reports(forecast: TurnoutForecast, member_mask: Mask) -> Mask:
    """Return whether enough reported: TPS of one kecamatan; shares of TPS and kecamatan of more."""
    assert forecast.components is not None
    rules = forecast.register.election.rules.forecast
    is_enough = forecast.components.used >= np.minimum(rules.min_tps, forecast.tps)
    size, member = member_mask.sum(axis=1), member_mask.astype("float64")
    enough_tps = member @ forecast.components.used >= rules.min_tps_share * (member @ forecast.tps)
    enough_kecamatan = member @ is_enough >= rules.min_kecamatan_share * size
    return np.where(size == 1, member @ is_enough > 0, enough_tps & enough_kecamatan)


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    quotient: Floats = np.divide(
        numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 0
    )
    return quotient


def compute_forecast_as_of(
    reports: TpsReports, register: Register, at: datetime
) -> TurnoutForecast | None:
    """Compute the forecast of a past moment from the build_tps_reports known by then."""
    at_us = timestamps.to_us(at)
    current_counts = select_current_counts(
        reports.take((reports.reported_us <= at_us) & (reports.occurred_us <= at_us)), register
    )
    return compute_forecast(current_counts, register, at)
