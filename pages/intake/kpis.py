"""The key figures of Masukan: deliveries, their rows, quarantine and silent feeds."""

import pandas as pd

from pages.intake import data, tables
from situasi.analysis.deliveries import DeliverySummary
from situasi.common.formats import (
    format_counts,
    format_date,
    format_number,
    format_ratio,
    format_relative_time,
    format_time,
)
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import view_text
from situasi.ui.components.kpi_row import Kpi, KpiValue
from situasi.ui.components.markup import Card
from situasi.ui.page_context import PageContext
from situasi.ui.tables.table_view import Table


def build_kpis(context: PageContext, intake: DeliverySummary) -> list[Kpi]:
    """Build the key figures of the deliveries."""
    feeds, batches = intake.feeds, intake.batches
    has_any, known = bool(len(batches)), data.can_show_quarantine(context)
    withdrawn = batches[batches["withdrawn_by"].notna()]
    return [
        Kpi(
            "kiriman",
            _build_delivery_card(context, batches),
            lambda: tables.build_delivery_table(batches),
            (KpiValue(len(batches) if has_any else None),),
        ),
        Kpi(
            "dibaca",
            _build_read_card(batches),
            lambda: _build_feed_table(context, feeds),
            (KpiValue(batches["read"].sum() if has_any else None),),
        ),
        Kpi(
            "karantina",
            _build_quarantine_card(context, feeds),
            (lambda: _build_feed_table(context, feeds[feeds["waiting"] > 0])) if known else None,
            (KpiValue(feeds["waiting"].sum() if known else None),),
        ),
        Kpi(
            "senyap",
            _build_silent_card(feeds),
            lambda: _build_feed_table(context, feeds[feeds["silent"] | feeds["expected"]]),
            (KpiValue(feeds["silent"].sum() if feeds["expected"].any() else None),),
        ),
        Kpi(
            "ditarik",
            _build_withdrawn_card(batches),
            lambda: tables.build_delivery_table(withdrawn),
            (KpiValue(len(withdrawn) if has_any else None),),
        ),
    ]


def _build_feed_table(context: PageContext, feeds: pd.DataFrame) -> Table:
    return tables.build_feed_table(feeds, waiting=data.can_show_quarantine(context))


def _build_delivery_card(context: PageContext, deliveries: pd.DataFrame) -> Card:
    title = _("Kiriman")
    if deliveries.empty:
        return Card(title, "–", _("belum ada kiriman"))
    newest = deliveries["recorded_at"].max().to_pydatetime().astimezone(context.view_time.at.tzinfo)
    # A recorded time is not relative to the clock of an exercise or of a past view.
    is_clock_current = context.view_time.live and not context.view_time.is_exercise
    time_text = (
        format_relative_time(newest, context.view_time.at)
        if is_clock_current
        else view_text.mark_machine_time(
            f"{format_date(newest)} {format_time(newest)}",
            is_exercise=context.exercise_at is not None,
        )
    )
    note = _("terakhir dicatat {when}").format(when=time_text)
    return Card(title, format_number(len(deliveries)), note)


def _build_read_card(deliveries: pd.DataFrame) -> Card:
    title = _("Baris dibaca")
    if deliveries.empty:
        return Card(title, "–", _("belum ada kiriman"))
    note = format_counts(
        _("{a} diterima + {d} ganda + {q} karantina"),
        a=int(deliveries["accepted"].sum()),
        d=int(deliveries["duplicate"].sum()),
        q=int(deliveries["quarantined"].sum()),
    )
    return Card(title, format_number(int(deliveries["read"].sum())), note)


def _build_quarantine_card(context: PageContext, feeds: pd.DataFrame) -> Card:
    title = _("Karantina")
    if not data.can_show_quarantine(context):
        return Card(title, "–", _("latihan: hanya untuk keadaan sekarang"))
    count = int(feeds["waiting"].sum())
    note = _("baris menunggu perbaikan") if count else _("tidak ada")
    return Card(title, format_number(count), note)


def _build_silent_card(feeds: pd.DataFrame) -> Card:
    title = _("Sumber senyap")
    expected, silent = feeds[feeds["expected"]], feeds[feeds["silent"]]
    if expected.empty:
        return Card(title, "–", _("di luar jam pemantauan"))
    value = format_ratio(len(silent), len(expected))
    names = ", ".join(label("feed", feed) for feed in silent["feed"])
    return Card(title, value, names or _("semua melapor"), is_alarm=bool(names))


def _build_withdrawn_card(deliveries: pd.DataFrame) -> Card:
    gone = deliveries[deliveries["withdrawn_by"].notna()]
    value = format_ratio(len(gone), len(deliveries))
    rows = format_number(int(gone["withdrawn"].sum()))
    note = _("{n} baris, tidak ada yang dihapus").format(n=rows) if len(gone) else _("tidak ada")
    return Card(_("Kiriman ditarik"), value if len(deliveries) else "–", note)
