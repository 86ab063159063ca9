"""Writes boundaries as the board reads them: all files of an import, or none."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import shapely
from filelock import FileLock, Timeout

from situasi.common import atomic_files
from situasi.domain import boundaries
from situasi.ingest.boundaries.report import GeoRefused

DECIMALS = 6


def format_collection(
    polygons: dict[str, Any], names: dict[str, str], credit: str, caution: str
) -> str:
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


def replace_imports(folder: Path, geojson_by_level: dict[str, str]) -> tuple[Path, ...]:
    """Put imported boundaries in place, by level, all of them at one moment; their files.

    Each is written under a name made of its content, which no board reads yet; then the one file
    that names the set (`shapes.SET`) is replaced. Levels not given stay as they were. Raises
    OSError, and GeoRefused while another import goes on here.
    """
    place = folder / boundaries.IMPORT_FOLDER
    place.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place / ".lock", timeout=0):
            named = boundaries.load_import_index(folder)
            files = {level: _write(place, level, text) for level, text in geojson_by_level.items()}
            named |= {level: file.name for level, file in files.items()}
            said = json.dumps(named, indent=1, sort_keys=True) + "\n"
            atomic_files.write(
                place / boundaries.IMPORT_INDEX_FILE, said.encode(), atomic_files.READABLE_MODE
            )
            _remove_others(place, named)
    except Timeout as busy:
        raise GeoRefused("Impor batas lain sedang berjalan di sini; tunggu sebentar.") from busy
    return tuple(files.values())


def _write(place: Path, level: str, text: str) -> Path:
    content = text.encode("utf-8")
    path = place / f"{level}.{hashlib.sha256(content).hexdigest()[:12]}.geojson"
    atomic_files.write(path, content, atomic_files.READABLE_MODE)
    return path


def _remove_others(place: Path, named: dict[str, str]) -> None:
    """Remove what a level had before; what stays for want of rights is read by nobody."""
    for level, name in named.items():
        for path in (place / f"{level}.geojson", *place.glob(f"{level}.*.geojson")):
            if path.name != name:
                with suppress(OSError):
                    path.unlink()


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
