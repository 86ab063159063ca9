"""The stages of the election as a Gantt chart, with the day marked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from situasi.figures.theme import Theme

ROW = 17
LONGEST = 40  # letters of a name that fit beside its bar
ROOM = 0.38  # share of the width that a name needs
_DAY = 86_400_000  # in milliseconds, as Plotly counts a length of time


def gantt(
    table: pd.DataFrame, names: Mapping[str, str], day: date, today: str, theme: Theme
) -> go.Figure:
    """Bars of analysis.stages.timetable; stages without dates are not drawn.

    names: the word for each state. today: the word for the day that is marked.
    """
    drawn = table[table["drawn"]].reset_index(drop=True)
    figure = go.Figure()
    looks = {"lewat": theme.line, "berjalan": theme.accent, "akan": theme.muted}
    for state, colour in looks.items():
        for sure in (True, False):
            rows = drawn[(drawn["state"] == state) & (drawn["sure"] == sure)]
            if len(rows):
                _bars(figure, rows, names[state], _look(colour, theme, state, sure=sure))
    if len(drawn):
        edges = _edges(drawn)
        figure.update_layout(annotations=[_name(row, edges, theme) for row in drawn.itertuples()])
        if edges[0] <= pd.Timestamp(day) <= edges[1]:
            _mark(figure, day, today, theme)
        figure.update_xaxes(range=list(edges))
    return _dressed(figure, len(drawn), theme)


def _look(colour: str, theme: Theme, state: str, *, sure: bool) -> dict[str, Any]:
    """What sources do not agree on is hatched; what is still to come is only outlined."""
    return {
        "color": colour if sure and state != "akan" else theme.paper,
        "line": {"color": colour, "width": 2},
        "pattern": {"shape": "" if sure else "/", "fgcolor": colour, "size": 5},
    }


def _bars(figure: go.Figure, rows: pd.DataFrame, name: str, look: dict[str, Any]) -> None:
    days = (rows["end"] - rows["start"]).dt.days + 1
    told = [[row.name, _span(row)] for row in rows.itertuples()]
    figure.add_bar(
        x=(days * _DAY).tolist(),
        base=rows["start"].dt.strftime("%Y-%m-%d").to_list(),
        y=rows.index.to_list(),
        orientation="h",
        width=0.62,
        name=name,
        customdata=told,
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} · " + name + "<extra></extra>",
        marker=look,
    )


def _span(row: Any) -> str:
    first = f"{row.start:%d/%m/%Y}"
    return first if row.start == row.end else f"{first}–{row.end:%d/%m/%Y}"


def _edges(drawn: pd.DataFrame) -> tuple[pd.Timestamp, pd.Timestamp]:
    """A little more than the time of all stages, so that short ones at its ends are seen."""
    margin = pd.Timedelta(days=6)
    return drawn["start"].min() - margin, drawn["end"].max() + margin


def _name(row: Any, edges: tuple[Any, Any], theme: Theme) -> dict[str, Any]:
    """The name of a stage beside its bar where there is more room, or on a bar that leaves none."""
    end = row.end + timedelta(days=1)
    before, after = row.start - edges[0], edges[1] - end
    on_bar = max(before, after) < ROOM * (edges[1] - edges[0])
    right = after > before and not on_bar
    colour = theme.ink if row.state == "berjalan" else theme.muted
    if on_bar:
        colour = theme.paper if row.state == "berjalan" else theme.ink
    return {
        "x": end if right else row.start,
        "y": row.Index,
        "text": _short(row.name),
        "showarrow": False,
        "xanchor": "left" if right or on_bar else "right",
        "xshift": 5 if right or on_bar else -5,
        "font": {"size": 12, "color": colour},
        # So that neither the months nor the day marked run through the words.
        "bgcolor": "rgba(0,0,0,0)" if on_bar else theme.paper,
        "borderpad": 0,
    }


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


def _mark(figure: go.Figure, day: date, word: str, theme: Theme) -> None:
    # Through the middle of the day, whose bar is as wide as the day.
    x = pd.Timestamp(day) + pd.Timedelta(hours=12)
    figure.add_shape(
        type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", layer="below",
        line={"color": theme.ink, "width": 1.5},
    )  # fmt: skip
    figure.add_annotation(
        x=x, y=1, yref="paper", text=word, showarrow=False, yanchor="bottom",
        font={"size": 12, "color": theme.ink},
    )  # fmt: skip


def _dressed(figure: go.Figure, rows: int, theme: Theme) -> go.Figure:
    figure.update_layout(
        height=60 + ROW * max(rows, 3),
        margin={"l": 4, "r": 4, "t": 20, "b": 24},
        barmode="overlay",
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": theme.muted, "size": 12, "family": "Source Sans, sans-serif"},
        xaxis={
            "type": "date",
            "tickformat": "%m/%Y",
            "dtick": "M1",
            "gridcolor": theme.line,
            "gridwidth": 0.5,
            "fixedrange": True,
        },
        yaxis={
            "range": [max(rows, 3) - 0.4, -0.6],
            "visible": False,
            "fixedrange": True,
        },
    )
    return figure
