"""Shares and bounds as people read them, perkiraan marked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from situasi.common import i18n


def percent(share: float, *, estimated: bool = False) -> str:
    """63,5 %, or ≈ 63,5 % of an estimated list; a dash where nobody told."""
    about = "≈ " if estimated else ""
    return "–" if pd.isna(share) else f"{about}{i18n.number(share, 1)} %"


def between(one: Any) -> str:
    """'41,2–78,0 %'; one: with least and most, a row of analysis.turnout."""
    return f"{i18n.number(one.least, 1)}–{i18n.number(one.most, 1)} %"


def voters(count: float, estimated: bool) -> str:
    return ("≈ " if estimated else "") + i18n.number(int(count))
