"""The report of a check or import of boundaries, as data and as text."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class GeoRefused(Exception):
    """A boundary file that cannot be used; the message is one sentence for its sender."""


@dataclass(frozen=True)
class Slivers:
    """Gaps, or overlaps, between neighbours: how many and how large in km²."""

    found: int = 0
    found_km2: float = 0.0
    repaired: int = 0
    repaired_km2: float = 0.0
    remaining: int = 0
    remaining_km2: float = 0.0


@dataclass(frozen=True)
class BoundaryReport:
    """Result of a check or an import.

    features: rows in the file; ignored_features: those not of this kabupaten. area_km2: geodesic
    area by code. column: by which the places were recognised. crs: how coordinates were read.
    vertices: points in the resulting boundaries. written_files: none for a check. warnings: in
    Indonesian.
    """

    source: str
    level: str
    features: int
    ignored_features: int
    area_km2: dict[str, float]
    gaps: Slivers
    overlaps: Slivers
    vertices: int
    crs: str = "EPSG:4326"
    column: str = "kode"
    axes_swapped: bool = False
    written_files: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def total_km2(self) -> float:
        """Return the area of all polygons together, in km²."""
        return sum(self.area_km2.values())

    @property
    def is_sound(self) -> bool:
        """Return whether there is nothing that a person should check."""
        return not self.warnings

    def format_lines(self) -> list[str]:
        """Return the report for the command line, in Indonesian, as lines."""
        axes = "; sumbu tertukar, sudah dibalik" if self.axes_swapped else ""
        ignored = (
            f", {self.ignored_features} di antaranya bukan wilayah ini"
            if self.ignored_features
            else ""
        )
        return [
            f"Batas {self.level} dari {self.source}",
            f"  {len(self.area_km2)} {self.level} dari {self.features} baris{ignored}",
            f"  luas {format_decimal(self.total_km2)} km², {self.vertices} titik",
            f"  dikenali lewat kolom {self.column}; koordinat {self.crs}{axes}",
            f"  celah: {_format_slivers(self.gaps)}",
            f"  tumpang tindih: {_format_slivers(self.overlaps)}",
            *(f"  ditulis: {path}" for path in self.written_files),
            *(f"  PERHATIAN: {warning}" for warning in self.warnings),
        ]


def format_decimal(number: float, places: int = 2) -> str:
    """Return a number in Indonesian notation: 2.302,86."""
    return f"{number:,.{places}f}".translate(str.maketrans(",.", ".,"))


def format_list(words: Iterable[str], max_words: int = 5) -> str:
    """Return the first few words with commas, and how many more there are."""
    words = list(words)
    more = f" dan {len(words) - max_words} lainnya" if len(words) > max_words else ""
    return ", ".join(words[:max_words]) + more


def _format_slivers(slivers: Slivers) -> str:
    if not slivers.found:
        return "tidak ada"
    return (
        f"{slivers.found} ({format_decimal(slivers.found_km2, 4)} km²), "
        f"{slivers.repaired} diperbaiki, "
        f"{slivers.remaining} tersisa ({format_decimal(slivers.remaining_km2, 4)} km²)"
    )
