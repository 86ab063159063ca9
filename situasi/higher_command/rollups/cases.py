"""The case figures of a roll-up, by the same analysis that the board of the kabupaten shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.incidents import case_index, cases, merging
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation import crowd_state
from situasi.domain.feed_schemas import SITUASI
from situasi.higher_command.rollups.model import CriticalCase, RollupParameters

MAX_CRITICAL_CASES: Final = 6  # per kabupaten


def compute_case_figures(
    kabupaten: str,
    incidents: pd.DataFrame,
    merges: pd.DataFrame,
    parameters: RollupParameters,
    at: datetime,
) -> tuple[dict[str, Any], datetime | None]:
    """Compute the fields of Rollup about cases and situasi, and until when they hold by themselves.

    incidents, merges: known rows of these feeds, with the columns of the store. The time is that at
    which the oldest hijau that counts becomes silence, or the first report of a rehearsal is known;
    None where there is none.
    """
    keys = cases.build_case_keys(incidents, parameters.zone)
    case_table = case_index.build_from_known(incidents.assign(case=keys)).to_frame()
    figures, valid_until = _compute_situasi_figures(case_table, parameters.situasi_valid, at)
    day = Selection(since=parameters.midnight, until=parameters.midnight + timedelta(days=1))
    canonical = merging.find_canonical_cases(case_table, merges)
    merged = merging.collapse(case_table, canonical)
    open_cases = cases.filter_open(merged)
    # As on its own wall: one that is still open is critical whichever day it began.
    critical = open_cases[cases.is_critical(open_cases, parameters.critical)]
    first_known = cases.select(incidents, day)["known_at"].min()
    has_reports = not pd.isna(first_known) and first_known <= timestamps.minute_end(at)
    if not has_reports and not pd.isna(first_known):
        moments = filter(None, (valid_until, first_known.to_pydatetime()))
        valid_until = min(moments)
    if has_reports:
        figures |= _compute_day_figures(cases.drop_nihil(cases.select(merged, day)))
    if has_reports or len(critical):
        figures |= _compute_critical_figures(kabupaten, critical)
    return figures, valid_until


def _compute_situasi_figures(
    case_table: pd.DataFrame, valid_for: timedelta, at: datetime
) -> tuple[dict[str, Any], datetime | None]:
    kecamatan = case_table["kecamatan"].dropna().unique().tolist()
    states = crowd_state.build_kecamatan_table(case_table, kecamatan, at, valid_for)
    figures: dict[str, Any] = {"kabupaten_state": crowd_state.find_kabupaten_state(case_table)}
    if states["situasi"].notna().any():
        counts = crowd_state.count_states(states)
        figures |= {f"situasi_{state}": counts.get(state, 0) for state in SITUASI}
    oldest = states.loc[states["situasi"] == SITUASI[0], "stated_at"].min()
    return figures, None if pd.isna(oldest) else oldest.to_pydatetime() + valid_for


def _compute_day_figures(day_cases: pd.DataFrame) -> dict[str, Any]:
    open_cases = cases.filter_open(day_cases)
    return {
        "incidents_day": len(day_cases),
        "incidents_open": len(open_cases),
        "open_tingkat": cases.count_by_tingkat(open_cases),
        "jenis": cases.count_by_word(day_cases["jenis"]),
    }


def _compute_critical_figures(kabupaten: str, critical: pd.DataFrame) -> dict[str, Any]:
    newest = critical.sort_values(["known_at", "seq"], ascending=False).head(MAX_CRITICAL_CASES)
    return {
        "critical_open": len(critical),
        "critical_cases": tuple(
            _build_critical_case(kabupaten, row) for _, row in newest.iterrows()
        ),
    }


def _build_critical_case(kabupaten: str, row: pd.Series[Any]) -> CriticalCase:
    texts = (
        "kecamatan", "desa", "desa_text", "tps", "jenis", "tingkat", "situasi", "status", "uraian",
    )  # fmt: skip
    return CriticalCase(
        kabupaten=kabupaten,
        case=row["case"],
        occurred_at=row["occurred_at"].to_pydatetime(),
        known_at=row["known_at"].to_pydatetime(),
        rehearsal=bool(row["latihan"]),
        **{name: row[name] if isinstance(row[name], str) else None for name in texts},
    )
