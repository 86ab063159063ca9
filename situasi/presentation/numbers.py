"""The outlook in words: where the day is heading, and how sure that is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from situasi.common import i18n
from situasi.common.i18n import _


def format_forecast_rate(forecast: pd.Series) -> str:
    """The estimated turnout in the end, marked as one. one: of analysis.outlook.whole."""
    return f"≈ {_format_forecast_bound(forecast, 'centre')} %"


def format_forecast(forecast: pd.Series, confidence: float) -> str:
    """The estimate and its interval. confidence: percent."""
    return _("Akhir hari {rate} (selang {level} %: ≈ {low}–{high} %)").format(
        rate=format_forecast_rate(forecast),
        level=i18n.format_number(confidence),
        low=_format_forecast_bound(forecast, "low"),
        high=_format_forecast_bound(forecast, "high"),
    )


def _format_forecast_bound(forecast: pd.Series, name: str) -> str:
    return i18n.format_number(100 * forecast[name] / forecast["dpt"], 1)


def format_percent(share: float, *, is_estimated: bool = False) -> str:
    """63,5 %, or ≈ 63,5 % of an estimated list; a dash where nobody told."""
    about = "≈ " if is_estimated else ""
    return "–" if pd.isna(share) else f"{about}{i18n.format_number(share, 1)} %"


def format_bounds(bounds: Any) -> str:
    """'41,2–78,0 %'; one: with least and most, a row of analysis.turnout."""
    return f"{i18n.format_number(bounds.least, 1)}–{i18n.format_number(bounds.most, 1)} %"


def format_voters(count: float, is_estimated: bool) -> str:
    return ("≈ " if is_estimated else "") + i18n.format_number(int(count))
