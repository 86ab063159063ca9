"""What waits for a decision, as the wall shows it: of its filters, with who has it, in words."""

from datetime import datetime
from typing import Any

import pandas as pd

from situasi.access.roles import Viewer
from situasi.actions.alert_list import AlertList, AlertRecords, build_alert_list
from situasi.analysis.situation import decisions as open_decisions
from situasi.common.formats import format_time
from situasi.common.i18n import _
from situasi.domain.register import Register
from situasi.live.analysis_cache import AnalysisView
from situasi.presentation import alert_causes, decisions
from situasi.presentation.alerts import format_level_counts, format_severity, format_status
from situasi.presentation.decisions import DecisionText
from situasi.server.wall.alarms import Surroundings
from situasi.server.wall.query import WallQuery
from situasi.server.wall.view_model import MAX_LINES, ViewData

# At most so many matters are named; the others are counted.
MAX_DECISIONS = 5


def select_decisions(
    analysis_view: AnalysisView,
    records: AlertRecords,
    viewer: Viewer,
    query: WallQuery,
    visible_cases: pd.DataFrame,
) -> pd.DataFrame:
    """Return what waits for a decision of what this wall shows, with who has it.

    Filters of kecamatan and jenis hold as for grave reports; a guest link opens one page, so only
    its reports. Of a past moment nobody's acknowledgement is told.
    """
    matters = analysis_view.compute(open_decisions.find_decisions)
    is_grave = matters["kind"] == open_decisions.GRAVE
    is_shown = is_grave & matters["key"].isin(list(visible_cases["case"]))
    if viewer.link is None and not query.selection.jenis:
        areas = query.selection.kecamatan
        is_shown |= ~is_grave & (matters["kecamatan"].isin(list(areas)) | (not areas))
    named_cases: dict[str, str] = {}
    named_alerts: dict[str, str] = {}
    if analysis_view.view_time.live:
        # Who may not see officers reads no name.
        posko = None if viewer.role.may_see("personel") else _("petugas posko")
        named_cases = {case: posko or item.by for case, item in records.acknowledged.items()}
        named_alerts = {
            key: posko or record.actions[-1].by
            for key, record in records.actions.items()
            if record.actions
        }
    return open_decisions.assign_holders(matters[is_shown], named_cases, named_alerts)


def format_decisions(
    matters: pd.DataFrame,
    visible_cases: pd.DataFrame,
    register: Register,
    at: datetime,
    around: Surroundings,
) -> list[DecisionText]:
    """Format the most urgent of these matters. at: the minute shown, in its time zone."""
    cases: list[Any] = list(visible_cases.itertuples())
    cases_by_key = {row.case: row for row in cases}
    rows: list[Any] = list(matters.head(MAX_DECISIONS).itertuples())
    return [
        decisions.format_decision(
            row,
            cases_by_key.get(row.key),
            register,
            at,
            around.find_forces(row.place_code, 1) if decisions.needs_forces(row) else [],
            around.find_moves(row),
        )
        for row in rows
    ]


def build_decision(item: DecisionText, *, live: bool) -> dict[str, Any]:
    """Return a matter as the scripts draw it. live: nobody's silence is told of a past moment."""
    return {
        "mark": item.tingkat,
        "title": item.what,
        "place": item.place,
        "end": item.elapsed,
        "note": item.state,
        "act": item.act,
        "unheld": item.is_unheld and live,
    }


def select_alerts(
    analysis_view: AnalysisView, records: AlertRecords, viewer: Viewer, query: WallQuery
) -> AlertList | None:
    """Return the alerts of the selected kecamatan; None for who may not open their page.

    A wall is read by whoever stands before it: never those of neutrality.
    """
    if not viewer.may_open("peringatan") or not analysis_view.register.election.alerts.rules:
        return None
    alerts = build_alert_list(analysis_view, records)
    return alerts.select(query.selection.kecamatan).without("netralitas")


def build_alerts(alerts: AlertList, data: ViewData) -> dict[str, Any]:
    """Return how many alerts are open and unseen, and the gravest in words."""
    rules, register, at = data.register.election.alerts, data.register, data.view_time.at
    rows: list[Any] = list(alerts.open.head(MAX_LINES).itertuples())
    return {
        "count": len(alerts.open),
        "unseen": len(alerts.unseen),
        "levels": format_level_counts(rules, alerts.open),
        "lines": [
            {
                "level": format_severity(rules, row.level),
                "title": alert_causes.format_cause(row, alerts.alert_set, register, at),
                "place": register.name_of(row.kecamatan),
                "since": format_time(row.raised.astimezone(register.election.zone)),
                "status": format_status(row.life),
                "latihan": bool(row.latihan),
            }
            for row in rows
        ],
    }
