"""Chart of the turnout forecast by kecamatan: estimate, interval, and voters already counted."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from situasi.figures.charts.template import create_figure
from situasi.figures.theme import Theme

ROW_PX, FOOT_PX = 19, 30


@dataclass(frozen=True)
class MarkNames:
    """Names of the marks: the dot, the bar, the tick, and a row without dot and bar."""

    centre: str
    interval: str
    counted: str
    unknown: str


def build_forecast_chart(forecast: pd.DataFrame, mark_names: MarkNames, theme: Theme) -> go.Figure:
    """Draw a row for each area; the first, on top, is the total, drawn as a diamond.

    forecast: columns name, centre, low, high, counted (percent of the list; the first three NaN
    where too few TPS reported). The scale is fixed at 0 to 104 percent, because lists can be
    exceeded.
    """
    figure = create_figure(theme)
    names = forecast["name"]
    known = forecast["centre"].notna()
    rows = forecast[known]
    figure.add_scatter(
        x=forecast["counted"], y=names, mode="markers", name=mark_names.counted,
        marker={"symbol": "line-ns-open", "size": 9, "color": theme.muted, "line": {"width": 2}},
        hovertemplate="%{y} · " + mark_names.counted + " %{x:.1f} %<extra></extra>",
    )  # fmt: skip
    is_total = rows.index == forecast.index[0]
    figure.add_scatter(
        x=rows["centre"], y=rows["name"], mode="markers", name=mark_names.centre,
        marker={
            "size": 8,
            "color": [theme.accent if is_diamond else theme.turnout[3] for is_diamond in is_total],
            "symbol": ["diamond" if is_diamond else "circle" for is_diamond in is_total],
        },
        error_x={
            "type": "data", "symmetric": False, "thickness": 2, "width": 0,
            "color": theme.turnout[3],
            "array": rows["high"] - rows["centre"], "arrayminus": rows["centre"] - rows["low"],
        },
        customdata=rows[["low", "high"]].to_numpy(),
        hovertemplate="%{y} · ≈ %{x:.1f} % · " + mark_names.interval
        + " %{customdata[0]:.1f}–%{customdata[1]:.1f} %<extra></extra>",
    )  # fmt: skip
    for name, counted in zip(names[~known], forecast.loc[~known, "counted"].fillna(0), strict=True):
        figure.add_annotation(
            x=counted, y=name, text=mark_names.unknown, xshift=8, font={"size": 11}
        )
    figure.update_layout(
        height=FOOT_PX + ROW_PX * len(forecast) + 24,
        margin={"r": 12, "t": 24, "b": FOOT_PX - 8},
        showlegend=True,
        legend={"y": 1},
        xaxis={
            "range": [0, 104],
            "dtick": 20,
            "ticksuffix": " %",
            "showgrid": True,
            "gridcolor": theme.counts[1],
        },
        yaxis={
            "autorange": "reversed",
            "automargin": True,
            "showgrid": False,
            "type": "category",
            "tickfont": {"color": theme.ink},
        },
    )
    return figure
