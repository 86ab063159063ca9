"""The panels of Tahapan dan giat: Gantt, SOP list, planned against done, agenda, joint work."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.activities import tables as shown
from pages.activities.data import Work, timetable
from pages.activities.markup import Tick, checklist, key
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

NOW = "berjalan"  # in the address: whatever stage is running
_FEW = 9  # rows of a table in sight, beside another
USUAL = "usulan"  # what sop.csv says of a line that is our own proposal


def gantt_panel(view: PageContext, found: Work) -> None:
    with markup.row():
        page_layout.render_section_title(_("Tahapan"))
        table_view.render_table_popover(
            _("Semua tahap"), lambda: shown.timetable(found.timetable), "semua_tahap"
        )
    # No report changes it: it is drawn once for a day.
    render_chart(
        "gantt",
        _("Tahapan pemilihan sebagai balok waktu, hari yang ditampilkan ditandai"),
        (),
        partial(timetable, view.view_time.at.date()),
        dependencies=view.view_time.at.date(),
    )
    key(
        [
            *((state, label("tahap", state)) for state in ("lewat", "berjalan", "akan")),
            ("ragu", _("tanggal belum pasti")),
        ]
    )
    undrawn = found.timetable[~found.timetable["drawn"]]
    if len(undrawn):
        names = "; ".join(undrawn["name"])
        said = _("Tidak digambar, tanggal tidak lengkap di sumber: {names}.")
        st.caption(said.format(names=names))


def sop_panel(found: Work) -> None:
    with markup.row():
        page_layout.render_section_title(_("SOP menurut tahap"))
        asked = _chosen_stage(found)
    codes, note = _codes(found, asked)
    lines = found.lines_of(codes)
    if not lines:
        markup.render_empty_state(
            _("Tidak ada butir SOP untuk tahap berjalan atau berikut. Pilih tahap lain.")
        )
        return
    checklist(
        [
            (shown.stage_names((code,)), [_tick(line) for line in found.lines_of([code])])
            for code in codes
            if found.lines_of([code])
        ]
    )
    with markup.row():
        st.caption(note + _counted(sop_checklist.count_by_state(lines)), width="content")
        table_view.render_table_popover(
            _("Giat di balik daftar"), lambda: shown.checklist(found.cases, lines), "sop_baris"
        )


def _chosen_stage(found: Work) -> str:
    listed = list(dict.fromkeys(line.item.stage for line in found.lines))
    names = {stage.code: stage.name for stage in board().register.stages}
    return filters.render_single_filter(
        st.selectbox, "tahap", _("Tahap"), [NOW, *listed],
        lambda code: _("tahap berjalan") if code == NOW else names[code],
        width=340,
    )  # fmt: skip


def _codes(found: Work, asked: str) -> tuple[list[str], str]:
    """The stages whose lines are shown; the nearest to come where none that runs has any."""
    if asked != NOW:
        return [asked], ""
    running = [stage.code for stage in found.running]
    if found.lines_of(running):
        return running, ""
    later = [stage.code for stage in found.upcoming if found.lines_of([stage.code])]
    note = _("Tahap berjalan tidak punya butir; ini tahap berikut. ") if later else ""
    return later[:1], note


def _counted(counts: dict[str, int]) -> str:
    said = [f"{label('sop', state)} {i18n.format_number(n)}" for state, n in counts.items() if n]
    total = _("dari {n} butir").format(n=i18n.format_number(sum(counts.values())))
    return " · ".join(said) + " " + total


def _tick(line: sop_checklist.ChecklistItem) -> Tick:
    item = line.item
    ours = item.basis == USUAL
    who = " · ".join(filter(None, [shown.fungsi_name(item.fungsi), label("giat", item.giat)]))
    explained = _("usulan, dapat diubah Polres") if ours else item.basis
    return Tick(
        line.state, label("sop", line.state), item.text, who,
        _("usulan") if ours else _("bersumber"), explained,
    )  # fmt: skip


def matrix_panel(found: Work) -> None:
    page_layout.render_section_title(
        _("Terlaksana dari yang diketahui, menurut fungsi dan kecamatan")
    )
    title = _("Giat menurut fungsi dan kecamatan")
    table_view.render_table(found.tables.matrix, "giat_matriks", title, visible_rows=_FEW)
    st.caption(_("3/4: tiga terlaksana dari empat giat, tanpa yang batal. –: belum ada giat."))


def agenda_panel(found: Work) -> None:
    page_layout.render_section_title(_("Agenda: direncanakan, belum terlaksana"))
    if found.agenda.empty:
        markup.render_empty_state(
            _("Tidak ada rencana yang menunggu. Kirim giat berstatus rencana.")
        )
    else:
        aside = [_("id"), _("pelapor")]
        table_view.render_table(
            found.tables.agenda, "agenda", _("Agenda giat"), visible_rows=_FEW, file_only=aside
        )
    if found.upcoming:
        st.caption(_for_next(found))


def _for_next(found: Work) -> str:
    """What is planned for the next stage: activities and lines of the SOP list."""
    nearest = [s for s in found.upcoming if s.start == found.upcoming[0].start]
    codes = [stage.code for stage in nearest]
    lines = found.lines_of(codes)
    planned = sum(line.state != "belum" for line in lines)
    return _(
        "Untuk tahap berikut ({names}): {n} giat direncanakan; SOP {planned} dari {lines} butir."
    ).format(
        names="; ".join(stage.name for stage in nearest),
        n=i18n.format_number(len(activities.filter_by_stages(found.agenda, codes))),
        planned=i18n.format_number(planned),
        lines=i18n.format_number(len(lines)),
    )


def drills_panel(found: Work) -> None:
    page_layout.render_section_title(_("Latihan"))
    if found.drills.empty:
        markup.render_empty_state(_("Belum ada latihan yang dilaporkan."))
        return
    aside = [_("giat"), _("fungsi"), _("id"), _("pelapor")]
    title = _("Latihan Sispamkota")
    table_view.render_table(
        found.tables.drills, "latihan", title, visible_rows=_FEW, file_only=aside
    )


def joint_panel(found: Work) -> None:
    with markup.row():
        page_layout.render_section_title(_("Kerja bersama menurut mitra"))
        together = found.cases[found.cases["mitra"].notna()]
        table_view.render_table_popover(
            _("Giat bersama"), lambda: shown.readable(together), "giat_bersama"
        )
    if not len(found.tables.joint):
        markup.render_empty_state(_("Belum ada giat yang menyebut mitra. Isi kolom mitra."))
        return
    table_view.render_table(found.tables.joint, "mitra", _("Kerja bersama"), visible_rows=_FEW)
    if found.crowded:
        said = _("{n} giat menyebut lebih dari {most} mitra; {most} yang pertama dihitung di sini.")
        most = i18n.format_number(activities.MAX_PARTNERS)
        st.caption(said.format(n=i18n.format_number(found.crowded), most=most))


def strange_panel(found: Work) -> None:
    """Activities with codes that the register does not have: listed, never dropped."""
    if len(found.strange):
        said = _("{n} giat dengan kode yang tidak cocok dengan daftar")
        title = said.format(n=i18n.format_number(len(found.strange)))
        table_view.render_table_popover(title, lambda: shown.readable(found.strange), "giat_asing")
