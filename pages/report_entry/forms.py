"""The forms for a new incident, nihil of a kecamatan and an officer's check-in."""

import streamlit as st

from pages.report_entry import fields, submit
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.feed_schemas import (
    CHECKIN,
    JENIS,
    KEANDALAN,
    KREDIBILITAS,
    SITUASI,
    STATUS,
    TINGKAT,
)
from situasi.domain.register import Register
from situasi.figures.maps import point_picker
from situasi.figures.theme import Theme
from situasi.ingest import form_rows
from situasi.ui import page_context, page_layout, session
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext

_FEED = "incidents"
_HEADINGS = (
    "tps", "jenis", "tingkat", "uraian", "jam", "situasi", "status", "pelapor", "keandalan",
    "kredibilitas", "koordinat",
)  # fmt: skip


def render_incident_panel(context: PageContext) -> None:
    """Draw the form of a new incident and the buttons for nihil."""
    left, right = st.columns([7, 3], gap="medium")
    with left:
        header = markup.row()
        with header:
            page_layout.render_section_title(_("Kejadian baru"))
        kecamatan, desa = fields.render_place_fields(context.register)
        with header:
            render_point_popover(kecamatan, context.theme)
        _render_form(context, desa)
        submit.render_restart_button(_FEED, _HEADINGS)
    with right:
        _render_nihil_buttons(context.register, kecamatan, desa)


def _render_form(context: PageContext, desa: str | None) -> None:
    """Draw the fields in the order of a spoken report; Enter in a line of text sends it."""
    with st.form("isian_kejadian", border=False):
        first_row = st.columns(3)
        fields.render_tps_field(first_row[0], context.register, desa)
        jenis = [code for code in JENIS if code != "nihil"]
        fields.render_choice_field(first_row[1], "jenis", _("Jenis"), jenis, _("ketik jenis"))
        fields.render_choice_field(first_row[2], "tingkat", _("Tingkat"), TINGKAT)
        fields.render_text_field(st, "uraian", _("Uraian"), _("apa yang terjadi; Enter mengirim"))
        second_row = st.columns(3)
        fields.render_time_field(second_row[0], context)
        fields.render_choice_field(second_row[1], "situasi", _("Situasi"), SITUASI)
        status = [code for code in STATUS if code != "nihil"]
        fields.render_choice_field(second_row[2], "status", _("Status"), status, _("dilaporkan"))
        third_row = st.columns([2, 1, 1, 2])
        fields.render_reporter_field(third_row[0])
        fields.render_grade_field(
            third_row[1], "keandalan", _("Sumber"), KEANDALAN,
            _("A dapat dipercaya sepenuhnya, E tidak dapat dipercaya, F belum dapat dinilai"),
        )  # fmt: skip
        fields.render_grade_field(
            third_row[2], "kredibilitas", _("Isi"), KREDIBILITAS,
            _("1 dikuatkan sumber lain, 5 tidak masuk akal, 6 belum dapat dinilai"),
        )  # fmt: skip
        fields.render_text_field(
            third_row[3], "koordinat", _("Koordinat"), "-3.2500, 104.6500", 120
        )
        submit.render_submit_button(_FEED, _HEADINGS, _("Kirim laporan"))


def _render_nihil_buttons(register: Register, kecamatan: str | None, desa: str | None) -> None:
    page_layout.render_section_title(_("Nihil sekarang, satu tekan"))
    with st.container(horizontal=True, key="nihil"):
        for code, place in register.kecamatan.items():
            st.button(place.name, key=f"nihil_{code}", on_click=_on_send_nihil, args=(code, None))
    if kecamatan and desa:
        st.button(
            _("Nihil di {place}").format(place=register.name_of(desa)), key="nihil_desa",
            on_click=_on_send_nihil, args=(kecamatan, desa),
        )  # fmt: skip
    st.caption(_("Menyatakan tidak ada kejadian di kecamatan itu pada saat ini."))


def _on_send_nihil(kecamatan: str, desa: str | None) -> None:
    session.use_url_language()
    pelapor = str(st.session_state.get(fields.widget_key("pelapor")) or "")
    stamp = fields.current_submission(page_context.get_current())
    row = form_rows.build_nihil_row(board().register, kecamatan, desa, stamp, pelapor)
    submit.submit_row(_FEED, row)


_OFFICER_FEED = "personnel"
_OFFICER_HEADINGS = ("petugas", "checkin", "tps", "jam", "uraian", "pelapor")


def render_officer_panel(context: PageContext) -> None:
    """Draw the form of an officer's check-in."""
    page_layout.render_section_title(_("Lapor diri petugas"))
    _kecamatan, desa = fields.render_place_fields(context.register)
    with st.form("isian_personel", border=False):
        first_row = st.columns(4)
        fields.render_tps_field(first_row[0], context.register, desa)
        fields.render_text_field(
            first_row[1],
            "petugas",
            _("Nomor petugas atau NRP"),
            _("bukan nama; NRP tidak disimpan, hanya penandanya"),
            40,
        )
        fields.render_choice_field(
            first_row[2], "checkin", _("Lapor diri"), CHECKIN, _("ketik jenis")
        )
        fields.render_time_field(first_row[3], context)
        second_row = st.columns(2)
        fields.render_text_field(second_row[0], "uraian", _("Keterangan"))
        fields.render_reporter_field(second_row[1])
        submit.render_submit_button(_OFFICER_FEED, _OFFICER_HEADINGS, _("Kirim lapor diri"))
    submit.render_restart_button(_OFFICER_FEED, _OFFICER_HEADINGS)


_MAP_KEY = "lapor_peta"


def render_point_popover(kecamatan: str | None, theme: Theme) -> None:
    """Draw a map for choosing a point; it is built only when it is opened."""
    popover = st.popover(
        _("Titik di peta"), key="titik", on_change="rerun", disabled=kecamatan is None
    )
    if popover.open and kecamatan is not None:
        with popover:
            _render_map(kecamatan, theme)


def _render_map(kecamatan: str, theme: Theme) -> None:
    boundaries = board().boundaries
    points, spacing_m = boundaries.sample_points(kecamatan, point_picker.MAX_POINTS)
    deck = point_picker.build_point_map(boundaries, kecamatan, points, theme)
    st.pydeck_chart(
        deck, width=point_picker.WIDTH, height=point_picker.HEIGHT, on_select=_on_map_click,
        key=_MAP_KEY, alt=_("Peta untuk memilih titik"),
    )  # fmt: skip
    text = _("Tekan titik kisi terdekat (tiap {n} m); koordinatnya masuk ke isian.")
    st.caption(format_counts(text, n=spacing_m))


def _on_map_click() -> None:
    """Write the clicked point into the field `koordinat`."""
    points = st.session_state[_MAP_KEY]["selection"]["objects"].get(point_picker.GRID_LAYER_ID, [])
    if points:
        lon, lat = points[0]["p"]
        st.session_state[fields.widget_key("koordinat")] = f"{lat:.5f}, {lon:.5f}"
