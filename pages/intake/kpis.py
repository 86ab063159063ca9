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


def figures(view: PageContext, found: DeliverySummary) -> list[Kpi]:
    feeds, ledger = found.feeds, found.batches
    came, told = bool(len(ledger)), intake_data.told_of(view)
    undone = ledger[ledger["taken_back"] > 0]
    return [
        Kpi("kiriman", _deliveries(view, ledger), lambda: intake_tables.ledger_table(ledger),
               (KpiValue(len(ledger) if came else None),)),
        Kpi("dibaca", _read(ledger), lambda: _feeds(view, feeds),
               (KpiValue(ledger["read"].sum() if came else None),)),
        Kpi("karantina", _waiting(view, feeds),
               (lambda: _feeds(view, feeds[feeds["waiting"] > 0])) if told else None,
               (KpiValue(feeds["waiting"].sum() if told else None),)),
        Kpi("senyap", _silent(feeds),
               lambda: _feeds(view, feeds[feeds["silent"] | feeds["expected"]]),
               (KpiValue(feeds["silent"].sum() if feeds["expected"].any() else None),)),
        Kpi("ditarik", _taken_back(ledger), lambda: intake_tables.ledger_table(undone),
               (KpiValue(len(undone) if came else None),)),
    ]  # fmt: skip


def _feeds(view: PageContext, feeds: pd.DataFrame) -> Table:
    return intake_tables.feeds_table(feeds, waiting=intake_data.told_of(view))


def _deliveries(view: PageContext, ledger: pd.DataFrame) -> Card:
    title = _("Kiriman")
    if ledger.empty:
        return Card(title, "–", _("belum ada kiriman"))
    newest = ledger["recorded_at"].max().to_pydatetime().astimezone(view.view_time.at.tzinfo)
    # The clock of an exercise, or of a past moment, is not the one that recorded.
    own = view.view_time.live and not view.view_time.is_exercise
    when = (
        i18n.format_relative_time(newest, view.view_time.at)
        if own
        else f"{i18n.format_date(newest)} {i18n.format_time(newest)}"
    )
    note = _("terakhir dicatat {when}").format(when=when)
    return Card(title, i18n.format_number(len(ledger)), note)


def _read(ledger: pd.DataFrame) -> Card:
    title = _("Baris dibaca")
    if ledger.empty:
        return Card(title, "–", _("belum ada kiriman"))
    note = _("{a} diterima + {d} ganda + {q} karantina").format(
        a=i18n.format_number(int(ledger["accepted"].sum())),
        d=i18n.format_number(int(ledger["duplicate"].sum())),
        q=i18n.format_number(int(ledger["quarantined"].sum())),
    )
    return Card(title, i18n.format_number(int(ledger["read"].sum())), note)


def _waiting(view: PageContext, feeds: pd.DataFrame) -> Card:
    title = _("Karantina")
    if not intake_data.told_of(view):
        return Card(title, "–", _("latihan: hanya untuk keadaan sekarang"))
    count = int(feeds["waiting"].sum())
    note = _("baris menunggu perbaikan") if count else _("tidak ada")
    return Card(title, i18n.format_number(count), note)


def _silent(feeds: pd.DataFrame) -> Card:
    title = _("Sumber senyap")
    expected, silent = feeds[feeds["expected"]], feeds[feeds["silent"]]
    if expected.empty:
        return Card(title, "–", _("di luar jam pemantauan"))
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(silent)), all=i18n.format_number(len(expected))
    )
    names = ", ".join(label("feed", feed) for feed in silent["feed"])
    return Card(title, value, names or _("semua melapor"), is_alarm=bool(names))


def _taken_back(ledger: pd.DataFrame) -> Card:
    undone = ledger[ledger["taken_back"] > 0]
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(undone)), all=i18n.format_number(len(ledger))
    )
    rows = i18n.format_number(int(undone["taken_back"].sum()))
    note = _("{n} baris, tidak ada yang dihapus").format(n=rows) if len(undone) else _("tidak ada")
    return Card(_("Kiriman ditarik"), value if len(ledger) else "–", note)
