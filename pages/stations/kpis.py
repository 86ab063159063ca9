"""The KPIs of the page TPS."""

import pandas as pd

from situasi.analysis.stations import ballot_boxes
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE
from situasi.presentation import kpis
from situasi.ui.components.kpi_row import Kpi, KpiValue, build_count_kpi
from situasi.ui.components.markup import Card
from situasi.ui.tables import stations


def build_kpis(tps: pd.DataFrame) -> list[Kpi]:
    """Build the KPIs of these TPS."""
    return [
        _build_unopened_kpi(tps),
        _build_late_kpi(tps),
        _build_state_kpi(tps, "tak_terjangkau", _("TPS tak terjangkau")),
        _build_state_kpi(tps, "diragukan", _("Hitungan terbaru diragukan")),
        _build_moving_boxes_kpi(tps),
        _build_arrived_boxes_kpi(tps),
    ]


def _format_total(number: int) -> str:
    return format_counts(_("dari {n} TPS"), n=number)


def _build_unopened_kpi(tps: pd.DataFrame) -> Kpi:
    opened = tps["fase"].isin(FASE[FASE.index("dibuka") :])
    rows = tps[~opened]
    card = Card(_("Belum ada kabar buka"), format_number(len(rows)), _format_total(len(tps)))
    return build_count_kpi("buka", card, stations.build_stations_table, rows)


def _build_late_kpi(tps: pd.DataFrame) -> Kpi:
    late = tps[tps["state"] == "terlambat"]
    counts = late["chaser"].value_counts()
    split = " · ".join(f"{who} {format_number(int(n))}" for who, n in counts.items())
    note = _format_total(len(tps)) + (" · " + split if split else "")
    card = Card(_("Terlambat melapor"), format_number(len(late)), note, is_alarm=len(late) > 0)
    return build_count_kpi("terlambat", card, stations.build_late_reports_table, late)


def _build_state_kpi(tps: pd.DataFrame, state: str, title: str) -> Kpi:
    rows = tps[tps["state"] == state]
    card = Card(title, format_number(len(rows)), _format_total(len(tps)))
    return build_count_kpi(state, card, stations.build_stations_table, rows)


def _build_moving_boxes_kpi(tps: pd.DataFrame) -> Kpi:
    outstanding = ballot_boxes.build_outstanding_table(tps)
    text = kpis.format_boxes(tps)
    value = "–" if text.value == "–" else format_number(len(outstanding))
    card = Card(_("Kotak belum sampai PPK"), value, str(text.note))
    return build_count_kpi("kotak", card, stations.build_ballot_boxes_table, outstanding)


def _build_arrived_boxes_kpi(tps: pd.DataFrame) -> Kpi:
    arrived, text = tps["box"].isin(ballot_boxes.ARRIVED_BOX_PHASES), kpis.format_boxes(tps)
    card = Card(text.title, str(text.value), _("hari ditutup bila semua tiba"))
    count = KpiValue(int(arrived.sum()))
    return Kpi("tiba", card, lambda: stations.build_stations_table(tps[arrived]), (count,))
