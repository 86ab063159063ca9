"""Plotly figures on a page, built and serialized once for all viewers of the same data."""

import json
from collections.abc import Callable, Hashable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from situasi.ui import render_cache, session


class _SerializedFigure(go.Figure):  # type: ignore[misc]
    """A figure that is serialized once, so that Streamlit neither copies nor converts it."""

    def __init__(self, figure: go.Figure) -> None:
        super().__init__()
        self._spec: dict[str, Any] = json.loads(figure.to_json())

    def to_dict(self) -> dict[str, Any]:
        return self._spec


def render_chart(
    key: str,
    alt: str,
    inputs: tuple[Any, ...],
    build: Callable[..., go.Figure],
    dependencies: Hashable = None,
) -> None:
    """Draw the figure that `build` makes from these inputs and the theme of the viewer.

    alt: what the figure shows, in words. dependencies: what else it depends on
    (render_cache.get_or_build).
    """
    theme = session.get_theme()
    figure = render_cache.get_or_build(
        key, (dependencies, theme), inputs, lambda *args: _SerializedFigure(build(*args, theme))
    )
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, key=key, alt=alt)
