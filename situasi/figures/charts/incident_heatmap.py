"""Heat map of incident counts by kind and kecamatan; no report is not shown as zero."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from situasi.figures.charts.template import NO_COLOUR_SCALE, create_figure
from situasi.figures.theme import Theme

ROW_PX = 26
HEADING_PX = 104
SILENT_TEXT = "–"


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
    figure = create_figure(theme)
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
        colorscale=NO_COLOUR_SCALE,
        textfont={"color": theme.muted},
        hovertemplate="%{x} · " + silent_hover + "<extra></extra>",
        **common,
    )
    figure.update_layout(
        height=HEADING_PX + ROW_PX * max(len(counts), 1),
        margin={"r": 44, "t": HEADING_PX - 8, "b": 8},
        xaxis={"side": "top", "tickangle": -45, "tickfont": {"color": theme.ink}},
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "automargin": True,
            "tickfont": {"color": theme.ink},
        },
    )
    return figure


def _build_colour_scale(theme: Theme) -> list[tuple[float, str]]:
    last = len(theme.counts) - 1
    return [(step / last, colour) for step, colour in enumerate(theme.counts)]
