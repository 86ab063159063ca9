"""The panel Perkiraan akhir hari: how many will have come in the end, how sure, and why."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from pages.turnout import tables as made
from pages.turnout.data import Work, scored
from situasi.analysis.turnout.forecast import TurnoutForecast, compute_total
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.figures.charts.turnout_forecast import MarkNames, build_forecast_chart
from situasi.presentation import numbers as telling
from situasi.ui import page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.components.chart import chart
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import View
from situasi.ui.tables import table_view


def outlook_line(view: View, found: Work) -> None:
    """The estimate in a few words; nothing where there is none."""
    if found.outlook is None:
        return
    one = _whole(view, found.outlook)
    if one["enough"]:
        confidence = board().register.election.rules.forecast.confidence_percent
        st.caption(telling.in_short(one, confidence), width="content")


def outlook_panel(view: View, found: Work) -> None:
    """Figures, chart, and what stands behind them; or what is missing."""
    if found.outlook is None:
        page_layout.section(_("Perkiraan akhir hari"))
        markup.empty(_("Perkiraan akhir hari belum dikalibrasi untuk aturan pemilihan ini."))
        return
    one = _whole(view, found.outlook)
    with markup.bar():
        st.markdown("**" + _("Perkiraan akhir hari") + "**", width="content")
        with markup.line("perkiraan", "content"):
            _behind(view, found, one)
    if not one["enough"]:
        markup.empty(_too_few(one))
        return
    left, right = st.columns([11, 9], gap="medium")
    with left:
        chart(
            "akhir_hari",
            _("Perkiraan partisipasi akhir tiap kecamatan: titik, selangnya, dan yang sudah hadir"),
            (found.outlook,),
            lambda here, theme: build_forecast_chart(
                made.rates(view.kecamatan, here), _words(), theme
            ),
            view.kecamatan,
        )
    with right:
        markup.cards(_cards(one))
        st.caption(_truth())


def _whole(view: View, found: TurnoutForecast) -> pd.Series:
    return render_cache.once(
        "perkiraan", view.kecamatan, (found,), partial(compute_total, kecamatan=view.kecamatan)
    )


def _behind(view: View, found: Work, one: pd.Series) -> None:
    """The tables and the method, each behind a click."""
    shown = found.outlook
    assert shown is not None
    table_view.opens(
        _("Angka perkiraan"), lambda: made.areas(view.kecamatan, shown, found), "angka_akhir"
    )
    if one["ended"]:
        table_view.opens(
            _("Ketepatan hari ini"),
            lambda: made.scored(view.compute(scored, view.kecamatan), found),
            "ketepatan",
        )
    table_view.opens(_("Ketelitian teruji"), made.tested, "ketelitian")
    opened = st.popover(_("Cara menghitung"), key="cara_perkiraan", on_change="rerun")
    if opened.open:
        opened.markdown("\n".join(f"* {line}" for line in _method(one)))


def _level() -> str:
    return i18n.format_number(board().register.election.rules.forecast.confidence_percent)


def _words() -> MarkNames:
    return MarkNames(
        _("perkiraan akhir"),
        _("selang {level} %").format(level=_level()),
        _("sudah hadir"),
        _("belum cukup laporan"),
    )


def _cards(one: pd.Series) -> tuple[Card, ...]:
    span = _("selang {level} %").format(level=_level())
    share = [i18n.format_number(100 * one[name] / one["dpt"], 1) for name in ("low", "high")]
    heads = [i18n.format_number(round(one[name])) for name in ("centre", "low", "high")]
    rest = _("{n} sudah angka akhir · {aside} hitungan disisihkan").format(
        n=i18n.format_number(int(one["ended"])), aside=i18n.format_number(int(one["set_aside"]))
    )
    used = _("{n} dari {all} TPS").format(
        n=i18n.format_number(int(one["told"])), all=i18n.format_number(int(one["tps"]))
    )
    return (
        Card(_("Partisipasi akhir"), telling.rate(one), f"{span}: ≈ {share[0]}–{share[1]} %"),
        Card(_("Pemilih hadir akhir"), f"≈ {heads[0]}", f"{span}: ≈ {heads[1]}–{heads[2]}"),
        Card(_("Dasar perkiraan"), used, rest),
    )


def _too_few(one: pd.Series) -> str:
    rules = board().register.election.rules.forecast
    said = _(
        "Belum cukup laporan: {n} dari {all} TPS. Perlu {share} % TPS, dan paling sedikit {tps} "
        "TPS di {areas} % kecamatan."
    )
    return said.format(
        n=i18n.format_number(int(one["told"])),
        all=i18n.format_number(int(one["tps"])),
        share=i18n.format_number(100 * rules.min_tps_share),
        tps=i18n.format_number(rules.min_tps),
        areas=i18n.format_number(100 * rules.min_kecamatan_share),
    )


def _truth() -> str:
    """What the interval rests on, in plain words."""
    return _(
        "≈ perkiraan, bukan hitungan. Selang diuji pada hari-hari buatan: tidak ada hari "
        "pemungutan suara lampau yang jumlah hadirnya diketahui per jam. Hari yang sebenarnya "
        "dapat keluar dari selang lebih sering daripada yang diuji."
    )


def _method(one: pd.Series) -> list[str]:
    """How it is made, what is assumed, and what it rests on now."""
    election = board().register.election
    rules, fitted = election.rules.forecast, election.turnout_parameters
    assert fitted is not None
    count = i18n.format_number
    return [
        _(
            "TPS yang melapor diteruskan sampai akhir menurut andaian laju kedatangan; laju hari "
            "ini dibetulkan dari pertambahan TPS yang melapor dua jam berturut-turut."
        ),
        _(
            "TPS yang belum melapor dianggap seperti TPS sekecamatannya; kecamatan dengan sedikit "
            "laporan ditarik ke rata-rata kabupaten. Seluruhnya adalah jumlah kecamatannya."
        ),
        _(
            "Sekarang: {told} TPS dipakai ({ended} sudah angka akhir), {silent} diperkirakan dari "
            "TPS lain, {aside} hitungan terbaru diragukan dan disisihkan."
        ).format(
            told=count(int(one["told"])),
            ended=count(int(one["ended"])),
            silent=count(int(one["tps"] - one["told"])),
            aside=count(int(one["set_aside"])),
        ),
        _(
            "Tidak pernah di bawah hitungan yang tidak diragukan ({n}), tidak pernah di atas "
            "DPT yang resmi."
        ).format(n=count(int(one["counted"]))),
        _(
            "Selang {level} %: pada {days} hari buatan, kebenaran berada sedekat itu pada {level} "
            "dari 100 hari; diuji pada {tests} hari buatan lain (Ketelitian teruji)."
        ).format(
            level=count(rules.confidence_percent),
            days=count(fitted.days),
            tests=count(fitted.test_days),
        ),
        _truth(),
    ]
