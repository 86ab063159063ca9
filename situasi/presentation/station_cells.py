"""Cells of the TPS for the map: where each is, and how that is known, as GeoJSON."""

import hashlib
import json
import math
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from situasi.common import i18n
from situasi.common.formats import format_counts
from situasi.common.i18n import _
from situasi.common.lru_dict import LruDict
from situasi.domain.boundaries import KM_PER_DEGREE
from situasi.domain.register import Register
from situasi.domain.road_network import Geography

# Where the browser fetches the cells; it does so only once they are drawn.
URL_TEMPLATE = "/peta/tps-{fingerprint}.geojson"
# Cells that would cover one another lie side by side, the first where its TPS is.
_CELL_KM, _STEP_KM = 0.24, 0.3
# Places change while officers check in, and differ by what a viewer may see.
_MAX_FILES = 32
_REACH = 12
_AROUND = (-1, 0, 1)
_FILE_COLUMNS = ["lat", "lon", "place_source", "reporters", "spread_m"]
_OFFSETS = sorted(
    ((x, y) for x in range(-_REACH, _REACH + 1) for y in range(-_REACH, _REACH + 1)),
    key=lambda offset: (offset[0] ** 2 + offset[1] ** 2, offset[1], offset[0]),
)


@dataclass(frozen=True, eq=False)
class StationCells:
    """The cells of all TPS that have a place."""

    content: bytes

    @cached_property
    def fingerprint(self) -> str:
        """Return what changes with the content."""
        return hashlib.sha256(self.content).hexdigest()[:12]

    @property
    def url(self) -> str:
        """Return the address, which changes with the content."""
        return URL_TEMPLATE.format(fingerprint=self.fingerprint)


class CellFiles:
    """The cells that were lately drawn, which browsers fetch by their address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_places: LruDict[bytes, StationCells] = LruDict(_MAX_FILES)

    def get_or_build(
        self, register: Register, geography: Geography, places: pd.DataFrame
    ) -> StationCells:
        """Return the cells in the current language; places: stations.places, of any TPS."""
        hashes = pd.util.hash_pandas_object(places[["code", *_FILE_COLUMNS]], index=False)
        key = hashlib.sha256(hashes.to_numpy().tobytes())
        key.update(i18n.current_language().encode())
        with self._lock:
            cells = self._by_places.get(key.digest())
            if cells is None:
                cells = build_cells(register, geography, places)
            self._by_places[key.digest()] = cells
        return cells

    def find(self, fingerprint: str) -> StationCells | None:
        """Return the cells of this address; None where they are forgotten or never were."""
        with self._lock:
            files = list(self._by_places.values())
        return next((cells for cells in files if cells.fingerprint == fingerprint), None)


def build_cells(register: Register, geography: Geography, places: pd.DataFrame) -> StationCells:
    """Build the cells of all TPS that have a place: their own, else by their desa or kecamatan.

    register: of all TPS, in whose order they are numbered. places: of stations.places; a TPS that
    is not among them has no place of its own.
    """
    known = places.set_index("code")[_FILE_COLUMNS].reindex(register.tps["code"])
    rows: list[Any] = list(
        register.tps[["desa", "kecamatan", "nomor"]]
        .join(known.set_axis(register.tps.index))
        .itertuples()
    )
    features: dict[int, dict[str, Any]] = {}
    drawn = _DrawnCells()
    # Those of which the place is known stand there; the others make way.
    for index in sorted(range(len(rows)), key=lambda index: rows[index].lat != rows[index].lat):
        row = rows[index]
        has_own = row.lat == row.lat  # not NaN
        point = (row.lon, row.lat) if has_own else _find_place(row, geography)
        if point is None:
            continue
        name = _("TPS {number} {desa}, {kecamatan} · letak: {source}").format(
            number=f"{row.nomor:03d}",
            desa=register.name_of(row.desa),
            kecamatan=register.name_of(row.kecamatan),
            source=format_place_source(row),
        )
        # Where only the desa is known, its name stands at the point: the cells lie below it.
        centre = drawn.place(point if has_own else (point[0], point[1] - _STEP_KM / KM_PER_DEGREE))
        is_estimate = not has_own or row.reporters > 0
        features[index] = _build_feature(index, name, centre, is_estimate=is_estimate)
    collection = {"type": "FeatureCollection", "features": [features[i] for i in sorted(features)]}
    return StationCells(json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode())


def format_place_source(row: Any) -> str:
    """Return how the place of a TPS is known, with its spread where it is an estimate.

    row: of stations.places.
    """
    if not row.reporters > 0:
        has_own = row.lat == row.lat  # not NaN
        return str(row.place_source) if has_own else _("perkiraan, di sekitar desanya")
    if row.spread_m != row.spread_m:
        return _("perkiraan, satu lapor diri atau pembukaan di sana")
    return format_counts(
        _("perkiraan, titik tengah {n} pelapor pertama di sana, setengahnya dalam {m} m"),
        n=int(row.reporters), m=max(1, round(row.spread_m)),
    )  # fmt: skip


def _find_place(row: Any, geography: Geography) -> tuple[float, float] | None:
    return geography.points.get(row.desa) or geography.points.get(row.kecamatan)


class _DrawnCells:
    """The middles of the cells that are drawn, in squares of a step, so that none is covered."""

    def __init__(self) -> None:
        self._by_square: dict[tuple[int, int], list[tuple[float, float]]] = {}
        # One for all: by the latitude of each, a cell 300 m away would lie 30 m aside.
        self._km_per_lon = math.nan

    def place(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return the free middle (lon, lat) next to this point, and take it."""
        if math.isnan(self._km_per_lon):
            self._km_per_lon = KM_PER_DEGREE * math.cos(math.radians(point[1]))
        x, y = point[0] * self._km_per_lon, point[1] * KM_PER_DEGREE
        middles = ((x + i * _STEP_KM, y + j * _STEP_KM) for i, j in _OFFSETS)
        free = next((middle for middle in middles if self._is_free(*middle)), (x, y))
        self._by_square.setdefault(self._find_square(*free), []).append(free)
        return free[0] / self._km_per_lon, free[1] / KM_PER_DEGREE

    def _is_free(self, x: float, y: float) -> bool:
        column, row = self._find_square(x, y)
        near = (self._by_square.get((column + i, row + j), ()) for i in _AROUND for j in _AROUND)
        return not any(
            abs(x - other_x) < _CELL_KM and abs(y - other_y) < _CELL_KM
            for middles in near
            for other_x, other_y in middles
        )

    @staticmethod
    def _find_square(x: float, y: float) -> tuple[int, int]:
        return math.floor(x / _STEP_KM), math.floor(y / _STEP_KM)


def _build_feature(
    index: int, name: str, centre: tuple[float, float], *, is_estimate: bool
) -> dict[str, Any]:
    """Build one square; `i`: its TPS, `e`: whether its place is an estimate."""
    lon, lat = centre
    half_lon = _CELL_KM / 2 / (KM_PER_DEGREE * math.cos(math.radians(lat)))
    half_lat = _CELL_KM / 2 / KM_PER_DEGREE
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ring = [[round(lon + x * half_lon, 5), round(lat + y * half_lat, 5)] for x, y in corners]
    return {
        "type": "Feature",
        "properties": {"i": index, "nama": name, **({"e": 1} if is_estimate else {})},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
