"""The page Akun: all accounts, the forms that make and end them, and what was done with them."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.accounts import actions, tables
from situasi.access import account_administration, accounts
from situasi.access.accounts import Account
from situasi.board import current_board as board
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.store import Store
from situasi.ui import page_layout
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.page_layout import render_header
from situasi.ui.render_cache import cached_records
from situasi.ui.tables import table_view

_MAX_HISTORY = 200


def show(context: PageContext) -> None:
    """Draw the page Akun."""
    render_header(context, label("screen", "akun"))
    known = cached_records("akun", context.snapshot_view, accounts.load_all, {})
    history = cached_records("akun_riwayat", context.snapshot_view, load_history, None)
    if not known:
        markup.render_empty_state(
            _("Belum ada akun: papan terbuka hanya di komputer ini. Akun pertama dibuat di "
              "komputer server: python -m situasi user add NAMA --role admin")
        )  # fmt: skip
        return
    _render_handover()
    _render_forms(context, known)
    title = format_counts(_("{n} akun"), n=len(known))
    page_layout.render_section_title(title)
    table_view.render_table(tables.build_accounts_table(known), "akun_semua", title)
    if history is None:
        return
    page_layout.render_section_title(_("Riwayat akun"))
    table_view.render_table(
        tables.build_history_table(history.tail(_MAX_HISTORY)), "akun_riwayat", _("Riwayat akun")
    )


def load_history(store: Store) -> pd.DataFrame:
    """Return the entries of the audit log about accounts, the oldest first. Raises StoreError."""
    entries = [store.audit_entries(action=action) for action in tables.ACTION_NAMES]
    return pd.concat(entries).sort_values("seq", kind="stable")


def _render_handover() -> None:
    """Draw the password of the account that was just made, to be handed over."""
    handover: tuple[str, str] | None = st.session_state.get(actions.HANDOVER_KEY)
    if handover is None:
        return
    name, password = handover
    with st.container(key="serah_sandi"):
        text = _("Sandi untuk {name}, hanya tampil sekarang. Serahkan langsung; pemiliknya "
                 "menggantinya di /sandi.")  # fmt: skip
        st.caption(markup.escape_markdown(text.format(name=name)))
        markup.render_copyable_text(password, _("Salin"), _("Tersalin"))
        st.button(_("Sudah diserahkan"), key="sandi_diserahkan", on_click=_on_handed_over)


def _on_handed_over() -> None:
    st.session_state.pop(actions.HANDOVER_KEY, None)


def _render_forms(context: PageContext, known: Mapping[str, Account | None]) -> None:
    if not account_administration.may_administer(context.viewer):
        st.caption(_("Akun diurus oleh admin seluruh wilayah, masuk dengan akunnya sendiri."))
        return
    others = {
        name: account for name, account in known.items()
        if account and name != context.viewer.name
    }  # fmt: skip
    roles = account_administration.list_grantable_roles()
    opened = [name for name, account in others.items() if account.enabled]
    renewable = [
        name for name, account in others.items()
        if account.role in roles and account.identity is None
    ]  # fmt: skip
    with markup.inline_row("urus_akun"):
        _render_form(actions.ADD_FORM, _("Buat akun"), actions.on_add, _render_add_fields)
        _render_choice(actions.CLOSE_FORM, _("Tutup akun"), opened, actions.on_close)
        _render_choice(actions.REOPEN_FORM, _("Beri sandi baru"), renewable, actions.on_reopen)


def _render_choice(form: str, title: str, names: list[str], on_submit: Callable[[], None]) -> None:
    """Draw a form that acts on one account of these."""

    def render_fields() -> None:
        st.selectbox(
            _("Nama akun"), names, index=None, key=f"{form}_nama", placeholder=_("pilih akun")
        )

    _render_form(form, title, on_submit, render_fields, disabled=not names)


def _render_form(
    form: str,
    title: str,
    on_submit: Callable[[], None],
    render_fields: Callable[[], Any],
    *,
    disabled: bool = False,
) -> None:
    popover = st.popover(title, key=form, on_change="rerun", disabled=disabled)
    if not popover.open:
        return
    with popover, st.form(f"{form}_isi", border=False):
        render_fields()
        st.text_input(_("Sandi Anda sendiri"), type="password", key=f"{form}_sandi")
        st.form_submit_button(title, type="primary", on_click=on_submit)


def _render_add_fields() -> None:
    form, register = actions.ADD_FORM, board().register
    st.text_input(_("Nama akun"), key=f"{form}_nama", max_chars=32)
    st.selectbox(
        _("Peran"), account_administration.list_grantable_roles(), index=None,
        format_func=lambda role: label("role", role), key=f"{form}_peran",
        placeholder=_("pilih peran"),
    )  # fmt: skip
    st.multiselect(
        _("Wilayah"), list(register.kecamatan), format_func=register.name_of,
        key=f"{form}_wilayah", placeholder=_("seluruh kabupaten"), select_all=False,
    )  # fmt: skip
    st.caption(
        _("Pimpinan dan propam melihat netralitas: akunnya dibuat di komputer server, "
          "python -m situasi user add.")
    )  # fmt: skip
