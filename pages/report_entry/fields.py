"""What every form of the page Lapor asks: real or LATIHAN, the place, the moment, the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ingest.form_rows import SubmissionStamp
from situasi.ui import session, url_state
from situasi.ui.components import markup
from situasi.ui.submission import build_report_time

_EXERCISE = "lapor_latihan"
_KECAMATAN, _DESA = "lapor_kecamatan", "lapor_desa"
# What stays for the next report, also when another page was shown in between.
STAYS = ("kecamatan", "pelapor")
_KEPT = "_lapor_tetap"


def key(heading: str) -> str:
    """The widget of a cell."""
    return f"lapor_{heading}"


def typed(heading: str) -> Any:
    return st.session_state.get(key(heading))


def exercise_switch() -> None:
    """Whether what is typed is made up: asked while the board shows an exercise."""
    if not session.get_snapshot_view().snapshot.rehearsal:
        return
    st.session_state.setdefault(_EXERCISE, "ya" if _played() else "tidak")
    names = {"ya": _("LATIHAN"), "tidak": _("sungguhan")}
    st.segmented_control(
        _("Laporan ini"), list(names), format_func=names.__getitem__, key=_EXERCISE, required=True,
        label_visibility="collapsed",
    )  # fmt: skip


def exercise_band() -> None:
    """What the switch says, and by which clock: it must not be overlooked."""
    if not session.get_snapshot_view().snapshot.rehearsal:
        return
    now = sent()
    said = _("Ditulis sebagai LATIHAN, jam latihan {time}")
    if not now.is_exercise:
        said = _("Ditulis sebagai laporan SUNGGUHAN, pukul {time}")
    clock = f"{i18n.format_date(now.sent_at)} {i18n.format_time(now.sent_at)} {board().register.election.zone_label}"
    with st.container(key="ditulis"):
        markup.render_banners([("latihan" if now.is_exercise else "past", said.format(time=clock))])


def _played() -> bool:
    return session.get_snapshot_view().snapshot.exercise_at is not None


def sent() -> SubmissionStamp:
    """How a row is sent now: as chosen on the switch; of an exercise by its own clock."""
    asked = st.session_state.get(_EXERCISE, "ya" if _played() else "tidak")
    return build_report_time(session.get_snapshot_view().snapshot.rehearsal and asked == "ya")


def place_boxes() -> tuple[str | None, str | None]:
    """Kecamatan and the desa of it, by typing; what is chosen. Outside of a form: one needs the
    other."""
    register = session.register()
    _recall("kecamatan", _first())
    left, right = st.columns(2)
    kecamatan = left.selectbox(
        _("Kecamatan"), list(register.kecamatan), index=None, format_func=register.name_of,
        key=_KECAMATAN, placeholder=_("ketik nama"), on_change=_another_kecamatan,
    )  # fmt: skip
    villages = [code for code, desa in register.desa.items() if desa.kecamatan == kecamatan]
    desa = right.selectbox(
        _("Desa"), villages, index=None, format_func=register.name_of, key=_DESA,
        placeholder=_("ketik nama") if kecamatan else _("pilih kecamatan dahulu"),
        on_change=clear, args=(("tps",),),
    )  # fmt: skip
    _keep("kecamatan")
    return kecamatan, desa


def chosen_place() -> tuple[str | None, str | None]:
    """What the place boxes hold, in a callback."""
    return st.session_state.get(_KECAMATAN), st.session_state.get(_DESA)


def _first() -> str | None:
    """The only kecamatan of the viewer, or the one that the page was filtered by."""
    own = list(session.register().kecamatan)
    asked = [code for code in url_state.get_selected("kec") if code in own]
    return own[0] if len(own) == 1 else asked[0] if len(asked) == 1 else None


def _another_kecamatan() -> None:
    clear(("desa", "tps", "koordinat"))


def clear(headings: Sequence[str]) -> None:
    """Empty these boxes, in a callback."""
    for heading in headings:
        if key(heading) in st.session_state:
            st.session_state[key(heading)] = "" if heading in _LINES else None


# Boxes that hold a line of text; the others hold a choice.
_LINES = frozenset(("uraian", "jam", "hadir", "pengawal", "koordinat", "petugas"))


def _recall(heading: str, otherwise: str | None) -> None:
    kept = st.session_state.setdefault(_KEPT, {})
    st.session_state.setdefault(key(heading), kept.get(heading, otherwise))


def _keep(heading: str) -> None:
    st.session_state[_KEPT][heading] = typed(heading)


def tps_box(place: Any, desa: str | None) -> None:
    """The TPS of the desa; another number may be typed: how many a desa has is partly estimated."""
    tps = session.register().tps
    numbers = [f"{number:03d}" for number in tps.loc[tps["desa"] == desa, "nomor"]]
    place.selectbox(
        _("TPS"), numbers, index=None, key=key("tps"), placeholder=_("nomor"),
        accept_new_options=True,
    )  # fmt: skip


def choice(place: Any, heading: str, title: str, codes: Sequence[str], placeholder: str = ""
           ) -> None:  # fmt: skip
    """A word of a fixed vocabulary, by typing."""
    place.selectbox(
        title, list(codes), index=None, format_func=lambda code: label(heading, code),
        key=key(heading), placeholder=placeholder or _("belum dinilai"),
    )  # fmt: skip


def grade(place: Any, heading: str, title: str, codes: Sequence[str], meaning: str) -> None:
    """A grade that is its own word."""
    place.selectbox(
        title, list(codes), index=None, key=key(heading), placeholder=_("belum dinilai"),
        help=meaning,
    )  # fmt: skip


def text(place: Any, heading: str, title: str, placeholder: str = "", most: int = 500) -> None:
    """A line of text; Enter sends the form."""
    place.text_input(title, key=key(heading), placeholder=placeholder or None, max_chars=most)


def clock(place: Any) -> None:
    """When it happened: now, where nothing is typed."""
    now = i18n.format_time(sent().sent_at)
    text(place, "jam", _("Jam"), _("sekarang, {time}").format(time=now), 40)


def teller(place: Any) -> None:
    """The post or function for which somebody types; it stays for the next report."""
    _recall("pelapor", "")
    text(place, "pelapor", _("Dilaporkan untuk"), _("pos, polsek atau fungsi"), 120)
    _keep("pelapor")
