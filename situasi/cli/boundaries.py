"""Commands for the boundaries and the base map that the board draws."""

from pathlib import Path
from typing import Annotated

import typer

from situasi.cli.common import fail, failing_on, print_line
from situasi.domain import election, settings
from situasi.domain import register as domain_register
from situasi.domain.register import Register
from situasi.ingest.basemap.importer import import_basemap
from situasi.ingest.boundaries import BoundaryReport, GeoRefused, check_boundaries, import_file

app = typer.Typer(help="Batas wilayah dan peta dasar yang digambar.", no_args_is_help=True)

LEVELS = ("kecamatan", "desa")


def _load_register() -> Register:
    with failing_on(OSError, KeyError, ValueError):
        return domain_register.load(election.load(settings.load().election_folder))


def _check_level(level: str) -> str:
    if level not in LEVELS:
        raise fail(f'tingkat "{level}" tidak dikenal; pilih: {", ".join(LEVELS)}')
    return level


def _print_report(report: BoundaryReport) -> None:
    for line in report.format_lines():
        print_line(line)


@app.command("check")
def check_(level: Annotated[str, typer.Option(help="kecamatan atau desa.")] = "kecamatan") -> None:
    """Periksa batas yang dipakai: lengkap, sah, tanpa celah. Keluar 1 bila tidak."""
    register = _load_register()
    folder = register.election.boundaries_folder
    with failing_on(OSError, ValueError, KeyError):
        report = check_boundaries(folder, register, _check_level(level))
    _print_report(report)
    if not report.is_sound:
        raise typer.Exit(1)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Shapefile, GeoPackage atau GeoJSON.")],
    level: Annotated[str, typer.Option(help="kecamatan atau desa.")] = "kecamatan",
    credit: Annotated[str | None, typer.Option(help="Sumber yang disebut di peta.")] = None,
) -> None:
    """Pakai batas resmi yang dimiliki Polres; papan menggambarnya mulai pembukaan berikut."""
    register = _load_register()
    with failing_on(GeoRefused, OSError, ValueError):
        report = import_file(
            file, _check_level(level), register, register.election.boundaries_folder, credit=credit
        )
    _print_report(report)


@app.command("layer")
def layer_(
    files: Annotated[
        list[Path], typer.Argument(help="OSM (.osm.pbf), GeoPackage, shapefile atau GeoJSON.")
    ],
    credit: Annotated[str | None, typer.Option(help="Sumber dan lisensi, disebut di peta.")] = None,
) -> None:
    """Pakai sungai, jalan, rel, nama desa dan kantor dari berkas ini sebagai peta dasar."""
    register = _load_register()
    with failing_on(GeoRefused, OSError, ValueError):
        report = import_basemap(files, register, register.election.boundaries_folder, credit=credit)
    for line in report.format_lines():
        print_line(line)
