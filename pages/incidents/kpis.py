"""The key figures of Kejadian: what is open and late, and how long the steps take."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from pages.incidents import tables as incidents_tables
from situasi.analysis.incidents import cases, milestones
from situasi.analysis.situation.worklist import Casework
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT as LEVELS
from situasi.domain.labels import label
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Count, Figure
from situasi.ui.components.markup import Card
from situasi.ui.tables import table_view
from situasi.ui.wording import incidents as say


def figures(found: Casework) -> list[Figure]:
    """The figures; none where nobody reported anything."""
    if found.rows.empty:
        return []
    steps = [
        Figure(
            step, _step_card(found, step), partial(incidents_tables.stretch, found, step),
            (Count(_minutes(found, step), _("menit")),),
        )
        for step in milestones.STEPS
    ]  # fmt: skip
    return [
        Figure(
            "terbuka", _open_card(found), lambda: table_view.readable(found.open),
            (Count(len(found.open)),),
        ),
        Figure(
            "lewat", _overdue_card(found), lambda: incidents_tables.overdue(found.overdue),
            (Count(len(found.overdue)),),
        ),
        *steps,
        Figure(
            "ganda", _twins_card(found), lambda: incidents_tables.pairs(found),
            (Count(found.pairs),),
        ),
    ]  # fmt: skip


def _minutes(found: Casework, step: str) -> float | None:
    median = found.stretches[step].median
    return None if median is None else median / timedelta(minutes=1)


def _open_card(found: Casework) -> Card:
    levels = cases.by_tingkat(found.open)
    split = markup.counted(
        [
            (markup.sign(level), i18n.format_number(levels.get(level, 0)), label("tingkat", level))
            for level in (*reversed(LEVELS), None)
            if level or levels.get(None)
        ]
    )
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(found.open)), all=i18n.format_number(len(found.shown))
    )
    return Card(_("Kejadian terbuka"), value, split, alarm=bool(levels.get("tinggi")))


def _overdue_card(found: Casework) -> Card:
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(found.overdue)), all=i18n.format_number(len(found.open))
    )
    if found.overdue.empty:
        return Card(_("Lewat waktu"), value, _("tidak ada yang lewat batas"))
    grave = int((found.overdue["tingkat"] == "tinggi").sum())
    note = _("terlama {time} · {n} tinggi").format(
        time=i18n.format_duration(found.overdue["late"].iloc[0]), n=i18n.format_number(grave)
    )
    return Card(_("Lewat waktu"), value, note, alarm=True)


def _step_card(found: Casework, step: str) -> Card:
    """The median, how many it is of, and the worst so far."""
    one = found.stretches[step]
    title = _("Waktu sampai {step} (median)").format(step=say.step(step))
    counted = _("{done} selesai, {waiting} menunggu").format(
        done=i18n.format_number(one.done), waiting=i18n.format_number(one.waiting)
    )
    if one.worst is None:
        return Card(title, "–", _("belum ada yang dapat dihitung"))
    value = i18n.format_duration(one.median) if one.median is not None else _("belum separuh")
    worst = _("terlama {time} (masih menunggu)") if one.worst_open else _("terlama {time}")
    return Card(title, value, f"{counted} · {worst.format(time=i18n.format_duration(one.worst))}")


def _twins_card(found: Casework) -> Card:
    joined = found.reports - len(found.shown)
    note = _("{n} laporan sudah digabung").format(n=i18n.format_number(joined))
    value = _("{n} pasang") if found.all_pairs else _("sedikitnya {n} pasang")
    return Card(_("Kemungkinan ganda"), value.format(n=i18n.format_number(found.pairs)), note)
