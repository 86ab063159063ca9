"""The base map of a Polres: what is taken from files of any kind, where it ends, its size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from situasi.domain import boundaries as domain_boundaries
from situasi.domain.basemap import KINDS, Basemap
from situasi.domain.register import Register
from situasi.ingest.basemap import feature_kinds, importer
from situasi.ingest.basemap.importer import MARGIN_KM, import_basemap
from situasi.ingest.boundaries import GeoRefused
from tests.builders_election import kecamatan_codes, square
from tests.ingest.boundaries import builders as made

OSM = """<?xml version='1.0'?><osm version="0.6">
<node id="1" lat="{y}" lon="{x}"/><node id="2" lat="{y}" lon="{x2}"/>
<node id="3" lat="{y}" lon="{x}"><tag k="amenity" v="police"/><tag k="name" v="Polsek Satu"/></node>
<node id="4" lat="{y}" lon="{x}"><tag k="place" v="village"/><tag k="name" v="{desa}"/></node>
<node id="5" lat="{y}" lon="{x}"><tag k="amenity" v="cafe"/><tag k="name" v="Warung"/></node>
<node id="6" lat="{far}" lon="{x}"><tag k="place" v="town"/><tag k="name" v="Jauh"/></node>
<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
<way id="8"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way></osm>
"""


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return made.register(tmp_path)


def folder(register: Register) -> Path:
    return register.election.boundaries_folder


def loaded(register: Register) -> Basemap:
    return domain_boundaries.load(folder(register)).basemap


def layer(path: Path, rows: list[tuple[str, str, Any]], crs: int = 4326) -> Path:
    kinds, names, shapes = zip(*rows, strict=True)
    table = geopandas.GeoDataFrame({"Jenis": kinds, "NAMA": names}, geometry=list(shapes), crs=4326)
    table.to_crs(crs).to_file(path)
    return path


def test_a_file_of_openstreetmap_gives_roads_desa_and_offices_and_nothing_else(
    register: Register, tmp_path: Path
) -> None:
    west, south, east, north = square(kecamatan_codes(1)[0])
    desa = next(iter(register.desa.values()))
    path = tmp_path / "pulau.osm"
    path.write_text(
        OSM.format(
            x=(west + east) / 2, x2=west - 5, y=(south + north) / 2, far=north + 5, desa=desa.name
        ),
        "utf-8",
    )
    report = import_basemap([path], register, folder(register), credit="© OpenStreetMap (ODbL)")
    base_map = loaded(register)
    assert report.counts == {"jalan_utama": 1, "desa": 1, "polsek": 1}
    assert [feature.name for feature in base_map.select("polsek")] == ["Polsek Satu"]
    assert list(base_map.desa_points) == [desa.code]
    assert "ODbL" in domain_boundaries.load(folder(register)).credit_line
    # A road ends soon after the border.
    (road,) = base_map.select("jalan_utama")
    assert west - 0.1 < road.geometry.bounds[0] < west - MARGIN_KM / 120
    assert report.written_file.read_bytes().isascii() is False


@pytest.mark.parametrize(
    ("suffix", "crs"), [(".gpkg", made.UTM), (".geojson", 4326), (".shp", made.UTM), (".shp", 4326)]
)
def test_files_of_a_geographer_are_read_in_any_system_and_several_make_one_map(
    register: Register, tmp_path: Path, suffix: str, crs: int
) -> None:
    west, south, east, north = square(kecamatan_codes(1)[0])
    line = shapely.LineString([(west, south), (east, north)])
    lines = layer(tmp_path / f"garis{suffix}", [("sungai", "Sungai A", line)], crs)
    lake = shapely.box(west, south, west + 0.01, south + 0.01)
    puddle = shapely.box(west, south, west + 0.0001, south + 0.0001)
    areas = layer(
        tmp_path / f"luas{suffix}",
        [("danau", "Danau B", lake), ("danau", "Kubangan", puddle), ("hutan", "Hutan", lake)],
        crs,
    )
    report = import_basemap([lines, areas], register, folder(register))
    assert report.counts == {"perairan": 1, "sungai": 1}
    assert report.ignored == 2
    (river,) = loaded(register).select("sungai")
    assert river.name == "Sungai A"
    assert shapely.hausdorff_distance(river.geometry, line) < 30 * made.METRE
    assert loaded(register).credit == f"Peta dasar: {lines.name}, {areas.name}"


def test_a_large_file_is_simplified_until_it_is_small_or_refused_and_then_nothing_is_written(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    west, south, east, north = square(kecamatan_codes(1)[0])
    steps = np.linspace(0, 1, 2_000)
    noise = np.random.default_rng(1).normal(0, 40 * made.METRE, 2_000)
    points = np.column_stack([west + steps * (east - west), (south + north) / 2 + noise])
    path = layer(tmp_path / "a.geojson", [("sungai", "A", shapely.LineString(points))])
    fine = import_basemap([path], register, folder(register))
    monkeypatch.setattr(importer, "MAX_BYTES", fine.size_bytes // 2)
    coarse = import_basemap([path], register, folder(register))
    assert coarse.size_bytes <= fine.size_bytes // 2
    assert coarse.tolerance_m > fine.tolerance_m
    monkeypatch.setattr(importer, "MAX_BYTES", 50)
    with pytest.raises(GeoRefused, match="kurangi"):
        import_basemap([path], register, folder(register))
    assert coarse.written_file.exists()


def test_a_file_of_another_place_is_refused_and_the_map_stays(
    register: Register, tmp_path: Path
) -> None:
    path = layer(tmp_path / "a.gpkg", [("sungai", "A", shapely.LineString([(0, 50), (1, 50)]))])
    with pytest.raises(GeoRefused, match=r"a\.gpkg"):
        import_basemap([path], register, folder(register))
    assert loaded(register).features == ()


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"fclass": "primary"}, "jalan_utama"),
        ({"fclass": "river", "name": "X"}, "sungai"),
        ({"amenity": "police", "name": "Polres Ogan Ilir"}, "mapolres"),
        ({"other_tags": '"amenity"=>"police","name:id"=>"a\\"b"', "name": "Polsek A"}, "polsek"),
        ({"other_tags": '"office"=>"government"', "name": "KPU Ogan Ilir"}, "kpu"),
        ({"other_tags": '"office"=>"government"', "name": "Dinas Sosial"}, None),
        ({"jenis": "PPK", "nama": "PPK Kandis"}, "ppk"),
        ({"highway": "footway", "name": "Polsek"}, None),
        ({"building": "yes"}, None),
    ],
)
def test_a_row_is_what_its_tags_or_its_class_say(row: dict[str, str], kind: str | None) -> None:
    assert feature_kinds.find_kind(row) == kind


@given(st.dictionaries(st.text(max_size=12), st.one_of(st.none(), st.text(), st.floats())))
def test_any_row_has_a_kind_or_none(row: dict[str, Any]) -> None:
    assert feature_kinds.find_kind({**row, "other_tags": json.dumps(list(row))}) in {*KINDS, None}
