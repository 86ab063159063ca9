"""Incidents by kecamatan and hour, and where they are more than usual just now."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.incidents import markup as incidents_markup
from pages.incidents import tables
from situasi.analysis import timestamps
from situasi.analysis.hotspots.hotspots import Hotspots, compute_hotspots
from situasi.analysis.hotspots.incident_counts import Excess, IncidentCounts
from situasi.analysis.incidents.cases import Selection
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number, format_time
from situasi.common.i18n import _
from situasi.figures.charts import hotspot_heatmap
from situasi.figures.theme import Theme
from situasi.presentation.alerts import format_excess, format_false_rate
from situasi.ui import page_layout, url_state
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view
from situasi.ui.tables.incidents import render_incidents_popover
from situasi.ui.tables.table_view import Table
from situasi.ui.wording import incidents

# Nobody acts on more at once; the table has them all.
MAX_CALLS = 4


@dataclass(frozen=True)
class HotspotView:
    """The part of the hotspots in the selected kecamatan; rows: the incidents counted there."""

    hotspots: Hotspots
    cells: pd.DataFrame
    rows: pd.DataFrame
    calls: tuple[Excess, ...]


def render_hotspots_panel(context: PageContext, selection: Selection) -> None:
    """Draw the heatmap of kecamatan and hours, and beside it what is more than usual now."""
    if _is_outside_link(selection):
        return
    view = _build_view(context)
    with markup.row():
        page_layout.render_section_title(_("Tempat dan jam padat kejadian"))
        if len(view.cells):
            title = _("Kejadian menurut kecamatan dan jam sebagai tabel")
            table_view.render_table_popover(title, partial(_build_cells_table, view), "padat")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _render_heatmap(view)
    with right:
        _render_calls(view)


def _is_outside_link(selection: Selection) -> bool:
    """Return whether a guest's link shows less than all incidents of the day, as counted here."""
    start = board().register.election.day_start
    is_later = selection.since is not None and selection.since > start
    is_part = bool(selection.jenis or selection.tingkat or selection.status)
    return url_state.is_fixed_by_link() and (is_later or is_part)


def _build_view(context: PageContext) -> HotspotView:
    hotspots: Hotspots = context.compute(compute_hotspots)
    codes = context.selected_kecamatan()
    cells, cases = hotspots.cells, hotspots.cases
    return HotspotView(
        hotspots,
        cells[cells["kecamatan"].isin(codes)],
        cases[cases["kecamatan"].isin(codes)],
        tuple(call for call in hotspots.calls if call.kecamatan in codes),
    )


def _build_cells_table(hotspot_view: HotspotView) -> Table:
    is_exercise = bool(hotspot_view.rows["latihan"].any())
    return tables.build_cells_table(hotspot_view.cells, is_exercise)


def _render_heatmap(hotspot_view: HotspotView) -> None:
    counts = hotspot_view.hotspots.counts
    if hotspot_view.cells.empty:
        markup.render_empty_state(_("Pengamatan hari ini belum mulai."))
        return
    alt = _("Kejadian yang dilaporkan menurut kecamatan dan jam; ditandai yang lebih dari biasa")
    codes = tuple(hotspot_view.cells["kecamatan"].unique())
    cells = (hotspot_view.hotspots.cells,)
    render_chart("padat_peta", alt, cells, partial(_build_figure, codes), codes)
    st.caption(
        _("Angka: kejadian menurut jam terjadinya, semua jenis. Warna dan tanda: lebih banyak "
          "daripada yang biasa di sana pada jam itu. Karena kebetulan saja tanda timbul paling "
          "sering: {rates}. {silent} belum ada kabar, bukan nol. Ini bukan kerawanan TPS.").format(
            rates=_format_sign_rates(counts), silent=hotspot_heatmap.SILENT_TEXT
        )
    )  # fmt: skip
    if counts.reported_count:
        _render_counted(hotspot_view)


