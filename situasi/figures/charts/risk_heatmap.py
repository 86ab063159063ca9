"""Heat map of where and when incidents concentrate, with uncertain cells hatched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from situasi.figures.charts.template import NO_COLOUR_SCALE, create_figure
from situasi.figures.theme import Theme

ROW_PX = 26
HEADING_PX = 48
SILENT_TEXT = "–"
ABOVE_SIGN = "↑"


@dataclass(frozen=True)
class Wording:
    """Texts of the map. hover: with {where}, {rate}, {low}, {high} and {n}."""

    format_area: Callable[[str], str]
    format_hour: Callable[[pd.Timestamp], str]
    hover: str
    silent_hover: str
    decimal_sign: str


def build_risk_heatmap(cells: pd.DataFrame, wording: Wording, theme: Theme) -> go.Figure:
    """Draw the risk cells as a heat map, the kecamatan with the highest rates on top.

    The colour is the smoothed rate, the number the reported count, ABOVE_SIGN a rate clearly above
    the kabupaten, a diagonal line a wide interval. A kecamatan without reports has a dash and no
    colour.
    """
    order = cells.groupby("kecamatan", sort=False)["rate"].mean().sort_values(ascending=False).index
    hours = list(dict.fromkeys(cells["hour"]))
    grid = cells.pivot(index="kecamatan", columns="hour").loc[order]
    rate = _to_grid(grid, "rate")
    names = [
        [f"{wording.format_area(code)} · {wording.format_hour(hour)}" for hour in hours]
        for code in order
    ]
    figure = create_figure(theme)
    figure.add_heatmap(
        z=rate.round(2),
        text=_format_counts(grid),
        texttemplate="%{text}",
        hovertext=names,
        customdata=np.dstack([_to_grid(grid, name).round(2) for name in ("low", "high", "count")]),
        hovertemplate=wording.hover.format(
            where="%{hovertext}", rate="%{z:.1f}", low="%{customdata[0]:.1f}",
            high="%{customdata[1]:.1f}", n="%{customdata[2]:d}",
        ) + "<extra></extra>",
        zmin=0,
        zmax=float(np.nanmax(rate, initial=0)) or 1.0,
        colorscale=_build_colour_scale(theme),
        xgap=2, ygap=2, showscale=False, hoverongaps=False,
    )  # fmt: skip
    figure.add_heatmap(
        z=np.where(np.isnan(rate), 0.0, np.nan),
        text=np.full(rate.shape, SILENT_TEXT),
        texttemplate="%{text}",
        textfont={"color": theme.muted},
        hovertext=names,
        hovertemplate="%{hovertext} · " + wording.silent_hover + "<extra></extra>",
        colorscale=NO_COLOUR_SCALE,
        showscale=False, hoverongaps=False,
    )  # fmt: skip
    _add_hatching(figure, _to_grid(grid, "wide") > 0, theme)
    return _apply_layout(
        figure,
        [wording.format_hour(hour) for hour in hours],
        [wording.format_area(c) for c in order],
        wording,
        theme,
    )


def _to_grid(pivoted: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    return pivoted[name].to_numpy("float64", na_value=np.nan)


def _format_counts(pivoted: pd.DataFrame) -> list[list[str]]:
    counts, above = np.nan_to_num(_to_grid(pivoted, "count")), _to_grid(pivoted, "above") > 0
    return [
        [
            (f"{count:.0f}" if count else "") + (ABOVE_SIGN if is_above else "")
            for count, is_above in zip(*row, strict=True)
        ]
        for row in zip(counts, above, strict=True)
    ]


def _add_hatching(figure: go.Figure, wide: npt.NDArray[np.bool_],
             theme: Theme) -> None:  # fmt: skip
    """Draw a diagonal line across each of these cells, all in one trace."""
    x: list[float | None] = []
    y: list[float | None] = []
    for row, column in np.argwhere(wide).tolist():
        x += [column - 0.4, column + 0.4, None]
        y += [row + 0.4, row - 0.4, None]
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": theme.muted, "width": 1}, hoverinfo="skip",
        showlegend=False,
    )  # fmt: skip


def _build_colour_scale(theme: Theme) -> list[tuple[float, str]]:
    last = len(theme.risk) - 1
    return [(step / last, colour) for step, colour in enumerate(theme.risk)]


def _apply_layout(
    figure: go.Figure, hours: list[str], areas: list[str], wording: Wording, theme: Theme
) -> go.Figure:
    figure.update_layout(
        height=HEADING_PX + ROW_PX * len(areas),
        margin={"t": HEADING_PX - 8, "b": 8},
        separators=wording.decimal_sign + " ",
        xaxis=_build_ticks(hours, theme) | {"side": "top", "range": [-0.5, len(hours) - 0.5]},
        yaxis=_build_ticks(areas, theme)
        | {"showgrid": False, "automargin": True, "range": [len(areas) - 0.5, -0.5]},
    )
    return figure


def _build_ticks(names: list[str], theme: Theme) -> dict[str, Any]:
    ticks = list(range(len(names)))
    return {"tickvals": ticks, "ticktext": names, "tickfont": {"color": theme.ink}}
