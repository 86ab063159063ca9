"""Saying on the board that two cases are one, or are two: a row of its own through the door."""

from __future__ import annotations

import uuid
import zlib

import streamlit as st

from situasi.board import current as board
from situasi.common.i18n import _
from situasi.ingest import feeds, write_scope
from situasi.ingest.pipeline import as_table, ingest_rows
from situasi.ingest.write_scope import WriteRefused
from situasi.store.interface import StoreError
from situasi.ui import filters, session
from situasi.ui.page_layout import View

_TROUBLE = "_merge_trouble"


def allowed(view: View) -> bool:
    """Whether this viewer may merge, and looks at the present."""
    return view.at.live and session.viewer().role.may("gabung")


def note(view: View) -> None:
    """Why the buttons are missing, where they are."""
    if not session.viewer().role.may("gabung"):
        st.caption(_("Menggabungkan dan memisahkan adalah tugas analis atau operator."))
    elif not view.at.live:
        st.caption(_("Kembali ke langsung untuk menggabungkan atau memisahkan."))


def trouble() -> None:
    """Say once what went wrong with the last decision."""
    said = st.session_state.pop(_TROUBLE, None)
    if said == "":
        st.warning(_("Tulis alasannya lebih dahulu; tidak ada yang disimpan."))
    elif said is not None:
        st.error(_("Keputusan tidak tersimpan: {why}").format(why=said))


def decision(act: str, title: str, one: str, other: str, made_up: bool) -> None:
    """A button that asks for the reason and then keeps the decision. act: records.GABUNG."""
    key = f"{act}_{zlib.crc32(repr((one, other)).encode()):x}"
    opened = st.popover(title, key=key, on_change="rerun")
    if opened.open:
        with opened:
            st.text_input(_("Alasan"), key=f"{key}_alasan", max_chars=300)
            st.button(
                _("Simpan"),
                key=f"{key}_simpan",
                type="primary",
                on_click=_decide,
                args=(act, one, other, made_up, f"{key}_alasan"),
            )


def _decide(act: str, one: str, other: str, made_up: bool, reason_key: str) -> None:
    reason = str(st.session_state.get(reason_key, "")).strip()
    at = session.moment(filters.past_moment(), session.picture())
    if not (at.live and session.viewer().role.may("gabung")):
        return
    st.session_state[_TROUBLE] = keep(act, one, other, reason, made_up, at) if reason else ""
    if st.session_state[_TROUBLE] is None:
        del st.session_state[_TROUBLE]


def keep(
    act: str, one: str, other: str, reason: str, made_up: bool, at: session.Moment
) -> str | None:
    """Bring the decision through the door; what the door or the store said against it.

    made_up: both cases are of an exercise. Its own clock then tells when this was decided.
    """
    now = session.now()
    when = (at.at if made_up else now).isoformat(timespec="seconds")
    row = {
        # Its own id, so that gabung after pisah in one minute is no repetition.
        "id": f"G-{uuid.uuid4().hex[:12]}",
        "waktu": when,
        "waktu_lapor": when,
        "kasus": one,
        "ke": other,
        "tindakan": act,
        "alasan_gabung": reason,
        "pelapor": session.viewer().name,
        "latihan": "ya" if made_up else "tidak",
    }
    shown = board()
    try:
        scope = write_scope.for_viewer(session.viewer(), "gabung")
        within = write_scope.bound(shown.context, scope, shown.store, "merges", now)
        # A decision that does not stand is told at once; in quarantine nobody would take it up.
        judged = feeds.check(as_table([row]), "merges", within, now)
        if judged.rejected:
            return "; ".join(why for one in judged.rejected for why in one.reasons)
        ingest_rows([row], "papan", shown.store, shown.context, scope, feed="merges", now=now)
    except (StoreError, WriteRefused) as error:
        return str(error)
    session.wrote()
    return None
