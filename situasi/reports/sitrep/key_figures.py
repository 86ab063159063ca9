"""The key figures of a laporan: the texts of the screen, with the numbers themselves."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from situasi.analysis.incidents import cases
from situasi.analysis.incidents.milestones import STEPS
from situasi.analysis.personnel import coverage
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.overview import Overview
from situasi.analysis.turnout import summary
from situasi.common import i18n
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.presentation import kpis
from situasi.presentation.model import KpiText, MarkedCount, TextOrCounts
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.model import FigureValue, KeyFigure

STEP_NAMES = {
    "diverifikasi": "verifikasi",
    "ditangani": "penanganan",
    "selesai": "penyelesaian",
}


def build_key_figures(
    data: SitrepData, overview: Overview, codes: list[str]
) -> tuple[KeyFigure, ...]:
    """Build the figures of these kecamatan. overview: of the same kecamatan."""
    day, zone = data.area_summary, data.register.election.zone_label
    tps = day.stations[day.stations["kecamatan"].isin(codes)]
    rates = summary.compute_total(day.turnout.loc[codes])
    has_reports = overview.newest_time is not None
    figures = [
        _build_key_figure(
            kpis.format_open_incidents(overview),
            _count_by_tingkat(overview) if has_reports else (),
        ),
        _build_key_figure(kpis.format_situasi(overview), _count_by_situasi(overview)),
        _build_key_figure(
            kpis.format_voters_present(rates),
            (
                FigureValue(_value_if_reported(rates["told"], rates["heads"])),
                FigureValue(rates["told"], "TPS melapor"),
                FigureValue(rates["tps"], "TPS"),
            ),
        ),
        _build_key_figure(
            kpis.format_turnout(rates),
            (
                FigureValue(
                    _value_if_reported(rates["told"], rates["rate"]),
                    "persen",
                    bool(rates["told_estimated"]),
                ),
            ),
        ),
        _build_key_figure(
            kpis.format_stations(tps),
            (FigureValue(count_late_stations(tps), "terlambat melapor"),),
        ),
    ]
    if data.viewer.role.may_see("personel"):
        figures.append(
            _build_key_figure(kpis.format_officers(day, codes), _count_officers(data, codes))
        )
    figures.append(
        _build_key_figure(kpis.format_last_report(overview, data.view_time.at, zone), ())
    )
    figures.append(
        _build_key_figure(
            kpis.format_silent_feeds(overview, None),
            (FigureValue(_count_silent_feeds(overview), "senyap"),),
        )
    )
    return tuple(figures)


def build_period_figures(data: SitrepData) -> tuple[KeyFigure, ...]:
    """Build the figures on how the cases of the period were handled."""
    work, has_reports = data.period.worklist, data.period.has_reports
    total = i18n.format_number(len(work.selected_cases)) if has_reports else "–"
    no_report_text = "belum ada laporan"
    figures = [
        KeyFigure(
            "tercatat",
            "Kejadian dalam kurun",
            total,
            f"{i18n.format_number(work.report_count)} laporan" if has_reports else no_report_text,
            (FigureValue(len(work.selected_cases) if has_reports else None),),
        ),
        KeyFigure(
            "lewat",
            "Lewat waktu",
            f"{i18n.format_number(len(work.overdue_cases))} dari "
            f"{i18n.format_number(len(work.open_cases))}"
            if has_reports
            else "–",
            "dari kejadian terbuka" if has_reports else no_report_text,
            (FigureValue(len(work.overdue_cases) if has_reports else None),),
            bool(len(work.overdue_cases)),
        ),
    ]
    return (*figures, *(_build_step_figure(data, step) for step in STEPS))


def _build_step_figure(data: SitrepData, step: str) -> KeyFigure:
    duration, has_reports = data.period.worklist.durations[step], data.period.has_reports
    value = "belum separuh" if duration.median is None else i18n.format_duration(duration.median)
    note = (
        f"{i18n.format_number(duration.done_count)} selesai, "
        f"{i18n.format_number(duration.waiting_count)} menunggu"
    )
    minutes = None if duration.median is None else duration.median / timedelta(minutes=1)
    return KeyFigure(
        f"waktu_{step}",
        f"Waktu {STEP_NAMES[step]} (median)",
        value if has_reports else "–",
        note if has_reports else "belum ada laporan",
        (FigureValue(minutes, "menit"),),
    )


def format_kpi_text(content: TextOrCounts) -> str:
    """Return the text, such as "merah 0 · kuning 1": on paper a mark needs its label."""
    return content if isinstance(content, str) else " · ".join(map(_format_count, content))


def count_late_stations(tps: pd.DataFrame) -> int:
    """Return the number of TPS with an overdue report, unreachable ones included."""
    return int(tps["state"].isin(["terlambat", "tak_terjangkau"]).sum())


def _format_count(marked_count: MarkedCount) -> str:
    text = marked_count.label or _format_label(marked_count.mark.scale, marked_count.mark.code)
    return f"{text} {marked_count.number}"


def _format_label(scale: str, code: str | None) -> str:
    # "Not reported" is different from "not rated".
    return "belum ada kabar" if scale == "situasi" and code is None else label(scale, code)


def _build_key_figure(kpi_text: KpiText, numbers: tuple[FigureValue, ...]) -> KeyFigure:
    note = format_kpi_text(kpi_text.note)
    if kpi_text.key == "situasi" and isinstance(kpi_text.note, str) and "·" in kpi_text.note:
        note = ""  # it names the marks, which have labels here
    full_note = " · ".join(filter(None, (note, kpi_text.side_note)))
    return KeyFigure(
        kpi_text.key,
        kpi_text.title,
        format_kpi_text(kpi_text.value),
        full_note,
        numbers,
        kpi_text.alarm,
    )


def _value_if_reported(reported_count: float, value: float) -> float | None:
    return float(value) if reported_count and not pd.isna(value) else None


def _count_by_tingkat(overview: Overview) -> tuple[FigureValue, ...]:
    levels = cases.count_by_tingkat(overview.open_cases)
    level_values = [FigureValue(levels.get(level, 0), label("tingkat", level))
            for level in (*reversed(TINGKAT), None)]  # fmt: skip
    return (FigureValue(len(overview.open_cases)), *level_values)


def _count_by_situasi(overview: Overview) -> tuple[FigureValue, ...]:
    counts = crowd_state.count_states(overview.crowd_states)
    return tuple(
        FigureValue(counts.get(state, 0), _format_label("situasi", state))
        for state in (*reversed(SITUASI), None)
    )


def _count_officers(data: SitrepData, codes: list[str]) -> tuple[FigureValue, ...]:
    rows = data.area_summary.coverage_gaps.loc[codes]
    known = rows[rows["known"]]
    if known.empty:
        return (FigureValue(None),)
    return (
        FigureValue(int(known["present"].sum())),
        FigureValue(int(known["posted"].sum()), "diplot"),
        FigureValue(int(known["absent"].sum()), "TPS tanpa petugas"),
    )


def _count_silent_feeds(overview: Overview) -> float | None:
    if not any(feed.is_expected for feed in overview.feed_states):
        return None
    return sum(feed.is_silent for feed in overview.feed_states)


def compute_required_police(data: SitrepData) -> pd.Series | None:
    """Return coverage.build_total_row; None without postings or without access to officers."""
    if data.coverage is None or not data.coverage.has_postings:
        return None
    return coverage.build_total_row(data.coverage, data.register)
