"""The map: what the browser is told to draw, and that it is told to fetch nothing else."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image

from situasi.domain import boundaries as domain_boundaries
from situasi.domain.basemap import NAME_ZOOMS, OFFICE_KINDS, Basemap, MapFeature
from situasi.domain.road_network import great_circle_km
from situasi.domain.settings import ROOT
from situasi.figures.maps import markers, scale_bar
from situasi.figures.maps.area_spots import list_area_spots
from situasi.figures.maps.area_style import AreaStyle
from situasi.figures.maps.label_placement import place_labels
from situasi.figures.maps.projection import Camera
from situasi.figures.maps.situation_map import build_situation_map
from situasi.figures.theme import DARK, LIGHT, SHAPES, SITUASI, TINGKAT, Theme, hex_to_rgba
from tests.builders import case_table, incident, incidents
from tests.figures.test_theme import contrast


@pytest.fixture(scope="module")
def boundaries() -> domain_boundaries.Boundaries:
    return domain_boundaries.load(ROOT / "geo" / "16.10")


def drawn(
    boundaries: domain_boundaries.Boundaries,
    areas: dict[str, AreaStyle],
    *rows: Any,
    theme: Theme = LIGHT,
) -> dict[str, Any]:
    points = marks_of(case_table(incidents(*rows)))
    placing = place_labels(boundaries, tuple((code, "Nama") for code in boundaries.codes), 430)
    deck = build_situation_map(placing, boundaries, areas, points, theme, layer_id="kecamatan-0")
    found: dict[str, Any] = json.loads(deck.to_json())
    return found


def marks_of(cases: pd.DataFrame) -> pd.DataFrame:
    text = pd.Series("x", cases.index, dtype="object")
    return cases.assign(label=text, n=1, placed_by="titik")


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


def test_nothing_is_fetched_of_another_host(boundaries: domain_boundaries.Boundaries) -> None:
    deck = drawn(boundaries, {"16.10.04": AreaStyle("Indralaya", "1", "#FF0000")}, incident())
    # Left unset, pydeck writes its own word for "none", which Streamlit takes away.
    assert deck.get("mapStyle") in {None, "__MAP_STYLE__"}
    assert deck.get("mapProvider") is None
    assert "http" not in json.dumps(deck)
    assert layer(deck, "kecamatan-0")["data"] == boundaries.url


def test_rivers_roads_and_names_are_fetched_by_address_and_none_of_them_is_sent(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    deck = drawn(boundaries, {})
    assert layer(deck, "dasar")["data"] == boundaries.basemap.url("garis")
    levels = [layer(deck, f"dasar-nama-{level}") for level in range(len(NAME_ZOOMS))]
    assert {names["data"] for names in levels} == {boundaries.basemap.url("nama")}
    assert levels[0]["visibleMinZoom"] > deck["initialViewState"]["zoom"]
    assert len(json.dumps([layer(deck, "dasar"), *levels])) < 4_500
    bare = drawn(replace(boundaries, basemap=Basemap()), {})
    assert {part["id"] for part in deck["layers"]} - {part["id"] for part in bare["layers"]} == {
        "dasar", *(f"dasar-nama-{level}" for level in range(len(NAME_ZOOMS))),
    }  # fmt: skip


def test_offices_of_the_police_and_of_the_election_are_told_apart(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    offices = tuple(MapFeature(kind, kind, shapely.Point(104.6, -3.4)) for kind in OFFICE_KINDS)
    lines = layer(drawn(replace(boundaries, basemap=Basemap(offices)), {}), "dasar")
    fills = {kind: tuple(colour_of(lines["getFillColor"], kind)) for kind in OFFICE_KINDS}
    assert fills["mapolres"] == fills["polsek"] != fills["ppk"] == fills["kpu"]
    assert lines["getLineColor"].startswith("@@=properties.jenis=='mapolres'||")


def test_each_kecamatan_has_its_own_fill(boundaries: domain_boundaries.Boundaries) -> None:
    areas = {
        "16.10.04": AreaStyle("A", "", "#FF0000", 90),
        "16.10.05": AreaStyle("B", "", "#00FF00"),
    }
    fills = layer(drawn(boundaries, areas), "kecamatan-0")["getFillColor"]
    assert colour_of(fills, "16.10.04") == [255, 0, 0, 90]
    assert colour_of(fills, "16.10.05") == [0, 255, 0, 255]
    assert colour_of(fills, "16.10.06") == [0, 0, 0, 0]


def test_silence_is_dashed_and_without_colour_and_what_is_filtered_out_is_neither(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    areas = {
        "16.10.04": AreaStyle("A", fill_mode="silent"),
        "16.10.05": AreaStyle("B", fill_mode="filtered"),
    }
    deck = drawn(boundaries, areas)
    polygons, borders = layer(deck, "kecamatan-0"), layer(deck, "batas")
    assert colour_of(polygons["getFillColor"], "16.10.04") == [0, 0, 0, 0]
    assert colour_of(borders["getDashArray"], "16.10.04") == [8, 5]
    assert colour_of(borders["getDashArray"], "16.10.05") == [0, 0]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_borders_are_seen_on_the_fill_of_every_measure(
    boundaries: domain_boundaries.Boundaries, theme: Theme
) -> None:
    deck = drawn(boundaries, {code: AreaStyle("A", "") for code in boundaries.codes}, theme=theme)
    under, line = layer(deck, "kecamatan-0"), layer(deck, "batas")
    order = [part["id"] for part in deck["layers"]]
    assert order.index("dasar") < order.index("batas")
    assert under["getLineWidth"] > colour_of_number(line["getLineWidth"])
    shades = [SITUASI[state] for state in SITUASI]
    for fill in (*shades, *theme.counts, *theme.turnout, *theme.phases, *theme.strength):
        lines = (under["getLineColor"], colour_of(line["getLineColor"], "none"))
        assert max(contrast(laid_over(over, fill), fill) for over in lines) >= 3, fill


def colour_of_number(expression: Any) -> float:
    return float(str(expression).removeprefix("@@=").rpartition(":")[2])


def laid_over(colour: list[int], under: str) -> str:
    """A colour with an alpha over another, as '#RRGGBB'."""
    share = colour[3] / 255
    parts = zip(colour[:3], hex_to_rgba(under)[:3], strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02X}" for a, b in parts)


def test_the_map_can_be_zoomed_within_limits_and_not_turned(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    deck = drawn(boundaries, {})
    view = deck["initialViewState"]
    assert view["minZoom"] < view["zoom"] < NAME_ZOOMS[0] < view["maxZoom"]
    assert [view["controller"] for view in deck["views"]] == [{"dragRotate": False}]


def test_the_scale_bar_is_as_long_on_the_ground_as_it_says_and_lies_over_nothing(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    deck = drawn(boundaries, {code: AreaStyle("A", "1") for code in boundaries.codes})
    [bar], [text] = (layer(deck, name)["data"] for name in ("skala", "skala-teks"))
    km = float(great_circle_km(np.array(bar["from"]), np.array(bar["to"])))
    assert text["text"] == f"{round(km)} km"
    assert km == pytest.approx(round(km), rel=0.01)
    ground = shapely.union_all(boundaries.polygons)
    assert not ground.intersects(shapely.LineString([bar["from"], bar["to"]]))


@pytest.mark.parametrize("zoom", [4.0, 7.3, 8.52, 11.0, 15.0])
def test_a_scale_bar_has_a_round_length_that_is_short_enough(zoom: float) -> None:
    km = scale_bar.choose_length_km(Camera(104.0, -3.0, zoom))
    assert str(km).rstrip("0") in {"1", "2", "5"}
    assert km == 1 or km * 2**zoom / 78.2 <= 101


def test_heavy_marks_lie_on_top_and_unweighed_ones_have_their_own_shape(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    rows = (
        incident(id="A", tingkat="tinggi"),
        incident(id="B", tingkat=None),
        incident(id="C", tingkat="rendah"),
    )
    marks = layer(drawn(boundaries, {}, *rows), "kejadian")["data"]
    assert [mark["t"] for mark in marks][-1] == "t"
    assert {mark["t"] for mark in marks} == {"t", "b", "r"}


def test_a_place_that_is_an_estimate_is_hollow_and_a_mark_of_several_cases_says_how_many(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    points = marks_of(case_table(incidents(incident(id="A"), incident(id="B", tingkat="tinggi"))))
    points = points.assign(placed_by=["desa", "titik"], n=[3, 1])
    layers = markers.build_marker_layers(points, LIGHT)
    rows = {row["t"]: row for row in layers[0].data}
    assert set(rows) == {"R", "t"}
    assert [row["n"] for row in layers[1].data] == ["3"]


def test_a_report_of_which_only_the_kecamatan_is_known_stands_in_it_and_clear_of_its_name(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    placing = place_labels(boundaries, tuple((code, "Nama") for code in boundaries.codes), 430)
    spots = list_area_spots(placing, boundaries)
    assert spots.keys() == set(boundaries.codes)
    for code, spot in spots.items():
        assert boundaries.locate(np.array([spot[0]]), np.array([spot[1]])).tolist() == [code]
        x, y = placing.camera.to_pixels(np.array([spot]))[0]
        left, top, right, bottom = placing.labels[code].bounding_box
        assert not (left < x < right and top < y < bottom), code


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_mark_has_its_own_colour_and_a_rim_of_the_paper(
    boundaries: domain_boundaries.Boundaries, theme: Theme
) -> None:
    marks = layer(drawn(boundaries, {}, incident(), theme=theme), "kejadian")
    address = {
        markers.ATLAS_ROUTE.format(fingerprint=at): it
        for at, it in markers.build_icon_atlases().items()
    }
    picture = Image.open(io.BytesIO(address[marks["iconAtlas"]]))
    for level in SHAPES:
        place = marks["iconMapping"][level[:1]]
        left, top, size = place["x"], place["y"], place["width"]
        hollow = marks["iconMapping"][level[:1].upper()]
        assert (hollow["x"], hollow["y"]) == (left, top + size)
        assert near(picture.getpixel((left + size // 2, top + size + size // 2)), theme.paper)
        known, estimated = (
            sum(near(pixel, TINGKAT[level]) for pixel in picture.crop(box).get_flattened_data())
            for box in (
                (left, top, left + size, top + size),
                (left, top + size, left + size, top + 2 * size),
            )
        )
        assert 0 < estimated < known, level
        icon = np.asarray(picture.crop((left, top, left + size, top + size)), dtype=int)
        middle = icon[size // 2 + size // 8] if level != "belum" else icon[size // 2]
        seen = [tuple(pixel[:3]) for pixel in middle if pixel[3] > 250]
        assert near(seen[1], theme.halo), level
        assert near(seen[-2], theme.halo), level
        assert any(near(pixel, TINGKAT[level]) for pixel in seen), level


def near(pixel: tuple[int, ...], colour: str) -> bool:
    return sum(abs(a - b) for a, b in zip(pixel[:3], hex_to_rgba(colour)[:3], strict=True)) < 40


def names_in(deck: dict[str, Any]) -> list[tuple[str, list[int]]]:
    return [(row["text"], row["ink"]) for row in layer(deck, "nama")["data"]]


def test_name_and_value_are_written_and_a_value_that_is_missing_is_not(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    areas = {"16.10.07": AreaStyle("Indralaya Utara", "56,2 %"), "16.10.13": AreaStyle("Kandis")}
    texts = [text for text, _ in names_in(drawn(boundaries, areas))]
    assert texts == ["Nama", "56,2 %", "Nama"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_name_inside_has_the_colour_that_reads_better_on_its_fill_and_one_beside_that_of_ink(
    boundaries: domain_boundaries.Boundaries, theme: Theme
) -> None:
    for fill, ink in (("#000000", "#FFFFFF"), ("#FFFFFF", "#000000")):
        areas = {code: AreaStyle("", "", fill) for code in boundaries.codes}
        inks = {code: row["ink"] for code, row in zip(
            boundaries.codes, layer(drawn(boundaries, areas, theme=theme), "nama")["data"],
            strict=True)}  # fmt: skip
        lighter, darker = sorted((theme.ink, theme.paper), reverse=True)
        inside = hex_to_rgba(lighter if ink == "#FFFFFF" else darker)
        assert list(inks.values()).count(inside) >= 5
        assert all(shown in (inside, hex_to_rgba(theme.ink)) for shown in inks.values())


def test_every_name_beside_the_map_has_a_line_that_begins_in_its_kecamatan(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    areas = {code: AreaStyle("", "") for code in boundaries.codes}
    deck = drawn(boundaries, areas)
    lines, anchors = layer(deck, "garis")["data"], [r["align"] for r in layer(deck, "nama")["data"]]
    begun = {boundaries.nearest(*line["from"]) for line in lines}
    assert len(begun) == len(lines) == len([a for a in anchors if a != "middle"]) > 0
    assert all(distance == 0.0 for _, distance in begun)
    assert layer(deck, "titik")["data"] == lines


def test_the_camera_depends_on_nothing_but_the_boundaries(
    boundaries: domain_boundaries.Boundaries,
) -> None:
    quiet = drawn(boundaries, {})
    busy = drawn(boundaries, {"16.10.04": AreaStyle("A", "9", "#FF0000")}, incident())
    assert quiet["initialViewState"] == busy["initialViewState"]
