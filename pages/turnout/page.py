"""Partisipasi: voters present, turnout, and TPS without a count."""

import pandas as pd
import streamlit as st

from pages.turnout import tables
from pages.turnout.area_panel import render_area_panel
from pages.turnout.data import TurnoutData, compute_turnout_data
from pages.turnout.forecast_panel import (
    build_forecast_fan,
    render_forecast_line,
    render_forecast_panel,
)
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number, format_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Kecamatan
from situasi.figures.charts.turnout import build_turnout_chart
from situasi.figures.maps.area_style import AreaStyle
from situasi.presentation import kpis
from situasi.presentation.map_measures import build_turnout_area
from situasi.presentation.numbers import format_percent, format_voters
from situasi.ui import comparison, page_layout, render_cache
from situasi.ui.components import area_map, markup
from situasi.ui.components.chart import render_chart
from situasi.ui.components.kpi_row import Kpi, KpiValue, build_count_kpi
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.tables import stations, table_view
from situasi.ui.tables.table_view import Table


def show(context: PageContext) -> None:
    """Draw the page Partisipasi."""
    context = page_layout.begin_page(context, label("screen", "partisipasi"))
    data = context.compute(compute_turnout_data, context.kecamatan)
    if not data.total.tps_counted:
        page_layout.render_missing_data(_("Belum ada laporan jumlah pemilih."), context)
    comparison.render_kpis(
        context, "partisipasi", data, build_kpis, compute_turnout_data, context.kecamatan
    )

    render_area_panel(context, data)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        render_curve_panel(context, data)
        render_areas_panel(data)
    with right:
        render_map_panel(context, data)
    render_missing_counts_panel(data)
    render_anomalies_panel(data)
    render_forecast_panel(context, data)


def build_kpis(data: TurnoutData) -> list[Kpi]:
    """Build the KPIs of the page."""
    total, silent = data.total, data.stations[data.stations["hadir"].isna()]
    known = bool(total.tps_counted)
    rate = KpiValue(total.shown_rate if known else None, _("poin"), 1, bool(total.shown_estimated))
    return [
        Kpi(
            "hadir",
            markup.build_card(kpis.format_voters_present(total)),
            lambda: stations.build_stations_table(data.stations),
            (KpiValue(total.voters_present if known else None),),
        ),
        Kpi("tingkat", _build_rate_card(data), lambda: tables.build_turnout_table(data), (rate,)),
        Kpi(
            "batas",
            markup.build_card(kpis.format_turnout_bounds(total)),
            lambda: tables.build_turnout_table(data),
            _build_bounds_values(data),
        ),
        build_count_kpi(
            "senyap",
            Card(
                _("TPS belum melapor jumlah"),
                format_number(len(silent)),
                format_counts(_("dari {n} TPS"), n=int(total.tps)),
            ),
            stations.build_stations_table,
            silent,
        ),
        Kpi(
            "lain",
            _build_additional_voters_card(data),
            lambda: stations.build_additional_voters_table(data.stations),
            _build_additional_voters_values(data),
        ),
        _build_anomalies_kpi(data),
    ]


def _build_bounds_values(data: TurnoutData) -> tuple[KpiValue, ...]:
    total = data.total
    known, is_estimated = bool(total.tps_counted), bool(total.estimated)
    return tuple(
        KpiValue(value if known else None, name, 1, is_estimated)
        for value, name in ((total.least, _("poin bawah")), (total.most, _("poin atas")))
    )


def _build_additional_voters_values(data: TurnoutData) -> tuple[KpiValue, ...]:
    total = data.total
    return tuple(
        KpiValue(value if total.apart else None, name)
        for value, name in ((total.dptb, "DPTb"), (total.dpk, "DPK"))
    )


def _build_rate_card(data: TurnoutData) -> Card:
    total = data.total
    template = _("dari {n} pemilih di TPS yang melapor")
    note = template.format(n=format_voters(total.dpt_counted, bool(total.rate_estimated)))
    stale = format_counts(_("{n} hitungan lama"), n=int(total.stale))
    if total.is_common:
        note = _("dari {n} pemilih di TPS yang melapor pukul {hour}, tanpa {stale}").format(
            n=format_voters(total.common_dpt, bool(total.shown_estimated)),
            hour=format_time(total.common_hour), stale=stale,
        )  # fmt: skip
    elif total.stale:
        note += f" · {stale}"
    if not total.tps_counted:
        note = _("belum ada hitungan")
    rate = format_percent(total.shown_rate, is_estimated=bool(total.shown_estimated))
    return Card(_("Partisipasi TPS melapor"), rate, note)


def _build_additional_voters_card(data: TurnoutData) -> Card:
    total = data.total
    if not total.apart:
        return Card("DPTb · DPK", "–", _("belum ada yang melapor terpisah"))
    value = f"{format_number(int(total.dptb))} · {format_number(int(total.dpk))}"
    note = format_counts(_("dari {n} TPS yang memisahkan"), n=int(total.apart))
    return Card("DPTb · DPK", value, note)


