"""The data of a laporan: the results that the pages also use, for one time and one viewer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from situasi.access.roles import Viewer
from situasi.actions import alert_list, records
from situasi.actions.alert_list import NO_RECORDS, AlertList
from situasi.analysis import neutrality
from situasi.analysis.activities import activities, stages
from situasi.analysis.as_of import AsOfView
from situasi.analysis.neutrality import NeutralitySummary
from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import reads
from situasi.analysis.situation import area_summary
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.situation.worklist import Worklist, compute_worklist
from situasi.analysis.stations.reports import build_tps_reports, select_current_counts
from situasi.analysis.turnout import forecast, summary
from situasi.analysis.turnout.forecast import TurnoutForecast
from situasi.analysis.view_time import ViewTime
from situasi.board import Board
from situasi.domain.feed_schemas import ACTIVITIES, NEUTRALITY, TPS
from situasi.domain.register import Register, Stage
from situasi.live import access_scope
from situasi.live.analysis_cache import AnalysisView
from situasi.live.snapshot import SnapshotView
from situasi.reports.sitrep.request import SitrepRequest, SitrepRequestError, build_previous_request


@dataclass(frozen=True)
class SitrepSources:
    """What a laporan is made from: the rows and the time shown, who may read it, the request."""

    board: Board
    viewer: Viewer
    snapshot_view: SnapshotView
    view_time: ViewTime
    request: SitrepRequest


@dataclass(frozen=True)
class Period:
    """The cases of a period as known at one time. activities: those within the period.

    has_reports: whether any incident report of the period came, nihil included.
    """

    request: SitrepRequest
    at: datetime
    worklist: Worklist
    activities: pd.DataFrame
    has_reports: bool


@dataclass(frozen=True)
class SitrepData:
    """All data of a laporan. codes: its kecamatan. view_time: as on the pages.

    coverage: None if the viewer may not see officers. neutrality: None if it was not requested.
    alerts: None if the viewer may not see them; those of neutrality only if it was requested.
    previous_period: None without a comparison. forecast: of every kecamatan, None without a
    calibration. running_stages: the stages that run at the time of the view.
    """

    board: Board
    viewer: Viewer
    register: Register
    as_of_view: AsOfView
    request: SitrepRequest
    view_time: ViewTime
    codes: list[str]
    overview: Overview
    area_summary: AreaSummary
    period: Period
    previous_period: Period | None
    coverage: Coverage | None
    alerts: AlertList | None
    turnout_curve: pd.DataFrame
    forecast: TurnoutForecast | None
    running_stages: list[Stage]
    neutrality: NeutralitySummary | None
    version: int
    has_exercise_rows: bool


@reads(TPS)
def compute_forecast(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> TurnoutForecast | None:
    """Return analysis.turnout.forecast.compute_forecast of every kecamatan."""
    counts = select_current_counts(build_tps_reports(frames["tps"], register), register)
    return forecast.compute_forecast(counts, register, at)


@reads(ACTIVITIES)
def select_activities(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> pd.DataFrame:
    """Return analysis.activities.activities.build_activity_table of these kecamatan."""
    return activities.filter_by_kecamatan(
        activities.build_activity_table(frames["activities"], register, at), kecamatan
    )


@reads(NEUTRALITY)
def compute_neutrality(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> NeutralitySummary:
    """Return analysis.neutrality.compute_summary of these kecamatan."""
    target = register.election.rules.neutrality_target
    return neutrality.compute_summary(frames["neutrality"], at, target, kecamatan)


def collect_data(sources: SitrepSources, *, with_previous: bool = False) -> SitrepData:
    """Collect the data. Raises SitrepRequestError if the viewer may not have what is requested.

    with_previous: also collect the previous period, for a comparison.
    """
    viewer, request, snapshot = sources.viewer, sources.request, sources.snapshot_view.snapshot
    view = sources.board.analysis_cache.view(
        snapshot, sources.view_time, access_scope.scope_of(viewer)
    )
    register = view.register
    unknown = set(request.kecamatan) - set(register.kecamatan)
    if unknown:
        raise SitrepRequestError(f"kecamatan tidak dikenal: {', '.join(sorted(unknown))}")
    if request.neutrality and not viewer.role.may_see("netralitas"):
        raise SitrepRequestError("angka netralitas bukan wewenang peran ini")

    officers = view.compute(coverage.compute_coverage) if viewer.role.may_see("personel") else None
    kabupaten_stages = stages.filter_by_kabupaten(register.stages, register.election.kabupaten)
    return SitrepData(
        board=sources.board,
        viewer=viewer,
        register=register,
        as_of_view=view.known_rows,
        request=request,
        view_time=sources.view_time,
        codes=[c for c in register.kecamatan if not request.kecamatan or c in request.kecamatan],
        overview=view.compute_overview(request.selection),
        area_summary=view.compute(area_summary.compute_area_summary),
        period=_collect_period(view, request),
        previous_period=_collect_previous_period(view, request) if with_previous else None,
        coverage=officers and coverage.filter_by_kecamatan(officers, request.kecamatan),
        alerts=_collect_alerts(sources, view),
        turnout_curve=view.compute(summary.compute_turnout_curve, request.kecamatan),
        forecast=view.compute(compute_forecast),
        running_stages=stages.list_running_stages(kabupaten_stages, sources.view_time.at.date()),
        neutrality=(
            view.compute(compute_neutrality, request.kecamatan) if request.neutrality else None
        ),
        version=snapshot.version,
        has_exercise_rows=snapshot.rehearsal,
    )


def _collect_alerts(sources: SitrepSources, view: AnalysisView) -> AlertList | None:
    may_see = sources.viewer.role.may_see("peringatan")
    if not may_see or not view.register.election.alerts.rules:
        return None
    stored = records.read_cached(
        sources.board, "peringatan", sources.snapshot_view, alert_list.load_records, NO_RECORDS
    )
    alerts = alert_list.build_alert_list(view, stored, neutrality=sources.request.neutrality)
    return alerts.select(sources.request.kecamatan)


def _collect_previous_period(view: AnalysisView, request: SitrepRequest) -> Period:
    previous, at = build_previous_request(request, view.view_time)
    return _collect_period(
        replace(view, view_time=ViewTime(at, live=False, is_exercise=False)), previous
    )


def _collect_period(view: AnalysisView, request: SitrepRequest) -> Period:
    worklist = view.compute(compute_worklist, request.selection)
    activity_table = view.compute(select_activities, request.kecamatan)
    occurred_at = activity_table["occurred_at"]
    in_period = (occurred_at >= request.since) & (occurred_at < request.until)
    has_reports = not view.known_rows.cases.list_known_times(request.selection).empty
    return Period(request, view.minute, worklist, activity_table[in_period], has_reports)
