"""Actions on an alert: seen, acted on, closed; each is stored with author and time."""

import zlib
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from situasi.actions import alert_actions
from situasi.actions.alert_actions import (
    ACTED,
    CLOSED,
    SEEN,
    AlertAction,
    AlertActionRefused,
    AlertRecord,
)
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.presentation import alerts
from situasi.store.model import ConflictError, StoreError
from situasi.ui import page_context, session
from situasi.ui.components import receipt
from situasi.ui.page_context import PageContext


def render_actions(row: Any, context: PageContext) -> None:
    """Draw the actions that this viewer may take; row: of alert_actions.with_status."""
    if not row.open or not context.may_act("tindak"):
        return
    if not alert_actions.may_act(context.viewer, row.rule, row.kecamatan):
        st.caption(_("Peringatan ini bukan dari wilayah Anda; yang menindak adalah Polres."))
        return
    with st.container(horizontal=True, key="peringatan_tindak"):
        if row.life == alert_actions.NEW:
            st.button(
                _("Dilihat"), key=_build_key(row, SEEN), on_click=partial(_on_save, SEEN, row)
            )
        _render_form(row, ACTED, _("Ditindak"), _("Apa yang dilakukan"))
        _render_form(row, CLOSED, _("Tutup"), _("Alasan ditutup"))


def render_group_action(group: pd.DataFrame, context: PageContext) -> None:
    """Draw one button that marks all alerts of a Polsek as seen; group: the open ones."""
    rows: list[Any] = list(group[group["life"] == alert_actions.NEW].itertuples())
    rows = [row for row in rows if alert_actions.may_act(context.viewer, row.rule, row.kecamatan)]
    if len(rows) > 1 and context.may_act("tindak"):
        label = format_counts(_("{n} dilihat sekaligus"), n=len(rows))
        st.button(label, key="peringatan_dilihat_semua", on_click=partial(_on_see_all, rows))


def _on_see_all(rows: Sequence[Any]) -> None:
    session.use_url_language()
    results = [_save_action(SEEN, row) for row in rows]
    if all(results):
        receipt.confirm(format_counts(_("{n} peringatan dilihat"), n=len(rows)))
    if any(results):
        session.refresh_after_write()


def _build_key(row: Any, action: str) -> str:
    return f"{action}_{zlib.crc32(row.key.encode()):x}"


def _render_form(row: Any, action: str, title: str, prompt: str) -> None:
    """Draw a button that opens the form of an action."""
    key = _build_key(row, action)
    popover = st.popover(title, key=key, on_change="rerun")
    if not popover.open:
        return
    with popover, st.form(f"{key}_isi", border=False):
        st.text_input(prompt, key=f"{key}_text", max_chars=alert_actions.MAX_TEXT_LENGTH)
        if action == ACTED:
            st.text_input(
                _("Pemilik berikutnya"), key=f"{key}_owner", max_chars=120, placeholder=_("tetap")
            )
        st.form_submit_button(_("Simpan"), type="primary", on_click=partial(_on_save, action, row))


def _on_save(action: str, row: Any) -> None:
    """Store the action (a callback): the next run shows it."""
    session.use_url_language()
    if _save_action(action, row):
        session.refresh_after_write()


def _save_action(action: str, row: Any) -> bool:
    """Store the action, or say what failed; return whether the page is to be read again."""
    context, key = page_context.get_current(), _build_key(row, action)
    if not context.may_act("tindak"):
        return False
    text, owner = (str(st.session_state.get(f"{key}_{name}") or "") for name in ("text", "owner"))
    act, form = (key, text, owner), None if action == SEEN else key
    if receipt.is_repeated(act, form):
        return False
    facts = {
        "rule": row.rule, "level": row.level, "raised": row.raised.isoformat(),
        "kecamatan": row.kecamatan if isinstance(row.kecamatan, str) else None,
    }  # fmt: skip
    entry = AlertAction(action, context.viewer.name, context.view_time.at, text, owner)
    try:
        record = alert_actions.record_action(
            board().store, context.viewer, row.key, entry, int(row.kept), facts, session.now()
        )
    except ConflictError:
        receipt.refuse(
            _("Orang lain lebih dahulu mencatat sesuatu pada peringatan ini. Lihat, lalu ulangi.")
        )
    except AlertActionRefused:
        receipt.refuse(_("Tulis apa yang dilakukan atau alasannya."))
    except StoreError:
        receipt.refuse(_("Penyimpanan sedang sibuk. Coba lagi sebentar."))
    else:
        _confirm(row.key, record, context.viewer.name, act, form)
        return True
    return False


def _confirm(key: str, record: AlertRecord, author: str, act: Hashable, form: str | None) -> None:
    """Say what was stored; only the author's own last action can be undone."""
    last = record.actions[-1]
    parts = [_("Tercatat pada peringatan: {what}").format(what=alerts.format_status(last.kind))]
    if last.by != author:
        receipt.confirm(_("{what} oleh {who}").format(what=parts[0], who=last.by), act=act)
        return
    text = " · ".join(filter(None, [*parts, last.text, last.owner]))
    receipt.confirm(text, act=act, form=form, undo=partial(_undo, key, last))


def _undo(key: str, action: AlertAction) -> None:
    context = page_context.get_current()
    if not context.may_act("tindak"):
        raise AlertActionRefused(_("Peran ini tidak boleh melakukannya."))
    alert_actions.undo_action(
        board().store, context.viewer, key, action, context.view_time.at, session.now()
    )
