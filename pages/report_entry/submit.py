"""A form sent: what came of it, said in one line; a row that is held stays in its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.report_entry import fields
from situasi.board import current_board as board
from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ingest import form_rows
from situasi.ingest.form_rows import RowCells
from situasi.ui import session, submission
from situasi.ui.components import markup
from situasi.ui.submission import RejectedInput, SubmissionResult

SOURCE = "formulir"
_OUTCOME_KEY, _QUARANTINED_KEY = "_lapor_kabar", "_lapor_tertahan"


def render_submit_button(feed: str, headings: Sequence[str], title: str) -> None:
    """The end of a form: sends it, and says which row in quarantine it would correct."""
    st.form_submit_button(title, type="primary", on_click=_on_send, args=(feed, tuple(headings)))


def render_restart_button(feed: str, headings: Sequence[str]) -> None:
    """Leave the row that was held where it is, in quarantine, and begin another."""
    held = _find_quarantined_row(feed)
    if held is None:
        return
    with markup.row():
        said = _("Isian ini memperbaiki baris karantina {no}. Yang baru dimulai dengan tombol ini.")
        st.caption(said.format(no=held.quarantine_number or ""))
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
    found: RejectedInput | None = st.session_state.get(_QUARANTINED_KEY, {}).get(feed)
    return found


def _on_send(feed: str, headings: tuple[str, ...]) -> None:
    """Bring what is typed to the door. Accepted, the form is empty again; else all of it stays."""
    session.use_url_language()
    kecamatan, desa = fields.selected_place()
    typed = {
        heading: fields.field_value(heading)
        for heading in headings
        if heading not in {"jam", "tps"}
    }
    cells = {
        **form_rows.build_place_cells(
            board().register, kecamatan, desa, fields.field_value("tps") or ""
        ),
        **fields.current_submission().build_cells(fields.field_value("jam") or ""),
        **form_rows.keep_filled(**typed),
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
    """Send one row, and keep what came of it for `told`."""
    answer = submission.submit_rows(
        feed, [submission.mark_as_correction(cells, quarantined_row)], SOURCE
    )
    save_outcome(_format_row_name(feed, cells), answer)
    return answer


def _format_row_name(feed: str, cells: RowCells) -> str:
    """The row in a few words."""
    what = {"incidents": "jenis", "tps": "fase", "personnel": "checkin"}[feed]
    name = label(what, cells.get(what)) if what in cells else label("feed", feed)
    tps = f"TPS {cells['tps']}" if "tps" in cells else ""
    code = cells.get("kode_kecamatan")
    where = board().register.name_of(code) if code else ""
    return " · ".join(part for part in (name, where, cells.get("desa", ""), tps) if part)


def save_outcome(row_name: str, answer: SubmissionResult) -> None:
    """Keep what came of an act of this viewer until the next one."""
    at = session.now().astimezone(board().register.election.zone)
    st.session_state[_OUTCOME_KEY] = (f"{i18n.format_time(at)} · {row_name}", answer)


def render_outcome() -> None:
    """One line that says what the door said of the last report.

    Its place is kept before there is any: what stands below never moves, and a box in which
    somebody types already is not drawn anew.
    """
    with st.container(key="kabar_lapor"):
        _render_outcome_line()


def _render_outcome_line() -> None:
    if _OUTCOME_KEY not in st.session_state:
        return
    what, answer = st.session_state[_OUTCOME_KEY]
    outcome: tuple[Callable[..., Any], str] = (st.success, _("diterima"))
    if answer.refused:
        outcome = (st.error, _("tidak disimpan: {why}").format(why=answer.refused))
    elif answer.held:
        outcome = (st.warning, format_quarantine(answer))
    elif not answer.accepted:
        outcome = (st.info, _("sudah ada di papan, tidak disimpan dua kali"))
    elif answer.accepted > 1 or answer.duplicate:
        said = _("{n} diterima, {d} sudah ada")
        counts = said.format(
            n=i18n.format_number(answer.accepted), d=i18n.format_number(answer.duplicate)
        )
        outcome = (st.success, counts)
    draw, said = outcome
    draw(markup.escape_markdown(f"{what}: {said}"))


def format_quarantine(answer: SubmissionResult) -> str:
    """Every reason, and where the rows wait."""
    reasons = dict.fromkeys(reason for held in answer.rejected.values() for reason in held.reasons)
    numbers = [
        str(held.quarantine_number) for held in answer.rejected.values() if held.quarantine_number
    ]
    said = _("belum diterima: {why}. Menunggu di karantina (no {no}) dan tetap di isian ini: "
             "perbaiki, lalu kirim lagi.")  # fmt: skip
    return said.format(why="; ".join(reasons), no=", ".join(numbers) or "–")
