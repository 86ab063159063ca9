"""Building a laporan from the data of one time, for one viewer."""

from collections.abc import Callable
from typing import TypeVar

from situasi.analysis.view_time import cache_minute
from situasi.common import i18n
from situasi.common.formats import absolute_times
from situasi.live import access_scope
from situasi.reports.sitrep import annexes, key_figures, narrative, pictures, short_message, tables
from situasi.reports.sitrep import letterhead as letterheads
from situasi.reports.sitrep.data import SitrepData, SitrepSources, collect_data
from situasi.reports.sitrep.model import Letterhead, Sitrep, Table

ResultT = TypeVar("ResultT")


def build_short_text(sources: SitrepSources) -> str:
    """Build the short text alone. Raises SitrepRequestError and SitrepTemplateError."""

    def build() -> str:
        data = collect_data(sources)
        letterhead = letterheads.load(data.register.election.folder)
        figures = key_figures.build_key_figures(data, data.overview, data.codes)
        return short_message.build_message(data, letterhead, figures)

    return _build_once("pesan", sources, build)


def build_sitrep(sources: SitrepSources) -> Sitrep:
    """Build the laporan with what this viewer may see.

    Its drawings are made when a file needs them. Raises SitrepRequestError and SitrepTemplateError.
    """

    def build() -> Sitrep:
        data = collect_data(sources, with_previous=sources.request.kind != "situasi")
        return _assemble_sitrep(data, letterheads.load(data.register.election.folder))

    return _build_once("laporan", sources, build)


def _build_once(name: str, sources: SitrepSources, build: Callable[[], ResultT]) -> ResultT:
    """Return what is built of these sources; cached, as a viewer often takes several files."""
    viewer, view_time, view = sources.viewer, sources.view_time, sources.snapshot_view
    key = (
        access_scope.scope_of(viewer),
        viewer.role.may_see("peringatan"),
        sources.request,
        (cache_minute(view_time), view_time.live),
        view.access_position,  # what people did about alerts is no row
    )
    # Always in Indonesian, with absolute times: a laporan is read later, and by others.
    with i18n.use_language("id"), absolute_times():
        return sources.board.analysis_cache.get_or_make(name, view.snapshot, build, *key)


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
        sentences={
            **narrative.build_chapters(data),
            "kurun": (narrative.format_period(data),),
            "kecuali": tuple(narrative.format_exclusion(request)),
        },
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
