"""The priority score: which kecamatan to look at first, and for which reasons."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from situasi.analysis.incidents.cases import filter_open
from situasi.analysis.rank_ranges import (
    WEIGHT_DOUBT,
    build_rank_columns,
    compute_scores,
    try_weights,
)
from situasi.domain.rules import Rules

PARTS = ("kejadian", "fase", "partisipasi", "personel")
# Points of open reports at which the part is 1, and its minimum for a stated situasi.
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
    """Compute one row per kecamatan of `states`, the gravest first.

    cases: of CaseIndex.to_frame. states: of crowd_state.build_kecamatan_table. stations: of
    stations.status.count_by_kecamatan. rates: turnout at the common hour, in percent, by
    code of the kecamatan, the kabupaten's under None. gaps: of coverage.build_gap_table.
    The result: `kecamatan`, each part from 0 (nothing) to 1 (as grave as possible), missing where
    nothing is known; `assessed`, the share of the weights that could be judged; `score`, 0 to 100,
    over the parts that could be judged: missing where none could; `rank` by score, 1 the gravest,
    with `rank_first` and `rank_last`, between which it stays when each weight, and the points of
    reports, are WEIGHT_DOUBT higher or lower.
    """
    table = pd.DataFrame({"kecamatan": states["kecamatan"]})
    codes = table["kecamatan"]
    table["kejadian"] = codes.map(_score_incidents(cases, states, rules)).astype("float64")
    table["fase"] = codes.map(_score_phases(stations)).astype("float64")
    table["partisipasi"] = codes.map(_score_turnout(rates, rules)).astype("float64")
    table["personel"] = codes.map(_score_personnel(gaps)).astype("float64")
    weights = np.array([rules.priority_weights[part] for part in PARTS], dtype="float64")
    parts = table[list(PARTS)]
    table["assessed"] = parts.notna().to_numpy() @ weights / weights.sum()
    table["score"] = 100 * compute_scores(parts.to_numpy("float64"), weights)
    tries = []
    for factor in (1.0, 1 - WEIGHT_DOUBT, 1 + WEIGHT_DOUBT):  # a full part may hide the middle
        reports = table["kecamatan"].map(_score_incidents(cases, states, rules, factor))
        tries.append(try_weights(parts.assign(kejadian=reports).to_numpy("float64"), weights))
    table = table.join(build_rank_columns(np.vstack(tries)))
    order = table.sort_values(["score", "kecamatan"], ascending=[False, True], na_position="last")
    return order.reset_index(drop=True)


def _score_incidents(
    cases: pd.DataFrame, states: pd.DataFrame, rules: Rules, factor: float = 1.0
) -> dict[str, float]:
    """Score the open reports and the stated situasi; missing where there is neither.

    factor: of the points of a report.
    """
    open_cases = filter_open(cases)
    points = open_cases["tingkat"].where(open_cases["tingkat"].notna(), "belum")
    sums = points.map(dict(rules.priority_tingkat_weights)).groupby(open_cases["kecamatan"]).sum()
    scores = {str(code): min(1.0, factor * value / POINTS_FOR_FULL) for code, value in sums.items()}
    for code, state in zip(states["kecamatan"], states["situasi"], strict=True):
        if isinstance(state, str):
            scores[code] = max(scores.get(code, 0.0), FLOOR_BY_STATE.get(state, 0.0))
    return scores


def _score_phases(stations: pd.DataFrame) -> dict[str, float]:
    """Return the share of late or unreachable TPS among those that owe or owed a report."""
    late = stations["terlambat"] + stations["tak_terjangkau"]
    due = late + stations["lapor"] + stations["diragukan"]
    return {str(code): share for code, share in (late / due.where(due > 0)).items()}


def _score_turnout(rates: Mapping[str | None, float], rules: Rules) -> dict[str, float]:
    """Score how far turnout is below the kabupaten: twice the margin that counts as low gives 1."""
    kabupaten_rate = rates.get(None)
    if kabupaten_rate is None:
        return {}
    full = 2 * rules.turnout.low_margin_points
    return {
        code: min(1.0, max(0.0, (kabupaten_rate - rate) / full))
        for code, rate in rates.items()
        if code is not None
    }


def _score_personnel(gaps: pd.DataFrame) -> dict[str, float]:
    shares = gaps["share_without"].where(gaps["known"])
    return {str(code): share for code, share in shares.items()}
