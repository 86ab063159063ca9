"""What a template may say of a laporan: plain words under the names that the staff writes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from situasi.common import i18n
from situasi.reports.sitrep.model import Annex, Fact, Laporan, Table

# Of the control characters a document takes the line break; no text turns the direction of others.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
REHEARSAL = "LATIHAN — memuat laporan buatan, bukan keadaan sebenarnya"


# What a template may ask for.
NAMES = frozenset(
    (
        "kepala", "judul", "jenis", "komando", "kabupaten", "pemilihan", "operasi", "wilayah",
        "tempat", "klasifikasi", "penanda_tangan", "tembusan", "hari", "tanggal", "jam", "zona",
        "saat", "kurun", "versi", "latihan", "angka", "bab", "tabel", "gambar", "lampiran",
        "pesan",
    )
)  # fmt: skip


def plain(text: str) -> str:
    """The text without signs that a document cannot hold or that would hide others."""
    return _NO_TEXT.sub("", text)


def filled(laporan: Laporan) -> dict[str, Any]:
    """Everything under its name. All text is plain; nothing is missing, much may be empty."""
    letter, at = laporan.letter, laporan.at
    said: dict[str, Any] = {
        "kepala": letter.head,
        "judul": laporan.title,
        "jenis": laporan.kind,
        "komando": laporan.command,
        "kabupaten": laporan.kabupaten,
        "pemilihan": laporan.election,
        "operasi": laporan.operation,
        "wilayah": laporan.scope,
        "tempat": letter.place,
        "klasifikasi": letter.classification,
        "penanda_tangan": letter.signatory,
        "tembusan": letter.copies,
        "hari": i18n.format_long_date(at),
        "tanggal": i18n.format_long_date(at).partition(", ")[2],
        "jam": i18n.format_time(at),
        "zona": laporan.zone,
        "saat": f"{i18n.format_long_date(at)} pukul {i18n.format_time(at)} {laporan.zone}",
        "kurun": laporan.said["kurun"][0],
        "versi": i18n.format_number(laporan.version),
        "latihan": REHEARSAL if laporan.rehearsal else "",
        "angka": _facts(laporan.facts),
        "bab": {name: list(sentences) for name, sentences in laporan.said.items()},
        "tabel": {name: _table(table) for name, table in laporan.tables.items()},
        "gambar": {name: {"judul": one.title, "uraian": one.alt}
                   for name, one in laporan.drawings.items()},
        "lampiran": [_annex(one) for one in laporan.annexes],
        "pesan": laporan.message,
    }  # fmt: skip
    found: dict[str, Any] = _plain(said)
    return found


def _facts(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    return [
        {"judul": one.title, "nilai": one.value, "catatan": one.note, "perhatian": one.alarm}
        for one in facts
    ]


def _table(table: Table) -> dict[str, Any]:
    """`baris`: each row by the names of its columns."""
    names = [column.name for column in table.columns]
    return {
        "judul": table.title,
        "kolom": {column.name: column.heading for column in table.columns},
        "baris": [dict(zip(names, (cell.said for cell in row), strict=True)) for row in table.rows],
        "catatan": table.note,
    }


def _annex(one: Annex) -> dict[str, Any]:
    return {
        "kode": one.code,
        "nama": one.name,
        "kalimat": list(one.said),
        "angka": _facts(one.facts),
        "tabel": {name: _table(table) for name, table in one.tables.items()},
    }


def _plain(said: Any) -> Any:
    if isinstance(said, str):
        return plain(said)
    if isinstance(said, dict):
        return {name: _plain(one) for name, one in said.items()}
    return [_plain(one) for one in said] if isinstance(said, list | tuple) else said
