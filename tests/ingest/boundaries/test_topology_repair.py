"""Gaps and overlaps between neighbours: repaired where small, told where large."""

from __future__ import annotations

import json
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from situasi.domain.settings import ROOT
from situasi.ingest.boundaries import GeoRefused, import_file
from situasi.ingest.boundaries.dissolve import dissolve_rows, to_polygon
from situasi.ingest.boundaries.topology import area_km2, find_gaps, find_overlaps
from situasi.ingest.boundaries.topology_repair import repair_topology
from tests.builders_election import SIDE, kecamatan_codes, square
from tests.effort import examples
from tests.ingest.boundaries import builders as made

CODES = kecamatan_codes(4)
A, B, C, D = CODES
SIDE_M = SIDE / made.METRE


def total(shapes: dict[str, Any]) -> float:
    return sum(area_km2(shape) for shape in shapes.values())


def assert_fitting(polygons: dict[str, Any]) -> None:
    shapes = np.array(list(polygons.values()), dtype=object)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert find_gaps(list(shapes)) == []
    assert find_overlaps(list(shapes)) == []


def test_squares_that_fit_stay_as_they_are() -> None:
    mended = repair_topology({code: made.box(code) for code in CODES})
    assert (mended.gaps.found, mended.overlaps.found) == (0, 0)
    for code, polygon in mended.polygons.items():
        assert shapely.equals(polygon, made.box(code))


@pytest.mark.parametrize("metres", [1, 5, 40])
def test_crack_open_at_both_ends_is_closed(metres: float) -> None:
    mended = repair_topology({A: made.box(A, east=-metres), B: made.box(B)})
    assert (mended.gaps.found, mended.gaps.repaired, mended.gaps.remaining) == (1, 1, 0)
    assert mended.gaps.found_km2 == pytest.approx(metres * SIDE_M / 1e6, rel=0.02)
    assert_fitting(mended.polygons)
    assert total(mended.polygons) == pytest.approx(total({c: made.box(c) for c in (A, B)}), 1e-6)


@pytest.mark.parametrize("metres", [1, 5, 40])
def test_overlap_of_neighbours_is_given_to_one(metres: float) -> None:
    mended = repair_topology({A: made.box(A, east=metres), B: made.box(B)})
    assert (mended.overlaps.found, mended.overlaps.repaired, mended.overlaps.remaining) == (1, 1, 0)
    assert mended.overlaps.found_km2 == pytest.approx(metres * SIDE_M / 1e6, rel=0.02)
    assert_fitting(mended.polygons)


def test_wide_overlap_stays_and_is_told_with_its_size(tmp_path: Path) -> None:
    register = made.register(tmp_path)
    shapes = {code: made.box(code) for code in CODES} | {A: made.box(A, east=500)}
    path = made.saved(made.frame(shapes), tmp_path / "tumpang_tindih_500m.gpkg")
    report = import_file(path, "kecamatan", register, tmp_path / "batas")
    assert report.overlaps.remaining == 1
    assert report.overlaps.remaining_km2 == pytest.approx(0.5 * SIDE_M / 1000, rel=0.02)
    assert any("1 tumpang tindih" in warning and "5,5" in warning for warning in report.warnings)
    assert not report.is_sound


def test_large_hole_between_kecamatan_stays_open_and_is_told(tmp_path: Path) -> None:
    register = made.register(tmp_path)
    lake = shapely.box(122.09, -1.46, 122.11, -1.44)  # 2 km wide, in both A and B
    shapes = {code: shapely.difference(made.box(code), lake) for code in CODES}
    path = made.saved(made.frame(shapes), tmp_path / "danau.gpkg")
    report = import_file(path, "kecamatan", register, tmp_path / "batas")
    assert (report.gaps.found, report.gaps.remaining) == (1, 1)
    assert report.gaps.remaining_km2 == pytest.approx(area_km2(lake), rel=1e-3)
    assert any("celah" in warning for warning in report.warnings)


def test_small_hole_is_filled() -> None:
    hole = shapely.box(122.099, -1.45, 122.101, -1.449)
    mended = repair_topology({code: shapely.difference(made.box(code), hole) for code in (A, B)})
    assert (mended.gaps.found, mended.gaps.remaining) == (1, 0)
    assert_fitting(mended.polygons)


def test_net_of_cracks_is_divided_among_neighbours() -> None:
    """Twelve kecamatan, each drawn 10 m short on every side: no one may get the whole net."""
    codes = kecamatan_codes(12)
    shrunk = {code: made.box(code, west=-10, south=-10, east=-10, north=-10) for code in codes}
    mended = repair_topology(shrunk)
    assert_fitting(mended.polygons)
    for code, polygon in mended.polygons.items():
        west, south, east, north = square(code)
        reach = shapely.box(west, south, east, north).buffer(30 * made.METRE)
        assert reach.covers(polygon)


def test_neighbours_that_share_an_edge_but_not_its_points_are_fitted() -> None:
    drawn = {A: made.box(A), B: shapely.segmentize(made.box(B), 0.013)}
    assert not shapely.coverage_is_valid(list(drawn.values()))
    assert_fitting(repair_topology(drawn).polygons)


