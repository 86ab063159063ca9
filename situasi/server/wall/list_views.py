"""Lists in full, as the light view of a page: figures, map, and each line of the page's list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd

from situasi.actions import briefings
from situasi.actions.briefings import Briefing
from situasi.analysis.activities.summary import ActivitySummary, compute_activity_summary
from situasi.analysis.incidents import cases
from situasi.analysis.situation.changes import Changes, compute_changes, compute_situation_state
from situasi.analysis.view_time import ViewTime
from situasi.common.formats import format_counts, format_number, format_time_by_precision
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import activities, changes, definition_words, incident_item, kpis
from situasi.presentation.map_measures import MapMeasure
from situasi.presentation.model import KpiText
from situasi.presentation.numbers import format_moment
from situasi.server.wall.view_model import ListLine, ViewData, WallView

# On a slow line so many take a third of a second; the others are counted.
MAX_ROWS = 200
_MINUTE = timedelta(minutes=1)


def build_incidents(data: ViewData) -> WallView:
    """Build the list of the page Kejadian: each selected case, open or closed, the newest first."""
    overview, at = data.overview, data.view_time.at
    selected = overview.selected_cases
    is_mixed = selected["latihan"].nunique() > 1
    rows: list[Any] = list(cases.list_newest(selected, MAX_ROWS).itertuples())
    lines = [_build_incident_line(row, data, is_mixed=is_mixed) for row in rows]
    return WallView(
        _("Kejadian"),
        [
            kpis.format_open_incidents(overview),
            _format_selected_count(data),
            kpis.format_last_report(overview, at, data.register.election.zone_label),
        ],
        "terbuka",
        _("Semua kejadian, kabar terbaru dahulu"),
        lines,
        _("Belum ada laporan kejadian.")
        if overview.newest_time is None
        else _("Tidak ada kejadian pada pilihan ini."),
        is_quiet=not lines,
        line_count=len(selected),
        rest_text=_format_rest(len(selected) - len(lines)),
    )


def _format_selected_count(data: ViewData) -> KpiText:
    selected = data.overview.selected_cases
    if selected.empty:
        return KpiText("kejadian", _("Kejadian"), "–", _("Tidak ada kejadian pada pilihan ini."))
    note = format_counts(_("dari {n} laporan"), n=int(selected["gabungan"].sum()))
    return KpiText("kejadian", _("Kejadian"), format_number(len(selected)), note)


def _build_incident_line(row: Any, data: ViewData, *, is_mixed: bool) -> ListLine:
    """Build the line of a case. is_mixed: some are of an exercise, so those are marked."""
    item = incident_item.build_item(row, data.register, data.view_time.at)
    mark = _("LATIHAN") if is_mixed and item.is_exercise else ""
    happened = _("terjadi {time}").format(time=item.occurrence) if item.occurrence else ""
    return ListLine(
        item.title,
        item.last_report,
        " · ".join(filter(None, (mark, item.tingkat_label, item.status, happened))),
        item.place,
        tingkat=item.tingkat or "belum",
        text=incident_item.shorten_text(item.text),
    )


def _format_rest(count: int) -> str:
    """Return where the lines are that are not shown; "" if all are."""
    return format_counts(_("{n} baris lagi ada di papan lengkap."), n=count) if count else ""


def build_changes(data: ViewData) -> WallView:
    """Build the lists of the page Sejak taklimat: new, worse, closed and still silent."""
    title, briefing = label("screen", "perubahan"), _find_briefing(data)
    if briefing is None:
        empty_text = _("Belum ada taklimat yang ditandai sampai saat ini.")
        return WallView(title, [], "terbuka", "", [], empty_text, is_quiet=True)
    change_set = _compute_changes(briefing, data)
    name = briefings.format_name(briefing, data.view_time)
    lines: list[ListLine] = []
    for part in changes.LISTS:
        table = part.get_rows(change_set)
        rows: list[Any] = list(table.itertuples())
        is_mixed = table["latihan"].nunique() > 1
        lines.append(ListLine(part.format_heading(change_set, name), is_heading=True))
        lines += [_build_change_line(part.key, row, data, is_mixed=is_mixed) for row in rows]
        lines += [] if rows else [ListLine("", note=_(part.empty_text))]
    kpi_texts = list(
        changes.format_kpis(change_set, data.register.election.rules.critical).values()
    )
    measure = changes.build_measure(change_set, data.codes, data.theme)
    heading = _("Perubahan sejak {briefing}").format(briefing=name)
    return _build_parts(title, kpi_texts, measure, heading, lines)


def _find_briefing(data: ViewData) -> Briefing | None:
    """Return what the page compares with; None where nobody has reported or marked anything."""
    at, exercise = data.view_time.at, data.exercise_at is not None
    listed = briefings.list_until(data.briefings, at, exercise=exercise)
    recent = briefings.list_recent_hours(at, exercise=exercise)
    selected = briefings.find_selected(listed, recent, [data.query.since])
    states = data.analysis_view.feed_states()
    has_reports = any(state.last_known_at is not None for state in states)
    return recent[0] if selected is None and has_reports else selected


def _compute_changes(briefing: Briefing, data: ViewData) -> Changes:
    view, since = data.analysis_view, briefing.at.astimezone(data.view_time.at.tzinfo)
    past = replace(view, view_time=ViewTime(since, live=False, is_exercise=False))
    return compute_changes(
        past.compute(compute_situation_state),
        view.compute(compute_situation_state),
        past.feed_states(),
        view.feed_states(),
        since,
        data.query.selection.kecamatan,
        # Rows reported in this very minute are told.
        None if data.exercise_at is None else data.exercise_at + _MINUTE,
    )


def _build_change_line(key: str, row: Any, data: ViewData, *, is_mixed: bool) -> ListLine:
    """Build a line of the list of this key (presentation.changes.LISTS)."""
    if key in ("baru", "selesai"):
        line = _build_incident_line(row, data, is_mixed=is_mixed)
        if key == "baru":
            return line
        change = f"{changes.format_status(row.before)} → {changes.format_status(row.after)}"
        return replace(line, note=f"{line.note} · {change}")
    at, zone = data.view_time.at, data.register.election.zone
    since = "" if pd.isna(row.at) else format_moment(row.at.astimezone(zone), at)
    if since and row.precision in ("hari", "bulan"):
        since = format_time_by_precision(row.at.astimezone(zone), row.precision)
    place = changes.format_place(data.register, row)
    if key == "diam":
        return ListLine(place, since, changes.format_silence(row.after))
    before = changes.format_state(row.kind, row.before, at_briefing=True)
    text = row.uraian if isinstance(row.uraian, str) else ""
    return ListLine(
        ": ".join(filter(None, (changes.format_kind(row.kind), changes.format_incident_kind(row)))),
        since,
        f"{before} → {changes.format_state(row.kind, row.after)}",
        place,
        text=incident_item.shorten_text(text),
    )


def build_activities(data: ViewData) -> WallView:
    """Build the lists of the page Tahapan dan giat: stages, SOP, agenda, drills."""
    kecamatan = tuple(data.query.selection.kecamatan)
    summary = data.analysis_view.compute(compute_activity_summary, kecamatan)
    lines = [*_list_stages(summary, data), *_list_sop(summary, data)]
    for heading, rows in (
        (_("Agenda: direncanakan, belum terlaksana"), summary.agenda),
        (_("Latihan"), summary.drills),
    ):
        items: list[Any] = list(rows.itertuples())
        lines += [ListLine(heading, is_heading=True)] if items else []
        lines += [_build_activity_line(row, data) for row in items]
    return _build_parts(
        label("screen", "tahapan"),
        [
            activities.format_done(summary),
            activities.format_lapsed(summary, data.register),
            activities.format_drills(summary, data.register),
            activities.format_sop(summary),
        ],
        activities.build_done_measure(summary.activities, data.codes, data.theme),
        _("Tahapan, SOP, agenda, dan latihan"),
        lines,
    )


def _list_stages(summary: ActivitySummary, data: ViewData) -> list[ListLine]:
    """Return the running stages, and the next one."""
    names = activities.list_stage_names(data.register)
    lines = [
        ListLine(names[stage.code], activities.format_stage_end(stage))
        for stage in summary.running_stages
    ]
    if lines:
        lines.insert(0, ListLine(_("Tahap berjalan"), is_heading=True))
    if summary.upcoming_stages:
        stage = summary.upcoming_stages[0]
        start = activities.format_stage_start(stage, data.view_time.at.date())
        lines.append(ListLine(_("Tahap berikut"), is_heading=True))
        lines.append(ListLine(names[stage.code], start))
    return lines


def _list_sop(summary: ActivitySummary, data: ViewData) -> list[ListLine]:
    """Return the SOP lines of the stage that is asked for, else of the running ones."""
    codes = [data.query.stage] if data.query.stage else summary.list_current_sop_stages()
    election = data.register.election
    lines: list[ListLine] = []
    for code in codes:
        part = summary.select_sop_lines([code])
        heading = _("SOP: {stage}").format(stage=activities.format_stages(data.register, [code]))
        lines += [ListLine(heading, is_heading=True)] if part else []
        lines += [
            ListLine(
                definition_words.translate(election, line.item.text),
                activities.format_sop_state(line),
                activities.format_sop_owner(line.item),
            )
            for line in part
        ]
    return lines


def _build_activity_line(row: Any, data: ViewData) -> ListLine:
    place = " · ".join(filter(None, (data.register.name_of(row.kecamatan), row.lokasi)))
    return ListLine(
        label("giat", row.giat),
        activities.format_occurrence_time(data.register, row),
        label("giat_state", row.state),
        place,
        text=incident_item.shorten_text(row.uraian or ""),
    )


def _build_parts(
    title: str,
    kpi_texts: Sequence[KpiText],
    measure: tuple[str, MapMeasure],
    heading: str,
    lines: Sequence[ListLine],
) -> WallView:
    """Build a view whose list has parts."""
    rest = _format_rest(max(len(lines) - MAX_ROWS, 0))
    return WallView(title, kpi_texts, measure, heading, lines[:MAX_ROWS], rest_text=rest)
