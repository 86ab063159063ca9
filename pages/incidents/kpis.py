"""The KPIs of Kejadian: open and overdue cases, and how long the steps take."""

from datetime import timedelta
from functools import partial

from markupsafe import Markup

from pages.incidents import tables
from situasi.analysis.incidents import cases, milestones
from situasi.analysis.situation.worklist import Worklist
from situasi.common.formats import format_counts, format_duration, format_number, format_ratio
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT as LEVELS
from situasi.domain.labels import label
from situasi.domain.rules import CriticalRule
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Kpi, KpiValue, build_count_kpi
from situasi.ui.components.markup import Card
from situasi.ui.tables.incidents import build_open_cases_table
from situasi.ui.wording import incidents


def build_kpis(worklist: Worklist, critical: CriticalRule) -> list[Kpi]:
    """Return the KPIs; none if there are no reports at all, dashes if none in the time window.

    critical: which cases alarm.
    """
    if worklist.rows.empty:
        return []
    return [
        _build_open_kpi(worklist, critical),
        build_count_kpi(
            "lewat",
            _build_overdue_card(worklist, critical),
            tables.build_overdue_table,
            worklist.overdue_cases,
        ),
        *(_build_step_kpi(worklist, step) for step in milestones.STEPS),
        _build_duplicates_kpi(worklist),
    ]


def format_empty_selection(worklist: Worklist) -> str:
    """Return why no case is shown: none was reported, or none fits the filters."""
    if worklist.has_window_reports:
        return _("Tidak ada kejadian pada pilihan ini.")
    return _("Belum ada laporan pada hari atau jangka waktu ini.")


def _compute_median_minutes(worklist: Worklist, step: str) -> float | None:
    median = worklist.durations[step].median
    return None if median is None else median / timedelta(minutes=1)


def _build_open_kpi(worklist: Worklist, critical: CriticalRule) -> Kpi:
    levels = cases.count_by_tingkat(worklist.open_cases)
    level_counts = markup.build_counts(
        [
            (
                markup.build_tingkat_mark(level),
                format_number(levels.get(level, 0)),
                label("tingkat", level),
            )
            for level in (*reversed(LEVELS), None)
            if level or levels.get(None)
        ]
    )
    value = format_ratio(len(worklist.open_cases), len(worklist.selected_cases))
    note: str | Markup = level_counts
    if worklist.selected_cases.empty:
        note = format_empty_selection(worklist)
    is_alarm = bool(cases.is_critical(worklist.open_cases, critical).any())
    card = Card(_("Kejadian terbuka"), value, note, is_alarm=is_alarm)
    return build_count_kpi("terbuka", card, build_open_cases_table, worklist.open_cases)


def _build_overdue_card(worklist: Worklist, critical: CriticalRule) -> Card:
    value = format_ratio(len(worklist.overdue_cases), len(worklist.open_cases))
    if worklist.open_cases.empty:
        return Card(_("Lewat waktu"), value, _("tidak ada kejadian terbuka"))
    if worklist.overdue_cases.empty:
        return Card(_("Lewat waktu"), value, _("tidak ada yang lewat batas"))
    grave_count = int(cases.is_critical(worklist.overdue_cases, critical).sum())
    note = _("terlama {time} · {n} berat").format(
        time=format_duration(worklist.overdue_cases["late"].iloc[0]),
        n=format_number(grave_count),
    )
    return Card(_("Lewat waktu"), value, note, is_alarm=True)


def _build_step_kpi(worklist: Worklist, step: str) -> Kpi:
    median = KpiValue(_compute_median_minutes(worklist, step), _("menit"))
    build_table = partial(tables.build_durations_table, worklist, step)
    return Kpi(step, _build_step_card(worklist, step), build_table, (median,))


def _build_step_card(worklist: Worklist, step: str) -> Card:
    """Build the card of a step: median, number of cases, and the longest so far."""
    stats = worklist.durations[step]
    title = _("Waktu sampai {step} (median)").format(step=incidents.format_step(step))
    counts = format_counts(
        _("{done} selesai, {waiting} menunggu"), done=stats.done_count, waiting=stats.waiting_count
    )
    if stats.longest is None:
        return Card(title, "–", _("belum ada yang dapat dihitung"))
    value = format_duration(stats.median) if stats.median is not None else _("belum separuh")
    text = _("terlama {time} (masih menunggu)") if stats.longest_is_open else _("terlama {time}")
    return Card(title, value, f"{counts} · {text.format(time=format_duration(stats.longest))}")


def _build_duplicates_kpi(worklist: Worklist) -> Kpi:
    title = _("Kemungkinan ganda")
    if worklist.selected_cases.empty:
        card = Card(title, "–", format_empty_selection(worklist))
        return Kpi("ganda", card, lambda: tables.build_duplicates_table(worklist))
    merged_count = worklist.report_count - len(worklist.selected_cases)
    note = format_counts(_("{n} laporan sudah digabung"), n=merged_count)
    value = _("{n} pasang") if worklist.has_all_pairs else _("sedikitnya {n} pasang")
    card = Card(title, format_counts(value, n=worklist.pair_count), note)
    count = KpiValue(worklist.pair_count)
    return Kpi("ganda", card, lambda: tables.build_duplicates_table(worklist), (count,))
