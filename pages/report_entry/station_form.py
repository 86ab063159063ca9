"""The forms for phase and voters present: of one TPS, or of all TPS of a desa in one table."""

from functools import partial

import streamlit as st

from pages.report_entry import fields, submit
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FASE
from situasi.domain.labels import label
from situasi.ingest import form_rows
from situasi.ui import page_context, page_layout, session, submission
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.submission import RejectedInput, SubmissionResult

_FEED = "tps"
_HEADINGS = ("tps", "fase", "hadir", "pengawal", "jam", "pelapor")
_TIME_KEY = "lapor_jam_desa"
_CELL_HEADINGS = ("fase", "hadir", "pengawal")
# Rows of a whole desa that are in quarantine, by desa and TPS.
_QUARANTINED_KEY = "_lapor_desa_tertahan"


def render_station_panel(context: PageContext) -> None:
    """Draw the form of one TPS and the table of the desa."""
    left, right = st.columns([1, 1], gap="medium")
    with left:
        page_layout.render_section_title(_("Satu TPS"))
        _kecamatan, desa = fields.render_place_fields(context.register)
        _render_single_form(context, desa)
        submit.render_restart_button(_FEED, _HEADINGS)
    with right:
        _render_desa_form(context, desa)


def _render_single_form(context: PageContext, desa: str | None) -> None:
    with st.form("isian_tps", border=False):
        first_row = st.columns(3)
        fields.render_tps_field(first_row[0], context.register, desa)
        fields.render_choice_field(first_row[1], "fase", _("Fase"), FASE, _("ketik fase"))
        fields.render_text_field(first_row[2], "hadir", _("Pemilih hadir"), _("jumlah orang"), 20)
        second_row = st.columns(3)
        fields.render_text_field(
            second_row[0], "pengawal", _("Pengawal kotak"), _("nomor petugas atau NRP"), 120
        )
        fields.render_time_field(second_row[1], context)
        fields.render_reporter_field(second_row[2])
        submit.render_submit_button(_FEED, _HEADINGS, _("Kirim laporan TPS"))


def _render_desa_form(context: PageContext, desa: str | None) -> None:
    """Draw all TPS of the desa; an empty field reports nothing.

    Text fields, as st.data_editor loses keys typed while it loads: 187 voters become 87.
    """
    page_layout.render_section_title(_("Semua TPS satu desa"))
    if desa is None:
        markup.render_empty_state(
            _("Pilih kecamatan dan desa: semua TPS-nya muncul di sini dalam satu tabel.")
        )
        return
    with st.form(f"isian_desa_{desa}", border=False):
        for number in fields.list_tps_numbers(context.register, desa):
            _render_line(desa, number)
        left, right = st.columns(2, vertical_alignment="bottom")
        left.text_input(
            _("Jam untuk semua"), key=_TIME_KEY, placeholder=_("sekarang"), max_chars=40
        )
        right.form_submit_button(
            _("Kirim yang terisi"), type="primary", on_click=_on_send, args=(desa,)
        )
    st.caption(_("Kotak kosong tidak mengirim apa pun; nol ditulis 0."))


def _build_widget_key(desa: str, number: str, heading: str) -> str:
    return f"lapor_{desa}_{number}_{heading}"


def _render_line(desa: str, number: str) -> None:
    """Draw one TPS: its phase, voters and escort."""
    name = f"TPS {number}"
    columns = st.columns([2, 4, 3, 4], vertical_alignment="center")
    columns[0].text(name)
    columns[1].selectbox(
        f"{name} " + _("fase"),
        FASE,
        index=None,
        format_func=partial(label, "fase"),
        key=_build_widget_key(desa, number, "fase"),
        placeholder=_("fase"),
        label_visibility="collapsed",
    )
    for position, heading, title in ((2, "hadir", _("hadir")), (3, "pengawal", _("pengawal"))):
        columns[position].text_input(
            f"{name} {title}",
            key=_build_widget_key(desa, number, heading),
            placeholder=title,
            max_chars=120,
            label_visibility="collapsed",
        )


def _on_send(desa: str) -> None:
    """Submit the filled lines; accepted lines are emptied, rejected ones stay."""
    session.use_url_language()
    context, register = page_context.get_current(), board().register
    quarantined = st.session_state.setdefault(_QUARANTINED_KEY, {})
    lines = [
        {
            "tps": number,
            **{
                name: st.session_state.get(_build_widget_key(desa, number, name))
                for name in _CELL_HEADINGS
            },
        }
        for number in fields.list_tps_numbers(context.register, desa)
    ]
    time_text = str(st.session_state.get(_TIME_KEY) or "")
    rows = form_rows.build_station_rows(
        register, desa, lines, fields.current_submission(context), time_text
    )
    if not rows:
        empty_result = SubmissionResult(refusal=_("tidak ada yang terisi"))
        submit.save_outcome(register.name_of(desa), empty_result)
        return
    marked_rows = [
        submission.mark_as_correction(row, quarantined.get((desa, row["tps"]))) for row in rows
    ]
    answer = submission.submit_rows(_FEED, marked_rows, submit.SOURCE)
    submit.save_outcome(register.name_of(desa), answer)
    if answer.refusal is None:
        for position, row in enumerate(rows):
            _settle_line(desa, row["tps"], answer.rejected.get(position))


def _settle_line(desa: str, number: str, quarantined_row: RejectedInput | None) -> None:
    """Empty the line of an accepted TPS, or remember its row in quarantine."""
    st.session_state[_QUARANTINED_KEY].pop((desa, number), None)
    if quarantined_row is not None:
        st.session_state[_QUARANTINED_KEY][desa, number] = quarantined_row
        return
    for name in _CELL_HEADINGS:
        st.session_state[_build_widget_key(desa, number, name)] = None if name == "fase" else ""
