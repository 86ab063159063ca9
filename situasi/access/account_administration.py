"""What an admin may do with accounts on the board itself, confirmed by their own password.

The first account is made on the command line, and so is whatever gives more than an admin has:
accounts that see neutrality, and their passwords. An admin of the identity provider has no password
to confirm with, and uses the command line too.
"""

import secrets
from datetime import datetime
from typing import Final

from situasi.access import accounts
from situasi.access.accounts import Account, AccountRefused
from situasi.access.roles import ROLES, Viewer
from situasi.common.i18n import _
from situasi.store import Store

_ROLE: Final = "admin"
# No signs that look alike: people read passwords out and copy them from paper.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 4


def may_administer(viewer: Viewer) -> bool:
    """Return whether they may make and end accounts: an account of an admin of the whole board."""
    is_account = viewer.link is None and not viewer.is_local
    return is_account and viewer.role.name == _ROLE and not viewer.area


def list_grantable_roles() -> list[str]:
    """Return the roles that an admin may give: those that see and do no more than an admin."""
    own = ROLES[_ROLE]
    return [
        name
        for name, role in ROLES.items()
        if role.screens <= own.screens and role.permissions <= own.permissions
    ]


def generate_password() -> str:
    """Return a password to hand over (about 79 bits): its owner replaces it at /sandi."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP_LENGTH))
        for _group in range(_GROUPS)
    )
    return "-".join(groups)


def add(
    store: Store, viewer: Viewer, name: str, role: str, area: tuple[str, ...], now: datetime
) -> str:
    """Create an account and return its password. Raises AccountRefused, ConflictError, StoreError.

    The viewer has confirmed who they are (see `check_confirmed`).
    """
    _check_role(viewer, role)
    password = generate_password()
    accounts.add(store, name, role, area, password, now, viewer.name)
    return password


def close(store: Store, viewer: Viewer, name: str, now: datetime) -> None:
    """Close an account and end its sessions; nobody closes their own. Raises as `add`."""
    account = _load_other(store, viewer, name)
    if not account.enabled:
        raise AccountRefused(_('akun "{name}" sudah ditutup').format(name=name))
    accounts.change(store, name, "account-disable", now, viewer.name, enabled=False)


def reopen(store: Store, viewer: Viewer, name: str, now: datetime) -> str:
    """Open an account with a new password, which is returned; its sessions end. Raises as `add`."""
    account = _load_other(store, viewer, name)
    _check_role(viewer, account.role)
    if account.identity is not None:
        raise AccountRefused(
            _('akun "{name}" masuk lewat SSO; pakai baris perintah').format(name=name)
        )
    password = generate_password()
    accounts.change(store, name, "account-reset", now, viewer.name, password=password, enabled=True)
    return password


def check_confirmed(store: Store, viewer: Viewer, password: str) -> None:
    """Raise AccountRefused unless this is the password of the admin who acts.

    An admin's open page at a desk must not be enough to let others in. It costs a hash, so callers
    limit attempts.
    """
    if not may_administer(viewer):
        raise AccountRefused(_("hanya admin seluruh wilayah yang mengurus akun di sini"))
    account = accounts.load_all(store).get(viewer.name)
    if account is None or account.role != _ROLE or account.area:  # changed since they signed in
        raise AccountRefused(_("hanya admin seluruh wilayah yang mengurus akun di sini"))
    if account.identity is not None:
        raise AccountRefused(_("akun Anda masuk lewat SSO; pakai baris perintah"))
    if not accounts.verify_password(account, password):
        raise AccountRefused(_("sandi Anda sendiri tidak cocok"))


def _check_role(viewer: Viewer, role: str) -> None:
    if not role:
        raise AccountRefused(_("pilih perannya"))
    if not may_administer(viewer) or role not in list_grantable_roles():
        text = _("peran {role} melihat lebih dari admin; akunnya dibuat dengan baris perintah")
        raise AccountRefused(text.format(role=role))


def _load_other(store: Store, viewer: Viewer, name: str) -> Account:
    if not may_administer(viewer):
        raise AccountRefused(_("hanya admin seluruh wilayah yang mengurus akun di sini"))
    if not name:
        raise AccountRefused(_("pilih akunnya"))
    account = accounts.load_all(store).get(name)
    if account is None:
        raise AccountRefused(_('akun "{name}" tidak ada atau rusak').format(name=name))
    if name == viewer.name:
        raise AccountRefused(_("akun Anda sendiri diubah dengan baris perintah"))
    return account
