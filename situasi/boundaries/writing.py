"""Writes boundaries as the board reads them: all files of an import, or none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import shapely

DECIMALS = 6


def collection(polygons: dict[str, Any], names: dict[str, str], credit: str, caution: str) -> str:
    """GeoJSON (RFC 7946), one feature a line, with the credit and caution the map must show."""
    head = f'"credit":{_json(credit)},\n"caution":{_json(caution)},'
    features = ",\n".join(
        _json(
            {
                "type": "Feature",
                "properties": {"kode": code, "nama": names[code]},
                "geometry": _geometry(shape),
            }
        )
        for code, shape in sorted(polygons.items())
    )
    return f'{{"type":"FeatureCollection",\n{head}\n"features":[\n{features}\n]}}\n'


def replace_files(texts: dict[Path, str]) -> None:
    """Write each text beside its place, then move all there: no reader meets half a file."""
    ready = {path: path.with_name(f"{path.name}.{os.getpid()}.part") for path in texts}
    try:
        for path, part in ready.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8", newline="\n") as file:
                file.write(texts[path])
                file.flush()
                os.fsync(file.fileno())
        for path, part in ready.items():
            part.replace(path)
    finally:
        for part in ready.values():
            part.unlink(missing_ok=True)


def _geometry(shape: Any) -> dict[str, Any]:
    oriented = shapely.orient_polygons(shape)
    rings = [
        [_ring(ring) for ring in shapely.get_rings(part)] for part in shapely.get_parts(oriented)
    ]
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": rings[0]}
    return {"type": "MultiPolygon", "coordinates": rings}


def _ring(ring: Any) -> list[list[float]]:
    return [
        [round(x, DECIMALS), round(y, DECIMALS)] for x, y in shapely.get_coordinates(ring).tolist()
    ]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
