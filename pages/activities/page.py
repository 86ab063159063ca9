"""Tahapan dan giat: stages, SOP checklist, planned and completed activities."""

from functools import partial

import streamlit as st

from pages.activities import tables
from pages.activities.data import ActivityTables, build_tables, build_timetable_figure
from pages.activities.kpis import build_kpis
from pages.activities.markup import ChecklistItem, render_checklist, render_gantt_legend
from situasi.analysis.activities import activities, sop_checklist
from situasi.analysis.activities.summary import ActivitySummary, compute_activity_summary
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.presentation import activities as activity_words
from situasi.presentation import definition_words
from situasi.ui import comparison, filters, page_layout, render_cache
from situasi.ui.components import markup
from situasi.ui.components.chart import render_chart
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view

RUNNING_STAGE = "berjalan"  # URL value for the running stages
_SHORT_TABLE_ROWS = 9  # of a table beside another one
PROPOSAL_BASIS = "usulan"  # basis in sop.csv of a line that we propose


def show(context: PageContext) -> None:
    """Draw the page Tahapan dan giat."""
    context = page_layout.begin_page(context, label("screen", "tahapan"))
    data = context.compute(compute_activity_summary, context.kecamatan)
    build = partial(build_kpis, today=context.view_time.at.date())
    comparison.render_kpis(
        context, "tahapan", data, build, compute_activity_summary, context.kecamatan
    )

    left, right = st.columns([11, 9], gap="medium")
    with left:
        render_gantt_panel(context, data)
    with right:
        render_sop_panel(data)

    if data.activities.empty:
        page_layout.render_missing_data(_("Belum ada laporan giat pada pilihan ini."))
    else:
        codes = context.selected_kecamatan()
        built = render_cache.get_or_build(
            "giat", tuple(codes), (data,), partial(build_tables, kecamatan_codes=codes)
        )
        # Each over the whole width: beside one another they would lose columns.
        render_matrix_panel(built)
        render_agenda_panel(data, built)
        render_drills_panel(data, built)
        render_joint_panel(data, built)
    render_unmatched_panel(data)


def render_gantt_panel(context: PageContext, data: ActivitySummary) -> None:
    """Draw the Gantt chart of the stages and its legend."""
    with markup.row():
        page_layout.render_section_title(_("Tahapan"))
        table_view.render_table_popover(
            _("Semua tahap"), lambda: tables.build_stage_table(data.timetable), "semua_tahap"
        )
    # No report changes it, so it is drawn once for each day.
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
        stage_names = activity_words.list_stage_names(board().register)
        names = "; ".join(stage_names[code] for code in undrawn["code"])
        text = _("Tidak digambar, tanggal tidak lengkap di sumber: {names}.")
        st.caption(text.format(names=names))


def render_sop_panel(data: ActivitySummary) -> None:
    """Draw the SOP checklist of the chosen stages."""
    with markup.row():
        page_layout.render_section_title(_("SOP menurut tahap"))
        stage_code = _render_stage_filter(data)
    codes, note = _choose_stage_codes(data, stage_code)
    lines = data.select_sop_lines(codes)
    if not lines:
        markup.render_empty_state(
            _("Tidak ada butir SOP untuk tahap berjalan atau berikut. Pilih tahap lain.")
        )
        return
    render_checklist(
        [
            (
                activity_words.format_stages(board().register, (code,)),
                [_build_item(line) for line in data.select_sop_lines([code])],
            )
            for code in codes
            if data.select_sop_lines([code])
        ]
    )
    with markup.row():
        st.caption(note + activity_words.format_sop_counts(lines), width="content")
        table_view.render_table_popover(
            _("Giat di balik daftar"),
            lambda: tables.build_checklist_table(data.activities, lines),
            "sop_baris",
        )


def _render_stage_filter(data: ActivitySummary) -> str:
    codes = list(dict.fromkeys(line.item.stage for line in data.sop_lines))
    names = activity_words.list_stage_names(board().register)
    return filters.render_single_filter(
        st.selectbox, "tahap", _("Tahap"), [RUNNING_STAGE, *codes],
        lambda code: _("tahap berjalan") if code == RUNNING_STAGE else names[code],
        width=340,
    )  # fmt: skip


def _choose_stage_codes(data: ActivitySummary, stage_code: str) -> tuple[list[str], str]:
    """Return the stages to show and a note; the next stage if no running one has SOP lines."""
    if stage_code != RUNNING_STAGE:
        return [stage_code], ""
    codes = data.list_current_sop_stages()
    running = {stage.code for stage in data.running_stages}
    is_next = bool(codes) and running.isdisjoint(codes)
    return codes, _("Tahap berjalan tidak punya butir; ini tahap berikut. ") if is_next else ""


