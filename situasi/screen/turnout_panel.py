"""The panels of the page Partisipasi: figures, curve, map, tables, the silent and the doubted."""

from __future__ import annotations

import streamlit as st

from situasi import words
from situasi.board import current as board
from situasi.figures.area import Area
from situasi.regions import Kecamatan
from situasi.screen import (
    area_map,
    drawn,
    page,
    parts,
    session,
    stations_tables,
    tables,
    turnout_tables,
)
from situasi.screen.figure_row import Figure, figure_row
from situasi.screen.page import View
from situasi.screen.parts import Card
from situasi.screen.turnout_tables import between, percent, voters
from situasi.screen.turnout_work import Work
from situasi.words import _


def key_figures(found: Work) -> None:
    whole, silent = found.whole, found.found[found.found["hadir"].isna()]
    told = _("{n} dari {all} TPS melapor").format(
        n=words.number(int(whole.told)), all=words.number(int(whole.tps))
    )
    count = words.number(int(whole.heads)) if whole.told else "–"
    figure_row(
        [
            Figure("hadir", Card(_("Pemilih hadir"), count, told),
                   lambda: stations_tables.stations(found.found)),
            Figure("tingkat", _rate_card(found), lambda: turnout_tables.areas(found)),
            Figure("batas", _bounds_card(found), lambda: turnout_tables.areas(found)),
            Figure("senyap", Card(_("TPS belum melapor jumlah"), words.number(len(silent)),
                   _("dari {n} TPS").format(n=words.number(int(whole.tps)))),
                   lambda: stations_tables.stations(silent)),
            Figure("lain", _others_card(found)),
            Figure("ragu", _doubt_card(found), lambda: stations_tables.doubted(found.doubted)),
        ]
    )  # fmt: skip


def _rate_card(found: Work) -> Card:
    whole = found.whole
    of = _("dari {n} pemilih di TPS yang melapor")
    return Card(
        _("Partisipasi TPS melapor"),
        percent(whole.rate, estimated=bool(whole.told_estimated)),
        of.format(n=voters(whole.dpt_told, bool(whole.told_estimated))),
    )


def _bounds_card(found: Work) -> Card:
    whole = found.whole
    of = _("dari DPT {n}, bila TPS lain nol atau penuh")
    note = of.format(n=voters(whole.dpt, bool(whole.estimated)))
    return Card(_("Batas seluruhnya"), between(whole) if whole.told else "–", note)


def _others_card(found: Work) -> Card:
    whole = found.whole
    if not whole.apart:
        return Card("DPTb · DPK", "–", _("belum ada yang melapor terpisah"))
    value = f"{words.number(int(whole.dptb))} · {words.number(int(whole.dpk))}"
    apart = _("dari {n} TPS yang memisahkan").format(n=words.number(int(whole.apart)))
    return Card("DPTb · DPK", value, apart)


def _doubt_card(found: Work) -> Card:
    counts = found.doubted["seq"].nunique()
    note = _("{n} masih angka terbaru, ikut dijumlah").format(
        n=words.number(int(found.whole.doubted))
    )
    return Card(_("Hitungan diragukan"), words.number(counts), note)


def curve_panel(found: Work) -> None:
    rules = board().register.election.rules.turnout
    references = [(f"{r.label}: {percent(r.percent)}", r.percent) for r in rules.references]
    with parts.bar():
        st.markdown("**" + _("Partisipasi sepanjang hari") + "**", width="content")
        tables.opens(_("Angka kurva"), lambda: turnout_tables.curve(found), "angka_kurva")
    names = (_("TPS yang melapor"), _("perkiraan"))
    st.plotly_chart(
        drawn.turnout_curve(found.curve, references, names, "TPS", session.viewer_theme()),
        theme=None,
        config={"displayModeBar": False},
        key="kurva",
        alt=_("Partisipasi TPS yang melapor tiap 15 menit, di samping perkiraan"),
    )
    st.caption(
        _("Garis titik: ≈ perkiraan, andaian laju kedatangan dikali {label}.").format(
            label=rules.against
        )
    )


def map_panel(view: View, found: Work) -> None:
    theme = session.viewer_theme()

    def paint(place: Kecamatan) -> Area:
        return turnout_tables.area(place, found.areas.loc[place.code], theme)

    page.section(_("Partisipasi TPS melapor menurut kecamatan"))
    area_map.area_map(
        area_map.areas(view.chosen(), paint),
        "peta_partisipasi",
        _("Peta partisipasi {n} kecamatan").format(n=len(found.areas)),
    )
    size = 100 // len(theme.turnout)
    marks = [
        (parts.colour_swatch(colour), f"{size * at}–{size * (at + 1)} %")
        for at, colour in enumerate(theme.turnout)
    ]
    area_map.legend([*marks, (parts.swatch(None), _("belum ada laporan"))])


def area_panel(found: Work) -> None:
    low = board().register.election.rules.turnout.low
    page.section(_("Menurut kecamatan"))
    areas = turnout_tables.areas(found)
    tables.shown(areas, "menurut_kecamatan", _("Partisipasi kecamatan"), most=len(areas))
    st.caption(
        _("Rendah: lebih dari {n} poin di bawah kabupaten ({rate}). ≈ DPT perkiraan.").format(
            n=words.number(low), rate=percent(found.kabupaten)
        )
    )


def silent_panel(found: Work) -> None:
    """Who has not told a count that is due, and since when."""
    late = found.found[(found.found["owed"] == "hadir") & found.found["late_min"].notna()]
    page.section(_("Jumlah hadir belum dilaporkan: {n} TPS").format(n=words.number(len(late))))
    if late.empty:
        parts.empty(_("Tidak ada hitungan yang terlambat pada saat ini."))
        return
    tables.shown(stations_tables.late(late), "belum_jumlah", _("TPS terlambat hitung"), most=7)


def doubt_panel(found: Work) -> None:
    page.section(_("Hitungan diragukan"))
    if found.doubted.empty:
        parts.empty(_("Tidak ada hitungan yang diragukan."))
    else:
        doubted = stations_tables.doubted(found.doubted)
        tables.shown(doubted, "ragu", _("Hitungan diragukan"), most=7)
        st.caption(_("Ditandai, tidak diubah: angka tetap seperti dilaporkan."))
    if len(found.totals):
        title = _("{n} total desa atau kecamatan").format(n=words.number(len(found.totals)))
        tables.opens(title, lambda: turnout_tables.totals(found.totals), "total_lingkup")
