"""The map as a camera sees it: what colour lies at a place."""

from __future__ import annotations

import io
import math
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image
from playwright.sync_api import Locator

from situasi.domain import boundaries as domain_boundaries
from situasi.domain import election, register
from situasi.domain.boundaries import Boundaries
from situasi.domain.settings import load
from situasi.figures.maps.label_metrics import Box
from situasi.figures.maps.label_placement import LabelLayout, place_labels
from situasi.figures.maps.projection import PointXY
from situasi.figures.maps.situation_map import HEIGHT, build_situation_map
from situasi.figures.theme import LIGHT, Theme
from tests.browser.viewing import Viewer

Colour = tuple[int, int, int]
Pixels = npt.NDArray[np.int16]

# A screen may round a colour, and a machine without a graphics card mixes it in software.
CLOSE = 6


@dataclass(frozen=True)
class Camera:
    """Where deck.gl puts a place on the screen before anybody has moved the map."""

    longitude: float
    latitude: float
    zoom: float

    def place(self, lon: float, lat: float, width: int, height: int) -> tuple[float, float]:
        """The pixel of a place, from the upper left corner of the map."""
        world = 512 * 2**self.zoom
        x = (lon - self.longitude) / 360 * world
        y = (_mercator(self.latitude) - _mercator(lat)) / (2 * math.pi) * world
        return width / 2 + x, height / 2 + y


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


@dataclass(frozen=True)
class Shot:
    """A picture of the map."""

    pixels: Pixels
    camera: Camera

    @property
    def size(self) -> tuple[int, int]:
        height, width = self.pixels.shape[:2]
        return width, height

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        """The pixel of a place: column and row."""
        x, y = self.camera.place(lon, lat, *self.size)
        return round(x), round(y)

    def around(self, lon: float, lat: float, pixels: int) -> Colour:
        """The colour that most of the pixels around a place have."""
        x, y = self.at(lon, lat)
        return self._most(self.within((-pixels, -pixels, pixels, pixels), middle=(x, y)))

    def fill(self, polygon: shapely.Geometry) -> Colour:
        """The colour that most of a polygon has: lines, names and marks are the fewer pixels."""
        return self._most(self.mask(polygon))

    def within(
        self, box: Box, slack: float = 0, middle: tuple[float, float] | None = None
    ) -> npt.NDArray[np.bool_]:
        """Which pixels lie in a box; it is counted from a pixel or from the picture's middle."""
        width, height = self.size
        x, y = middle or (width / 2, height / 2)
        columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        left, top, right, bottom = box
        across = (columns >= x + left - slack) & (columns <= x + right + slack)
        return np.asarray(across & (rows >= y + top - slack) & (rows <= y + bottom + slack))

    def _most(self, chosen: npt.NDArray[np.bool_]) -> Colour:
        found = Counter(map(tuple, self.pixels[chosen].tolist())).most_common(1)[0][0]
        return found[0], found[1], found[2]

    def mask(self, polygon: shapely.Geometry) -> npt.NDArray[np.bool_]:
        """Which pixels lie in a polygon."""
        return self._inside(
            shapely.transform(
                polygon, lambda points: np.array([self.at(lon, lat) for lon, lat in points])
            )
        )

    def along(self, line: tuple[PointXY, PointXY], slack: float) -> npt.NDArray[np.bool_]:
        """Which pixels lie on a line that is counted from the middle of the picture."""
        width, height = self.size
        middle = np.array([width / 2, height / 2])
        return self._inside(shapely.LineString(np.array(line) + middle).buffer(slack))

    def _inside(self, outline: shapely.Geometry) -> npt.NDArray[np.bool_]:
        width, height = self.size
        columns, rows = np.meshgrid(np.arange(width), np.arange(height))
        shapely.prepare(outline)
        return np.asarray(shapely.contains_xy(outline, columns, rows))

    def near(self, colour: str, within: float = 60) -> npt.NDArray[np.bool_]:
        """Which pixels have about this colour."""
        return np.asarray(np.abs(self.pixels - np.array(numbers(colour))).sum(axis=2) <= within)


def numbers(colour: str, strength: int = 255, paper: str = LIGHT.paper) -> Colour:
    """'#RRGGBB' laid over the paper as deck.gl lays it."""
    share = strength / 255
    mixed = [
        round(int(colour[i : i + 2], 16) * share + int(paper[i : i + 2], 16) * (1 - share))
        for i in (1, 3, 5)
    ]
    return mixed[0], mixed[1], mixed[2]


def alike(one: Colour, other: Colour) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= CLOSE


@cache
def boundaries() -> Boundaries:
    return domain_boundaries.load(election.load(load({}).election_folder).boundaries_folder)


def placing() -> LabelLayout:
    """Where the board itself puts the names."""
    kecamatan = register.load(election.load(load({}).election_folder)).kecamatan
    return place_labels(boundaries(), tuple((k, one.name) for k, one in kecamatan.items()), HEIGHT)


@cache
def camera() -> Camera:
    """The camera that the board itself asks for."""
    state = build_situation_map(
        placing(), boundaries(), {}, None, LIGHT, layer_id="k"
    ).initial_view_state
    return Camera(state.longitude, state.latitude, state.zoom)


def canvas(viewer: Viewer) -> Locator:
    return viewer.page.locator("#deckgl-overlay")


def shoot(viewer: Viewer) -> Shot:
    """Photograph the map as it is now."""
    picture = Image.open(io.BytesIO(canvas(viewer).screenshot())).convert("RGB")
    return Shot(np.asarray(picture, dtype=np.int16), camera())


def drawn_map(viewer: Viewer, theme: Theme = LIGHT) -> Shot:
    """Photograph the map once its lines and names are there and nothing moves any more."""
    shots = [shoot(viewer)]

    def complete() -> bool:
        shots.append(shoot(viewer))
        lines, names = (int(shots[-1].near(c).sum()) for c in (theme.line, theme.ink))
        return lines > 300 and names > 300 and same(shots[-1], shots[-2]) == 1.0

    viewer.until(complete, "the map was never drawn")
    return shots[-1]


def same(one: Shot, other: Shot, slack: int = 0) -> float:
    """The share of pixels of one picture that the other has too, up to `slack` pixels away."""
    if one.size != other.size:
        return 0.0
    found = np.zeros(one.pixels.shape[:2], dtype=bool)
    for down in range(-slack, slack + 1):
        for right in range(-slack, slack + 1):
            moved = np.roll(other.pixels, (down, right), axis=(0, 1))
            found |= np.abs(one.pixels - moved).max(axis=2) <= CLOSE
    return float(found.mean())


def pixel(viewer: Viewer, lon: float, lat: float) -> tuple[float, float]:
    """Return where on the screen a place lies, on a map that was not moved."""
    box = canvas(viewer).bounding_box()
    assert box is not None
    x, y = camera().place(lon, lat, round(box["width"]), round(box["height"]))
    return box["x"] + x, box["y"] + y
