"""One case: its facts, its history, and the cases it was merged with."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.incidents import actions, panels
from pages.incidents import markup as incidents_markup
from pages.incidents.actions import render_steps
from situasi.analysis.situation.worklist import CaseDetail, Worklist, find_case_detail
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation.numbers import format_moment
from situasi.ui import page_layout
from situasi.ui.components import history, markup
from situasi.ui.components.history import HistoryEntry
from situasi.ui.page_context import PageContext
from situasi.ui.wording import incidents

# A sender can report ten thousand times on one case, and a merged group can be as large.
MAX_ROWS, MAX_MERGES = 200, 100


def render_detail_panel(worklist: Worklist, context: PageContext) -> None:
    """Draw the case that the URL names."""
    detail = find_case_detail(worklist, panels.get_selected_case() or "")
    with markup.row():
        page_layout.render_section_title(_("Rincian"))
        st.button(
            _("Kembali ke yang lewat waktu"),
            on_click=panels.select_case,
            args=(None,),
            type="tertiary",
        )
    if detail is None:
        markup.render_empty_state(_("Laporan ini tidak dikenal pada saat yang ditampilkan."))
        return
    _render_head(detail, context)
    render_steps(context, detail.members, detail.case["status"], bool(detail.case["latihan"]))
    with st.container(height=320, border=False, key="riwayat"):
        newest = detail.rows.head(MAX_ROWS)
        history.render_history(
            [_build_history_entry(row, detail, context) for row in newest.itertuples()]
        )
    _render_truncation_note(
        len(newest), len(detail.rows), _("{n} dari {all} laporan, yang terbaru")
    )
    if len(detail.effective_merges):
        _render_merges(detail, context)


def _render_truncation_note(shown_count: int, total: int, template: str) -> None:
    """Draw a note that not all rows are shown; template: with {n} and {all}."""
    if shown_count < total:
        st.caption(format_counts(template, n=shown_count, all=total))


def _render_head(case_detail: CaseDetail, context: PageContext) -> None:
    case = case_detail.case
    tingkat = case["tingkat"] if isinstance(case["tingkat"], str) else None
    overdue = (
        "" if case_detail.overdue_row is None else incidents.format_overdue(case_detail.overdue_row)
    )
    title = label("jenis", case["jenis"])
    if case["latihan"]:
        title = f"{title} · " + _("LATIHAN")
    incidents_markup.render_case(
        tingkat, title, incidents.format_place(case), overdue, _build_facts(case_detail, context)
    )


def _build_facts(case_detail: CaseDetail, context: PageContext) -> list[tuple[str, str]]:
    """Return the known facts; a missing one is named only if it is expected, else left out."""
    case = case_detail.case
    unit = case["ditugaskan"]
    facts = [
        (_("Status"), label("status", case["status"])),
        (_("Tingkat"), label("tingkat", case["tingkat"])),
        (_("Situasi"), label("situasi", case["situasi"])),
        (_("Terjadi"), incidents.format_occurrence_time(case, context.view_time.at)),
        (_("Diketahui"), format_moment(case["first_known"], context.view_time.at)),
        (_("Ditugaskan"), incidents.format_unit(unit)),
        (_("Rujukan"), label("rujukan", case["rujukan"])),
        (_("Keandalan sumber dan isi"), incidents.format_grade(case) or _("belum dinilai")),
        (_("Id"), _format_ids(case_detail.members["id"])),
    ]
    return [(name, value) for name, value in facts if value]


def _format_ids(ids: pd.Series) -> str:
    text = ", ".join(ids.head(MAX_MERGES))
    more = len(ids) - MAX_MERGES
    return text if more <= 0 else _("{named} dan {n} lagi").format(
        named=text, n=format_number(more)
    )  # fmt: skip


def _build_history_entry(row: Any, case_detail: CaseDetail, context: PageContext) -> HistoryEntry:
    """Build the history entry of one row: who reported it, and what it added."""
    at = context.view_time.at
    notes = [row.id] if len(case_detail.members) > 1 else []
    if (row.known_at - row.reported_time).total_seconds() >= 300:
        notes.append(_("diketahui {time}").format(time=format_moment(row.known_at, at)))
    if isinstance(row.tingkat, str):
        notes.append(_("tingkat {word}").format(word=label("tingkat", row.tingkat)))
    if isinstance(row.situasi, str):
        notes.append(_("situasi {word}").format(word=label("situasi", row.situasi)))
    if grade := incidents.format_grade(row):
        notes.append(_("nilai sumber {grade}").format(grade=grade))
    if isinstance(row.ditugaskan, str):
        notes.append(_("ditugaskan {unit}").format(unit=row.ditugaskan))
    if isinstance(row.rujukan, str):
        notes.append(_("dirujuk ke {to}").format(to=label("rujukan", row.rujukan)))
    if isinstance(row.sumber, str):
        notes.append(row.sumber)
    return HistoryEntry(
        when=format_moment(row.reported_time, at),
        status=label("status", row.status),
        author=incidents.format_reporter(row.pelapor),
        text=row.uraian or "",
        note="".join(f" · {note}" for note in notes),
        flags=row.flags or "",
    )


def _render_merges(case_detail: CaseDetail, context: PageContext) -> None:
    """Draw the merges of the group, each with a button that undoes it."""
    page_layout.render_section_title(
        format_counts(_("Gabungan {n} laporan"), n=len(case_detail.members))
    )
    id_by_case = dict(zip(case_detail.members["case"], case_detail.members["id"], strict=True))
    listed = case_detail.effective_merges.head(MAX_MERGES)
    for merge in listed.itertuples():
        _render_merge(merge, id_by_case, context)
    _render_truncation_note(
        len(listed), len(case_detail.effective_merges), _("{n} dari {all} penggabungan")
    )
    actions.render_merge_hint(context)


def _render_merge(merge: Any, id_by_case: Mapping[str, str], context: PageContext) -> None:
    with markup.row():
        incidents_markup.render_line(
            _("{one} dan {other} · {time} · {who}: {why}").format(
                one=id_by_case[merge.kasus],
                other=id_by_case[merge.ke],
                time=format_moment(merge.occurred_at, context.view_time.at),
                who=merge.pelapor or "",
                why=merge.alasan_gabung or "",
            )
        )
        if context.may_act("gabung"):
            actions.render_decision("pisah", _("Pisahkan"), merge.kasus, merge.ke, merge.latihan)
