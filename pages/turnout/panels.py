"""The panels of the page Partisipasi: figures, curve, map, tables, the silent and the doubted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.turnout import tables as turnout_tables
from pages.turnout.data import Work
from pages.turnout.outlook import outlook_line
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.register import Kecamatan
from situasi.figures.charts.turnout import build_turnout_chart
from situasi.figures.maps.area_style import AreaStyle
from situasi.presentation import kpis as telling
from situasi.presentation.map_measures import turnout_area
from situasi.presentation.numbers import percent, voters
from situasi.ui import page_layout, render_cache, session
from situasi.ui.components import area_map, markup
from situasi.ui.components.chart import chart
from situasi.ui.components.kpi_row import Count, Figure
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import View
from situasi.ui.tables import stations, table_view
from situasi.ui.tables.table_view import Table


def figures(found: Work) -> list[Figure]:
    whole, silent = found.whole, found.found[found.found["hadir"].isna()]
    known = bool(whole.told)
    rate = Count(whole.rate if known else None, _("poin"), 1, bool(whole.told_estimated))
    return [
        Figure("hadir", markup.card_of(telling.heads(whole)),
               lambda: stations.stations(found.found),
               (Count(whole.heads if known else None),)),
        Figure("tingkat", _rate_card(found),
               lambda: turnout_tables.kecamatan_turnout(found), (rate,)),
        Figure("batas", markup.card_of(telling.bounds(whole)),
               lambda: turnout_tables.kecamatan_turnout(found),
               _bounds_counts(found)),
        Figure("senyap", Card(_("TPS belum melapor jumlah"), i18n.format_number(len(silent)),
               _("dari {n} TPS").format(n=i18n.format_number(int(whole.tps)))),
               lambda: stations.stations(silent), (Count(len(silent)),)),
        Figure("lain", _others_card(found), lambda: stations.lists(found.found),
               _others_counts(found)),
        Figure("ragu", _doubt_card(found), lambda: stations.doubted(found.doubted),
               (Count(found.doubted["seq"].nunique() if known else None),)),
    ]  # fmt: skip


def _bounds_counts(found: Work) -> tuple[Count, ...]:
    whole = found.whole
    known, about = bool(whole.told), bool(whole.estimated)
    return tuple(
        Count(value if known else None, name, 1, about)
        for value, name in ((whole.least, _("poin bawah")), (whole.most, _("poin atas")))
    )


def _others_counts(found: Work) -> tuple[Count, ...]:
    whole = found.whole
    return tuple(
        Count(value if whole.apart else None, name)
        for value, name in ((whole.dptb, "DPTb"), (whole.dpk, "DPK"))
    )


def _rate_card(found: Work) -> Card:
    whole = found.whole
    of = _("dari {n} pemilih di TPS yang melapor")
    return Card(
        _("Partisipasi TPS melapor"),
        percent(whole.rate, estimated=bool(whole.told_estimated)),
        of.format(n=voters(whole.dpt_told, bool(whole.told_estimated))),
    )


def _others_card(found: Work) -> Card:
    whole = found.whole
    if not whole.apart:
        return Card("DPTb · DPK", "–", _("belum ada yang melapor terpisah"))
    value = f"{i18n.format_number(int(whole.dptb))} · {i18n.format_number(int(whole.dpk))}"
    apart = _("dari {n} TPS yang memisahkan").format(n=i18n.format_number(int(whole.apart)))
    return Card("DPTb · DPK", value, apart)


def _doubt_card(found: Work) -> Card:
    counts = found.doubted["seq"].nunique()
    note = _("{n} masih angka terbaru, ikut dijumlah").format(
        n=i18n.format_number(int(found.whole.doubted))
    )
    return Card(_("Hitungan diragukan"), i18n.format_number(counts), note)


def curve_panel(view: View, found: Work) -> None:
    rules = board().register.election.rules.turnout
    references = [(f"{r.label}: {percent(r.percent)}", r.percent) for r in rules.references]
    with markup.bar():
        st.markdown("**" + _("Partisipasi sepanjang hari") + "**", width="content")
        outlook_line(view, found)
        table_view.opens(_("Angka kurva"), lambda: turnout_tables.curve(found), "angka_kurva")
    names = (_("TPS yang melapor"), _("perkiraan"))
    chart(
        "kurva",
        _("Partisipasi TPS yang melapor tiap 15 menit, di samping perkiraan"),
        (found,),
        lambda found, theme: build_turnout_chart(found.curve, references, names, "TPS", theme),
    )
    st.caption(
        _("Garis titik: ≈ perkiraan, andaian laju kedatangan dikali {label}.").format(
            label=rules.reference_label
        )
    )


def map_panel(view: View, found: Work) -> None:
    theme = session.viewer_theme()

    def paint(place: Kecamatan) -> AreaStyle:
        return turnout_area(place, found.areas.loc[place.code], theme)

    page_layout.section(_("Partisipasi TPS melapor menurut kecamatan"))
    area_map.area_map(
        area_map.areas(view.chosen(), paint),
        "peta_partisipasi",
        _("Peta partisipasi {n} kecamatan").format(n=len(found.areas)),
    )
    size = 100 // len(theme.turnout)
    marks = [
        (markup.colour_swatch(colour), f"{size * at}–{size * (at + 1)} %")
        for at, colour in enumerate(theme.turnout)
    ]
    area_map.legend([*marks, (markup.swatch(None), _("belum ada laporan"))])


def area_panel(found: Work) -> None:
    low = board().register.election.rules.turnout.low_margin_points
    page_layout.section(_("Menurut kecamatan"))
    areas = render_cache.once(
        "partisipasi kecamatan", None, (found,), turnout_tables.kecamatan_turnout
    )
    table_view.shown(areas, "menurut_kecamatan", _("Partisipasi kecamatan"), most=len(areas))
    st.caption(
        _("Rendah: lebih dari {n} poin di bawah kabupaten ({rate}). ≈ DPT perkiraan.").format(
            n=i18n.format_number(low), rate=percent(found.kabupaten)
        )
    )


def silent_panel(found: Work) -> None:
    """Who has not told a count that is due, and since when."""
    table = render_cache.once("belum_jumlah", None, (found.found,), _silent)
    page_layout.section(
        _("Jumlah hadir belum dilaporkan: {n} TPS").format(n=i18n.format_number(len(table)))
    )
    if not len(table):
        markup.empty(_("Tidak ada hitungan yang terlambat pada saat ini."))
        return
    table_view.shown(table, "belum_jumlah", _("TPS terlambat hitung"), most=7)


def _silent(found: pd.DataFrame) -> Table:
    return stations.late(found[(found["owed"] == "hadir") & found["late_min"].notna()])


def doubt_panel(found: Work) -> None:
    page_layout.section(_("Hitungan diragukan"))
    if found.doubted.empty:
        markup.empty(_("Tidak ada hitungan yang diragukan."))
    else:
        doubted = render_cache.once("ragu", None, (found.doubted,), stations.doubted)
        table_view.shown(doubted, "ragu", _("Hitungan diragukan"), most=7)
        st.caption(_("Ditandai, tidak diubah: angka tetap seperti dilaporkan."))
    if len(found.totals):
        title = _("{n} total desa atau kecamatan").format(n=i18n.format_number(len(found.totals)))
        table_view.opens(title, lambda: turnout_tables.totals(found.totals), "total_lingkup")
