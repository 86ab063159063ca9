"""Report files of every feed in every form: one good row each, a test states what differs."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

_PLACE = {"waktu": "27/11/2024 08.03", "kode_kecamatan": "16.10.04", "kecamatan": "Indralaya"}
_OWN = {
    "incidents": {"jenis": "logistik", "tingkat": "rendah", "uraian": "Logistik terlambat."},
    "tps": {"desa": "Tanjung Gelam", "tps": "001", "fase": "dibuka", "hadir": "12"},
    "personnel": {"petugas": "P-0001", "instansi": "polri", "checkin": "apel"},
    "activities": {"giat": "patroli", "status": "terlaksana", "lokasi": "Pasar Indralaya"},
    "roster": {"petugas": "P-0001", "nrp_tersamar": "", "instansi": "polri"},
    "postings": {"desa": "Tanjung Gelam", "tps": "1-3", "petugas": "P-0001", "penugasan": "tps"},
    "neutrality": {"langkah": "klarifikasi", "pelanggaran": "N07", "satuan": "Polsek Indralaya"},
    "merges": {"kasus": "K-1 logistik", "ke": "K-2 logistik", "tindakan": "gabung"},
}
# For each feed a cell that no door accepts.
FAULTS = {
    "incidents": {"jenis": "entah apa"},
    "tps": {"fase": "entah apa"},
    "personnel": {"checkin": "entah apa"},
    "activities": {"giat": "123"},
    "roster": {"instansi": "entah apa"},
    "postings": {"penugasan": "entah apa"},
    "neutrality": {"langkah": "entah apa"},
    "merges": {"tindakan": "entah apa"},
}

Row = Mapping[str, object]


def report(feed: str = "incidents", **stated: object) -> dict[str, object]:
    """One good row of a feed in our own headings."""
    return {"id": "K-1", **_PLACE, **_OWN[feed], "pelapor": "Polsek Indralaya", **stated}


def faulty(feed: str = "incidents", **stated: object) -> dict[str, object]:
    """One row of a feed that is quarantined for one reason."""
    return report(feed, **FAULTS[feed], **stated)


def headings(rows: Sequence[Row]) -> list[str]:
    """Every heading of these rows, in the order of their first mention."""
    return list(dict.fromkeys(heading for row in rows for heading in row))


def csv_file(path: Path, *rows: Row) -> Path:
    """UTF-8, comma, heading first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings(rows), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def jsonl_file(path: Path, *rows: Row) -> Path:
    """One object a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def xlsx_file(path: Path, *rows: Row) -> Path:
    """A workbook of one sheet."""
    return workbook(path, {"Laporan": rows})


def workbook(path: Path, sheets: Mapping[str, Sequence[Row]]) -> Path:
    """A workbook of several sheets, each with headings of its own."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = headings(rows)
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) or None for column in columns])
    book.save(path)
    return path
