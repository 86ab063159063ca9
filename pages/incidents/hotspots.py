"""Incident rates by kecamatan and hour, and the clusters that are active now."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.incidents import markup as incidents_markup
from pages.incidents import tables
from situasi.analysis.hotspots.hotspots import Hotspots, compute_hotspots
from situasi.analysis.hotspots.scan_statistic import Centres, Cluster, ScanResult
from situasi.analysis.incidents.cases import Selection
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number, format_time
from situasi.common.i18n import _
from situasi.figures.charts import risk_heatmap
from situasi.figures.theme import Theme
from situasi.ui import page_layout, url_state
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.incidents import render_incidents_popover
from situasi.ui.tables.table_view import Table
from situasi.ui.wording import incidents

# Nobody acts on more at once; the table has them all.
MAX_CLUSTERS = 4


@dataclass(frozen=True)
class HotspotView:
    """The part of the hotspots that the viewer selected; rows: the incidents counted there."""

    hotspots: Hotspots
    cells: pd.DataFrame
    rows: pd.DataFrame
    clusters: tuple[Cluster, ...]


def render_hotspots_panel(context: PageContext, selection: Selection) -> None:
    """Draw the heatmap of kecamatan and hours, and beside it the clusters."""
    if _is_outside_link(selection):
        return
    view = _build_view(context, selection)
    with markup.row():
        page_layout.render_section_title(_("Tempat dan jam padat kejadian"))
        if len(view.cells):
            title = _("Kejadian menurut kecamatan dan jam sebagai tabel")
            table_view.render_table_popover(title, partial(_build_rates_table, view), "padat")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _render_heatmap(view)
    with right:
        _render_clusters(view)


def _is_outside_link(selection: Selection) -> bool:
    """Return whether a guest's link shows less than the day that is computed here."""
    start = board().register.election.day_start
    return url_state.is_fixed_by_link() and selection.since is not None and selection.since > start


def _build_view(context: PageContext, selection: Selection) -> HotspotView:
    all_times = replace(selection, kecamatan=(), since=None, until=None)
    hotspots = context.compute(compute_hotspots, all_times, _list_label_points())
    codes = context.selected_kecamatan()
    cells, cases = hotspots.rate_table, hotspots.day.cases
    return HotspotView(
        hotspots,
        cells[cells["kecamatan"].isin(codes)],
        cases[cases["kecamatan"].isin(codes)],
        tuple(cluster for cluster in hotspots.scan.clusters if _is_in_selection(cluster, codes)),
    )


def _is_in_selection(cluster: Cluster, selected: list[str]) -> bool:
    """Return whether a place of the cluster is selected; for a guest all must be."""
    places = set(cluster.kecamatan)
    return (
        places <= set(selected) if url_state.is_fixed_by_link() else not places.isdisjoint(selected)
    )


def _list_label_points() -> Centres:
    points = board().boundaries.label_points
    return tuple((code, *point) for code, point in points.items())


def _build_rates_table(hotspot_view: HotspotView) -> Table:
    rules = board().register.election.rules.risk
    return tables.build_rates_table(
        hotspot_view.cells, rules, _has_exercise_rows(hotspot_view.rows)
    )


def _has_exercise_rows(rows: pd.DataFrame) -> bool:
    return bool(rows["latihan"].any())


