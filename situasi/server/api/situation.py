"""The key figures of the Situasi page as JSON: an unknown value is null, never zero."""

import math
from datetime import datetime, tzinfo
from typing import Any

import pandas as pd

from situasi.actions.alert_list import AlertList
from situasi.analysis.incidents import cases
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.area_summary import AreaSummary, find_phases_reached
from situasi.analysis.situation.feed_staleness import FeedState
from situasi.analysis.situation.overview import Overview
from situasi.analysis.stations.reporting_status import STATES
from situasi.analysis.stations.status import NO_PHASE, count_by_kecamatan
from situasi.analysis.turnout import summary
from situasi.common import i18n
from situasi.common.formats import absolute_times
from situasi.domain.feed_schemas import FASE, SITUASI, TINGKAT
from situasi.domain.register import Register
from situasi.presentation import alert_causes
from situasi.presentation.alerts import count_by_level
from situasi.server.api.rows import format_iso

# Key for cases without tingkat, and for kecamatan without a stated situasi.
UNSTATED = "belum_dinyatakan"
# Counts of officers by name; present to awaited add up to the posted, as they do on Personel.
PERSONNEL_COLUMNS = {
    "posted": "posted",
    "present": "present",
    "without_word": "tanpa_kabar",
    "left": "bergeser",
    "returned": "kembali",
    "not_arrived": "belum_tiba",
    "awaited": "ditunggu",
    "tps": "tps",
    "tps_without_officer": "absent",
}
# The gravest of the open alerts are listed, all are counted.
MAX_ALERTS = 200


def build_figures(
    overview: Overview,
    day: AreaSummary,
    register: Register,
    alerts: AlertList | None,
    *,
    with_personnel: bool,
) -> dict[str, Any]:
    """Return the key figures.

    alerts: of the selected kecamatan; None if the reader may not see them, or the election has no
    rules. with_personnel: whether the reader may see officers.
    """
    codes = list(overview.crowd_states["kecamatan"])
    zone = register.election.zone
    return {
        **_build_age(overview, zone),
        "open": _build_open(overview),
        "situasi": _build_situasi(overview, register, zone),
        "turnout": _build_turnout(summary.compute_shown_total(day.turnout, codes, register), zone),
        "tps": _build_tps(day.stations[day.stations["kecamatan"].isin(codes)]),
        "personnel": _build_personnel(day.coverage_gaps.loc[codes]) if with_personnel else None,
        "alerts": None if alerts is None else _build_alerts(alerts, register, overview.at),
        "feeds": [_build_feed(state, zone) for state in overview.feed_states],
    }


def _build_feed(state: FeedState, zone: tzinfo) -> dict[str, Any]:
    return {
        "feed": state.feed,
        "last": format_iso(state.last_known_at, zone) if state.last_known_at else None,
        "expected": state.is_expected,
        "silent": state.is_silent,
    }


def _build_age(overview: Overview, zone: tzinfo) -> dict[str, Any]:
    """Return time and age of the newest incident report."""
    newest = overview.newest_time
    if newest is None:
        return {"newest": None, "data_age_seconds": None}
    age = max(0, int((overview.at - newest.at).total_seconds()))
    report_time = {"at": format_iso(newest.at, zone), "exact": newest.is_exact}
    return {"newest": report_time, "data_age_seconds": age if newest.is_exact else None}


def _build_open(overview: Overview) -> dict[str, Any]:
    if overview.newest_time is None:  # no report at all is not the same as zero
        return dict.fromkeys(("total", "critical", "change_1h", "new_1h", "by_tingkat"))
    levels = cases.count_by_tingkat(overview.open_cases)
    return {
        "total": len(overview.open_cases),
        "critical": overview.critical_count,
        "change_1h": len(overview.open_cases) - overview.open_count_hour_ago,
        "new_1h": overview.new_count,
        "by_tingkat": {
            **{level: levels.get(level, 0) for level in TINGKAT},
            UNSTATED: levels.get(None, 0),
        },
    }


