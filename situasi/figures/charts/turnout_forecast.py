"""The turnout outlook by kecamatan: a dot where the day is taken to end, its interval, who came."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from situasi.figures.theme import Theme

ROW_PX, FOOT_PX = 19, 30


@dataclass(frozen=True)
class MarkNames:
    """What the marks are called: the dot, the bar, the tick, and a row that has neither."""

    centre: str
    interval: str
    counted: str
    unknown: str


def build_forecast_chart(forecast: pd.DataFrame, mark_names: MarkNames, theme: Theme) -> go.Figure:
    """A row for each area, the first of `found` on top: it is the whole, drawn as a diamond.

    found: columns name, centre, low, high, counted (percent of the list; of the first three NaN
    where too few told). Scale fixed at 0 to 100 percent and a little, for lists are exceeded.
    """
    figure = go.Figure()
    names = forecast["name"]
    known = forecast["centre"].notna()
    told = forecast[known]
    figure.add_scatter(
        x=forecast["counted"], y=names, mode="markers", name=mark_names.counted,
        marker={"symbol": "line-ns-open", "size": 9, "color": theme.muted, "line": {"width": 2}},
        hovertemplate="%{y} · " + mark_names.counted + " %{x:.1f} %<extra></extra>",
    )  # fmt: skip
    first = told.index == forecast.index[0]
    figure.add_scatter(
        x=told["centre"], y=told["name"], mode="markers", name=mark_names.centre,
        marker={
            "size": 8,
            "color": [theme.accent if one else theme.turnout[3] for one in first],
            "symbol": ["diamond" if one else "circle" for one in first],
        },
        error_x={
            "type": "data", "symmetric": False, "thickness": 2, "width": 0,
            "color": theme.turnout[3],
            "array": told["high"] - told["centre"], "arrayminus": told["centre"] - told["low"],
        },
        customdata=told[["low", "high"]].to_numpy(),
        hovertemplate="%{y} · ≈ %{x:.1f} % · " + mark_names.interval
        + " %{customdata[0]:.1f}–%{customdata[1]:.1f} %<extra></extra>",
    )  # fmt: skip
    for name, counted in zip(names[~known], forecast.loc[~known, "counted"].fillna(0), strict=True):
        figure.add_annotation(
            x=counted, y=name, text=mark_names.unknown, showarrow=False, xanchor="left", xshift=8,
            font={"color": theme.muted, "size": 11},
        )  # fmt: skip
    return _apply_layout(figure, len(forecast), theme)


def _apply_layout(figure: go.Figure, rows: int, theme: Theme) -> go.Figure:
    figure.update_layout(
        height=FOOT_PX + ROW_PX * rows + 24,
        margin={"l": 8, "r": 12, "t": 24, "b": FOOT_PX - 8},
        showlegend=True,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=",.",
        font={"color": theme.muted, "size": 12, "family": "Source Sans, sans-serif"},
        xaxis={
            "range": [0, 104],
            "dtick": 20,
            "ticksuffix": " %",
            "gridcolor": theme.counts[1],
            "zeroline": False,
            "fixedrange": True,
        },
        yaxis={
            "autorange": "reversed",
            "showgrid": False,
            "fixedrange": True,
            "automargin": True,
            "type": "category",
            "tickfont": {"color": theme.ink},
        },
    )
    return figure
