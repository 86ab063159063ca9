"""Where and at which hours incidents come close together, and the clusters alive now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.incidents import markup as incidents_markup
from pages.incidents import tables as incidents_tables
from situasi.analysis.hotspots.hotspots import Hotspots, compute_hotspots
from situasi.analysis.hotspots.scan_statistic import Centres, Cluster, ScanResult
from situasi.analysis.incidents.cases import Selection
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.figures.charts import risk_heatmap as figure_hot
from situasi.figures.theme import Theme
from situasi.ui import page_layout, url_state
from situasi.ui.components import markup
from situasi.ui.components.chart import chart
from situasi.ui.page_layout import View
from situasi.ui.tables import table_view
from situasi.ui.tables.table_view import Table
from situasi.ui.wording import incidents as say

# More than so many at once nobody acts on; the table has them all.
MOST = 4


@dataclass(frozen=True)
class Shown:
    """Of what was found that which the viewer chose. rows: incidents that count there."""

    found: Hotspots
    cells: pd.DataFrame
    rows: pd.DataFrame
    clusters: tuple[Cluster, ...]


def hot_panel(view: View, wanted: Selection) -> None:
    """Map of places and hours, and beside it the clusters."""
    if _beyond(wanted):
        return
    shown = _shown(view, wanted)
    with markup.bar():
        page_layout.section(_("Tempat dan jam padat kejadian"))
        if len(shown.cells):
            title = _("Kejadian menurut kecamatan dan jam sebagai tabel")
            table_view.opens(title, partial(_table, shown), "padat")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _map(shown)
    with right:
        _clusters(shown)


def _beyond(wanted: Selection) -> bool:
    """Whether a guest's link shows less than the day that is reckoned here."""
    start = board().register.election.day_start
    return url_state.is_bound() and wanted.since is not None and wanted.since > start


def _shown(view: View, wanted: Selection) -> Shown:
    timeless = replace(wanted, kecamatan=(), since=None, until=None)
    found, chosen = view.compute(compute_hotspots, timeless, _centres()), view.chosen()
    cells, counted = found.rate_table, found.day.cases
    return Shown(
        found,
        cells[cells["kecamatan"].isin(chosen)],
        counted[counted["kecamatan"].isin(chosen)],
        tuple(one for one in found.scan.clusters if _concerns(one, chosen)),
    )


def _concerns(one: Cluster, chosen: list[str]) -> bool:
    """Any of its places is shown; a guest sees none that lies in others too."""
    places = set(one.kecamatan)
    return places <= set(chosen) if url_state.is_bound() else not places.isdisjoint(chosen)


def _centres() -> Centres:
    points = board().boundaries.label_points
    return tuple((code, *point) for code, point in points.items())


def _table(shown: Shown) -> Table:
    rules = board().register.election.rules.risk
    return incidents_tables.rates(shown.cells, rules, _made_up(shown.rows))


def _made_up(rows: pd.DataFrame) -> bool:
    return bool(rows["latihan"].any())


