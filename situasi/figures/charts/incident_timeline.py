"""Timeline of the day: incidents per quarter of an hour, stacked by tingkat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from situasi.figures.theme import TINGKAT, Theme

HEIGHT = 165
# Plotly's default template has nothing for these bars, but takes 4 KB per refresh.
_TEMPLATE = go.layout.Template()


def build_incident_timeline(
    slots: pd.DataFrame,
    names: Mapping[str, str],
    moments: Sequence[tuple[datetime, str]],
    at: datetime | None,
    theme: Theme,
) -> go.Figure:
    """Draw incidents per slot as stacked bars.

    names: the word for each column. moments: fixed moments with their words. at: the moment shown,
    where it is in the past. All moments in the time zone of the slots.
    """
    figure = go.Figure()
    local = _to_naive_times(slots)
    for level in [name for name in TINGKAT if name in slots.columns]:
        figure.add_bar(
            # Slots are evenly spaced: first and step replace a list of 10 KB per refresh.
            x0=local[0].isoformat(),
            dx=(local[1] - local[0]) / pd.Timedelta(milliseconds=1),
            y=slots[level].to_numpy(),
            name=names[level],
            marker_color=TINGKAT[level],
            marker_line_width=0,
            hovertemplate="%{x|%H.%M} · %{y} " + names[level] + "<extra></extra>",
        )
    for moment, word in moments:
        _add_event_line(figure, moment, word, theme.muted, dash="dot")
    if at is not None:
        # On a lower line: it may be close to a fixed moment.
        _add_event_line(figure, at, f"{at:%H.%M}", theme.accent, below=16)
    return _apply_layout(figure, slots, theme)


def _to_naive_times(slots: pd.DataFrame) -> pd.DatetimeIndex:
    # Times go to the browser without time zone: it shows them as written, in the election's zone.
    return pd.DatetimeIndex(slots.index).tz_localize(None)


def _add_event_line(
    figure: go.Figure, at: datetime, text: str, colour: str, *, dash: str = "solid", below: int = 0
) -> None:
    x = at.replace(tzinfo=None)
    figure.add_shape(
        type="line", x0=x, x1=x, y0=0, y1=1, yref="paper",
        line={"color": colour, "width": 1.5, "dash": dash},
    )  # fmt: skip
    figure.add_annotation(
        x=x, y=1, yref="paper", text=text, showarrow=False, xanchor="left", yanchor="top",
        xshift=4, yshift=-below, font={"color": colour, "size": 12},
    )  # fmt: skip


def _apply_layout(figure: go.Figure, slots: pd.DataFrame, theme: Theme) -> go.Figure:
    local = _to_naive_times(slots)
    top = max(4, int(slots.sum(axis=1).max() or 0) + 1)
    figure.update_layout(
        barmode="stack",
        bargap=0.15,
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 22},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": theme.muted, "size": 12, "family": "Source Sans, sans-serif"},
        template=_TEMPLATE,
        xaxis={
            "type": "date",
            "range": [local[0], local[-1] + (local[1] - local[0])],
            "tickformat": "%H.%M",
            "dtick": 2 * 3_600_000,
            "showgrid": False,
            "fixedrange": True,
        },
        yaxis={
            "range": [0, top],
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
