"""Names on the map: each can be read, in any kabupaten, and none ever moves."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, register
from situasi.domain.boundaries import Boundaries
from situasi.domain.settings import ROOT, load
from situasi.figures.maps.label_metrics import Box, Label
from situasi.figures.maps.label_placement import (
    DESKTOP_WIDTH_PX,
    FILLED_HEIGHT_SHARE,
    PHONE_WIDTH_PX,
    AreaNames,
    LabelLayout,
    place_labels,
    place_labels_along_hull,
)
from tests.builders_election import kecamatan_codes, kecamatan_name, square
from tests.effort import examples

OGAN_ILIR = domain_boundaries.load(ROOT / "geo" / "16.10")
HEIGHTS = (420, 430, 500)


def names_of(boundaries: Boundaries) -> AreaNames:
    if boundaries is OGAN_ILIR:
        kecamatan = register.load(election.load(load({}).election_folder)).kecamatan
        return tuple((code, place.name) for code, place in kecamatan.items())
    return tuple((code, kecamatan_name(code)) for code in boundaries.codes)


def invented(polygons: list[shapely.Polygon]) -> Boundaries:
    codes = tuple(kecamatan_codes(len(polygons)))
    return Boundaries(codes, np.array(polygons, dtype=object), "rekaan", "rekaan", b"rekaan")


def squares(count: int) -> Boundaries:
    return invented([shapely.box(*square(code)) for code in kecamatan_codes(count)])


def patchwork(seed: int, count: int, wide: float, high: float) -> Boundaries:
    """A kabupaten of this size, in degrees, cut into irregular kecamatan."""
    random = np.random.default_rng(seed)
    west, south = random.uniform(95, 140), random.uniform(-10, 5)
    whole = shapely.box(west, south, west + wide, south + high)
    spots = random.uniform((west, south), (west + wide, south + high), (count, 2))
    cells = shapely.voronoi_polygons(shapely.MultiPoint(spots), extend_to=whole)
    return invented([cell.intersection(whole) for cell in cells.geoms])


patchworks = st.builds(
    patchwork,
    seed=st.integers(0, 10_000),
    count=st.integers(3, 26),
    wide=st.floats(0.1, 1.5),
    high=st.floats(0.1, 1.5),
)


def holds(one: Box, other: Box) -> bool:
    """Whether two boxes share any ground, written out."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def pixels(boundaries: Boundaries, placing: LabelLayout, code: str) -> shapely.Polygon:
    polygon = boundaries.polygons[boundaries.codes.index(code)]
    return shapely.transform(polygon, placing.camera.to_pixels)


def beside(placing: LabelLayout, align: str) -> list[Label]:
    """The names of one column, from above."""
    column = [label for label in placing.labels.values() if label.align == align]
    return sorted(column, key=lambda label: label.position[1])


def check(boundaries: Boundaries, height: int) -> LabelLayout:
    """All that is promised of any kabupaten."""
    placing = place_labels(boundaries, names_of(boundaries), height)
    labels = placing.labels
    for one, other in combinations(labels.values(), 2):
        assert not any(holds(a, b) for a in one.boxes for b in other.boxes), (one, other)
    ground = shapely.transform(shapely.union_all(boundaries.polygons), placing.camera.to_pixels)
    for code, label in labels.items():
        own = pixels(boundaries, placing, code)
        assert own.covers(shapely.Point(label.anchor)), code
        if label.is_inside:
            assert all(own.covers(shapely.box(*box)) for box in label.boxes), code
        else:
            assert not any(ground.intersects(shapely.box(*box)) for box in label.boxes), code
            assert max(map(abs, (label.bounding_box[1], label.bounding_box[3]))) <= height / 2, code
    assert crossings(placing) == []
    return placing


