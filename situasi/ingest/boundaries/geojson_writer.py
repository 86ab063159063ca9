"""Writes boundaries as the board reads them: all files of an import, or none."""

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
    """Return GeoJSON (RFC 7946), one feature per line, with the credit and caution for the map."""
    header = f'"credit":{format_json(credit)},\n"caution":{format_json(caution)},'
    features = ",\n".join(
        format_json(
            {
                "type": "Feature",
                "properties": {"kode": code, "nama": names[code]},
                "geometry": _geometry(shape),
            }
        )
        for code, shape in sorted(polygons.items())
    )
    return f'{{"type":"FeatureCollection",\n{header}\n"features":[\n{features}\n]}}\n'


def replace_imports(folder: Path, geojson_by_level: dict[str, str]) -> tuple[Path, ...]:
    """Replace the imported boundaries of these levels, all at one moment; return their files.

    Each is written under a name made from its content, which no board reads yet; then the index
    file (`boundaries.IMPORT_INDEX_FILE`) is replaced. Levels not given stay as they were. Raises
    OSError, and GeoRefused while another import is running here.
    """
    import_folder = folder / boundaries.IMPORT_FOLDER
    import_folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(import_folder / ".lock", timeout=0):
            index = boundaries.load_import_index(folder)
            files = {
                level: _write(import_folder, level, text)
                for level, text in geojson_by_level.items()
            }
            index |= {level: file.name for level, file in files.items()}
            index_text = json.dumps(index, indent=1, sort_keys=True) + "\n"
            atomic_files.write(
                import_folder / boundaries.IMPORT_INDEX_FILE,
                index_text.encode(),
                atomic_files.READABLE_MODE,
            )
            _remove_others(import_folder, index)
    except Timeout as error:
        raise GeoRefused("Impor batas lain sedang berjalan di sini; tunggu sebentar.") from error
    return tuple(files.values())


def _write(import_folder: Path, level: str, text: str) -> Path:
    content = text.encode("utf-8")
    path = import_folder / f"{level}.{hashlib.sha256(content).hexdigest()[:12]}.geojson"
    atomic_files.write(path, content, atomic_files.READABLE_MODE)
    return path


def _remove_others(import_folder: Path, index: dict[str, str]) -> None:
    """Remove the earlier files of the levels; a file that cannot be removed is no longer read."""
    for level, name in index.items():
        for path in (import_folder / f"{level}.geojson", *import_folder.glob(f"{level}.*.geojson")):
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


def format_json(value: object) -> str:
    """Return compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
