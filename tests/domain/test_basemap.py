"""Names of places on the map: each from the first zoom at which it lies on no other."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain.basemap import NAME_ZOOMS, NAMES, Basemap, MapFeature

_places = st.lists(
    st.builds(
        MapFeature,
        st.sampled_from(["kota", "desa", "polsek"]),
        st.text("abcdefgh ", min_size=1, max_size=18),
        st.builds(shapely.Point, st.floats(104.4, 104.8), st.floats(-3.6, -3.2)),
    ),
    max_size=30,
)


def levels_of(*features: MapFeature) -> list[int]:
    basemap = Basemap(features)
    fingerprint = str(basemap.url(NAMES)).rpartition("-")[2].removesuffix(".geojson")
    content = basemap.find_content(NAMES, fingerprint)
    assert content is not None
    return [row["properties"]["z"] for row in json.loads(content)["features"]]


def lie_on_one_another(one: MapFeature, other: MapFeature, zoom: float) -> bool:
    """Slow and plain: near the equator a degree is the same length in both directions."""
    degree = 512 * 2**zoom / 360
    a: Any = one.geometry
    b: Any = other.geometry
    width = (len(one.name) + len(other.name)) * 6.2 / 2 + 3
    return abs(a.x - b.x) * degree < width * 0.98 and abs(a.y - b.y) * degree < 13 * 0.98


@given(_places)
def test_no_two_names_lie_on_one_another_before_the_last_zoom(places: list[MapFeature]) -> None:
    levels = levels_of(*places) if places else []
    for (one, a), (other, b) in combinations(zip(places, levels, strict=True), 2):
        if max(a, b) < len(NAME_ZOOMS) - 1:
            assert not lie_on_one_another(one, other, NAME_ZOOMS[max(a, b)])


def test_a_name_alone_is_drawn_at_once_and_a_town_before_the_desa_beside_it() -> None:
    town = MapFeature("kota", "Indralaya", shapely.Point(104.65, -3.25))
    desa = MapFeature("desa", "Tanjung Seteko", shapely.Point(104.651, -3.2501))
    far = MapFeature("desa", "Muara Kuang", shapely.Point(104.5, -3.6))
    here, there, elsewhere = levels_of(desa, town, far)
    assert (there, elsewhere) == (0, 0)
    assert here > 0
