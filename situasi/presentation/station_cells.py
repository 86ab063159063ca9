"""Cells of the TPS for the map: where each is, and how that is known, as GeoJSON."""

import hashlib
import json
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from situasi.common import i18n
from situasi.common.i18n import _
from situasi.domain.boundaries import KM_PER_DEGREE
from situasi.domain.register import Register
from situasi.domain.road_network import Geography

# Where the browser fetches the cells; it does so only once they are drawn.
URL_TEMPLATE = "/peta/tps-{fingerprint}.geojson"
# TPS of one place lie side by side around it, the first in the middle.
_CELL_KM, _STEP_KM = 0.24, 0.3
_REACH = 12
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


def build_cells_by_language(register: Register, geography: Geography) -> dict[str, StationCells]:
    """Build the cells for each language: each names its TPS and the source of its place."""
    cells = {}
    for language in i18n.LANGUAGES:
        with i18n.use_language(language):
            cells[language] = build_cells(register, geography)
    return cells


def build_cells(register: Register, geography: Geography) -> StationCells:
    """Build the cells of all TPS that have a place: their own, else by their desa or kecamatan."""
    counts: Counter[tuple[float, float]] = Counter()
    features = []
    rows: list[Any] = list(register.tps.itertuples())
    for index, row in enumerate(rows):
        has_own = row.lat == row.lat  # not NaN
        point = (row.lon, row.lat) if has_own else _find_place(row, geography)
        if point is None:
            continue
        place = (round(point[0], 3), round(point[1], 3))
        offset = _OFFSETS[counts[place] % len(_OFFSETS)]
        counts[place] += 1
        source = str(row.place_source) if has_own else _("perkiraan, di sekitar desanya")
        name = _("TPS {number} {desa}, {kecamatan} · letak: {source}").format(
            number=f"{row.nomor:03d}",
            desa=register.name_of(row.desa),
            kecamatan=register.name_of(row.kecamatan),
            source=source,
        )
        features.append(_build_feature(index, name, point, offset, is_estimate=not has_own))
    collection = {"type": "FeatureCollection", "features": features}
    return StationCells(json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode())


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
    # Where only the desa is known, its name stands at the point: the cells lie below it.
    lat = point[1] + (offset[1] - is_estimate) * _STEP_KM / KM_PER_DEGREE
    half_lon, half_lat = _CELL_KM / 2 / km_per_lon, _CELL_KM / 2 / KM_PER_DEGREE
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ring = [[round(lon + x * half_lon, 5), round(lat + y * half_lat, 5)] for x, y in corners]
    return {
        "type": "Feature",
        "properties": {"i": index, "nama": name, **({"e": 1} if is_estimate else {})},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
