"""The alerts of a moment, of all rules of the election, as far as the viewer may see their rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from situasi.analysis import timestamps
from situasi.analysis.alerts import episodes
from situasi.analysis.alerts.case_history import pieces
from situasi.analysis.alerts.episodes import Alerts
from situasi.analysis.alerts.intervals import joined
from situasi.analysis.alerts.rules import bursts, feeds, incidents, neutrality, staffing, stations
from situasi.analysis.as_of import WithCases
from situasi.analysis.incidents import case_index
from situasi.analysis.queries import reads
from situasi.domain.feed_schemas import (
    INCIDENTS,
    MERGES,
    NEUTRALITY,
    PERSONNEL,
    POSTINGS,
    ROSTER,
    TPS,
)
from situasi.domain.register import Register

# What ended longer than this before the watch is no more of this day.
_BEFORE = timedelta(days=1)


@reads(INCIDENTS, MERGES)
def of_cases(known: WithCases, register: Register, at: datetime) -> pd.DataFrame:
    """Spells of the cases of the day, and of older ones that are still open."""
    rules, election = register.election.alerts.rules, register.election
    rows = known[INCIDENTS.name]
    oldest = timestamps.of(election.day_start - _BEFORE)
    recent = rows["case"][timestamps.column(rows["known_at"]) >= oldest].unique()
    if len(recent) < rows["case"].nunique():
        older = known.cases.frame(case_index.still_open)["case"]
        rows = rows[rows["case"].isin({*recent, *older})]
    found = pieces(rows, known[MERGES.name], at)
    parts = [
        incidents.grave(found.table),
        incidents.overdue(found.table, election.rules.service_levels),
    ]
    if "keramaian" in rules:
        parts.append(incidents.crowds(found.table, rules["keramaian"]))
    if "beruntun" in rules:
        parts.append(bursts.bursts(found, rules["beruntun"], register))
    parts.append(feeds.silences(known, (INCIDENTS.name,), election, at))
    return joined(parts)


@reads(TPS)
def of_stations(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Spells of TPS, by what they told."""
    rules = register.election.alerts.rules
    told = stations.told(known[TPS.name], register, at)
    parts = [stations.wrong(told, register)]
    if "belum_dibuka" in rules:
        parts.append(stations.unopened(told, rules["belum_dibuka"], register))
    if "tps_diam" in rules:
        parts.append(stations.silent(told, rules["tps_diam"], register))
    if "kotak" in rules:
        parts.append(stations.boxes(told, rules["kotak"], register))
    parts.append(feeds.silences(known, (TPS.name,), register.election, at))
    return joined(parts)


@reads(ROSTER, POSTINGS, PERSONNEL)
def of_officers(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Spells of TPS by who is posted and present; none for whoever may not see officers."""
    parts = [staffing.manning(known, register, at)]
    parts.append(feeds.silences(known, (PERSONNEL.name,), register.election, at))
    return joined(parts)


@reads(NEUTRALITY)
def of_neutrality(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> pd.DataFrame:
    """Spells of cases against members; none for whoever may not see them."""
    rows = known.get(NEUTRALITY.name)
    if rows is None:
        return joined([])
    return neutrality.overdue(rows, register.election.rules.neutrality_target, at)


@reads(parts=(of_cases, of_stations, of_officers, of_neutrality))
def alerts(
    _known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    *parts: pd.DataFrame,
) -> Alerts:
    """All alerts as of a moment, open and ended."""
    election = register.election
    oldest = election.day_start - _BEFORE
    return episodes.found(joined(parts), election.alerts, at, oldest)
