"""The key figures of Kejadian: what is open and late, and how long the steps take."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from pages.incidents import tables as incidents_tables
from situasi.analysis.incidents import cases, milestones
from situasi.analysis.situation.worklist import Worklist
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT as LEVELS
from situasi.domain.labels import label
from situasi.ui.components import markup
from situasi.ui.components.kpi_row import Count, Figure
from situasi.ui.components.markup import Card
from situasi.ui.tables import table_view
from situasi.ui.wording import incidents as say


def figures(found: Worklist) -> list[Figure]:
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
            "terbuka", _open_card(found), lambda: table_view.readable(found.open_cases),
            (Count(len(found.open_cases)),),
        ),
        Figure(
            "lewat", _overdue_card(found), lambda: incidents_tables.overdue(found.overdue_cases),
            (Count(len(found.overdue_cases)),),
        ),
        *steps,
        Figure(
            "ganda", _twins_card(found), lambda: incidents_tables.pairs(found),
            (Count(found.pair_count),),
        ),
    ]  # fmt: skip


def _minutes(found: Worklist, step: str) -> float | None:
    median = found.durations[step].median
    return None if median is None else median / timedelta(minutes=1)


def _open_card(found: Worklist) -> Card:
    levels = cases.count_by_tingkat(found.open_cases)
    split = markup.counted(
        [
            (markup.sign(level), i18n.format_number(levels.get(level, 0)), label("tingkat", level))
            for level in (*reversed(LEVELS), None)
            if level or levels.get(None)
        ]
    )
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(found.open_cases)),
        all=i18n.format_number(len(found.selected_cases)),
    )
    return Card(_("Kejadian terbuka"), value, split, alarm=bool(levels.get("tinggi")))


def _overdue_card(found: Worklist) -> Card:
    value = _("{n} dari {all}").format(
        n=i18n.format_number(len(found.overdue_cases)),
        all=i18n.format_number(len(found.open_cases)),
    )
    if found.overdue_cases.empty:
        return Card(_("Lewat waktu"), value, _("tidak ada yang lewat batas"))
    grave = int((found.overdue_cases["tingkat"] == "tinggi").sum())
    note = _("terlama {time} · {n} tinggi").format(
        time=i18n.format_duration(found.overdue_cases["late"].iloc[0]), n=i18n.format_number(grave)
    )
    return Card(_("Lewat waktu"), value, note, alarm=True)


def _step_card(found: Worklist, step: str) -> Card:
    """The median, how many it is of, and the worst so far."""
    one = found.durations[step]
    title = _("Waktu sampai {step} (median)").format(step=say.step(step))
    counted = _("{done} selesai, {waiting} menunggu").format(
        done=i18n.format_number(one.done_count), waiting=i18n.format_number(one.waiting_count)
    )
    if one.longest is None:
        return Card(title, "–", _("belum ada yang dapat dihitung"))
    value = i18n.format_duration(one.median) if one.median is not None else _("belum separuh")
    worst = _("terlama {time} (masih menunggu)") if one.longest_is_open else _("terlama {time}")
    return Card(title, value, f"{counted} · {worst.format(time=i18n.format_duration(one.longest))}")


def _twins_card(found: Worklist) -> Card:
    joined = found.report_count - len(found.selected_cases)
    note = _("{n} laporan sudah digabung").format(n=i18n.format_number(joined))
    value = _("{n} pasang") if found.has_all_pairs else _("sedikitnya {n} pasang")
    return Card(_("Kemungkinan ganda"), value.format(n=i18n.format_number(found.pair_count)), note)
