"""Actions on a case: each step is ingested as a new row with author and time."""

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
from situasi.store.model import StoreError
from situasi.ui import page_context, session, submission
from situasi.ui.components import receipt
from situasi.ui.page_context import PageContext
from situasi.ui.submission import SubmissionResult

SOURCE = "papan"
# Choices of the steps: codes by heading.
_STEP_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "diteruskan": {"rujukan": RUJUKAN},
    form_rows.REASSESS_STEP: {"tingkat": TINGKAT, "situasi": SITUASI},
}
_STEP_CODES = frozenset(heading for choices in _STEP_CHOICES.values() for heading in choices)
_MAX_REASON_LENGTH = 300
_MAX_NAMED_CASES = 3  # of a merged case, in a receipt


def render_steps(
    context: PageContext, members: pd.DataFrame, status: str | None, is_exercise: bool
) -> None:
    """Draw the next steps of a case, if the viewer may take them.

    members: the cases of a merged case, or the one. is_exercise: the case is of an exercise, so the
    time of the step is that of the exercise clock.
    """
    if not context.may_act("tindak"):
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
    """Draw a button that opens the form of a step."""
    key = f"{step}_{zlib.crc32(repr(members['case'].tolist()).encode()):x}"
    popover = st.popover(_step_title(step), key=key, on_change="rerun")
    if not popover.open:
        return
    with popover, st.form(f"{key}_isi", border=False):
        headings = _render_step_inputs(step, key)
        st.text_input(_("Keterangan"), key=f"{key}_uraian", max_chars=500)
        st.form_submit_button(
            _("Simpan"), type="primary", on_click=_on_save_step,
            args=(step, key, (*headings, "uraian"), members, is_exercise),
        )  # fmt: skip


def _render_step_inputs(step: str, key: str) -> tuple[str, ...]:
    """Draw the inputs of a step; return their headings."""
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
    cells = form_rows.keep_filled(
        **{name: st.session_state.get(f"{key}_{name}") for name in headings}
    )
    if step != form_rows.REASSESS_STEP:
        cells["status"] = step
    if missing := _check_complete(step, cells):
        receipt.refuse(_format_step_refusal(missing))
        return
    act = ("langkah", key, tuple(cells.items()))
    if receipt.is_repeated(act, key):
        return
    context = page_context.get_current()
    stamp = submission.build_report_time(context, is_exercise)
    rows = form_rows.build_step_rows(board().register, members, cells, stamp, context.viewer.name)
    result = submission.submit_rows("incidents", rows, SOURCE, act="tindak")
    if not result.accepted:
        receipt.refuse(_format_step_refusal(_find_reason(result)))
        return
    receipt.confirm(
        _format_step(step, members, cells), act=act, form=key,
        undo=partial(submission.withdraw_rows, result.batches, "tindak"),
    )  # fmt: skip


def _format_step(step: str, members: pd.DataFrame, cells: form_rows.RowCells) -> str:
    """Return what was written: the step, the cases, and what was typed."""
    names = ", ".join(members["id"].astype(str).head(_MAX_NAMED_CASES))
    typed = [
        label(heading, text) if heading in _STEP_CODES else text
        for heading, text in cells.items()
        if heading != "status"
    ]
    return " · ".join([_("Tercatat: {step}").format(step=_step_title(step)), names, *typed])


def _format_step_refusal(why: str) -> str:
    return _("Langkah belum tersimpan: {why}").format(why=why)


def _find_reason(result: SubmissionResult) -> str:
    """Return why no row of a step was accepted."""
    reasons = dict.fromkeys(reason for row in result.rejected.values() for reason in row.reasons)
    repeated = _("sama persis dengan yang sudah tercatat; tulis keterangannya")
    return result.refusal or "; ".join(reasons) or repeated


def _check_complete(step: str, cells: form_rows.RowCells) -> str | None:
    """Return what is missing before the step can be saved."""
    if step == "ditangani" and "ditugaskan" not in cells:
        return _("tulis satuan yang menangani")
    if step == "diteruskan" and "rujukan" not in cells:
        return _("pilih ke mana diteruskan")
    if step == form_rows.REASSESS_STEP and not {"tingkat", "situasi"} & set(cells):
        return _("pilih tingkat atau situasi")
    return None


