"""What a laporan rests on: the findings that the pages ask too, of one moment and one viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from situasi.access.roles import Viewer
from situasi.analysis import neutrality
from situasi.analysis.activities import activities, stages
from situasi.analysis.as_of import AsOfView
from situasi.analysis.neutrality import NeutralitySummary
from situasi.analysis.personnel import coverage
from situasi.analysis.personnel.coverage import Coverage
from situasi.analysis.queries import Analysis, reads
from situasi.analysis.situation import area_summary
from situasi.analysis.situation.area_summary import AreaSummary
from situasi.analysis.situation.overview import Overview
from situasi.analysis.situation.worklist import Worklist, compute_worklist
from situasi.analysis.stations.reports import build_tps_reports, select_current_counts
from situasi.analysis.turnout import forecast, summary
from situasi.analysis.turnout.forecast import TurnoutForecast
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import Board
from situasi.domain.feed_schemas import ACTIVITIES, NEUTRALITY, TPS
from situasi.domain.register import Register, Stage
from situasi.live import access_scope
from situasi.live.snapshot import SnapshotView
from situasi.reports.sitrep.request import SitrepRequest, SitrepRequestError, build_previous_request


@dataclass(frozen=True)
class Period:
    """The cases of a period as known at a moment. activities: those of its time.

    heard: whether any word on an incident came of it, nihil included.
    """

    request: SitrepRequest
    at: datetime
    worklist: Worklist
    activities: pd.DataFrame
    has_reports: bool


@dataclass(frozen=True)
class SitrepData:
    """Everything found. codes: the kecamatan it is of. at: as the pages show the moment.

    coverage: None for a viewer who is not told of officers; neutrality: None where it was not
    asked for; before: None where nothing is compared. outlook: of every kecamatan, None without a
    calibration. stages: that run.
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
    turnout_curve: pd.DataFrame
    forecast: TurnoutForecast | None
    running_stages: list[Stage]
    neutrality: NeutralitySummary | None
    version: int
    has_exercise_rows: bool


@reads(TPS)
def compute_turnout_curve(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> pd.DataFrame:
    """analysis.turnout.curve of these kecamatan."""
    standing = select_current_counts(build_tps_reports(frames["tps"], register), register)
    return summary.build_turnout_curve(standing, register, at, kecamatan)


@reads(TPS)
def compute_forecast(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> TurnoutForecast | None:
    """analysis.outlook.outlook of every kecamatan."""
    standing = select_current_counts(build_tps_reports(frames["tps"], register), register)
    return forecast.compute_forecast(standing, register, at)


@reads(ACTIVITIES)
def select_activities(
    frames: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    kecamatan: tuple[str, ...],
) -> pd.DataFrame:
    """analysis.activities.cases of these kecamatan."""
    return activities.filter_by_kecamatan(
        activities.build_activity_table(frames["activities"], register, at), kecamatan
    )


@reads(NEUTRALITY)
def compute_neutrality(
    frames: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> NeutralitySummary:
    """analysis.neutrality.overview of these kecamatan."""
    target = register.election.rules.neutrality_target
    return neutrality.compute_summary(frames["neutrality"], at, target, kecamatan)


def collect_data(
    board: Board,
    viewer: Viewer,
    snapshot_view: SnapshotView,
    view_time: ViewTime,
    request: SitrepRequest,
    *,
    with_previous: bool = False,
) -> SitrepData:
    """Find it. Raises Refused where this viewer may not have what was asked for.

    compare: with the period before.
    """
    reach = access_scope.scope_of(viewer)
    register = board.analysis_cache.register(reach)
    strange = set(request.kecamatan) - set(register.kecamatan)
    if strange:
        raise SitrepRequestError(f"kecamatan tidak dikenal: {', '.join(sorted(strange))}")
    if request.neutrality and not viewer.role.may_see("netralitas"):
        raise SitrepRequestError("angka netralitas bukan wewenang peran ini")

    def find(work: Analysis, *more: object) -> object:
        return board.analysis_cache.compute(work, snapshot_view.snapshot, view_time, reach, *more)

    found_day = find(area_summary.compute_area_summary)
    force = find(coverage.compute_coverage) if viewer.role.may_see("personel") else None
    cases = find(compute_neutrality, request.kecamatan) if request.neutrality else None
    through_day = find(compute_turnout_curve, request.kecamatan)
    end = find(compute_forecast)
    assert isinstance(found_day, AreaSummary)
    assert isinstance(force, Coverage | None)
    assert isinstance(cases, NeutralitySummary | None)
    assert isinstance(through_day, pd.DataFrame)
    assert isinstance(end, TurnoutForecast | None)
    concerned = stages.filter_by_kabupaten(register.stages, register.election.kabupaten)
    earlier, then = build_previous_request(request, view_time)
    past = ViewTime(then, live=False, is_exercise=False)
    return SitrepData(
        board=board,
        viewer=viewer,
        register=register,
        as_of_view=board.analysis_cache.known_rows(snapshot_view.snapshot, view_time, reach),
        request=request,
        view_time=view_time,
        codes=[c for c in register.kecamatan if not request.kecamatan or c in request.kecamatan],
        overview=board.analysis_cache.compute_overview(
            snapshot_view.snapshot, view_time, reach, request.selection
        ),
        area_summary=found_day,
        period=_collect_period(board, viewer, snapshot_view, view_time, request),
        previous_period=_collect_period(board, viewer, snapshot_view, past, earlier)
        if with_previous
        else None,
        coverage=None if force is None else coverage.filter_by_kecamatan(force, request.kecamatan),
        turnout_curve=through_day,
        forecast=end,
        running_stages=stages.list_running_stages(concerned, view_time.at.date()),
        neutrality=cases,
        version=snapshot_view.snapshot.version,
        has_exercise_rows=snapshot_view.snapshot.rehearsal,
    )


def _collect_period(
    board: Board,
    viewer: Viewer,
    snapshot_view: SnapshotView,
    view_time: ViewTime,
    request: SitrepRequest,
) -> Period:
    reach = access_scope.scope_of(viewer)
    work = board.analysis_cache.compute(
        compute_worklist, snapshot_view.snapshot, view_time, reach, request.selection
    )
    every = board.analysis_cache.compute(
        select_activities, snapshot_view.snapshot, view_time, reach, request.kecamatan
    )
    inside = (every["occurred_at"] >= request.since) & (every["occurred_at"] < request.until)
    known = board.analysis_cache.known_rows(snapshot_view.snapshot, view_time, reach)
    heard = not known.cases.list_known_times(request.selection).empty
    return Period(request, cache_minute(view_time), work, every[inside], heard)
