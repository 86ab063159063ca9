"""Importing the boundaries a Polres holds, in every form they come in."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from situasi.domain import boundaries
from situasi.domain.register import Register
from situasi.ingest.boundaries import BoundaryReport, GeoRefused, check_boundaries, import_file
from situasi.ingest.boundaries.topology import area_km2
from tests.builders_election import kecamatan_codes, kecamatan_name, square
from tests.ingest.boundaries import builders as made

CODES = kecamatan_codes(4)
NAMES = [kecamatan_name(code) for code in CODES]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return made.register(tmp_path)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "batas"


def assert_squares(target: Path, report: BoundaryReport) -> None:
    """The written boundaries are the four squares, to a metre."""
    drawn = boundaries.load(target)
    assert list(drawn.codes) == CODES
    for code, polygon in zip(drawn.codes, drawn.polygons, strict=True):
        assert polygon.bounds == pytest.approx(square(code), abs=1e-5)
        assert report.area_km2[code] == pytest.approx(area_km2(made.box(code)), rel=1e-4)
    assert shapely.coverage_is_valid(drawn.polygons)


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
@pytest.mark.parametrize("epsg", [4326, made.UTM, 3857])
def test_every_format_in_every_crs_gives_the_same_boundaries(
    ending: str, epsg: int, register: Register, target: Path, tmp_path: Path
) -> None:
    data = made.squares(CODES).to_crs(epsg)
    path = made.saved(data, tmp_path / f"batas_{epsg}.{ending}")
    report = import_file(path, "kecamatan", register, target)
    assert_squares(target, report)
    assert report.crs == f"EPSG:{epsg}"
    assert report.warnings == ()
    assert report.total_km2 == pytest.approx(sum(report.area_km2.values()))


@pytest.mark.parametrize("epsg", [4326, made.UTM, 3857, 23838])
def test_shapefile_without_prj_is_judged_by_its_coordinates_and_said(
    epsg: int, register: Register, target: Path, tmp_path: Path
) -> None:
    path = made.saved(made.squares(CODES).to_crs(epsg), tmp_path / "tanpa_prj.shp")
    path.with_suffix(".prj").unlink()
    report = import_file(path, "kecamatan", register, target)
    assert_squares(target, report)
    assert report.crs == f"EPSG:{epsg}"
    assert any("tidak disebut" in warning for warning in report.warnings)


def test_metres_in_a_geojson_are_not_taken_for_degrees(
    register: Register, target: Path, tmp_path: Path
) -> None:
    data = made.squares(CODES).to_crs(made.UTM).set_crs(None, allow_override=True)
    report = import_file(
        made.saved(data, tmp_path / "meter.geojson"), "kecamatan", register, target
    )
    assert_squares(target, report)
    assert report.crs == f"EPSG:{made.UTM}"


def test_a_wrong_declared_zone_is_seen_by_where_it_puts_the_kabupaten(
    register: Register, target: Path, tmp_path: Path
) -> None:
    data = made.squares(CODES).to_crs(made.UTM).set_crs(32748, allow_override=True)
    report = import_file(made.saved(data, tmp_path / "zona.gpkg"), "kecamatan", register, target)
    assert_squares(target, report)
    assert any("EPSG:32748" in warning and "EPSG:32751" in warning for warning in report.warnings)


@pytest.mark.parametrize("epsg", [4326, made.UTM])
@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
def test_swapped_axes_are_turned_back(
    ending: str, epsg: int, register: Register, target: Path, tmp_path: Path
) -> None:
    data = made.swapped(made.squares(CODES).to_crs(epsg))
    path = made.saved(data, tmp_path / f"tertukar.{ending}")
    report = import_file(path, "kecamatan", register, target)
    assert_squares(target, report)
    assert report.axes_swapped
    assert any("tertukar" in line for line in report.format_lines())


def levels(written: tuple[Path, ...]) -> list[str]:
    return [file.name.partition(".")[0] for file in written]


def test_swapped_axes_are_seen_without_known_boundaries(
    register: Register, target: Path, tmp_path: Path
) -> None:
    (register.election.boundaries_folder / "kecamatan.geojson").unlink()
    path = made.saved(made.swapped(made.squares(CODES)), tmp_path / "tertukar.geojson")
    report = import_file(path, "kecamatan", register, target)
    assert_squares(target, report)
    assert report.axes_swapped


def test_metres_of_an_unknown_zone_are_refused_where_nothing_is_known(
    register: Register, target: Path, tmp_path: Path
) -> None:
    (register.election.boundaries_folder / "kecamatan.geojson").unlink()
    path = made.saved(made.squares(CODES).to_crs(made.UTM), tmp_path / "tanpa_prj.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(GeoRefused, match="sistem koordinatnya tidak disebut"):
        import_file(path, "kecamatan", register, target)


def test_zipped_shapefile_in_a_folder_is_found(
    register: Register, target: Path, tmp_path: Path
) -> None:
    path = made.zipped(made.saved(made.squares(CODES), tmp_path / "Batas Kecamatan.shp"))
    report = import_file(path, "kecamatan", register, target)
    assert_squares(target, report)
    assert report.source == "Batas Kecamatan.zip"


def test_the_layer_with_the_kecamatan_is_taken_from_many(
    register: Register, target: Path, tmp_path: Path
) -> None:
    path = tmp_path / "lapisan.gpkg"
    neighbours = made.foreign(4)
    made.saved(made.frame(neighbours, nama=list(neighbours)), path, layer="tetangga")
    roads = made.squares(CODES).set_geometry(made.squares(CODES).boundary)
    made.saved(roads, path, layer="jalan", mode="a")
    made.saved(made.squares(CODES), path, layer="kecamatan", mode="a")
    pyogrio.write_dataframe(pd.DataFrame({"kode": CODES}), path, layer="tabel", append=True)
    assert_squares(target, import_file(path, "kecamatan", register, target))


def test_height_is_dropped(register: Register, target: Path, tmp_path: Path) -> None:
    data = made.squares(CODES)
    data.geometry = shapely.force_3d(data.geometry.values, 12.5)
    report = import_file(made.saved(data, tmp_path / "z.shp"), "kecamatan", register, target)
    assert_squares(target, report)
    assert not shapely.has_z(boundaries.load(target).polygons).any()


def test_many_rows_of_one_kecamatan_become_one(
    register: Register, target: Path, tmp_path: Path
) -> None:
    strips = made.desa_shapes(register)
    parents = [code.rpartition(".")[0] for code in strips]
    data = made.frame(strips, KDEPUM=list(strips), KDCPUM=parents)
    report = import_file(made.saved(data, tmp_path / "desa.geojson"), "kecamatan", register, target)
    assert_squares(target, report)
    assert (report.features, report.ignored_features) == (12, 0)


def test_kecamatan_of_another_kabupaten_are_ignored_and_counted(
    register: Register, target: Path, tmp_path: Path
) -> None:
    data = made.squares(CODES)
    both = {**dict(zip(CODES, data.geometry, strict=True)), **made.foreign(3)}
    path = made.saved(made.frame(both, kode=list(both)), tmp_path / "provinsi.gpkg")
    report = import_file(path, "kecamatan", register, target)
    assert_squares(target, report)
    assert (report.features, report.ignored_features) == (7, 3)


def test_missing_kecamatan_is_refused_by_name_and_nothing_written(
    register: Register, target: Path, tmp_path: Path
) -> None:
    path = made.saved(made.squares(CODES[:3]), tmp_path / "kurang_satu.geojson")
    with pytest.raises(GeoRefused, match=f"1 kecamatan tidak ada .*{NAMES[3]}"):
        import_file(path, "kecamatan", register, target)
    assert not target.exists()


def test_kecamatan_that_comes_twice_is_refused(
    register: Register, target: Path, tmp_path: Path
) -> None:
    twice = [*CODES, CODES[1]]
    data = made.frame(dict.fromkeys("abcde"), kode=twice)
    data.geometry = [made.box(code) for code in twice]
    path = made.saved(data, tmp_path / "ganda.geojson")
    with pytest.raises(GeoRefused, match=f"lebih dari sekali.*{NAMES[1]}"):
        import_file(path, "kecamatan", register, target)
    assert not target.exists()


def test_kecamatan_without_a_polygon_counts_as_missing(
    register: Register, target: Path, tmp_path: Path
) -> None:
    data = made.squares(CODES)
    data.loc[2, "geometry"] = None
    path = made.saved(data, tmp_path / "tanpa_bentuk.geojson")
    with pytest.raises(GeoRefused, match=NAMES[2]):
        import_file(path, "kecamatan", register, target)


def test_right_codes_on_another_place_are_refused(
    register: Register, target: Path, tmp_path: Path
) -> None:
    turned = {code: made.box(other) for code, other in zip(CODES, CODES[::-1], strict=True)}
    path = made.saved(made.frame(turned, kode=list(turned)), tmp_path / "terbalik.geojson")
    with pytest.raises(GeoRefused, match="tidak berada di tempatnya"):
        import_file(path, "kecamatan", register, target)


def test_a_kabupaten_far_away_is_refused(register: Register, target: Path, tmp_path: Path) -> None:
    data = made.squares(CODES)
    data.geometry = data.geometry.translate(-15, -2)
    path = made.saved(data, tmp_path / "jauh.geojson")
    with pytest.raises(GeoRefused, match="tidak cocok dengan kabupaten ini"):
        import_file(path, "kecamatan", register, target)


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b'{"type": "Feat', b"kode,nama\n1,2\n"])
@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.zip", "a.shp", "a.csv", "a"])
def test_broken_file_gets_one_sentence(
    name: str, content: bytes, register: Register, target: Path, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(GeoRefused) as refused:
        import_file(path, "kecamatan", register, target)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)
    assert not target.exists()


def test_truncated_geopackage_and_shapefile_are_refused(
    register: Register, target: Path, tmp_path: Path
) -> None:
    for ending in ("gpkg", "shp", "geojson"):
        path = made.saved(made.squares(CODES), tmp_path / f"terpotong.{ending}")
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(GeoRefused):
            import_file(path, "kecamatan", register, target)


def test_points_are_not_areas(register: Register, target: Path, tmp_path: Path) -> None:
    data = made.squares(CODES)
    data.geometry = shapely.centroid(data.geometry.values)
    path = made.saved(data, tmp_path / "titik.geojson")
    with pytest.raises(GeoRefused, match="poligon"):
        import_file(path, "kecamatan", register, target)


def test_shapefile_without_dbf_is_refused_with_that_reason(
    register: Register, target: Path, tmp_path: Path
) -> None:
    path = made.saved(made.squares(CODES), tmp_path / "tanpa_dbf.shp")
    path.with_suffix(".dbf").unlink()
    with pytest.raises(GeoRefused, match=r"\.dbf"):
        import_file(path, "kecamatan", register, target)


def test_zip_that_would_fill_the_disk_is_refused(
    register: Register, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("situasi.ingest.boundaries.layers.MAX_UNPACKED_BYTES", 1000)
    path = tmp_path / "bom.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("batas.geojson", " " * 100_000)
    with pytest.raises(GeoRefused, match="terlalu besar"):
        import_file(path, "kecamatan", register, target)


def test_zip_entry_that_climbs_out_of_its_folder_stays_inside(
    register: Register, target: Path, tmp_path: Path
) -> None:
    path = tmp_path / "naik.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../naik.geojson", made.squares(CODES).to_json())
    assert_squares(target, import_file(path, "kecamatan", register, target))
    assert not list(tmp_path.parent.glob("naik.geojson"))


def test_failed_write_leaves_the_old_boundaries(
    register: Register, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made.saved(made.squares(CODES), tmp_path / "batas.geojson")
    (written,) = import_file(path, "kecamatan", register, target).written_files
    before = written.read_bytes()

    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="no space"):
        import_file(path, "kecamatan", register, target, credit="lain")
    assert written.read_bytes() == before
    assert boundaries.load(target).raw == before
    shown = [file.name for file in written.parent.iterdir() if not file.name.startswith(".")]
    assert sorted(shown) == ["batas.json", written.name]


def test_importing_twice_changes_nothing(register: Register, target: Path, tmp_path: Path) -> None:
    path = made.saved(made.squares(CODES).to_crs(made.UTM), tmp_path / "batas.gpkg")
    (written,) = import_file(path, "kecamatan", register, target).written_files
    first = written.read_bytes()
    import_file(path, "kecamatan", register, target)
    assert written.read_bytes() == first


def test_credit_caution_and_names_are_written(
    register: Register, target: Path, tmp_path: Path
) -> None:
    path = made.saved(made.squares(CODES), tmp_path / "Batas BIG 2024.geojson")
    (written,) = import_file(path, "kecamatan", register, target).written_files
    collection = json.loads(written.read_text("utf-8"))
    assert collection["credit"] == "Batas: Batas BIG 2024.geojson"
    assert collection["caution"] == "Disederhanakan, bukan acuan hukum"
    assert "crs" not in collection
    assert [feature["properties"] for feature in collection["features"]] == [
        {"kode": code, "nama": name} for code, name in zip(CODES, NAMES, strict=True)
    ]
    import_file(path, "kecamatan", register, target, credit="Batas: BIG", caution="Contoh")
    drawn = boundaries.load(target)
    assert (drawn.credit, drawn.caution) == ("Batas: BIG", "Contoh")


def test_rings_run_as_rfc_7946_wants(register: Register, target: Path, tmp_path: Path) -> None:
    data = made.squares(CODES)
    data.geometry = shapely.orient_polygons(data.geometry.values, exterior_cw=True)
    import_file(made.saved(data, tmp_path / "cw.gpkg"), "kecamatan", register, target)
    assert all(polygon.exterior.is_ccw for polygon in boundaries.load(target).polygons)


def test_simplifying_keeps_neighbours_together_and_can_be_left_out(
    register: Register, target: Path, tmp_path: Path
) -> None:
    data = made.squares(CODES)
    data.geometry = shapely.segmentize(data.geometry.values, 0.001)
    path = made.saved(data, tmp_path / "rinci.gpkg")
    detailed = import_file(path, "kecamatan", register, target, tolerance_m=0)
    simplified = import_file(path, "kecamatan", register, target)
    assert detailed.vertices > 1000
    assert simplified.vertices < 40
    assert_squares(target, simplified)


def test_desa_bring_their_kecamatan(register: Register, target: Path, tmp_path: Path) -> None:
    strips = made.desa_shapes(register)
    path = made.saved(made.frame(strips, KDEPUM=list(strips)), tmp_path / "desa.gpkg")
    report = import_file(path, "desa", register, target)
    assert levels(report.written_files) == ["desa", "kecamatan"]
    kecamatan, desa = boundaries.load(target), boundaries.load(target, "desa")
    assert list(kecamatan.codes) == CODES
    assert sorted(desa.codes) == sorted(register.desa)
    assert shapely.coverage_is_valid(kecamatan.polygons)
    assert check_boundaries(target, register).warnings == ()
    assert check_boundaries(target, register, "desa").warnings == ()
    assert shapely.area(kecamatan.polygons).sum() == pytest.approx(
        shapely.area(desa.polygons).sum()
    )


def test_with_a_desa_missing_no_kecamatan_are_made(
    register: Register, target: Path, tmp_path: Path
) -> None:
    strips = made.desa_shapes(register)
    lost = strips.popitem()[0]
    path = made.saved(made.frame(strips, KDEPUM=list(strips)), tmp_path / "desa.gpkg")
    report = import_file(path, "desa", register, target)
    assert levels(report.written_files) == ["desa"]
    assert any(register.desa[lost].name in warning for warning in report.warnings)


def test_kecamatan_are_no_desa(register: Register, target: Path, tmp_path: Path) -> None:
    path = made.saved(made.squares(CODES), tmp_path / "batas.geojson")
    with pytest.raises(GeoRefused, match="desa"):
        import_file(path, "desa", register, target)


def test_unknown_level_is_the_callers_mistake(register: Register, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="level"):
        import_file(tmp_path / "x.shp", "provinsi", register, tmp_path)


def test_geopandas_is_loaded_only_when_a_file_is_read() -> None:
    code = "import situasi.ingest.boundaries, sys; sys.exit('geopandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_infinite_coordinates_are_no_area(register: Register, target: Path, tmp_path: Path) -> None:
    data = made.squares(CODES)
    broken = np.array([[122.0, np.inf], [122.1, -1.5], [122.1, -1.4], [122.0, np.inf]])
    data.loc[0, "geometry"] = shapely.Polygon(broken)
    path = made.saved(data, tmp_path / "takhingga.gpkg")
    with pytest.raises(GeoRefused, match=NAMES[0]):
        import_file(path, "kecamatan", register, target)


def test_codes_with_a_zero_behind_are_believed_where_the_positions_agree(
    register: Register, target: Path, tmp_path: Path
) -> None:
    padded = [code.replace(".", "") + "0" for code in CODES]
    path = made.saved(made.squares(CODES, kode=padded), tmp_path / "kode_nol.geojson")
    assert_squares(target, import_file(path, "kecamatan", register, target))
    turned = made.saved(made.squares(CODES, kode=padded[::-1]), tmp_path / "kode_bps.geojson")
    with pytest.raises(GeoRefused, match="tidak berada di tempatnya"):
        import_file(turned, "kecamatan", register, target)
    (register.election.boundaries_folder / "kecamatan.geojson").unlink()
    with pytest.raises(GeoRefused, match="bukan kode Kemendagri"):
        import_file(path, "kecamatan", register, target)


def test_two_codes_exchanged_are_told_by_name(
    register: Register, target: Path, tmp_path: Path
) -> None:
    exchanged = [CODES[1], CODES[0], *CODES[2:]]
    data = made.squares(CODES, kode=exchanged)
    report = import_file(made.saved(data, tmp_path / "dua.gpkg"), "kecamatan", register, target)
    assert any(f"{NAMES[0]} (di {NAMES[1]})" in warning for warning in report.warnings)


def test_a_namesake_far_away_is_left_out_even_without_a_kabupaten_column(
    register: Register, target: Path, tmp_path: Path
) -> None:
    data = {**{code: made.box(code) for code in CODES}, "lain": shapely.box(105, -5, 105.1, -4.9)}
    path = made.saved(made.frame(data, nama=[*NAMES, NAMES[0]]), tmp_path / "nasional.gpkg")
    report = import_file(path, "kecamatan", register, target)
    assert_squares(target, report)
    assert report.ignored_features == 1
