"""Of a hatched kecamatan the lines stay inside it, and are the closer the less is known."""

from __future__ import annotations

import shapely

from situasi.domain import boundaries
from situasi.domain.settings import ROOT
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.hatching import build_hatch_layers, find_hatch_lines, find_level
from situasi.figures.theme import LIGHT

BOUNDARIES = boundaries.load(ROOT / "geo" / "16.10")
CODE = "16.10.05"


def test_the_lines_lie_inside_their_kecamatan_and_are_closer_the_less_is_known() -> None:
    polygon = BOUNDARIES.polygons[BOUNDARIES.codes.index(CODE)]
    counts = []
    for share in (0.2, 0.6, 1.0):
        lines = find_hatch_lines(BOUNDARIES, CODE, find_level(share))
        assert all(polygon.buffer(0.001).covers(shapely.LineString(line)) for line in lines)
        counts.append(len(lines))
    assert 0 < counts[0] < counts[1] < counts[2]


def test_nothing_is_hatched_where_all_is_known_or_nearly() -> None:
    areas = {CODE: AreaStyle("Pemulutan", hatch=0.1), "16.10.04": AreaStyle("Indralaya")}
    assert build_hatch_layers(BOUNDARIES, areas, LIGHT) == []
    [layer] = build_hatch_layers(BOUNDARIES, {CODE: AreaStyle("Pemulutan", hatch=0.7)}, LIGHT)
    assert len(layer.data) == len(find_hatch_lines(BOUNDARIES, CODE, 3))


def _slopes(situasi: str) -> set[bool]:
    areas = {CODE: AreaStyle("Pemulutan", fill="#000000", hatch=0.9, situasi=situasi)}
    [layer] = build_hatch_layers(BOUNDARIES, areas, LIGHT)
    lines = [(row["from"], row["to"]) for row in layer.data]
    polygon = BOUNDARIES.polygons[BOUNDARIES.codes.index(CODE)]
    assert all(polygon.buffer(0.001).covers(shapely.LineString(line)) for line in lines)
    long = [(a, b) for a, b in lines if abs(a[0] - b[0]) > 0.001]
    return {(b[1] - a[1]) * (b[0] - a[0]) > 0 for a, b in long}


def test_a_stated_situasi_is_told_by_lines_and_not_by_colour_alone() -> None:
    """One way for what is not known, the other way for kuning, both for merah."""
    assert _slopes("hijau") == {False}
    assert _slopes("kuning") == {True}
    assert _slopes("merah") == {True, False}
