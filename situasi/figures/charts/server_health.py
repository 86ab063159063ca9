"""Chart of one measure of the server through the last hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import plotly.graph_objects as go

from situasi.figures.theme import Theme

HEIGHT = 150


def build_health_chart(
    times: Sequence[datetime],
    values: Sequence[float | None],
    limit: float | None,
    unit: str,
    theme: Theme,
) -> go.Figure:
    """Draw a line over local times, interrupted where nothing was measured; the limit dashed.

    unit: the word behind a value.
    """
    figure = go.Figure()
    local = [moment.replace(tzinfo=None) for moment in times]
    figure.add_scatter(
        x=local, y=list(values), mode="lines", connectgaps=False,
        line={"color": theme.accent, "width": 1.5},
        hovertemplate="%{x|%H.%M.%S} · %{y:,.2f} " + unit + "<extra></extra>",
    )  # fmt: skip
    known = [value for value in values if value is not None]
    top = max([*known, limit or 1.0])
    if limit is not None:
        figure.add_hline(y=limit, line={"color": theme.muted, "width": 1, "dash": "dash"})
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 22},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=",.",
        font={"color": theme.muted, "size": 12, "family": "Source Sans, sans-serif"},
        xaxis={"tickformat": "%H.%M", "nticks": 6, "showgrid": False, "fixedrange": True},
        yaxis={
            "range": [0, top * 1.35], "nticks": 4, "gridcolor": theme.counts[1],
            "zeroline": False, "tickformat": ",.2~f", "ticklabelposition": "inside top",
            "tickfont": {"color": theme.muted}, "fixedrange": True,
        },
    )  # fmt: skip
    return figure
