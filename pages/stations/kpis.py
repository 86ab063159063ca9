"""The key figures of the page TPS."""

from __future__ import annotations

import pandas as pd

from situasi.analysis.stations.status import ARRIVED_BOX_PHASES
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE
from situasi.domain.labels import label
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card
from situasi.ui.tables import stations


def figures(found: pd.DataFrame) -> list[Kpi]:
    return [
        _unopened(found),
        _late(found),
        _of_state(found, "tak_terjangkau", _("TPS tak terjangkau")),
        _of_state(found, "diragukan", _("Hitungan terbaru diragukan")),
        _moving(found),
        _arrived(found),
    ]


def _counted(number: int) -> tuple[KpiValue]:
    return (KpiValue(number),)


def _of(number: int) -> str:
    return _("dari {n} TPS").format(n=i18n.format_number(number))


def _unopened(found: pd.DataFrame) -> Kpi:
    open_now = found["fase"].isin(FASE[FASE.index("dibuka") :])
    closed = found[~open_now]
    card = Card(_("Belum ada kabar buka"), i18n.format_number(len(closed)), _of(len(found)))
    return Kpi("buka", card, lambda: stations.build_stations_table(closed), _counted(len(closed)))


def _late(found: pd.DataFrame) -> Kpi:
    late = found[found["late_min"].notna()]
    turns = late["chaser"].value_counts()
    split = " · ".join(f"{who} {i18n.format_number(int(n))}" for who, n in turns.items())
    note = _of(len(found)) + (" · " + split if split else "")
    card = Card(_("Terlambat melapor"), i18n.format_number(len(late)), note, is_alarm=len(late) > 0)
    return Kpi(
        "terlambat", card, lambda: stations.build_late_reports_table(late), _counted(len(late))
    )


def _of_state(found: pd.DataFrame, state: str, title: str) -> Kpi:
    chosen = found[found["state"] == state]
    card = Card(title, i18n.format_number(len(chosen)), _of(len(found)))
    return Kpi(state, card, lambda: stations.build_stations_table(chosen), _counted(len(chosen)))


def _moving(found: pd.DataFrame) -> Kpi:
    moving = found[found["box"].notna() & ~found["box"].isin(ARRIVED_BOX_PHASES)]
    at_pps = int((moving["box"] == "kotak_tiba_pps").sum())
    note = f"{label('fase', 'kotak_tiba_pps')}: {i18n.format_number(at_pps)}"
    card = Card(_("Kotak belum sampai PPK"), i18n.format_number(len(moving)), note)
    return Kpi(
        "kotak", card, lambda: stations.build_ballot_boxes_table(moving), _counted(len(moving))
    )


def _arrived(found: pd.DataFrame) -> Kpi:
    arrived = found["box"].isin(ARRIVED_BOX_PHASES)
    value = _("{n} dari {all}").format(
        n=i18n.format_number(int(arrived.sum())), all=i18n.format_number(len(found))
    )
    card = Card(_("Kotak tiba di PPK"), value, _("hari ditutup bila semua tiba"))
    count = _counted(int(arrived.sum()))
    return Kpi("tiba", card, lambda: stations.build_stations_table(found[~arrived]), count)
