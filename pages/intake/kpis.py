"""The key figures of Masukan: what came, where its rows are, who is silent."""

from __future__ import annotations

import pandas as pd

from pages.intake import data as intake_data
from pages.intake import tables as intake_tables
from situasi.analysis.deliveries import DeliverySummary
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import PageContext
from situasi.ui.tables.table_view import Table


def build_kpis(context: PageContext, intake: DeliverySummary) -> list[Kpi]:
    feeds, ledger = intake.feeds, intake.batches
    came, told = bool(len(ledger)), intake_data.can_show_quarantine(context)
    undone = ledger[ledger["taken_back"] > 0]
    return [
        Kpi(
            "kiriman",
            _build_delivery_card(context, ledger),
            lambda: intake_tables.build_delivery_table(ledger),
            (KpiValue(len(ledger) if came else None),),
        ),
        Kpi(
            "dibaca",
            _build_read_card(ledger),
            lambda: _build_feed_table(context, feeds),
            (KpiValue(ledger["read"].sum() if came else None),),
        ),
        Kpi(
            "karantina",
            _build_quarantine_card(context, feeds),
            (lambda: _build_feed_table(context, feeds[feeds["waiting"] > 0])) if told else None,
            (KpiValue(feeds["waiting"].sum() if told else None),),
        ),
        Kpi(
            "senyap",
            _build_silent_card(feeds),
            lambda: _build_feed_table(context, feeds[feeds["silent"] | feeds["expected"]]),
            (KpiValue(feeds["silent"].sum() if feeds["expected"].any() else None),),
        ),
        Kpi(
            "ditarik",
            _build_withdrawn_card(ledger),
            lambda: intake_tables.build_delivery_table(undone),
            (KpiValue(len(undone) if came else None),),
        ),
    ]


def _build_feed_table(context: PageContext, feeds: pd.DataFrame) -> Table:
    return intake_tables.build_feed_table(feeds, waiting=intake_data.can_show_quarantine(context))


def _build_delivery_card(context: PageContext, deliveries: pd.DataFrame) -> Card:
    title = _("Kiriman")
    if deliveries.empty:
        return Card(title, "–", _("belum ada kiriman"))
    newest = deliveries["recorded_at"].max().to_pydatetime().astimezone(context.view_time.at.tzinfo)
    # The clock of an exercise, or of a past moment, is not the one that recorded.
    own = context.view_time.live and not context.view_time.is_exercise
    when = (
        i18n.format_relative_time(newest, context.view_time.at)
        if own
        else f"{i18n.format_date(newest)} {i18n.format_time(newest)}"
    )
    note = _("terakhir dicatat {when}").format(when=when)
    return Card(title, i18n.format_number(len(deliveries)), note)


def _build_read_card(deliveries: pd.DataFrame) -> Card:
    title = _("Baris dibaca")
    if deliveries.empty:
        return Card(title, "–", _("belum ada kiriman"))
    note = _("{a} diterima + {d} ganda + {q} karantina").format(
        a=i18n.format_number(int(deliveries["accepted"].sum())),
        d=i18n.format_number(int(deliveries["duplicate"].sum())),
        q=i18n.format_number(int(deliveries["quarantined"].sum())),
    )
    return Card(title, i18n.format_number(int(deliveries["read"].sum())), note)


def _build_quarantine_card(context: PageContext, feeds: pd.DataFrame) -> Card:
    title = _("Karantina")
    if not intake_data.can_show_quarantine(context):
        return Card(title, "–", _("latihan: hanya untuk keadaan sekarang"))
    count = int(feeds["waiting"].sum())
    note = _("baris menunggu perbaikan") if count else _("tidak ada")
    return Card(title, i18n.format_number(count), note)


def _build_silent_card(feeds: pd.DataFrame) -> Card:
    title = _("Sumber senyap")
    expected, silent = feeds[feeds["expected"]], feeds[feeds["silent"]]
    if expected.empty:
        return Card(title, "–", _("di luar jam pemantauan"))
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(silent)), all=i18n.format_number(len(expected))
    )
    names = ", ".join(label("feed", feed) for feed in silent["feed"])
    return Card(title, value, names or _("semua melapor"), is_alarm=bool(names))


def _build_withdrawn_card(deliveries: pd.DataFrame) -> Card:
    undone = deliveries[deliveries["taken_back"] > 0]
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(undone)), all=i18n.format_number(len(deliveries))
    )
    rows = i18n.format_number(int(undone["taken_back"].sum()))
    note = _("{n} baris, tidak ada yang dihapus").format(n=rows) if len(undone) else _("tidak ada")
    return Card(_("Kiriman ditarik"), value if len(deliveries) else "–", note)
