"""Where and when incidents come close together: a heat map with what is unsure hatched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from situasi.figures.theme import Theme

ROW = 26
HEADING = 48
SILENT = "–"
ABOVE = "↑"
_NO_COLOUR = [(0, "rgba(0,0,0,0)"), (1, "rgba(0,0,0,0)")]


@dataclass(frozen=True)
class Wording:
    """What the map says. hover: with {where}, {rate}, {low}, {high} and {n}. decimal: its sign."""

    area: Callable[[str], str]
    hour: Callable[[pd.Timestamp], str]
    hover: str
    silence: str
    decimal: str


def hot(cells: pd.DataFrame, said: Wording, theme: Theme) -> go.Figure:
    """Heat map of analysis.risk.cells, the kecamatan with the highest rates on top.

    The colour is the smoothed rate, the number what was reported, ABOVE what lies clearly above
    the kabupaten, the slanting line an interval that is wide. Who was not heard has a dash and
    no colour.
    """
    order = cells.groupby("kecamatan", sort=False)["rate"].mean().sort_values(ascending=False).index
    hours = list(dict.fromkeys(cells["hour"]))
    laid = cells.pivot(index="kecamatan", columns="hour").loc[order]
    rate = _grid(laid, "rate")
    names = [[f"{said.area(code)} · {said.hour(hour)}" for hour in hours] for code in order]
    figure = go.Figure()
    figure.add_heatmap(
        z=rate.round(2),
        text=_numbers(laid),
        texttemplate="%{text}",
        hovertext=names,
        customdata=np.dstack([_grid(laid, name).round(2) for name in ("low", "high", "count")]),
        hovertemplate=said.hover.format(
            where="%{hovertext}", rate="%{z:.1f}", low="%{customdata[0]:.1f}",
            high="%{customdata[1]:.1f}", n="%{customdata[2]:d}",
        ) + "<extra></extra>",
        zmin=0,
        zmax=float(np.nanmax(rate, initial=0)) or 1.0,
        colorscale=_steps(theme),
        xgap=2, ygap=2, showscale=False, hoverongaps=False,
    )  # fmt: skip
    figure.add_heatmap(
        z=np.where(np.isnan(rate), 0.0, np.nan),
        text=np.full(rate.shape, SILENT),
        texttemplate="%{text}",
        textfont={"color": theme.muted},
        hovertext=names,
        hovertemplate="%{hovertext} · " + said.silence + "<extra></extra>",
        colorscale=_NO_COLOUR,
        showscale=False, hoverongaps=False,
    )  # fmt: skip
    _hatched(figure, _grid(laid, "wide") > 0, theme)
    return _dressed(
        figure, [said.hour(hour) for hour in hours], [said.area(c) for c in order], said, theme
    )


def _grid(laid: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    return laid[name].to_numpy("float64", na_value=np.nan)


def _numbers(laid: pd.DataFrame) -> list[list[str]]:
    counts, above = np.nan_to_num(_grid(laid, "count")), _grid(laid, "above") > 0
    return [
        [(f"{n:.0f}" if n else "") + (ABOVE if high else "") for n, high in zip(*row, strict=True)]
        for row in zip(counts, above, strict=True)
    ]


def _hatched(figure: go.Figure, wide: npt.NDArray[np.bool_],
             theme: Theme) -> None:  # fmt: skip
    """A line across each of these cells, all of them one trace."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row, column in np.argwhere(wide).tolist():
        x += [column - 0.4, column + 0.4, None]
        y += [row + 0.4, row - 0.4, None]
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": theme.muted, "width": 1}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip


def _steps(theme: Theme) -> list[tuple[float, str]]:
    last = len(theme.risk) - 1
    return [(at / last, colour) for at, colour in enumerate(theme.risk)]


def _dressed(
    figure: go.Figure, hours: list[str], areas: list[str], said: Wording, theme: Theme
) -> go.Figure:
    figure.update_layout(
        height=HEADING + ROW * len(areas),
        margin={"l": 8, "r": 8, "t": HEADING - 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        separators=said.decimal + " ",
        font={"color": theme.ink, "size": 12, "family": "Source Sans, sans-serif"},
        xaxis={
            "side": "top", "fixedrange": True, "showgrid": False, "zeroline": False,
            "tickvals": list(range(len(hours))), "ticktext": hours,
            "range": [-0.5, len(hours) - 0.5],
        },
        yaxis={
            "fixedrange": True, "showgrid": False, "zeroline": False, "automargin": True,
            "tickvals": list(range(len(areas))), "ticktext": areas,
            "range": [len(areas) - 0.5, -0.5],
        },
    )  # fmt: skip
    return figure