def _build_anomalies_kpi(data: TurnoutData) -> Kpi:
    counts = data.anomalies["seq"].nunique() if data.total.tps_counted else None
    note = format_counts(_("{n} masih angka terbaru, ikut dijumlah"), n=int(data.total.doubted))
    if counts is None:  # of nothing that came nothing can be doubted
        note = _("belum ada hitungan")
    card = Card(_("Hitungan diragukan"), "–" if counts is None else format_number(counts), note)
    value = KpiValue(counts)
    return Kpi("ragu", card, lambda: stations.build_anomalies_table(data.anomalies), (value,))


def render_curve_panel(context: PageContext, data: TurnoutData) -> None:
    """Draw the turnout through the day, beside the expected one."""
    rules = board().register.election.rules.turnout
    references = [(f"{r.label}: {format_percent(r.percent)}", r.percent) for r in rules.references]
    with markup.row():
        st.markdown("**" + _("Partisipasi sepanjang hari") + "**", width="content")
        render_forecast_line(context, data)
        table_view.render_table_popover(
            _("Angka kurva"), lambda: tables.build_curve_table(data), "angka_kurva"
        )
    names = (_("TPS yang melapor"), _("laju {label}").format(label=rules.reference_label))
    fan = build_forecast_fan(context, data)
    render_chart(
        "kurva",
        _("Partisipasi TPS yang melapor tiap 15 menit, laju pemilihan lalu, dan perkiraan akhir"),
        (data,),
        lambda data, theme: build_turnout_chart(data.curve, references, names, "TPS", theme, fan),
    )
    text = _("Garis titik: ≈ andaian laju kedatangan dikali {label}, bukan perkiraan akhir hari.")
    st.caption(text.format(label=rules.reference_label))


def render_map_panel(context: PageContext, data: TurnoutData) -> None:
    """Draw the map of turnout of the reporting TPS."""
    theme = context.theme

    def style_area(kecamatan: Kecamatan) -> AreaStyle:
        return build_turnout_area(kecamatan, data.areas.loc[kecamatan.code], theme)

    page_layout.render_section_title(_("Partisipasi TPS melapor menurut kecamatan"))
    area_map.render_area_map(
        area_map.build_areas(context.selected_kecamatan(), style_area),
        "peta_partisipasi",
        _("Peta partisipasi {n} kecamatan").format(n=len(data.areas)),
    )
    size = 100 // len(theme.turnout)
    marks = [
        (markup.build_colour_mark(colour), f"{size * step}–{size * (step + 1)} %")
        for step, colour in enumerate(theme.turnout)
    ]
    marks.append((markup.build_situasi_mark(None), _("belum ada laporan")))
    if data.total["stale"]:
        marks.append((markup.build_hatch_mark(), _("hitungan lama")))
    area_map.render_legend(marks)


def render_areas_panel(data: TurnoutData) -> None:
    """Draw the table of turnout by kecamatan."""
    low_margin = board().register.election.rules.turnout.low_margin_points
    page_layout.render_section_title(_("Menurut kecamatan"))
    areas = render_cache.get_or_build(
        "partisipasi kecamatan", None, (data,), tables.build_turnout_table
    )
    table_view.render_table(
        areas, "menurut_kecamatan", _("Partisipasi kecamatan"), visible_rows=len(areas)
    )
    if pd.isna(hour := data.areas["common_hour"].iloc[0]):
        return  # nothing is compared yet
    st.caption(
        _(
            "Rendah: pada jam yang sama ({time}) lebih dari {n} poin di bawah kabupaten ({rate}). "
            "Hitungan yang lebih lama tidak dibandingkan. ≈ DPT perkiraan."
        ).format(
            n=format_number(low_margin),
            rate=format_percent(data.kabupaten_rate),
            time=format_time(hour),
        )
    )


def render_missing_counts_panel(data: TurnoutData) -> None:
    """Draw the TPS whose count is overdue, and since when."""
    table = render_cache.get_or_build(
        "belum_jumlah", None, (data.stations,), _build_missing_counts_table
    )
    page_layout.render_section_title(
        format_counts(_("Jumlah hadir terlambat dilaporkan: {n} TPS"), n=len(table))
    )
    if not len(table):
        markup.render_empty_state(_("Tidak ada hitungan yang terlambat pada saat ini."))
        return
    table_view.render_table(table, "belum_jumlah", _("TPS terlambat hitung"), visible_rows=7)


def _build_missing_counts_table(station_rows: pd.DataFrame) -> Table:
    return stations.build_late_reports_table(
        station_rows[(station_rows["owed"] == "hadir") & station_rows["late_min"].notna()]
    )


def render_anomalies_panel(data: TurnoutData) -> None:
    """Draw the doubted counts, and reported totals of desa or kecamatan."""
    page_layout.render_section_title(_("Hitungan diragukan"))
    if data.anomalies.empty:
        markup.render_empty_state(_("Tidak ada hitungan yang diragukan."))
    else:
        table = render_cache.get_or_build(
            "ragu", None, (data.anomalies,), stations.build_anomalies_table
        )
        table_view.render_table(table, "ragu", _("Hitungan diragukan"), visible_rows=7)
        st.caption(_("Ditandai, tidak diubah: angka tetap seperti dilaporkan."))
    if len(data.reported_totals):
        title = format_counts(_("{n} total desa atau kecamatan"), n=len(data.reported_totals))
        table_view.render_table_popover(
            title, lambda: tables.build_reported_totals_table(data.reported_totals), "total_lingkup"
        )
