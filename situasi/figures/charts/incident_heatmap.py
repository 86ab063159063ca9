"""Heat map of incident counts by kind and kecamatan; no report is not shown as zero."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from situasi.figures.theme import Theme

ROW_PX = 26
HEADING_PX = 104
SILENT_TEXT = "–"
_NO_COLOUR = [(0, "rgba(0,0,0,0)"), (1, "rgba(0,0,0,0)")]


def build_incident_heatmap(
    counts: pd.DataFrame,
    kind_name: Callable[[str], str],
    area_name: Callable[[str], str],
    silent_hover: str,
    theme: Theme,
) -> go.Figure:
    """Draw counts by kind and kecamatan as a heat map, the most frequent kind on top.

    A kecamatan without any report has dashes, and no colour of the scale. silent_hover: the hover
    text of such a cell.
    """
    values = counts.to_numpy("float64", na_value=np.nan)
    common = {
        "x": [area_name(code) for code in counts.columns],
        "y": [kind_name(code) for code in counts.index],
        "xgap": 2,
        "ygap": 2,
        "showscale": False,
        "hoverongaps": False,
        "texttemplate": "%{text}",
    }
    figure = go.Figure()
    figure.add_heatmap(
        z=values,
        text=[["" if np.isnan(n) or not n else f"{n:.0f}" for n in row] for row in values],
        zmin=0,
        zmax=max(np.nanmax(values, initial=0), len(theme.counts) - 1),
        colorscale=_build_colour_scale(theme),
        hovertemplate="%{y} · %{x} · %{z:d}<extra></extra>",
        **common,
    )
    figure.add_heatmap(
        z=np.where(np.isnan(values), 0.0, np.nan),
        text=np.full(values.shape, SILENT_TEXT),
        colorscale=_NO_COLOUR,
        textfont={"color": theme.muted},
        hovertemplate="%{x} · " + silent_hover + "<extra></extra>",
        **common,
    )
    return _apply_layout(figure, len(counts), theme)


def _build_colour_scale(theme: Theme) -> list[tuple[float, str]]:
    last = len(theme.counts) - 1
    return [(step / last, colour) for step, colour in enumerate(theme.counts)]


def _apply_layout(figure: go.Figure, rows: int, theme: Theme) -> go.Figure:
    figure.update_layout(
        height=HEADING_PX + ROW_PX * max(rows, 1),
        margin={"l": 8, "r": 44, "t": HEADING_PX - 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": theme.ink, "size": 12, "family": "Source Sans, sans-serif"},
        xaxis={"side": "top", "tickangle": -45, "fixedrange": True, "showgrid": False},
        yaxis={
            "autorange": "reversed", "fixedrange": True, "showgrid": False, "automargin": True,
        },
    )  # fmt: skip
    return figure
