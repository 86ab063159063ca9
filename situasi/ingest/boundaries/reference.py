"""What the shipped boundaries tell of where this kabupaten lies, to judge a foreign file by."""

from __future__ import annotations

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
        """Where the middle of every area must lie: the bounds, a fifth wider on each side."""
        west, south, east, north = (float(edge) for edge in shapely.total_bounds(self.shapes))
        wide, high = (east - west) / 5, (north - south) / 5
        return west - wide, south - high, east + wide, north + high

    def main_kecamatan(self, shape: Any) -> str | None:
        """The kecamatan that holds the largest part of this shape."""
        areas = shapely.area(shapely.intersection(self.shapes, shape))
        return self.codes[int(np.argmax(areas))] if areas.max() > 0 else None


def load(register: Register) -> ReferenceBoundaries | None:
    """The shipped kecamatan of this election; None where it has none."""
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
    """Compare each polygon with the shipped kecamatan it should cover; warnings in Indonesian.

    Raises GeoRefused where most lie elsewhere: then the codes mean other places, or the map does.
    """
    astray = {}
    for code, shape in polygons.items():
        kecamatan = code if code in reference.codes else code.rpartition(".")[0]
        found = reference.main_kecamatan(shape)
        if kecamatan in reference.codes and found != kecamatan:
            astray[code] = found
    if len(astray) > MAX_ASTRAY_SHARE * len(polygons):
        raise GeoRefused(
            f"{len(astray)} dari {len(polygons)} wilayah tidak berada di tempatnya menurut batas "
            "yang ada: kode atau letaknya bukan untuk kabupaten ini."
        )
    if astray:
        told = (
            f"{name_of(code)} (di {name_of(found) if found else 'luar'})"
            for code, found in astray.items()
        )
        yield f"{len(astray)} wilayah sebagian besar di kecamatan lain: {format_list(told)}"
