"""Checking the boundaries the board draws: every fault is told, a sound file is silent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from situasi.domain import boundaries
from situasi.domain.register import Register
from situasi.ingest.boundaries import BoundaryReport, Slivers, check_boundaries
from situasi.ingest.boundaries.report import format_decimal, format_list
from situasi.ingest.boundaries.topology import area_km2
from tests.builders_election import kecamatan_codes, kecamatan_name
from tests.ingest.boundaries import builders as made

CODES = kecamatan_codes(4)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return made.register(tmp_path)


def change(register: Register, edit: Any) -> Path:
    """Change the shipped file of the invented election; its folder."""
    path = register.election.boundaries_folder / "kecamatan.geojson"
    collection = json.loads(path.read_text("utf-8"))
    edit(collection)
    path.write_text(json.dumps(collection), "utf-8")
    return path.parent


def redraw(collection: dict[str, Any], at: int, shape: Any) -> None:
    collection["features"][at]["geometry"] = json.loads(shapely.to_geojson(shape))


def only_warning(report: BoundaryReport) -> str:
    assert len(report.warnings) == 1, report.warnings
    assert not report.is_sound
    return report.warnings[0]


def test_sound_boundaries_give_no_warning(register: Register) -> None:
    report = check_boundaries(register.election.boundaries_folder, register)
    assert report.is_sound
    assert (report.features, report.ignored_features, report.vertices) == (4, 0, 20)
    assert report.total_km2 == pytest.approx(sum(area_km2(made.box(code)) for code in CODES))
    assert report.gaps == report.overlaps == Slivers()


def test_boundaries_already_read_are_checked_alike(register: Register) -> None:
    drawn = boundaries.load(register.election.boundaries_folder)
    assert check_boundaries(drawn, register).area_km2 == check_boundaries(drawn, register).area_km2
    assert check_boundaries(drawn, register).is_sound


def test_missing_kecamatan_is_told(register: Register) -> None:
    folder = change(register, lambda data: data["features"].pop())
    assert kecamatan_name(CODES[3]) in only_warning(check_boundaries(folder, register))


def test_strange_and_doubled_codes_are_told(register: Register) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["features"][3]["properties"]["kode"] = "99.01.77"

    warnings = check_boundaries(change(register, edit), register).warnings
    assert any("tidak ada dalam daftar: 99.01.77" in warning for warning in warnings)
    again = change(register, lambda data: data["features"].append(data["features"][0]))
    assert any(f"sekali: {CODES[0]}" in w for w in check_boundaries(again, register).warnings)


def test_another_name_for_a_code_is_told(register: Register) -> None:
    def edit(data: dict[str, Any]) -> None:
        data["features"][1]["properties"]["nama"] = "Salah Nama"

    assert "Salah Nama" in only_warning(check_boundaries(change(register, edit), register))


def test_gap_and_overlap_are_told_with_their_size(register: Register) -> None:
    folder = change(register, lambda data: redraw(data, 0, made.box(CODES[0], east=100)))
    report = check_boundaries(folder, register)
    assert "tumpang tindih antarwilayah: 1,1" in only_warning(report)
    folder = change(register, lambda data: redraw(data, 0, made.box(CODES[0], east=-10)))
    report = check_boundaries(folder, register)
    assert "celah antarwilayah: 0,11" in only_warning(report)
    assert report.gaps.remaining == report.gaps.found == 1


def test_crossing_lines_are_told(register: Register) -> None:
    bow = shapely.Polygon([(122.0, -1.5), (122.1, -1.4), (122.1, -1.5), (122.0, -1.4)])
    report = check_boundaries(change(register, lambda data: redraw(data, 0, bow)), register)
    assert any("menyilang" in warning for warning in report.warnings)


def test_swapped_axes_are_told(register: Register) -> None:
    def edit(data: dict[str, Any]) -> None:
        for at, code in enumerate(CODES):
            redraw(data, at, shapely.transform(made.box(code), lambda c: c[:, ::-1] * [1, 0.5]))

    assert any(
        "luar Indonesia" in w for w in check_boundaries(change(register, edit), register).warnings
    )


def test_file_without_credit_is_told(register: Register) -> None:
    assert "credit" in only_warning(
        check_boundaries(change(register, lambda d: d.pop("credit")), register)
    )


def test_no_boundaries_at_all_is_an_error(register: Register, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_boundaries(tmp_path / "kosong", register)
    with pytest.raises(FileNotFoundError):
        check_boundaries(register.election.boundaries_folder, register, "desa")


def test_lines_tell_everything_in_order() -> None:
    report = BoundaryReport(
        "a.shp", "kecamatan", 18, 2, {"1": 1000.5, "2": 0.25}, Slivers(2, 0.5, 1, 0.2, 1, 0.3),
        Slivers(), 99, "EPSG:32748", "WADMKC", True, (Path("b.geojson"),), ("awas",),
    )  # fmt: skip
    assert report.format_lines() == [
        "Batas kecamatan dari a.shp",
        "  2 kecamatan dari 18 baris, 2 di antaranya bukan wilayah ini",
        "  luas 1.000,75 km², 99 titik",
        "  dikenali lewat kolom WADMKC; koordinat EPSG:32748; sumbu tertukar, sudah dibalik",
        "  celah: 2 (0,5000 km²), 1 diperbaiki, 1 tersisa (0,3000 km²)",
        "  tumpang tindih: tidak ada",
        "  ditulis: b.geojson",
        "  PERHATIAN: awas",
    ]


def test_numbers_and_lists_as_indonesians_write_them() -> None:
    assert format_decimal(2302.858) == "2.302,86"
    assert format_decimal(0.5, 4) == "0,5000"
    assert format_list("abcdefg", 3) == "a, b, c dan 4 lainnya"
    assert format_list(["a"]) == "a"


def test_area_of_a_degree_at_the_equator_is_geodesic() -> None:
    """12,308.8 km² on the WGS 84 ellipsoid, whichever way the ring runs."""
    cell = shapely.box(100, 0, 101, 1)
    assert area_km2(cell) == pytest.approx(12308.8, abs=0.2)
    assert area_km2(cell.reverse()) == pytest.approx(area_km2(cell))
    ring = shapely.difference(cell, shapely.box(100.4, 0.4, 100.6, 0.6))
    assert area_km2(ring) == pytest.approx(
        area_km2(cell) - area_km2(shapely.box(100.4, 0.4, 100.6, 0.6))
    )
