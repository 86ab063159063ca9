"""Plotly figures on a page, drawn and written once for all who see the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from situasi.ui import render_cache, session


class _SerializedFigure(go.Figure):  # type: ignore[misc]
    """A figure that gives what it was written as: nothing to copy, nothing to convert."""

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
    """The figure that `make` draws of these findings, called with them and the viewer's theme.

    alt: what it shows, in words. asked: what else it rests on (drawn.once).
    """
    theme = session.get_theme()
    st.plotly_chart(
        render_cache.get_or_build(
            key, (dependencies, theme), inputs, lambda *them: _SerializedFigure(build(*them, theme))
        ),
        theme=None,
        config={"displayModeBar": False},
        key=key,
        alt=alt,
    )
