"""The ground: places, straight lines, and ways where their net is given."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from situasi.analysis.redeployment import distances
from situasi.board import Board
from situasi.domain import boundaries, election, register, road_network
from situasi.domain.road_network import Geography
from tests.builders_election import invented_election

# Two squares of 0.1 degree side by side, 11.1 km each; a river winds from one to the other.
WEST, EAST = "99.01.01", "99.01.02"
DESA = f"{WEST}.2001"
DEGREE = 111.195  # km along a great circle


def plain(**stated: object) -> Geography:
    told = {
        "points": {WEST: (0.0, 0.0), EAST: (0.1, 0.0)}, "areas_km2": {WEST: 124.0, EAST: 100.0},
        "desa_counts": {WEST: 4, EAST: 1}, "seat_kecamatan": EAST,
    }  # fmt: skip
    return Geography(**{**told, **stated})  # type: ignore[arg-type]


def km(of: Geography, one: str, other: str) -> float:
    return float(distances.compute_distances_km(of, [one], [other])[0][0, 0])


def test_without_ways_the_line_is_straight_and_said_to_be() -> None:
    found, along = distances.compute_distances_km(plain(), [WEST, ""], [EAST, WEST])
    assert found[0, 0] == pytest.approx(0.1 * DEGREE, rel=1e-3)
    assert found[1, 1] == found[0, 0]  # from the seat of the command
    assert not along.any()


def test_within_one_area_the_mean_distance_of_its_points_is_taken_and_a_desa_is_smaller() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random((2, 100_000, 2)) * np.sqrt(124.0)
    mean = float(np.hypot(*(one - other).T).mean())
    assert km(plain(), WEST, WEST) == pytest.approx(mean, rel=0.01)
    assert km(plain(), WEST, DESA) == km(plain(), WEST, WEST)
    assert km(plain(), DESA, DESA) == pytest.approx(km(plain(), WEST, WEST) / 2)


def test_a_desa_of_which_only_a_point_is_known_is_as_far_as_that_point() -> None:
    geography = plain(points={WEST: (0.0, 0.0), EAST: (0.1, 0.0), DESA: (0.0, 0.03)})
    assert km(geography, EAST, DESA) == pytest.approx(np.hypot(0.1, 0.03) * DEGREE, rel=1e-3)
    assert km(geography, WEST, DESA) == pytest.approx(0.03 * DEGREE, rel=1e-3)
    # How large it is remains an equal part of its kecamatan.
    assert km(geography, DESA, DESA) == km(plain(), DESA, DESA)


def test_the_desa_of_the_base_map_have_their_points(board: Board) -> None:
    geography, places = board.geography, board.boundaries.basemap.desa_points
    assert places.keys() == board.register.desa.keys()
    assert all(geography.point(code) == point for code, point in places.items())


def test_a_way_is_followed_where_it_leads_even_where_it_is_longer() -> None:
    river = [[[0.0, 0.0], [0.0, 0.1], [0.1, 0.1], [0.1, 0.0]]]
    found, along = distances.compute_distances_km(
        plain(roads=road_network.build_network(river)), [WEST], [EAST]
    )
    assert found[0, 0] == pytest.approx(0.3 * DEGREE, rel=1e-3)
    assert along.all()


def test_of_two_ways_the_shorter_is_taken_and_lines_join_where_they_share_a_point() -> None:
    lines = [
        [[0.0, 0.0], [0.0, 0.05], [0.0, 0.1]],
        [[0.0, 0.05], [0.1, 0.05]],
        [[0.1, 0.05], [0.1, 0.0]],
        [[0.0, 0.05], [0.05, 0.2], [0.1, 0.05]],
    ]
    assert km(plain(roads=road_network.build_network(lines)), WEST, EAST) == pytest.approx(
        0.2 * DEGREE, rel=1e-3
    )


def test_where_no_way_leads_the_line_is_straight_and_said_to_be() -> None:
    apart = [[[0.0, 0.0], [0.0, 0.01]], [[0.1, 0.0], [0.1, 0.01]]]
    found, along = distances.compute_distances_km(
        plain(roads=road_network.build_network(apart)), [WEST], [EAST]
    )
    assert found[0, 0] == pytest.approx(0.1 * DEGREE, rel=1e-3)
    assert not along.any()


def test_many_places_are_found_as_each_alone() -> None:
    lines = [[[0.0, 0.0], [0.05, 0.04], [0.1, 0.0]]]
    of = plain(roads=road_network.build_network(lines))
    places = [WEST, EAST, DESA, ""]
    found, _ = distances.compute_distances_km(of, places, places[:2])
    assert found.tolist() == [[km(of, one, other) for other in places[:2]] for one in places]


def test_a_file_of_ways_is_read_and_one_without_lines_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ways.geojson"
    line = {"type": "LineString", "coordinates": [[0, 0], [0.1, 0]]}
    two = {"type": "MultiLineString", "coordinates": [[[0.1, 0], [0.2, 0]], [[0.2, 0], [0.3, 0]]]}
    features = [{"type": "Feature", "geometry": one} for one in (line, two)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    assert len(road_network.read_roads(path).edges) == 3
    for wrong in ('{"features": []}', "[]", "no json"):
        path.write_text(wrong, "utf-8")
        with pytest.raises(ValueError, match=r"ways\.geojson"):
            road_network.read_roads(path)


def test_a_point_of_every_kecamatan_lies_inside_it(board: Board) -> None:
    codes = list(board.register.kecamatan)
    points = np.array([board.geography.point(code) for code in codes])
    assert board.boundaries.locate(points[:, 0], points[:, 1]).tolist() == codes
    assert board.geography.areas_km2["16.10.05"] == pytest.approx(
        111.84, rel=0.03
    )  # geo/16.10/SOURCES.md


def test_the_board_has_its_ground(board: Board) -> None:
    assert board.geography.find_area("16.10.05.9999") == "16.10.05"
    assert board.geography.find_area("") == board.register.election.seat_kecamatan
    assert board.geography.find_area("12.34") is None
    assert board.geography.roads is None


def test_an_election_names_its_ways_beside_its_boundaries(tmp_path: Path) -> None:
    folder = invented_election(tmp_path / "contoh", 2)
    line = {"type": "LineString", "coordinates": [[122.05, -1.45], [122.15, -1.45]]}
    file = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": line}]}
    (folder / "ways.geojson").write_text(json.dumps(file), "utf-8")
    told = (folder / "election.toml").read_text("utf-8")
    told = told.replace('boundaries = "geo"', 'boundaries = "geo"\nways = "ways.geojson"')
    (folder / "election.toml").write_text(told, "utf-8")
    definition = election.load(folder)
    shapes = boundaries.load(definition.boundaries_folder)
    found = road_network.load(register.load(definition), shapes)
    km, along = distances.compute_distances_km(found, ["99.01.01"], ["99.01.02"])
    assert along.all()
    assert km[0, 0] == pytest.approx(0.1 * DEGREE, rel=0.01)
    assert found.find_area("") is None  # no seat was named: the middle of all stands for it
    assert found.point("") == pytest.approx((122.1, -1.45), abs=0.01)
