"""A page that has to wait for others says the time of what it shows, not of what it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from situasi.board import Board
from situasi.ui import auto_refresh, session
from tests.conftest import NOON

_SCRIPT = """
import streamlit as st

from situasi.common import i18n
from situasi.ui import auto_refresh
from situasi.ui import session

i18n.set_language("id")
if "_drawn" not in st.session_state:
    auto_refresh.start_auto_refresh(session.get_snapshot_view(), "id")
    st.session_state["times"] = 0
else:
    auto_refresh._on_tick("id")
st.session_state["times"] += 1
"""


def beating(board: Board, monkeypatch: pytest.MonkeyPatch, *, allows: bool) -> AppTest:
    """A page that was drawn, and is left behind by a new version of the store."""
    monkeypatch.setattr(auto_refresh.redraw_limiter, "try_acquire", lambda: allows)
    monkeypatch.setattr(session, "now", lambda: NOON)
    page = AppTest.from_string(_SCRIPT).run(timeout=30)
    board.store.put_note("uji", 1, NOON, "uji")
    monkeypatch.setattr(board.snapshot_reader, "_clock", lambda: NOON + timedelta(seconds=7))
    board.refresher.refresh()
    return page


def test_it_draws_itself_when_it_is_its_turn(empty: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    reruns: list[bool] = []
    page = beating(empty, monkeypatch, allows=True)
    monkeypatch.setattr(auto_refresh.st, "rerun", lambda: reruns.append(True))
    page.run()
    assert reruns == [True]


def test_it_waits_and_keeps_its_time_and_draws_itself_in_the_end(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    reruns: list[bool] = []
    page = beating(empty, monkeypatch, allows=False)
    said = page.caption[0].value
    monkeypatch.setattr(auto_refresh.st, "rerun", lambda: reruns.append(True))
    page.run()
    assert (reruns, page.caption[0].value) == ([], said)
    late = (
        page.session_state["_drawn"].checked_at
        + auto_refresh.MAX_REDRAW_DELAY
        + timedelta(seconds=1)
    )
    monkeypatch.setattr(session, "now", lambda: late)
    page.run()
    assert reruns == [True]


_FAILING = """
import streamlit as st

from situasi.common import i18n
from situasi.ui import auto_refresh
from situasi.ui import session

i18n.set_language("id")

def page():
    st.write("the beginning")
    raise ValueError("a page that fails")

auto_refresh.render_with_auto_refresh(page, session.get_snapshot_view(), "id")
"""


def test_a_page_that_failed_says_so_and_is_drawn_again_with_the_next_news(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    page = AppTest.from_string(_FAILING).run(timeout=30)
    assert len(page.exception) == 1
    assert "Diperiksa" in page.caption[0].value
    assert page.session_state["_drawn"].state[0][0] == empty.store.version()
