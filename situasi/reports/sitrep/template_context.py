"""What a template may say of a laporan: plain words under the names that the staff writes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from situasi.common import i18n
from situasi.reports.sitrep.model import Annex, KeyFigure, Sitrep, Table

# Of the control characters a document takes the line break; no text turns the direction of others.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
EXERCISE_BANNER = "LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya"


# What a template may ask for.
TEMPLATE_FIELDS = frozenset(
    (
        "kepala", "judul", "jenis", "komando", "kabupaten", "pemilihan", "operasi", "wilayah",
        "tempat", "klasifikasi", "penanda_tangan", "tembusan", "hari", "tanggal", "jam", "zona",
        "saat", "kurun", "versi", "latihan", "angka", "bab", "tabel", "gambar", "lampiran",
        "pesan",
    )
)  # fmt: skip


def strip_unprintable(text: str) -> str:
    """The text without signs that a document cannot hold or that would hide others."""
    return _UNPRINTABLE.sub("", text)


def build_context(sitrep: Sitrep) -> dict[str, Any]:
    """Everything under its name. All text is plain; nothing is missing, much may be empty."""
    letter, at = sitrep.letterhead, sitrep.at
    said: dict[str, Any] = {
        "kepala": letter.head_lines,
        "judul": sitrep.title,
        "jenis": sitrep.kind,
        "komando": sitrep.command,
        "kabupaten": sitrep.kabupaten,
        "pemilihan": sitrep.election,
        "operasi": sitrep.operation,
        "wilayah": sitrep.scope,
        "tempat": letter.place,
        "klasifikasi": letter.classification,
        "penanda_tangan": letter.signatory,
        "tembusan": letter.copy_recipients,
        "hari": i18n.format_long_date(at),
        "tanggal": i18n.format_long_date(at).partition(", ")[2],
        "jam": i18n.format_time(at),
        "zona": sitrep.zone_label,
        "saat": f"{i18n.format_long_date(at)} pukul {i18n.format_time(at)} {sitrep.zone_label}",
        "kurun": sitrep.sentences["kurun"][0],
        "versi": i18n.format_number(sitrep.version),
        "latihan": EXERCISE_BANNER if sitrep.has_exercise_rows else "",
        "angka": _build_key_figures(sitrep.key_figures),
        "bab": {name: list(sentences) for name, sentences in sitrep.sentences.items()},
        "tabel": {name: _build_table(table) for name, table in sitrep.tables.items()},
        "gambar": {name: {"judul": one.title, "uraian": one.alt}
                   for name, one in sitrep.drawings.items()},
        "lampiran": [_build_annex(one) for one in sitrep.annexes],
        "pesan": sitrep.message,
    }  # fmt: skip
    found: dict[str, Any] = _strip_values(said)
    return found


def _build_key_figures(key_figures: Iterable[KeyFigure]) -> list[dict[str, Any]]:
    return [
        {"judul": one.title, "nilai": one.value, "catatan": one.note, "perhatian": one.alarm}
        for one in key_figures
    ]


def _build_table(table: Table) -> dict[str, Any]:
    """`baris`: each row by the names of its columns."""
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
        return {name: _strip_values(one) for name, one in value.items()}
    return [_strip_values(one) for one in value] if isinstance(value, list | tuple) else value