def render_merge_hint(context: PageContext) -> None:
    """Draw why there are no merge buttons."""
    if not context.viewer.role.may("gabung"):
        st.caption(_("Menggabungkan dan memisahkan adalah tugas analis atau operator."))
    elif not context.view_time.live:
        st.caption(_("Kembali ke langsung untuk menggabungkan atau memisahkan."))


def render_decision(
    act: str, title: str, case: str, other_case: str, is_exercise: bool, reason: str = ""
) -> None:
    """Draw a button that asks for a reason and saves the decision.

    act: of feed_schemas.GABUNG. reason: what already speaks for it, to be kept or changed.
    """
    key = f"{act}_{zlib.crc32(repr((case, other_case)).encode()):x}"
    popover = st.popover(title, key=key, on_change="rerun")
    if popover.open:
        with popover:
            st.text_input(_("Alasan"), reason, key=f"{key}_alasan", max_chars=_MAX_REASON_LENGTH)
            st.button(
                _("Simpan"),
                key=f"{key}_simpan",
                type="primary",
                on_click=_on_decide,
                args=(act, case, other_case, is_exercise, key),
            )


def _on_decide(act: str, case: str, other_case: str, is_exercise: bool, key: str) -> None:
    session.use_url_language()
    reason = str(st.session_state.get(f"{key}_alasan", "")).strip()
    context = page_context.get_current()
    if not context.may_act("gabung"):
        return
    if not reason:
        receipt.refuse(_("Tulis alasannya lebih dahulu; tidak ada yang disimpan."))
        return
    if receipt.is_repeated((key, reason), key):
        return
    result = save_decision(context, act, case, other_case, reason, is_exercise)
    if result.refusal is not None:
        receipt.refuse(_("Keputusan tidak tersimpan: {why}").format(why=result.refusal))
        return
    text = _("Tercatat: digabung") if act == "gabung" else _("Tercatat: dua kejadian berbeda")
    receipt.confirm(
        f"{text} · {reason}", act=(key, reason), form=key,
        undo=partial(submission.withdraw_rows, result.batches, "gabung"),
    )  # fmt: skip


def save_decision(
    context: PageContext, act: str, case: str, other_case: str, reason: str, is_exercise: bool
) -> SubmissionResult:
    """Ingest the decision; the refusal is the error of the ingest or the store.

    is_exercise: both cases are of an exercise, so the decision has the time of the exercise clock.
    """
    now = session.now()
    time_text = (context.view_time.at if is_exercise else now).isoformat(timespec="seconds")
    row = {
        # A new id, so that gabung after pisah in the same minute is no duplicate.
        "id": f"G-{uuid.uuid4().hex[:12]}",
        "waktu": time_text,
        "waktu_lapor": time_text,
        "kasus": case,
        "ke": other_case,
        "tindakan": act,
        "alasan_gabung": reason,
        "pelapor": context.viewer.name,
        "latihan": "ya" if is_exercise else "tidak",
    }
    active = board()
    try:
        scope = write_scope.build_viewer_scope(context.viewer, "gabung")
        bound = write_scope.bind_context(active.ingest_context, scope, active.store, "merges", now)
        # An invalid decision is shown at once; in quarantine nobody would correct it.
        checked = feeds.check(build_table([row]), "merges", bound, now)
        if checked.rejected:
            reasons = (why for failed in checked.rejected for why in failed.reasons)
            return SubmissionResult(refusal="; ".join(reasons))
        result = ingest_rows(
            [row], "papan", active.store, active.ingest_context, scope, feed="merges", now=now
        )
    except (StoreError, WriteRefused) as error:
        return SubmissionResult(refusal=str(error))
    session.refresh_after_write()
    batches = () if result.batch is None else (result.batch,)
    return SubmissionResult(result.accepted, result.duplicate, batches=batches)
