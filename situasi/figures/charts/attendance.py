"""Chart of officers through the day: present and silent, against posted and required."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from situasi.figures.theme import Theme

HEIGHT = 250


def build_attendance_chart(
    curve: pd.DataFrame,
    levels: Mapping[str, int],
    names: Mapping[str, str],
    moments: Sequence[tuple[datetime, str]],
    day: tuple[datetime, datetime],
    theme: Theme,
) -> go.Figure:
    """Draw attendance.build_attendance_curve as stacked steps under the lines of `levels`.

    levels: `posted` and `required`, without those that are not known; required is an estimate,
    drawn dashed. names: the word for each of present, silent and the levels. moments: fixed moments
    with their words. day: the axis; all in the time zone of the curve.
    """
    figure = go.Figure()
    x = pd.DatetimeIndex(curve.index).tz_localize(None)
    fills = {"present": theme.strength[-2], "silent": theme.line}
    for name, colour in fills.items():
        figure.add_scatter(
            x=x,
            y=curve[name].to_numpy(),
            name=names[name],
            stackgroup="officers",
            mode="lines",
            line={"shape": "hv", "width": 0.5, "color": colour},
            fillcolor=colour,
            # Silent is hatched as well as grey: it is neither present nor absent.
            fillpattern={"shape": "/" if name == "silent" else "", "fgcolor": theme.muted},
            hovertemplate="%{x|%H.%M} · %{y} " + names[name] + "<extra></extra>",
        )
    for name, count in levels.items():
        _add_level_line(figure, count, names[name], theme, is_estimate=name == "required")
    for moment, word in moments:
        _add_event_line(figure, moment, word, theme)
    return _apply_layout(figure, curve, levels, day, theme)


def _add_level_line(
    figure: go.Figure, count: int, text: str, theme: Theme, *, is_estimate: bool
) -> None:
    colour = theme.muted if is_estimate else theme.ink
    figure.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=count, y1=count,
        line={"color": colour, "width": 1.5, "dash": "dash" if is_estimate else "solid"},
    )  # fmt: skip
    figure.add_annotation(
        x=1, xref="paper", y=count, text=f"<i>{text}</i>" if is_estimate else text, showarrow=False,
        xanchor="right", yanchor="bottom", font={"color": colour, "size": 12}, yshift=2,
        bgcolor=theme.paper, borderpad=0,
    )  # fmt: skip


def _add_event_line(figure: go.Figure, at: datetime, text: str, theme: Theme) -> None:
    x = at.replace(tzinfo=None)
    figure.add_shape(
        type="line", x0=x, x1=x, y0=0, y1=1, yref="paper",
        line={"color": theme.muted, "width": 1, "dash": "dot"},
    )  # fmt: skip
    figure.add_annotation(
        x=x, y=1, yref="paper", text=text, showarrow=False, xanchor="left", yanchor="bottom",
        font={"color": theme.muted, "size": 12},
    )  # fmt: skip


def _apply_layout(
    figure: go.Figure,
    curve: pd.DataFrame,
    levels: Mapping[str, int],
    day: tuple[datetime, datetime],
    theme: Theme,
) -> go.Figure:
    max_count = max([*levels.values(), int(curve.sum(axis=1).max() or 0) if len(curve) else 0, 4])
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 22, "b": 22},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": theme.muted, "size": 12, "family": "Source Sans, sans-serif"},
        xaxis={
            "range": [moment.replace(tzinfo=None) for moment in day],
            "tickformat": "%H.%M",
            "dtick": 2 * 3_600_000,
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={
            "range": [0, max_count * 1.15],
            "nticks": 4,
            "tickformat": "d",
            "gridcolor": theme.line,
            "gridwidth": 0.5,
            "ticklabelposition": "inside top",
            # Inside the plot, Plotly would choose its own colour: dark on dark.
            "tickfont": {"color": theme.muted},
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return figure
