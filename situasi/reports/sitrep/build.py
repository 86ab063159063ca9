"""Building a laporan from the data of one time, for one viewer."""

from collections.abc import Hashable

from situasi.access.roles import Viewer
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import Board
from situasi.common import i18n
from situasi.common.formats import absolute_times
from situasi.live import access_scope
from situasi.live.snapshot import SnapshotView
from situasi.reports.sitrep import annexes, key_figures, narrative, pictures, short_message, tables
from situasi.reports.sitrep import letterhead as letterheads
from situasi.reports.sitrep.data import SitrepData, collect_data
from situasi.reports.sitrep.model import Letterhead, Sitrep, Table
from situasi.reports.sitrep.request import SitrepRequest


def build_short_text(
    board: Board,
    viewer: Viewer,
    snapshot_view: SnapshotView,
    view_time: ViewTime,
    request: SitrepRequest,
) -> str:
    """Build the short text alone. Raises SitrepRequestError and SitrepTemplateError."""

    def build() -> str:
        data = collect_data(board, viewer, snapshot_view, view_time, request)
        letterhead = letterheads.load(data.register.election.folder)
        figures = key_figures.build_key_figures(data, data.overview, data.codes)
        return short_message.build_message(data, letterhead, figures)

    cache_key = _build_cache_key(viewer, snapshot_view, view_time, request)
    # Always in Indonesian, with absolute times: a laporan is read later, and by others.
    with i18n.use_language("id"), absolute_times():
        return board.analysis_cache.get_or_make("pesan", snapshot_view.snapshot, build, *cache_key)


def build_sitrep(
    board: Board,
    viewer: Viewer,
    snapshot_view: SnapshotView,
    view_time: ViewTime,
    request: SitrepRequest,
) -> Sitrep:
    """Build the laporan with what this viewer may see.

    Its drawings are made when a file needs them. Raises SitrepRequestError and SitrepTemplateError.
    """

    def build() -> Sitrep:
        has_previous = request.kind != "situasi"
        data = collect_data(
            board, viewer, snapshot_view, view_time, request, with_previous=has_previous
        )
        return _assemble_sitrep(data, letterheads.load(data.register.election.folder))

    # Cached, because a viewer often takes several files of the same time.
    snapshot = snapshot_view.snapshot
    cache_key = _build_cache_key(viewer, snapshot_view, view_time, request)
    with i18n.use_language("id"), absolute_times():
        return board.analysis_cache.get_or_make("laporan", snapshot, build, *cache_key)


def _build_cache_key(
    viewer: Viewer, snapshot_view: SnapshotView, view_time: ViewTime, request: SitrepRequest
) -> tuple[Hashable, ...]:
    """Return what a laporan depends on, besides the rows: what people did about alerts, too."""
    scope, moment = access_scope.scope_of(viewer), (cache_minute(view_time), view_time.live)
    actions_at = snapshot_view.access_position
    return scope, viewer.role.may_see("peringatan"), request, moment, actions_at


def _assemble_sitrep(data: SitrepData, letterhead: Letterhead) -> Sitrep:
    election, request = data.register.election, data.request
    figures = key_figures.build_key_figures(data, data.overview, data.codes)
    return Sitrep(
        kind=request.kind,
        letterhead=letterhead,
        command=election.command,
        kabupaten=election.kabupaten,
        election=election.name,
        operation=election.operation,
        at=data.view_time.at,
        zone_label=election.zone_label,
        since=request.since,
        until=request.until,
        version=data.version,
        has_exercise_rows=data.has_exercise_rows,
        scope=narrative.format_scope(data),
        key_figures=(*figures, *key_figures.build_period_figures(data)),
        sentences={**narrative.build_chapters(data), "kurun": (narrative.format_period(data),)},
        tables=_build_tables(data, letterhead),
        drawings=pictures.build_drawings(data),
        annexes=annexes.build_annexes(data, letterhead),
        message=short_message.build_message(data, letterhead, figures),
    )


def _build_tables(data: SitrepData, letterhead: Letterhead) -> dict[str, Table]:
    """Return the tables: open cases in a laporan situasi, all cases of the period in the others."""
    work = data.period.worklist
    is_situasi = data.request.kind == "situasi"
    cases = tables.build_case_table(
        data,
        work.open_cases if is_situasi else work.selected_cases,
        "Kejadian terbuka, yang terberat lebih dahulu" if is_situasi else "Kejadian menonjol",
        letterhead.max_incidents,
    )
    built = {
        "kecamatan": tables.build_kecamatan_table(data),
        "kejadian": cases,
        "lewat": tables.build_overdue_table(data, letterhead.max_incidents),
        "langkah": tables.build_step_table(data),
        "fase": tables.build_phase_table(data, data.codes),
    }
    if data.alerts is not None:
        built["peringatan"] = tables.build_alert_table(data, letterhead.max_incidents)
    return built if is_situasi else {**built, "banding": tables.build_comparison_table(data)}
