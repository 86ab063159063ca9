"""The values for the template of a laporan, under the Indonesian names that the staff uses."""

import re
from collections.abc import Iterable
from typing import Any

from situasi.common.formats import format_long_date, format_number, format_time
from situasi.reports.sitrep.model import Annex, KeyFigure, Sitrep, Table

# Control characters except the line break, and signs that change the text direction.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
EXERCISE_BANNER = "LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya"


# The names that a template may use.
TEMPLATE_FIELDS = frozenset(
    (
        "kepala", "judul", "jenis", "komando", "kabupaten", "pemilihan", "operasi", "wilayah",
        "tempat", "klasifikasi", "penanda_tangan", "tembusan", "hari", "tanggal", "jam", "zona",
        "saat", "kurun", "versi", "latihan", "angka", "bab", "tabel", "gambar", "lampiran",
        "pesan",
    )
)  # fmt: skip


def strip_unprintable(text: str) -> str:
    """Return the text without characters that a document cannot hold or that would hide others."""
    return _UNPRINTABLE.sub("", text)


def build_context(sitrep: Sitrep) -> dict[str, Any]:
    """Return all values by name. All text is plain; no name is missing, but values may be empty."""
    letterhead, at = sitrep.letterhead, sitrep.at
    values: dict[str, Any] = {
        "kepala": letterhead.head_lines,
        "judul": sitrep.title,
        "jenis": sitrep.kind,
        "komando": sitrep.command,
        "kabupaten": sitrep.kabupaten,
        "pemilihan": sitrep.election,
        "operasi": sitrep.operation,
        "wilayah": sitrep.scope,
        "tempat": letterhead.place,
        "klasifikasi": letterhead.classification,
        "penanda_tangan": letterhead.signatory,
        "tembusan": letterhead.copy_recipients,
        "hari": format_long_date(at),
        "tanggal": format_long_date(at).partition(", ")[2],
        "jam": format_time(at),
        "zona": sitrep.zone_label,
        "saat": f"{format_long_date(at)} pukul {format_time(at)} {sitrep.zone_label}",
        "kurun": sitrep.sentences["kurun"][0],
        "versi": format_number(sitrep.version),
        "latihan": EXERCISE_BANNER if sitrep.has_exercise_rows else "",
        "angka": _build_key_figures(sitrep.key_figures),
        "bab": {name: list(sentences) for name, sentences in sitrep.sentences.items()},
        "tabel": {name: _build_table(table) for name, table in sitrep.tables.items()},
        "gambar": {name: {"judul": item.title, "uraian": item.alt}
                   for name, item in sitrep.drawings.items()},
        "lampiran": [_build_annex(item) for item in sitrep.annexes],
        "pesan": sitrep.message,
    }  # fmt: skip
    context: dict[str, Any] = _strip_values(values)
    return context


def _build_key_figures(key_figures: Iterable[KeyFigure]) -> list[dict[str, Any]]:
    return [
        {
            "judul": key_figure.title,
            "nilai": key_figure.value,
            "catatan": key_figure.note,
            "perhatian": key_figure.alarm,
        }
        for key_figure in key_figures
    ]


def _build_table(table: Table) -> dict[str, Any]:
    """Return the table as template values; `baris`: each row as a dict by column name."""
    names = [column.name for column in table.columns]
    return {
        "judul": table.title,
        "kolom": {column.name: column.heading for column in table.columns},
        "baris": [dict(zip(names, (cell.text for cell in row), strict=True)) for row in table.rows],
        "catatan": table.note,
    }


def _build_annex(annex: Annex) -> dict[str, Any]:
    return {
        "kode": annex.code,
        "nama": annex.name,
        "kalimat": list(annex.sentences),
        "angka": _build_key_figures(annex.key_figures),
        "tabel": {name: _build_table(table) for name, table in annex.tables.items()},
    }


def _strip_values(value: Any) -> Any:
    if isinstance(value, str):
        return strip_unprintable(value)
    if isinstance(value, dict):
        return {name: _strip_values(item) for name, item in value.items()}
    return [_strip_values(item) for item in value] if isinstance(value, list | tuple) else value
