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
from situasi.reports.sitrep.request import Refused, Wanted, before


@dataclass(frozen=True)
class Period:
    """The cases of a period as known at a moment. activities: those of its time.

    heard: whether any word on an incident came of it, nihil included.
    """

    asked: Wanted
    at: datetime
    work: Worklist
    activities: pd.DataFrame
    heard: bool


@dataclass(frozen=True)
class Gathered:
    """Everything found. codes: the kecamatan it is of. at: as the pages show the moment.

    coverage: None for a viewer who is not told of officers; neutrality: None where it was not
    asked for; before: None where nothing is compared. outlook: of every kecamatan, None without a
    calibration. stages: that run.
    """

    board: Board
    viewer: Viewer
    register: Register
    known: AsOfView
    asked: Wanted
    at: ViewTime
    codes: list[str]
    overview: Overview
    day: AreaSummary
    period: Period
    before: Period | None
    coverage: Coverage | None
    curve: pd.DataFrame
    outlook: TurnoutForecast | None
    stages: list[Stage]
    neutrality: NeutralitySummary | None
    version: int
    rehearsal: bool


@reads(TPS)
def curve(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> pd.DataFrame:
    """analysis.turnout.curve of these kecamatan."""
    standing = select_current_counts(build_tps_reports(known["tps"], register), register)
    return summary.build_turnout_curve(standing, register, at, kecamatan)


@reads(TPS)
def ahead(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime
) -> TurnoutForecast | None:
    """analysis.outlook.outlook of every kecamatan."""
    standing = select_current_counts(build_tps_reports(known["tps"], register), register)
    return forecast.compute_forecast(standing, register, at)


@reads(ACTIVITIES)
def giat(
    known: Mapping[str, pd.DataFrame],
    register: Register,
    at: datetime,
    kecamatan: tuple[str, ...],
) -> pd.DataFrame:
    """analysis.activities.cases of these kecamatan."""
    return activities.filter_by_kecamatan(
        activities.build_activity_table(known["activities"], register, at), kecamatan
    )


@reads(NEUTRALITY)
def neutral(
    known: Mapping[str, pd.DataFrame], register: Register, at: datetime, kecamatan: tuple[str, ...]
) -> NeutralitySummary:
    """analysis.neutrality.overview of these kecamatan."""
    target = register.election.rules.neutrality_target
    return neutrality.compute_summary(known["neutrality"], at, target, kecamatan)


def gather(
    board: Board,
    viewer: Viewer,
    shown: SnapshotView,
    at: ViewTime,
    asked: Wanted,
    *,
    compare: bool = False,
) -> Gathered:
    """Find it. Raises Refused where this viewer may not have what was asked for.

    compare: with the period before.
    """
    reach = access_scope.scope_of(viewer)
    register = board.analysis_cache.register(reach)
    strange = set(asked.kecamatan) - set(register.kecamatan)
    if strange:
        raise Refused(f"kecamatan tidak dikenal: {', '.join(sorted(strange))}")
    if asked.neutrality and not viewer.role.may_see("netralitas"):
        raise Refused("angka netralitas bukan wewenang peran ini")

    def find(work: Analysis, *more: object) -> object:
        return board.analysis_cache.compute(work, shown.snapshot, at, reach, *more)

    found_day = find(area_summary.compute_area_summary)
    force = find(coverage.compute_coverage) if viewer.role.may_see("personel") else None
    cases = find(neutral, asked.kecamatan) if asked.neutrality else None
    through_day = find(curve, asked.kecamatan)
    end = find(ahead)
    assert isinstance(found_day, AreaSummary)
    assert isinstance(force, Coverage | None)
    assert isinstance(cases, NeutralitySummary | None)
    assert isinstance(through_day, pd.DataFrame)
    assert isinstance(end, TurnoutForecast | None)
    concerned = stages.filter_by_kabupaten(register.stages, register.election.kabupaten)
    earlier, then = before(asked, at)
    past = ViewTime(then, live=False, is_exercise=False)
    return Gathered(
        board=board,
        viewer=viewer,
        register=register,
        known=board.analysis_cache.known_rows(shown.snapshot, at, reach),
        asked=asked,
        at=at,
        codes=[c for c in register.kecamatan if not asked.kecamatan or c in asked.kecamatan],
        overview=board.analysis_cache.compute_overview(shown.snapshot, at, reach, asked.selection),
        day=found_day,
        period=_period(board, viewer, shown, at, asked),
        before=_period(board, viewer, shown, past, earlier) if compare else None,
        coverage=None if force is None else coverage.filter_by_kecamatan(force, asked.kecamatan),
        curve=through_day,
        outlook=end,
        stages=stages.list_running_stages(concerned, at.at.date()),
        neutrality=cases,
        version=shown.snapshot.version,
        rehearsal=shown.snapshot.rehearsal,
    )


def _period(
    board: Board, viewer: Viewer, shown: SnapshotView, at: ViewTime, asked: Wanted
) -> Period:
    reach = access_scope.scope_of(viewer)
    work = board.analysis_cache.compute(
        compute_worklist, shown.snapshot, at, reach, asked.selection
    )
    every = board.analysis_cache.compute(giat, shown.snapshot, at, reach, asked.kecamatan)
    inside = (every["occurred_at"] >= asked.since) & (every["occurred_at"] < asked.until)
    known = board.analysis_cache.known_rows(shown.snapshot, at, reach)
    heard = not known.cases.list_known_times(asked.selection).empty
    return Period(asked, cache_minute(at), work, every[inside], heard)
