"""Boundaries as the board uses them: where a point lies, how far off, what is drawn."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.domain import basemap, boundaries, election
from situasi.domain import register as domain_register
from situasi.domain.basemap import LINE_KINDS, Basemap
from situasi.domain.boundaries import KM_PER_DEGREE, Boundaries
from situasi.domain.settings import ROOT
from tests.builders_election import kecamatan_codes, square, write_squares

CODES = kecamatan_codes(12)
OGAN_ILIR = boundaries.load(ROOT / "geo" / "16.10")


@pytest.fixture
def drawn(tmp_path: Path) -> Boundaries:
    write_squares(tmp_path / "kecamatan.geojson", CODES)
    return boundaries.load(tmp_path)


def slow_locate(drawn: Boundaries, lon: float, lat: float) -> set[str | None]:
    """Every polygon in turn; a point on a border may be in either."""
    point = shapely.Point(lon, lat)
    pairs = zip(drawn.codes, drawn.polygons, strict=True)
    return {code for code, polygon in pairs if polygon.intersects(point)} or {None}


@given(st.lists(st.tuples(st.floats(104.2, 104.9), st.floats(-3.9, -2.9)), max_size=20))
def test_locate_finds_what_a_search_through_all_finds(points: list[tuple[float, float]]) -> None:
    lon, lat = (np.array([p[axis] for p in points], dtype=float) for axis in (0, 1))
    found = OGAN_ILIR.locate(lon, lat)
    assert len(found) == len(points)
    for code, point in zip(found, points, strict=True):
        assert code in slow_locate(OGAN_ILIR, *point)


def test_a_point_without_coordinates_lies_nowhere(drawn: Boundaries) -> None:
    lon = np.array([np.nan, 122.05, np.inf, 122.05])
    lat = np.array([-1.45, np.nan, -1.45, -1.45])
    assert drawn.locate(lon, lat).tolist() == [None, None, None, CODES[0]]


def test_a_point_on_the_border_lies_in_one_of_the_two(drawn: Boundaries) -> None:
    assert drawn.locate(np.array([122.1]), np.array([-1.45]))[0] in CODES[:2]


def test_swapped_coordinates_lie_outside(drawn: Boundaries) -> None:
    assert drawn.locate(np.array([-1.45]), np.array([122.05])).tolist() == [None]


def test_neighbours_are_those_that_a_search_through_all_pairs_finds() -> None:
    by_code = dict(zip(OGAN_ILIR.codes, OGAN_ILIR.polygons, strict=True))
    for code, polygon in by_code.items():
        near = [
            other
            for other, shape in by_code.items()
            if other != code and polygon.distance(shape) * KM_PER_DEGREE <= 0.02
        ]
        assert OGAN_ILIR.list_neighbours(code) == near and near
        assert all(code in OGAN_ILIR.list_neighbours(other) for other in near)
    assert OGAN_ILIR.list_neighbours("16.10.99") == []


def test_distance_is_zero_inside_and_grows_outside(drawn: Boundaries) -> None:
    west, south, _, north = square(CODES[0])
    middle = (south + north) / 2
    assert drawn.distance_km(CODES[0], west + 0.05, middle) == 0
    assert drawn.distance_km(CODES[0], west - 0.01, middle) == pytest.approx(
        0.01 * KM_PER_DEGREE, rel=0.01
    )


def test_distance_to_an_unknown_code_is_an_error(drawn: Boundaries) -> None:
    with pytest.raises(ValueError, match="tuple"):
        drawn.distance_km("99.01.77", 122.0, -1.45)


def test_nearest_is_the_one_that_holds_the_point_or_lies_closest(drawn: Boundaries) -> None:
    assert drawn.nearest(122.25, -1.45) == (CODES[2], 0.0)
    code, distance = drawn.nearest(121.9, -1.45)
    assert code == CODES[0]
    assert distance == pytest.approx(0.1 * KM_PER_DEGREE, rel=0.01)


def test_names_are_written_inside_their_kecamatan() -> None:
    points = OGAN_ILIR.label_points
    assert set(points) == set(OGAN_ILIR.codes)
    for code, (lon, lat) in points.items():
        assert slow_locate(OGAN_ILIR, lon, lat) == {code}


def test_bounds_hold_everything(drawn: Boundaries) -> None:
    assert drawn.bounds == pytest.approx((122.0, -1.6, 123.0, -1.4))


def test_fingerprint_moves_with_the_file(tmp_path: Path) -> None:
    write_squares(tmp_path / "kecamatan.geojson", CODES)
    first = boundaries.load(tmp_path).fingerprint
    assert boundaries.load(tmp_path).fingerprint == first
    write_squares(tmp_path / "kecamatan.geojson", CODES[:5])
    assert boundaries.load(tmp_path).fingerprint != first
    assert len(first) == 12


def test_an_imported_file_goes_before_the_shipped_one(tmp_path: Path) -> None:
    write_squares(tmp_path / "kecamatan.geojson", CODES)
    write_squares(tmp_path / "impor" / "kecamatan.geojson", CODES[:2])
    assert boundaries.load(tmp_path).codes == tuple(CODES[:2])
    (tmp_path / "impor" / "kecamatan.geojson").unlink()
    assert boundaries.load(tmp_path).codes == tuple(CODES)


def test_no_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"desa\.geojson"):
        boundaries.load(tmp_path, "desa")


def test_credit_and_caution_may_be_missing(tmp_path: Path) -> None:
    write_squares(tmp_path / "kecamatan.geojson", CODES)
    path = tmp_path / "kecamatan.geojson"
    collection = json.loads(path.read_text("utf-8"))
    del collection["credit"], collection["caution"]
    path.write_text(json.dumps(collection), "utf-8")
    assert (boundaries.load(tmp_path).credit, boundaries.load(tmp_path).caution) == ("", "")


def test_boundaries_of_the_board_are_small_enough_to_send() -> None:
    assert len(OGAN_ILIR.raw) < 15_000


def test_a_base_map_beside_the_boundaries_is_loaded_with_them_and_named_beside_the_map() -> None:
    base_map, line = OGAN_ILIR.basemap, OGAN_ILIR.credit_line
    for licence in ("MIT", "Global Map of Indonesia ©ISCGM/Indonesia", "ODbL", "CC BY 4.0"):
        assert licence in line
    assert ".." not in line
    for kind in (*LINE_KINDS, "desa", "kota"):
        assert base_map.select(kind), kind
    lon, lat = np.array(list(base_map.desa_points.values())).T
    codes = [code.rpartition(".")[0] for code in base_map.desa_points]
    assert len(codes) == 241
    # The shipped borders are simplified; no desa lies farther outside than they are wrong.
    for code, x, y in zip(codes, lon, lat, strict=True):
        assert OGAN_ILIR.distance_km(code, x, y) < 1.0


def test_a_part_of_the_base_map_has_an_address_that_changes_with_its_content() -> None:
    base_map = OGAN_ILIR.basemap
    address = base_map.url(basemap.LINES)
    assert address is not None
    fingerprint = address.rpartition("-")[2].removesuffix(".geojson")
    content = base_map.find_content(basemap.LINES, fingerprint)
    assert content is not None and b"Sungai Ogan" in content and b"desa" not in content
    assert base_map.find_content(basemap.NAMES, fingerprint) is None
    fewer = Basemap(base_map.features[1:])
    assert fewer.url(basemap.LINES) != address
    assert Basemap().url(basemap.LINES) is None


def test_election_points_at_its_own_boundaries() -> None:
    register = domain_register.load(election.load(ROOT / "data" / "elections" / "ogan-ilir-2024"))
    assert set(OGAN_ILIR.codes) == set(register.kecamatan)
    assert register.election.boundaries_folder.parts[-2:] == ("geo", "16.10")
    assert os.fspath(register.election.boundaries_folder.parent.parent) == os.fspath(ROOT)


def test_a_grid_covers_a_kecamatan_and_no_other(board: Board) -> None:
    for code in board.boundaries.codes:
        points, step = board.boundaries.sample_points(code, 1_500)
        assert 500 < len(points) <= 1_500
        assert step >= 100
        inside = board.boundaries.locate(points[:, 0], points[:, 1])
        assert set(inside) == {code}
