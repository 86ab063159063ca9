"""The outlook in words: where the day is heading, and how sure that is."""

from __future__ import annotations

from typing import Any

import pandas as pd

from situasi.common import i18n
from situasi.common.i18n import _


def rate(one: pd.Series) -> str:
    """The estimated turnout in the end, marked as one. one: of analysis.outlook.whole."""
    return f"≈ {_percent(one, 'centre')} %"


def in_short(one: pd.Series, confidence: float) -> str:
    """The estimate and its interval. confidence: percent."""
    return _("Akhir hari {rate} (selang {level} %: ≈ {low}–{high} %)").format(
        rate=rate(one),
        level=i18n.format_number(confidence),
        low=_percent(one, "low"),
        high=_percent(one, "high"),
    )


def _percent(one: pd.Series, name: str) -> str:
    return i18n.format_number(100 * one[name] / one["dpt"], 1)


def percent(share: float, *, estimated: bool = False) -> str:
    """63,5 %, or ≈ 63,5 % of an estimated list; a dash where nobody told."""
    about = "≈ " if estimated else ""
    return "–" if pd.isna(share) else f"{about}{i18n.format_number(share, 1)} %"


def between(one: Any) -> str:
    """'41,2–78,0 %'; one: with least and most, a row of analysis.turnout."""
    return f"{i18n.format_number(one.least, 1)}–{i18n.format_number(one.most, 1)} %"


def voters(count: float, estimated: bool) -> str:
    return ("≈ " if estimated else "") + i18n.number(int(count))
