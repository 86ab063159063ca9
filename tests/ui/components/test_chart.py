"""A figure that is written once says in the browser just what it says when written each time."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from situasi.ui import session


def page() -> None:
    import numpy as np
    import plotly.graph_objects as go
    import streamlit as st

    from situasi.ui.components.chart import render_chart

    drawn = st.session_state.setdefault("drawn", [])

    def make(found: list[float], theme: str) -> go.Figure:
        drawn.append(theme)
        figure = go.Figure()
        figure.add_bar(x0="2024-11-27T07:00", dx=900_000, y=np.array(found))
        figure.add_shape(type="line", x0="2024-11-27T07:00", x1="2024-11-27T07:00", y0=0, y1=1)
        return figure

    found = st.session_state.setdefault("found", [1.0, float("nan"), 3.0])
    render_chart("uji", "tiga batang", (found,), make)


def plain(found: list[float]) -> go.Figure:
    figure = go.Figure()
    figure.add_bar(x0="2024-11-27T07:00", dx=900_000, y=np.array(found))
    figure.add_shape(type="line", x0="2024-11-27T07:00", x1="2024-11-27T07:00", y0=0, y1=1)
    return figure


def test_the_browser_is_sent_the_figure_itself_and_it_is_drawn_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "get_theme", lambda: "terang")
    app = AppTest.from_function(page).run()
    sent = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert sent == json.loads(plain([1.0, float("nan"), 3.0]).to_json())
    app.run()
    assert json.loads(app.get("plotly_chart")[0].proto.spec) == sent
    assert app.session_state["drawn"] == ["terang"]
