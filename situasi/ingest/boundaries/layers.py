"""Opens a map file: shapefile (also zipped), GeoPackage, GeoJSON or OpenStreetMap."""

import json
import tempfile
import warnings
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from situasi.ingest.boundaries.report import GeoRefused

FILE_SUFFIXES = (".shp", ".gpkg", ".geojson", ".json")
OSM_SUFFIXES = (".pbf", ".osm")
Bounds = tuple[float, float, float, float]
# Only these GDAL drivers: many others follow addresses in a file, whatever its name.
ALLOWED_DRIVERS = frozenset({"ESRI Shapefile", "GPKG", "GeoJSON", "OSM"})
_INLINE_CRS_TYPES = frozenset(
    {"name", "epsg", "ogc"}
)  # defined in the file itself; "link" and "url" would be fetched
MAX_JSON_BYTES = 300_000_000  # GeoJSON is read as text; a GeoPackage may be larger
MAX_UNPACKED_BYTES = 1_000_000_000  # detailed boundaries of a whole province are far smaller


def read_layers(
    path: Path, *, bbox: Bounds | None = None, more_suffixes: tuple[str, ...] = ()
) -> list[Any]:
    """Return every layer with rows as a GeoDataFrame, in the order of the file.

    bbox: west, south, east, north; of a file of OpenStreetMap, which may hold an island, only this
    part is read. more_suffixes: kinds of file that are taken besides FILE_SUFFIXES. Raises
    GeoRefused with one sentence where the file cannot be read as a map.
    """
    if not path.is_file():
        raise GeoRefused(f"Berkas {path.name} tidak ada.")
    with _open_source(path, (*FILE_SUFFIXES, *more_suffixes)) as file:
        part = bbox if file.suffix.lower() in OSM_SUFFIXES else None
        frames = [frame for frame in _read(file, path.name, part) if len(frame)]
    if not frames:
        raise GeoRefused(f"Berkas {path.name} tidak berisi satu wilayah pun.")
    return frames


def _read(file: Path, name: str, bbox: Bounds | None) -> Iterator[Any]:
    import geopandas
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    _allow_only(ALLOWED_DRIVERS)
    if file.suffix.lower() == ".shp" and not _has_companion(file, ".dbf"):
        raise GeoRefused(f"Berkas {name} tanpa pendamping .dbf: nama wilayahnya tidak ada.")
    if file.suffix.lower() in (".geojson", ".json"):
        _refuse_links(file, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns of single rings; all are checked later
            for layer, kind in pyogrio.list_layers(file).tolist():
                if kind is not None:
                    yield geopandas.read_file(file, layer=layer, bbox=bbox, engine="pyogrio")
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise GeoRefused(
            f"Berkas {name} rusak atau bukan shapefile, GeoPackage atau GeoJSON."
        ) from error


def _allow_only(drivers: Collection[str]) -> None:
    """Remove all other drivers from GDAL for the life of this process. Raises GeoRefused."""
    import pyogrio
    from pyogrio import _ogr

    others = ",".join(sorted(pyogrio.list_drivers().keys() - set(drivers)))
    if others:
        # GDAL reads this option when drivers are registered.
        pyogrio.set_gdal_config_options({"OGR_SKIP": others})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL searches for some of them twice
            _ogr._register_drivers()
    # No file over the network either, in case a remaining driver could fetch one.
    pyogrio.set_gdal_config_options({"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none"})
    if pyogrio.list_drivers().keys() - set(drivers):
        raise GeoRefused(
            "Pembaca berkas batas di sini tidak dapat dibatasi; impor tidak dilakukan."
        )


def _refuse_links(file: Path, name: str) -> None:
    """Raise GeoRefused for GeoJSON that is not strict, or whose CRS is at an address."""

    def check(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # GDAL ignores the case of keys and takes one of two equal keys: both count as one here.
        lowered = {key.lower(): value for key, value in pairs}
        if len(lowered) < len(pairs) and "type" in lowered:
            raise GeoRefused(f"Berkas {name} memuat kunci yang sama dua kali.")
        crs = lowered.get("crs")
        if isinstance(crs, dict) and crs and str(crs.get("type")).lower() not in _INLINE_CRS_TYPES:
            raise GeoRefused(
                f"Berkas {name} menunjuk sistem koordinat di alamat lain; simpan ulang dengan"
                " sistem koordinat di dalam berkas."
            )
        return lowered

    if file.stat().st_size > MAX_JSON_BYTES:
        raise GeoRefused(f"Berkas {name} terlalu besar untuk GeoJSON; pakai GeoPackage.")
    try:
        json.loads(file.read_text("utf-8-sig"), object_pairs_hook=check)
    except (ValueError, RecursionError) as error:
        raise GeoRefused(
            f"Berkas {name} rusak atau bukan shapefile, GeoPackage atau GeoJSON."
        ) from error


def _has_companion(file: Path, suffix: str) -> bool:
    return any(
        other.stem == file.stem and other.suffix.lower() == suffix
        for other in file.parent.iterdir()
    )


@contextmanager
def _open_source(path: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    if path.suffix.lower() in suffixes:
        yield path
    elif path.suffix.lower() == ".zip":
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield _unpack(path, Path(folder))
    else:
        raise GeoRefused(
            f"Jenis berkas {path.suffix or path.name} tidak dikenal; "
            "pakai .shp (boleh dalam .zip), .gpkg atau .geojson."
        )


def _unpack(path: Path, folder: Path) -> Path:
    """Extract the first boundary file of a zip and its companions; return its path."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename
            ]
            main = next(
                (m for kind in FILE_SUFFIXES for m in members if m.filename.lower().endswith(kind)),
                None,
            )
            if main is None:
                raise GeoRefused(f"Berkas {path.name} tidak berisi .shp, .gpkg atau .geojson.")
            stem = PurePosixPath(main.filename).with_suffix("")
            selected = [m for m in members if PurePosixPath(m.filename).with_suffix("") == stem]
            if sum(m.file_size for m in selected) > MAX_UNPACKED_BYTES:
                raise GeoRefused(f"Berkas {path.name} terlalu besar setelah dibuka.")
            for m in selected:
                suffix = PurePosixPath(m.filename).suffix.lower()
                (folder / f"batas{suffix}").write_bytes(archive.read(m))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise GeoRefused(f"Berkas {path.name} rusak atau bersandi.") from error
    return folder / f"batas{PurePosixPath(main.filename).suffix.lower()}"
