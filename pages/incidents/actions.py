"""What is done next with a case: each step is a new row, with who and when, through the door."""

from __future__ import annotations

import uuid
import zlib
from functools import partial

import pandas as pd
import streamlit as st

from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import RUJUKAN, SITUASI, TINGKAT
from situasi.domain.labels import label
from situasi.ingest import feeds, form_rows, write_scope
from situasi.ingest.pipeline import build_table, ingest_rows
from situasi.ingest.write_scope import WriteRefused
from situasi.store.interface import StoreError
from situasi.ui import filters, session, submission
from situasi.ui.components import markup
from situasi.ui.page_layout import View
from situasi.ui.submission import Answer

SOURCE = "papan"
_SAID = "_kejadian_langkah"
# What a step asks, from which words.
_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "diteruskan": {"rujukan": RUJUKAN},
    form_rows.REASSESS_STEP: {"tingkat": TINGKAT, "situasi": SITUASI},
}


def steps_bar(members: pd.DataFrame, status: str | None, made_up: bool) -> None:
    """The next steps of a case (its members: a merged one has several), for whoever may take them.

    made_up: the case is of an exercise, whose clock then tells when the step was taken.
    """
    _told()
    if not submission.allowed("tindak"):
        return
    with st.container(horizontal=True, key="langkah"):
        for step in form_rows.list_next_steps(status):
            _step(step, members, made_up)


def _name(step: str) -> str:
    return {
        "diverifikasi": _("Verifikasi"),
        "ditangani": _("Tugaskan"),
        "diteruskan": _("Teruskan"),
        "selesai": _("Selesaikan"),
        "tidak_terbukti": _("Tidak terbukti"),
        form_rows.REASSESS_STEP: _("Nilai ulang"),
    }[step]


def _step(step: str, members: pd.DataFrame, made_up: bool) -> None:
    """A button that asks what belongs to the step, and then keeps it."""
    key = f"{step}_{zlib.crc32(repr(members['case'].tolist()).encode()):x}"
    opened = st.popover(_name(step), key=key, on_change="rerun")
    if not opened.open:
        return
    with opened, st.form(f"{key}_isi", border=False):
        headings = _asked(step, key)
        st.text_input(_("Keterangan"), key=f"{key}_uraian", max_chars=500)
        st.form_submit_button(
            _("Simpan"), type="primary", on_click=_take,
            args=(step, key, (*headings, "uraian"), members, made_up),
        )  # fmt: skip


def _asked(step: str, key: str) -> tuple[str, ...]:
    """Draw what a step asks; its headings."""
    if step == "ditangani":
        st.text_input(_("Satuan yang menangani"), key=f"{key}_ditugaskan", max_chars=120)
        return ("ditugaskan",)
    choices = _CHOICES.get(step, {})
    titles = {"rujukan": _("Diteruskan ke"), "tingkat": _("Tingkat"), "situasi": _("Situasi")}
    for heading, codes in choices.items():
        st.selectbox(
            titles[heading], codes, index=None, key=f"{key}_{heading}",
            format_func=partial(label, heading), placeholder=_("tetap"),
        )  # fmt: skip
    return tuple(choices)


def _take(
    step: str, key: str, headings: tuple[str, ...], members: pd.DataFrame, made_up: bool
) -> None:
    session.speak()
    told = form_rows.keep_filled(
        **{name: st.session_state.get(f"{key}_{name}") for name in headings}
    )
    if step != form_rows.REASSESS_STEP:
        told["status"] = step
    if missing := _missing(step, told):
        st.session_state[_SAID] = Answer(refused=missing)
        return
    sent = submission.as_of_now(made_up)
    rows = form_rows.build_step_rows(board().register, members, told, sent, session.viewer().name)
    st.session_state[_SAID] = submission.send("incidents", rows, SOURCE, act="tindak")


def _missing(step: str, told: form_rows.RowCells) -> str | None:
    """What must be said before the step can be kept."""
    if step == "ditangani" and "ditugaskan" not in told:
        return _("tulis satuan yang menangani")
    if step == "diteruskan" and "rujukan" not in told:
        return _("pilih ke mana diteruskan")
    if step == form_rows.REASSESS_STEP and not {"tingkat", "situasi"} & set(told):
        return _("pilih tingkat atau situasi")
    return None


def _told() -> None:
    """Say once what came of the last step."""
    answer: Answer | None = st.session_state.pop(_SAID, None)
    if answer is None or answer.accepted:
        return
    reasons = dict.fromkeys(reason for held in answer.held.values() for reason in held.reasons)
    same = _("sama persis dengan yang sudah tercatat; tulis keterangannya")
    why = answer.refused or "; ".join(reasons) or same
    st.warning(markup.plain(_("Langkah belum tersimpan: {why}").format(why=why)))


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
        scope = write_scope.build_viewer_scope(session.viewer(), "gabung")
        within = write_scope.bind_context(shown.ingest_context, scope, shown.store, "merges", now)
        # A decision that does not stand is told at once; in quarantine nobody would take it up.
        judged = feeds.check(build_table([row]), "merges", within, now)
        if judged.rejected:
            return "; ".join(why for one in judged.rejected for why in one.reasons)
        ingest_rows(
            [row], "papan", shown.store, shown.ingest_context, scope, feed="merges", now=now
        )
    except (StoreError, WriteRefused) as error:
        return str(error)
    session.wrote()
    return None
