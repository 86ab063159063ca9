"""What is done next with a case: each step is a new row, with who and when, through the door."""

from __future__ import annotations

import uuid
import zlib
from functools import partial

import pandas as pd
import streamlit as st

from situasi.analysis.view_time import ViewTime
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
from situasi.ui.page_layout import PageContext
from situasi.ui.submission import SubmissionResult

SOURCE = "papan"
_STEP_RESULT_KEY = "_kejadian_langkah"
# What a step asks, from which words.
_STEP_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "diteruskan": {"rujukan": RUJUKAN},
    form_rows.REASSESS_STEP: {"tingkat": TINGKAT, "situasi": SITUASI},
}


def render_steps(members: pd.DataFrame, status: str | None, is_exercise: bool) -> None:
    """The next steps of a case (its members: a merged one has several), for whoever may take them.

    made_up: the case is of an exercise, whose clock then tells when the step was taken.
    """
    _render_step_result()
    if not submission.may_act("tindak"):
        return
    with st.container(horizontal=True, key="langkah"):
        for step in form_rows.list_next_steps(status):
            _render_step(step, members, is_exercise)


def _step_title(step: str) -> str:
    return {
        "diverifikasi": _("Verifikasi"),
        "ditangani": _("Tugaskan"),
        "diteruskan": _("Teruskan"),
        "selesai": _("Selesaikan"),
        "tidak_terbukti": _("Tidak terbukti"),
        form_rows.REASSESS_STEP: _("Nilai ulang"),
    }[step]


def _render_step(step: str, members: pd.DataFrame, is_exercise: bool) -> None:
    """A button that asks what belongs to the step, and then keeps it."""
    key = f"{step}_{zlib.crc32(repr(members['case'].tolist()).encode()):x}"
    opened = st.popover(_step_title(step), key=key, on_change="rerun")
    if not opened.open:
        return
    with opened, st.form(f"{key}_isi", border=False):
        headings = _render_step_inputs(step, key)
        st.text_input(_("Keterangan"), key=f"{key}_uraian", max_chars=500)
        st.form_submit_button(
            _("Simpan"), type="primary", on_click=_on_save_step,
            args=(step, key, (*headings, "uraian"), members, is_exercise),
        )  # fmt: skip


def _render_step_inputs(step: str, key: str) -> tuple[str, ...]:
    """Draw what a step asks; its headings."""
    if step == "ditangani":
        st.text_input(_("Satuan yang menangani"), key=f"{key}_ditugaskan", max_chars=120)
        return ("ditugaskan",)
    choices = _STEP_CHOICES.get(step, {})
    titles = {"rujukan": _("Diteruskan ke"), "tingkat": _("Tingkat"), "situasi": _("Situasi")}
    for heading, codes in choices.items():
        st.selectbox(
            titles[heading], codes, index=None, key=f"{key}_{heading}",
            format_func=partial(label, heading), placeholder=_("tetap"),
        )  # fmt: skip
    return tuple(choices)


def _on_save_step(
    step: str, key: str, headings: tuple[str, ...], members: pd.DataFrame, is_exercise: bool
) -> None:
    session.use_url_language()
    told = form_rows.keep_filled(
        **{name: st.session_state.get(f"{key}_{name}") for name in headings}
    )
    if step != form_rows.REASSESS_STEP:
        told["status"] = step
    if missing := _check_complete(step, told):
        st.session_state[_STEP_RESULT_KEY] = SubmissionResult(refusal=missing)
        return
    sent = submission.build_report_time(is_exercise)
    rows = form_rows.build_step_rows(board().register, members, told, sent, session.viewer().name)
    st.session_state[_STEP_RESULT_KEY] = submission.submit_rows(
        "incidents", rows, SOURCE, act="tindak"
    )


