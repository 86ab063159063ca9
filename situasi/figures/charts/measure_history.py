"""Chart of one measure of the server through the last hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import plotly.graph_objects as go

from situasi.common.formats import get_time_pattern
from situasi.figures.charts.template import INSIDE_AXIS, create_figure
from situasi.figures.theme import Theme

HEIGHT = 150
_SHORT = timedelta(minutes=6)


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
    figure = create_figure(theme)
    local = [moment.replace(tzinfo=None) for moment in times]
    figure.add_scatter(
        x=local, y=list(values), mode="lines", connectgaps=False,
        line={"color": theme.accent, "width": 1.5},
        hovertemplate="%{x} · %{y:,.2f} " + unit + "<extra></extra>",
    )  # fmt: skip
    # Of the first minutes a clock without seconds would say the same several times.
    is_short = bool(local) and local[-1] - local[0] < _SHORT
    known = [value for value in values if value is not None]
    top = max([*known, limit or 1.0])
    if limit is not None:
        figure.add_hline(y=limit, line={"color": theme.muted, "width": 1, "dash": "dash"})
    figure.update_layout(
        height=HEIGHT,
        xaxis={
            "tickformat": get_time_pattern(with_seconds=is_short),
            "hoverformat": get_time_pattern(with_seconds=True),
            "nticks": 4 if is_short else 6,
        },
        yaxis={
            **INSIDE_AXIS,
            "range": [0, top * 1.35],
            "gridcolor": theme.counts[1],
            "tickformat": ",.2~f",
        },
    )
    return figure
