"""A heartbeat asks for news; what it says of the widgets is passed over.

A page that asks by itself tells all its widgets as the browser has them at that moment, which may
be that of before a choice made for the viewer (a click on the map, a button, the end of a playback)
came back: with the next run the choice was taken back, and nobody had done it. Whatever viewers do
is told by a message of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any


def ignore_widget_state(requests_class: type) -> None:
    """Have Streamlit do so. requests: its class of what is asked of a script, by whichever way."""
    ask = requests_class.request_rerun  # type: ignore[attr-defined]

    def asked(self: Any, wanted: Any) -> bool:
        # None, and not an empty list: that would be joined to what a viewer did just before.
        quiet = replace(wanted, widget_states=None) if wanted.is_auto_rerun else wanted
        return bool(ask(self, quiet))

    requests_class.request_rerun = asked  # type: ignore[attr-defined]
