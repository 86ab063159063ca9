"""A page that could not be drawn says so in the words of the board, and nothing of the reason."""

from __future__ import annotations

import pytest
from streamlit import config
from streamlit.elements import exception
from streamlit.proto.Exception_pb2 import Exception as Shown

from situasi.ui import errors


def test_what_failed_is_said_in_both_languages_without_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "_GENERIC_UNCAUGHT_EXCEPTION_TEXT"
    monkeypatch.setattr(exception, name, getattr(exception, name))
    monkeypatch.setattr(config, "get_option", lambda _: "none")
    errors.set_error_message(exception)
    shown = Shown()
    exception.marshall(shown, ValueError("of Pos 3"), apply_show_error_details=True)
    assert shown.message == errors.MESSAGE
    assert "Pos 3" not in str(shown)
    assert "Streamlit" not in shown.message
