"""The map: what the browser is told to draw, and that it is told to fetch nothing else."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from situasi import shapes
from situasi.analysis.incidents import cases
from situasi.figures.map import Area, situation_map
from situasi.figures.theme import LIGHT
from situasi.settings import ROOT
from tests.builders import incident, incidents

URL = "/peta/kecamatan-abc.geojson"


@pytest.fixture(scope="module")
def boundaries() -> shapes.Boundaries:
    return shapes.load(ROOT / "geo" / "16.10")


def drawn(boundaries: shapes.Boundaries, areas: dict[str, Area], *rows: Any) -> dict[str, Any]:
    points = cases(incidents(*rows))
    points = points.assign(label=pd.Series("x", points.index, dtype="object"))
    deck = situation_map(boundaries, URL, areas, points, LIGHT, layer_id="kecamatan-0")
    found: dict[str, Any] = json.loads(deck.to_json())
    return found


def layer(deck: dict[str, Any], name: str) -> dict[str, Any]:
    return next(part for part in deck["layers"] if part["id"] == name)


def colour_of(expression: str, code: str) -> list[int]:
    """Read a deck.gl expression as the browser does, for one feature."""
    rest = expression.removeprefix("@@=")
    while "?" in rest:
        test, rest = rest.split("?", 1)
        value, rest = rest.split("]:", 1)
        if code in test:
            return list(json.loads(value + "]"))
    return list(json.loads(rest))


def test_nothing_but_the_boundaries_is_fetched(boundaries: shapes.Boundaries) -> None:
    deck = drawn(boundaries, {"16.10.04": Area("Indralaya", "1", "#FF0000")}, incident())
    # Left unset, pydeck writes its own word for "none", which Streamlit takes away.
    assert deck.get("mapStyle") in {None, "__MAP_STYLE__"}
    assert deck.get("mapProvider") is None
    assert "http" not in json.dumps(deck)
    assert layer(deck, "kecamatan-0")["data"] == URL


def test_each_kecamatan_has_its_own_fill(boundaries: shapes.Boundaries) -> None:
    areas = {"16.10.04": Area("A", "", "#FF0000", 90), "16.10.05": Area("B", "", "#00FF00")}
    fills = layer(drawn(boundaries, areas), "kecamatan-0")["getFillColor"]
    assert colour_of(fills, "16.10.04") == [255, 0, 0, 90]
    assert colour_of(fills, "16.10.05") == [0, 255, 0, 255]
    assert colour_of(fills, "16.10.06") == [0, 0, 0, 0]


def test_silence_is_dashed_and_without_colour_and_what_is_filtered_out_is_neither(
    boundaries: shapes.Boundaries,
) -> None:
    areas = {"16.10.04": Area("A", drawn="silent"), "16.10.05": Area("B", drawn="filtered")}
    polygons = layer(drawn(boundaries, areas), "kecamatan-0")
    assert colour_of(polygons["getFillColor"], "16.10.04") == [0, 0, 0, 0]
    assert colour_of(polygons["getDashArray"], "16.10.04") == [8, 5]
    assert colour_of(polygons["getDashArray"], "16.10.05") == [0, 0]


def test_heavy_marks_lie_on_top_and_unweighed_ones_have_their_own_shape(
    boundaries: shapes.Boundaries,
) -> None:
    rows = (
        incident(id="A", tingkat="tinggi"),
        incident(id="B", tingkat=None),
        incident(id="C", tingkat="rendah"),
    )
    marks = layer(drawn(boundaries, {}, *rows), "kejadian")["data"]
    assert [mark["icon"] for mark in marks][-1] == "tinggi"
    assert {mark["icon"] for mark in marks} == {"tinggi", "belum", "rendah"}


def test_every_kecamatan_is_named_inside_itself(boundaries: shapes.Boundaries) -> None:
    for code, (lon, lat) in boundaries.label_points.items():
        assert boundaries.nearest(lon, lat) == (code, 0.0)


def test_the_camera_depends_on_nothing_but_the_boundaries(boundaries: shapes.Boundaries) -> None:
    quiet = drawn(boundaries, {})
    busy = drawn(boundaries, {"16.10.04": Area("A", "9", "#FF0000")}, incident())
    assert quiet["initialViewState"] == busy["initialViewState"]
