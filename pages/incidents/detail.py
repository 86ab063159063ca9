"""One case: what is known of it, its history, and what it was merged with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.incidents import actions as incidents_actions
from pages.incidents import markup as incidents_markup
from pages.incidents import panels as incidents_panels
from pages.incidents.actions import render_steps
from situasi.analysis.situation.worklist import CaseDetail, Worklist, find_case_detail
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import page_layout
from situasi.ui.components import history, markup
from situasi.ui.components.history import HistoryEntry
from situasi.ui.page_layout import PageContext
from situasi.ui.wording import incidents as say

# A sender can tell of one case ten thousand times, and a group can be as large.
MAX_ROWS, MAX_MERGES = 200, 100


def render_detail_panel(worklist: Worklist, context: PageContext) -> None:
    """The case that the address names."""
    shown = find_case_detail(worklist, incidents_panels.get_selected_case() or "")
    with markup.row():
        page_layout.render_section_title(_("Rincian"))
        st.button(
            _("Kembali ke yang lewat waktu"),
            on_click=incidents_panels.select_case,
            args=(None,),
            type="tertiary",
        )
    if shown is None:
        markup.render_empty_state(_("Laporan ini tidak dikenal pada saat yang ditampilkan."))
        return
    _render_head(shown, context)
    render_steps(shown.members, shown.case["status"], bool(shown.case["latihan"]))
    with st.container(height=320, border=False, key="riwayat"):
        newest = shown.rows.head(MAX_ROWS)
        history.render_history(
            [_build_history_entry(row, shown, context) for row in newest.itertuples()]
        )
    _render_truncation_note(len(newest), len(shown.rows), _("{n} dari {all} laporan, yang terbaru"))
    if len(shown.effective_merges):
        _render_merges(shown, context)


def _render_truncation_note(shown_count: int, total: int, template: str) -> None:
    """That not all is shown. said: with {n} and {all}."""
    if shown_count < total:
        st.caption(
            template.format(n=i18n.format_number(shown_count), all=i18n.format_number(total))
        )


def _render_head(case_detail: CaseDetail, context: PageContext) -> None:
    head = case_detail.case
    tingkat = head["tingkat"] if isinstance(head["tingkat"], str) else None
    late = "" if case_detail.overdue_row is None else say.format_overdue(case_detail.overdue_row)
    title = label("jenis", head["jenis"])
    if head["latihan"]:
        title = f"{title} · " + _("LATIHAN")
    incidents_markup.render_case(
        tingkat, title, say.format_place(head), late, _build_facts(case_detail, context)
    )


def _build_facts(case_detail: CaseDetail, context: PageContext) -> list[tuple[str, str]]:
    """What is known; what nobody stated says so where it is awaited, else it is left out."""
    head = case_detail.case
    unit = head["ditugaskan"]
    facts = [
        (_("Status"), label("status", head["status"])),
        (_("Tingkat"), label("tingkat", head["tingkat"])),
        (_("Situasi"), label("situasi", head["situasi"])),
        (_("Terjadi"), say.format_occurrence_time(head, context.view_time.at)),
        (_("Diketahui"), say.format_time(head["first_known"], context.view_time.at)),
        (_("Ditugaskan"), say.format_unit(unit)),
        (_("Rujukan"), label("rujukan", head["rujukan"])),
        (_("Keandalan sumber dan isi"), say.format_grade(head) or _("belum dinilai")),
        (_("Id"), _format_ids(case_detail.members["id"])),
    ]
    return [(name, value) for name, value in facts if value]


def _format_ids(ids: pd.Series) -> str:
    named = ", ".join(ids.head(MAX_MERGES))
    more = len(ids) - MAX_MERGES
    return named if more <= 0 else _("{named} dan {n} lagi").format(
        named=named, n=i18n.format_number(more)
    )  # fmt: skip


def _build_history_entry(row: Any, case_detail: CaseDetail, context: PageContext) -> HistoryEntry:
    """One row: who told it, and what it added."""
    at = context.view_time.at
    notes = [row.id] if len(case_detail.members) > 1 else []
    if (row.known_at - row.told).total_seconds() >= 300:
        notes.append(_("diketahui {time}").format(time=say.format_time(row.known_at, at)))
    if isinstance(row.tingkat, str):
        notes.append(_("tingkat {word}").format(word=label("tingkat", row.tingkat)))
    if isinstance(row.situasi, str):
        notes.append(_("situasi {word}").format(word=label("situasi", row.situasi)))
    if grade := say.format_grade(row):
        notes.append(_("nilai sumber {grade}").format(grade=grade))
    if isinstance(row.ditugaskan, str):
        notes.append(_("ditugaskan {unit}").format(unit=row.ditugaskan))
    if isinstance(row.rujukan, str):
        notes.append(_("dirujuk ke {to}").format(to=label("rujukan", row.rujukan)))
    if isinstance(row.sumber, str):
        notes.append(row.sumber)
    return HistoryEntry(
        when=say.format_time(row.told, at),
        status=label("status", row.status),
        author=say.format_reporter(row.pelapor),
        text=row.uraian or "",
        note="".join(f" · {note}" for note in notes),
        flags=row.flags or "",
    )


def _render_merges(case_detail: CaseDetail, context: PageContext) -> None:
    """What holds the group together, each with the way back."""
    page_layout.render_section_title(
        _("Gabungan {n} laporan").format(n=i18n.format_number(len(case_detail.members)))
    )
    name_of = dict(zip(case_detail.members["case"], case_detail.members["id"], strict=True))
    listed = case_detail.effective_merges.head(MAX_MERGES)
    for bond in listed.itertuples():
        _render_merge(bond, name_of, context)
    _render_truncation_note(
        len(listed), len(case_detail.effective_merges), _("{n} dari {all} penggabungan")
    )
    incidents_actions.render_merge_hint(context)


def _render_merge(merge: Any, id_by_case: Mapping[str, str], context: PageContext) -> None:
    with markup.row():
        incidents_markup.render_line(
            _("{one} dan {other} · {time} · {who}: {why}").format(
                one=id_by_case[merge.kasus],
                other=id_by_case[merge.ke],
                time=say.format_time(merge.occurred_at, context.view_time.at),
                who=merge.pelapor or "",
                why=merge.alasan_gabung or "",
            )
        )
        if incidents_actions.may_merge(context):
            incidents_actions.render_decision(
                "pisah", _("Pisahkan"), merge.kasus, merge.ke, merge.latihan
            )
