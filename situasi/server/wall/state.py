"""The state of the wall as one JSON value: every word and number as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import pandas as pd

from situasi.access.roles import Viewer
from situasi.actions.alert_list import AlertRecords
from situasi.actions.briefings import Briefing
from situasi.analysis.alerts.engine import compute_staffing_intervals
from situasi.analysis.incidents import cases
from situasi.analysis.incidents.cases import Selection
from situasi.analysis.personnel.attendance import compute_police_attendance
from situasi.analysis.redeployment.move_proposal import MoveProposal, compute_proposal
from situasi.analysis.redeployment.nearest import find_ready_officers
from situasi.analysis.redeployment.plan import compute_needs
from situasi.analysis.situation import area_summary
from situasi.analysis.situation.critical import find_critical_cases
from situasi.analysis.situation.elevated_history import list_elevated_steps
from situasi.analysis.situation.feed_staleness import find_newest_time
from situasi.analysis.stations.places import compute_station_places, locate_desa
from situasi.analysis.stations.station_history import compute_station_history
from situasi.analysis.turnout import summary
from situasi.analysis.view_time import ViewTime, apply_window, cache_minute
from situasi.board import Board
from situasi.common import i18n
from situasi.common.formats import (
    format_date,
    format_long_date,
    format_time,
)
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.hatching import MIN_SHARE
from situasi.figures.theme import DARK, LIGHT
from situasi.live import access_scope
from situasi.live.analysis_cache import AnalysisView
from situasi.live.snapshot import SnapshotView
from situasi.presentation import incident_item
from situasi.presentation.view_text import (
    format_clock_note,
    format_filters,
    format_unshown_time,
    list_banners,
)
from situasi.server.wall import map_marks, matters, svg_map, trends, views
from situasi.server.wall.alarms import (
    Surroundings,
    describe_surroundings,
    format_row_acknowledgement,
)
from situasi.server.wall.figure_cards import build_kpi, build_mark
from situasi.server.wall.query import WallQuery, shows_reports
from situasi.server.wall.view_model import MAX_LINES, Measure, ViewData, WallView

# More open critical cases than this are counted and not named.
MAX_ALARMS = 40
# Of so many of the newest the whole text and the surroundings are told.
_MAX_DETAILED = 8
_KNOWN_COLUMNS = ["known_at", "recorded_at", "precision"]
# A case stored so long after it became known is imported history: shown, but no alarm.
_HISTORY_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Sources:
    """What a wall state is built from."""

    board: Board
    snapshot_view: SnapshotView
    records: AlertRecords
    view_time: ViewTime
    briefings: Sequence[Briefing] = ()

    @property
    def is_exercise(self) -> bool:
        """Return whether an exercise runs, by whose clock everything is told."""
        return self.snapshot_view.snapshot.exercise_at is not None


def visible_register(board: Board, viewer: Viewer) -> Any:
    """Return the register of what this viewer may see."""
    return board.analysis_cache.register(access_scope.scope_of(viewer))


def build_state(sources: Sources, viewer: Viewer, query: WallQuery) -> dict[str, Any]:
    """Return everything that the wall of this viewer shows."""
    i18n.set_language(query.language)
    snapshot, register = sources.snapshot_view.snapshot, visible_register(sources.board, viewer)
    election = register.election
    state: dict[str, Any] = {
        "bands": list_banners(
            sources.view_time,
            election.zone_label,
            has_exercise_rows=snapshot.rehearsal,
            link_ends_at=viewer.link.expires_at if viewer.link else None,
            store_error=sources.snapshot_view.trouble,
            register=register,
            replaced_at=sources.snapshot_view.replaced_at,
            is_exercise=sources.is_exercise,
            unshown_time=format_unshown_time(
                query.time_text, sources.view_time, (election.day_start, election.day_end)
            ),
        ),
        "filter": _format_filter(query, register),
        "moment": _build_moment(sources),
        "trouble": sources.snapshot_view.trouble,
    }
    if sources.snapshot_view.trouble and not snapshot.version:
        # A store that was never read is neither empty nor calm.
        never = _("Belum ada gambar: penyimpanan belum pernah terbaca sejak papan dibuka.")
        return {**state, "nothing": never, "views": [], "alarms": [], "last": None}
    return {**state, **_build_views(sources, build_analysis_view(sources, viewer), viewer, query)}


def build_analysis_view(sources: Sources, viewer: Viewer) -> AnalysisView:
    """Return the analysis view of these sources, limited to what this viewer may see."""
    return sources.board.analysis_cache.view(
        sources.snapshot_view.snapshot, sources.view_time, access_scope.scope_of(viewer)
    )


def timed_selection(query: WallQuery, analysis_view: AnalysisView) -> Selection:
    """Return the selected filters with the times of the window."""
    election = analysis_view.register.election
    return apply_window(query.selection, query.window, analysis_view.minute, election)


def _build_views(
    sources: Sources, analysis_view: AnalysisView, viewer: Viewer, query: WallQuery
) -> dict[str, Any]:
    selection = timed_selection(query, analysis_view)
    critical_cases = analysis_view.compute(find_critical_cases)
    # Filters of tingkat, status and time do not hide a case that is critical now. A guest link
    # shows only what its filters leave.
    case_filter = Selection(kecamatan=selection.kecamatan, jenis=selection.jenis)
    if viewer.link is not None:
        case_filter = selection if viewer.link.filter_values("rentang") else query.selection
    visible = cases.select(critical_cases, case_filter)
    overview, minute = analysis_view.compute_overview(selection), cache_minute(sources.view_time)
    open_cases, newest = overview.open_cases, cases.list_newest(overview.selected_cases, MAX_LINES)
    if not shows_reports(viewer, query):
        visible, newest = visible.head(0), newest.head(0)
        open_cases = open_cases if query.is_case_list else open_cases.head(0)
    around = _build_surroundings(sources.board, analysis_view, viewer, overview.selected_cases)
    register = analysis_view.register
    waiting = matters.select_decisions(analysis_view, sources.records, viewer, query, visible)
    waiting = waiting.head(0) if query.is_list else waiting
    data = ViewData(
        overview=overview,
        day=analysis_view.compute(area_summary.compute_area_summary),
        turnout_curve=analysis_view.compute(
            summary.compute_turnout_curve, tuple(selection.kecamatan)
        ),
        attendance=analysis_view.compute(compute_police_attendance, tuple(selection.kecamatan)),
        station_history=analysis_view.compute(compute_station_history),
        elevated_steps=analysis_view.compute(list_elevated_steps),
        staffing_intervals=analysis_view.compute(compute_staffing_intervals),
        critical_cases=visible,
        decisions=matters.format_decisions(waiting, visible, register, minute, around),
        acknowledged=sources.records.acknowledged,
        alerts=matters.select_alerts(analysis_view, sources.records, viewer, query),
        with_names=viewer.role.may_see("personel"),
        register=register,
        view_time=replace(sources.view_time, at=minute),
        theme=DARK if query.dark else LIGHT,
        analysis_view=analysis_view,
        query=query,
        briefings=sources.briefings,
    )
    built = {name: views.build_view(name, data) for name in query.views}
    placed = map_marks.place_cases(sources.board, visible, open_cases)
    drawing = svg_map.build_register_drawing(sources.board.boundaries, sources.board.register)
    spots = map_marks.locate_cases(placed, drawing)
    return {
        "views": [_build_view(name, view, data) for name, view in built.items()],
        "decisions": [
            matters.build_decision(item, live=sources.view_time.live)
            | {"id": item.case and hash_case_id(item.case)}
            for item in data.decisions
        ],
        "decision_count": len(waiting),
        "alarms": [
            _build_alarm(row, data, spots.get(str(row.case)))
            | (_build_details(row, data, around) if n < _MAX_DETAILED else {})
            for n, row in enumerate(visible.head(MAX_ALARMS).itertuples())
        ],
        "marks": map_marks.build_marks(placed, drawing),
        "alarm_count": len(visible),
        "alerts": data.alerts and matters.build_alerts(data.alerts, data),
        "table": views.build_table(data, _table_columns(viewer, built[query.views[0]])),
        "newest": [
            _build_case(row, incident_item.build_item(row, data.register, data.view_time.at))
            for row in newest.itertuples()
        ],
        "last": _last_report(analysis_view),
    }


def _build_surroundings(
    board: Board, analysis_view: AnalysisView, viewer: Viewer, day_cases: pd.DataFrame
) -> Surroundings:
    geography = locate_desa(board.geography, analysis_view.compute(compute_station_places))
    if not viewer.role.may_see("personel"):
        return Surroundings(day_cases, [], geography)

    def propose_moves() -> MoveProposal:
        rule, at = board.register.election.rules.redeployment, analysis_view.minute
        return board.analysis_cache.get_or_make(
            "proposal",
            analysis_view.snapshot,
            lambda: compute_proposal(analysis_view.compute(compute_needs), geography, rule, at),
            (at, analysis_view.view_time.live, analysis_view.access),
        )

    ready = analysis_view.compute(find_ready_officers)
    return Surroundings(day_cases, ready, geography, propose_moves)


def _format_filter(query: WallQuery, register: Any) -> str:
    text = format_filters(register, [pair for pair in query.filters if pair[0] != "saat"])
    return text or _("tanpa saringan")


def _build_moment(sources: Sources) -> dict[str, Any]:
    view_time = sources.view_time
    return {
        "at": _epoch_ms(view_time.at),
        "ticks": view_time.live and not view_time.is_exercise,
        "live": view_time.live,
        "exercise": sources.is_exercise,
        "note": format_clock_note(view_time),
        "day": format_long_date(view_time.at),
    }


def _last_report(analysis_view: AnalysisView) -> list[Any] | None:
    """Return when the newest row that this viewer may see became known: [epoch ms, day, hour].

    hour: whether that is known too.
    """
    known_rows = analysis_view.known_rows
    parts = [known_rows.columns(feed, _KNOWN_COLUMNS) for feed in known_rows]
    times = [find_newest_time(rows, analysis_view.view_time.at) for rows in parts]
    newest = max((time for time in times if time), key=attrgetter("at"), default=None)
    if newest is None:
        return None
    day = format_date(newest.at.astimezone(analysis_view.view_time.at.tzinfo))
    return [_epoch_ms(newest.at), day, newest.is_exact]


def _epoch_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _build_view(name: str, view: WallView, data: ViewData) -> dict[str, Any]:
    measure = views.build_measure(data, view.measure)
    codes = set(data.codes)
    letters = _list_situasi(data) if view.measure == "situasi" else {}
    areas = {
        code: _build_area(measure.build_area(place), letters.get(code, ""))
        for code, place in data.register.kecamatan.items()
        if code in codes
    }
    marks = [[build_mark(mark), word] for mark, word in measure.legend]
    if measure.no_data_label:
        marks.append([["silent", "", ""], measure.no_data_label])
    if measure.hatch_label:
        marks.append([["hatched", "", ""], measure.hatch_label])
    return {
        "name": name,
        "title": view.title,
        "quiet": view.is_quiet,
        "figures": [
            build_kpi(item) | {"trend": trends.compute_trend(item.key, data)} for item in view.kpis
        ],
        "areas": areas,
        "legend": marks,
        "heading": view.heading,
        "count": view.line_count,
        "lines": view.lines
        and [
            {
                "mark": line.tingkat,
                "title": line.title,
                "end": line.end,
                "note": line.note,
                "place": line.place,
                "act": line.act,
                "text": line.text,
                "sub": line.is_heading,
            }
            for line in view.lines
        ],
        "nothing": view.empty_text,
        "rest": view.rest_text,
    }


def _list_situasi(data: ViewData) -> dict[str, str]:
    """Return the situasi of each kecamatan that has one: it is told by letter and hatch too."""
    states = data.overview.crowd_states.set_index("kecamatan")["situasi"]
    return {str(code): state for code, state in states.items() if isinstance(state, str)}


def _build_area(area: AreaStyle, situasi: str) -> list[Any]:
    """Return [value, fill, opacity, lines].

    lines: its situasi, or "silent" where part of it is not known, which no situasi may hide.
    """
    opacity = 1 if area.fill is None else round(area.fill_alpha / 255, 2)
    is_stated = situasi not in ("", "hijau")
    lines = "silent" if area.hatch >= MIN_SHARE and not is_stated else situasi
    return [area.value, area.fill, opacity, lines]


def _build_alarm(row: Any, data: ViewData, point: list[float] | None) -> dict[str, Any]:
    zone = data.register.election.zone
    item = incident_item.build_item(row, data.register, data.view_time.at)
    state = row.situasi if isinstance(row.situasi, str) else None
    return _build_case(row, item) | {
        "seq": int(row.grave_seq),
        "code": row.kecamatan if isinstance(row.kecamatan, str) else None,
        "spot": point,
        "weight": _("tingkat {level}").format(level=item.tingkat_label),
        "situasi": state and [state, _("situasi {state}").format(state=label("situasi", state))],
        "came": format_time(row.grave_at.astimezone(zone)),
        "old": not item.is_exercise and row.came_at - row.grave_at > _HISTORY_AGE,
        "acknowledged": format_row_acknowledgement(row, data, zone),
    }


def _build_details(row: Any, data: ViewData, around: Surroundings) -> dict[str, str]:
    """Return what an interruption tells besides: the whole text and what is known of the place."""
    surroundings = describe_surroundings(row, data.register, around, with_names=data.with_names)
    return {"whole": row.uraian or "", **surroundings}


def _build_case(row: Any, item: incident_item.IncidentItem) -> dict[str, Any]:
    """Return what is told of any case, be it an alarm or among the newest reports."""
    happened = _("terjadi {time}").format(time=item.occurrence) if item.occurrence else ""
    return {
        "id": hash_case_id(row.case),
        "tingkat": item.tingkat or "belum",
        "weight": item.tingkat_label,
        "title": item.title,
        "place": item.place,
        "text": incident_item.shorten_text(item.text),
        "status": item.status,
        "when": item.last_report,
        "happened": happened,
        "latihan": item.is_exercise,
    }


def hash_case_id(case: str) -> str:
    """Return the id by which a browser refers to a case."""
    return blake2b(case.encode(), digest_size=9).hexdigest()


# Measures of the table for a guest link, by its page.
_GUEST_COLUMNS: dict[str, list[Measure]] = {
    "situasi": ["situasi", "terbuka"],
    "partisipasi": ["partisipasi"],
    "tps": ["fase"],
    "kejadian": ["terbuka"],
    "perubahan": [],
}


def _table_columns(viewer: Viewer, view: WallView) -> list[Measure]:
    """Return the measures of the table; for a guest link those of its page alone.

    A view with a measure of its own has that alone.
    """
    if not isinstance(view.measure, str):
        return [view.measure]
    if viewer.link is not None:
        return _GUEST_COLUMNS[viewer.link.page]
    personnel: list[Measure] = ["personel"] if viewer.role.may_see("personel") else []
    return ["situasi", "terbuka", "partisipasi", "fase", *personnel]


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)
