"""Boundaries: checks those that the board draws, and imports the official file of a Polres."""

from situasi.ingest.boundaries.check import check_boundaries
from situasi.ingest.boundaries.importer import import_file
from situasi.ingest.boundaries.report import BoundaryReport, GeoRefused, Slivers

__all__ = ["BoundaryReport", "GeoRefused", "Slivers", "check_boundaries", "import_file"]
