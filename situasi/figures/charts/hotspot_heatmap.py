"""Heat map of incidents by place and hour: coloured is what is more than usual there and then."""

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
HEADING_PX = 56
SILENT_TEXT = "–"
ABOVE_SIGN = "↑"
MAX_GRADE = 3


@dataclass(frozen=True)
class Wording:
    """Texts of the map. format_cell: what is told of a cell (a row of it) when pointed at."""

    format_area: Callable[[str], str]
    format_hour: Callable[[pd.Timestamp], str]
    format_cell: Callable[[Any], str]


def build_hotspot_heatmap(cells: pd.DataFrame, wording: Wording, theme: Theme) -> go.Figure:
    """Draw the cells as a heat map, the kecamatan with the gravest marks on top.

    cells: kecamatan, hour, count (missing: nothing was heard), grade (0: as usual; the higher the
    rarer by chance). The number is that of incidents; colour and ABOVE_SIGN, once for each grade,
    mark what is more than usual. A kecamatan without reports has a dash and no colour.
    """
    totals = cells.groupby("kecamatan", sort=False)[["grade", "count"]].agg(
        {"grade": "max", "count": "sum"}
    )
    order = totals.sort_values(["grade", "count"], ascending=False, kind="stable").index
    hours = list(dict.fromkeys(cells["hour"]))
    grid = cells.assign(hover=[wording.format_cell(row) for row in cells.itertuples()])
    grid = grid.pivot(index="kecamatan", columns="hour").loc[order]
    counts, grades = (grid[name].to_numpy("float64") for name in ("count", "grade"))
    unheard, grades = np.isnan(counts), np.minimum(grades, MAX_GRADE)
    figure = create_figure(theme)
    figure.add_heatmap(
        z=np.where(unheard, np.nan, grades),
        text=_format_counts(counts, grades),
        texttemplate="%{text}",
        customdata=grid["hover"].to_numpy(),
        hovertemplate="%{customdata}<extra></extra>",
        zmin=0, zmax=MAX_GRADE,
        colorscale=_build_colour_scale(theme),
        xgap=2, ygap=2, showscale=False, hoverongaps=False,
    )  # fmt: skip
    figure.add_heatmap(
        z=np.where(unheard, 0.0, np.nan),
        text=np.full(counts.shape, SILENT_TEXT),
        texttemplate="%{text}",
        textfont={"color": theme.muted},
        customdata=grid["hover"].to_numpy(),
        hovertemplate="%{customdata}<extra></extra>",
        colorscale=NO_COLOUR_SCALE,
        showscale=False, hoverongaps=False,
    )  # fmt: skip
    return _apply_layout(
        figure,
        [wording.format_hour(hour) for hour in hours],
        [wording.format_area(c) for c in order],
        theme,
    )


def _format_counts(
    counts: npt.NDArray[np.float64], grades: npt.NDArray[np.float64]
) -> list[list[str]]:
    return [
        [
            f"{count:.0f}{ABOVE_SIGN * int(grade)}" if count > 0 else ""
            for count, grade in zip(*row, strict=True)
        ]
        for row in zip(counts, grades, strict=True)
    ]


def _build_colour_scale(theme: Theme) -> list[tuple[float, str]]:
    colours = (theme.counts[0], *theme.excess)
    return [(grade / MAX_GRADE, colour) for grade, colour in enumerate(colours)]


def _apply_layout(figure: go.Figure, hours: list[str], areas: list[str], theme: Theme) -> go.Figure:
    figure.update_layout(
        height=HEADING_PX + ROW_PX * len(areas),
        margin={"t": HEADING_PX - 8, "b": 8},
        xaxis=_build_ticks(hours, theme) | {"side": "top", "range": [-0.5, len(hours) - 0.5]},
        yaxis=_build_ticks(areas, theme)
        | {"showgrid": False, "automargin": True, "range": [len(areas) - 0.5, -0.5]},
    )
    return figure


def _build_ticks(names: list[str], theme: Theme) -> dict[str, Any]:
    ticks = list(range(len(names)))
    return {"tickvals": ticks, "ticktext": names, "tickfont": {"color": theme.ink}}
