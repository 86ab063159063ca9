"""Cells of the TPS for the map: where each is, and how that is known, as GeoJSON."""

import hashlib
import json
import math
import threading
from collections import Counter
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
# TPS of one place lie side by side around it, the first in the middle.
_CELL_KM, _STEP_KM = 0.24, 0.3
# Places change while officers check in, and differ by what a viewer may see.
_MAX_FILES = 32
_REACH = 12
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
    counts: Counter[tuple[float, float]] = Counter()
    features = []
    known = places.set_index("code")[_FILE_COLUMNS].reindex(register.tps["code"])
    rows: list[Any] = list(
        register.tps[["desa", "kecamatan", "nomor"]]
        .join(known.set_axis(register.tps.index))
        .itertuples()
    )
    for index, row in enumerate(rows):
        has_own = row.lat == row.lat  # not NaN
        point = (row.lon, row.lat) if has_own else _find_place(row, geography)
        if point is None:
            continue
        place = (round(point[0], 3), round(point[1], 3))
        offset = _OFFSETS[counts[place] % len(_OFFSETS)]
        counts[place] += 1
        name = _("TPS {number} {desa}, {kecamatan} · letak: {source}").format(
            number=f"{row.nomor:03d}",
            desa=register.name_of(row.desa),
            kecamatan=register.name_of(row.kecamatan),
            source=format_place_source(row),
        )
        # Where only the desa is known, its name stands at the point: the cells lie below it.
        below = (offset[0], offset[1] - (not has_own))
        is_estimate = not has_own or row.reporters > 0
        features.append(_build_feature(index, name, point, below, is_estimate=is_estimate))
    collection = {"type": "FeatureCollection", "features": features}
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


def _build_feature(
    index: int,
    name: str,
    point: tuple[float, float],
    offset: tuple[int, int],
    *,
    is_estimate: bool,
) -> dict[str, Any]:
    """Build one square; `i`: its TPS, `e`: whether its place is an estimate."""
    km_per_lon = KM_PER_DEGREE * math.cos(math.radians(point[1]))
    lon = point[0] + offset[0] * _STEP_KM / km_per_lon
    lat = point[1] + offset[1] * _STEP_KM / KM_PER_DEGREE
    half_lon, half_lat = _CELL_KM / 2 / km_per_lon, _CELL_KM / 2 / KM_PER_DEGREE
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ring = [[round(lon + x * half_lon, 5), round(lat + y * half_lat, 5)] for x, y in corners]
    return {
        "type": "Feature",
        "properties": {"i": index, "nama": name, **({"e": 1} if is_estimate else {})},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
