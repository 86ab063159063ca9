"""The day apart from incidents: stations, turnout and personnel, combined in one score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.analysis.as_of import FeedFrames
from situasi.analysis.incidents import case_index, merging
from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import reads
from situasi.analysis.situation import crowd_state, priority_score, silent_places
from situasi.analysis.stations import status
from situasi.analysis.turnout import summary
from situasi.domain.feed_schemas import FASE, INCIDENTS, MERGES
from situasi.domain.register import Register


@dataclass(frozen=True)
class AreaSummary:
    """What the Situasi page shows of the day at one moment, for every kecamatan.

    stations: of stations.status; phases: its count_by_kecamatan. turnout: of turnout.summary.
    coverage_gaps: of personnel.coverage. priority_scores: of situation.priority_score.
    silent_places: of situation.silent_places. lacks_station_reports: no TPS of the whole day told
    anything, so that the source is missing and nothing is known of any place. False for a viewer of
    some kecamatan, who may see only the silent ones.
    """

    stations: pd.DataFrame
    phases: pd.DataFrame
    turnout: pd.DataFrame
    coverage_gaps: pd.DataFrame
    priority_scores: pd.DataFrame
    silent_places: pd.DataFrame
    lacks_station_reports: bool

    def select_silent_places(self, codes: Sequence[str]) -> pd.DataFrame:
        """Return the silent places of these kecamatan."""
        return self.silent_places[self.silent_places["kecamatan"].isin(list(codes))]


@reads(INCIDENTS, MERGES, depends_on=(status.build_station_table, coverage.compute_coverage))
def compute_area_summary(
    frames: FeedFrames,
    register: Register,
    at: datetime,
    stations: pd.DataFrame,
    personnel_coverage: Coverage,
) -> AreaSummary:
    """Compute the summary from the known cases, the station table and the personnel coverage."""
    phases = status.count_by_kecamatan(stations)
    rates = summary.build_turnout_table(stations, register)
    gaps = coverage.build_gap_table(personnel_coverage, register)
    valid = register.election.thresholds.situasi_valid
    is_current = case_index.any_of(case_index.is_open, case_index.is_known_since(at - valid))
    cases = merging.build_merged_cases(frames.cases, frames["merges"]).to_frame(is_current)
    states = crowd_state.build_kecamatan_table(cases, list(register.kecamatan), at, valid)
    # Like hour with like hour: an old count is no low turnout, and gives no points.
    known_rates: dict[str | None, float] = {
        str(code): rate for code, rate in rates["common_rate"].dropna().items()
    }
    if known_rates:
        known_rates[None] = float(summary.compute_total(rates)["common_rate"])
    lacks_reports = register.is_complete and bool(stations["last_at"].isna().all())
    judged = phases.iloc[:0] if lacks_reports else phases
    scores = priority_score.compute_priority_scores(
        cases, states, judged, known_rates, gaps, register.election.rules
    )
    silent = silent_places.find_silent_places(phases, gaps, has_station_reports=not lacks_reports)
    return AreaSummary(stations, phases, rates, gaps, scores, silent, lacks_reports)


def find_phases_reached(phases: pd.DataFrame) -> pd.DataFrame:
    """Return by kecamatan the phase that at least half of its TPS have reached, and how many have.

    phases: of stations.status.count_by_kecamatan. Columns: fase (None: none yet), reached (number
    of TPS that reached it), tps.
    """
    counts = phases[list(FASE)].iloc[:, ::-1].cumsum(axis="columns")
    is_reached = counts.ge(phases["tps"] / 2, axis="index")
    furthest = is_reached.idxmax(axis="columns").where(is_reached.any(axis="columns"), None)
    reached_by = pd.Series(
        [counts[fase][code] if isinstance(fase, str) else 0 for code, fase in furthest.items()],
        index=furthest.index,
    )
    return pd.DataFrame({"fase": furthest, "reached": reached_by, "tps": phases["tps"]})
