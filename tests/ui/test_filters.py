"""The time in the address and the slider: what is not shown is said, until a time is chosen."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from situasi.board import Board

_SCRIPT = """
import streamlit as st
from situasi.ui import filters, page_context

filters.load_view_time()
st.text(filters.describe_unshown_time(page_context.get_current().view_time))
filters.render_time_slider()
st.button("sekarang", on_click=filters.return_to_present)
"""


@pytest.fixture
def app(empty: Board) -> AppTest:
    app = AppTest.from_string(_SCRIPT)
    app.query_params["saat"] = "2023-01-01T10:30"
    return app.run()


def test_a_time_of_another_day_is_said_and_stays_said_while_the_present_is_shown(
    app: AppTest,
) -> None:
    assert "1 Jan 2023 10.30" in app.text[0].value
    assert "saat" not in app.query_params
    assert "1 Jan 2023 10.30" in app.run().text[0].value


def test_who_chooses_the_present_or_a_time_reads_no_more_of_the_other(app: AppTest) -> None:
    assert app.button[0].click().run().text[0].value == ""


def test_an_address_without_a_time_asks_for_the_present(empty: Board) -> None:
    app = AppTest.from_string(_SCRIPT).run()
    present = app.session_state["saat"]
    assert app.text[0].value == ""
    app.session_state["saat"] = present.replace(hour=9, minute=0)
    app.run()
    app.session_state["saat"] = present
    assert app.run().text[0].value == ""


def test_the_midnight_that_ends_the_day_is_the_hour_24_on_the_slider(app: AppTest) -> None:
    assert app.slider[0].proto.format == "kk.mm"  # 1 to 24: "HH" would write 00.00 at the right end