def _check_complete(step: str, cells: form_rows.RowCells) -> str | None:
    """What must be said before the step can be kept."""
    if step == "ditangani" and "ditugaskan" not in cells:
        return _("tulis satuan yang menangani")
    if step == "diteruskan" and "rujukan" not in cells:
        return _("pilih ke mana diteruskan")
    if step == form_rows.REASSESS_STEP and not {"tingkat", "situasi"} & set(cells):
        return _("pilih tingkat atau situasi")
    return None


def _render_step_result() -> None:
    """Say once what came of the last step."""
    answer: SubmissionResult | None = st.session_state.pop(_STEP_RESULT_KEY, None)
    if answer is None or answer.accepted:
        return
    reasons = dict.fromkeys(reason for held in answer.rejected.values() for reason in held.reasons)
    same = _("sama persis dengan yang sudah tercatat; tulis keterangannya")
    why = answer.refusal or "; ".join(reasons) or same
    st.warning(markup.escape_markdown(_("Langkah belum tersimpan: {why}").format(why=why)))


_MERGE_ERROR_KEY = "_merge_trouble"


def may_merge(context: PageContext) -> bool:
    """Whether this viewer may merge, and looks at the present."""
    return context.view_time.live and session.viewer().role.may("gabung")


def render_merge_hint(context: PageContext) -> None:
    """Why the buttons are missing, where they are."""
    if not session.viewer().role.may("gabung"):
        st.caption(_("Menggabungkan dan memisahkan adalah tugas analis atau operator."))
    elif not context.view_time.live:
        st.caption(_("Kembali ke langsung untuk menggabungkan atau memisahkan."))


def render_merge_error() -> None:
    """Say once what went wrong with the last decision."""
    said = st.session_state.pop(_MERGE_ERROR_KEY, None)
    if said == "":
        st.warning(_("Tulis alasannya lebih dahulu; tidak ada yang disimpan."))
    elif said is not None:
        st.error(_("Keputusan tidak tersimpan: {why}").format(why=said))


def render_decision(act: str, title: str, case: str, other_case: str, is_exercise: bool) -> None:
    """A button that asks for the reason and then keeps the decision. act: records.GABUNG."""
    key = f"{act}_{zlib.crc32(repr((case, other_case)).encode()):x}"
    opened = st.popover(title, key=key, on_change="rerun")
    if opened.open:
        with opened:
            st.text_input(_("Alasan"), key=f"{key}_alasan", max_chars=300)
            st.button(
                _("Simpan"),
                key=f"{key}_simpan",
                type="primary",
                on_click=_on_decide,
                args=(act, case, other_case, is_exercise, f"{key}_alasan"),
            )


def _on_decide(act: str, case: str, other_case: str, is_exercise: bool, reason_key: str) -> None:
    reason = str(st.session_state.get(reason_key, "")).strip()
    at = session.get_view_time(filters.get_past_time(), session.get_snapshot_view())
    if not (at.live and session.viewer().role.may("gabung")):
        return
    st.session_state[_MERGE_ERROR_KEY] = (
        save_decision(act, case, other_case, reason, is_exercise, at) if reason else ""
    )
    if st.session_state[_MERGE_ERROR_KEY] is None:
        del st.session_state[_MERGE_ERROR_KEY]


def save_decision(
    act: str, case: str, other_case: str, reason: str, is_exercise: bool, view_time: ViewTime
) -> str | None:
    """Bring the decision through the door; what the door or the store said against it.

    made_up: both cases are of an exercise. Its own clock then tells when this was decided.
    """
    now = session.now()
    when = (view_time.at if is_exercise else now).isoformat(timespec="seconds")
    row = {
        # Its own id, so that gabung after pisah in one minute is no repetition.
        "id": f"G-{uuid.uuid4().hex[:12]}",
        "waktu": when,
        "waktu_lapor": when,
        "kasus": case,
        "ke": other_case,
        "tindakan": act,
        "alasan_gabung": reason,
        "pelapor": session.viewer().name,
        "latihan": "ya" if is_exercise else "tidak",
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
    session.refresh_after_write()
    return None
