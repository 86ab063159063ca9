"""The KPIs of Situasi: incidents, situasi, turnout, TPS, officers, last report, silent feeds."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from pages.situation import tables
from situasi.access.roles import SCREENS
from situasi.analysis import view_time as moments
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.situation import area_summary as days
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.turnout import summary
from situasi.analysis.view_time import ViewTime
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.presentation import kpis
from situasi.ui import comparison, render_cache, session
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Baseline, Kpi, KpiValue
from situasi.ui.page_context import PageContext
from situasi.ui.tables.incidents import build_incidents_table, build_open_cases_table

_MINUTE = timedelta(minutes=1)


def build_kpis(context: PageContext, overview: Overview, day_summary: AreaSummary) -> list[Kpi]:
    """Return the KPIs of this time that the viewer may see."""
    now, waiting = _get_reference_time(context.view_time), _count_quarantined(context)
    is_exercise = context.has_exercise_rows
    # Ages are shown in minutes, so the KPIs are equal until the next minute.
    age = None if overview.newest_time is None else (now - overview.newest_time.at) // _MINUTE
    key = (now.date(), age, waiting, is_exercise)
    entries = render_cache.get_or_build(
        "angka",
        key,
        (overview, day_summary),
        partial(_build_all_kpis, now=now, waiting=waiting, is_exercise=is_exercise),
    )
    # What the viewer may not see is omitted, without a hint that it is missing.
    role = context.viewer.role
    return [kpi for kpi in entries if kpi.key not in SCREENS or role.may_see(kpi.key)]


def _build_all_kpis(
    overview: Overview,
    day_summary: AreaSummary,
    *,
    now: datetime,
    waiting: int | None,
    is_exercise: bool,
) -> list[Kpi]:
    codes = list(overview.crowd_states["kecamatan"])
    tps = day_summary.stations[day_summary.stations["kecamatan"].isin(codes)]
    rates = summary.compute_shown_total(day_summary.turnout, codes, board().register)
    zone = board().register.election.zone_label
    has_reports, late = overview.newest_time is not None, int((tps["state"] == "terlambat").sum())
    places = day_summary.select_silent_places(codes)
    rate = KpiValue(
        rates["shown_rate"] if rates["tps_counted"] else None,
        _("poin"),
        1,
        bool(rates["shown_estimated"]),
    )
    entries = [
        (
            kpis.format_open_incidents(overview),
            lambda: build_open_cases_table(overview.open_cases),
            (KpiValue(len(overview.open_cases) if has_reports else None),),
        ),
        (
            kpis.format_situasi(overview),
            lambda: tables.build_situasi_table(overview, is_exercise),
            _build_situasi_values(overview),
        ),
        (
            kpis.format_turnout(rates),
            lambda: tables.build_turnout_table(day_summary, codes),
            (rate,),
        ),
        (
            kpis.format_stations(
                tps,
                lacks_reports=day_summary.lacks_station_reports,
                days_left=board().register.election.count_days_left(now),
            ),
            lambda: tables.build_late_stations_table(tps),
            (KpiValue(None if day_summary.lacks_station_reports else late, _("terlambat")),),
        ),
        (
            kpis.format_officers(day_summary, codes),
            lambda: tables.build_staffing_table(day_summary, codes),
            (KpiValue(_count_present(day_summary, codes), _("hadir")),),
        ),
        (
            kpis.format_last_report(overview, now, zone),
            lambda: build_incidents_table(overview.selected_cases),
            (KpiValue(len(overview.selected_cases) if has_reports else None, _("kejadian")),),
        ),
        (
            kpis.format_silent_feeds(overview, waiting, places, board().register.name_of),
            lambda: tables.build_feeds_table(overview, places, is_exercise),
            (
                KpiValue(overview.silent_feed_count, _("sumber")),
                KpiValue(len(places), _("tempat")),
            ),
        ),
    ]
    return [Kpi(text.key, markup.build_card(text), rows, values) for text, rows, values in entries]


def compute_baseline(context: PageContext, selection: Selection) -> Baseline | None:
    """Return the KPIs at the selected briefing, for the same selection."""

    def compute_inputs(past: PageContext) -> tuple[Overview, AreaSummary]:
        shifted = moments.shift_window(selection, context.view_time.at - past.view_time.at)
        return past.compute_overview(shifted), past.compute(days.compute_area_summary)

    def build_past_kpis(overview: Overview, day_summary: AreaSummary) -> list[Kpi]:
        view_time = ViewTime(overview.at, live=False, is_exercise=False)
        return build_kpis(replace(context, view_time=view_time), overview, day_summary)

    return comparison.compute_baseline(context, "situasi", compute_inputs, build_past_kpis)


def _build_situasi_values(overview: Overview) -> tuple[KpiValue, ...]:
    states = crowd_state.count_states(overview.crowd_states)
    is_stated = overview.crowd_states["situasi"].notna().any()
    return tuple(
        KpiValue(states.get(state, 0) if is_stated else None, label("situasi", state))
        for state in reversed(SITUASI)
    )


def _count_present(day_summary: AreaSummary, codes: list[str]) -> float | None:
    rows = day_summary.coverage_gaps.loc[codes]
    known = rows[rows["known"]]
    return None if known.empty else float(known["present"].sum())


def _get_reference_time(view_time: ViewTime) -> datetime:
    now = session.now() if view_time.live and not view_time.is_exercise else view_time.at
    return now.astimezone(view_time.at.tzinfo)


def _count_quarantined(context: PageContext) -> int | None:
    """Return how many rows wait for a correction; None if the viewer may not see that."""
    viewer, counts = context.viewer, context.snapshot.quarantine_counts
    # The count covers the whole kabupaten, so it is for those who may see all of it.
    if not context.view_time.live or not viewer.role.may_see("masukan") or viewer.area:
        return None
    return sum(counts[feed] for feed in viewer.role.readable_feeds(tuple(counts)))
