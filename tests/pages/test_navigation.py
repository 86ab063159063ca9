"""The foot of the menu: who looks, and the way out for whoever has one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages import navigation
from situasi.access.roles import ROLES, SCREENS, LinkScope, Viewer
from situasi.board import Board
from situasi.ui import session
from tests.conftest import NOON

_SCRIPT = """
from pages import navigation
from situasi.ui import session

navigation.render_account(session.viewer())
"""
PEMULUTAN = "16.10.05"


def foot(viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(session, "viewer", lambda: viewer)
    drawn = AppTest.from_string(_SCRIPT).run(timeout=30)
    assert not drawn.exception
    return "".join(element.proto.body for element in drawn.get("html"))


def test_an_account_has_its_name_role_and_area_and_the_way_out(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = foot(Viewer("<b>wati", ROLES["operator"], (PEMULUTAN,)), monkeypatch)
    for part in ("&lt;b&gt;wati", "operator · Pemulutan", 'href="/keluar?lang=id"', "Keluar"):
        assert part in said


@pytest.mark.parametrize("url", ["http://[", None, "", "://", "x" * 9000])
def test_a_browser_may_say_to_be_anywhere(url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation.st, "context", SimpleNamespace(url=url))
    assert navigation.get_requested_page() not in SCREENS


def test_a_guest_by_a_link_is_a_guest_and_finds_no_way_to_accounts(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = LinkScope("L-1", "situasi", (), NOON)
    said = foot(Viewer("tamu L-1", ROLES["tamu"], (PEMULUTAN,), link), monkeypatch)
    assert "Tamu" in said
    for part in ("href", "keluar", "masuk", "KPU"):
        assert part not in said


def test_whoever_sits_at_a_board_without_accounts_is_not_named(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert foot(Viewer("pimpinan", ROLES["pimpinan"], is_local=True), monkeypatch) == ""
