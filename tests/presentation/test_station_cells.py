"""The cells of TPS on the map: each once, at a place whose source it names, none upon another."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

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
from situasi.presentation.station_measures import build_station_measure
from tests.builders import report, rows_of, wib


@pytest.fixture(scope="module")
def geography(register: Register) -> Geography:
    shapes = domain_boundaries.load(register.election.boundaries_folder)
    return road_network.load(register.election, shapes, register.desa, {})


def features(register: Register, geography: Geography) -> list[Any]:
    return list(json.loads(station_cells.build_cells(register, geography).content)["features"])


def test_each_tps_has_one_cell_and_none_lies_upon_another(
    register: Register, geography: Geography
) -> None:
    cells = features(register, geography)
    assert [one["properties"]["i"] for one in cells] == list(range(len(register.tps)))
    by_desa: dict[str, list[list[float]]] = {}
    for one, desa in zip(cells, register.tps["desa"], strict=True):
        by_desa.setdefault(desa, []).append(one["geometry"]["coordinates"][0][0])
    for corners in by_desa.values():
        assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) > 0.002
                   for a, b in pairwise(sorted(corners)))  # fmt: skip


def test_a_known_place_is_told_from_an_estimate(register: Register, geography: Geography) -> None:
    tps = register.tps.assign(lat=None, lon=None).astype({"lat": float, "lon": float})
    tps.loc[tps.index[0], ["lat", "lon"]] = [-3.3, 104.6]
    tps = tps.assign(place_source=["Kobo", *[None] * (len(tps) - 1)])
    own, other = features(replace(register, tps=tps), geography)[:2]
    assert "e" not in own["properties"]
    assert own["properties"]["nama"].endswith("letak: Kobo")
    assert other["properties"]["e"] == 1
    assert "perkiraan" in other["properties"]["nama"]
    lons, lats = zip(*own["geometry"]["coordinates"][0], strict=True)
    assert min(lons) < 104.6 < max(lons)
    assert min(lats) < -3.3 < max(lats)
    by_language = station_cells.build_cells_by_language(register, geography)
    assert len({cells.url for cells in by_language.values()}) == len(i18n.LANGUAGES)


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
            assert len(style.digits) == len(codes)
            assert len(style.colours) <= 10
            shown = [style.colours[int(digit)] is not None for digit in style.digits]
            assert shown == [code.startswith("16.10.04.") for code in codes]
            layer = json.loads(build_cell_layer("/x", style, theme).to_json())
            assert len(json.dumps(layer)) < 2_500
            if measure == "fase":
                others = {style.digits[n] for n, is_shown in enumerate(shown) if is_shown}
                assert style.digits[opened] in others
                assert len(others) == 2