def _map(shown: Shown) -> None:
    rules = board().register.election.rules.risk
    day = shown.found.day
    if shown.cells.empty:
        said = _("Belum cukup kejadian hari ini untuk dihitung: {n} dari paling sedikit {least}.")
        n, least = i18n.format_number(len(day.cases)), i18n.format_number(rules.min_incidents)
        markup.empty(said.format(n=n, least=least))
        return
    alt = _("Perkiraan kejadian per {per} TPS per jam menurut kecamatan dan jam")
    cells = (shown.found.rate_table,)
    asked = tuple(shown.cells["kecamatan"].unique())
    chart("padat_peta", alt.format(per=rules.per_tps), cells, partial(_figure, asked), asked)
    st.caption(
        _("Warna: ≈ perkiraan kejadian per {per} TPS per jam, dihaluskan antar jam dan antar "
          "kecamatan. Angka: yang dilaporkan. {above} selang {level} % seluruhnya di atas "
          "kabupaten pada jam itu. Garis miring: selangnya lebar. {silent} belum ada kabar, bukan "
          "nol. Ini bukan kerawanan TPS.").format(
            per=rules.per_tps, level=i18n.format_number(100 * rules.credible_share),
            above=figure_hot.ABOVE_SIGN, silent=figure_hot.SILENT_TEXT,
        )
    )  # fmt: skip
    st.caption(
        _("{n} dari {all} kejadian hari ini dihitung; {unfounded} tidak terbukti, {hourless} tanpa "
          "jam, {placeless} tanpa kecamatan tidak.").format(
            n=i18n.format_number(len(day.cases)), all=i18n.format_number(day.reported_count),
            unfounded=i18n.format_number(day.unfounded), hourless=i18n.format_number(day.without_hour),
            placeless=i18n.format_number(day.without_place),
        )
    )  # fmt: skip
    table_view.behind(_("{n} kejadian yang dihitung"), shown.rows, "padat_baris")


def _figure(chosen: tuple[str, ...], cells: pd.DataFrame, theme: Theme) -> go.Figure:
    said = figure_hot.Wording(
        format_area=board().register.name_of,
        format_hour=say.hour,
        hover=_("{where} · ≈ {rate} (antara {low} dan {high}) · {n} dilaporkan"),
        silent_hover=_("belum ada kabar"),
        decimal_sign=i18n.format_number(0.5, 1)[1],
    )
    return figure_hot.build_risk_heatmap(cells[cells["kecamatan"].isin(chosen)], said, theme)


def _clusters(shown: Shown) -> None:
    page_layout.section(_("Gugus kejadian yang sedang berlangsung"))
    if not shown.clusters:
        markup.empty(_nothing(shown.found.scan))
    for at, one in enumerate(shown.clusters[:MOST]):
        incidents_markup.cluster(say.zone(one.kecamatan, one.desa), _when(one), _figures(one))
        rows = shown.found.day.cases
        mine = rows[rows["case"].isin(one.cases)]
        table_view.behind(_("{n} kejadian gugus ini"), mine, f"gugus_{at}")
    rules, scan = board().register.election.rules.clusters, shown.found.scan
    said = _(
        "Gugus: kejadian yang lebih rapat daripada kebetulan, bila tersebar menurut banyaknya TPS, "
        "jam demi jam, sampai {hours} jam ke belakang. {desa} dari {n} kejadian menyebut desa, "
        "lainnya dihitung menurut kecamatan. Hanya yang p ≤ {level} disebut gugus; p berlaku untuk "
        "sekali melihat: siapa melihat terus-menerus lebih sering menemui gugus semu."
    )
    st.caption(
        said.format(
            hours=i18n.format_number(rules.max_duration / timedelta(hours=1)),
            desa=i18n.format_number(scan.with_desa_count),
            n=i18n.format_number(scan.scanned_count),
            level=i18n.format_number(rules.significance_level, 2),
        )
    )


def _nothing(scan: ScanResult) -> str:
    if scan.best_p_value is None:
        return _("Tidak ada gugus: terlalu sedikit kejadian berdekatan.")
    said = _("Tidak ada gugus: sebaran {n} kejadian terakhir wajar sebagai kebetulan (p = {p}).")
    return said.format(
        n=i18n.format_number(scan.scanned_count), p=i18n.format_number(scan.best_p_value, 2)
    )


def _when(one: Cluster) -> str:
    zone = board().register.election.zone
    ends = i18n.format_time(one.start.astimezone(zone)), i18n.format_time(one.end.astimezone(zone))
    return "–".join(ends)


def _figures(one: Cluster) -> str:
    return _("{n} kejadian, ≈ {expected} menurut kebetulan · p = {p}").format(
        n=i18n.format_number(one.observed),
        expected=i18n.format_number(one.expected, 1),
        p=i18n.format_number(one.p_value, 3),
    )
