"""The form of a guest link: what it needs is said first, and what it wrote is confirmed."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from situasi.access import accounts, guest_links
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.ui import session
from tests.conftest import NOON
from tests.rehearsed import run

_SCRIPT = """
import streamlit as st
from situasi.ui import guest_link_form, session, url_state
from situasi.ui.components import receipt

url_state.set_current_page("kejadian")
guest_link_form.render_guest_link_button(session.viewer())
receipt.render()
"""
WATI = Viewer("wati", ROLES["analis"])


def opened(monkeypatch: pytest.MonkeyPatch, viewer: Viewer) -> AppTest:
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(session, "viewer", lambda: viewer)
    app = AppTest.from_string(_SCRIPT)
    app.session_state["tautan_tamu"] = True
    return run(app)


def links(board: Board) -> list[bool]:
    """Of each link whether it was revoked."""
    return [link.is_revoked for link in guest_links.load_all(board.store).values() if link]


def press(app: AppTest, label: str) -> AppTest:
    next(one for one in app.button if one.label == label).click()
    return run(app)


def test_a_board_without_accounts_says_so_before_anything_is_filled_in(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(monkeypatch, Viewer("pimpinan", ROLES["pimpinan"], is_local=True))
    assert "belum punya akun" in app.caption[0].value
    assert not app.text_input
    assert [one.proto.label for one in app.get("page_link")] == ["Caranya di Kesiapan"]


def test_a_link_takes_the_place_of_the_form_and_is_confirmed_once(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.add(empty.store, WATI.name, "analis", (), None, NOON, "uji")
    app = opened(monkeypatch, WATI)
    app.text_input[0].set_value("Ketua KPU")
    press(app, "Buat tautan")
    assert "Tautan untuk Ketua KPU dibuat" in app.success[0].value
    assert not app.text_input  # the form is done
    assert links(empty) == [False]
    # A second click of the same form reached the server late.
    press(app, "Buat tautan lain")
    app.text_input[0].set_value("Ketua KPU")
    press(app, "Buat tautan")
    assert "tidak ditulis dua kali" in app.success[0].value
    assert not app.text_input  # the first link, to be copied
    assert links(empty) == [False]
    press(app, "Batalkan")
    assert "dua kali" not in app.success[0].value


def test_a_link_made_by_mistake_is_revoked_at_once(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.add(empty.store, WATI.name, "analis", (), None, NOON, "uji")
    app = press(opened(monkeypatch, WATI), "Buat tautan")
    press(app, "Batalkan")
    assert "Dibatalkan" in app.success[0].value
    assert links(empty) == [True]
    assert app.text_input  # the form again
