"""Chart of officers through the day: present and silent, against posted and required."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from situasi.common.formats import get_time_pattern
from situasi.figures.charts.template import (
    INSIDE_AXIS,
    add_level_line,
    add_moment_line,
    create_figure,
)
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
    figure = create_figure(theme)
    x = pd.DatetimeIndex(curve.index).tz_localize(None)
    fills = {"present": theme.present, "silent": theme.line}
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
            hovertemplate="%{x} · %{y} " + names[name] + "<extra></extra>",
        )
    for name, count in levels.items():
        _add_level_line(figure, count, names[name], theme, is_estimate=name == "required")
    for moment, word in moments:
        line = {"color": theme.muted, "width": 1, "dash": "dot"}
        add_moment_line(figure, moment, word, line, yanchor="bottom")
    max_count = max([*levels.values(), int(curve.sum(axis=1).max() or 0) if len(curve) else 0, 4])
    figure.update_layout(
        height=HEIGHT,
        margin={"t": 22},
        xaxis={
            "range": [moment.replace(tzinfo=None) for moment in day],
            "tickformat": get_time_pattern(),
            "hoverformat": get_time_pattern(),
            "dtick": 2 * 3_600_000,
        },
        yaxis={
            **INSIDE_AXIS,
            "range": [0, max_count * 1.15],
            "tickformat": "d",
            "gridcolor": theme.line,
            "gridwidth": 0.5,
        },
    )
    return figure


def _add_level_line(
    figure: go.Figure, count: int, text: str, theme: Theme, *, is_estimate: bool
) -> None:
    colour = theme.muted if is_estimate else theme.ink
    line = {"color": colour, "width": 1.5, "dash": "dash" if is_estimate else "solid"}
    add_level_line(
        figure, count, f"<i>{text}</i>" if is_estimate else text, line, x=1, xanchor="right",
        yanchor="bottom", yshift=2, bgcolor=theme.paper, borderpad=0,
    )  # fmt: skip
