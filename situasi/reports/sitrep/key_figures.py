"""The key figures of a laporan: the texts of the screen, with the numbers themselves."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd

from situasi.actions.alert_list import AlertList
from situasi.analysis.incidents import cases
from situasi.analysis.incidents.milestones import STEPS
from situasi.analysis.personnel import coverage
from situasi.analysis.situation import crowd_state
from situasi.analysis.situation.overview import Overview
from situasi.analysis.stations.status import SILENT_STATES
from situasi.analysis.turnout import summary
from situasi.common.formats import format_counts, format_duration, format_number, format_ratio
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.figures.theme import SITUASI
from situasi.presentation import kpis
from situasi.presentation.alerts import count_by_level, format_level, format_open_alerts
from situasi.presentation.model import KpiText, MarkedCount, TextOrCounts
from situasi.reports.sitrep.data import SitrepData
from situasi.reports.sitrep.model import FigureValue, KeyFigure

STEP_NAMES = {"diverifikasi": "verifikasi", "ditangani": "penanganan", "selesai": "penyelesaian"}


def build_key_figures(
    data: SitrepData, overview: Overview, codes: list[str]
) -> tuple[KeyFigure, ...]:
    """Build the figures of these kecamatan. overview: of the same kecamatan."""
    day, zone = data.area_summary, data.register.election.zone_label
    tps = day.stations[day.stations["kecamatan"].isin(codes)]
    rates = summary.compute_shown_total(day.turnout, codes, data.register)
    has_reports = overview.newest_time is not None
    voters, rate = (
        _value_if_reported(rates["tps_counted"], rates[name])
        for name in ("voters_present", "shown_rate")
    )
    present = (
        FigureValue(voters),
        FigureValue(rates["tps_counted"], "TPS melapor"),
        FigureValue(rates["tps"], "TPS"),
    )
    turnout = (FigureValue(rate, "persen", bool(rates["shown_estimated"])),)
    late = tuple(
        FigureValue(int((tps["state"] == state).sum()), words)
        for state, words in zip(SILENT_STATES, ("terlambat melapor", "tak terjangkau"), strict=True)
    )
    silent = (FigureValue(overview.silent_feed_count, "senyap"),)
    figures: list[tuple[KpiText, tuple[FigureValue, ...]]] = [
        (kpis.format_open_incidents(overview), _count_by_tingkat(overview) if has_reports else ()),
        (kpis.format_situasi(overview), _count_by_situasi(overview)),
        (kpis.format_voters_present(rates), present),
        (kpis.format_turnout(rates), turnout),
        (kpis.format_stations(tps, lacks_reports=day.lacks_station_reports), late),
    ]
    if data.viewer.role.may_see("personel"):
        figures.append((kpis.format_officers(day, codes), _count_officers(data, codes)))
    if data.alerts is not None:
        figures.append(_build_alert_figure(data, data.alerts, codes))
    places = day.select_silent_places(codes)
    figures.append((kpis.format_last_report(overview, data.view_time.at, zone), ()))
    figures.append(
        (kpis.format_silent_feeds(overview, None, places, data.register.name_of), silent)
    )
    return tuple(_build_key_figure(text, numbers) for text, numbers in figures)


def build_period_figures(data: SitrepData) -> tuple[KeyFigure, ...]:
    """Build the figures on how the cases of the period were handled."""
    work = data.period.worklist
    case_count, overdue_count = len(work.selected_cases), len(work.overdue_cases)
    reports = format_counts("{n} laporan", n=work.report_count)
    overdue = format_ratio(overdue_count, len(work.open_cases))
    return (
        _build_period_figure(
            data, "tercatat", "Kejadian dalam kurun", format_number(case_count), reports,
            FigureValue(case_count),
        ),
        _build_period_figure(
            data, "lewat", "Lewat waktu", overdue, "dari kejadian terbuka",
            FigureValue(overdue_count), alarm=overdue_count > 0,
        ),
        *(_build_step_figure(data, step) for step in STEPS),
    )  # fmt: skip


def _build_step_figure(data: SitrepData, step: str) -> KeyFigure:
    duration = data.period.worklist.durations[step]
    median, counts = duration.median, (duration.done_count, duration.waiting_count)
    value = "belum separuh" if median is None else format_duration(median)
    note = "{} selesai, {} menunggu".format(*map(format_number, counts))
    minutes = FigureValue(None if median is None else median / timedelta(minutes=1), "menit")
    title = f"Waktu {STEP_NAMES[step]} (median)"
    return _build_period_figure(data, f"waktu_{step}", title, value, note, minutes)


def _build_period_figure(
    data: SitrepData,
    key: str,
    title: str,
    value: str,
    note: str,
    number: FigureValue,
    *,
    alarm: bool = False,
) -> KeyFigure:
    """Build a figure of the period; without any report of it a dash and no number."""
    if not data.period.has_reports:
        value, note, number = "–", "belum ada laporan", replace(number, value=None)
    return KeyFigure(key, title, value, note, (number,), alarm)


def format_kpi_text(content: TextOrCounts) -> str:
    """Return the text, such as "merah 0 · kuning 1": on paper a mark needs its label."""
    return content if isinstance(content, str) else " · ".join(map(_format_count, content))


def count_silent_stations(tps: pd.DataFrame) -> int:
    """Return the number of TPS that are late or unreachable."""
    return int(tps["state"].isin(SILENT_STATES).sum())


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
    value = format_kpi_text(kpi_text.value)
    return KeyFigure(kpi_text.key, kpi_text.title, value, full_note, numbers, kpi_text.alarm)


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
        FigureValue(int(known["kembali"].sum()), "sudah kembali"),
        FigureValue(int(known["tanpa_kabar"].sum()), "tanpa kabar"),
    )


def _build_alert_figure(
    data: SitrepData, alerts: AlertList, codes: list[str]
) -> tuple[KpiText, tuple[FigureValue, ...]]:
    """Return the open alerts of these kecamatan; those of no kecamatan only beside all of them."""
    rules = data.register.election.alerts
    is_part = codes != data.codes
    open_alerts, unseen = (
        table[table["kecamatan"].isin(codes)] if is_part else table
        for table in (alerts.open, alerts.unseen)
    )
    by_level = [
        FigureValue(count, format_level(rules, level))
        for level, count in count_by_level(rules, open_alerts)
    ]
    values = (FigureValue(len(open_alerts)), *by_level, FigureValue(len(unseen), "belum dilihat"))
    return format_open_alerts(rules, open_alerts, unseen), values


def compute_required_police(data: SitrepData) -> pd.Series | None:
    """Return coverage.build_total_row; None without postings or without access to officers."""
    if data.coverage is None or not data.coverage.has_postings:
        return None
    return coverage.build_total_row(data.coverage, data.register)
