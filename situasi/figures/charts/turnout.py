"""Chart of turnout through the day, against the expected turnout and earlier elections."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from situasi.common.formats import get_time_pattern
from situasi.figures.charts.template import INSIDE_AXIS, add_level_line, create_figure
from situasi.figures.theme import Theme

HEIGHT = 320
_LABEL_PERCENT = 8  # height of a label, which stands on its tick
# The curve goes on for so long after the closing.
AFTER_CLOSING = pd.Timedelta(hours=1)


@dataclass(frozen=True)
class ForecastFan:
    """The forecast of the final turnout: its word, and its ends and centre in percent."""

    name: str
    low: float
    centre: float
    high: float


def build_turnout_chart(
    curve: pd.DataFrame,
    references: Sequence[tuple[str, float]],
    names: tuple[str, str],
    tps: str,
    theme: Theme,
    fan: ForecastFan | None = None,
) -> go.Figure:
    """Draw summary.build_turnout_curve, the expected line dotted, references across.

    references: word and percent. names: the words of the reported and the expected line. tps: the
    word behind the number of TPS. fan: where the forecast sees the end of the voting; drawn from
    the last reported point. The scale is fixed at 0 to 100 percent.
    """
    figure = create_figure(theme)
    local = pd.DatetimeIndex(curve.index).tz_localize(None)
    figure.add_scatter(
        x=local, y=curve["expected"], name=names[1], mode="lines",
        line={"color": theme.muted, "width": 1.5, "dash": "dot"},
        hovertemplate="%{x} · ≈ %{y:.1f} %<extra>" + names[1] + "</extra>",
    )  # fmt: skip
    is_reported = curve["rate"].notna()
    figure.add_scatter(
        x=local[is_reported], y=curve.loc[is_reported, "rate"], name=names[0], mode="lines+markers",
        line={"color": theme.turnout[3], "width": 2.5, "shape": "hv"}, marker={"size": 5},
        customdata=curve.loc[is_reported, ["voters_present", "tps_counted"]].to_numpy(),
        hovertemplate="%{x} · %{y:.1f} % · %{customdata[0]:,.0f} · %{customdata[1]:.0f} "
        + tps + "<extra></extra>",
    )  # fmt: skip
    if fan is not None and is_reported.any():
        _add_fan(figure, local[is_reported][-1], curve.loc[is_reported, "rate"].iloc[-1],
                 local[-1] - AFTER_CLOSING, fan, theme)  # fmt: skip
    for row, (word, percent) in enumerate(sorted(references, key=lambda reference: reference[1])):
        # Two elections may be close together: one label below its line, the next above.
        add_level_line(
            figure, percent, word, {"color": theme.accent, "width": 1, "dash": "dash"},
            x=0, xshift=44, yanchor="bottom" if row % 2 else "top",
        )  # fmt: skip
    ticks = [
        tick
        for tick in range(0, 101, 20)
        if not any(0 <= percent - tick < _LABEL_PERCENT for _word, percent in references)
    ]
    figure.update_layout(
        height=HEIGHT,
        showlegend=True,
        legend={"y": 1},
        margin={"t": 44},  # for two lines of the legend on a phone
        xaxis={
            "range": [local[0], local[-1]],
            "tickformat": get_time_pattern(),
            "hoverformat": get_time_pattern(),
            "dtick": 3_600_000,
        },
        yaxis={
            **INSIDE_AXIS,
            "range": [0, 100],
            "tickvals": ticks,
            "ticktext": [f"{tick} %" for tick in ticks],
            "gridcolor": theme.counts[1],
        },
    )
    return figure


def _add_fan(
    figure: go.Figure,
    start: pd.Timestamp,
    rate: float,
    end: pd.Timestamp,
    fan: ForecastFan,
    theme: Theme,
) -> None:
    """Draw the interval as an area that opens towards the closing, and its centre as a line."""
    if start >= end:
        return
    hover = f"≈ {fan.centre:.1f} % ({fan.low:.1f}–{fan.high:.1f} %)<extra>{fan.name}</extra>"
    figure.add_scatter(
        x=[start, end, end], y=[rate, fan.high, fan.low], mode="lines", fill="toself",
        line={"width": 0}, fillcolor=theme.turnout[3], opacity=0.18, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=[start, end], y=[rate, fan.centre], mode="lines", name=f"≈ {fan.name}",
        line={"color": theme.turnout[3], "width": 1.5, "dash": "dash"}, hovertemplate=hover,
    )  # fmt: skip
