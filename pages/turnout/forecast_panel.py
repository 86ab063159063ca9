"""The panel Perkiraan akhir hari: the forecast of final turnout, its interval and its method."""

from functools import partial

import pandas as pd
import streamlit as st

from pages.turnout import tables
from pages.turnout.data import TurnoutData, compute_forecast_errors
from situasi.analysis.turnout.forecast import TurnoutForecast, compute_total
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.forecast_parameters import ForecastParameters
from situasi.figures.charts.turnout import ForecastFan
from situasi.figures.charts.turnout_forecast import MarkNames, build_forecast_chart
from situasi.presentation import numbers
from situasi.ui import page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view


def render_forecast_line(context: PageContext, data: TurnoutData) -> None:
    """Draw the forecast in a few words; nothing if there is none."""
    if data.forecast is None:
        return
    total = _compute_total(context, data.forecast)
    if total["enough"]:
        confidence = board().register.election.rules.forecast.confidence_percent
        st.caption(numbers.format_forecast(total, confidence), width="content")


def build_forecast_fan(context: PageContext, data: TurnoutData) -> ForecastFan | None:
    """Build the forecast for the chart of the day; None where there is none or all is counted."""
    if data.forecast is None:
        return None
    total = _compute_total(context, data.forecast)
    if not total["enough"] or total["ended"] == total["tps"]:
        return None
    low, centre, high = (
        float(100 * total[name] / total["dpt"]) for name in ("low", "centre", "high")
    )
    return ForecastFan(_("perkiraan akhir"), low, centre, high)


def render_forecast_panel(context: PageContext, data: TurnoutData) -> None:
    """Draw KPIs, chart and method of the forecast; or what is missing."""
    if data.forecast is None:
        page_layout.render_section_title(_("Perkiraan akhir hari"))
        markup.render_empty_state(
            _("Perkiraan akhir hari belum dikalibrasi untuk aturan pemilihan ini.")
        )
        return
    total = _compute_total(context, data.forecast)
    with markup.row():
        st.markdown("**" + _("Perkiraan akhir hari") + "**", width="content")
        with markup.inline_row("perkiraan", "content"):
            _render_details(context, data, total)
    if not total["enough"]:
        markup.render_empty_state(_format_too_few(total))
        return
    left, right = st.columns([11, 9], gap="medium")
    with left:
        render_chart(
            "akhir_hari",
            _("Perkiraan partisipasi akhir tiap kecamatan: titik, selangnya, dan yang sudah hadir"),
            (data.forecast,),
            lambda forecast, theme: build_forecast_chart(
                tables.build_forecast_rates(context.kecamatan, forecast),
                _build_chart_wording(),
                theme,
            ),
            context.kecamatan,
        )
    with right:
        markup.render_cards(_build_cards(total))
        st.caption(_format_caveat(data.forecast, len(context.selected_kecamatan())))


def _compute_total(context: PageContext, forecast: TurnoutForecast) -> pd.Series:
    return render_cache.get_or_build(
        "perkiraan",
        context.kecamatan,
        (forecast,),
        partial(compute_total, kecamatan=context.kecamatan),
    )


def _render_details(context: PageContext, data: TurnoutData, total: pd.Series) -> None:
    """Draw buttons that open the tables and the method."""
    forecast = data.forecast
    assert forecast is not None
    build_table = partial(tables.build_forecast_table, context.kecamatan, forecast, data)
    table_view.render_table_popover(_("Angka perkiraan"), build_table, "angka_akhir")
    if total["ended"]:
        table_view.render_table_popover(
            _("Ketepatan hari ini"),
            lambda: tables.build_forecast_errors_table(
                context.compute(compute_forecast_errors, context.kecamatan), data
            ),
            "ketepatan",
        )
    table_view.render_table_popover(
        _("Ketelitian teruji"), tables.build_calibration_table, "ketelitian"
    )
    popover = st.popover(_("Cara menghitung"), key="cara_perkiraan", on_change="rerun")
    if popover.open:
        notes = _list_method_notes(forecast, total, len(context.selected_kecamatan()))
        popover.markdown("\n".join(f"* {line}" for line in notes))


def _format_confidence() -> str:
    return format_number(board().register.election.rules.forecast.confidence_percent)


def _build_chart_wording() -> MarkNames:
    return MarkNames(
        _("perkiraan akhir"),
        _("selang {level} %, tiap kecamatan sendiri").format(level=_format_confidence()),
        _("sudah hadir"),
        _("belum cukup laporan"),
    )


def _build_cards(total: pd.Series) -> tuple[Card, ...]:
    interval = _("selang {level} %").format(level=_format_confidence())
    percents = [format_number(100 * total[name] / total["dpt"], 1) for name in ("low", "high")]
    voters = [format_number(round(total[name])) for name in ("centre", "low", "high")]
    details = format_counts(
        _("{n} sudah angka akhir · {aside} hitungan disisihkan"),
        n=int(total["ended"]),
        aside=int(total["set_aside"]),
    )
    basis = format_counts(_("{n} dari {all} TPS"), n=int(total["used"]), all=int(total["tps"]))
    return (
        Card(
            _("Partisipasi akhir"),
            numbers.format_forecast_rate(total),
            f"{interval}: ≈ {percents[0]}–{percents[1]} %",
        ),
        Card(_("Pemilih hadir akhir"), f"≈ {voters[0]}", f"{interval}: ≈ {voters[1]}–{voters[2]}"),
        Card(_("Dasar perkiraan"), basis, details),
    )


