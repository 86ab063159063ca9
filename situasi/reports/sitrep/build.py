"""A laporan built of the findings of one moment, for one viewer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from situasi.access.roles import Viewer
from situasi.analysis.view_time import ViewTime, cache_minute
from situasi.board import Board
from situasi.common import i18n
from situasi.live import access_scope
from situasi.live.snapshot import SnapshotView
from situasi.reports.sitrep import annexes, key_figures, narrative, pictures, short_message, tables
from situasi.reports.sitrep import letterhead as letters
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
    """The short text alone. Raises Refused, TemplateRefused."""

    def make() -> str:
        with _use_paper_locale():
            found = collect_data(board, viewer, snapshot_view, view_time, request)
            letter = letters.load(found.register.election.folder)
            told = key_figures.build_key_figures(found, found.overview, found.codes)
            return short_message.build_message(found, letter, told)

    by = (access_scope.scope_of(viewer), request, cache_minute(view_time), view_time.live)
    return board.analysis_cache.get_or_make("pesan", snapshot_view.snapshot, make, *by)


def build_sitrep(
    board: Board,
    viewer: Viewer,
    snapshot_view: SnapshotView,
    view_time: ViewTime,
    request: SitrepRequest,
) -> Sitrep:
    """The whole laporan, as far as this viewer may see. Raises Refused, TemplateRefused.

    Its pictures are drawn when a file asks for them.
    """

    def make() -> Sitrep:
        with _use_paper_locale():
            compare = request.kind != "situasi"
            found = collect_data(
                board, viewer, snapshot_view, view_time, request, with_previous=compare
            )
            return _assemble_sitrep(found, letters.load(found.register.election.folder))

    # Of one moment somebody takes several files.
    by = (access_scope.scope_of(viewer), request, cache_minute(view_time), view_time.live)
    return board.analysis_cache.get_or_make("laporan", snapshot_view.snapshot, make, *by)


def _assemble_sitrep(data: SitrepData, letterhead: Letterhead) -> Sitrep:
    election, asked = data.register.election, data.request
    day = key_figures.build_key_figures(data, data.overview, data.codes)
    return Sitrep(
        kind=asked.kind,
        letterhead=letterhead,
        command=election.command,
        kabupaten=election.kabupaten,
        election=election.name,
        operation=election.operation,
        at=data.view_time.at,
        zone_label=election.zone_label,
        since=asked.since,
        until=asked.until,
        version=data.version,
        has_exercise_rows=data.has_exercise_rows,
        scope=narrative.format_scope(data),
        key_figures=(*day, *key_figures.build_period_figures(data)),
        sentences={**narrative.build_chapters(data), "kurun": (narrative.format_period(data),)},
        tables=_build_tables(data, letterhead),
        drawings=pictures.build_drawings(data),
        annexes=annexes.build_annexes(data, letterhead),
        message=short_message.build_message(data, letterhead, day),
    )


def _build_tables(data: SitrepData, letterhead: Letterhead) -> dict[str, Table]:
    """What was open stands in a laporan situasi, what happened in one of a period."""
    work = data.period.worklist
    now = data.request.kind == "situasi"
    cases = tables.build_case_table(
        data,
        work.open_cases if now else work.selected_cases,
        "Kejadian terbuka, yang terberat lebih dahulu" if now else "Kejadian menonjol",
        letterhead.max_incidents,
    )
    made = {
        "kecamatan": tables.build_kecamatan_table(data),
        "kejadian": cases,
        "lewat": tables.build_overdue_table(data, letterhead.max_incidents),
        "langkah": tables.build_step_table(data),
        "fase": tables.build_phase_table(data, data.codes),
    }
    return made if now else {**made, "banding": tables.build_comparison_table(data)}


@contextmanager
def _use_paper_locale() -> Iterator[None]:
    """In Indonesian, and by the clock: it is read later than written, and by others."""
    before = i18n.current_language()
    i18n.set_language("id")
    try:
        with i18n.absolute_times():
            yield
    finally:
        i18n.set_language(before)
