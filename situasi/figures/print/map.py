"""Map for paper: each kecamatan with its number, its situasi as colour and pattern."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import shapely

from situasi.domain.basemap import LINE_KINDS, OFFICE_KINDS, WATER_AREA, Basemap
from situasi.domain.boundaries import Boundaries
from situasi.figures.maps.base_layers import (
    LINE_WIDTHS_PX,
    OFFICE_RADIUS_PX,
    get_line_colour,
    get_office_fill,
)
from situasi.figures.maps.markers import POINT
from situasi.figures.print import page as print_page
from situasi.figures.theme import LIGHT, SITUASI, TINGKAT, UNRATED

HEIGHT_IN = 3.7
ESTIMATE, SILENT = "perkiraan", "senyap"
# The pattern replaces the colour in greyscale: the more serious, the denser.
HATCHES = {"hijau": "", "kuning": "////", "merah": "xxxx"}
# Over what is calm or not stated; what is stated worse keeps its own.
_SILENT_HATCH = "...."
_FILL_COLOURS = {"hijau": "#DCEFE3", "kuning": SITUASI["kuning"], "merah": "#D9655E"}
_MARKS = {"rendah": "o", "sedang": "^", "tinggi": "D", UNRATED: "o"}
_MAX_POINTS = 300


def draw_situation_map(
    boundaries: Boundaries,
    numbers: Mapping[str, int],
    states: Mapping[str, str | None],
    points: pd.DataFrame,
    legend_texts: Mapping[str, str],
    file_format: str,
    *,
    silent: Collection[str] = (),
) -> bytes:
    """Draw the kabupaten with the numbers of the table, and open incidents as marks.

    numbers: of the included kecamatan, by code; others are drawn empty. states: their situasi
    (None: no report). points: lat, lon, placed_by and tingkat. legend_texts: for each state, "" for
    no report, each tingkat, UNRATED, ESTIMATE for a place that is one, and SILENT. silent: codes of
    kecamatan of which half tells nothing.
    """

    def draw(axes: Any) -> None:
        for code, polygon in zip(boundaries.codes, boundaries.polygons, strict=True):
            state = states.get(code)
            hatch = HATCHES[state] if state else ""
            if not hatch and code in silent:
                hatch = _SILENT_HATCH
            _draw_area(axes, polygon, state, hatch, is_included=code in numbers)
        _draw_base_map(axes, boundaries.basemap)
        _draw_points(axes, points)
        for code, number in numbers.items():
            x, y = boundaries.label_points[code]
            axes.text(x, y, str(number), ha="center", va="center", fontsize=7.5, weight="bold",
                      color=print_page.INK,
                      bbox={"boxstyle": "circle,pad=0.18", "fc": "white", "ec": print_page.INK,
                            "lw": 0.6})  # fmt: skip
        _draw_legend(axes, legend_texts, has_silent=bool(silent))
        middle = (boundaries.bounds[1] + boundaries.bounds[3]) / 2
        axes.set_aspect(1 / np.cos(np.radians(middle)))
        axes.set_axis_off()

    return print_page.render_image(HEIGHT_IN, draw, file_format)


def _draw_area(
    axes: Any, polygon: Any, state: str | None, hatch: str, *, is_included: bool
) -> None:
    is_unstated = is_included and state is None
    for part in shapely.get_parts(polygon):
        x, y = shapely.get_coordinates(part.exterior).T
        axes.fill(
            x, y,
            facecolor=_FILL_COLOURS[state] if state else "white" if is_included else "#F1F3F6",
            edgecolor=print_page.INK if is_included else print_page.LINE,
            hatch=hatch or None,
            linewidth=0.7,
            linestyle="--" if is_unstated else "-",
        )  # fmt: skip


def _draw_base_map(axes: Any, basemap: Basemap) -> None:
    for feature in basemap.select(WATER_AREA, *LINE_KINDS):
        colour = get_line_colour(feature.kind, LIGHT)
        for part in shapely.get_parts(feature.geometry):
            if feature.kind == WATER_AREA:
                axes.fill(*shapely.get_coordinates(part.exterior).T, facecolor=colour)
            else:
                axes.plot(
                    *shapely.get_coordinates(part).T,
                    color=colour,
                    linewidth=LINE_WIDTHS_PX[feature.kind] / 2,
                    linestyle="--" if feature.kind == "rel" else "-",
                )
    for office in basemap.select(*OFFICE_KINDS):
        axes.scatter(
            office.geometry.x, office.geometry.y, marker="s", s=OFFICE_RADIUS_PX[office.kind] ** 2,
            facecolor=get_office_fill(office.kind, LIGHT), edgecolor=LIGHT.accent, linewidth=0.8,
        )  # fmt: skip


def _draw_points(axes: Any, points: pd.DataFrame) -> None:
    newest = points.tail(_MAX_POINTS)
    level = newest["tingkat"].where(newest["tingkat"].notna(), UNRATED)
    is_estimate = newest["placed_by"] != POINT
    for name, mark in _MARKS.items():
        for estimated in (True, False):
            part = newest[(level == name) & (is_estimate == estimated)]
            axes.scatter(
                part["lon"], part["lat"], marker=mark, s=34 if name == "tinggi" else 20, zorder=3,
                facecolor="white" if name == UNRATED or estimated else TINGKAT[name],
                edgecolor=TINGKAT[name] if estimated else print_page.INK,
                linewidth=1.1 if estimated else 0.7, linestyle="--" if estimated else "-",
            )  # fmt: skip


def _draw_legend(axes: Any, legend_texts: Mapping[str, str], *, has_silent: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    outlined = partial(Patch, edgecolor=print_page.INK, linewidth=0.5)
    areas = [
        outlined(facecolor=_FILL_COLOURS[state], hatch=hatch, label=legend_texts[state])
        for state, hatch in reversed(HATCHES.items())
    ]
    areas.append(outlined(facecolor="white", linestyle="--", label=legend_texts[""]))
    if has_silent:
        areas.append(outlined(facecolor="white", hatch=_SILENT_HATCH, label=legend_texts[SILENT]))
    marks = [Line2D([], [], linestyle="", marker=mark, markersize=5, markeredgecolor=print_page.INK,
                    markeredgewidth=0.7, label=legend_texts[name],
                    markerfacecolor="white" if name == UNRATED else TINGKAT[name])
             for name, mark in reversed(_MARKS.items())]  # fmt: skip
    marks.append(Line2D([], [], linestyle="", marker="o", markersize=5, markerfacecolor="white",
                        markeredgecolor=print_page.MUTED, markeredgewidth=1.1,
                        label=legend_texts[ESTIMATE]))  # fmt: skip
    axes.legend(
        handles=[*areas, *marks], loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False,
        fontsize=7.5, labelspacing=0.8, handlelength=2.2, handleheight=1.3,
    )  # fmt: skip