def crossings(placing: LabelLayout) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The names beside the map whose lines cross, on whichever sides they stand."""
    lines = [
        (label.lines, shapely.LineString(label.leader_line))
        for label in placing.labels.values()
        if not label.is_inside
    ]
    pairs = combinations(lines, 2)
    return [(one, other) for (one, a), (other, b) in pairs if a.crosses(b)]


@pytest.mark.parametrize("height", HEIGHTS)
def test_every_kecamatan_of_ogan_ilir_has_one_name_that_lies_over_nothing(height: int) -> None:
    placing = check(OGAN_ILIR, height)
    assert set(placing.labels) == set(OGAN_ILIR.codes)


@settings(max_examples=examples(25))
@given(patchworks, st.sampled_from(HEIGHTS))
def test_every_kecamatan_of_any_kabupaten_has_one_name_that_lies_over_nothing(
    boundaries: Boundaries, height: int
) -> None:
    assert set(check(boundaries, height).labels) == set(boundaries.codes)


@pytest.mark.parametrize("count", [1, 3, 12, 40])
def test_every_square_of_an_invented_kabupaten_has_its_name(count: int) -> None:
    assert len(check(squares(count), 430).labels) == count


def test_of_more_kecamatan_than_there_is_room_for_as_many_as_fit_are_named() -> None:
    placing = check(squares(99), 430)
    assert 40 <= len(placing.labels) < 99


def test_map_and_names_of_ogan_ilir_fit_a_phone_and_lie_in_the_middle() -> None:
    for height in HEIGHTS:
        placing = place_labels(OGAN_ILIR, names_of(OGAN_ILIR), height)
        left, top, right, bottom = extent(OGAN_ILIR, placing)
        assert right - left <= PHONE_WIDTH_PX
        assert left + right == pytest.approx(0, abs=0.5)
        assert max(-top, bottom) <= FILLED_HEIGHT_SHARE * height / 2 + 1


def extent(boundaries: Boundaries, placing: LabelLayout) -> Box:
    """Map and names together."""
    ground = shapely.transform(shapely.union_all(boundaries.polygons), placing.camera.to_pixels)
    edges = np.array([ground.bounds, *(label.bounding_box for label in placing.labels.values())])
    return (*edges.min(axis=0)[:2].tolist(), *edges.max(axis=0)[2:].tolist())


def test_a_map_that_is_too_wide_for_its_names_gives_way_but_not_more_than_by_half() -> None:
    wide = squares(12)
    placing = place_labels(wide, names_of(wide), 430)
    ground = shapely.transform(shapely.union_all(wide.polygons), placing.camera.to_pixels)
    left, _, right, _ = extent(wide, placing)
    assert PHONE_WIDTH_PX / 2 <= ground.bounds[2] - ground.bounds[0] < PHONE_WIDTH_PX
    assert right - left <= DESKTOP_WIDTH_PX


def test_names_with_room_inside_stay_there_and_small_neighbours_stand_on_the_nearer_side() -> None:
    big, small = shapely.box(104.0, -3.5, 104.5, -3.0), shapely.box(104.5, -3.3, 104.52, -3.28)
    boundaries = invented([big, small])
    labels = place_labels(boundaries, names_of(boundaries), 430).labels
    assert [labels[code].align for code in boundaries.codes] == ["middle", "start"]
    west = invented([big, shapely.box(103.98, -3.3, 104.0, -3.28)])
    assert place_labels(west, names_of(west), 430).labels[west.codes[1]].align == "end"


def test_a_column_is_ordered_from_north_to_south_where_no_lines_would_cross() -> None:
    thin = [shapely.box(104.5, -3 - at / 20, 104.52, -2.96 - at / 20) for at in range(6)]
    boundaries = invented([shapely.box(104.0, -3.5, 104.5, -3.0), *thin])
    placing = place_labels(boundaries, names_of(boundaries), 430)
    column = beside(placing, "start")
    assert len(column) == 6
    assert all(a.anchor[1] < b.anchor[1] for a, b in pairwise(column))


def test_a_name_of_two_words_is_broken_where_it_only_fits_so() -> None:
    column = invented([shapely.box(104.0, -3.6, 104.12, -3.0)])
    assert place_labels(column, (("99.01.01", "Lubuk Keliat"),), 430).labels["99.01.01"].lines == (
        "Lubuk",
        "Keliat",
    )
    block = invented([shapely.box(104.0, -3.6, 104.6, -3.0)])
    assert place_labels(block, (("99.01.01", "Lubuk Keliat"),), 430).labels["99.01.01"].lines == (
        "Lubuk Keliat",
    )


def test_kecamatan_that_lie_over_one_another_still_do_not_share_the_room_of_a_name() -> None:
    twice = shapely.box(104.0, -3.5, 104.5, -3.0)
    boundaries = invented([twice, twice])
    labels = place_labels(boundaries, names_of(boundaries), 430).labels
    assert [label.is_inside for label in labels.values()] == [True, False]


@pytest.mark.parametrize(("height", "one_line"), [(240, False), (128, True)])
def test_along_the_hull_no_line_to_a_name_crosses_another_and_no_names_overlap(
    height: int, one_line: bool
) -> None:
    layout = place_labels_along_hull(OGAN_ILIR, names_of(OGAN_ILIR), height)
    labels = list(layout.labels.values())
    assert len(labels) == 16
    assert {label.is_one_line for label in labels} == {one_line}
    assert crossings(layout) == []
    boxes = [shapely.box(*label.bounding_box) for label in labels]
    for one, other in combinations(boxes, 2):
        assert shapely.intersection(one, other).area < 1e-6
    for label in labels:
        line = shapely.LineString(label.leader_line)
        crossed = [
            other.lines
            for other, box in zip(labels, boxes, strict=True)
            if other is not label and line.intersects(box)
        ]
        assert crossed == [], label.lines


@settings(max_examples=examples(15))
@given(patchworks)
def test_along_the_hull_of_any_kabupaten_no_lines_cross(boundaries: Boundaries) -> None:
    assert crossings(place_labels_along_hull(boundaries, names_of(boundaries), 240)) == []
