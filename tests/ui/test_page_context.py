"""What a page shows is built once in a run, so that all its parts show the same."""

from __future__ import annotations

import pytest

from situasi import board as house
from situasi.access.roles import ROLES, Viewer
from situasi.board import Board
from situasi.ui import filters, page_context, session
from tests.builders import wib
from tests.conftest import NOON


@pytest.fixture
def looking(board: Board, monkeypatch: pytest.MonkeyPatch) -> Board:
    """An operator who looks at the board at nine o'clock, which is past."""
    monkeypatch.setattr(house, "_current", board)
    monkeypatch.setattr(session, "now", lambda: NOON)
    monkeypatch.setattr(session, "viewer", lambda: Viewer("wati", ROLES["operator"]))
    monkeypatch.setattr(filters, "get_past_time", lambda: wib("09.00"))
    return board


def test_all_parts_of_a_page_are_given_the_same_in_a_run_though_the_board_goes_on(
    looking: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    with session.run_cache():
        first = page_context.get_current()
        monkeypatch.setattr(filters, "get_past_time", lambda: None)
        assert page_context.get_current() is first
    assert not first.view_time.live


def test_a_callback_and_a_fragment_outside_of_a_run_are_given_what_is_so_now(
    looking: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not page_context.get_current().view_time.live
    monkeypatch.setattr(filters, "get_past_time", lambda: None)
    assert page_context.get_current().view_time.live


def test_nobody_acts_in_the_past_nor_beyond_their_role(looking: Board) -> None:
    past = page_context.get_current()
    assert not past.may_act("tindak")
    assert past.at_present().may_act("tindak")
    assert not past.at_present().may_act("latih")
