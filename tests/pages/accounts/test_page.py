"""Akun: made and ended by an admin who confirms each act; all of it is in the trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from pages.accounts import actions
from situasi.access import accounts
from situasi.access.confirmation_limit import MAX_WRONG, ConfirmationLimiter
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.presentation import explanations
from situasi.ui import session
from tests.conftest import NOON
from tests.rehearsed import run, script_of

PASSWORD = "hujan di sawah lebak"
Page = Callable[..., AppTest]


@pytest.fixture
def page(empty: Board, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The page as an admin opens it, on a board with two accounts."""
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(actions, "_WRONG_PASSWORDS", ConfirmationLimiter())
    for name, role in (("rina", "admin"), ("wati", "operator"), ("kapolres", "pimpinan")):
        accounts.add(empty.store, name, role, (), PASSWORD, NOON, "cli")

    def opened(**viewer: object) -> AppTest:
        known = {"name": "rina", "role": ROLES["admin"], **viewer}
        monkeypatch.setattr(session, "viewer", lambda: Viewer(**known))
        return run(AppTest.from_string(script_of("accounts")))

    return opened


def submit(app: AppTest, form: str, title: str, **typed: object) -> AppTest:
    app.session_state[form] = True
    app = run(app)
    fields = [*app.text_input, *app.selectbox, *app.multiselect]
    for name, value in typed.items():
        next(one for one in fields if one.key == f"{form}_{name}").set_value(value)
    next(one for one in app.button if one.label == title).click()
    return run(app)


def words(app: AppTest) -> str:
    kinds = ("warning", "success", "caption", "html")
    texts = (str(one.proto.body) for kind in kinds for one in app.get(kind))
    return "\n".join(texts).replace("\\", "")


def known(board: Board) -> dict[str, accounts.Account | None]:
    return accounts.load_all(board.store)


def test_a_new_account_gets_a_password_that_is_shown_once(page: Page, empty: Board) -> None:
    app = submit(
        page(), actions.ADD_FORM, "Buat akun", nama="Budi.P", peran="operator",
        wilayah=["16.10.05"], sandi=PASSWORD,
    )  # fmt: skip
    assert "Akun budi.p dibuat." in words(app)
    name, password = app.session_state[actions.HANDOVER_KEY]
    budi = known(empty)["budi.p"]
    assert budi and name == "budi.p" and password in words(app)
    assert (budi.role, budi.area) == ("operator", ("16.10.05",))
    assert accounts.verify_password(budi, password)
    app.button(key="sandi_diserahkan").click()
    assert password not in words(run(app))
    entry = empty.store.audit_entries(action="account-add").iloc[-1]
    assert entry["actor"] == "rina" and password not in entry["detail"]


def test_an_account_is_ended_and_opened_again_with_another_password(
    page: Page, empty: Board
) -> None:
    app = submit(page(), actions.CLOSE_FORM, "Tutup akun", nama="wati", sandi=PASSWORD)
    closed = known(empty)["wati"]
    assert closed and not closed.enabled and "Akun wati ditutup" in words(app)
    app = submit(app, actions.REOPEN_FORM, "Beri sandi baru", nama="wati", sandi=PASSWORD)
    wati = known(empty)["wati"]
    assert wati and accounts.verify_password(wati, app.session_state[actions.HANDOVER_KEY][1])
    assert not accounts.verify_password(wati, PASSWORD)
    told = app.get("dataframe")[-1].value
    assert list(told["tindakan"])[:2] == ["sandi baru", "ditutup"]
    assert list(told["oleh"])[:3] == ["rina", "rina", "komputer server"]


def test_without_the_own_password_nothing_changes_and_guessing_ends(
    page: Page, empty: Board
) -> None:
    app = page()
    for _ in range(MAX_WRONG):
        app = submit(app, actions.CLOSE_FORM, "Tutup akun", nama="wati", sandi="tebakan saja")
        assert "sandi Anda sendiri tidak cocok" in words(app)
    app = submit(app, actions.CLOSE_FORM, "Tutup akun", nama="wati", sandi=PASSWORD)
    assert "terlalu banyak sandi keliru" in words(app)
    wati = known(empty)["wati"]
    assert wati and wati.enabled


def test_an_empty_form_is_no_wrong_password_and_says_what_is_missing(
    page: Page, empty: Board
) -> None:
    app = page()
    for _ in range(MAX_WRONG + 1):
        app = submit(app, actions.CLOSE_FORM, "Tutup akun")
        assert "tulis sandi Anda sendiri" in words(app)
    app = submit(app, actions.CLOSE_FORM, "Tutup akun", sandi=PASSWORD)
    assert "pilih akunnya" in words(app)
    app = submit(app, actions.ADD_FORM, "Buat akun", nama="budi", sandi=PASSWORD)
    assert "pilih perannya" in words(app) and "budi" not in known(empty)


def test_nobody_gives_more_than_they_have_or_ends_their_own(page: Page) -> None:
    app = page()
    app.session_state[actions.ADD_FORM] = app.session_state[actions.REOPEN_FORM] = True
    app.session_state[actions.CLOSE_FORM] = True
    app = run(app)
    choices = {str(one.key): list(one.options) for one in app.selectbox}
    assert not {"pimpinan", "propam"} & set(choices[f"{actions.ADD_FORM}_peran"])
    assert choices[f"{actions.REOPEN_FORM}_nama"] == ["wati"]
    assert choices[f"{actions.CLOSE_FORM}_nama"] == ["kapolres", "wati"]


@pytest.mark.parametrize(
    "viewer", [{"area": ("16.10.05",)}, {"is_local": True}, {"role": ROLES["pimpinan"]}]
)
def test_only_an_account_of_an_admin_of_the_whole_board_has_forms(
    page: Page, viewer: dict[str, object]
) -> None:
    app = page(**viewer)
    assert not app.get("popover") or not {"Buat akun", "Tutup akun", "Beri sandi baru"} & {
        one.proto.popover.label for one in app.get("popover")
    }
    assert "Akun diurus oleh admin" in words(app)


def test_a_board_without_accounts_names_the_command_for_the_first(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "viewer", lambda: Viewer("x", ROLES["admin"], is_local=True))
    app = run(AppTest.from_string(script_of("accounts")))
    assert "user add NAMA --role admin" in words(app) and not app.get("form")


def test_both_tables_tell_what_they_are(empty: Board) -> None:
    for key in ("akun_semua", "akun_riwayat"):
        assert explanations.find("akun", key, empty.register.election)
