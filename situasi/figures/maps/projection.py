"""Camera of the map: from coordinates to pixels and back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
PointXY = tuple[float, float]

_WORLD_PX = 512  # pixels of the whole world at zoom 0, in deck.gl


@dataclass(frozen=True)
class Camera:
    """Camera of deck.gl.

    Pixels are counted from the middle of the image, to the right and downwards.
    """

    longitude: float
    latitude: float
    zoom: float

    def to_pixels(self, coordinates: Points) -> Points:
        """Convert rows of longitude and latitude to pixels."""
        middle = _project_to_world(np.array([[self.longitude, self.latitude]]))
        return (_project_to_world(coordinates) - middle) * 2**self.zoom

    def to_degrees(self, pixel: PointXY) -> PointXY:
        """Convert a pixel to longitude and latitude."""
        middle = _project_to_world(np.array([[self.longitude, self.latitude]]))
        x, y = middle[0] + np.array(pixel) / 2**self.zoom
        angle = np.pi * (1 - 2 * y / _WORLD_PX)
        return float(x / _WORLD_PX * 360), float(
            np.degrees(2 * np.arctan(np.exp(angle)) - np.pi / 2)
        )


def _project_to_world(degrees: Points) -> Points:
    """Project to Web Mercator at zoom 0, from the prime meridian and the northern edge."""
    lat = np.radians(degrees[:, 1])
    upwards = np.log(np.tan(np.pi / 4 + lat / 2)) / np.pi
    return np.column_stack([degrees[:, 0] / 360, (1 - upwards) / 2]) * _WORLD_PX