def _build_situasi(overview: Overview, register: Register, zone: tzinfo) -> dict[str, Any]:
    states = crowd_state.count_states(overview.crowd_states)
    rows: list[Any] = list(overview.crowd_states.itertuples())
    return {
        "kabupaten": overview.kabupaten_state,
        "counts": {
            **{state: states.get(state, 0) for state in SITUASI},
            UNSTATED: states.get(None, 0),
        },
        "kecamatan": [
            {
                "code": row.kecamatan,
                "name": register.name_of(row.kecamatan),
                "situasi": row.situasi if isinstance(row.situasi, str) else None,
                "stated_at": None if pd.isna(row.stated_at) else format_iso(row.stated_at, zone),
            }
            for row in rows
        ],
    }


def _build_turnout(rates: pd.Series, zone: tzinfo) -> dict[str, Any]:
    """Return turnout in percent. least, most: if none, or all, of the other lists voted.

    common: of the last hour that enough TPS told, where the rate has old counts in it.
    """
    reporting_count = int(rates["tps_counted"])
    return {
        "rate": _round_percent(rates["rate"]),
        "heads": int(rates["voters_present"]) if reporting_count else None,
        "dpt": int(rates["dpt"]),
        "dpt_told": int(rates["dpt_counted"]),
        "tps": int(rates["tps"]),
        "tps_told": reporting_count,
        "tps_doubted": int(rates["doubted"]),
        "tps_stale": int(rates["stale"]),
        "common": {
            "at": format_iso(rates["common_hour"], zone),
            "rate": _round_percent(rates["common_rate"]),
            "tps": int(rates["common_tps"]),
            "estimated": bool(rates["shown_estimated"]),
        }
        if rates["is_common"]
        else None,
        "least": _round_percent(rates["least"]) if reporting_count else None,
        "most": _round_percent(rates["most"]) if reporting_count else None,
        "estimated": {"dpt": bool(rates["estimated"]), "dpt_told": bool(rates["rate_estimated"])},
    }


def _round_percent(value: Any) -> float | None:
    number = float(value)
    return round(number, 2) if math.isfinite(number) else None


def _build_tps(stations: pd.DataFrame) -> dict[str, Any]:
    """Return TPS by furthest phase; reached: the phase that at least half of them are in."""
    counts_by_kecamatan = count_by_kecamatan(stations.assign(kecamatan=""))
    counts, furthest = counts_by_kecamatan.iloc[0], find_phases_reached(counts_by_kecamatan).iloc[0]
    phase = furthest["fase"] if isinstance(furthest["fase"], str) else None
    return {
        "total": len(stations),
        "by_phase": {name: int(counts[name]) for name in (NO_PHASE, *FASE)},
        "by_state": {name: int(counts[name]) for name in STATES},
        "reached": {"fase": phase, "tps": int(furthest["reached"])} if phase else None,
    }


def _build_personnel(gaps: pd.DataFrame) -> dict[str, Any]:
    known = gaps[gaps["known"]]
    if known.empty:  # without a posting list nobody can be missing
        return dict.fromkeys(PERSONNEL_COLUMNS)
    return {name: int(known[column].sum()) for name, column in PERSONNEL_COLUMNS.items()}


def _build_alerts(alerts: AlertList, register: Register, at: datetime) -> dict[str, Any]:
    rules, open_alerts = register.election.alerts, alerts.open
    rows: list[Any] = list(open_alerts.head(MAX_ALERTS).itertuples())
    with i18n.use_language("id"), absolute_times():  # as all texts of the API
        listed = [_build_alert(row, alerts, register, at) for row in rows]
    return {
        "open": len(open_alerts),
        "unseen": len(alerts.unseen),
        "by_level": {rules.levels[level]: n for level, n in count_by_level(rules, open_alerts)},
        "list": listed,
    }


def _build_alert(row: Any, alerts: AlertList, register: Register, at: datetime) -> dict[str, Any]:
    zone = register.election.zone
    return {
        "rule": row.rule,
        "level": register.election.alerts.levels[row.level],
        "kecamatan": row.kecamatan if isinstance(row.kecamatan, str) else None,
        "cause": alert_causes.format_cause(row, alerts.alert_set, register, at),
        "since": format_iso(row.since, zone),
        "raised": format_iso(row.raised, zone),
        "members": int(row.n),
        "fading": bool(row.fading),
        "status": row.life,
        "owner": alert_causes.format_owner(row, register),
        "latihan": bool(row.latihan),
    }