def test_an_islet_wholly_inside_another_does_not_vanish() -> None:
    islet = shapely.box(122.04, -1.45, 122.041, -1.449)
    mended = repair_topology({A: made.box(A), B: islet})
    assert mended.polygons[B].area == pytest.approx(islet.area)
    assert_fitting(mended.polygons)


def test_an_inlet_of_one_kecamatan_is_not_filled() -> None:
    inlet = shapely.box(122.05, -1.41, 122.0501, -1.4)
    shapes = {A: shapely.difference(made.box(A), inlet), B: made.box(B)}
    mended = repair_topology(shapes)
    assert mended.gaps.found == 0
    assert mended.polygons[A].area == pytest.approx(shapes[A].area)


def test_parts_that_lie_apart_stay_apart() -> None:
    far = shapely.box(122.5, -1.5, 122.52, -1.48)
    mended = repair_topology({A: shapely.union(made.box(A), far), B: made.box(B)})
    assert shapely.get_num_geometries(mended.polygons[A]) == 2
    assert mended.gaps.found == 0


def test_crossing_lines_are_made_valid_and_said() -> None:
    west, south, east, north = square(A)
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    polygons, notes = dissolve_rows([(A, bow), (B, made.box(B))], str, by_name=False)
    assert all(polygon.is_valid for polygon in polygons.values())
    assert polygons[A].area == pytest.approx(SIDE * SIDE / 2)
    assert notes == (f"garis yang menyilang dirinya sendiri diperbaiki: {A}",)


def test_rows_of_one_name_far_apart_are_two_places() -> None:
    away = shapely.transform(made.box(A), lambda points: points + np.array([0.6, 0]))
    with pytest.raises(GeoRefused, match=A):
        dissolve_rows([(A, made.box(A)), (A, away)], str, by_name=True)
    polygons, _ = dissolve_rows([(A, made.box(A)), (A, away)], str, by_name=False)
    assert polygons[A].area == pytest.approx(2 * SIDE * SIDE)


def test_no_area_in_lines_points_and_nothing() -> None:
    for text in ("POINT (1 1)", "LINESTRING (0 0, 1 1)", "POLYGON EMPTY"):
        assert to_polygon(shapely.from_wkt(text)) is None
    assert to_polygon(None) is None
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (9 9), POLYGON ((0 0, 1 0, 1 1, 0 0)))")
    area = to_polygon(mixed)
    assert area is not None
    assert area.bounds == (0, 0, 1, 1)


metres = st.floats(-20, 20)


@settings(max_examples=examples(40))
@given(st.lists(st.tuples(metres, metres, metres, metres), min_size=6, max_size=6))
def test_sides_drawn_up_to_20_m_wrong_always_fit_again(
    wrong: list[tuple[float, float, float, float]],
) -> None:
    codes = kecamatan_codes(13)[:3] + kecamatan_codes(13)[10:]  # two rows of three
    drawn = {
        code: made.box(code, west=w, south=s, east=e, north=n)
        for code, (w, s, e, n) in zip(codes, wrong, strict=True)
    }
    mended = repair_topology(drawn).polygons
    shapes = np.array(list(mended.values()), dtype=object)
    assert shapely.coverage_is_valid(shapes)
    assert sum(area_km2(piece) for piece in find_gaps(list(shapes))) < 0.01
    for code, polygon in mended.items():
        changed = shapely.symmetric_difference(polygon, made.box(code))
        assert area_km2(changed) < 4 * 45 * SIDE_M / 1e6


def test_real_outlines_drawn_8_m_wrong_fit_again_at_every_point() -> None:
    """Points on six decimals: rounding after a repair would part the neighbours again."""
    features = json.loads((ROOT / "geo/16.10/kecamatan.geojson").read_text())["features"]
    drawn = {
        feature["properties"]["kode"]: shapely.make_valid(
            shapely.transform(
                shapely.segmentize(shape(feature["geometry"]), 0.003), partial(waved, at)
            )
        )
        for at, feature in enumerate(features)
    }
    mended = repair_topology(drawn)
    assert mended.gaps.found > 100 and mended.overlaps.found > 100
    assert_fitting(mended.polygons)


def waved(at: int, points: Any) -> Any:
    """The points moved by up to 8 m to and fro, differently for each number."""
    waves = np.sin(points[:, ::-1] * 1500 + at) + np.sin(points * 900 + 2 * at)
    return points + waves * 4 * made.METRE


def slow_overlap_km2(shapes: list[Any]) -> float:
    """Every pair, one after the other."""
    return sum(area_km2(shapely.intersection(a, b)) for a, b in combinations(shapes, 2)
               if shapely.intersection(a, b).area > 0)  # fmt: skip


@settings(max_examples=examples(40))
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(5, 30)), max_size=8))
def test_overlaps_are_those_of_all_pairs(boxes: list[tuple[int, int, int]]) -> None:
    shapes = [shapely.box(x / 100, y / 100, (x + s) / 100, (y + s) / 100) for x, y, s in boxes]
    found = sum(area_km2(piece) for piece in find_overlaps(shapes)) if shapes else 0.0
    assert found == pytest.approx(slow_overlap_km2(shapes), abs=1e-6)
