"""The key figures of the page Tahapan dan giat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from pages.activities import tables
from pages.activities.markup import build_sentence
from situasi.analysis.activities import sop_checklist
from situasi.analysis.activities.summary import ActivitySummary
from situasi.board import current_board as board
from situasi.presentation import activities
from situasi.presentation.model import KpiText
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card, build_card
from situasi.ui.tables.table_view import Table


def build_kpis(data: ActivitySummary, today: date) -> list[Kpi]:
    """Build the key figures. today: the day of the view."""
    register = board().register
    running = activities.format_running_stage(data, register)
    following = activities.format_next_stage(data, register, today)
    return [
        Kpi(
            running.key,
            _build_stage_card(running),
            _make_stage_opener(data, "berjalan"),
        ),
        Kpi(
            following.key,
            _build_stage_card(following),
            _make_stage_opener(data, "akan"),
        ),
        *_build_count_kpis(data),
    ]


def _build_count_kpis(data: ActivitySummary) -> list[Kpi]:
    register = board().register
    has_reports = not data.activities.empty
    has_plans = bool(has_reports and data.activities["planned"].any())
    drill_count = int((data.drills["state"] == "terlaksana").sum())
    started_lines = data.select_started_lines()
    done_lines = sop_checklist.count_by_state(started_lines)["selesai"]
    parts: list[tuple[KpiText, Callable[[], Table], int | None]] = [
        (
            activities.format_done(data),
            lambda: tables.build_activity_table(data.activities),
            data.state_counts["terlaksana"] if has_reports else None,
        ),
        (
            activities.format_lapsed(data, register),
            lambda: tables.build_activity_table(
                data.activities[data.activities["state"] == "lewat"]
            ),
            data.state_counts["lewat"] if has_plans else None,
        ),
        (
            activities.format_drills(data, register),
            lambda: tables.build_activity_table(data.drills),
            drill_count if has_reports else None,
        ),
        (
            activities.format_sop(data),
            lambda: tables.build_checklist_table(data.activities, started_lines),
            done_lines if started_lines else None,
        ),
    ]
    return [
        Kpi(text.key, build_card(text), rows, (KpiValue(count),)) for text, rows, count in parts
    ]


def _make_stage_opener(data: ActivitySummary, state: str) -> Callable[[], Table]:
    return lambda: tables.build_stage_table(data.timetable[data.timetable["state"] == state])


def _build_stage_card(text: KpiText) -> Card:
    """Build the card of a stage, whose name is a sentence instead of a number."""
    card = build_card(text)
    return card if text.value == "–" else replace(card, value=build_sentence(str(card.value)))
