"""The panels of Tahapan dan giat: Gantt, SOP list, planned against done, agenda, joint work."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.activities import tables as shown
from pages.activities.data import ActivityData, build_timetable_figure
from pages.activities.markup import ChecklistItem, render_checklist, render_gantt_legend
from situasi.analysis.activities import activities, sop_checklist
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import filters, page_layout
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.page_layout import PageContext
from situasi.ui.tables import table_view

RUNNING_STAGE = "berjalan"  # in the address: whatever stage is running
_SHORT_TABLE_ROWS = 9  # rows of a table in sight, beside another
PROPOSAL_BASIS = "usulan"  # what sop.csv says of a line that is our own proposal


def render_gantt_panel(context: PageContext, data: ActivityData) -> None:
    with markup.row():
        page_layout.render_section_title(_("Tahapan"))
        table_view.render_table_popover(
            _("Semua tahap"), lambda: shown.build_stage_table(data.timetable), "semua_tahap"
        )
    # No report changes it: it is drawn once for a day.
    render_chart(
        "gantt",
        _("Tahapan pemilihan sebagai balok waktu, hari yang ditampilkan ditandai"),
        (),
        partial(build_timetable_figure, context.view_time.at.date()),
        dependencies=context.view_time.at.date(),
    )
    render_gantt_legend(
        [
            *((state, label("tahap", state)) for state in ("lewat", "berjalan", "akan")),
            ("ragu", _("tanggal belum pasti")),
        ]
    )
    undrawn = data.timetable[~data.timetable["drawn"]]
    if len(undrawn):
        names = "; ".join(undrawn["name"])
        said = _("Tidak digambar, tanggal tidak lengkap di sumber: {names}.")
        st.caption(said.format(names=names))


def render_sop_panel(data: ActivityData) -> None:
    with markup.row():
        page_layout.render_section_title(_("SOP menurut tahap"))
        asked = _render_stage_filter(data)
    codes, note = _choose_stage_codes(data, asked)
    lines = data.select_sop_lines(codes)
    if not lines:
        markup.render_empty_state(
            _("Tidak ada butir SOP untuk tahap berjalan atau berikut. Pilih tahap lain.")
        )
        return
    render_checklist(
        [
            (
                shown.format_stages((code,)),
                [_build_item(line) for line in data.select_sop_lines([code])],
            )
            for code in codes
            if data.select_sop_lines([code])
        ]
    )
    with markup.row():
        st.caption(note + _format_counts(sop_checklist.count_by_state(lines)), width="content")
        table_view.render_table_popover(
            _("Giat di balik daftar"),
            lambda: shown.build_checklist_table(data.activities, lines),
            "sop_baris",
        )


def _render_stage_filter(data: ActivityData) -> str:
    listed = list(dict.fromkeys(line.item.stage for line in data.sop_lines))
    names = {stage.code: stage.name for stage in board().register.stages}
    return filters.render_single_filter(
        st.selectbox, "tahap", _("Tahap"), [RUNNING_STAGE, *listed],
        lambda code: _("tahap berjalan") if code == RUNNING_STAGE else names[code],
        width=340,
    )  # fmt: skip


def _choose_stage_codes(data: ActivityData, stage_code: str) -> tuple[list[str], str]:
    """The stages whose lines are shown; the nearest to come where none that runs has any."""
    if stage_code != RUNNING_STAGE:
        return [stage_code], ""
    running = [stage.code for stage in data.running_stages]
    if data.select_sop_lines(running):
        return running, ""
    later = [stage.code for stage in data.upcoming_stages if data.select_sop_lines([stage.code])]
    note = _("Tahap berjalan tidak punya butir; ini tahap berikut. ") if later else ""
    return later[:1], note


def _format_counts(counts: dict[str, int]) -> str:
    said = [f"{label('sop', state)} {i18n.format_number(n)}" for state, n in counts.items() if n]
    total = _("dari {n} butir").format(n=i18n.format_number(sum(counts.values())))
    return " · ".join(said) + " " + total


def _build_item(line: sop_checklist.ChecklistItem) -> ChecklistItem:
    item = line.item
    ours = item.basis == PROPOSAL_BASIS
    who = " · ".join(filter(None, [shown.format_fungsi(item.fungsi), label("giat", item.giat)]))
    explained = _("usulan, dapat diubah Polres") if ours else item.basis
    return ChecklistItem(
        line.state, label("sop", line.state), item.text, who,
        _("usulan") if ours else _("bersumber"), explained,
    )  # fmt: skip


def render_matrix_panel(data: ActivityData) -> None:
    page_layout.render_section_title(
        _("Terlaksana dari yang diketahui, menurut fungsi dan kecamatan")
    )
    title = _("Giat menurut fungsi dan kecamatan")
    table_view.render_table(
        data.tables.matrix, "giat_matriks", title, visible_rows=_SHORT_TABLE_ROWS
    )
    st.caption(_("3/4: tiga terlaksana dari empat giat, tanpa yang batal. –: belum ada giat."))


def render_agenda_panel(data: ActivityData) -> None:
    page_layout.render_section_title(_("Agenda: direncanakan, belum terlaksana"))
    if data.agenda.empty:
        markup.render_empty_state(
            _("Tidak ada rencana yang menunggu. Kirim giat berstatus rencana.")
        )
    else:
        aside = [_("id"), _("pelapor")]
        table_view.render_table(
            data.tables.agenda,
            "agenda",
            _("Agenda giat"),
            visible_rows=_SHORT_TABLE_ROWS,
            file_only=aside,
        )
    if data.upcoming_stages:
        st.caption(_format_next_stage(data))


def _format_next_stage(data: ActivityData) -> str:
    """What is planned for the next stage: activities and lines of the SOP list."""
    nearest = [s for s in data.upcoming_stages if s.start == data.upcoming_stages[0].start]
    codes = [stage.code for stage in nearest]
    lines = data.select_sop_lines(codes)
    planned = sum(line.state != "belum" for line in lines)
    return _(
        "Untuk tahap berikut ({names}): {n} giat direncanakan; SOP {planned} dari {lines} butir."
    ).format(
        names="; ".join(stage.name for stage in nearest),
        n=i18n.format_number(len(activities.filter_by_stages(data.agenda, codes))),
        planned=i18n.format_number(planned),
        lines=i18n.format_number(len(lines)),
    )


def render_drills_panel(data: ActivityData) -> None:
    page_layout.render_section_title(_("Latihan"))
    if data.drills.empty:
        markup.render_empty_state(_("Belum ada latihan yang dilaporkan."))
        return
    aside = [_("giat"), _("fungsi"), _("id"), _("pelapor")]
    title = _("Latihan Sispamkota")
    table_view.render_table(
        data.tables.drills, "latihan", title, visible_rows=_SHORT_TABLE_ROWS, file_only=aside
    )


def render_joint_panel(data: ActivityData) -> None:
    with markup.row():
        page_layout.render_section_title(_("Kerja bersama menurut mitra"))
        together = data.activities[data.activities["mitra"].notna()]
        table_view.render_table_popover(
            _("Giat bersama"), lambda: shown.build_activity_table(together), "giat_bersama"
        )
    if not len(data.tables.joint):
        markup.render_empty_state(_("Belum ada giat yang menyebut mitra. Isi kolom mitra."))
        return
    table_view.render_table(
        data.tables.joint, "mitra", _("Kerja bersama"), visible_rows=_SHORT_TABLE_ROWS
    )
    if data.over_partner_limit:
        said = _("{n} giat menyebut lebih dari {most} mitra; {most} yang pertama dihitung di sini.")
        most = i18n.format_number(activities.MAX_PARTNERS)
        st.caption(said.format(n=i18n.format_number(data.over_partner_limit), most=most))


def render_unmatched_panel(data: ActivityData) -> None:
    """Activities with codes that the register does not have: listed, never dropped."""
    if len(data.unmatched):
        said = _("{n} giat dengan kode yang tidak cocok dengan daftar")
        title = said.format(n=i18n.format_number(len(data.unmatched)))
        table_view.render_table_popover(
            title, lambda: shown.build_activity_table(data.unmatched), "giat_asing"
        )
