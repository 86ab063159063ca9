"""The shipped boundaries as a reference for where this kabupaten lies, to check a foreign file."""

import json
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from situasi.domain.register import Register
from situasi.ingest.boundaries.report import GeoRefused, format_list

INDONESIA = (94.0, -12.0, 142.0, 7.0)  # west, south, east, north
MAX_ASTRAY_SHARE = 0.5


class ReferenceBoundaries:
    """Kecamatan of the shipped file (not of an earlier import) by code, in degrees."""

    def __init__(self, polygons: dict[str, Any]) -> None:
        self.codes = list(polygons)
        self.shapes = np.array(list(polygons.values()), dtype=object)

    @cached_property
    def window(self) -> tuple[float, float, float, float]:
        """Return the window for all centres: the bounds, widened by a fifth on each side."""
        west, south, east, north = (float(edge) for edge in shapely.total_bounds(self.shapes))
        margin_x, margin_y = (east - west) / 5, (north - south) / 5
        return west - margin_x, south - margin_y, east + margin_x, north + margin_y

    def main_kecamatan(self, shape: Any) -> str | None:
        """Return the kecamatan that contains the largest part of this shape."""
        areas = shapely.area(shapely.intersection(self.shapes, shape))
        return self.codes[int(np.argmax(areas))] if areas.max() > 0 else None


def load(register: Register) -> ReferenceBoundaries | None:
    """Return the shipped kecamatan of this election; None where it has none."""
    path = Path(register.election.boundaries_folder) / "kecamatan.geojson"
    if not path.exists():
        return None
    features = json.loads(path.read_text("utf-8"))["features"]
    return ReferenceBoundaries(
        {
            str(feature["properties"]["kode"]): shapely.make_valid(
                shapely.from_geojson(json.dumps(feature["geometry"]))
            )
            for feature in features
        }
    )


def check_positions(
    polygons: dict[str, Any], reference: ReferenceBoundaries, name_of: Callable[[str], str]
) -> Iterator[str]:
    """Compare each polygon with the shipped kecamatan it should cover; yield Indonesian warnings.

    Raises GeoRefused where most lie elsewhere: then the codes are of other places, or the map is.
    """
    astray = {}
    for code, shape in polygons.items():
        kecamatan = code if code in reference.codes else code.rpartition(".")[0]
        actual = reference.main_kecamatan(shape)
        if kecamatan in reference.codes and actual != kecamatan:
            astray[code] = actual
    if len(astray) > MAX_ASTRAY_SHARE * len(polygons):
        raise GeoRefused(
            f"{len(astray)} dari {len(polygons)} wilayah tidak berada di tempatnya menurut batas "
            "yang ada: kode atau letaknya bukan untuk kabupaten ini."
        )
    if astray:
        descriptions = (
            f"{name_of(code)} (di {name_of(actual) if actual else 'luar'})"
            for code, actual in astray.items()
        )
        yield f"{len(astray)} wilayah sebagian besar di kecamatan lain: {format_list(descriptions)}"
