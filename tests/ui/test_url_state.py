"""The address and the widgets agree, whichever of them changed last."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from situasi.board import Board

pytestmark = pytest.mark.usefixtures("empty")

_SCRIPT = """
import streamlit as st
from situasi.ui import url_state

if st.session_state.get("beat"):
    url_state.acknowledge_url()
else:
    for name in "pq":
        url_state.load_widget(name, list("xyz"), (), single=False)
        url_state.save_widget(name, st.multiselect(name, list("xyz"), key=name), ())
"""


@pytest.fixture
def app(empty: Board) -> AppTest:
    return AppTest.from_string(_SCRIPT).run()


def _asks(app: AppTest, **address: list[str]) -> None:
    """The browser asks with this address."""
    app.query_params.clear()
    app.query_params.update(address)
    app.run()
    assert not app.exception


def _chosen(app: AppTest) -> dict[str, list[str]]:
    return {name: app.multiselect(key=name).value for name in "pq"}


def _address(app: AppTest) -> dict[str, list[str]]:
    return {
        name: [found] if isinstance(found, str) else found
        for name, found in dict(app.query_params).items()
    }


def test_a_choice_is_in_the_address(app: AppTest) -> None:
    app.multiselect(key="p").set_value(["x"])
    _asks(app)
    assert _address(app) == {"p": ["x"]}


def test_who_chooses_again_before_the_browser_heard_of_the_first_loses_neither(
    app: AppTest,
) -> None:
    app.multiselect(key="p").set_value(["x"])
    _asks(app)
    app.multiselect(key="q").set_value(["y"])
    _asks(app)  # with the address of before both
    assert _chosen(app) == {"p": ["x"], "q": ["y"]}
    app.multiselect(key="p").set_value(["x", "z"])
    _asks(app, p=["x"])  # with that of before the second
    assert _chosen(app) == {"p": ["x", "z"], "q": ["y"]}
    assert _address(app) == {"p": ["x", "z"], "q": ["y"]}


def test_what_was_chosen_and_taken_back_is_known_when_the_browser_says_it_late(
    app: AppTest,
) -> None:
    for values in (["x"], ["y"], ["x"], ["z"]):
        app.multiselect(key="p").set_value(values)
        _asks(app)
    for late in (["x"], ["y"], ["x"], ["z"]):
        _asks(app, p=late)
        assert _chosen(app)["p"] == ["z"]


def test_the_way_back_through_the_browsers_history_is_a_choice(app: AppTest) -> None:
    app.multiselect(key="p").set_value(["x"])
    _asks(app)
    app.session_state["beat"] = True
    _asks(app, p=["x"])  # the heartbeat tells that the browser has heard
    app.session_state["beat"] = False
    _asks(app)
    assert _chosen(app)["p"] == []
    assert _address(app) == {}


def test_an_address_that_somebody_wrote_is_a_choice(app: AppTest) -> None:
    app.multiselect(key="p").set_value(["x"])
    _asks(app)
    _asks(app, p=["z", "tidak ada"])
    assert _chosen(app)["p"] == ["z"]
    assert _address(app) == {"p": ["z"]}