def _render_heatmap(hotspot_view: HotspotView) -> None:
    rules = board().register.election.rules.risk
    day = hotspot_view.hotspots.day
    if hotspot_view.cells.empty:
        text = _("Belum cukup kejadian hari ini untuk dihitung: {n} dari paling sedikit {least}.")
        n, least = format_number(len(day.cases)), format_number(rules.min_incidents)
        markup.render_empty_state(text.format(n=n, least=least))
        return
    alt = _("Perkiraan kejadian per {per} TPS per jam menurut kecamatan dan jam")
    cells = (hotspot_view.hotspots.rate_table,)
    codes = tuple(hotspot_view.cells["kecamatan"].unique())
    render_chart(
        "padat_peta", alt.format(per=rules.per_tps), cells, partial(_build_figure, codes), codes
    )
    st.caption(
        _("Warna: ≈ perkiraan kejadian per {per} TPS per jam, dihaluskan antar jam dan antar "
          "kecamatan. Angka: yang dilaporkan. {above} selang {level} % seluruhnya di atas "
          "kabupaten pada jam itu. Garis miring: selangnya lebar. {silent} belum ada kabar, bukan "
          "nol. Ini bukan kerawanan TPS.").format(
            per=rules.per_tps, level=format_number(100 * rules.credible_share),
            above=risk_heatmap.ABOVE_SIGN, silent=risk_heatmap.SILENT_TEXT,
        )
    )  # fmt: skip
    st.caption(
        format_counts(
            _(
                "{n} dari {all} kejadian hari ini dihitung; {unfounded} tidak terbukti, {hourless} "
                "tanpa jam, {placeless} tanpa kecamatan tidak."
            ),
            n=len(day.cases),
            all=day.reported_count,
            unfounded=day.unfounded,
            hourless=day.without_hour,
            placeless=day.without_place,
        )
    )
    render_incidents_popover(_("{n} kejadian yang dihitung"), hotspot_view.rows, "padat_baris")


def _build_figure(selected: tuple[str, ...], cells: pd.DataFrame, theme: Theme) -> go.Figure:
    wording = risk_heatmap.Wording(
        format_area=board().register.name_of,
        format_hour=incidents.format_hour,
        hover=_("{where} · ≈ {rate} (antara {low} dan {high}) · {n} dilaporkan"),
        silent_hover=_("belum ada kabar"),
        decimal_sign=format_number(0.5, 1)[1],
    )
    return risk_heatmap.build_risk_heatmap(cells[cells["kecamatan"].isin(selected)], wording, theme)


def _render_clusters(hotspot_view: HotspotView) -> None:
    page_layout.render_section_title(_("Gugus kejadian yang sedang berlangsung"))
    if not hotspot_view.clusters:
        markup.render_empty_state(_format_no_clusters(hotspot_view.hotspots.scan))
    for index, cluster in enumerate(hotspot_view.clusters[:MAX_CLUSTERS]):
        incidents_markup.render_cluster(
            incidents.format_cluster_place(cluster.kecamatan, cluster.desa),
            _format_time_range(cluster),
            _format_statistics(cluster),
        )
        rows = hotspot_view.hotspots.day.cases
        own = rows[rows["case"].isin(cluster.cases)]
        render_incidents_popover(_("{n} kejadian gugus ini"), own, f"gugus_{index}")
    rules, scan = board().register.election.rules.clusters, hotspot_view.hotspots.scan
    text = _(
        "Gugus: kejadian yang lebih rapat daripada kebetulan, bila tersebar menurut banyaknya TPS, "
        "jam demi jam, sampai {hours} jam ke belakang. {desa} dari {n} kejadian menyebut desa, "
        "lainnya dihitung menurut kecamatan. Hanya yang p ≤ {level} disebut gugus; p berlaku untuk "
        "sekali melihat: siapa melihat terus-menerus lebih sering menemui gugus semu."
    )
    st.caption(
        text.format(
            hours=format_number(rules.max_duration / timedelta(hours=1)),
            desa=format_number(scan.with_desa_count),
            n=format_number(scan.scanned_count),
            level=format_number(rules.significance_level, 2),
        )
    )


def _format_no_clusters(scan: ScanResult) -> str:
    if scan.best_p_value is None:
        return _("Tidak ada gugus: terlalu sedikit kejadian berdekatan.")
    text = _("Tidak ada gugus: sebaran {n} kejadian terakhir wajar sebagai kebetulan (p = {p}).")
    return text.format(n=format_number(scan.scanned_count), p=format_number(scan.best_p_value, 2))


def _format_time_range(cluster: Cluster) -> str:
    zone = board().register.election.zone
    ends = (
        format_time(cluster.start.astimezone(zone)),
        format_time(cluster.end.astimezone(zone)),
    )
    return "–".join(ends)


def _format_statistics(cluster: Cluster) -> str:
    return _("{n} kejadian, ≈ {expected} menurut kebetulan · p = {p}").format(
        n=format_number(cluster.observed),
        expected=format_number(cluster.expected, 1),
        p=format_number(cluster.p_value, 3),
    )
