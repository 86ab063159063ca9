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
from situasi.ui.submission import QuarantinedRow, SubmissionResult

SOURCE = "formulir"
_SAID, _HELD = "_lapor_kabar", "_lapor_tertahan"


def button(feed: str, headings: Sequence[str], title: str) -> None:
    """The end of a form: sends it, and says which row in quarantine it would correct."""
    st.form_submit_button(title, type="primary", on_click=_send, args=(feed, tuple(headings)))


def start_anew(feed: str, headings: Sequence[str]) -> None:
    """Leave the row that was held where it is, in quarantine, and begin another."""
    held = _held(feed)
    if held is None:
        return
    with markup.row():
        said = _("Isian ini memperbaiki baris karantina {no}. Yang baru dimulai dengan tombol ini.")
        st.caption(said.format(no=held.quarantine_number or ""))
        st.button(
            _("Mulai laporan baru"), key=f"baru_{feed}", on_click=_forget,
            args=(feed, tuple(headings)),
        )  # fmt: skip


def _forget(feed: str, headings: tuple[str, ...]) -> None:
    st.session_state.get(_HELD, {}).pop(feed, None)
    fields.clear(("desa", *(heading for heading in headings if heading not in fields.STAYS)))


def _held(feed: str) -> QuarantinedRow | None:
    found: QuarantinedRow | None = st.session_state.get(_HELD, {}).get(feed)
    return found


def _send(feed: str, headings: tuple[str, ...]) -> None:
    """Bring what is typed to the door. Accepted, the form is empty again; else all of it stays."""
    session.use_url_language()
    kecamatan, desa = fields.chosen_place()
    typed = {
        heading: fields.typed(heading) for heading in headings if heading not in {"jam", "tps"}
    }
    cells = {
        **form_rows.build_place_cells(board().register, kecamatan, desa, fields.typed("tps") or ""),
        **fields.sent().build_cells(fields.typed("jam") or ""),
        **form_rows.keep_filled(**typed),
    }
    answer = deliver(feed, cells, _held(feed))
    st.session_state.setdefault(_HELD, {}).pop(feed, None)
    if answer.is_ok:
        _forget(feed, headings)
    elif answer.rejected:
        st.session_state[_HELD][feed] = answer.rejected[0]


def deliver(feed: str, cells: RowCells, held: QuarantinedRow | None = None) -> SubmissionResult:
    """Send one row, and keep what came of it for `told`."""
    answer = submission.submit_rows(feed, [submission.mark_as_correction(cells, held)], SOURCE)
    tell(_named(feed, cells), answer)
    return answer


def _named(feed: str, cells: RowCells) -> str:
    """The row in a few words."""
    what = {"incidents": "jenis", "tps": "fase", "personnel": "checkin"}[feed]
    name = label(what, cells.get(what)) if what in cells else label("feed", feed)
    tps = f"TPS {cells['tps']}" if "tps" in cells else ""
    code = cells.get("kode_kecamatan")
    where = board().register.name_of(code) if code else ""
    return " · ".join(part for part in (name, where, cells.get("desa", ""), tps) if part)


def tell(what: str, answer: SubmissionResult) -> None:
    """Keep what came of an act of this viewer until the next one."""
    at = session.now().astimezone(board().register.election.zone)
    st.session_state[_SAID] = (f"{i18n.format_time(at)} · {what}", answer)


def told() -> None:
    """One line that says what the door said of the last report.

    Its place is kept before there is any: what stands below never moves, and a box in which
    somebody types already is not drawn anew.
    """
    with st.container(key="kabar_lapor"):
        _told()


def _told() -> None:
    if _SAID not in st.session_state:
        return
    what, answer = st.session_state[_SAID]
    outcome: tuple[Callable[..., Any], str] = (st.success, _("diterima"))
    if answer.refused:
        outcome = (st.error, _("tidak disimpan: {why}").format(why=answer.refused))
    elif answer.held:
        outcome = (st.warning, in_quarantine(answer))
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


def in_quarantine(answer: SubmissionResult) -> str:
    """Every reason, and where the rows wait."""
    reasons = dict.fromkeys(reason for held in answer.rejected.values() for reason in held.reasons)
    numbers = [
        str(held.quarantine_number) for held in answer.rejected.values() if held.quarantine_number
    ]
    said = _("belum diterima: {why}. Menunggu di karantina (no {no}) dan tetap di isian ini: "
             "perbaiki, lalu kirim lagi.")  # fmt: skip
    return said.format(why="; ".join(reasons), no=", ".join(numbers) or "–")