def _render_counted(hotspot_view: HotspotView) -> None:
    """Draw how many incidents the map counts and why not the others, with the counted ones."""
    counts = hotspot_view.hotspots.counts
    st.caption(
        format_counts(
            _(
                "{n} dari {all} kejadian hari ini dihitung; {uncounted} digabung atau tidak "
                "terbukti, {hourless} tanpa jam, {placeless} tanpa kecamatan tidak."
            ),
            n=len(counts.counted),
            all=counts.reported_count,
            uncounted=counts.uncounted,
            hourless=counts.without_hour,
            placeless=counts.without_place,
        )
    )
    render_incidents_popover(_("{n} kejadian yang dihitung"), hotspot_view.rows, "padat_baris")


def _format_sign_rates(counts: IncidentCounts) -> str:
    """Return how often a day chance makes each sign of the map, at most."""
    rule = board().register.election.alerts.rules.get("beruntun")
    rates = [counts.marked_per_day, *(rate for _l, rate in (rule.level_rates if rule else ()))]
    return ", ".join(
        f"{hotspot_heatmap.ABOVE_SIGN * grade} {format_false_rate(rate)}"
        for grade, rate in enumerate(rates[: hotspot_heatmap.MAX_GRADE], start=1)
    )


def _build_figure(selected: tuple[str, ...], cells: pd.DataFrame, theme: Theme) -> go.Figure:
    wording = hotspot_heatmap.Wording(board().register.name_of, incidents.format_hour, _format_cell)
    return hotspot_heatmap.build_hotspot_heatmap(
        cells[cells["kecamatan"].isin(selected)], wording, theme
    )


def _format_cell(cell: Any) -> str:
    where = f"{board().register.name_of(cell.kecamatan)} · {incidents.format_hour(cell.hour)}"
    if pd.isna(cell.count):
        text = _("belum ada kabar")
    else:
        text = format_counts(_("{n} dilaporkan"), n=int(cell.count))
    if cell.excess is not None:
        text += f"<br>{_format_window(cell.excess)}: {_format_statistics(cell.excess)}"
    return f"{where} · {text}"


def _render_calls(hotspot_view: HotspotView) -> None:
    page_layout.render_section_title(_("Lebih banyak dari biasa saat ini"))
    if not hotspot_view.calls:
        is_unheard = bool(hotspot_view.cells["count"].isna().all())
        markup.render_empty_state(
            _("Belum ada laporan kejadian.")
            if is_unheard
            else _("Tidak ada kecamatan yang kejadiannya lebih banyak daripada yang wajar.")
        )
    for index, call in enumerate(hotspot_view.calls[:MAX_CALLS]):
        incidents_markup.render_call(
            board().register.name_of(call.kecamatan), _format_window(call), _format_statistics(call)
        )
        members = hotspot_view.hotspots.counts.members_of(call)
        own = hotspot_view.rows[hotspot_view.rows["case"].isin(members["case"])]
        render_incidents_popover(_("{n} kejadian itu"), own, f"lebih_{index}")
    rules = board().register.election.rules.counts
    st.caption(
        _("Yang biasa dihitung dari kejadian kecamatan itu sebelumnya hari ini, irama kecamatan "
          "lain pada jam yang sama, dan jumlah TPS. “Kebetulan paling sering” berlaku bagi seluruh "
          "wilayah dan sehari penuh melihat terus-menerus. Panggilan tinggal {fresh} menit sesudah "
          "jamnya; laporan yang menyusul sesudah itu hanya masuk ke gambar.").format(
            fresh=format_number(rules.fresh_for.total_seconds() / 60)
        )
    )  # fmt: skip


def _format_window(call: Excess) -> str:
    """Return the clock times between which the incidents of a call happened."""
    zone = board().register.election.zone
    ends = (timestamps.from_us(end).astimezone(zone) for end in (call.begin, call.end))
    return "–".join(map(format_time, ends))


def _format_statistics(call: Excess) -> str:
    return _("{n} kejadian, {excess}").format(
        n=format_number(call.count), excess=format_excess(call)
    )
