"""A page that could not be drawn says so in the words of the board, and nothing of the reason."""

from __future__ import annotations

import streamlit as st
from streamlit import error_util
from streamlit.testing.v1 import AppTest

from situasi.ui import errors

_SCRIPT = """
from streamlit import error_util
from situasi.ui import errors

error_util.handle_user_script_exception(ValueError("of Pos 3"), errors.on_script_error)
"""


def test_what_failed_is_said_in_both_languages_without_its_reason() -> None:
    app = AppTest.from_string(_SCRIPT).run()
    assert [error.value for error in app.error] == [errors.MESSAGE]
    assert not app.exception


def test_streamlit_alone_would_lead_to_its_cloud() -> None:
    app = AppTest.from_string(_SCRIPT.replace("errors.on_script_error", "None")).run()
    assert not app.error and app.exception
    assert st.App and error_util
