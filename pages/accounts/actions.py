"""Acts on accounts: each is confirmed by the admin's own password and is in the audit log."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from situasi.access import account_administration
from situasi.access.accounts import AccountRefused
from situasi.access.confirmation_limit import ConfirmationLimiter
from situasi.access.roles import Viewer
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.common.work_limits import ConcurrencyLimiter
from situasi.store.model import StoreError
from situasi.ui import page_context, session, tenant
from situasi.ui.components import receipt

# The new password of the last act, shown once to be handed over: (account, password).
HANDOVER_KEY: Final = "_sandi_baru"
ADD_FORM, CLOSE_FORM, REOPEN_FORM = "akun_baru", "akun_tutup", "akun_buka"
# A hash takes 64 MiB and a core for a twentieth of a second.
_HASH_SLOTS: Final = ConcurrencyLimiter(max_concurrent=1, max_per_owner=1)
_WRONG_PASSWORDS: Final = ConfirmationLimiter()


def on_add() -> None:
    """Create an account (a callback)."""
    name, role = _typed(ADD_FORM, "nama").casefold(), _typed(ADD_FORM, "peran")
    area = tuple(st.session_state.get(f"{ADD_FORM}_wilayah") or ())

    def act(viewer: Viewer) -> str:
        return account_administration.add(board().store, viewer, name, role, area, session.now())

    _run(ADD_FORM, name, act, _("Akun {name} dibuat."))


def on_close() -> None:
    """Close an account (a callback)."""
    name = _typed(CLOSE_FORM, "nama")

    def act(viewer: Viewer) -> None:
        account_administration.close(board().store, viewer, name, session.now())

    _run(CLOSE_FORM, name, act, _("Akun {name} ditutup; sesinya berakhir."))


def on_reopen() -> None:
    """Give an account a new password, and open it if it was closed (a callback)."""
    name = _typed(REOPEN_FORM, "nama")

    def act(viewer: Viewer) -> str:
        return account_administration.reopen(board().store, viewer, name, session.now())

    _run(REOPEN_FORM, name, act, _("Akun {name} terbuka dengan sandi baru; sesinya berakhir."))


def _typed(form: str, field: str) -> str:
    return str(st.session_state.get(f"{form}_{field}") or "").strip()


def _run(form: str, name: str, act: Callable[[Viewer], str | None], text: str) -> None:
    """Do something with an account once the admin has confirmed it by their password."""
    session.use_url_language()
    st.session_state.pop(HANDOVER_KEY, None)
    viewer = page_context.get_current().viewer
    try:
        _confirm(viewer, str(st.session_state.get(f"{form}_sandi") or ""))
        password = act(viewer)
    except AccountRefused as refusal:
        receipt.refuse(_("Tidak ada yang diubah: {why}").format(why=refusal))
        return
    except StoreError:
        receipt.refuse(_("Penyimpanan sedang sibuk. Coba lagi sebentar."))
        return
    if password is not None:
        st.session_state[HANDOVER_KEY] = (name, password)
    session.refresh_after_write()  # the list below shows it at once
    receipt.confirm(text.format(name=name), form=form)


def _confirm(viewer: Viewer, password: str) -> None:
    """Check the admin's own password. Raises AccountRefused; a wrong one is in the audit log."""
    if not password:  # not a wrong one
        raise AccountRefused(_("tulis sandi Anda sendiri"))
    now = session.now()
    _WRONG_PASSWORDS.check(viewer.name, now)
    try:
        with _HASH_SLOTS.slot(viewer.name):
            account_administration.check_confirmed(board().store, viewer, password)
    except AccountRefused:
        _WRONG_PASSWORDS.record_wrong(viewer.name, now)
        tenant.get_audit_log().log_refused(viewer.name, {"page": "akun", "what": "confirm"})
        raise