def _format_too_few(total: pd.Series) -> str:
    rules = board().register.election.rules.forecast
    template = _(
        "Belum cukup laporan: {n} dari {all} TPS. Perlu {share} % TPS, dan paling sedikit {tps} "
        "TPS di {areas} % kecamatan."
    )
    return format_counts(
        template,
        n=int(total["used"]),
        all=int(total["tps"]),
        share=100 * rules.min_tps_share,
        tps=rules.min_tps,
        areas=100 * rules.min_kecamatan_share,
    )


def _format_caveat(forecast: TurnoutForecast, count: int) -> str:
    """Return what the interval rests on, in plain words."""
    rests_on = _("≈ perkiraan, bukan hitungan. Selang bertumpu pada {basis}.").format(
        basis=numbers.format_forecast_basis(forecast.parameters)
    )
    each = _format_marginal_note(count, forecast.parameters.confidence_percent)
    if forecast.parameters.own_days:
        return f"{rests_on} {each}".strip()
    unknown = _(
        "Laju kedatangan di Indonesia per jam belum pernah tercatat; ketidaktahuan itu sudah ada "
        "di dalam lebarnya."
    )
    return f"{rests_on} {unknown} {each}".strip()


def _format_marginal_note(count: int, confidence_percent: float) -> str:
    """Return what the intervals of so many kecamatan do not promise; "" for a single one."""
    if count < 2:
        return ""
    text = _(
        "Tiap selang berlaku sendiri, bukan serentak: dari {n} kecamatan rata-rata {outside} di "
        "luar selangnya, dan karena meleset bersama, pada satu hari bisa jauh lebih banyak. "
        "Jangan mengurutkan kecamatan yang selangnya bertindihan."
    )
    outside = count * (1 - confidence_percent / 100)
    return text.format(n=format_number(count), outside=format_number(outside, 1))


def _list_method_notes(forecast: TurnoutForecast, total: pd.Series, count: int) -> list[str]:
    """Return the method, its assumptions, and the current data basis."""
    parameters = forecast.parameters
    fmt = format_number
    return [
        _(
            "TPS yang melapor diteruskan sampai akhir menurut laju kedatangan hari-hari nyata; "
            "laju hari ini dibetulkan dari pertambahan TPS yang melapor dua jam berturut-turut."
        ),
        _(
            "TPS yang belum melapor diperkirakan dari partisipasi lampaunya bila diketahui; bila "
            "tidak, seperti TPS sekecamatannya. Keduanya lebih rendah, makin banyak giliran yang "
            "terlewat makin rendah, dengan ketidakpastian yang sama untuk semua yang diam. "
            "Kecamatan dengan sedikit laporan ditarik ke rata-rata kabupaten. Seluruhnya adalah "
            "jumlah kecamatannya."
        ),
        *_list_prior_notes(parameters),
        _(
            "Sekarang: {told} TPS dipakai ({ended} sudah angka akhir), {silent} diperkirakan dari "
            "TPS lain, {aside} hitungan terbaru diragukan dan disisihkan."
        ).format(
            told=fmt(int(total["used"])),
            ended=fmt(int(total["ended"])),
            silent=fmt(int(total["tps"] - total["used"])),
            aside=fmt(int(total["set_aside"])),
        ),
        _(
            "Tidak pernah di bawah hitungan yang tidak diragukan ({n}), tidak pernah di atas "
            "DPT yang resmi."
        ).format(n=fmt(int(total["counted"]))),
        _format_interval_note(parameters),
        _format_caveat(forecast, count),
    ]


def _list_prior_notes(parameters: ForecastParameters) -> list[str]:
    prior = parameters.prior
    if prior is None:
        return []
    text = _(
        "Partisipasi {n} pemilihan lampau ({mean} % ± {sd} poin) ikut ditimbang, dengan ekor "
        "panjang: bila hitungan berkata lain, selangnya menjangkau keduanya, sampai hitungan "
        "cukup banyak untuk dipercaya."
    )
    return [
        text.format(
            n=format_number(prior.elections),
            mean=format_number(100 * prior.mean, 1),
            sd=format_number(100 * prior.sd, 1),
        )
    ]


def _format_interval_note(parameters: ForecastParameters) -> str:
    """Return how the interval follows from the real days."""
    level = format_number(parameters.confidence_percent)
    if parameters.day_quantile is not None:
        text = _(
            "Selang {level} %: kuantil dari {n} hari nyata, tiap hari satu bobot, berapa pun "
            "tempat dan jamnya; diuji pada hari yang dikeluarkan (Ketelitian teruji)."
        )
        return text.format(level=level, n=format_number(parameters.days))
    text = _(
        "Selang {level} %: sebaran t dengan {degrees} derajat bebas, karena tempat-tempat pada "
        "satu hari meleset bersama dan harinya sedikit; diuji pada hari yang dikeluarkan "
        "(Ketelitian teruji)."
    )
    return text.format(level=level, degrees=format_number(parameters.degrees))
