"""The fields of every form of the page Lapor: exercise switch, place, time, codes and text."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from situasi.board import current_board as board
from situasi.common.formats import format_date, format_time
from situasi.common.i18n import _
from situasi.domain.labels import N_, format_jenis_choice, label
from situasi.domain.register import Register
from situasi.ingest.form_rows import SubmissionStamp
from situasi.ui import url_state
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.submission import build_report_time

_EXERCISE_KEY = "lapor_latihan"
_KECAMATAN_KEY, _DESA_KEY = "lapor_kecamatan", "lapor_desa"
# Fields kept for the next report, also after another page was opened.
STICKY_FIELDS = ("kecamatan", "pelapor")
_STICKY_KEY = "_lapor_tetap"
# What a heading of our files is called on the screen.
_HEADINGS = {
    "waktu": N_("waktu"), "kecamatan": N_("kecamatan"), "desa": N_("desa"), "tps": N_("TPS"),
    "lat": N_("lintang"), "lon": N_("bujur"), "jenis": N_("jenis"), "tingkat": N_("tingkat"),
    "situasi": N_("situasi"), "status": N_("status"), "fase": N_("fase"), "hadir": N_("hadir"),
    "hadir_dpt": N_("hadir dari DPT"), "hadir_dptb": N_("hadir dari DPTb"),
    "hadir_dpk": N_("hadir dari DPK"), "kontak": N_("kontak"), "petugas": N_("nomor petugas"),
    "checkin": N_("lapor diri"),
}  # fmt: skip


def format_heading(heading: str) -> str:
    """Return what a heading is called on the screen."""
    return _(_HEADINGS[heading]) if heading in _HEADINGS else heading


def widget_key(heading: str) -> str:
    """Return the key of the widget of a cell."""
    return f"lapor_{heading}"


def field_value(heading: str) -> Any:
    """Return the value of the widget of a cell."""
    return st.session_state.get(widget_key(heading))


def render_exercise_switch(context: PageContext) -> None:
    """Draw the switch between real and exercise reports, while the board shows an exercise."""
    if not context.has_exercise_rows:
        return
    st.session_state.setdefault(_EXERCISE_KEY, "ya" if context.exercise_at else "tidak")
    names = {"ya": _("LATIHAN"), "tidak": _("sungguhan")}
    st.segmented_control(
        _("Laporan ini"),
        list(names),
        format_func=names.__getitem__,
        key=_EXERCISE_KEY,
        required=True,
        label_visibility="collapsed",
    )


def render_exercise_banner(context: PageContext) -> None:
    """Draw a banner that says whether reports are written as exercise, and by which clock."""
    if not context.has_exercise_rows:
        return
    stamp = current_submission(context)
    text = _("Ditulis sebagai LATIHAN, jam latihan {time}")
    if not stamp.is_exercise:
        text = _("Ditulis sebagai laporan SUNGGUHAN, pukul {time}")
    time_text = (
        f"{format_date(stamp.sent_at)} {format_time(stamp.sent_at)} "
        f"{board().register.election.zone_label}"
    )
    with st.container(key="ditulis"):
        markup.render_banners(
            [("latihan" if stamp.is_exercise else "past", text.format(time=time_text))]
        )


def current_submission(context: PageContext) -> SubmissionStamp:
    """Return the stamp of a row sent now; an exercise report has the clock of the exercise."""
    choice = st.session_state.get(_EXERCISE_KEY, "ya" if context.exercise_at else "tidak")
    return build_report_time(context, context.has_exercise_rows and choice == "ya")


def render_place_fields(register: Register) -> tuple[str | None, str | None]:
    """Draw kecamatan and desa and return the chosen codes.

    They are outside of any form, because the choices of the second depend on the first.
    """
    _restore_field("kecamatan", _default_kecamatan(register))
    left, right = st.columns(2)
    kecamatan = left.selectbox(
        _("Kecamatan"), list(register.kecamatan), index=None, format_func=register.name_of,
        key=_KECAMATAN_KEY, placeholder=_("ketik nama"), on_change=_on_kecamatan_change,
    )  # fmt: skip
    villages = [code for code, desa in register.desa.items() if desa.kecamatan == kecamatan]
    desa = right.selectbox(
        _("Desa"), villages, index=None, format_func=register.name_of, key=_DESA_KEY,
        placeholder=_("ketik nama") if kecamatan else _("pilih kecamatan dahulu"),
        on_change=clear_fields, args=(("tps",),),
    )  # fmt: skip
    _save_field("kecamatan")
    return kecamatan, desa


def selected_place() -> tuple[str | None, str | None]:
    """Return the values of the place fields, in a callback."""
    return st.session_state.get(_KECAMATAN_KEY), st.session_state.get(_DESA_KEY)


def _default_kecamatan(register: Register) -> str | None:
    """Return the only kecamatan of the viewer, or the only one in the page filter."""
    visible = list(register.kecamatan)
    filtered = [code for code in url_state.get_selected("kec") if code in visible]
    return visible[0] if len(visible) == 1 else filtered[0] if len(filtered) == 1 else None


def _on_kecamatan_change() -> None:
    clear_fields(("desa", "tps", "koordinat"))


def clear_fields(headings: Sequence[str]) -> None:
    """Empty these fields, in a callback."""
    for heading in headings:
        if widget_key(heading) in st.session_state:
            st.session_state[widget_key(heading)] = "" if heading in _TEXT_FIELDS else None


# Fields with a line of text; the others hold a choice.
_TEXT_FIELDS = frozenset(("uraian", "jam", "hadir", "pengawal", "koordinat", "petugas"))


def _restore_field(heading: str, default: str | None) -> None:
    saved = st.session_state.setdefault(_STICKY_KEY, {})
    st.session_state.setdefault(widget_key(heading), saved.get(heading, default))


def _save_field(heading: str) -> None:
    st.session_state[_STICKY_KEY][heading] = field_value(heading)


def list_tps_numbers(register: Register, desa: str | None) -> list[str]:
    """Return the numbers of the TPS of a desa, as they are written."""
    return [f"{number:03d}" for number in register.tps.loc[register.tps["desa"] == desa, "nomor"]]


def render_tps_field(container: Any, register: Register, desa: str | None) -> None:
    """Draw the TPS of the desa; other numbers can be typed: some TPS counts are estimates."""
    container.selectbox(
        _("TPS"), list_tps_numbers(register, desa), index=None, key=widget_key("tps"),
        placeholder=_("nomor"), accept_new_options=True,
    )  # fmt: skip


def render_choice_field(
    container: Any, heading: str, title: str, codes: Sequence[str], placeholder: str = ""
) -> None:
    """Draw a choice from a fixed vocabulary."""
    container.selectbox(
        title, list(codes), index=None,
        format_func=format_jenis_choice if heading == "jenis" else partial(label, heading),
        key=widget_key(heading), placeholder=placeholder or _("belum dinilai"),
    )  # fmt: skip


def render_grade_field(
    container: Any, heading: str, title: str, codes: Sequence[str], help_text: str
) -> None:
    """Draw a choice from grades that need no label."""
    container.selectbox(
        title, list(codes), index=None, key=widget_key(heading), placeholder=_("belum dinilai"),
        help=help_text,
    )  # fmt: skip


def render_text_field(
    container: Any, heading: str, title: str, placeholder: str = "", max_chars: int = 500
) -> None:
    """Draw a line of text; Enter sends the form."""
    container.text_input(
        title, key=widget_key(heading), placeholder=placeholder or None, max_chars=max_chars
    )


def render_time_field(container: Any, context: PageContext) -> None:
    """Draw the time of the event; empty means now."""
    now = format_time(current_submission(context).sent_at)
    render_text_field(container, "jam", _("Jam"), _("sekarang, {time}").format(time=now), 40)


def render_reporter_field(container: Any) -> None:
    """Draw the post or function that the report is for; it is kept for the next report."""
    _restore_field("pelapor", "")
    render_text_field(
        container, "pelapor", _("Dilaporkan untuk"), _("pos, polsek atau fungsi"), 120
    )
    _save_field("pelapor")
