"""Chart of turnout through the day, against the expected turnout and earlier elections."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from situasi.figures.theme import Theme

HEIGHT = 300


def build_turnout_chart(
    curve: pd.DataFrame,
    references: Sequence[tuple[str, float]],
    names: tuple[str, str],
    tps: str,
    theme: Theme,
) -> go.Figure:
    """Draw summary.build_turnout_curve, the expected line dotted, references across.

    references: word and percent. names: the words of the reported and the expected line. tps: the
    word behind the number of TPS. The scale is fixed at 0 to 100 percent.
    """
    figure = go.Figure()
    local = pd.DatetimeIndex(curve.index).tz_localize(None)
    figure.add_scatter(
        x=local, y=curve["expected"], name=names[1], mode="lines",
        line={"color": theme.muted, "width": 1.5, "dash": "dot"},
        hovertemplate="%{x|%H.%M} · ≈ %{y:.1f} %<extra>" + names[1] + "</extra>",
    )  # fmt: skip
    is_reported = curve["rate"].notna()
    figure.add_scatter(
        x=local[is_reported], y=curve.loc[is_reported, "rate"], name=names[0], mode="lines+markers",
        line={"color": theme.turnout[3], "width": 2.5, "shape": "hv"}, marker={"size": 5},
        customdata=curve.loc[is_reported, ["heads", "told"]].to_numpy(),
        hovertemplate="%{x|%H.%M} · %{y:.1f} % · %{customdata[0]:,.0f} · %{customdata[1]:.0f} "
        + tps + "<extra></extra>",
    )  # fmt: skip
    for row, (word, percent) in enumerate(sorted(references, key=lambda reference: reference[1])):
        _add_reference_line(figure, word, percent, row, theme)
    return _apply_layout(figure, local, theme)


def _add_reference_line(
    figure: go.Figure, text: str, percent: float, row: int, theme: Theme
) -> None:
    figure.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=percent, y1=percent,
        line={"color": theme.accent, "width": 1, "dash": "dash"},
    )  # fmt: skip
    # Two elections may be close together: one label below its line, the next above.
    figure.add_annotation(
        x=0, xref="paper", y=percent, text=text, showarrow=False, xanchor="left", xshift=44,
        yanchor="bottom" if row % 2 else "top", font={"color": theme.accent, "size": 12},
    )  # fmt: skip


def _apply_layout(figure: go.Figure, local: pd.DatetimeIndex, theme: Theme) -> go.Figure:
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 22},
        showlegend=True,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 0.02, "yanchor": "bottom"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=",.",
        font={"color": theme.muted, "size": 12, "family": "Source Sans, sans-serif"},
        xaxis={
            "range": [local[0], local[-1]],
            "tickformat": "%H.%M",
            "dtick": 3_600_000,
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={
            "range": [0, 100],
            "dtick": 20,
            "ticksuffix": " %",
            "gridcolor": theme.counts[1],
            "ticklabelposition": "inside top",
            # Inside the plot, Plotly would choose its own colour: dark on dark.
            "tickfont": {"color": theme.muted},
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return figure
