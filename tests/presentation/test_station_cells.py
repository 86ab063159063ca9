"""The cells of TPS on the map: each once, at a place whose source it names, none upon another."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from situasi.analysis.stations.places import compute_station_places
from situasi.analysis.stations.status import build_station_table
from situasi.common import i18n
from situasi.domain import boundaries as domain_boundaries
from situasi.domain import feed_schemas, road_network
from situasi.domain.register import Register
from situasi.domain.road_network import Geography
from situasi.figures.maps.station_cells import build_cell_layer
from situasi.figures.theme import DARK, LIGHT
from situasi.presentation import station_cells
from situasi.presentation.map_measures import MEASURE_CODES
from situasi.presentation.station_cells import CellFiles
from situasi.presentation.station_measures import build_station_measure
from tests import queries
from tests.builders import report, rows_of, wib
from tests.effort import examples


@pytest.fixture(scope="module")
def geography(register: Register) -> Geography:
    shapes = domain_boundaries.load(register.election.boundaries_folder)
    return road_network.load(register, shapes)


def places_of(register: Register, *checkins: dict[str, Any]) -> pd.DataFrame:
    frames = {"personnel": rows_of(feed_schemas.PERSONNEL, *checkins)}
    places: pd.DataFrame = queries.run(compute_station_places, frames, register, wib("10.00"))
    return places


def features(register: Register, geography: Geography, *checkins: dict[str, Any]) -> list[Any]:
    cells = station_cells.build_cells(register, geography, places_of(register, *checkins))
    return list(json.loads(cells.content)["features"])


def test_each_tps_has_one_cell_and_none_lies_upon_another(
    register: Register, geography: Geography
) -> None:
    cells = features(register, geography)
    assert [one["properties"]["i"] for one in cells] == list(range(len(register.tps)))
    assert not list_covered(cells)


@given(st.lists(st.tuples(*[st.integers(-9, 9)] * 2), min_size=1, max_size=30))
@example([(0, 0), (0, -9), (7, 1)])  # not on one latitude
@settings(max_examples=examples(10))
def test_tps_of_one_school_are_all_seen_the_first_where_it_is(
    register: Register, geography: Geography, steps: list[tuple[int, int]]
) -> None:
    """steps: how many times 30 m each TPS is from the first."""
    tps = register.tps.head(len(steps)).assign(place_source="KPU")
    tps = tps.assign(
        lon=[104.65 + (east - steps[0][0]) * 0.00027 for east, _ in steps],
        lat=[-3.25 + (north - steps[0][1]) * 0.00027 for _, north in steps],
    )
    cells = features(replace(register, tps=tps), geography)
    assert not list_covered(cells)
    first = shapely.centroid(shapely.polygons(cells[0]["geometry"]["coordinates"][0]))
    assert (first.x, first.y) == pytest.approx((104.65, -3.25), abs=2e-5)


def list_covered(cells: list[Any]) -> list[Any]:
    """The pairs of cells of which one covers part of the other."""
    squares = [shapely.polygons(one["geometry"]["coordinates"][0]) for one in cells]
    smaller = [shapely.buffer(square, -0.00002) for square in squares]  # rounded corners touch
    pairs = shapely.STRtree(smaller).query(smaller, "intersects").T.tolist()
    return [pair for pair in pairs if pair[0] < pair[1]]


def test_a_known_place_is_told_from_an_estimate_and_each_names_its_source(
    register: Register, geography: Geography
) -> None:
    tps = register.tps.assign(lat=None, lon=None).astype({"lat": float, "lon": float})
    tps.loc[tps.index[0], ["lat", "lon"]] = [-3.3, 104.6]
    tps = tps.assign(place_source=["Kobo", *[None] * (len(tps) - 1)])
    place = dict(zip(("desa", "tps"), tps["code"].iloc[1].rsplit(".", 1), strict=True))
    checkins = [
        report(**place, petugas=f"P-{n}", checkin="tiba_di_tps", lat=-3.25 + n / 1e4, lon=104.65)
        for n in range(3)
    ]
    own, median, other = features(replace(register, tps=tps), geography, *checkins)[:3]
    assert "e" not in own["properties"]
    assert own["properties"]["nama"].endswith("letak: Kobo")
    assert [median["properties"]["e"], other["properties"]["e"]] == [1, 1]
    texts = [one["properties"]["nama"].partition("letak: ")[2] for one in (median, other)]
    assert texts[0] == "perkiraan, titik tengah 3 pelapor pertama di sana, setengahnya dalam 11 m"
    assert texts[1] == "perkiraan, di sekitar desanya"
    for cell, (lon, lat) in ((own, (104.6, -3.3)), (median, (104.65, -3.2499))):
        lons, lats = zip(*cell["geometry"]["coordinates"][0], strict=True)
        assert min(lons) < lon < max(lons)
        assert min(lats) < lat < max(lats)


def test_cells_are_built_once_for_the_same_places_in_a_language_and_found_by_address(
    register: Register, geography: Geography
) -> None:
    files, places = CellFiles(), places_of(register)
    cells = files.get_or_build(register, geography, places)
    assert files.get_or_build(register, geography, places.copy()) is cells
    with i18n.use_language("en"):
        assert files.get_or_build(register, geography, places).url != cells.url
    assert files.find(cells.fingerprint) is cells
    assert files.find("000000000000") is None
    assert len(gzip.compress(cells.content)) < 25_000


def test_who_sees_one_kecamatan_has_cells_that_know_no_place_elsewhere(
    register: Register, geography: Geography
) -> None:
    part = places_of(register.restrict_to(["16.10.04"]))
    cells = json.loads(station_cells.build_cells(register, geography, part).content)["features"]
    assert [cell["properties"]["i"] for cell in cells] == list(range(len(register.tps)))


def test_colours_of_a_refresh_are_small_and_only_of_what_may_be_seen(register: Register) -> None:
    word = report(id="T", desa="16.10.04.2012", tps="001", fase="dibuka", at="07.00")
    frames = {"tps": rows_of(feed_schemas.TPS, word)}
    stations = build_station_table(frames, register, wib("10.00"))
    codes = list(register.tps["code"])
    opened = codes.index("16.10.04.2012.001")
    for measure in MEASURE_CODES:
        for theme in (LIGHT, DARK):
            found = build_station_measure(measure, stations, codes, ["16.10.04"], theme)
            style = found.style
            assert len(style.positions) == len(codes)
            shown = [style.colours[n] is not None for n in style.positions]
            assert shown == [code.startswith("16.10.04.") for code in codes]
            layer = json.loads(build_cell_layer("/x", style, theme).to_json())
            assert len(json.dumps(layer)) < 3_500
            if measure == "fase":
                others = {style.positions[n] for n, is_shown in enumerate(shown) if is_shown}
                assert style.positions[opened] in others
                assert len(others) == 2
