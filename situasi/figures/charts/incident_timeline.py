"""Timeline of the day: incidents per quarter of an hour, stacked by tingkat."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from situasi.common.formats import format_time, get_time_pattern
from situasi.figures.charts.template import INSIDE_AXIS, add_moment_line, create_figure
from situasi.figures.theme import TINGKAT, Theme

HEIGHT = 165


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
    figure = create_figure(theme)
    # Times go to the browser without time zone: it shows them as written, in the election's zone.
    local = pd.DatetimeIndex(slots.index).tz_localize(None)
    for level in [name for name in TINGKAT if name in slots.columns]:
        figure.add_bar(
            # Slots are evenly spaced: first and step replace a list of 10 KB per refresh.
            x0=local[0].isoformat(),
            dx=(local[1] - local[0]) / pd.Timedelta(milliseconds=1),
            y=slots[level].to_numpy(),
            name=names[level],
            marker_color=TINGKAT[level],
            marker_line_width=0,
            hovertemplate="%{x} · %{y} " + names[level] + "<extra></extra>",
        )
    for moment, word in moments:
        line = {"color": theme.muted, "width": 1.5, "dash": "dot"}
        add_moment_line(figure, moment, word, line, yanchor="top", xshift=4)
    if at is not None:
        # On a lower line: it may be close to a fixed moment.
        line = {"color": theme.accent, "width": 1.5}
        add_moment_line(figure, at, format_time(at), line, yanchor="top", xshift=4, yshift=-16)
    figure.update_layout(
        barmode="stack",
        bargap=0.15,
        height=HEIGHT,
        xaxis={
            "type": "date",
            "range": [local[0], local[-1] + (local[1] - local[0])],
            "tickformat": get_time_pattern(),
            "hoverformat": get_time_pattern(),
            "dtick": 2 * 3_600_000,
        },
        yaxis={
            **INSIDE_AXIS,
            "range": [0, max(4, int(slots.sum(axis=1).max() or 0) + 1)],
            "tickformat": "d",
            "gridcolor": theme.line,
            "gridwidth": 0.5,
        },
    )
    return figure
