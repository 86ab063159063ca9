"""A heartbeat asks for news; what it says of the widgets is passed over.

A page that asks by itself tells all its widgets as the browser has them at that moment, which may
be that of before a choice made for the viewer (a click on the map, a button, the end of a playback)
came back: with the next run the choice was taken back, and nobody had done it. Whatever viewers do
is told by a message of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any


def tell_nothing(session: type, runner: type) -> None:
    """Have Streamlit do so. session: its class of sessions. runner: that of what runs a script."""
    begin = session._create_scriptrunner  # type: ignore[attr-defined]
    ask = runner.request_rerun  # type: ignore[attr-defined]

    def begun(self: Any, asked: Any) -> None:
        begin(self, _without_widgets(asked))

    def again(self: Any, asked: Any) -> bool:
        return bool(ask(self, _without_widgets(asked)))

    session._create_scriptrunner = begun  # type: ignore[attr-defined]
    runner.request_rerun = again  # type: ignore[attr-defined]


def _without_widgets(asked: Any) -> Any:
    # None, and not an empty list: that would be joined to what a viewer did just before.
    return replace(asked, widget_states=None) if asked.is_auto_rerun else asked
