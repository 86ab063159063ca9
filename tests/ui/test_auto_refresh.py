"""A page that has to wait for others says the time of what it shows, not of what it does not."""

from __future__ import annotations

import time
from dataclasses import replace
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


_DATED = """
import streamlit as st

from situasi.ui import auto_refresh, filters, session

if st.session_state.get("beat"):
    auto_refresh._on_tick("id")
else:
    filters.load_view_time()
    filters.render_time_slider()
    auto_refresh.start_auto_refresh(session.get_snapshot_view(), "id")
"""


def _beats(page: AppTest, monkeypatch: pytest.MonkeyPatch, moment: str) -> int:
    """Let the browser send its heartbeat with this address; return how often that draws anew."""
    reruns: list[bool] = []
    with monkeypatch.context() as patch:
        patch.setattr(auto_refresh.st, "rerun", lambda: reruns.append(True))
        page.session_state["beat"] = True
        page.query_params.clear()
        page.query_params.update({"saat": [moment]} if moment else {})
        page.run()
        page.session_state["beat"] = False
    return len(reruns)


def test_a_page_drawn_without_the_moment_of_its_address_is_drawn_anew(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    page = AppTest.from_string(_DATED).run(timeout=30)
    present = page.session_state["saat"]
    address = f"{present - timedelta(hours=16):%Y-%m-%dT%H:%M}"
    assert _beats(page, monkeypatch, "") == 0
    assert _beats(page, monkeypatch, address) == 1
    page.run()  # the drawing that this asks for
    assert f"{page.session_state['saat']:%Y-%m-%dT%H:%M}" == address
    assert _beats(page, monkeypatch, address) == 0


def test_a_moment_that_the_browser_has_not_heard_of_yet_draws_nothing_anew(
    empty: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "now", lambda: NOON)
    page = AppTest.from_string(_DATED).run(timeout=30)
    chosen = page.session_state["saat"] - timedelta(hours=16)
    page.session_state["saat"] = chosen
    page.run()
    assert _beats(page, monkeypatch, "") == 0  # the address of before
    assert _beats(page, monkeypatch, f"{chosen:%Y-%m-%dT%H:%M}") == 0


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


class TestAPageThatIsAsItWasDrawn:
    """A tick is answered by the middleware: here of a page whose last tick found nothing new."""

    @pytest.fixture
    def page(self, empty: Board, monkeypatch: pytest.MonkeyPatch) -> auto_refresh._RenderedPage:
        monkeypatch.setattr(session, "now", lambda: NOON)
        empty.refresher.refresh()
        empty.refresher._refreshed_at_s = time.monotonic()  # as its job does
        view = empty.refresher.fresh_view()
        assert view is not None
        page = auto_refresh._RenderedPage("state", NOON, NOON)
        page.unchanged = auto_refresh._Tick(
            "tick", "kec=1", time.monotonic(), empty.refresher, auto_refresh._source_of(view)
        )
        auto_refresh._pages["one"] = page
        return page

    @pytest.mark.usefixtures("page")
    def test_needs_no_answer_to_its_own_tick_and_to_no_other(self) -> None:
        assert auto_refresh.is_unchanged("one", "tick", "kec=1")
        assert not auto_refresh.is_unchanged("another", "tick", "kec=1")
        assert not auto_refresh.is_unchanged("one", "playback", "kec=1")
        assert not auto_refresh.is_unchanged("one", "tick", "kec=2")  # went back in its history

    @pytest.mark.usefixtures("page")
    def test_is_answered_with_the_next_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(session, "now", lambda: NOON + timedelta(minutes=1))
        assert not auto_refresh.is_unchanged("one", "tick", "kec=1")

    def test_is_answered_after_five_seconds(self, page: auto_refresh._RenderedPage) -> None:
        assert page.unchanged is not None
        before = time.monotonic() - auto_refresh.MAX_UNANSWERED_S
        page.unchanged = replace(page.unchanged, answered_at_s=before)
        assert not auto_refresh.is_unchanged("one", "tick", "kec=1")

    @pytest.mark.usefixtures("page")
    def test_is_answered_with_trouble_a_briefing_a_new_row_and_when_nobody_looks_into_the_store(
        self, empty: Board, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        view = empty.refresher.fresh_view()
        assert view is not None
        for other in (
            replace(view, trouble="rusak"),
            replace(view, access_position=("taklimat",)),
            None,
        ):
            with monkeypatch.context() as patch:
                patch.setattr(empty.refresher, "fresh_view", lambda other=other: other)
                assert not auto_refresh.is_unchanged("one", "tick", "kec=1")
        assert auto_refresh.is_unchanged("one", "tick", "kec=1")
        empty.store.put_note("uji", 1, NOON, "uji")
        empty.refresher.refresh()
        assert not auto_refresh.is_unchanged("one", "tick", "kec=1")

    def test_is_forgotten_with_its_session(self) -> None:
        page = auto_refresh._RenderedPage("state", NOON, NOON)
        auto_refresh._pages["one"] = page
        del page
        assert "one" not in auto_refresh._pages
