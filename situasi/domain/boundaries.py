"""Boundaries of kecamatan or desa: finds where a point lies, and provides the file for the map."""

import hashlib
import json
import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from situasi.domain import basemap
from situasi.domain.basemap import Basemap
from situasi.domain.definition_errors import wrap_definition_errors

KM_PER_DEGREE = 111.32
_TOUCHING_KM = 0.02  # polygons this near share a border
# The folder of imports in a boundaries folder, and its index: level -> file.
IMPORT_FOLDER, IMPORT_INDEX_FILE = "impor", "batas.json"
URL_TEMPLATE = "/peta/kecamatan-{fingerprint}.geojson"
# The base map lies beside the boundaries, and is imported as they are.
BASEMAP_LEVEL = "dasar"


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Polygons by code, WGS 84 longitude and latitude.

    credit: source to name beside the map; caution: what the lines must not be used for. basemap: of
    the same area, empty where there is none.
    """

    codes: tuple[str, ...]
    polygons: npt.NDArray[np.object_]
    credit: str
    caution: str
    raw: bytes
    basemap: Basemap = field(default_factory=Basemap)

    @property
    def credit_line(self) -> str:
        """Return sources and caution as sentences, to stand beside the map."""
        sentences = (self.credit, self.basemap.credit, self.caution)
        return " ".join(f"{sentence.rstrip('.')}." for sentence in sentences if sentence)

    @cached_property
    def fingerprint(self) -> str:
        """Return a hash of the file, so that browsers may cache it for ever."""
        return hashlib.sha256(self.raw).hexdigest()[:12]

    @property
    def url(self) -> str:
        """Return the URL of the file; another file has another URL."""
        return URL_TEMPLATE.format(fingerprint=self.fingerprint)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north, in degrees."""
        west, south, east, north = shapely.total_bounds(self.polygons)
        return float(west), float(south), float(east), float(north)

    def bounds_of(self, code: str) -> tuple[float, float, float, float]:
        """Return the bounds of one kecamatan."""
        west, south, east, north = self.polygons[self.codes.index(code)].bounds
        return float(west), float(south), float(east), float(north)

    def sample_points(self, code: str, max_points: int) -> tuple[npt.NDArray[np.float64], int]:
        """Return up to so many points (lon, lat) evenly over a kecamatan, and their spacing in m.

        Never closer than 100 m: the lines are no more exact than that.
        """
        polygon = self.polygons[self.codes.index(code)]
        west, south, east, north = polygon.bounds
        step = max(0.1 / KM_PER_DEGREE, math.sqrt(polygon.area / max_points) * 1.03)
        lon, lat = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step))
        points = np.column_stack([lon.ravel(), lat.ravel()])
        inside = shapely.contains_xy(polygon, points[:, 0], points[:, 1])
        return points[inside][:max_points], round(step * KM_PER_DEGREE * 1000)

    @cached_property
    def label_points(self) -> dict[str, tuple[float, float]]:
        """Return a point (longitude, latitude) well inside each polygon, for its name."""
        centres = [shapely.maximum_inscribed_circle(polygon) for polygon in self.polygons]
        return {
            code: circle.coords[0][:2] for code, circle in zip(self.codes, centres, strict=True)
        }

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.polygons)

    def locate(
        self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.object_]:
        """Return the code of the polygon that holds each point; None outside all or for NaN."""
        codes = np.full(len(lon), None, dtype=object)
        shapely.prepare(self.polygons)
        for code, polygon in zip(self.codes, self.polygons, strict=True):
            west, south, east, north = polygon.bounds
            in_box = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
            near = np.flatnonzero(in_box)
            codes[near[shapely.intersects_xy(polygon, lon[near], lat[near])]] = code
        return codes

    def list_neighbours(self, code: str) -> list[str]:
        """Return the codes of the polygons that touch this one, in the order of the file.

        Lines of different sources do not meet exactly: a gap of a few metres still touches.
        """
        if code not in self.codes:
            return []
        position = self.codes.index(code)
        touching = self._tree.query(
            self.polygons[position], predicate="dwithin", distance=_TOUCHING_KM / KM_PER_DEGREE
        )
        return [self.codes[other] for other in sorted(touching) if other != position]

    def distance_km(self, code: str, lon: float, lat: float) -> float:
        """Return how far a point lies outside this polygon, in km (to 1 % near the equator)."""
        polygon = self.polygons[self.codes.index(code)]
        return float(shapely.distance(polygon, shapely.Point(lon, lat))) * KM_PER_DEGREE

    def nearest(self, lon: float, lat: float) -> tuple[str, float]:
        """Return the code of the nearest polygon and its distance in km (0 inside)."""
        code = self.codes[int(self._tree.nearest(shapely.Point(lon, lat)))]
        return code, self.distance_km(code, lon, lat)


def load(folder: Path, level: str = "kecamatan") -> Boundaries:
    """Read the boundaries of a level; an imported file (`impor/`) comes before the shipped one.

    Raises FileNotFoundError where there is neither, DefinitionError where it cannot be read, and
    ValueError where the index of imports is broken.
    """
    path, raw = _read_file(folder, level)
    with wrap_definition_errors(path):
        boundaries = _parse(raw)
    try:
        path, raw = _read_file(folder, BASEMAP_LEVEL)
    except FileNotFoundError:
        return boundaries
    with wrap_definition_errors(path):
        return replace(boundaries, basemap=basemap.parse(raw))


def _parse(raw: bytes) -> Boundaries:
    collection = json.loads(raw)
    features = collection["features"]
    return Boundaries(
        codes=tuple(str(feature["properties"]["kode"]) for feature in features),
        polygons=np.array(
            [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features],
            dtype=object,
        ),
        credit=str(collection.get("credit", "")),
        caution=str(collection.get("caution", "")),
        raw=raw,
    )


def load_import_index(folder: Path) -> dict[str, str]:
    """Return the file in `impor/` for each imported level. Raises ValueError."""
    try:
        files = json.loads((folder / IMPORT_FOLDER / IMPORT_INDEX_FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(files, dict) or any(Path(str(name)).name != name for name in files.values()):
        raise ValueError(
            f"{folder / IMPORT_FOLDER / IMPORT_INDEX_FILE} rusak; impor batasnya sekali lagi."
        )
    return files


def _read_file(folder: Path, level: str) -> tuple[Path, bytes]:
    """Return the file of a level; read again if an import that ends meanwhile has replaced it."""
    name = load_import_index(folder).get(level)
    if name is None:
        unindexed = folder / IMPORT_FOLDER / f"{level}.geojson"  # copied there by hand
        path = unindexed if unindexed.exists() else folder / f"{level}.geojson"
        return path, path.read_bytes()
    path = folder / IMPORT_FOLDER / name
    try:
        return path, path.read_bytes()
    except FileNotFoundError:
        new_name = load_import_index(folder).get(level)
        if new_name in (None, name):
            raise
        path = folder / IMPORT_FOLDER / str(new_name)
        return path, path.read_bytes()
