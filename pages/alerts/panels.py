"""The panels of Peringatan: key figures, the open alerts, and those that have ended."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pandas as pd

from pages.alerts import tables as alerts_tables
from pages.alerts.data import Shown
from situasi.actions import alert_actions
from situasi.analysis.view_time import cache_minute
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.presentation import alerts as telling
from situasi.ui import page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Count, Figure
from situasi.ui.components.markup import Card
from situasi.ui.page_layout import View
from situasi.ui.tables import selectable
from situasi.ui.tables.table_view import Table

NAME = "alert"  # of the chosen one in the address
_OPEN_ROWS, _ENDED_ROWS = 14, 10  # in sight


def figures(found: Shown, view: View) -> list[Figure]:
    """How many are open, how many nobody saw, and how soon they are seen and acted on."""
    opened = found.open
    new = opened[opened["life"] == alert_actions.NEW]
    seen = found.lives[found.lives["to_seen"].notna()]
    acted = found.lives[found.lives["to_acted"].notna()]
    return [
        Figure(
            "peringatan_terbuka",
            Card(_("Peringatan terbuka"), i18n.format_number(len(opened)), _levels(opened)),
            partial(_table, opened, found, view),
            (Count(len(opened)),),
        ),
        Figure(
            "peringatan_baru",
            Card(_("Belum dilihat"), i18n.format_number(len(new)), _levels(new), alarm=_grave(new)),
            partial(_table, new, found, view),
            (Count(len(new)),),
        ),
        Figure(
            "peringatan_dilihat",
            Card(_("Sampai dilihat"), _median(seen["to_seen"]), _of(seen, found.lives)),
            partial(_table, seen, found, view),
        ),
        Figure(
            "peringatan_ditindak",
            Card(_("Sampai ditindak"), _median(acted["to_acted"]), _of(acted, found.lives)),
            partial(_table, acted, found, view),
        ),
    ]


def _levels(some: pd.DataFrame) -> str:
    """'2 kritis · 5 penting'."""
    rules = board().register.election.alerts
    counts = some["level"].value_counts()
    said = [f"{i18n.format_number(int(counts[place]))} {telling.level(rules, place)}"
            for place in reversed(range(len(rules.levels))) if place in counts]  # fmt: skip
    return " · ".join(said)


def _grave(some: pd.DataFrame) -> bool:
    return bool((some["level"] == len(board().register.election.alerts.levels) - 1).any())


def _median(spans: pd.Series) -> str:
    """Of those that were; nobody's is no zero."""
    if spans.empty:
        return "–"
    middle = float(spans.dt.total_seconds().median())
    return i18n.format_duration(timedelta(seconds=middle))


def _of(some: pd.DataFrame, every: pd.DataFrame) -> str:
    whole = i18n.format_number(len(every))
    if some.empty:
        return _("belum satu pun dari {all} peringatan").format(all=whole)
    return _("median dari {n} yang sudah; {all} peringatan seluruhnya").format(
        n=i18n.format_number(len(some)), all=whole
    )


def shows_neutrality(found: Shown) -> bool:
    return bool((found.lives["rule"] == "netralitas").any())


def open_panel(found: Shown, view: View) -> None:
    """The open alerts, the gravest first, then the newest."""
    opened = found.open
    title = _("{n} peringatan terbuka").format(n=i18n.format_number(len(opened)))
    page_layout.section(title)
    if opened.empty:
        markup.empty(
            _("Tidak ada peringatan terbuka pada pilihan ini. Itu bukan berarti tidak terjadi "
              "apa-apa: yang tidak dilaporkan tidak terlihat di sini.")
        )  # fmt: skip
        return
    _choosable(opened, found, view, "terbuka", title, _OPEN_ROWS)


def ended_panel(found: Shown, view: View) -> None:
    """The alerts that were closed, ended by themselves, or were replaced by a graver one."""
    ended = found.ended
    title = _("{n} peringatan selesai").format(n=i18n.format_number(len(ended)))
    page_layout.section(title)
    if ended.empty:
        markup.empty(_("Belum ada peringatan yang ditutup atau berakhir pada pilihan ini."))
    else:
        _choosable(ended, found, view, "selesai", title, _ENDED_ROWS)
    if found.withdrawn:
        count = i18n.format_number(len(found.withdrawn))
        said = _("{n} peringatan yang pernah dicatat tidak ada lagi: laporan dasarnya ditarik.")
        markup.empty(said.format(n=count))


def _choosable(
    some: pd.DataFrame, found: Shown, view: View, widget: str, title: str, most: int
) -> None:
    shown = _table(some, found, view)
    selectable.choosable(
        shown, some["key"].tolist(), NAME, widget, title, most=most, aside=alerts_tables.aside()
    )


def _table(some: pd.DataFrame, found: Shown, view: View) -> Table:
    """Made once of the same alerts."""
    at = cache_minute(view.at)
    return render_cache.once(
        "tabel_peringatan", (tuple(some["key"]), at), (found,),
        lambda shown: alerts_tables.listed(some, shown.raised, at),
    )  # fmt: skip
