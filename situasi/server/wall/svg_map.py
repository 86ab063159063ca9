"""The map of the wall as SVG: outlines and names drawn once; the page adds colours and values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from markupsafe import Markup

from situasi.domain.basemap import LINE_KINDS, OFFICE_KINDS, WATER_AREA, Basemap
from situasi.domain.boundaries import Boundaries
from situasi.domain.register import Register
from situasi.figures.maps import label_placement
from situasi.figures.maps.base_layers import OFFICE_RADIUS_PX
from situasi.figures.maps.label_metrics import NAME_SIZE_PX, Label
from situasi.figures.maps.label_placement import LabelLayout
from situasi.figures.maps.projection import Camera

# So small that on the wall its letters are as large as those beside the map.
HEIGHT = 240
FONT_SIZE = NAME_SIZE_PX
# From the first line of a name down to the second, which its value shares.
_LINE_OFFSET = 12.0
# Ends of the line that ties both together, above and below the middle.
_TIE_OFFSETS = 11.0, 11.0
_MARGIN = 3.0
# Of the height that a line for each name needs: so that as many fit on each side.
_WIDE_SPACE = 4.0
# What is nearer than this to a line of the base map cannot be told from it on the wall.
_BASE_TOLERANCE = 0.25
_RING_RADIUS = 15.0  # around a mark, in map units


@dataclass(frozen=True)
class MapDrawing:
    """The map as SVG without colours, and where a point of the earth lies on it."""

    svg: Markup
    label_layout: LabelLayout

    def locate(self, lon: float, lat: float) -> list[float]:
        """Return where a point of the earth lies on the drawing."""
        x, y = self.label_layout.camera.to_pixels(np.array([[lon, lat]]))[0]
        return [round(float(x), 1), round(float(y), 1)]


@lru_cache(maxsize=4)
def build_drawing(boundaries: Boundaries, names: tuple[tuple[str, str], ...]) -> MapDrawing:
    """Draw the map of these kecamatan (code, name)."""
    layout = label_placement.place_labels_along_hull(boundaries, names, HEIGHT)
    shapes = shapely.transform(boundaries.polygons, layout.camera.to_pixels)
    layout_points = layout.camera.to_pixels(np.array(list(boundaries.label_points.values())))
    points = zip(boundaries.label_points, layout_points, strict=True)
    centre_points = {code: (float(x), float(y)) for code, (x, y) in points}
    paths = {code: _svg_path(shape) for code, shape in zip(boundaries.codes, shapes, strict=True)}
    outlines = _render_paths("area", paths) + _render_paths("hatch", paths)
    wide = _build_wide_layout(boundaries, names)
    scale = 2 ** (layout.camera.zoom - wide.camera.zoom)
    svg = Markup(
        '<svg id="map" viewBox="{}" data-wide="{}" font-size="{}" role="img" '
        'aria-labelledby="map-title"><title id="map-title"></title>'
        '{}{}{}{}<g id="near">{}</g><g id="marks"></g><g id="ring">'
        '<circle class="still" r="{}"/><circle class="pulse" r="{}"/></g></svg>'
    ).format(
        _view_box(shapes, layout), _view_box(shapes, wide, scale), FONT_SIZE, _HATCHES, outlines,
        _render_base_map(boundaries.basemap, layout.camera),
        _render_labels(layout, wide, scale),
        _render_near_names(names, centre_points), _RING_RADIUS, _RING_RADIUS,
    )  # fmt: skip
    return MapDrawing(svg, layout)


def _build_wide_layout(boundaries: Boundaries, names: tuple[tuple[str, str], ...]) -> LabelLayout:
    """Place each name in one line, as large as the height of the map allows.

    For a wall that is wide and low: there the names are large where the map is small.
    """
    height = math.ceil(label_placement.compute_one_line_height(len(names)) + _WIDE_SPACE)
    return label_placement.place_labels_along_hull(boundaries, names, height)


def _render_labels(layout: LabelLayout, wide: LabelLayout, scale: float) -> Markup:
    """Render both kinds of names, of which the stylesheet shows one."""
    groups = [
        Markup("").join(_render_label(code, label) for code, label in one.labels.items())
        for one in (layout, wide)
    ]
    return Markup(
        '<g class="names">{}</g><g class="names wide" transform="scale({:.3f})">{}</g>'
    ).format(groups[0], scale, groups[1])


# States are told apart without colour too: lines for kuning, crossed lines for merah; thin lines
# the other way for what is partly not known.
_HATCHES = Markup(
    '<defs><pattern id="hatch-kuning" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 6L6 0"/></pattern>'
    '<pattern id="hatch-merah" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<path d="M0 5L5 0M0 0L5 5"/></pattern>'
    '<pattern id="hatch-silent" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<path d="M0 0L4 4"/></pattern></defs>'
)


def _render_paths(name: str, paths: Mapping[str, str]) -> Markup:
    return Markup("").join(
        Markup('<path class="{}" data-code="{}" d="{}"/>').format(name, code, path)
        for code, path in paths.items()
    )


def build_register_drawing(boundaries: Boundaries, register: Register) -> MapDrawing:
    """Draw the map of the kecamatan of this register."""
    names = tuple((code, place.name) for code, place in register.kecamatan.items())
    return build_drawing(boundaries, names)


def _render_near_names(
    names: tuple[tuple[str, str], ...], centre_points: Mapping[str, tuple[float, float]]
) -> Markup:
    """Render each name below the middle of its kecamatan, for when the map shows one place."""
    return Markup("").join(
        Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(x, y + _RING_RADIUS, name)
        for code, name in names
        if code in centre_points
        for x, y in [centre_points[code]]
    )


def _render_base_map(basemap: Basemap, camera: Camera) -> Markup:
    """Render water, roads and railway, one path for each kind, and a dot for each office."""
    paths = Markup("")
    for kind in (WATER_AREA, *LINE_KINDS):
        shapes = [feature.geometry for feature in basemap.select(kind)]
        if shapes:
            drawn = shapely.simplify(shapely.transform(shapes, camera.to_pixels), _BASE_TOLERANCE)
            path = "".join(map(_svg_path if kind == WATER_AREA else _svg_line, drawn))
            paths += Markup('<path class="{}" d="{}"/>').format(kind, path)
    for office in basemap.select(*OFFICE_KINDS):
        x, y = camera.to_pixels(shapely.get_coordinates(office.geometry)[:1])[0]
        paths += Markup('<circle class="office {}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(
            office.kind, x, y, OFFICE_RADIUS_PX[office.kind] / 2
        )
    return Markup('<g id="base">{}</g>').format(paths)


def _svg_path(shape: shapely.Geometry) -> str:
    return "".join(_svg_points(ring) + "Z" for ring in _rings(shape))


def _svg_line(shape: shapely.Geometry) -> str:
    return "".join(map(_svg_points, shapely.get_parts(shape)))


def _svg_points(line: shapely.Geometry) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line))


def _rings(shape: Any) -> Iterator[shapely.Geometry]:
    for polygon in shapely.get_parts(shape):
        yield polygon.exterior
        yield from polygon.interiors


def _render_label(code: str, label: Label) -> Markup:
    """Render a name, the place for its value, and the line to its kecamatan."""
    x, y = label.position
    line = Markup("")
    if not label.is_inside:
        (x1, y1), (x2, y2) = label.leader_line
        ends = Markup('d="M{:.1f} {:.1f}L{:.1f} {:.1f}"').format(x1, y1, x2, y2)
        line = Markup(
            '<path {}/><path {}/><circle class="dot" cx="{:.1f}" cy="{:.1f}" r="1.6"/>'
        ).format(ends, ends, x1, y1)
        if not label.is_one_line:
            above, below = _TIE_OFFSETS
            line += Markup(
                '<line class="tie" x1="{0:.1f}" y1="{1:.1f}" x2="{0:.1f}" y2="{2:.1f}"/>'
            ).format(x2, y - above, y + below)
    return Markup(
        '<g class="label beside" data-code="{code}">{line}<text class="{align}" x="{x:.1f}" '
        'y="{y:.1f}">{name}</text></g>'
    ).format(
        code=code, line=line, align=label.align, x=x, name=_render_name(label, x),
        y=y + FONT_SIZE / 3 if label.is_one_line else y - 1.5,
    )  # fmt: skip


def _render_name(label: Label, x: float) -> Markup:
    """Render the lines of a name, and the place of the value, which shares the last."""
    if label.is_one_line:
        return Markup('<tspan class="name">{} </tspan><tspan class="value"></tspan>').format(
            label.lines[0]
        )
    first, last = label.lines
    start = Markup('x="{:.1f}" dy="{}"').format(x, _LINE_OFFSET)
    # An empty part of a text moves nothing: without a second word the value itself begins the line.
    second = Markup('<tspan class="name" {}>{} </tspan>').format(start, last) if last else ""
    return Markup('<tspan class="name">{}</tspan>{}<tspan class="value" {}></tspan>').format(
        first, second, "" if last else start
    )


def _view_box(shapes: Any, label_layout: LabelLayout, scale: float = 1.0) -> str:
    """Return the box of map and names. scale: of the names."""
    left, top, right, bottom = shapely.total_bounds(shapes)
    for label in label_layout.labels.values():
        a, b, c, d = (edge * scale for edge in label.bounding_box)
        left, top, right, bottom = min(left, a), min(top, b), max(right, c), max(bottom, d)
    left, top = left - _MARGIN, top - _MARGIN
    width, height = right + _MARGIN - left, bottom + _MARGIN - top
    return f"{left:.1f} {top:.1f} {width:.1f} {height:.1f}"
