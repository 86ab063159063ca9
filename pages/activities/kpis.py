"""The key figures of the page Tahapan dan giat."""

from collections.abc import Callable
from datetime import date

from pages.activities import tables
from pages.activities.data import ActivityData
from pages.activities.markup import build_sentence
from situasi.analysis.activities import sop_checklist
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_date, format_ratio
from situasi.common.i18n import _
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card
from situasi.ui.tables.table_view import Table


def build_kpis(data: ActivityData, today: date) -> list[Kpi]:
    """Build the key figures. today: the day of the view."""
    has_reports = not data.activities.empty
    has_plans = bool(has_reports and data.activities["planned"].any())
    drill_count = int((data.drills["state"] == "terlaksana").sum())
    started_lines = _select_started_lines(data)
    return [
        Kpi("tahap_kini", _build_running_card(data), _make_stage_opener(data, "berjalan")),
        Kpi("tahap_nanti", _build_next_card(data, today), _make_stage_opener(data, "akan")),
        Kpi(
            "giat",
            _build_done_card(data),
            lambda: tables.build_activity_table(data.activities),
            (KpiValue(data.state_counts["terlaksana"] if has_reports else None),),
        ),
        Kpi(
            "lewat",
            _build_lapsed_card(data),
            _make_activity_opener(data, "lewat"),
            (KpiValue(data.state_counts["lewat"] if has_plans else None),),
        ),
        Kpi(
            "latihan",
            _build_drill_card(data),
            lambda: tables.build_activity_table(data.drills),
            (KpiValue(drill_count if has_reports else None),),
        ),
        Kpi(
            "sop",
            _build_sop_card(data),
            lambda: tables.build_checklist_table(data.activities, started_lines),
            (
                KpiValue(
                    sop_checklist.count_by_state(started_lines)["selesai"]
                    if started_lines
                    else None
                ),
            ),
        ),
    ]


def _make_stage_opener(data: ActivityData, state: str) -> Callable[[], Table]:
    return lambda: tables.build_stage_table(data.timetable[data.timetable["state"] == state])


def _make_activity_opener(data: ActivityData, state: str) -> Callable[[], Table]:
    return lambda: tables.build_activity_table(data.activities[data.activities["state"] == state])


def _build_running_card(data: ActivityData) -> Card:
    if not data.running_stages:
        return Card(_("Tahap berjalan"), "–", _("tidak ada tahap bertanggal pada hari ini"))
    stage, others = data.running_stages[0], len(data.running_stages) - 1
    note = _("sampai {day}").format(day=format_date(stage.end)) if stage.end else ""
    if others:
        note += " · " + format_counts(_("{n} tahap lain juga berjalan"), n=others)
    return Card(_("Tahap berjalan"), build_sentence(tables.list_stage_names()[stage.code]), note)


def _build_next_card(data: ActivityData, today: date) -> Card:
    if not data.upcoming_stages or data.upcoming_stages[0].start is None:
        return Card(_("Tahap berikut"), "–", _("tidak ada lagi yang bertanggal"))
    stage = data.upcoming_stages[0]
    assert stage.start is not None
    days = (stage.start - today).days
    days_text = _("besok") if days == 1 else format_counts(_("{n} hari lagi"), n=days)
    note = _("mulai {day}, {soon}").format(day=format_date(stage.start), soon=days_text)
    return Card(_("Tahap berikut"), build_sentence(tables.list_stage_names()[stage.code]), note)


def _build_no_report_card(title: str) -> Card:
    return Card(title, "–", _("belum ada laporan giat"))


def _build_done_card(data: ActivityData) -> Card:
    title = _("Giat terlaksana")
    if data.activities.empty:
        return _build_no_report_card(title)
    counts = data.state_counts
    parts = [
        (_("{n} akan datang"), counts["rencana"]),
        (_("{n} menunggu kabar"), counts["menunggu"]),
        (_("{n} batal"), counts["batal"]),
        (_("{n} tanpa status"), counts["tanpa_status"]),
    ]
    note = " · ".join(format_counts(text, n=n) for text, n in parts if n)
    return Card(title, format_ratio(counts["terlaksana"], len(data.activities)), note)


def _build_lapsed_card(data: ActivityData) -> Card:
    title = _("Lewat tanpa kabar")
    if data.activities.empty:
        return _build_no_report_card(title)
    planned = data.activities[data.activities["planned"]]
    if planned.empty:
        return Card(title, "–", _("belum ada rencana yang dilaporkan"))
    lapsed = data.state_counts["lewat"]
    hours = board().register.election.rules.activity_report_due.total_seconds() / 3600
    note = format_counts(_("rencana, lebih dari {n} jam sesudah waktunya"), n=hours)
    return Card(title, format_ratio(lapsed, len(planned)), note, is_alarm=bool(lapsed))


def _build_drill_card(data: ActivityData) -> Card:
    title = _("Latihan Sispamkota")
    if data.activities.empty:
        return _build_no_report_card(title)
    done = data.drills[data.drills["state"] == "terlaksana"]
    if done.empty:
        return Card(title, format_ratio(0, len(data.drills)), _("belum ada yang terlaksana"))
    last = done["occurred_at"].iloc[0].tz_convert(board().register.election.zone)
    note = _("terlaksana, terakhir {day}").format(day=format_date(last))
    return Card(title, format_ratio(len(done), len(data.drills)), note)


def _select_started_lines(data: ActivityData) -> list[sop_checklist.ChecklistItem]:
    started = data.timetable[data.timetable["state"].isin(["lewat", "berjalan"])]
    return data.select_sop_lines(list(started["code"]))


def _build_sop_card(data: ActivityData) -> Card:
    title = _("SOP selesai")
    started_lines = _select_started_lines(data)
    if not started_lines:
        return Card(title, "–", _("tidak ada butir untuk tahap yang sudah mulai"))
    counts = sop_checklist.count_by_state(started_lines)
    running_counts = sop_checklist.count_by_state(
        data.select_sop_lines([stage.code for stage in data.running_stages])
    )
    parts = []
    if counts["berjalan"]:
        parts.append(format_counts(_("{n} sedang berjalan"), n=counts["berjalan"]))
    if counts["sebagian"]:
        parts.append(format_counts(_("{n} sebagian"), n=counts["sebagian"]))
    if sum(running_counts.values()):
        done = format_ratio(running_counts["selesai"], sum(running_counts.values()))
        parts.append(_("tahap berjalan {now}").format(now=done))
    note = " · ".join(parts)
    return Card(title, format_ratio(counts["selesai"], len(started_lines)), note)
