"""What is done next with a case: each step is a new row, with who and when, through the door."""

from __future__ import annotations

import zlib
from functools import partial

import pandas as pd
import streamlit as st

from pages.report_entry import fields
from situasi.board import current as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import RUJUKAN, SITUASI, TINGKAT
from situasi.domain.labels import label
from situasi.ingest import form_rows
from situasi.ui import session, submission
from situasi.ui.components import markup
from situasi.ui.submission import Answer

SOURCE = "papan"
_SAID = "_kejadian_langkah"
# What a step asks, from which words.
_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "diteruskan": {"rujukan": RUJUKAN},
    form_rows.WEIGH: {"tingkat": TINGKAT, "situasi": SITUASI},
}


def steps_bar(members: pd.DataFrame, status: str | None, made_up: bool) -> None:
    """The next steps of a case (its members: a merged one has several), for whoever may take them.

    made_up: the case is of an exercise, whose clock then tells when the step was taken.
    """
    _told()
    if not submission.allowed("tindak"):
        return
    with st.container(horizontal=True, key="langkah"):
        for step in form_rows.steps(status):
            _step(step, members, made_up)


def _name(step: str) -> str:
    return {
        "diverifikasi": _("Verifikasi"),
        "ditangani": _("Tugaskan"),
        "diteruskan": _("Teruskan"),
        "selesai": _("Selesaikan"),
        "tidak_terbukti": _("Tidak terbukti"),
        form_rows.WEIGH: _("Nilai ulang"),
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
    told = form_rows.filled(**{name: st.session_state.get(f"{key}_{name}") for name in headings})
    if step != form_rows.WEIGH:
        told["status"] = step
    if missing := _missing(step, told):
        st.session_state[_SAID] = Answer(refused=missing)
        return
    sent = fields.as_of_now(made_up)
    rows = form_rows.step_rows(board().register, members, told, sent, session.viewer().name)
    st.session_state[_SAID] = submission.send("incidents", rows, SOURCE, act="tindak")


def _missing(step: str, told: form_rows.Cells) -> str | None:
    """What must be said before the step can be kept."""
    if step == "ditangani" and "ditugaskan" not in told:
        return _("tulis satuan yang menangani")
    if step == "diteruskan" and "rujukan" not in told:
        return _("pilih ke mana diteruskan")
    if step == form_rows.WEIGH and not {"tingkat", "situasi"} & set(told):
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
