"""Submitting a form: its outcome in one line; a rejected row stays in the form."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import streamlit as st

from pages.report_entry import fields
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ingest import form_rows
from situasi.ingest.form_rows import RowCells
from situasi.ui import page_context, session, submission
from situasi.ui.components import markup, receipt
from situasi.ui.submission import RejectedInput, SubmissionResult

SOURCE = "formulir"
_OUTCOME_KEY, _QUARANTINED_KEY = "_lapor_kabar", "_lapor_tertahan"


def render_submit_button(feed: str, headings: Sequence[str], title: str) -> None:
    """Draw the button at the end of a form that sends it."""
    st.form_submit_button(title, type="primary", on_click=_on_send, args=(feed, tuple(headings)))


def render_restart_button(feed: str, headings: Sequence[str]) -> None:
    """Draw the button that leaves the rejected row in quarantine and starts a new one."""
    quarantined_row = _find_quarantined_row(feed)
    if quarantined_row is None:
        return
    with markup.row():
        text = _("Isian ini memperbaiki baris karantina {no}. Yang baru dimulai dengan tombol ini.")
        st.caption(text.format(no=quarantined_row.quarantine_number or ""))
        st.button(
            _("Mulai laporan baru"), key=f"baru_{feed}", on_click=_reset_form,
            args=(feed, tuple(headings)),
        )  # fmt: skip


def _reset_form(feed: str, headings: tuple[str, ...]) -> None:
    st.session_state.get(_QUARANTINED_KEY, {}).pop(feed, None)
    fields.clear_fields(
        ("desa", *(heading for heading in headings if heading not in fields.STICKY_FIELDS))
    )


def _find_quarantined_row(feed: str) -> RejectedInput | None:
    quarantined_row: RejectedInput | None = st.session_state.get(_QUARANTINED_KEY, {}).get(feed)
    return quarantined_row


def _on_send(feed: str, headings: tuple[str, ...]) -> None:
    """Submit what is filled in besides place and time; an accepted row empties the form."""
    session.use_url_language()
    kecamatan, desa = fields.selected_place()
    values = {name: fields.field_value(name) for name in headings if name not in {"jam", "tps"}}
    if not any(text for name, text in values.items() if name not in fields.STICKY_FIELDS):
        refusal = _("formulirnya kosong; isi dahulu apa yang dilaporkan")
        save_outcome(label("feed", feed), SubmissionResult(refusal=refusal))
        return
    cells = {
        **form_rows.build_place_cells(
            board().register, kecamatan, desa, fields.field_value("tps") or ""
        ),
        **fields.current_submission(page_context.get_current()).build_cells(
            fields.field_value("jam") or ""
        ),
        **form_rows.keep_filled(**values),
    }
    answer = submit_row(feed, cells, _find_quarantined_row(feed))
    st.session_state.setdefault(_QUARANTINED_KEY, {}).pop(feed, None)
    if answer.is_ok:
        _reset_form(feed, headings)
    elif answer.rejected:
        st.session_state[_QUARANTINED_KEY][feed] = answer.rejected[0]


def submit_row(
    feed: str, cells: RowCells, quarantined_row: RejectedInput | None = None
) -> SubmissionResult:
    """Submit one row, and keep its outcome for `render_outcome`."""
    answer = submission.submit_rows(
        feed, [submission.mark_as_correction(cells, quarantined_row)], SOURCE
    )
    save_outcome(_format_row_name(feed, cells), answer)
    return answer


def _format_row_name(feed: str, cells: RowCells) -> str:
    """Return the row in a few words."""
    column = {"incidents": "jenis", "tps": "fase", "personnel": "checkin"}[feed]
    name = label(column, cells.get(column)) if column in cells else label("feed", feed)
    tps = f"TPS {cells['tps']}" if "tps" in cells else ""
    code = cells.get("kode_kecamatan")
    kecamatan = board().register.name_of(code) if code else ""
    return " · ".join(part for part in (name, kecamatan, cells.get("desa", ""), tps) if part)


def save_outcome(
    row_name: str,
    answer: SubmissionResult,
    on_undone: Callable[[], object] | None = None,
    act: Hashable = None,
) -> None:
    """Confirm what was stored; keep anything else that needs reading until the next act.

    on_undone: called once the rows were withdrawn again. act: of the receipt; None: these rows.
    """
    name = f"{session.format_now()} · {row_name}"
    if not answer.is_ok or not answer.accepted:
        st.session_state[_OUTCOME_KEY] = (name, answer)
        return
    st.session_state.pop(_OUTCOME_KEY, None)
    text = _("diterima")
    if answer.accepted > 1 or answer.duplicate:
        counts = _("{n} diterima, {d} sudah ada")
        text = format_counts(counts, n=answer.accepted, d=answer.duplicate)

    def undo() -> None:
        submission.withdraw_rows(answer.batches, "masukkan")
        if on_undone is not None:
            on_undone()

    receipt.confirm(f"{name}: {text}", act=act or answer.batches, undo=undo)


def render_outcome() -> None:
    """Draw one line with what hinders the last report.

    Its container is drawn even when empty: the content below never moves, and a field in which
    somebody types is not redrawn.
    """
    with st.container(key="kabar_lapor"):
        _render_outcome_line()


def _render_outcome_line() -> None:
    if _OUTCOME_KEY not in st.session_state:
        return
    saved: tuple[str, SubmissionResult] = st.session_state[_OUTCOME_KEY]
    row_name, answer = saved
    draw: Callable[..., Any] = st.info
    text = _("sudah ada di papan, tidak disimpan dua kali")
    if answer.refusal:
        draw, text = st.error, _("tidak disimpan: {why}").format(why=answer.refusal)
    elif answer.rejected:
        draw, text = st.warning, format_quarantine(answer)
    draw(markup.escape_markdown(f"{row_name}: {text}"))


def format_quarantine(answer: SubmissionResult) -> str:
    """Return every reason, and the quarantine numbers of the rows."""
    reasons = dict.fromkeys(
        reason for rejected in answer.rejected.values() for reason in rejected.reasons
    )
    numbers = [
        str(rejected.quarantine_number)
        for rejected in answer.rejected.values()
        if rejected.quarantine_number
    ]
    text = _("belum diterima: {why}. Menunggu di karantina (no {no}) dan tetap di isian ini: "
             "perbaiki, lalu kirim lagi.")  # fmt: skip
    return text.format(why="; ".join(reasons), no=", ".join(numbers) or "–")
