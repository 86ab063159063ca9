"""Numbers and times as text: percentages, bounds, voters, the turnout forecast, a moment."""

from datetime import datetime
from typing import Any

import pandas as pd

from situasi.common.formats import format_date, format_number, format_time
from situasi.common.i18n import _
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.domain.labels import N_

# The countries of data/turnout/real_days.toml, as far as they have other names in English.
_COUNTRIES = {"Rumania": N_("Rumania"), "Italia": N_("Italia")}


def format_forecast_rate(forecast: pd.Series) -> str:
    """Return the estimated final turnout. forecast: of turnout.forecast.compute_total."""
    return f"≈ {_format_forecast_bound(forecast, 'centre')} %"


def format_forecast(forecast: pd.Series, confidence: float) -> str:
    """Return the estimate and its interval. confidence: percent."""
    return _("Akhir hari {rate} (selang {level} %: ≈ {low}–{high} %)").format(
        rate=format_forecast_rate(forecast),
        level=format_number(confidence),
        low=_format_forecast_bound(forecast, "low"),
        high=_format_forecast_bound(forecast, "high"),
    )


def format_forecast_basis(parameters: ForecastParameters) -> str:
    """Return on how many real days the interval rests, and from where."""
    text = _("{n} hari pemungutan suara yang nyata ({where})").format(
        n=format_number(parameters.days - parameters.own_days),
        where=", ".join(_(_COUNTRIES.get(place, place)) for place in parameters.sources),
    )
    own = format_number(parameters.own_days)
    own_text = (
        _("{n} hari di sini").format(n=own) if parameters.own_days else _("belum satu pun di sini")
    )
    return f"{text}, {own_text}"


def _format_forecast_bound(forecast: pd.Series, name: str) -> str:
    return format_number(100 * forecast[name] / forecast["dpt"], 1)


def format_percent(share: float, *, is_estimated: bool = False) -> str:
    """Return "63,5 %", "≈ 63,5 %" if the DPT is an estimate, or a dash if nothing was reported."""
    prefix = "≈ " if is_estimated else ""
    return "–" if pd.isna(share) else f"{prefix}{format_number(share, 1)} %"


def format_rank(row: Any) -> str:
    """Return the rank with those it has when the weights move, such as "2 (1–4)".

    row: of analysis.rank_ranges.build_rank_columns; empty where it has no rank.
    """
    if pd.isna(row.rank):
        return ""
    rank, first, last = (
        format_number(value) for value in (row.rank, row.rank_first, row.rank_last)
    )
    return rank if first == last else f"{rank} ({first}–{last})"


def format_bounds(bounds: Any) -> str:
    """Return "41,2–78,0 %", "63,4 %" where nothing lies between.

    bounds: a row of analysis.turnout.summary, with `least` and `most`.
    """
    least, most = format_number(bounds.least, 1), format_number(bounds.most, 1)
    return f"{least} %" if least == most else f"{least}–{most} %"


def format_voters(count: float, is_estimated: bool) -> str:
    """Return the number of voters, marked if it is an estimate."""
    return ("≈ " if is_estimated else "") + format_number(int(count))


def format_moment(at: datetime, reference: datetime) -> str:
    """Return the time of day in the zone of `reference`, with the date if that is another day."""
    local = at.astimezone(reference.tzinfo)
    time = format_time(local)
    return time if local.date() == reference.date() else f"{format_date(local)} {time}"
