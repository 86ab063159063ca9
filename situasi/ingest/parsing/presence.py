"""Words of attendance lists: who is there, and who is not."""

from situasi.ingest.parsing.cells import normalize_cell
from situasi.ingest.tables import Cell

_PRESENT_WORDS = """hadir siap masuk ada present siaga ready h sudah_hadir telah_hadir"""
_ABSENT_WORDS = """tidak_hadir tdk_hadir th sakit s izin ijin i cuti c dinas_luar dl tk
tanpa_keterangan tanpa_ket alpa alpha a lepas_dinas lepas_piket bko dik pendidikan terlambat absent
sick leave"""
_PRESENT = frozenset(word.replace("_", " ") for word in _PRESENT_WORDS.split())
_ABSENT = frozenset(word.replace("_", " ") for word in _ABSENT_WORDS.split())


def is_present(cell: Cell) -> bool:
    """Return whether a cell says that an officer is there."""
    return isinstance(cell, str) and _to_word(cell) in _PRESENT


def is_absent(cell: Cell) -> bool:
    """Return whether a cell says that an officer is not there, or why."""
    return isinstance(cell, str) and _to_word(cell) in _ABSENT


def _to_word(text: str) -> str:
    return normalize_cell(text).lower().rstrip(".")
