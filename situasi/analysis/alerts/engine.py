"""The alerts at one moment by all rules of the election, from the rows that the viewer may see."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd

from situasi.analysis.alerts import episodes
from situasi.analysis.alerts.case_history import (
    LOOKBACK,
    CaseHistory,
    compute_case_history,
    drop_kind,
)
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.alerts.intervals import concat_intervals
from situasi.analysis.alerts.rules import bursts, feeds, incidents, neutrality, staffing, stations
from situasi.analysis.as_of import FeedFrames
from situasi.analysis.hotspots.incident_counts import IncidentCounts, compute_counts
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import (
    INCIDENTS,
    NEUTRALITY,
    PERSONNEL,
    POSTINGS,
    ROSTER,
    TPS,
)
from situasi.domain.register import Register


@reads(INCIDENTS, depends_on=(compute_case_history, compute_counts))
def compute_case_intervals(
    frames: FeedFrames,
    register: Register,
    at: datetime,
    history: CaseHistory,
    counts: IncidentCounts,
) -> pd.DataFrame:
    """Compute the alert intervals of the day's cases, and of older ones that are still open."""
    rules, election = register.election.alerts.rules, register.election
    parts = [
        incidents.find_critical(history.table, election.rules.critical),
        incidents.find_overdue(history.table, election.rules.service_levels),
    ]
    if "keramaian" in rules:
        parts.append(
            incidents.find_elevated_situasi(
                history.table, rules["keramaian"], election.rules.critical
            )
        )
    if "beruntun" in rules:
        parts.append(bursts.find_bursts(counts, rules["beruntun"], election.rules.counts))
    parts.append(feeds.find_silent_feeds(frames, (INCIDENTS.name,), election, at))
    return concat_intervals(parts)


@reads(TPS)
def compute_station_intervals(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Compute the alert intervals of TPS from their reports."""
    silent = feeds.find_silent_feeds(frames, (TPS.name,), register.election, at)
    rules = register.election.alerts.rules
    station_reports = stations.build_station_reports(frames[TPS.name], register, at)
    if register.is_complete and not len(station_reports.reports):
        # Nobody told anything: the source is missing, and nothing is known of any TPS.
        return concat_intervals([silent])
    parts = [stations.find_count_anomalies(station_reports, register)]
    if "belum_dibuka" in rules:
        parts.append(stations.find_unopened(station_reports, rules["belum_dibuka"], register))
    if "tps_diam" in rules:
        parts.append(stations.find_silent(station_reports, rules["tps_diam"], register))
    if "kotak" in rules:
        parts.append(stations.find_overdue_boxes(station_reports, rules["kotak"], register))
    return concat_intervals([*parts, silent])


@reads(ROSTER, POSTINGS, PERSONNEL)
def compute_presence_intervals(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Compute the gaps of TPS staffing, whatever is known of the boxes; see the next analysis."""
    parts = [staffing.find_staffing_gaps(frames, register, at)]
    parts.append(feeds.find_silent_feeds(frames, (PERSONNEL.name,), register.election, at))
    return concat_intervals(parts)


@reads(TPS, depends_on=(compute_presence_intervals,))
def compute_staffing_intervals(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime, gaps: pd.DataFrame
) -> pd.DataFrame:
    """Compute the alert intervals of TPS staffing; none for viewers who may not see officers."""
    return staffing.end_at_arrival(gaps, frames[TPS.name], register, at)


@reads(NEUTRALITY)
def compute_neutrality_intervals(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Compute the alert intervals of neutrality cases; none for viewers who may not see them."""
    rows = frames.get(NEUTRALITY.name)
    if rows is None:
        return concat_intervals([])
    return neutrality.find_overdue(rows, register.election.rules.neutrality_target, at)


@reads(
    depends_on=(
        compute_case_intervals,
        compute_station_intervals,
        compute_staffing_intervals,
        compute_neutrality_intervals,
    )
)
def compute_alerts(
    _frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    *interval_parts: pd.DataFrame,
) -> Alerts:
    """Compute all alerts as of a moment, open and ended."""
    return _build_alerts(interval_parts, register, at)


@reads(
    INCIDENTS,
    depends_on=(compute_case_history, compute_station_intervals, compute_staffing_intervals),
)
def compute_alerts_without_neutrality(
    frames: FeedFrames,
    register: Register,
    at: datetime,
    history: CaseHistory,
    *other_parts: pd.DataFrame,
) -> Alerts:
    """Compute the same as if nobody had reported a case of neutrality, also not within a group."""
    history = drop_kind(history, "netralitas")
    counts = compute_counts(frames, register, at, history)
    parts = [compute_case_intervals(frames, register, at, history, counts), *other_parts]
    return _build_alerts(parts, register, at)


def _build_alerts(
    interval_parts: Sequence[pd.DataFrame], register: Register, at: datetime
) -> Alerts:
    election = register.election
    oldest = election.day_start - LOOKBACK
    return episodes.build_alerts(concat_intervals(interval_parts), election.alerts, at, oldest)