def _build_item(line: sop_checklist.ChecklistItem) -> ChecklistItem:
    item = line.item
    is_proposal = item.basis == PROPOSAL_BASIS
    text = definition_words.translate(board().register.election, item.text)
    source = _("usulan, dapat diubah Polres") if is_proposal else item.basis
    return ChecklistItem(
        line.state, activity_words.format_sop_state(line), text,
        activity_words.format_sop_owner(item),
        _("usulan") if is_proposal else _("bersumber"), source,
    )  # fmt: skip


def render_matrix_panel(built: ActivityTables) -> None:
    """Draw the completed activities by fungsi and kecamatan."""
    page_layout.render_section_title(
        _("Terlaksana dari yang diketahui, menurut fungsi dan kecamatan")
    )
    title = _("Giat menurut fungsi dan kecamatan")
    table_view.render_table(built.matrix, "giat_matriks", title, visible_rows=_SHORT_TABLE_ROWS)
    st.caption(_("3/4: tiga terlaksana dari empat giat, tanpa yang batal. –: belum ada giat."))


def render_agenda_panel(data: ActivitySummary, built: ActivityTables) -> None:
    """Draw the planned activities."""
    page_layout.render_section_title(_("Agenda: direncanakan, belum terlaksana"))
    if data.agenda.empty:
        markup.render_empty_state(
            _("Tidak ada rencana yang menunggu. Kirim giat berstatus rencana.")
        )
    else:
        file_only = [_("id"), _("pelapor")]
        table_view.render_table(
            built.agenda,
            "agenda",
            _("Agenda giat"),
            visible_rows=_SHORT_TABLE_ROWS,
            file_only=file_only,
        )
    if data.upcoming_stages:
        st.caption(_format_next_stage(data))


def _format_next_stage(data: ActivitySummary) -> str:
    """Return what is planned for the next stage: activities and SOP lines."""
    stages = [
        stage for stage in data.upcoming_stages if stage.start == data.upcoming_stages[0].start
    ]
    codes = [stage.code for stage in stages]
    lines = data.select_sop_lines(codes)
    planned_count = sum(line.state != "belum" for line in lines)
    return _(
        "Untuk tahap berikut ({names}): {n} giat direncanakan; SOP {planned} dari {lines} butir."
    ).format(
        names="; ".join(activity_words.list_stage_names(board().register)[code] for code in codes),
        n=format_number(len(activities.filter_by_stages(data.agenda, codes))),
        planned=format_number(planned_count),
        lines=format_number(len(lines)),
    )


def render_drills_panel(data: ActivitySummary, built: ActivityTables) -> None:
    """Draw the drills."""
    page_layout.render_section_title(_("Latihan"))
    if data.drills.empty:
        markup.render_empty_state(_("Belum ada latihan yang dilaporkan."))
        return
    file_only = [_("giat"), _("fungsi"), _("id"), _("pelapor")]
    title = _("Latihan Sispamkota")
    table_view.render_table(
        built.drills, "latihan", title, visible_rows=_SHORT_TABLE_ROWS, file_only=file_only
    )


def render_joint_panel(data: ActivitySummary, built: ActivityTables) -> None:
    """Draw the activities by partner."""
    with markup.row():
        page_layout.render_section_title(_("Kerja bersama menurut mitra"))
        joint = data.activities[data.activities["mitra"].notna()]
        table_view.render_table_popover(
            _("Giat bersama"), lambda: tables.build_activity_table(joint), "giat_bersama"
        )
    if not len(built.joint):
        markup.render_empty_state(_("Belum ada giat yang menyebut mitra. Isi kolom mitra."))
        return
    table_view.render_table(
        built.joint, "mitra", _("Kerja bersama"), visible_rows=_SHORT_TABLE_ROWS
    )
    if data.over_partner_limit:
        text = _("{n} giat menyebut lebih dari {most} mitra; {most} yang pertama dihitung di sini.")
        limit = format_number(activities.MAX_PARTNERS)
        st.caption(text.format(n=format_number(data.over_partner_limit), most=limit))


def render_unmatched_panel(data: ActivitySummary) -> None:
    """Draw the activities with codes that are not in the register; they are never dropped."""
    if len(data.unmatched):
        text = _("{n} giat dengan kode yang tidak cocok dengan daftar")
        title = format_counts(text, n=len(data.unmatched))
        table_view.render_table_popover(
            title, lambda: tables.build_activity_table(data.unmatched), "giat_asing"
        )
