"""The camera: the pixel of a place, and the place of a pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.figures.maps.projection import Camera

cameras = st.builds(Camera, st.floats(95, 141), st.floats(-11, 6), st.floats(5, 14))


def slow(camera: Camera, lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator as its textbook has it, for one place."""
    world = 512 * 2**camera.zoom / (2 * math.pi)

    def north(degrees: float) -> float:
        return math.asinh(math.tan(math.radians(degrees)))

    return (
        world * math.radians(lon - camera.longitude),
        world * (north(camera.latitude) - north(lat)),
    )


@given(cameras, st.floats(-1, 1), st.floats(-1, 1))
def test_a_place_has_the_pixel_that_the_textbook_gives(
    camera: Camera, east: float, north: float
) -> None:
    place = camera.longitude + east, camera.latitude + north
    assert camera.to_pixels(np.array([place]))[0] == pytest.approx(slow(camera, *place), abs=1e-3)


@given(cameras, st.floats(-600, 600), st.floats(-400, 400))
def test_a_pixel_leads_back_to_its_place(camera: Camera, x: float, y: float) -> None:
    place = camera.to_degrees((x, y))
    assert camera.to_pixels(np.array([place]))[0] == pytest.approx((x, y), abs=1e-3)
