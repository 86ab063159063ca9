"""Gantt chart of the stages of the election, with the day marked."""

import textwrap
from collections.abc import Mapping
from datetime import date, datetime, time
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from situasi.figures.charts.template import add_moment_line, create_figure
from situasi.figures.theme import Theme, hex_to_rgba

LINE_PX = 13.5  # height of a line of a name, in pixels
MAX_LINE_LENGTH = 40  # characters in a line; a longer name takes more lines
_GAP_LINES = 0.4  # between two stages, in lines
_DAY_MS = 86_400_000  # in milliseconds, Plotly's unit of duration


def build_gantt_chart(
    table: pd.DataFrame, names: Mapping[str, str], day: date, today: str, theme: Theme
) -> go.Figure:
    """Draw the stages of the timetable as bars, with full names to their left.

    Stages without dates are not drawn. names: the word for each state. today: the word for the
    marked day.
    """
    drawn = table[table["drawn"]]
    wrapped = [_wrap_name(name) for name in drawn["name"]]
    row_heights = np.array([len(lines) + _GAP_LINES for lines in wrapped])
    drawn = drawn.set_axis(np.cumsum(row_heights) - row_heights / 2)
    figure = create_figure(theme)
    colours = {"lewat": theme.line, "berjalan": theme.accent, "akan": theme.muted}
    for state, colour in colours.items():
        for sure in (True, False):
            rows = drawn[(drawn["state"] == state) & (drawn["sure"] == sure)]
            if len(rows):
                _add_bars(
                    figure, rows, names[state], _build_bar_style(colour, theme, state, is_sure=sure)
                )
    if len(drawn):
        edges = _compute_axis_range(drawn)
        if edges[0] <= pd.Timestamp(day) <= edges[1]:
            is_late_half = pd.Timestamp(day) - edges[0] > edges[1] - pd.Timestamp(day)
            add_moment_line(
                figure,
                # At noon, because the bar of one day covers the whole day.
                datetime.combine(day, time(12)),
                today,
                {"color": theme.ink, "width": 1.5},
                layer="below",
                yanchor="bottom",
                xanchor="right" if is_late_half else "left",
            )
        figure.update_xaxes(range=list(edges))
    running = drawn["state"] == "berjalan"
    figure.update_yaxes(
        tickvals=drawn.index.to_list(),
        ticktext=[_format_name(*pair) for pair in zip(wrapped, running, strict=True)],
    )
    return _apply_layout(figure, max(float(row_heights.sum()), 5.0), theme)


def _build_bar_style(colour: str, theme: Theme, state: str, *, is_sure: bool) -> dict[str, Any]:
    """Return the bar style: hatched where sources disagree, outlined if still to come."""
    return {
        "color": colour if is_sure and state != "akan" else theme.paper,
        "line": {"color": colour, "width": 2},
        "pattern": {"shape": "" if is_sure else "/", "fgcolor": colour, "size": 5},
    }


def _add_bars(figure: go.Figure, rows: pd.DataFrame, name: str, bar_style: dict[str, Any]) -> None:
    days = (rows["end"] - rows["start"]).dt.days + 1
    hover_data = [[row.name, _format_span(row)] for row in rows.itertuples()]
    figure.add_bar(
        x=(days * _DAY_MS).tolist(),
        base=rows["start"].dt.strftime("%Y-%m-%d").to_list(),
        y=rows.index.to_list(),
        orientation="h",
        width=0.8,
        name=name,
        customdata=hover_data,
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} · " + name + "<extra></extra>",
        marker=bar_style,
    )


def _format_span(row: Any) -> str:
    first = f"{row.start:%d/%m/%Y}"
    return first if row.start == row.end else f"{first}–{row.end:%d/%m/%Y}"


def _compute_axis_range(drawn: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return slightly more than the time of all stages, so that short ones at the ends show."""
    margin = pd.Timedelta(days=6)
    return drawn["start"].min() - margin, drawn["end"].max() + margin


def _wrap_name(name: str) -> list[str]:
    """Wrap a name in as few lines as possible, of about the same length."""
    shortest = textwrap.wrap(name, MAX_LINE_LENGTH)
    widths = range(max(len(name) // max(len(shortest), 1), 1), MAX_LINE_LENGTH + 1)
    return next(
        (lines for w in widths if len(lines := textwrap.wrap(name, w)) == len(shortest)), shortest
    )


def _format_name(lines: list[str], is_running: bool) -> str:
    text = "<br>".join(map(escape, lines))
    return f"<b>{text}</b>" if is_running else text


def _apply_layout(figure: go.Figure, lines: float, theme: Theme) -> go.Figure:
    red, green, blue, _ = hex_to_rgba(theme.line)
    axis = {"automargin": True, "gridcolor": f"rgba({red},{green},{blue},0.35)"}
    figure.update_layout(
        height=round(44 + LINE_PX * lines),
        margin={"l": 4, "r": 4, "t": 20, "b": 24},
        barmode="overlay",
        xaxis=axis | {"type": "date", "tickformat": "%m/%Y", "dtick": "M1", "showgrid": True},
        yaxis=axis | {"range": [lines, 0], "tickfont": {"color": theme.ink}},
    )
    return figure
