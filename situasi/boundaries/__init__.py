"""Boundaries: check the ones the board draws, and take in the official file of a Polres."""

from situasi.boundaries.checking import check
from situasi.boundaries.importing import import_file
from situasi.boundaries.report import GeoRefused, Report, Slivers

__all__ = ["GeoRefused", "Report", "Slivers", "check", "import_file"]
