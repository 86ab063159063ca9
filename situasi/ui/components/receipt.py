"""Receipt of an act: its form closes, it says what was written, and offers to undo it at once.

A form is a popover with a key: Streamlit keeps under that key in the session state whether it is
open, so a callback closes it. What undoes an act writes a record against it; nothing is deleted.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import streamlit as st

from situasi.common.i18n import _
from situasi.store.model import StoreError
from situasi.ui import session
from situasi.ui.components import markup

UNDO_TIME: Final = timedelta(seconds=10)
# A click within the time may reach the server a little after it.
_UNDO_GRACE: Final = timedelta(seconds=2)
_SHOWN_TIME: Final = timedelta(seconds=30)
# The same act again within this time is a second click, not a second decision.
_REPEAT_TIME: Final = timedelta(minutes=1)
_RECEIPT_KEY: Final = "_tanda_terima"

Undo = Callable[[], None]


class UndoRefused(ValueError):
    """The act cannot be undone; the message says why."""


@dataclass(frozen=True)
class Receipt:
    """What became of the last act of this viewer.

    act: what the same act again would equal; None where nothing was written. undo: writes the
    record against it; raises UndoRefused, ValueError or StoreError. was_repeated: it was tried
    again.
    """

    text: str
    at: datetime
    act: Hashable = None
    undo: Undo | None = None
    was_repeated: bool = False


def confirm(
    text: str, *, act: Hashable = None, form: str | None = None, undo: Undo | None = None
) -> None:
    """Close the form of an act and say what was written (from a callback).

    act: its kind, its subject and what was typed. form: the key of its popover.
    """
    if form is not None:
        st.session_state[form] = False
    st.session_state[_RECEIPT_KEY] = Receipt(text, session.now(), act or (form, text), undo)


def refuse(reason: str) -> None:
    """Say why nothing was written; the form stays open (from a callback)."""
    st.session_state[_RECEIPT_KEY] = Receipt(reason, session.now())


def is_repeated(act: Hashable, form: str | None = None) -> bool:
    """Return whether this act was written a moment ago, and say so: a second click adds nothing."""
    receipt = _get_receipt()
    if receipt is None or receipt.act != act or session.now() - receipt.at > _REPEAT_TIME:
        return False
    if form is not None:
        st.session_state[form] = False
    st.session_state[_RECEIPT_KEY] = replace(receipt, was_repeated=True)
    return True


def render() -> None:
    """Draw the receipt over the foot of the page, for as long as it is news."""
    with st.container(key="tanda_terima"):
        receipt = _get_receipt()
        if receipt is None or session.now() >= receipt.at + _SHOWN_TIME:
            return
        may_undo = receipt.undo is not None and session.now() < receipt.at + UNDO_TIME
        with st.container(horizontal=True, vertical_alignment="center"):
            draw = st.warning if receipt.act is None else st.success
            again = _("sudah tercatat, tidak ditulis dua kali") if receipt.was_repeated else ""
            draw(markup.escape_markdown(" · ".join(filter(None, (receipt.text, again)))))
            if may_undo:
                st.button(_("Batalkan"), key="tanda_terima_batal", on_click=_on_undo)
        ends_at = receipt.at + (UNDO_TIME if may_undo else _SHOWN_TIME)
        st.fragment(_redraw_when_over, run_every=1.0)(ends_at)


def _get_receipt() -> Receipt | None:
    receipt: Receipt | None = st.session_state.get(_RECEIPT_KEY)
    return receipt


def _redraw_when_over(ends_at: datetime) -> None:
    if session.now() >= ends_at:
        st.rerun()


def _on_undo() -> None:
    session.use_url_language()
    receipt = _get_receipt()
    if receipt is None or receipt.undo is None:
        return
    if session.now() > receipt.at + UNDO_TIME + _UNDO_GRACE:
        refuse(_("Sepuluh detik sudah lewat; tidak ada yang dibatalkan."))
        return
    try:
        receipt.undo()
    except (ValueError, StoreError) as error:
        refuse(_("Tidak dibatalkan: {why}").format(why=error))
        return
    session.refresh_after_write()
    confirm(_("Dibatalkan: {what}").format(what=receipt.text))
