"""The attention score: which kecamatan to look at first, and for which reasons."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from situasi.analysis.incidents.cases import filter_open
from situasi.domain.rules import Rules

PARTS = ("kejadian", "fase", "partisipasi", "personel")
# Points of open reports that fill the part, and what a stated situasi fills it to at least.
POINTS_FOR_FULL = 10.0
FLOOR_BY_STATE = {"kuning": 0.5, "merah": 1.0}


def compute_priority_scores(
    cases: pd.DataFrame,
    states: pd.DataFrame,
    stations: pd.DataFrame,
    rates: Mapping[str | None, float],
    gaps: pd.DataFrame,
    rules: Rules,
) -> pd.DataFrame:
    """One row per kecamatan of `states`, the gravest first.

    cases: analysis.incidents.cases. states: analysis.situasi.by_kecamatan. stations:
    analysis.stations.by_kecamatan. rates: turnout of the TPS that told it, in percent, by
    code of the kecamatan, the kabupaten's under None. gaps: analysis.coverage.gaps.
    The result: `kecamatan`, each part from 0 (nothing) to 1 (as grave as it gets), missing
    where nothing is known of it; `assessed`, the share of the weights that could be judged;
    `score`, 0 to 100, over the parts that could be: missing where none.
    """
    found = pd.DataFrame({"kecamatan": states["kecamatan"]})
    codes = found["kecamatan"]
    found["kejadian"] = codes.map(_score_incidents(cases, states, rules)).astype("float64")
    found["fase"] = codes.map(_score_phases(stations)).astype("float64")
    found["partisipasi"] = codes.map(_score_turnout(rates, rules)).astype("float64")
    found["personel"] = codes.map(_score_personnel(gaps)).astype("float64")
    weights = pd.Series({part: rules.priority_weights[part] for part in PARTS})
    parts = found[list(PARTS)]
    judged = parts.notna().mul(weights, axis="columns").sum(axis="columns")
    found["assessed"] = judged / weights.sum()
    points = parts.mul(weights, axis="columns").sum(axis="columns")
    found["score"] = (100 * points / judged).where(judged > 0)
    order = found.sort_values(["score", "kecamatan"], ascending=[False, True], na_position="last")
    return order.reset_index(drop=True)


def _score_incidents(cases: pd.DataFrame, states: pd.DataFrame, rules: Rules) -> dict[str, float]:
    """Known only where a word came: an open report, or a stated situasi."""
    opened = filter_open(cases)
    points = opened["tingkat"].where(opened["tingkat"].notna(), "belum")
    sums = points.map(dict(rules.priority_tingkat_weights)).groupby(opened["kecamatan"]).sum()
    found = {str(code): min(1.0, value / POINTS_FOR_FULL) for code, value in sums.items()}
    for code, state in zip(states["kecamatan"], states["situasi"], strict=True):
        if isinstance(state, str):
            found[code] = max(found.get(code, 0.0), FLOOR_BY_STATE.get(state, 0.0))
    return found


def _score_phases(stations: pd.DataFrame) -> dict[str, float]:
    """Of the TPS that owe or owed a report, those that are late or out of reach."""
    late = stations["terlambat"] + stations["tak_terjangkau"]
    due = late + stations["lapor"] + stations["diragukan"]
    return {str(code): share for code, share in (late / due.where(due > 0)).items()}


def _score_turnout(rates: Mapping[str | None, float], rules: Rules) -> dict[str, float]:
    """How far behind the kabupaten: twice the points that count as low fill the part."""
    whole = rates.get(None)
    if whole is None:
        return {}
    full = 2 * rules.turnout.low_margin_points
    return {
        code: min(1.0, max(0.0, (whole - rate) / full))
        for code, rate in rates.items()
        if code is not None
    }


def _score_personnel(gaps: pd.DataFrame) -> dict[str, float]:
    shares = gaps["share_without"].where(gaps["known"])
    return {str(code): share for code, share in shares.items()}
