"""Tables of accounts and of what was done with them."""

import json
from collections.abc import Mapping

import pandas as pd

from situasi.access.accounts import Account
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.labels import N_, label
from situasi.ui.tables.columns import Cells, machine_time_column
from situasi.ui.tables.table_view import Table, make_table

# The actions of the audit log that concern accounts.
ACTION_NAMES = {
    "account-add": N_("dibuat"),
    "account-change": N_("peran atau wilayah diubah"),
    "account-disable": N_("ditutup"),
    "account-enable": N_("dibuka lagi"),
    "account-reset": N_("sandi baru"),
    "account-password": N_("sandi diganti pemiliknya"),
    "account-bind": N_("terikat pada SSO"),
}


def build_accounts_table(known: Mapping[str, Account | None]) -> Table:
    """Build the table of all accounts; never their passwords. None: an unreadable record."""
    names = sorted(known)
    readable = [known[name] for name in names]
    columns: dict[str, Cells] = {
        _("nama"): names,
        _("keadaan"): [_format_state(account) for account in readable],
        _("peran"): [label("role", account.role) if account else "" for account in readable],
        _("wilayah"): [_format_area(account.area) if account else "" for account in readable],
        _("masuk dengan"): [_format_method(account) for account in readable],
    }
    return make_table(columns)


def build_history_table(entries: pd.DataFrame) -> Table:
    """Build the table of what was done with accounts, the newest first; of Store.audit_entries."""
    newest = entries[::-1]
    details = [json.loads(detail) for detail in newest["detail"]]
    columns: dict[str, Cells] = {
        _("waktu"): machine_time_column(newest["at"]),
        _("akun"): [str(detail.get("account", "")) for detail in details],
        _("tindakan"): [_(ACTION_NAMES[action]) for action in newest["action"]],
        _("oleh"): [_format_actor(actor) for actor in newest["actor"]],
        _("peran"): [label("role", detail.get("role")) for detail in details],
        _("wilayah"): [_format_area(detail.get("area") or ()) for detail in details],
    }
    return make_table(columns)


def _format_actor(actor: str) -> str:
    """Return who did it: an account, or a user of the server's machine ("cli", "cli:NAME")."""
    door, _colon, name = actor.partition(":")
    if door != "cli":
        return actor
    return _("komputer server: {name}").format(name=name) if name else _("komputer server")


def _format_area(area: tuple[str, ...] | list[str]) -> str:
    return ", ".join(map(board().register.name_of, area)) or _("seluruh kabupaten")


def _format_method(account: Account | None) -> str:
    if account is None:
        return ""
    if account.identity is None:
        return _("sandi")
    return _("SSO") if account.identity else _("SSO, belum terikat")


def _format_state(account: Account | None) -> str:
    if account is None:
        return _("tidak terbaca")
    return _("aktif") if account.enabled else _("ditutup")
