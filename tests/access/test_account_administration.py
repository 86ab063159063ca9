"""Accounts on the board itself: who may, confirmed how, and what stays with the command line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from situasi.access import account_administration, accounts
from situasi.access.accounts import AccountRefused
from situasi.access.confirmation_limit import MAX_WRONG, WINDOW, ConfirmationLimiter
from situasi.access.roles import ROLES, LinkScope, Viewer
from situasi.board import Board
from tests.conftest import NOON

PASSWORD = "hujan di sawah lebak"
ADMIN = Viewer("rina", ROLES["admin"])
OTHERS = [
    Viewer("rina", ROLES["admin"], ("16.10.05",)),
    Viewer("rina", ROLES["admin"], is_local=True),
    Viewer("rina", ROLES["admin"], link=LinkScope("x", "akun", (), NOON)),
    *(Viewer("rina", role) for name, role in ROLES.items() if name != "admin"),
]


def _name_viewer(viewer: Viewer) -> str:
    parts = [viewer.role.name, *viewer.area, viewer.link and "link", viewer.is_local and "local"]
    return "-".join(filter(None, parts))  # type: ignore[arg-type]


@pytest.fixture
def staffed(board: Board) -> Board:
    """A board with an admin, an operator and command."""
    for name, role in (("rina", "admin"), ("wati", "operator"), ("kapolres", "pimpinan")):
        accounts.add(board.store, name, role, (), PASSWORD, NOON, "cli")
    return board


@pytest.mark.parametrize("viewer", OTHERS, ids=_name_viewer)
def test_nobody_else_does_anything_with_accounts(staffed: Board, viewer: Viewer) -> None:
    before, store = accounts.load_all(staffed.store), staffed.store
    for act in (
        lambda: account_administration.add(store, viewer, "budi", "operator", (), NOON),
        lambda: account_administration.close(store, viewer, "wati", NOON),
        lambda: account_administration.reopen(store, viewer, "wati", NOON),
        lambda: account_administration.check_confirmed(store, viewer, PASSWORD),
    ):
        with pytest.raises(AccountRefused):
            act()
    assert accounts.load_all(store) == before


def test_what_sees_more_than_an_admin_stays_with_the_command_line(staffed: Board) -> None:
    own = ROLES["admin"]
    for name, role in ROLES.items():
        is_more = not (role.screens <= own.screens and role.permissions <= own.permissions)
        if is_more:
            with pytest.raises(AccountRefused, match="baris perintah"):
                account_administration.add(staffed.store, ADMIN, f"x.{name}", name, (), NOON)
        else:
            account_administration.add(staffed.store, ADMIN, f"x.{name}", name, (), NOON)
    with pytest.raises(AccountRefused, match="baris perintah"):  # their password would be theirs
        account_administration.reopen(staffed.store, ADMIN, "kapolres", NOON)
    account_administration.close(staffed.store, ADMIN, "kapolres", NOON)


def test_an_admin_cannot_lock_themselves_out(staffed: Board) -> None:
    for act in (account_administration.close, account_administration.reopen):
        with pytest.raises(AccountRefused, match="sendiri"):
            act(staffed.store, ADMIN, "rina", NOON)


def test_an_admin_whose_account_was_changed_meanwhile_confirms_nothing(staffed: Board) -> None:
    account_administration.check_confirmed(staffed.store, ADMIN, PASSWORD)
    with pytest.raises(AccountRefused, match="tidak cocok"):
        account_administration.check_confirmed(staffed.store, ADMIN, PASSWORD + "x")
    accounts.change(staffed.store, "rina", "account-change", NOON, "cli", role="operator")
    with pytest.raises(AccountRefused, match="admin"):
        account_administration.check_confirmed(staffed.store, ADMIN, PASSWORD)


def test_passwords_to_hand_over_are_strong_and_never_the_same(staffed: Board) -> None:
    common = accounts.load_common_passwords(staffed.settings.vocabulary_folder)
    made = {account_administration.generate_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        accounts.check_password(password, "wati", common)


def test_wrong_passwords_are_few_and_forgotten_after_a_while() -> None:
    limiter = ConfirmationLimiter()
    for _ in range(MAX_WRONG):
        limiter.check("rina", NOON)
        limiter.record_wrong("rina", NOON)
    with pytest.raises(AccountRefused):
        limiter.check("rina", NOON + WINDOW - timedelta(seconds=1))
    limiter.check("budi", NOON)
    limiter.check("rina", NOON + WINDOW)
